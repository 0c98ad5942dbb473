"""Makes one order of what words, meaning and names say of cards. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Ranked

TOP = 200
"""How many of each side are fused."""
LIFT = 2.0
"""What a named typology adds to its cards where the query names nothing else: as much as the best words and
the nearest meaning together. Among other words, less by the square of their share."""
DIGITS = 6
"""Sums that agree to this many digits after the point tie."""
NONE = Ranked((), (), 0)

Scores = Mapping[str, float]
"""Ids with what one side says of them."""
Order = Sequence[tuple[str, float]]
"""Ids with their scores, best first."""


def fuse(*sides: Scores) -> dict[str, float]:
    """Return the score of every id: the sum over the sides, each as a share of the best of that side.

    A combination of scores (Bruch, Gai and Ingber, TOIS 2023) rather than of ranks: ranks forget how far the
    best is ahead, and an incident of which an officer remembers a few words then stands behind others that
    are merely near in meaning (``tests/bench/retrieval.py --remembered`` shows both).
    """
    fused: dict[str, float] = {}
    for side in sides:
        best = max(side.values(), default=0.0)
        for one, score in side.items():
            fused[one] = fused.get(one, 0.0) + (score / best if score > 0 else 0.0)
    return {one: round(score, DIGITS) for one, score in fused.items()}


def best_first(scores: Scores, seqs: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return ids with their scores, best first, ties by seq."""
    return sorted(scores.items(), key=lambda one: (-one[1], seqs[one[0]]))


def scores_of(ranked: Ranked) -> dict[str, float]:
    """Return the scores of the first of a ranking by id."""
    return dict(order_of(ranked)[:TOP])


@dataclass(frozen=True)
class Answer:
    """The answer of a backend, and the order made of it."""

    ranked: Ranked
    order: list[tuple[str, float]]
    worded: frozenset[str]
    meant: frozenset[str]
    seqs: Mapping[str, int]
    named: frozenset[str] = frozenset()
    """Cards whose main typology the query's words name."""
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    """The meaning that was searched, shape (dimensions,), if any."""
    known: Mapping[str, int] = field(default_factory=dict)
    """Cards that rank higher because of their number of reports, with that number."""


def bare(ranked: Ranked) -> dict[str, float]:
    """Return the scores of the first of a ranking by id, without what many reports add to them."""
    scores = zip(ranked.ids, ranked.scores, ranked.raised, strict=True)
    return {one: round(score - raised, DIGITS) for one, score, raised in islice(scores, TOP)}


def widely_told(order: Order, alone: Scores, ranked: Ranked, seqs: Mapping[str, int]) -> dict[str, int]:
    """Return the cards that rank higher because of their number of reports, with that number.

    ``alone`` is what the cards would score if nobody knew how many reports tell of what.
    """
    told = dict(zip(ranked.ids, ranked.told, strict=True))
    found: dict[str, int] = {}
    passed = (0.0, 0)
    for one, _ in reversed(order):
        place = (alone.get(one, 0.0), -seqs[one])
        if place < passed and told.get(one, 1) > 1:
            found[one] = told[one]
        passed = max(passed, place)
    return found


def order_of(ranked: Ranked) -> list[tuple[str, float]]:
    """Return the ids with their scores, best first."""
    return list(zip(ranked.ids, ranked.scores, strict=True))


def seqs_of(*each: Ranked) -> dict[str, int]:
    """Return the cards' own numbers, by id."""
    return {one: seq for ranked in each for one, seq in zip(ranked.ids, ranked.seqs, strict=True)}


def above(ranked: Ranked, floor: float) -> Ranked:
    """Return the first of a ranking, those that score at least ``floor``."""
    kept = sum(score >= floor for score in ranked.scores)
    ids, scores, seqs = ranked.ids[:kept], ranked.scores[:kept], ranked.seqs[:kept]
    return replace(ranked, ids=ids, scores=scores, seqs=seqs, total=kept)


def only(ranked: Ranked, ids: Collection[str]) -> Ranked:
    """Return those of a ranking that are among ``ids``."""
    rows = [row for row in zip(ranked.ids, ranked.scores, ranked.seqs, strict=True) if row[0] in ids]
    kept, scores, seqs = zip(*rows, strict=True) if rows else ((), (), ())
    return replace(ranked, ids=kept, scores=scores, seqs=seqs, total=len(kept))


def merged(*each: Ranked) -> Ranked:
    """Merge rankings by one measure, best first, ties by seq; each card keeps its best score."""
    if len(each) == 1:
        return each[0]
    rows: dict[str, tuple[str, float, int]] = {}
    for row in (row for one in each for row in zip(one.ids, one.scores, one.seqs, strict=True)):
        rows[row[0]] = max(row, rows.get(row[0], row), key=lambda known: known[1])
    ordered = sorted(rows.values(), key=lambda row: (-row[1], row[2]))
    ids, scores, seqs = zip(*ordered, strict=True) if ordered else ((), (), ())
    return Ranked(ids, scores, len(ids), seqs)


def lifted(answer: Answer, own: Ranked, weight: float) -> Answer:
    """Return the answer with ``weight`` added to the scores of the cards in ``own``."""
    if not own.ids:
        return answer
    head = dict(answer.order[: max(TOP, len(answer.meant))])
    scores = head if answer.worded and answer.meant else fuse(head)
    for one in own.ids:
        scores[one] = scores.get(one, 0.0) + weight
    seqs = {**answer.seqs, **seqs_of(own)}
    order = best_first(scores, seqs)
    order += [(one, 0.0) for one, _ in answer.order if one not in scores]
    return replace(answer, order=order, named=frozenset(own.ids))
