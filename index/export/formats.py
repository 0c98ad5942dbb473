"""Which formats leave the library."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from collectors.errors import WrongUse
from enrichment.typology import Typology
from index.export import case_study, data
from index.export.gate import Exportable
from index.export.packing import packed

if TYPE_CHECKING:
    import networkx as nx

CASE_STUDY = {"docx": "word", "pptx": "slides", "pdf": "pdf", "html": "page", "md": "markdown"}
"""Formats of case studies, and the module of this package that writes each. One is loaded when it is asked
for, since each loads a library of its own."""
BINARY = ("docx", "pptx", "pdf")
"""Formats that are no text."""
DATA = {"json": data.to_json, "csv": data.to_csv}
SHARED = {"stix": "stix", "misp": "misp"}
"""Formats of exchange, which explain the codes they name, and the modules that write them."""
READY = (*CASE_STUDY, *DATA, *SHARED, "graphml")


def write(
    views: Sequence[Exportable],
    format_name: str,
    typology: Typology,
    graph: "Callable[[], nx.MultiDiGraph]",
    version: str,
) -> bytes:
    """Return the incidents in this format.

    Several case studies come as one zip file with one document an incident. Raises ``WrongUse`` for an
    unknown format.
    """
    if format_name in DATA:
        return DATA[format_name](views)
    if format_name == "graphml":
        return data.to_graphml(graph())
    if format_name in SHARED:
        return _writer(SHARED[format_name])(views, typology)
    if format_name not in CASE_STUDY:
        known = ", ".join(READY)
        raise WrongUse(f"there is no export format called {format_name!r}; there are {known}")
    writer = _writer(CASE_STUDY[format_name])
    documents = [
        (f"{view.incident.id}.{format_name}", writer(case_study.build(view, typology, version)))
        for view in views
    ]
    return documents[0][1] if len(documents) == 1 else packed(documents)


def _writer(module: str) -> Callable[..., bytes]:
    writer: Callable[..., bytes] = import_module(f"index.export.{module}").write
    return writer
