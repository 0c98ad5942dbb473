"""Incidents as data: JSON, CSV and GraphML."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from collectors.records import STARTER
from enrichment.records import CodeRole, Subject
from index.characters import as_json, visible, xml_safe
from index.export import statements
from index.export.gate import Exportable
from index.records import State, settled_by

if TYPE_CHECKING:
    import networkx as nx

NO_LOSS = ("equivalent", "statistic")
"""Roles of sums that would be counted twice, or are not the incident's, if a column were added up."""
ONE_ANSWER = (Subject.EVENT_KIND, Subject.AI_INVOLVEMENT)
"""Subjects with one true value: only what a person decided, else the surest, is given."""
_FORMULA = ("=", "+", "-", "@")

COLUMNS = (
    "id",
    "title",
    "occurred",
    "primary",
    "others",
    "decided_by",
    "event_kind",
    "ai_involvement",
    "outcome",
    "countries",
    "loss",
    "tools",
    "organisations",
    "reports",
    "refs",
)
"""The columns of the CSV export, in order."""


def to_json(views: Sequence[Exportable]) -> bytes:
    """Return the incidents as one JSON list, with reports' texts only where they may be republished."""
    return (as_json([_as_dict(view) for view in views], indent=2) + "\n").encode()


def to_csv(views: Sequence[Exportable]) -> bytes:
    """Return one row an incident, as UTF-8 CSV in which no cell can act as a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for view in views:
        writer.writerow([inert(cell) for cell in _row(view)])
    return buffer.getvalue().encode("utf-8-sig")


def to_graphml(graph: "nx.MultiDiGraph") -> bytes:
    """Return the typology graph as GraphML; what XML cannot hold becomes a replacement sign."""
    import networkx as nx  # here: most commands do without it

    clean = nx.MultiDiGraph(**graph.graph)
    clean.add_nodes_from((xml_safe(node), _all_held(of)) for node, of in graph.nodes(data=True))
    clean.add_edges_from(
        (xml_safe(source), xml_safe(target), kind, _all_held(of))
        for source, target, kind, of in graph.edges(keys=True, data=True)
    )
    buffer = io.BytesIO()
    nx.write_graphml(clean, buffer)
    return buffer.getvalue()


def _all_held(attributes: Mapping[str, str | float]) -> dict[str, str | float]:
    return {name: xml_safe(of) if isinstance(of, str) else of for name, of in attributes.items()}


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet reads as a formula (OWASP: CSV injection)."""
    shown = visible(cell)
    read = unicodedata.normalize("NFKC", cell)  # some programs take full-width signs for the plain ones
    begins = read.lstrip().startswith(_FORMULA) or cell.startswith(("\t", "\r", "\n"))
    return f"'{shown}" if begins else shown


def _values(view: Exportable, subject: Subject) -> str:
    """Return the values of a subject, what people decided first.

    Where a sum was decided, suggested ones are left out: they mostly restate it in another currency.
    """
    found = [item for item in statements.about(view, subject) if item.finding.role not in NO_LOSS]
    decided = [item for item in found if item.state is State.ACCEPTED]
    if subject is Subject.LOSS and decided:
        found = decided
    values = list(dict.fromkeys(item.finding.value for item in found))
    return "; ".join(values[:1] if subject in ONE_ANSWER else values)


def _decided_by(view: Exportable) -> str:
    """Return who decided the codes: ``person``, ``starter library`` or ``machine``."""
    codes = view.incident.codes
    deciders = {settled_by(code, view.findings) for code in codes if code.judged}
    if not deciders:
        return "machine"
    return "starter library" if deciders == {STARTER} else "person"


def _row(view: Exportable) -> list[str]:
    incident = view.incident
    others = "; ".join(code.concept for code in incident.codes if code.role == CodeRole.OTHER)
    return [
        incident.id,
        incident.title,
        incident.occurred.value if incident.occurred else "",
        incident.primary or "",
        others,
        _decided_by(view),
        *(
            _values(view, subject)
            for subject in (
                Subject.EVENT_KIND,
                Subject.AI_INVOLVEMENT,
                Subject.OUTCOME,
                Subject.COUNTRY,
                Subject.LOSS,
                Subject.TOOL,
                Subject.ORGANISATION,
            )
        ),
        str(len(incident.reports)),
        "; ".join(incident.refs),
    ]


def _as_dict(view: Exportable) -> dict[str, object]:
    incident, lead = view.incident, view.lead
    return {
        "id": incident.id,
        "title": incident.title,
        "summary": incident.summary if lead is not None and lead.republish else "",
        "occurred": incident.occurred.value if incident.occurred else None,
        "refs": list(incident.refs),
        "codes": [code.model_dump(mode="json") for code in incident.codes],
        "findings": [
            {**item.finding.model_dump(mode="json"), "state": item.state.value, "decided_by": item.by}
            for item in view.findings
        ],
        "timeline": [entry.model_dump(mode="json") for entry in view.timeline],
        "lessons": list(view.lessons),
        "references": [reference.model_dump(mode="json") for reference in view.references],
        "reports": [
            {
                "id": item.report.id,
                "version": item.report.version,
                "source": item.report.source,
                "publisher": item.publisher,
                "licence": item.licence,
                "url": item.report.url,
                "title": item.report.title,
                "published": item.report.published.value if item.report.published else None,
                "language": item.report.language,
                "sha256": item.capture.sha256 if item.capture else None,
                "captured": item.capture.finished.isoformat() if item.capture else None,
                "text": item.report.text if item.republish else None,
            }
            for item in view.reports
        ],
    }
