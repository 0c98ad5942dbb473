"""What the words of a query match, the same in every engine: ranking, totals, facets, corrections."""

from collections.abc import Iterable, Sequence
from math import log2
from typing import Any, NamedTuple, Protocol

from rapidfuzz.distance import DamerauLevenshtein

from index.search.backend import Ranked
from index.search.language.syntax import WORD
from index.search.plan import Plan, likely, mere_stem, nearest_word, stopwords
from index.search.query import Query, Sort
from index.search.tree import All, Dated, Everything, Having, Node, Some, Unscored, Words
from index.search.vocabulary import concepts
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded

BEST = 50
"""Of three or more words, so many cards count for scoring best although they have too few of the words."""
DIGITS = 5
"""Scores that agree to this many digits after the point tie, whatever the order their parts were added in."""
SHORTEST_PART = 3
"""Letters of each of two words that were run together."""
RARE = 500
"""One in so many cards must have a word for it to be read for one that is two letters away."""
MOST_QUOTED = 8
"""Words of phrases that are looked up, in all."""
MOST_PLACES = 30
"""Places at which a word is taken apart."""
MOST_BUCKETS = 60_000
"""Values of one field that are counted."""
HEAD = 64
"""Of the best by their words, so many are put in order by how widely they are reported, too."""
PRIOR = 0.5
"""What each doubling of the reports that tell of a card adds to its score, divided by the query's words: like
any prior it counts for less the more is known.

Chosen by nDCG over questions made of the typology's definitions and examples, and by which of thirty
half-remembered cases come first: .4 to .8 differ little.
"""
FEWEST_WORDS = 2
"""A single word says too little for the best known to pass every other card that has it."""


class Row(NamedTuple):
    """A hit. ``raised`` is what of its score it has because so many reports tell of it."""

    id: str
    score: float
    seq: int
    raised: float = 0.0
    told: int = 1


class Scored(NamedTuple):
    """A hit before it is named: ``at`` is where its engine finds it, ``told`` how many reports tell of it."""

    score: float
    seq: int
    told: int
    at: Any
    raised: float = 0.0

    def named(self, name: str) -> Row:
        """Return it with its card's id."""
        return Row(name, self.score, self.seq, self.raised, self.told)


class Engine(Protocol):
    """What an engine can do with a tree, all over one snapshot of its cards."""

    def count(self, node: Node) -> int:
        """Return how many cards match."""

    def by_score(self, node: Node, limit: int, prior: float = 0.0) -> list[Row]:
        """Return the best by score as ``best_known`` orders them; where all score alike, by seq alone."""

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        """Return the first in an order other than relevance, ties by seq."""

    def buckets(self, node: Node, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        """Count the values of fields over all that match; ``month`` is a number such as 202401."""

    def known(self, token: str) -> bool:
        """Return whether some card has a word, folded and stemmed."""

    def correction(self, typed: str) -> str:
        """Return a near word that some card has in place of one that none has, or an empty string."""


def words(query: Query, plan: Plan, engine: Engine, limit: int, also: Sequence[str] = ()) -> Ranked:
    """Return the cards that match, as ``Backend.words`` promises; without words newest first."""
    asked = _Asked(query, plan, engine)
    match = asked.match()
    everything = asked.fenced(_or_also(match, also))
    scored = query.sort is Sort.RELEVANCE and plan.scores
    if scored:
        rows = engine.by_score(asked.fenced(match), limit, PRIOR / max(FEWEST_WORDS, len(plan.words)))
    else:
        rows = engine.by_field(everything, Sort.NEWEST if query.sort is Sort.RELEVANCE else query.sort, limit)
    ids, scores, seqs, raised, told = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    facets, months = asked.tally(match, also)
    # Fewer than were asked for are all there are.
    if len(ids) < limit and not also:
        total = len(ids)
    else:
        total = asked.total(match, also) if scored else engine.count(everything)
    return Ranked(ids, scores, total, seqs, facets, months, raised=raised, told=told)


def best_known(hits: Iterable[Scored], prior: float) -> list[Scored]:
    """Return hits best first, ties by seq, the first ``HEAD`` weighed by how many reports tell of each.

    A static rank, whatever the question (Craswell, Robertson, Zaragoza and Taylor, SIGIR 2005): what many
    reports tell is what people half remember. Each doubling of the reports adds ``prior`` of the score.
    """
    ordered = sorted(hits, key=_best_first)
    if not prior:
        return ordered
    head = [hit if hit.told == 1 else _known(hit, prior) for hit in ordered[:HEAD]]
    return [*sorted(head, key=_best_first), *ordered[HEAD:]]


def _known(hit: Scored, prior: float) -> Scored:
    raised = round(hit.score * prior * log2(hit.told), DIGITS)
    return hit._replace(score=round(hit.score + raised, DIGITS), raised=raised)


def _best_first(hit: Scored) -> tuple[float, int]:
    return -hit.score, hit.seq


def strictly(query: Query, plan: Plan) -> Node:
    """Return what a card must be to match a strict query, whatever else an engine holds."""
    fence = fences(query, plan)
    return All((_having_words(plan, plan.at_least), *fence.parts), fence.unwanted)


def fences(query: Query, plan: Plan, without: str = "") -> All:
    """Return what a hit must pass besides its words, one facet's filter left out; nothing in it scores."""
    parts: list[Node] = [Having("by", (query.by.value,))]
    parts += [Having(name, values) for name, values in query.filters.items() if name != without]
    if query.since or query.until:
        parts.append(Dated(query.since, query.until))
    if query.ids:
        parts.append(Some((Having("id", query.ids), Having("refs", query.ids))))
    return All(tuple(map(Unscored, parts)), plan.unwanted)


def near(query: Query, plan: Plan) -> All:
    """Return what a card near in meaning must pass: all of the query but its words."""
    fence = fences(query, plan)
    return All((*fence.parts, *map(Unscored, plan.musts)), fence.unwanted)


def corrections(plan: Plan, engine: Engine) -> dict[str, str]:
    """Return the words of a query that no card has, as they were typed, with near ones that some card has.

    Those within phrases too. Where there is no near one, an empty string.
    """
    found = [(leaf.tokens, typed) for leaf, typed in plan.sought.items() if isinstance(leaf, Words)]
    single = [(tokens, typed) for tokens, typed in (*plan.words.items(), *found) if not typed.startswith('"')]
    phrases = (*plan.phrases.values(), *(typed for _, typed in found if typed.startswith('"')))
    parts = {typed: _parts(typed, engine) for tokens, typed in plan.words.items() if len(tokens) > 1}
    return {
        typed: _better(typed, engine)
        for tokens, typed in [*single, *_quoted(phrases)]
        if len(tokens) == 1
        and not (plan.codes.get(Words(tokens)) or tokens in plan.sums)
        and (mere_stem(typed) or not engine.known(tokens[0]))
    } | {typed: known for typed, known in parts.items() if known is not None}


def _quoted(phrases: Iterable[str]) -> list[tuple[tuple[str, ...], str]]:
    """Return the first words of phrases that are no stop words, with their tokens."""
    words = dict.fromkeys(word for phrase in phrases for word in WORD.findall(phrase))
    told = [word for word in words if word.lower() not in stopwords()]
    return [(tuple(analyse(word)), word) for word in told[:MOST_QUOTED]]


def _better(typed: str, engine: Engine) -> str:
    """Return what a word is a slip for: one a letter away, two run together, or one further away."""
    near = _nearest(typed, engine)
    if near and not likely(typed, near):
        near = ""
    if near and DamerauLevenshtein.distance(folded(typed)[0], near) <= 1:
        return near
    return _apart(typed, engine) or (near if _common(near, engine) else "")


def _nearest(typed: str, engine: Engine) -> str:
    """Return the nearest word that some card has, of equally near ones that of the typology's names."""
    word, near = "".join(folded(typed)), engine.correction(typed)
    own = nearest_word(word, [(one, 1) for one in sorted(concepts.words())])
    farther = DamerauLevenshtein.distance(word, own) > DamerauLevenshtein.distance(word, near)
    return own if own and near and not farther and engine.known(*analyse(own)[:1]) else near


def _common(word: str, engine: Engine) -> bool:
    """Return whether enough cards have a word for it to be what somebody meant who wrote another."""
    having = engine.count(Words(tuple(analyse(word)))) if word else 0
    return having * RARE >= engine.count(Everything())


def _parts(typed: str, engine: Engine) -> str | None:
    """Return what some card has of a word of several tokens: it in one, or parts; None where it has all."""
    parts = typed.split("-")
    known = [part for part in parts if _has(part, engine)]
    if len(known) == len(parts):
        return None
    whole = "".join(parts)
    if any(map(engine.known, analyse(whole))):
        return whole
    return " ".join(part for part in known if len(part) >= SHORTEST_PART)


def _has(part: str, engine: Engine) -> bool:
    """Whether some card has any token of a word, of one in a script without spaces all of them in order."""
    tokens = tuple(analyse(part))
    if part.isascii() or len(tokens) < 2:
        return any(map(engine.known, tokens))
    return engine.count(Words(tokens)) > 0


def _apart(typed: str, engine: Engine) -> str:
    """Return the two words that some card has beside each other and that were written as one."""
    word = "".join(folded(typed))
    places = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1) if word.isalpha() else ()
    halves = [(word[:place], word[place:]) for place in places[:MOST_PLACES]]
    known = {
        half: engine.known(*analysed)
        for pair in halves
        for half in pair
        if len(analysed := analyse(half)) == 1
    }
    pairs = [pair for pair in halves if all(known.get(half) for half in pair)]
    counts = {pair: engine.count(Words(tuple(analyse(" ".join(pair))))) for pair in pairs}
    best = max(counts, key=lambda pair: counts[pair], default=("", ""))
    return " ".join(best) if counts.get(best) else ""


class _Asked:
    """One query over one snapshot."""

    def __init__(self, query: Query, plan: Plan, engine: Engine) -> None:
        self._query, self._plan, self._engine = query, plan, engine

    def fenced(self, match: Node, without: str = "") -> All:
        """Return what matches and passes the fences."""
        fence = fences(self._query, self._plan, without)
        return All((match, *fence.parts), fence.unwanted)

    def match(self, without: str = "") -> Node:
        """Return the words and phrases with their scores, without the fences.

        Both of two words must match, or where no card has both, any. Of more words most must match, but the
        cards that score best by any of them count too. A strict query keeps to what must match.
        """
        enough, some = _having_words(self._plan, self._plan.at_least), _having_words(self._plan, 1)
        if len(self._plan.words) < 2 or self._query.strict:
            return enough
        if len(self._plan.words) == 2:
            return enough if self._engine.count(self.fenced(enough, without)) else some
        best = tuple(row.id for row in self._engine.by_score(self.fenced(some, without), BEST))
        return All((some, Unscored(Some((enough, Having("id", best))))))

    def total(self, match: Node, also: Sequence[str]) -> int:
        """Return how many cards match or are named; of these, few, only those that do not match are asked."""
        others = All((Having("id", tuple(also)),), (match,))
        matching = self._engine.count(self.fenced(match))
        return matching + self._engine.count(self.fenced(others)) if also else matching

    def tally(self, match: Node, also: Sequence[str]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """Count the asked facets over all hits, each without its own filter, and the hits of each month."""
        if not (asked := self._query.facets):
            return {}, {}
        free = [name for name in asked if name not in self._query.filters]
        counts = self._engine.buckets(self.fenced(_or_also(match, also)), ["month", *free])
        for name in set(asked).difference(free):
            wider = _or_also(self.match(without=name), also)
            counts |= self._engine.buckets(self.fenced(wider, without=name), [name])
        months = {f"{month // 100:04}-{month % 100:02}": count for month, count in counts["month"].items()}
        return {name: counts[name] for name in asked}, months


def _or_also(match: Node, also: Sequence[str]) -> Node:
    return Some((match, Having("id", tuple(also)))) if also else match


def _having_words(plan: Plan, at_least: int) -> Node:
    if plan.words:
        return All((*plan.musts, Some(plan.wanted, at_least)))
    return All(plan.musts) if plan.musts else Everything()
