"""The page about Moriarty: its parts, its models, and its limits."""

from index.records import Status
from ui import session
from ui.nodes import Node, div, el
from ui.terms import own_words
from ui.widgets import count, draw, head, pairs, section, table


def show() -> None:
    """Draw the page."""
    library, words = session.library(), own_words()
    status = library.status(actor=session.actor())
    head("About Moriarty", div("sub", words["summary"]))
    limits = section("Known limits", el("ul", *(el("li", limit) for limit in words["limits"])))
    draw(
        div(
            "main-side",
            div("stack wide", limits, _parts(words["part"])),
            section("This library", _facts(status, library.typology.version)),
        ),
        key="about",
    )


def _parts(parts: list[dict[str, str]]) -> Node:
    rows = [(el("strong", part["name"]), part["what"], part["licence"]) for part in parts]
    heads = ("Part", "What it is", "Licence")
    return section("Data, models and fonts", table(heads, rows, stacks=True))


def _facts(status: Status, typology: str) -> Node:
    return pairs(
        [
            ("Version", status.version),
            ("Typology", typology),
            ("Folder", status.home),
            ("Search by meaning", status.embedder or "none"),
            ("Classifier", status.model or "none"),
            (
                "Search index",
                f"{status.indexed:,} incidents and reports, built {count(status.generation, 'time')}",
            ),
            ("Not yet read by the model", f"{status.unenriched:,} reports"),
            ("Audit log", f"{status.audit_entries:,} entries"),
            ("Head of the log", el("code", status.audit_head or "none")),
        ]
    )
