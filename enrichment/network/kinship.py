"""Which incidents follow others, and which of a technique's incidents are one variant of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import networkx as nx
import numpy as np
from sklearn.cluster import AgglomerativeClustering

from collectors.records import digest
from enrichment.network.drawing import FOLLOWS, VARIANT_OF, add_edge, add_node, node_key, seen
from enrichment.network.stated import is_crime
from enrichment.network.texts import Texts
from enrichment.network.times import day_of
from enrichment.records import Finding, Incident, Subject
from enrichment.typology import Typology

WITHIN_DAYS = 365
"""An incident follows one of the year before it, not an older one."""
LIKE, ALIKE = 0.1, 0.01
"""Two are told alike where so few pairs of one technique's incidents are; the stricter stands alone."""
STRANGE = 0.001
"""A variant is told alike where so few pairs of incidents of different techniques are."""
RARE = 0.03
"""What at most this share of incidents names can tie two of them together."""
LEAST = 3
"""Incidents of a variant."""
BY = "kinship"
_NAMED = (Subject.TOOL, Subject.ORGANISATION, Subject.PLATFORM)
_SAID = {
    "copycat": "its text speaks of a copycat",
    "repeat": "its text speaks of similar cases before",
    "series": "its text speaks of a series",
}


@dataclass(frozen=True)
class _Told:
    """An incident as it is compared."""

    incident: Incident
    row: int
    day: date
    named: frozenset[str]
    hint: Finding | None


def add_kinship(graph: nx.MultiDiGraph, incidents: Sequence[Incident], typology: Typology) -> None:
    """Add ``follows`` between incidents and, for groups told alike, a campaign that is a variant of a leaf.

    An incident follows the one earlier incident, of the same primary leaf and at most a year older, that it
    is most like: told alike as only one pair in a hundred of one leaf is, or as one in ten is and tied by a
    rare tool, organisation or platform or by the words of its own text.
    """
    crimes = [one for one in incidents if is_crime(one) and typology.is_leaf(one.primary or "")]
    if len(crimes) < 2:
        return
    texts = Texts(crimes)
    leaves = [one.primary or "" for one in crimes]
    like, alike = (texts.by_chance(leaves, share, same=True) for share in (LIKE, ALIKE))
    strange = texts.by_chance(leaves, STRANGE, same=False)
    by_leaf: dict[str, list[int]] = defaultdict(list)
    for row, leaf in enumerate(leaves):
        by_leaf[leaf].append(row)
    rare = _rare(crimes)
    for leaf, rows in sorted(by_leaf.items()):
        for later, earlier, note, sure in _pairs(_told(crimes, rows, rare), texts, like, alike):
            _follow(graph, later, earlier, note, sure)
        _add_variants(graph, leaf, [(row, crimes[row]) for row in rows], texts, strange)


def _rare(crimes: Sequence[Incident]) -> frozenset[str]:
    counts = Counter(value for one in crimes for value in _values(one))
    most = max(2.0, RARE * len(crimes))
    return frozenset(value for value, number in counts.items() if 2 <= number <= most)


def _values(incident: Incident) -> set[str]:
    return {finding.value for finding in incident.findings if finding.subject in _NAMED}


def _told(crimes: Sequence[Incident], rows: Sequence[int], rare: frozenset[str]) -> list[_Told]:
    """Return the dated incidents of a leaf, earliest first."""
    told = []
    for row in rows:
        incident = crimes[row]
        if (day := day_of(incident)) is not None:
            hint = next((one for one in incident.findings if one.subject is Subject.SERIES), None)
            told.append(_Told(incident, row, day, frozenset(_values(incident) & rare), hint))
    return sorted(told, key=lambda one: (one.day, one.incident.id))


def _pairs(
    told: Sequence[_Told], texts: Texts, like: float, alike: float
) -> Iterator[tuple[_Told, _Told, str, float]]:
    for place, later in enumerate(told):
        before = [one for one in told[:place] if 0 < (later.day - one.day).days <= WITHIN_DAYS]
        if not before:
            continue
        cosines = texts.likeness([later.row], [one.row for one in before])[0]
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


def _follow(graph: nx.MultiDiGraph, later: _Told, earlier: _Told, note: str, cosine: float) -> None:
    shared = later.named & earlier.named
    findings = [
        finding
        for one in (later, earlier)
        for finding in one.incident.findings
        if finding.subject in _NAMED and finding.value in shared
    ]
    findings += [later.hint] if later.hint else []
    source, target = (node_key("Incident", one.incident.id) for one in (later, earlier))
    said = {"confidence": cosine, "assertion_status": "inferred", "note": note}
    add_edge(graph, (source, target, FOLLOWS), findings, later.incident, said)
    edge = graph.edges[source, target, FOLLOWS]
    edge["first_seen"], edge["last_seen"] = earlier.day.isoformat(), later.day.isoformat()
    edge["source_report_ids"] = "; ".join(dict.fromkeys((*later.incident.reports, *earlier.incident.reports)))
    edge["extracted_by"] = BY


def _add_variants(
    graph: nx.MultiDiGraph, leaf: str, members: Sequence[tuple[int, Incident]], texts: Texts, strange: float
) -> None:
    """Add the groups of a leaf's incidents whose mean likeness is beyond chance (average linkage)."""
    if len(members) < LEAST:
        return
    rows = [row for row, _ in members]
    apart = np.clip(1.0 - texts.likeness(rows, rows), 0.0, None)
    linkage = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - strange
    )
    labels = linkage.fit_predict(apart)
    for label in sorted(set(labels.tolist())):
        group = [one for one, its in zip(members, labels, strict=True) if its == label]
        if len(group) >= LEAST:
            _add_variant(graph, leaf, group, texts, rows)


def _add_variant(
    graph: nx.MultiDiGraph,
    leaf: str,
    group: Sequence[tuple[int, Incident]],
    texts: Texts,
    among: Sequence[int],
) -> None:
    incidents = sorted((one for _, one in group), key=lambda one: (seen(one)[0] or "9", one.id))
    words = texts.distinguishing([row for row, _ in group], among)
    technique = node_key("Technique", leaf)
    label = f"{leaf} variant: {', '.join(words) or 'told alike'}"
    key = add_node(graph, "Campaign", digest("cam", leaf, incidents[0].id), label)
    said = {"confidence": 0.5, "assertion_status": "inferred", "note": "told alike; no shared actor is shown"}
    for incident in incidents:
        add_edge(graph, (node_key("Incident", incident.id), key, "part_of"), (), incident, said)
    add_edge(graph, (key, technique, VARIANT_OF), (), incidents[0], said)
    edge = graph.edges[key, technique, VARIANT_OF]
    edge["last_seen"] = max(seen(one)[1] for one in incidents)
    edge["source_report_ids"] = "; ".join(dict.fromkeys(r for one in incidents for r in one.reports))
    for *_, attributes in [*graph.out_edges(key, data=True), *graph.in_edges(key, data=True)]:
        attributes["extracted_by"] = BY
