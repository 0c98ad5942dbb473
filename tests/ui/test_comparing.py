"""Two incidents side by side before they are merged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from index import wording
from index.library import Library
from index.records import IncidentView, JudgedFinding
from index.settings import Settings
from tests.ui.conftest import ANALYST, Shown, nodes
from ui.nodes import Node, texts
from ui.views.comparing import agreement


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (["GBP 5"], ["GBP 5"], "The same"),
        (["GBP 5", "GBP 7"], ["GBP 7", "USD 9"], "Partly the same"),
        (["GBP 5"], ["USD 9"], "Different"),
        (["GBP 5"], [], "Only the first"),
        ([], ["GBP 5"], "Only the second"),
        ([], [], ""),
    ],
)
def test_agreement_names_how_two_sets_of_values_compare(
    first: list[str], second: list[str], words: str
) -> None:
    assert agreement(first, second) == words


@pytest.fixture
def library(mine: Path) -> Iterator[Library]:
    """The library that a test may change, open."""
    with Library.open(Settings.load(mine)) as library:
        yield library


def found(library: Library, words: str) -> IncidentView:
    hit = library.search(library.parse(words), actor=ANALYST).hits[0]
    return library.incident(hit.id, actor=ANALYST)


def table(node: Node) -> dict[str, list[str]]:
    """Return the cells of each row of the table in a node, by the row's first cell."""
    if isinstance(node, str):
        return {}
    if node["t"] == "tr":
        name, *cells = map(cell_text, node["k"])
        return {name: cells}
    return {name: cells for child in node["k"] for name, cells in table(child).items()}


def is_country(judged: JudgedFinding) -> bool:
    return judged.finding.subject == "country"


def cell_text(cell: Node) -> str:
    """Return the text of a cell without the heading that only narrow screens show in it."""
    assert isinstance(cell, dict)
    return "".join(texts(child) for child in cell["k"] if isinstance(child, str) or child.get("c") != "head")


def compared(app: AppTest) -> dict[str, list[str]]:
    """Return the table in which a page compares two incidents."""
    return next(rows for node in nodes(app) if "Summary" in (rows := table(node)))


def test_comparison_has_accounts_and_facts_in_two_columns(library: Library, mine: Path, shown: Shown) -> None:
    pair = (found(library, "clerk paid account abroad Ashford"), found(library, "romance fraud"))
    ids = [view.incident.id for view in pair]
    app, said = shown("review", mine, part="grouping", incident=ids[0], into=ids[1])
    assert "Split an incident" not in said
    rows = compared(app)
    assert rows["Title"][:2] == [view.incident.title for view in pair]
    assert all(rows["Summary"][:2]) and rows["Money"][2] in ("Different", "Only the first")
    assert "GBP 200,000" in rows["Money"][0]
    countries = {wording.country(judged.finding.value) for judged in pair[0].findings if is_country(judged)}
    assert countries and rows["Country"][0] == "".join(sorted(countries)), (
        "whatever its role, it is one country"
    )
    app.button(key="merge-swap").click().run()
    assert not app.exception
    assert [app.text_input(key=f"merge-{end}").value for end in ("from", "into")] == ids[::-1]
    assert compared(app)["Title"][:2] == [view.incident.title for view in reversed(pair)]
