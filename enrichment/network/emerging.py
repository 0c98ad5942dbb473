"""Recent incidents that no leaf fits and that are told alike: what a new kind of crime would look like."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from enrichment.network.incident_edges import is_crime
from enrichment.network.records import Cluster
from enrichment.network.texts import Texts, texts_of
from enrichment.records import CodeRole, Incident, Subject
from enrichment.typology import Typology

RECENT_DAYS = 365
UNSURE = 0.5
"""A machine's primary code below this score does not count as a fit."""
CLOSE = 0.03
"""Incidents are close where so few pairs of different techniques are."""
LEAST = 3
MOST = 200
"""Of more recent incidents without a leaf, the newest are compared."""
SAMPLE = 3_000
"""Of more other crimes, so many drawn at random stand for all: in chance, likeness and words."""
DRAWS = 100

_Rows = NDArray[np.float32]


def clusters(
    incidents: Sequence[Incident],
    vectors: Mapping[str, _Rows],
    typology: Typology,
    as_of: date,
    days: Mapping[str, date],
) -> tuple[list[Cluster], tuple[str, ...]]:
    """Return the close groups among recent crimes that no leaf fits, largest first, and these crimes.

    ``days`` gives by incident the day it became known; one that is not in it is never recent.
    ``vectors`` holds a unit row an incident, shape (dimensions,); where it lacks one, all goes by words.
    Groups are made by average linkage. The chance beside a group is the share of ``DRAWS`` equally large
    random draws of crimes, of any leaf and time, that hold a group at least as large.
    """
    crimes = [one for one in incidents if looks_like_crime(one)]
    first = as_of - timedelta(days=RECENT_DAYS - 1)
    recent = [
        (days[one.id], one.id, row)
        for row, one in enumerate(crimes)
        if one.id in days and first <= days[one.id] <= as_of and fits_no_leaf(one, typology)
    ]
    recent.sort(reverse=True)
    unfit = tuple(id for _, id, _ in recent)
    chosen = [row for _, _, row in recent[:MOST]]
    if len(chosen) < LEAST:
        return [], unfit
    crimes = [crimes[row] for row in (*chosen, *_sample(len(crimes), set(chosen)))]
    texts = texts_of(crimes)
    rows = _rows(crimes, vectors, texts)
    leaves = [one.primary if typology.is_leaf(one.primary or "") else None for one in crimes]
    limit = _close(rows, leaves)
    groups = _groups(rows[: len(chosen)], limit)
    sizes = _by_chance(rows, len(chosen), limit) if groups else np.zeros(0, dtype=np.int64)
    found = [_cluster(group, crimes, rows, leaves, texts, sizes) for group in groups]
    return sorted(found, key=lambda one: (-len(one.incidents), -one.likeness)), unfit


def _sample(size: int, without: set[int]) -> list[int]:
    """Return the other rows, in order; of more than ``SAMPLE``, that many drawn at random."""
    others = np.asarray([row for row in range(size) if row not in without], dtype=np.int64)
    if len(others) > SAMPLE:
        others = np.sort(np.random.default_rng(0).choice(others, SAMPLE, replace=False))
    return [int(row) for row in others]


def fits_no_leaf(incident: Incident, typology: Typology) -> bool:
    """Return whether the machine abstained on a crime, or was unsure of its code and nobody confirmed it."""
    primary = next((code for code in incident.codes if code.role == CodeRole.PRIMARY), None)
    if primary is None:
        return True
    return typology.is_leaf(primary.concept) and not primary.judged and primary.score < UNSURE


def looks_like_crime(incident: Incident) -> bool:
    """Return whether an incident is coded as a crime, or is not coded and a machine thinks it is one."""
    if incident.primary is not None:
        return is_crime(incident)
    return any(
        (finding.subject is Subject.CRIME and finding.score >= 0.5)
        or (finding.subject is Subject.RELEVANCE and finding.score >= 0.5)
        for finding in incident.findings
    )


def _rows(crimes: Sequence[Incident], vectors: Mapping[str, _Rows], texts: Texts) -> _Rows:
    if all(one.id in vectors for one in crimes):
        return np.stack([vectors[one.id] for one in crimes])
    return texts.dense()


def _close(rows: _Rows, leaves: Sequence[str | None]) -> float:
    """Return the cosine that only ``CLOSE`` of random pairs of different leaves reach."""
    generator = np.random.default_rng(0)
    left, right = generator.integers(0, len(rows), (2, 20_000))
    names = np.asarray([leaf or "" for leaf in leaves])
    apart = (names[left] != names[right]) & (names[left] != "") & (names[right] != "")
    if not apart.any():
        return UNSURE
    cosines = np.einsum("ij,ij->i", rows[left[apart]], rows[right[apart]])
    return float(np.quantile(cosines, 1 - CLOSE))


def _groups(rows: _Rows, limit: float) -> list[list[int]]:
    linkage = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - limit
    )
    members: dict[int, list[int]] = defaultdict(list)
    for at, label in enumerate(linkage.fit_predict(np.clip(1.0 - rows @ rows.T, 0.0, None))):
        members[int(label)].append(at)
    return [group for group in members.values() if len(group) >= LEAST]


def _by_chance(rows: _Rows, size: int, limit: float) -> NDArray[np.int64]:
    """Return the size of the largest group in each random draw of crimes; 0 where it holds none."""
    generator = np.random.default_rng(0)
    draws = (generator.choice(len(rows), min(size, len(rows)), replace=False) for _ in range(DRAWS))
    return np.asarray([max(map(len, _groups(rows[draw], limit)), default=0) for draw in draws])


def _cluster(
    group: Sequence[int],
    crimes: Sequence[Incident],
    rows: _Rows,
    leaves: Sequence[str | None],
    texts: Texts,
    sizes: NDArray[np.int64],
) -> Cluster:
    cosines = rows[list(group)] @ rows[list(group)].T
    pairs = cosines[np.triu_indices(len(group), 1)]
    nearest, near = _nearest(group, rows, leaves)
    return Cluster(
        words=texts.distinguishing(group, range(len(crimes))),
        incidents=tuple(crimes[row].id for row in group),
        likeness=float(np.clip(pairs.mean(), 0, 1)),
        nearest=nearest,
        nearest_likeness=near,
        chance=float((1 + (sizes >= len(group)).sum()) / (1 + len(sizes))),
    )


def _nearest(group: Sequence[int], rows: _Rows, leaves: Sequence[str | None]) -> tuple[str, float]:
    """Return the leaf whose other incidents are on average the most like the group, and how like."""
    others: dict[str, list[int]] = defaultdict(list)
    for row, leaf in enumerate(leaves):
        if leaf and row not in group:
            others[leaf].append(row)
    means = {leaf: float((rows[list(group)] @ rows[places].T).mean()) for leaf, places in others.items()}
    best = max(means, key=lambda leaf: (means[leaf], leaf), default="")
    return best, means.get(best, 0.0)
