"""Random queries, and by brute force the cards they match; knows of an engine only how it cuts and stems."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

from rapidfuzz.distance import OSA

from index.search.cards import Card
from index.search.tree import (
    All,
    AtLeast,
    BestOf,
    ConstantScore,
    DateRange,
    Fuzzy,
    HasLabel,
    HasValue,
    LossRange,
    MatchAll,
    Node,
    Prefix,
    Unscored,
    Words,
)
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.concepts import NAMED, named
from index.search.vocabulary.folding import folded
from tests.index.search.searching import COUNTRIES, TYPES, WORDS


class Oracle:
    """The set algebra of some cards."""

    def __init__(self, cards: Mapping[str, Card]) -> None:
        self.cards = dict(cards)
        self._stems = {
            card.id: [analyse(one) for one in (card.title, card.text, *card.keywords, *card.labels)]
            for card in cards.values()
        }
        self._written = {
            card.id: [folded(card.title), folded(card.text), *map(folded, card.keywords)]
            for card in cards.values()
        }

    def matching(self, node: Node) -> set[str]:
        """Return the ids of the cards that match."""
        return {card.id for card in self.cards.values() if self.holds(node, card)}

    def holds(self, node: Node, card: Card) -> bool:
        """Return whether a card matches."""
        match node:
            case MatchAll():
                return True
            case BestOf(first, others):
                return any(self.holds(each, card) for each in (first, *others))
            case Words(tokens, slop, title):
                assert not slop, "slop is a case of its own"
                fields = self._stems[card.id][: 1 if title else None]
                labelled = not title and any(
                    _meet(named(facet, tokens), card.facets.get(facet, ())) for facet in NAMED
                )
                return labelled or any(_stands(tokens, field) for field in fields)
            case HasLabel(facet, values):
                return _meet(values, card.facets.get(facet, ()))
            case Prefix(text, title):
                return any(word.startswith(text) for word in self._words(card, title))
            case Fuzzy(text, edits, title):
                return any(OSA.distance(text, word) <= edits for word in self._words(card, title))
            case HasValue("by", values):
                return card.by.value in values
            case HasValue("id", values):
                return card.id in values
            case HasValue(field, values):
                return _meet(values, card.facets.get(field, ()))
            case DateRange(since, until):
                return card.when is not None and (
                    (since is None or since <= card.when) and (until is None or card.when <= until)
                )
            case LossRange(least, most):
                return least <= int(card.loss) and (most is None or int(card.loss) <= most)
            case All(parts, unwanted):
                return all(self.holds(part, card) for part in parts) and not any(
                    self.holds(part, card) for part in unwanted
                )
            case AtLeast(parts, at_least):
                return sum(self.holds(part, card) for part in parts) >= at_least
            case Unscored(part) | ConstantScore(part):
                return self.holds(part, card)

    def _words(self, card: Card, title: bool) -> list[str]:
        fields = self._written[card.id][: 1 if title else None]
        return [word for field in fields for word in field]


def _meet(wanted: Sequence[str], values: Sequence[str]) -> bool:
    return bool({value.lower() for value in wanted} & {value.lower() for value in values})


def _stands(tokens: Sequence[str], field: Sequence[str]) -> bool:
    length = len(tokens)
    return any(tuple(field[at : at + length]) == tuple(tokens) for at in range(len(field)))


def random_query(chance: Random, depth: int = 3) -> tuple[str, Node]:
    """Return a query with operators, bracketed so that it says one thing, and what it says."""
    if depth == 0 or chance.random() < 0.2:
        return _leaf(chance)
    texts, nodes = zip(*(random_query(chance, depth - 1) for _ in range(chance.randint(2, 3))), strict=True)
    between = chance.choice((" AND ", " OR ", " OR ", " "))
    joined: Node = AtLeast(nodes) if between == " OR " else All(nodes)
    sign = chance.choice(("", "", "NOT ", "-"))
    return f"{sign}({between.join(texts)})", _not(joined) if sign else joined


def _not(node: Node) -> Node:
    return All((MatchAll(),), (node,))


def _leaf(chance: Random) -> tuple[str, Node]:
    word, other = chance.choice((*WORDS, "invoice", "acme", "nowhere")), chance.choice(WORDS)
    slip, edits, start = word[:2] + word[3:], chance.randint(1, 2), word[: chance.randint(1, 5)]
    one, two = chance.choice(COUNTRIES), chance.choice(COUNTRIES)
    code, year, month = chance.choice(TYPES), chance.randint(2020, 2025), chance.randint(1, 12)
    stem, pair = tuple(analyse(word)), (*analyse(word), *analyse(other))
    leaves: tuple[tuple[str, Node], ...] = (
        (word, Words(stem)),
        (word.upper(), Words(stem)),
        (f'"{word} {other}"', Words(pair)),
        (f"{start}*", Prefix(start)),
        (f"{slip}~{edits}", Fuzzy(slip, edits)),
        (f"title:{word}", Words(stem, title=True)),
        (f"title:{start}*", Prefix(start, title=True)),
        (f"country:{one}", HasValue("country", (one,))),
        (f"country:({one} OR {two})", HasValue("country", (one, two))),
        (f"typology:{code.lower()}", HasValue("typology", (code,))),
        (f"after:{year}-{month:02}", DateRange(date(year, month, 1), None)),
        (f"before:{year}", DateRange(None, date(year - 1, 12, 31))),
        (f"date:{year}..{year + 1}-{month:02}-09", DateRange(date(year, 1, 1), date(year + 1, month, 9))),
        ("loss>1k", LossRange(1_001)),
        ("loss:1..50k", LossRange(1, 50_000)),
        (f"NOT {word}", _not(Words(stem))),
    )
    return chance.choice(leaves)
