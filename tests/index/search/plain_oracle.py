"""Random queries of words beside each other and filters, and by brute force the cards they match."""

import random
from collections import Counter
from datetime import date

from index.search.cards import Card
from index.search.plan import plan
from index.search.query import By, Query, Term
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.concepts import NAMED, named
from tests.index.search.searching import COUNTRIES, TYPES, WORDS

FACETED = ("country", "typology", "year", "tool")


class PlainOracle:
    """Says by brute force what matches; knows nothing of the engine but how it cuts and stems words."""

    def __init__(self, cards: dict[str, Card]) -> None:
        self.cards = cards
        self.fields = {
            card.id: [analyse(one) for one in (card.title, card.text, *card.keywords, *card.labels)]
            for card in cards.values()
        }

    def has(self, card: Card, text: str) -> bool:
        wanted = analyse(text)
        labels = {value for facet in NAMED for value in named(facet, tuple(wanted))}
        return any(labels.intersection(card.facets.get(facet, ())) for facet in NAMED) or any(
            field[at : at + len(wanted)] == wanted
            for field in self.fields[card.id]
            for at in range(len(field))
        )

    def passes(self, card: Card, query: Query, without: str = "") -> bool:
        return (
            card.by is query.by
            and all(
                {value.lower() for value in values} & {value.lower() for value in card.facets.get(name, ())}
                for name, values in query.filters.items()
                if name != without
            )
            and (query.since is None or (card.when is not None and card.when >= query.since))
            and (query.until is None or (card.when is not None and card.when <= query.until))
            and all(self.has(card, term.text) for term in query.terms if term.phrase and not term.negated)
            and not any(self.has(card, term.text) for term in query.terms if term.negated)
        )

    def matches(self, query: Query, without: str = "") -> set[str]:
        fenced = [card for card in self.cards.values() if self.passes(card, query.unfiltered())]
        made = plan(query)
        words = [[typed, *made.alternatives.get(word, {}).values()] for word, typed in made.words.items()]
        assert len(words) <= 2, "more words bring scores into it"
        told = {card.id: [any(self.has(card, way) for way in ways) for ways in words] for card in fenced}
        worded = {one for one, each in told.items() if all(each)} or {
            one for one, each in told.items() if any(each)
        }
        return {card.id for card in fenced if card.id in worded and self.passes(card, query, without)}

    def counts(self, query: Query, name: str) -> dict[str, int]:
        matching = self.matches(query, without=name)
        return dict(Counter(value for one in matching for value in self.cards[one].facets.get(name, ())))

    def months(self, query: Query) -> dict[str, int]:
        dates = [card.when for card in map(self.cards.__getitem__, self.matches(query)) if card.when]
        return dict(Counter(f"{when:%Y-%m}" for when in dates))


def plain_query(chance: random.Random) -> Query:
    vocabulary = [*WORDS, "invoice", "acme", "nowhere"]
    terms = [Term(text=chance.choice(vocabulary)) for _ in range(chance.choice((0, 1, 1, 2, 2)))]
    if chance.random() < 0.25:
        terms.append(Term(text=" ".join(chance.choices(vocabulary, k=2)), phrase=True))
    if chance.random() < 0.3:
        phrase = chance.random() < 0.3
        terms.append(
            Term(text=" ".join(chance.choices(vocabulary, k=1 + phrase)), phrase=phrase, negated=True)
        )
    filters: dict[str, tuple[str, ...]] = {}
    if chance.random() < 0.4:
        filters["country"] = tuple(chance.sample([*COUNTRIES, "gb", "XX"], k=chance.randint(1, 3)))
    if chance.random() < 0.3:
        filters["typology"] = (chance.choice(TYPES),)
    if chance.random() < 0.1:
        filters["tool"] = ("dreamvoice",)
    ends = sorted(
        date(2020 + chance.randrange(6), chance.randint(1, 12), chance.randint(1, 28)) for _ in range(2)
    )
    return Query(
        terms=tuple(terms),
        filters=filters,
        by=chance.choice((By.INCIDENT, By.INCIDENT, By.REPORT)),
        since=ends[0] if chance.random() < 0.2 else None,
        until=ends[1] if chance.random() < 0.2 else None,
        facets=FACETED,
    )
