"""Score fusion: combines keyword, semantic and typology-name scores into one ranking. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Ranked

TOP = 200
"""Depth of each ranking that is fused."""
CODE_BOOST = 2.0
"""Boost of the cards of a typology that is all that the query names: as much as the best keyword and the best
semantic score together. With other words in the query it shrinks with the square of the name's share."""
DIGITS = 6
"""Decimals to which fused scores are rounded; equal rounded scores tie."""
NO_RESULTS = Ranked((), (), 0)

Scores = Mapping[str, float]
"""Scores of one ranking by id."""
Order = Sequence[tuple[str, float]]
"""Ids with their scores, best first."""


def fuse(*sides: Scores) -> dict[str, float]:
    """Return fused scores by id: the sum over the sides of the score divided by that side's maximum.

    A combination of scores (Bruch, Gai and Ingber, TOIS 2023) rather than of ranks: ranks forget how far the
    best is ahead, and an incident of which an officer remembers a few words then stands behind others that
    are merely near in meaning (``tests/bench/retrieval.py --remembered`` shows both).
    """
    fused: dict[str, float] = {}
    for side in sides:
        best = max(side.values(), default=0.0)
        for card, score in side.items():
            fused[card] = fused.get(card, 0.0) + (score / best if score > 0 else 0.0)
    return {card: round(score, DIGITS) for card, score in fused.items()}


def best_first(scores: Scores, seqs: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return (id, score) pairs, best first, ties by seq."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], seqs[pair[0]]))


def scores_of(ranked: Ranked) -> dict[str, float]:
    """Return the scores of a ranking's first ``TOP`` cards by id."""
    return dict(order_of(ranked)[:TOP])


@dataclass(frozen=True)
class Answer:
    """Fused ranking of a query, with what is needed to explain each hit."""

    ranked: Ranked
    """The backend's answer: totals and facet counts."""
    order: list[tuple[str, float]]
    keyword_ids: frozenset[str]
    """Cards that match by their words."""
    semantic_ids: frozenset[str]
    """Cards that are similar in meaning."""
    seqs: Mapping[str, int]
    code_ids: frozenset[str] = frozenset()
    """Cards whose primary code the query's words name."""
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    """The query's embedding, shape (dimensions,), if meaning was searched."""
    popular: Mapping[str, int] = field(default_factory=dict)
    """Map each card promoted by its report count to that count."""


def scores_without_boost(ranked: Ranked) -> dict[str, float]:
    """Return the scores of a ranking's first ``TOP`` cards by id, less the report-count boost."""
    scores = zip(ranked.ids, ranked.scores, ranked.boosts, strict=True)
    return {card: round(score - boost, DIGITS) for card, score, boost in islice(scores, TOP)}


def popular_cards(order: Order, unboosted: Scores, ranked: Ranked, seqs: Mapping[str, int]) -> dict[str, int]:
    """Map each card promoted by its report count to that count.

    ``unboosted`` holds the scores without the report-count boost. A card is promoted if some card ranked
    below it has a better unboosted score.
    """
    report_counts = dict(zip(ranked.ids, ranked.report_counts, strict=True))
    promoted: dict[str, int] = {}
    best_below = (0.0, 0)
    for card, _ in reversed(order):
        rank_key = (unboosted.get(card, 0.0), -seqs[card])
        if rank_key < best_below and report_counts.get(card, 1) > 1:
            promoted[card] = report_counts[card]
        best_below = max(best_below, rank_key)
    return promoted


def order_of(ranked: Ranked) -> list[tuple[str, float]]:
    """Return a ranking as (id, score) pairs, best first."""
    return list(zip(ranked.ids, ranked.scores, strict=True))


def seqs_of(*rankings: Ranked) -> dict[str, int]:
    """Return the record numbers of all ranked cards, by id."""
    return {card: seq for ranked in rankings for card, seq in zip(ranked.ids, ranked.seqs, strict=True)}


def above(ranked: Ranked, floor: float) -> Ranked:
    """Return the ranking cut off below a score of ``floor``."""
    kept = sum(score >= floor for score in ranked.scores)
    ids, scores, seqs = ranked.ids[:kept], ranked.scores[:kept], ranked.seqs[:kept]
    return replace(ranked, ids=ids, scores=scores, seqs=seqs, total=kept)


def restricted_to(ranked: Ranked, ids: Collection[str]) -> Ranked:
    """Return the ranking restricted to the cards in ``ids``."""
    rows = [row for row in zip(ranked.ids, ranked.scores, ranked.seqs, strict=True) if row[0] in ids]
    kept, scores, seqs = zip(*rows, strict=True) if rows else ((), (), ())
    return replace(ranked, ids=kept, scores=scores, seqs=seqs, total=len(kept))


def merged(*rankings: Ranked) -> Ranked:
    """Merge rankings of one measure, best first, ties by seq; each card keeps its best score."""
    if len(rankings) == 1:
        return rankings[0]
    best: dict[str, tuple[str, float, int]] = {}
    for ranked in rankings:
        for row in zip(ranked.ids, ranked.scores, ranked.seqs, strict=True):
            card, score, _ = row
            if card not in best or score >= best[card][1]:
                best[card] = row
    ordered = sorted(best.values(), key=lambda row: (-row[1], row[2]))
    ids, scores, seqs = zip(*ordered, strict=True) if ordered else ((), (), ())
    return Ranked(ids, scores, len(ids), seqs)


def with_code_boost(answer: Answer, own: Ranked, weight: float) -> Answer:
    """Return the answer with ``weight`` added to the scores of the cards in ``own``."""
    if not own.ids:
        return answer
    head = dict(answer.order[: max(TOP, len(answer.semantic_ids))])
    scores = head if answer.keyword_ids and answer.semantic_ids else fuse(head)
    for card in own.ids:
        scores[card] = scores.get(card, 0.0) + weight
    seqs = {**answer.seqs, **seqs_of(own)}
    order = best_first(scores, seqs)
    order += [(card, 0.0) for card, _ in answer.order if card not in scores]
    return replace(answer, order=order, code_ids=frozenset(own.ids))
