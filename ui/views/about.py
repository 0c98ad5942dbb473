"""What this is, what it rests on, and what it cannot do."""

from index.records import Status
from ui import session
from ui.nodes import Node, div, el
from ui.widgets import draw, head, section

LIMITS = (
    "Report, not proof. An entry says that somebody reported something; whether it happened is for an investigation.",
    "Counts are counts of what is collected. They depend on which sources are read and in which languages, and say nothing of how common a crime is.",
    "Codes and facts marked “Machine suggestion” were made by a program and can be wrong. Each shows the words it rests on; read them.",
    "Offences are pointers for analysts in England and Wales. They are not legal advice.",
    "Outcomes are as of the pages read. Appeals, later charges and corrections may be missing.",
    "No operational detail and no media are shown. Titles and addresses of sources on sexual offences are withheld, as they can identify a person.",
)
PARTS = (
    ("AI Incident Database", "incident reports, CC BY-SA 4.0", "incidentdatabase.ai"),
    ("MITRE ATLAS", "techniques, mitigations and case studies, Apache-2.0", "atlas.mitre.org"),
    ("Starter library", "cases in our own words with their public sources, Apache-2.0", ""),
    ("all-MiniLM-L6-v2", "sentence embedder, Apache-2.0", ""),
    ("IBM Plex, Source Serif 4", "fonts, SIL Open Font License 1.1", ""),
)


def show() -> None:
    """Draw the page."""
    library = session.library()
    status = library.status(actor=session.actor())
    head(
        "About Moriarty",
        div(
            "sub",
            "A library of what is publicly reported about criminal misuse of AI, coded against one typology, with the evidence kept.",
        ),
    )
    draw(
        div(
            "main-side",
            div(
                "stack wide",
                section("Known limits", el("ul", *(el("li", limit) for limit in LIMITS))),
                _parts(),
            ),
            section("This library", _facts(status, library.typology.version)),
        ),
        key="about",
    )


def _parts() -> Node:
    rows = [
        el("tr", el("td", el("strong", name)), el("td", what), el("td", where, cls="mono"))
        for name, what, where in PARTS
    ]
    return section("Data, models and fonts", el("table", el("tbody", *rows), cls="table"))


def _facts(status: Status, typology: str) -> Node:
    pairs = (
        ("Version", status.version),
        ("Typology", typology),
        ("Folder", status.home),
        ("Embedder", status.embedder or "none"),
        ("Classifier", status.model or "none"),
        ("Index", f"generation {status.generation}, {status.indexed:,} cards"),
        ("Not yet read by the model", f"{status.unenriched:,} reports"),
        ("Audit log", f"{status.audit_entries:,} entries"),
        ("Head of the log", status.audit_head or "none"),
    )
    rows: list[Node] = []
    for name, value in pairs:
        rows += [el("dt", name), el("dd", value, cls="untrusted")]
    return el("dl", *rows, cls="pairs")
