"""Grouping what is new with all that it may belong to, or everything where that is due.

The likeness of two reports depends on these two and on how rare their words are in the library. That is
counted when everything is grouped, and kept until the library has grown by a quarter.

A batch is meant to end in the same incidents as if everything had been grouped again, and does so in tests.
It is not certain, for two reasons. Searches for near copies and for neighbours are bounded (the nearest ten,
words of at most 25 reports): among fewer reports more pairs fit these bounds, so a batch may join what a
grouping of everything passes over. And two reports that are alike but were not joined, because the rest of
their incidents is not alike, are compared again only where a batch touches both. The next grouping of
everything settles both.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from collectors.records import Report
from enrichment import fingerprint
from enrichment.group import Groupable, Grouping, group
from enrichment.grouping import roundup
from enrichment.grouping.nearcopy import Signatures
from enrichment.grouping.profile import Vector
from enrichment.grouping.rarity import Rarity
from enrichment.grouping.sketch import Sketch, alike
from enrichment.records import Finding, Subject, report_of, span_of
from index.grouping import clusters, members
from index.incidents import Incidents
from index.records import Actor, JudgedFinding, State
from index.rows import sketches
from index.store import Store

WHOLE_BELOW = 2_000
"""Reports below which all are grouped every time: that takes a second or two."""
GROWTH_FACTOR, NEW_SHARE = 1.25, 0.1
"""Everything is grouped once the library is so much larger, or where this share of it is new."""


@dataclass(frozen=True)
class Basis:
    """The state of the last grouping of everything, and the last judgement that grouping obeyed."""

    program: str
    reports: int
    judged: int
    rarity: Rarity

    def dumped(self) -> str:
        """Return the stored form."""
        words = {"accounts": self.rarity.reports, "counts": dict(self.rarity.counts)}
        return json.dumps({"program": self.program, "reports": self.reports, "judged": self.judged, **words})

    @classmethod
    def loaded(cls, text: str | None) -> "Basis | None":
        """Return the stored state, or None where there is none."""
        if text is None:
            return None
        kept = json.loads(text)
        rarity = Rarity(kept["accounts"], kept["counts"])
        return cls(kept["program"], kept["reports"], kept["judged"], rarity)


def due(store: Store) -> bool:
    """Whether reports wait to be grouped, or were grouped by another version of the program."""
    with store.reading() as connection:
        known = Basis.loaded(sketches.basis(connection))
    return store.ungrouped() > 0 or (known is not None and known.program != _program())


def regroup(store: Store, incidents: Incidents, actor: Actor, whole_below: int = WHOLE_BELOW) -> int:
    """Group new reports, obeying what people decided; return how many incidents changed.

    New are reports that came, were judged again by a machine, or were decided on by people since the last
    time. A library of less than ``whole_below`` reports is grouped as a whole.
    """
    divisions = incidents.divisions()
    with store.reading() as connection:
        judged, reports = sketches.last_judged(connection), sketches.count(connection)
        known = Basis.loaded(sketches.basis(connection))
        fresh = sketches.ungrouped(connection, known.judged) if known is not None else set()
    if known is None or _everything_is_due(known, reports, len(fresh), whole_below):
        among, told, rarity, size = None, store.all_reports(), None, reports
    else:
        among = _touched(store, fresh, divisions, known.rarity)
        told, rarity, size = iter(store.reports(sorted(among))), known.rarity, known.reports
    found = group(_groupables(store, told, divisions), *incidents.constraints(), rarity)
    changed = incidents.regroup(found.clusters, found.links, actor, among)
    _remember(store, found, among, Basis(_program(), size, judged, found.rarity))
    return changed


def _everything_is_due(known: Basis, reports: int, fresh: int, whole_below: int) -> bool:
    return (
        known.program != _program()
        or reports < whole_below
        or reports > GROWTH_FACTOR * known.reports
        or fresh > NEW_SHARE * reports
    )


def _program() -> str:
    return fingerprint.program("group.py").hex()


def _touched(
    store: Store, fresh: set[str], divisions: Mapping[str, Sequence[str]], rarity: Rarity
) -> set[str]:
    """Return new reports, those they may belong with, and all that these were grouped or linked with."""
    new = [Sketch.alone(each) for each in _groupables(store, store.reports(sorted(fresh)), divisions)]
    with store.reading() as connection:
        known = [_sketch(row) for row in sketches.rows(connection, fresh)]
        joined = [{report_of(unit) for unit in told} for told in members.everything(connection).values()]
        joined += [{report_of(left), report_of(right)} for left, right in members.linked(connection)]
    return clusters.connected({*fresh, *map(report_of, alike(new, known, rarity))}, joined)


def _remember(store: Store, found: Grouping, among: set[str] | None, basis: Basis) -> None:
    """Keep what the next batch needs; what people decided meanwhile is new then."""
    with store.writing() as connection:
        reach = {row["unit"]: row["reach"] for row in sketches.rows(connection, ())} if among else {}
        sketches.forget(connection, among)
        made = [_row(each.reaching(reach.get(each.unit, 0.0))) for each in found.sketches]
        sketches.keep(connection, made, basis.dumped())


def _row(sketch: Sketch) -> dict[str, Any]:
    vector = b"" if sketch.vector is None else np.ascontiguousarray(sketch.vector, dtype="<f4").tobytes()
    return {
        "unit": sketch.unit,
        "report": report_of(sketch.unit),
        "signature": np.ascontiguousarray(sketch.signature, dtype="<u4").tobytes(),
        "keys": json.dumps(sketch.keys),
        "vector": vector,
        "reach": sketch.reach,
    }


def _sketch(row: Mapping[str, Any]) -> Sketch:
    signature: Signatures = np.frombuffer(row["signature"], dtype="<u4")
    vector: Vector | None = np.frombuffer(row["vector"], dtype="<f4") if row["vector"] else None
    return Sketch(row["unit"], signature, tuple(json.loads(row["keys"])), vector, row["reach"])


def _groupables(
    store: Store, reports: Iterable[Report], divisions: Mapping[str, Sequence[str]]
) -> Iterator[Groupable]:
    """Yield reports with what is claimed of them and stands, divided ones as their passages."""
    for page in _paged(reports):
        ids = [report.id for report in page]
        findings, vectors = store.findings(ids), store.vectors(ids)
        for report in page:
            rows = vectors[report.id][1] if report.id in vectors else None
            whole = Groupable.of(report, _standing(findings.get(report.id, ())), rows)
            spans = [span for unit in divisions.get(report.id, ()) if (span := span_of(unit)) is not None]
            yield from roundup.units(whole, spans) if spans else [whole]


def _paged(reports: Iterable[Report]) -> Iterator[list[Report]]:
    stream = iter(reports)
    while page := list(islice(stream, 500)):
        yield page


def _standing(judged: Sequence[JudgedFinding]) -> Iterator[Finding]:
    """Yield what nobody rejected; that a report tells several incidents is asked once only."""
    decided = any(
        each.finding.subject is Subject.EVENTS and each.state is not State.SUGGESTED for each in judged
    )
    for each in judged:
        if each.state is not State.REJECTED and not (decided and each.finding.subject is Subject.EVENTS):
            yield each.finding
