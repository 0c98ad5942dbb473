"""What the words of a query match, the same in every engine: ranking, totals, facets, corrections."""

from collections.abc import Iterable, Sequence
from math import log2
from typing import Any, NamedTuple, Protocol

from index.search.backend import Ranked
from index.search.plan import Plan
from index.search.query import Query, Sort
from index.search.tree import All, Dated, Everything, Having, Node, Some, Unscored

BEST = 50
"""Of three or more words, so many cards count for scoring best although they have too few of the words."""
DIGITS = 5
"""Scores that agree to this many digits after the point tie, whatever the order their parts were added in."""
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
    """A hit. ``raised`` is the part of its score that comes from the number of reports about it."""

    id: str
    score: float
    seq: int
    raised: float = 0.0
    told: int = 1


class Scored(NamedTuple):
    """A hit before its id is loaded. ``at`` is the engine's address of it, ``told`` its number of reports."""

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

    def expect(self, nodes: Sequence[Node], typed: Sequence[str] = ()) -> None:
        """Prepare the counts of nodes and the corrections of words that are asked for next, all at once."""


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
    """Return the tree of a strict query, which does not depend on what other cards an engine holds."""
    fence = fences(query, plan)
    return All((_having_words(plan, plan.at_least), *fence.parts), fence.unwanted)


def fences(query: Query, plan: Plan, without: str = "") -> All:
    """Return the filters of a query without its words; ``without`` omits one facet. None of them scores."""
    parts: list[Node] = [Having("by", (query.by.value,))]
    parts += [Having(name, values) for name, values in query.filters.items() if name != without]
    if query.since or query.until:
        parts.append(Dated(query.since, query.until))
    if query.ids:
        parts.append(Some((Having("id", query.ids), Having("refs", query.ids))))
    return All(tuple(map(Unscored, parts)), plan.unwanted)


def near(query: Query, plan: Plan) -> All:
    """Return the filters for cards near in meaning: all of the query but its words."""
    fence = fences(query, plan)
    return All((*fence.parts, *map(Unscored, plan.musts)), fence.unwanted)


class _Asked:
    """One query over one snapshot."""

    def __init__(self, query: Query, plan: Plan, engine: Engine) -> None:
        self._query, self._plan, self._engine = query, plan, engine

    def fenced(self, match: Node, without: str = "") -> All:
        """Return the tree of what matches and passes the filters."""
        fence = fences(self._query, self._plan, without)
        return All((match, *fence.parts), fence.unwanted)

    def match(self) -> Node:
        """Return the tree of the words and phrases with their scores, without the filters.

        Both of two words must match, or where no card has both, any. Of more words most must match, but the
        cards that score best by any of them count too. A strict query keeps to what must match. What cards
        have is asked before filters narrow them: a filter never adds an answer, and leaves as many as its
        count says.
        """
        enough, some = _having_words(self._plan, self._plan.at_least), _having_words(self._plan, 1)
        if len(self._plan.words) < 2 or self._query.strict:
            return enough
        if len(self._plan.words) == 2:
            return enough if self._engine.count(self._unfiltered(enough)) else some
        best = tuple(row.id for row in self._engine.by_score(self._unfiltered(some), BEST))
        return All((some, Unscored(Some((enough, Having("id", best))))))

    def _unfiltered(self, match: Node) -> All:
        fence = fences(self._query.unfiltered(), self._plan)
        return All((match, *fence.parts), fence.unwanted)

    def total(self, match: Node, also: Sequence[str]) -> int:
        """Return the number of cards that match, and of those of ``also`` that do not."""
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
            counts |= self._engine.buckets(self.fenced(_or_also(match, also), without=name), [name])
        months = {f"{month // 100:04}-{month % 100:02}": count for month, count in counts["month"].items()}
        return {name: counts[name] for name in asked}, months


def _or_also(match: Node, also: Sequence[str]) -> Node:
    return Some((match, Having("id", tuple(also)))) if also else match


def _having_words(plan: Plan, at_least: int) -> Node:
    if plan.words:
        return All((*plan.musts, Some(plan.wanted, at_least), *plan.lifts))
    return All(plan.musts) if plan.musts else Everything()
