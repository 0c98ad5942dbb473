"""Rules of the pages that a reader of the code would otherwise have to check by eye."""

import ast
import re
import tomllib
from pathlib import Path

UI = Path(__file__).resolve().parents[2] / "ui"
MARKDOWN = {
    "markdown",
    "write",
    "title",
    "header",
    "subheader",
    "caption",
    "html",
    "error",
    "warning",
    "info",
}
MARKDOWN |= {
    "success",
    "toast",
    "table",
    "metric",
    "expander",
    "badge",
    "link_button",
    "page_link",
    "image",
    "iframe",
}


def _files() -> list[Path]:
    return [path for path in sorted(UI.rglob("*.py")) if path.name != "cli.py"]


def test_no_page_calls_what_would_read_text_as_markdown_or_html() -> None:
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                assert not (called.startswith("st.") and node.func.attr in MARKDOWN), f"{path.name}: {called}"
            if isinstance(node, ast.keyword):
                assert node.arg is None or not node.arg.startswith("unsafe"), path.name


def test_the_browser_side_never_parses_markup() -> None:
    script = (UI / "surface" / "surface.js").read_text("utf-8")
    code = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("//"))
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "document.write",
        "fetch(",
        "setHTML",
    ):
        assert forbidden not in code


def test_nothing_beside_the_app_shadows_a_package() -> None:
    ours = {"index", "collectors", "enrichment", "tests"}
    beside = {path.stem for path in UI.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not beside & ours
    assert "pages" not in beside  # Streamlit would find it by itself


def test_every_font_of_the_theme_is_served_from_here() -> None:
    theme = tomllib.loads((UI / "theme.toml").read_text("utf-8"))
    for face in theme["theme"]["fontFaces"]:
        assert (UI / face["url"].removeprefix("app/")).is_file()
    css = (UI / "surface" / "surface.css").read_text("utf-8")
    assert not re.search(r"url\(|@import|https?:", css)
