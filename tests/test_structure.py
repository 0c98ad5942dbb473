"""The house rules a program can check."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("collectors", "enrichment", "index", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

HOMES = {
    "bs4": {"collectors/text.py", "collectors/markup.py"},
    "trafilatura": {"collectors/text.py"},
    "htmldate": {"collectors/metadata.py", "collectors/dates.py", "collectors/text.py"},
    "httpx2": {"collectors/fetch.py", "collectors/guard.py", "collectors/exchange.py"},
    "warcio": {"collectors/warc.py", "collectors/evidence.py", "collectors/web_archives.py"},
    "feedparser": {"collectors/feeds.py"},
    "protego": {"collectors/robots.py"},
    "pypdfium2": {"collectors/documents.py", "collectors/pdf.py"},
    "tantivy": {
        "index/search/analysis.py",
        "index/search/embedded.py",
        "index/search/snapshot.py",
        "index/search/writing.py",
    },
    "elasticsearch": {"index/search/elastic.py"},
    "lark": {"index/search/parser.py"},
    "transformers": {"enrichment/embedder.py"},
    "onnxruntime": {"enrichment/embedder.py"},
}
"""One library, one file: where each may be imported."""


def imports(path: Path) -> set[str]:
    """Return the top-level packages a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_is_imported_where_it_belongs(library: str) -> None:
    users = {path.relative_to(ROOT).as_posix() for path in MODULES if library in imports(path)}
    assert users
    assert users <= HOMES[library]


def test_streamlit_stays_in_the_pages() -> None:
    users = {path.relative_to(ROOT).parts[0] for path in MODULES if "streamlit" in imports(path)}
    assert users == {"ui"}


def test_nothing_unpickles() -> None:
    assert not [path for path in MODULES if imports(path) & {"pickle", "joblib", "shelve", "marshal"}]


def test_nothing_beside_the_app_shadows_a_package() -> None:
    # Streamlit puts the folder of its script first on sys.path.
    stems = {path.stem for path in (ROOT / "ui").iterdir() if path.suffix == ".py" or path.is_dir()}
    installed = {"click", "rich", "streamlit", "altair", "yaml", "numpy", "tests", *PACKAGES}
    assert not stems & (installed | set(sys.stdlib_module_names))


def test_html_is_never_handed_to_the_browser_as_such() -> None:
    forbidden = ("unsafe_allow_html", "unsafe_allow_javascript", "components.v1", "st.html(")
    offenders = [path.name for path in MODULES if any(word in path.read_text("utf-8") for word in forbidden)]
    assert not offenders


def test_every_file_stays_readable() -> None:
    # The error tree is one drawing; two files would hide half of it.
    whole = {"collectors/errors.py"}
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    long = {path for path, count in lines.items() if count > 300}
    assert long <= whole
