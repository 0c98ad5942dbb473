"""Which incidents follow others, and which of a technique's incidents are one variant of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from collectors.records import digest
from enrichment.network.days import day_of
from enrichment.network.drawing import FOLLOWS, VARIANT_OF, Basis, add_edge, add_node, date_range, node_key
from enrichment.network.incident_edges import is_crime
from enrichment.network.pieces import Pieces
from enrichment.network.texts import Texts, texts_of
from enrichment.records import CodeRole, Finding, Incident, Subject
from enrichment.typology import Typology

WITHIN_DAYS = 365
"""An incident follows one of the year before it, not an older one."""
LIKE, ALIKE = 0.1, 0.01
"""Shares of a leaf's pairs of incidents: the most similar 10 % need a second tie, the first 1 % none."""
STRANGE = 0.001
"""Incidents of a variant are more similar than all but this share of pairs of different leaves."""
RARE = 0.03
"""A name counts as a tie only if at most this share of incidents has it."""
LEAST = 3
"""The fewest incidents that make a variant."""
BY = "kinship"
_NAMED = (Subject.TOOL, Subject.ORGANISATION, Subject.PLATFORM)
_SAID = {
    "copycat": "its text speaks of a copycat",
    "repeat": "its text speaks of similar cases before",
    "series": "its text speaks of a series",
}


@dataclass(frozen=True)
class _DatedIncident:
    """An incident as it is compared; ``place`` is its row among the incidents of its leaf."""

    incident: Incident
    place: int
    day: date
    named: frozenset[str]
    hint: Finding | None


@dataclass(frozen=True)
class _Leaf:
    """The incidents of a leaf, with the texts, thresholds and rare names they are compared by."""

    id: str
    members: tuple[Incident, ...]
    rows: tuple[int, ...]
    """The rows of ``texts`` that hold the members."""
    texts: Texts
    like: float
    alike: float
    strange: float
    rare: frozenset[str]
    """Names that tie two members together if both have them."""


def kinship(incidents: Sequence[Incident], typology: Typology, pieces: Pieces) -> dict[str, nx.MultiDiGraph]:
    """Return a part of the graph for each leaf: which incidents follow others, and its campaigns.

    An incident follows the most similar earlier one of its leaf within a year, if that pair is among the most
    similar 1 % of the leaf, or among the first 10 % and tied by a rare tool, organisation or platform or by
    the words of its own text. A campaign is a group of very similar incidents, a variant of its leaf.
    """
    leaves = {f"kinship:{leaf.id}": leaf for leaf in _leaves(incidents, typology)}
    return {
        name: pieces.part(name, (leaf,), partial(_add_kinship, leaf=leaf)) for name, leaf in leaves.items()
    }


def _leaves(incidents: Sequence[Incident], typology: Typology) -> Iterator[_Leaf]:
    crimes = [one for one in incidents if is_crime(one) and typology.is_leaf(one.primary or "")]
    if len(crimes) < 2:
        return
    texts = texts_of(crimes)
    leaves = [one.primary or "" for one in crimes]
    like, alike = (texts.by_chance(leaves, share, same=True) for share in (LIKE, ALIKE))
    strange = texts.by_chance(leaves, STRANGE, same=False)
    by_leaf: dict[str, list[int]] = defaultdict(list)
    for row, leaf in enumerate(leaves):
        by_leaf[leaf].append(row)
    rare = _rare(crimes)
    for leaf, rows in sorted(by_leaf.items()):
        members = tuple(crimes[row] for row in rows)
        named = rare & set().union(*map(_values, members))
        yield _Leaf(leaf, members, tuple(rows), texts, like, alike, strange, named)


def _add_kinship(graph: nx.MultiDiGraph, leaf: _Leaf) -> None:
    likeness = leaf.texts.likeness(leaf.rows, leaf.rows)
    for later, earlier, note, sure in _pairs(_dated_incidents(leaf), likeness, leaf.like, leaf.alike):
        _follow(graph, later, earlier, note, sure)
    for group in _alike(likeness, leaf.strange):
        _add_variant(graph, leaf, group, likeness[np.ix_(group, group)])


def _rare(crimes: Sequence[Incident]) -> frozenset[str]:
    counts = Counter(value for one in crimes for value in _values(one))
    most = max(2.0, RARE * len(crimes))
    return frozenset(value for value, number in counts.items() if 2 <= number <= most)


def _values(incident: Incident) -> set[str]:
    return {finding.value for finding in incident.findings if finding.subject in _NAMED}


def _dated_incidents(leaf: _Leaf) -> list[_DatedIncident]:
    """Return the dated incidents of a leaf, earliest first."""
    told = []
    for place, incident in enumerate(leaf.members):
        if (day := day_of(incident)) is not None:
            hint = next((one for one in incident.findings if one.subject is Subject.SERIES), None)
            told.append(_DatedIncident(incident, place, day, frozenset(_values(incident) & leaf.rare), hint))
    return sorted(told, key=lambda one: (one.day, one.incident.id))


def _pairs(
    told: Sequence[_DatedIncident], likeness: NDArray[np.float32], like: float, alike: float
) -> Iterator[tuple[_DatedIncident, _DatedIncident, str, float]]:
    """Yield who follows whom, why, and how alike they are; ``likeness`` has shape (members, members)."""
    for at, later in enumerate(told):
        before = [one for one in told[:at] if 0 < (later.day - one.day).days <= WITHIN_DAYS]
        if not before:
            continue
        cosines = likeness[later.place, [one.place for one in before]]
        ties = [sorted(later.named & one.named) for one in before]
        fits = [
            cosine >= alike or (cosine >= like and bool(tie or later.hint))
            for cosine, tie in zip(cosines, ties, strict=True)
        ]
        if any(fits):
            # Of equals the latest: a chain says more than a star.
            best = max(np.flatnonzero(fits), key=lambda at: (round(float(cosines[at]), 6), at))
            why = [f"words alike, cosine {cosines[best]:.2f}: one pair in {_odds(cosines[best] >= alike)} is"]
            why += [f"both name {name}" for name in ties[best]]
            why += [_SAID[later.hint.value]] if later.hint and later.hint.value in _SAID else []
            yield later, before[best], "; ".join(why), float(cosines[best])


def _odds(strict: bool) -> int:
    return round(1 / (ALIKE if strict else LIKE))


def _follow(
    graph: nx.MultiDiGraph, later: _DatedIncident, earlier: _DatedIncident, note: str, cosine: float
) -> None:
    shared = later.named & earlier.named
    findings = [
        finding
        for one in (later, earlier)
        for finding in one.incident.findings
        if finding.subject in _NAMED and finding.value in shared
    ]
    basis = Basis(
        by=[BY],
        confidence=cosine,
        evidence=[
            *(finding.id for finding in (*findings, *([later.hint] if later.hint else ()))),
            *_coding(later.incident),
            *_coding(earlier.incident),
        ],
        reports=(*later.incident.reports, *earlier.incident.reports),
        seen=(earlier.day.isoformat(), later.day.isoformat()),
        note=note,
    )
    source, target = (node_key("Incident", one.incident.id) for one in (later, earlier))
    add_edge(graph, (source, target, FOLLOWS), basis)


def _alike(likeness: NDArray[np.float32], strange: float) -> list[list[int]]:
    """Return the groups of a leaf's incidents whose mean likeness is beyond chance (average linkage)."""
    if len(likeness) < LEAST:
        return []
    linkage = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - strange
    )
    groups: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(linkage.fit_predict(np.clip(1.0 - likeness, 0.0, None)).tolist()):
        groups[label].append(place)
    return [group for _, group in sorted(groups.items()) if len(group) >= LEAST]


def _add_variant(
    graph: nx.MultiDiGraph, leaf: _Leaf, group: Sequence[int], likeness: NDArray[np.float32]
) -> None:
    """Add a campaign of these members that is a variant of their leaf; ``likeness`` is that among them."""
    words = leaf.texts.distinguishing([leaf.rows[place] for place in group], leaf.rows)
    others = (likeness.sum(axis=1) - likeness.diagonal()) / (len(group) - 1)
    told = [(leaf.members[place], float(each)) for place, each in zip(group, others, strict=True)]
    told.sort(key=lambda pair: (date_range(pair[0])[0] or "9", pair[0].id))
    incidents = [incident for incident, _ in told]
    label = f"{leaf.id} variant: {', '.join(words) or 'told alike'}"
    key = add_node(graph, "Campaign", digest("cam", leaf.id, incidents[0].id), label)
    for incident, like in told:
        add_edge(
            graph, (node_key("Incident", incident.id), key, "part_of"), _similarity_basis([incident], like)
        )
    whole = _similarity_basis(incidents, float(others.mean()))
    add_edge(graph, (key, node_key("Technique", leaf.id), VARIANT_OF), whole)


def _similarity_basis(incidents: Sequence[Incident], likeness: float) -> Basis:
    return Basis(
        by=[BY],
        confidence=likeness,
        evidence=[finding for one in incidents for finding in _coding(one)],
        reports=[report for one in incidents for report in one.reports],
        seen=date_range(*incidents),
        note=f"told alike, mean cosine {likeness:.2f}; no shared actor is shown",
    )


def _coding(incident: Incident) -> tuple[str, ...]:
    """Return the finding by whose words an incident is a case of its technique best."""
    return next((code.findings[:1] for code in incident.codes if code.role == CodeRole.PRIMARY), ())
