"""Makes one order of several rankings. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Ranked

TOP = 200
"""How many of each side are fused."""
K = 20
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009; theirs is 60).

Lower, so that what leads one side alone is not lost: chosen by nDCG over 93 questions made of the typology's
definitions and examples, with coded training incidents as the answers (``tests/bench/retrieval.py --train``).
"""
LIFT = 2.0
"""What the ranking of a named typology's cards weighs where the query names nothing else: as much as words
and meaning together. Among other words, less by the square of their share."""
NONE = Ranked((), (), 0)


def fuse(*rankings: Sequence[str]) -> dict[str, float]:
    """Return the reciprocal rank fusion score of every id: the sum of 1 / (K + rank), ranks from 1."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking, start=1):
            scores[one] = scores.get(one, 0.0) + 1 / (K + rank)
    return scores


@dataclass(frozen=True)
class Answer:
    """What a backend said, and the order made of it."""

    ranked: Ranked
    order: list[tuple[str, float]]
    worded: frozenset[str]
    meant: frozenset[str]
    seqs: Mapping[str, int]
    named: frozenset[str] = frozenset()
    """Cards whose main typology the query's words name."""
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    """What was near in meaning, where it is known."""


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


def merged(*each: Ranked) -> Ranked:
    """Return the cards of all rankings by one measure, best first, ties by seq."""
    rows = {row[0]: row for one in each for row in zip(one.ids, one.scores, one.seqs, strict=True)}
    best_first = sorted(rows.values(), key=lambda row: (-row[1], row[2]))
    ids, scores, seqs = zip(*best_first, strict=True) if best_first else ((), (), ())
    return Ranked(ids, scores, len(ids), seqs)


def lifted(answer: Answer, own: Ranked, weight: float) -> Answer:
    """Return the answer with one more ranking fused in, of cards that are among the answers."""
    if not own.ids:
        return answer
    head = answer.order[: max(TOP, len(answer.meant))]
    scores = dict(head) if answer.worded and answer.meant else fuse([one for one, _ in head])
    for one, score in fuse(own.ids).items():
        scores[one] = scores.get(one, 0.0) + weight * score
    seqs = {**answer.seqs, **seqs_of(own)}
    order = sorted(scores.items(), key=lambda one: (-one[1], seqs[one[0]]))
    order += [(one, 0.0) for one, _ in answer.order if one not in scores]
    return replace(answer, order=order, named=frozenset(own.ids))
