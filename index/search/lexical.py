"""Keyword search on top of any engine: matching, ranking, totals and facet counts."""

from collections.abc import Iterable, Sequence
from math import log2
from typing import Any, NamedTuple, Protocol

from index.search.backend import Ranked
from index.search.plan import Plan
from index.search.query import Query, Sort
from index.search.tree import All, AtLeast, DateRange, HasValue, MatchAll, Node, Unscored

BEST = 50
"""Number of best-scoring cards that match a query of three or more words although they lack some."""
DIGITS = 5
"""Decimals to which scores are rounded; equal rounded scores tie, whatever the order of addition."""
MOST_BUCKETS = 60_000
"""Limit on the distinct values counted of one field."""
HEAD = 64
"""Number of best keyword matches that are reranked by their report count."""
PRIOR = 0.5
"""Share of its score that each doubling of a card's report count adds, divided by the number of query words:
like any prior it counts for less the more evidence there is.

Chosen by nDCG over questions made of the typology's definitions and examples, and by which of thirty
half-remembered cases come first: .4 to .8 differ little.
"""
FEWEST_WORDS = 2
"""Least number of words that ``PRIOR`` is divided by: one word is too weak evidence for the full prior."""


class Row(NamedTuple):
    """A scored hit; ``boost`` is the part of the score that its report count adds."""

    id: str
    score: float
    seq: int
    boost: float = 0.0
    report_count: int = 1


class Scored(NamedTuple):
    """A scored hit before its id is loaded; ``at`` is its address in the engine."""

    score: float
    seq: int
    report_count: int
    at: Any
    boost: float = 0.0

    def with_id(self, card: str) -> Row:
        """Return the hit with its card's id."""
        return Row(card, self.score, self.seq, self.boost, self.report_count)


class Engine(Protocol):
    """Query engine over one snapshot of the cards; takes query trees."""

    def count(self, node: Node) -> int:
        """Return the number of matching cards."""

    def by_score(self, node: Node, limit: int, prior: float = 0.0) -> list[Row]:
        """Return the best hits in the order of ``rank_with_prior``; by seq if all scores are the same."""

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        """Return the first hits in a sort order other than relevance, ties by seq."""

    def buckets(self, node: Node, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        """Count field values over all matches; a ``month`` is a number such as 202401."""

    def known(self, token: str) -> bool:
        """Whether any card has this token (a folded, stemmed word)."""

    def correction(self, typed: str) -> str:
        """Return an indexed word near to an unknown one, or an empty string."""

    def prefetch(self, nodes: Sequence[Node], typed: Sequence[str] = ()) -> None:
        """Fetch the counts of nodes and the corrections of words in one batch, before they are asked for."""


def words(query: Query, plan: Plan, engine: Engine, limit: int, extra_ids: Sequence[str] = ()) -> Ranked:
    """Return the matching cards as ``Backend.words`` promises; newest first for a query without words."""
    search = _LexicalSearch(query, plan, engine)
    match = search.match()
    everything = search.filtered(_or_ids(match, extra_ids))
    scored = query.sort is Sort.RELEVANCE and plan.scores
    if scored:
        rows = engine.by_score(search.filtered(match), limit, PRIOR / max(FEWEST_WORDS, len(plan.words)))
    else:
        rows = engine.by_field(everything, Sort.NEWEST if query.sort is Sort.RELEVANCE else query.sort, limit)
    ids, scores, seqs, boosts, report_counts = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    facets, months = search.tally(match, extra_ids)
    # Fewer hits than the limit are all there are.
    if len(ids) < limit and not extra_ids:
        total = len(ids)
    else:
        total = search.total(match, extra_ids) if scored else engine.count(everything)
    return Ranked(ids, scores, total, seqs, facets, months, boosts=boosts, report_counts=report_counts)


def rank_with_prior(hits: Iterable[Scored], prior: float) -> list[Scored]:
    """Return hits best first, ties by seq, the first ``HEAD`` reranked by report count.

    Report count is a static, query-independent rank (Craswell, Robertson, Zaragoza and Taylor, SIGIR 2005):
    what is widely reported is what people half remember. Each doubling of it adds ``prior`` of the score.
    """
    ordered = sorted(hits, key=_best_first)
    if not prior:
        return ordered
    head = [hit if hit.report_count == 1 else _boosted(hit, prior) for hit in ordered[:HEAD]]
    return [*sorted(head, key=_best_first), *ordered[HEAD:]]


def _boosted(hit: Scored, prior: float) -> Scored:
    boost = round(hit.score * prior * log2(hit.report_count), DIGITS)
    return hit._replace(score=round(hit.score + boost, DIGITS), boost=boost)


def _best_first(hit: Scored) -> tuple[float, int]:
    return -hit.score, hit.seq


def strict_tree(query: Query, plan: Plan) -> Node:
    """Return the tree of a strict query: whether a card matches does not depend on other cards."""
    filters = filter_tree(query, plan)
    return All((_having_words(plan, plan.at_least), *filters.parts), filters.unwanted)


def filter_tree(query: Query, plan: Plan, without: str = "") -> All:
    """Return the tree of a query's filters, which do not score; ``without`` omits one facet."""
    parts: list[Node] = [HasValue("by", (query.by.value,))]
    parts += [HasValue(name, values) for name, values in query.filters.items() if name != without]
    if query.since or query.until:
        parts.append(DateRange(query.since, query.until))
    if query.ids:
        parts.append(AtLeast((HasValue("id", query.ids), HasValue("refs", query.ids))))
    return All(tuple(map(Unscored, parts)), plan.unwanted)


def vector_filters(query: Query, plan: Plan) -> All:
    """Return the filter tree of a vector search: all of the query but its plain words."""
    filters = filter_tree(query, plan)
    return All((*filters.parts, *map(Unscored, plan.required)), filters.unwanted)


class _LexicalSearch:
    """One keyword query run over one snapshot."""

    def __init__(self, query: Query, plan: Plan, engine: Engine) -> None:
        self._query, self._plan, self._engine = query, plan, engine

    def filtered(self, match: Node, without: str = "") -> All:
        """Return the conjunction of a tree and the query's filters."""
        filters = filter_tree(self._query, self._plan, without)
        return All((match, *filters.parts), filters.unwanted)

    def match(self) -> Node:
        """Return the tree of the words and phrases, without the filters.

        Of two words both must match, or either if no card has both. Of more words most must match; the
        ``BEST`` highest-scoring cards with any of them match too. A strict query has neither exception.
        Both exceptions are decided without the filters, so that a filter never adds a hit and leaves as many
        as its facet count says.
        """
        enough, some = _having_words(self._plan, self._plan.at_least), _having_words(self._plan, 1)
        if len(self._plan.words) < 2 or self._query.strict:
            return enough
        if len(self._plan.words) == 2:
            return enough if self._engine.count(self._unfiltered(enough)) else some
        best = tuple(row.id for row in self._engine.by_score(self._unfiltered(some), BEST))
        return All((some, Unscored(AtLeast((enough, HasValue("id", best))))))

    def _unfiltered(self, match: Node) -> All:
        filters = filter_tree(self._query.unfiltered(), self._plan)
        return All((match, *filters.parts), filters.unwanted)

    def total(self, match: Node, extra_ids: Sequence[str]) -> int:
        """Return the number of matching cards plus that of ``extra_ids`` that do not match."""
        others = All((HasValue("id", tuple(extra_ids)),), (match,))
        matching = self._engine.count(self.filtered(match))
        return matching + self._engine.count(self.filtered(others)) if extra_ids else matching

    def tally(
        self, match: Node, extra_ids: Sequence[str]
    ) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """Return facet counts over all hits, each without its own filter, and hits per month."""
        if not (requested := self._query.facets):
            return {}, {}
        free = [name for name in requested if name not in self._query.filters]
        counts = self._engine.buckets(self.filtered(_or_ids(match, extra_ids)), ["month", *free])
        for name in set(requested).difference(free):
            counts |= self._engine.buckets(self.filtered(_or_ids(match, extra_ids), without=name), [name])
        months = {f"{month // 100:04}-{month % 100:02}": count for month, count in counts["month"].items()}
        return {name: counts[name] for name in requested}, months


def _or_ids(match: Node, extra_ids: Sequence[str]) -> Node:
    return AtLeast((match, HasValue("id", tuple(extra_ids)))) if extra_ids else match


def _having_words(plan: Plan, at_least: int) -> Node:
    if plan.words:
        return All((*plan.required, AtLeast(plan.wanted, at_least), *plan.boosts))
    return All(plan.required) if plan.required else MatchAll()
