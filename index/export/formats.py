"""Which formats leave the library, and which are still to come."""

import io
import zipfile
from collections.abc import Callable, Sequence

import networkx as nx

from collectors.errors import WrongUse
from enrichment.typology import Typology
from index.export import case_study, data, markdown, word
from index.export.gate import Exportable

CASE_STUDY = {"md": markdown.write, "docx": word.write}
BINARY = ("docx",)
"""Formats that are no text."""
DATA = {"json": data.to_json, "csv": data.to_csv}
READY = (*CASE_STUDY, *DATA, "graphml")
PLANNED = ("pptx", "pdf", "html", "stix", "misp")
"""Formats that are part of the contract and not written yet."""


class NotYet(WrongUse):
    """The format is planned and not available in this version."""

    code = "not-yet"
    advice = f"Choose one of {', '.join(READY)}."


def write(
    views: Sequence[Exportable],
    format_name: str,
    typology: Typology,
    graph: Callable[[], nx.MultiDiGraph],
    version: str,
) -> bytes:
    """Return the incidents in this format.

    Several case studies come as one zip file with one document an incident. Raises ``NotYet`` for a planned
    format and ``WrongUse`` for an unknown one.
    """
    if format_name in DATA:
        return DATA[format_name](views)
    if format_name == "graphml":
        return data.to_graphml(graph())
    if format_name in CASE_STUDY:
        documents = [
            (view.incident.id, CASE_STUDY[format_name](case_study.build(view, typology, version)))
            for view in views
        ]
        return documents[0][1] if len(documents) == 1 else _zipped(documents, format_name)
    if format_name in PLANNED:
        raise NotYet(f"export to {format_name} is not available yet")
    raise WrongUse(f"there is no export format called {format_name!r}")


def _zipped(documents: Sequence[tuple[str, bytes]], ending: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, payload in documents:
            archive.writestr(zipfile.ZipInfo(f"{name}.{ending}", (2000, 1, 1, 0, 0, 0)), payload)
    return buffer.getvalue()
