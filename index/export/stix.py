"""Incidents as a STIX 2.1 bundle, for OpenCTI, MISP and whatever else reads it.

An incident uses attack patterns (the leaves of the typology) and tools, and targets places and organisations
that it harmed; courses of action mitigate attack patterns. Ids are the same whenever the same thing is
exported. A version is as old as the last capture or decision, so who reads it again takes the newer; models
that judge anew make none newer. Persons are never objects.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import stix2.v21 as stix

from enrichment.records import Code, Concept, Subject
from enrichment.typology import Typology
from index import wording
from index.characters import as_json, visible
from index.export import exchange, statements
from index.export.case_study import CAVEAT
from index.export.gate import Exportable
from index.records import JudgedFinding, ReportView, State

TAXONOMY = "moriarty-typology"
"""The name under which external references give codes of the typology."""
LABELS = {
    Subject.EVENT_KIND: "event",
    Subject.AI_INVOLVEMENT: "ai",
    Subject.OUTCOME: "outcome",
    Subject.MODALITY: "modality",
}
"""Subjects that become labels of an incident, with the word a label begins with."""
_HARMED = "harmed"


def write(views: Sequence[Exportable], typology: Typology) -> bytes:
    """Return the incidents as one bundle; the same input gives the same bytes."""
    made = Objects(typology)
    for view in views:
        made.add(view)
    ordered = [made.by_id[key] for key in sorted(made.by_id)]
    bundle = stix.Bundle(id=_id("bundle", *(view.incident.id for view in views)), objects=ordered)
    return (as_json(json.loads(bundle.serialize()), indent=2) + "\n").encode()


class Objects:
    """The objects of a bundle, each once."""

    def __init__(self, typology: Typology) -> None:
        self.by_id: dict[str, Any] = {}
        self._typology = typology
        since = datetime.fromisoformat(typology.date).replace(tzinfo=UTC)
        producer = _id("identity", exchange.PRODUCER)
        self._fixed = {"created_by_ref": producer, "created": since, "modified": since}
        self._make(stix.Identity, exchange.PRODUCER, name=exchange.PRODUCER, identity_class="system")
        self._caveat = _id("marking-definition", CAVEAT)
        self.by_id[self._caveat] = stix.MarkingDefinition(
            id=self._caveat,
            created=since,
            definition_type="statement",
            definition=stix.StatementMarking(statement=CAVEAT),
        )

    def add(self, view: Exportable) -> None:
        """Add an incident with all it is linked to."""
        created, modified = exchange.times(view)
        times = {"created": created, "modified": modified}
        incident = self._make(
            stix.Incident,
            view.incident.id,
            **times,
            name=exchange.title(view),
            description=exchange.description(view),
            labels=_labels(view),
            external_references=_references(view),
            object_marking_refs=[self._caveat],
        )
        for code in view.incident.codes:
            if self._typology.is_leaf(code.concept):
                pattern = self._pattern(self._typology.concept(code.concept))
                self._link(incident, "uses", pattern, exchange.reason_of_code(code, view), _sure(code), times)
        for subject in (Subject.TOOL, Subject.COUNTRY, Subject.ORGANISATION):
            for item in statements.about(view, subject):
                how, thing = self._thing(item)
                self._link(incident, how, thing, exchange.reason(item), _certain(item), times)

    def _thing(self, item: JudgedFinding) -> tuple[str, str]:
        """Return how an incident relates to what a finding names, and the id of that."""
        value = item.finding.value
        name = visible(wording.value(item.finding.subject, value))
        if item.finding.subject is Subject.TOOL:
            return "uses", self._make(stix.Tool, value, name=name)
        if item.finding.subject is Subject.COUNTRY:
            country, _, nation = value.partition("-")
            within = {"administrative_area": value} if nation else {}
            return "targets", self._make(stix.Location, value, name=name, country=country, **within)
        harmed = item.finding.role == _HARMED
        made = self._make(stix.Identity, value, name=name, identity_class="organization")
        return "targets" if harmed else "related-to", made

    def _pattern(self, leaf: Concept) -> str:
        """Add a leaf of the typology with what counters it, and return its id."""
        code = {"source_name": TAXONOMY, "external_id": leaf.id}
        pattern = self._make(
            stix.AttackPattern,
            leaf.id,
            name=leaf.label,
            description=leaf.definition,
            external_references=[code],
        )
        for counter in self._typology.countermeasures(leaf.id):
            action = self._make(
                stix.CourseOfAction,
                counter.id,
                name=counter.label,
                external_references=[{"source_name": TAXONOMY, "external_id": counter.id}],
            )
            self._link(action, "mitigates", pattern)
        return pattern

    def _link(
        self,
        source: str,
        how: str,
        target: str,
        reason: str = "",
        confidence: int | None = None,
        times: dict[str, datetime] | None = None,
    ) -> None:
        said = {"description": reason} if reason else {}
        sure = {} if confidence is None else {"confidence": confidence}
        ends = {"source_ref": source, "target_ref": target, "relationship_type": how}
        self._make(stix.Relationship, f"{source} {how} {target}", **ends, **said, **sure, **(times or {}))

    def _make(self, kind: type[stix._DomainObject], key: str, **properties: object) -> str:
        """Add an object of this kind unless it is there, and return its id."""
        id = _id(kind._type, key)
        if id not in self.by_id:
            given = {name: value for name, value in properties.items() if value not in ([], "")}
            self.by_id[id] = kind(**{**self._fixed, **given, "id": id})
        return id


def _id(kind: str, *parts: str) -> str:
    return f"{kind}--{exchange.stable(kind, *parts)}"


def _sure(code: Code) -> int:
    return 100 if code.judged else round(100 * code.score)


def _certain(item: JudgedFinding) -> int:
    return 100 if item.state is State.ACCEPTED else round(100 * item.finding.score)


def _labels(view: Exportable) -> list[str]:
    codes = [f"typology:{code.concept}" for code in view.incident.codes]
    facts = [
        f"{word}:{visible(item.finding.value)}"
        for subject, word in LABELS.items()
        for item in statements.about(view, subject)[: None if subject is Subject.MODALITY else 1]
    ]
    return [*codes, *facts]


def _references(view: Exportable) -> list[dict[str, Any]]:
    outside = [ref.partition(":") for ref in view.incident.refs]
    known = [{"source_name": visible(scheme), "external_id": visible(id)} for scheme, _, id in outside]
    cited = [
        _reference(reference.publisher, reference.title, reference.published, reference.url)
        for reference in view.references
    ]
    return [*known, *map(_captured, view.reports), *cited]


def _captured(item: ReportView) -> dict[str, Any]:
    report = item.report
    published = report.published.value if report.published else ""
    told = _reference(item.publisher or item.source_title, report.title, published, report.url, item.licence)
    digest = {"hashes": {"SHA-256": item.capture.sha256}} if item.capture and report.url else {}
    return told | digest


def _reference(
    publisher: str, title: str, published: str, url: str | None, licence: str = ""
) -> dict[str, Any]:
    said = visible("; ".join(filter(None, [title, published, f"licence {licence}" if licence else ""])))
    told = {"source_name": visible(publisher) or "unknown", "description": said}
    return told | ({"url": visible(url)} if url else {})
