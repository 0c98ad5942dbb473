"""The house rules a program can check."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
HAND_WRITTEN = ("development", "elasticsearch", "postgresql", "search")
PACKAGES = ("collectors", "enrichment", "index", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

HOMES = {
    "ada_url": {"collectors/web/addresses.py", "collectors/web/guard.py"},
    "bs4": {"collectors/text.py"},
    "datasketch": {"enrichment/grouping/nearcopy.py"},
    "docx": {"collectors/formats/office.py", "index/export/word.py"},
    "elasticsearch": {"index/search/elastic/client.py"},
    "feedparser": {"collectors/feeds.py"},
    "htmldate": {"collectors/text.py"},
    "httpx2": {"collectors/web/transport.py"},
    "lark": {"index/search/language/grammar.py"},
    "onnxruntime": {"enrichment/embedder.py"},
    "psycopg": {"index/database/postgresql.py"},
    "protego": {"collectors/web/robots.py"},
    "py3langid": {"collectors/language.py"},
    "pypdfium2": {"collectors/formats/pdf.py"},
    "tantivy": {
        "index/search/vocabulary/analysis.py",
        "index/search/embedded/backend.py",
        "index/search/embedded/snapshot.py",
        "index/search/embedded/writing.py",
    },
    "tokenizers": {"enrichment/embedder.py"},
    "trafilatura": {"collectors/text.py"},
    "transformers": {"enrichment/embedder.py"},
    "warcio": {"collectors/warc.py", "collectors/formats/web_archives.py"},
    "webencodings": {"collectors/formats/encoding.py"},
    # of the standard library: what reaches outward, starts programs or keeps state of its own
    "socket": {"collectors/web/names.py", "ui/serve.py"},
    "sqlite3": {"collectors/web/politeness.py", "collectors/web/state.py", "index/database/sqlite.py"},
    "ssl": {"collectors/fetch.py", "collectors/web/transport.py"},
    "subprocess": {"collectors/sandbox/process.py", "ui/background.py"},
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
    assert users == HOMES[library]


def test_every_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["elastic"], *extras["postgres"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    imported = set().union(*map(imports, MODULES)) - set(sys.stdlib_module_names) - set(PACKAGES)
    distributions = packages_distributions()
    homes = {name: {canonicalize_name(home) for home in distributions[name]} for name in imported}
    assert not {name for name, found in homes.items() if not found & declared}


def test_streamlit_stays_in_the_pages() -> None:
    users = {path.relative_to(ROOT).parts[0] for path in MODULES if "streamlit" in imports(path)}
    assert users == {"ui"}


def test_commands_and_pages_ask_the_library_and_not_what_it_holds() -> None:
    users = {path.relative_to(ROOT).parts[0] for path in MODULES if ".holdings" in path.read_text("utf-8")}
    assert users == {"index"}


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
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert not {path: count for path, count in lines.items() if count > 300}


def test_every_function_stays_readable() -> None:
    functions = (
        (path.name, node.name, (node.end_lineno or 0) - node.body[0].lineno + 1)
        for path in MODULES
        if "migrations" not in path.parts  # a migration is one list of what it makes
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert not [function for function in functions if function[2] > 50]


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}.md" for name in HAND_WRITTEN)])
def test_every_path_a_page_names_is_there(page: str) -> None:
    named = re.findall(
        r"`((?:collectors|enrichment|index|ui|docs|tests)/[^`\s]*)`", (ROOT / page).read_text("utf-8")
    )
    assert not [path for path in named if not any(ROOT.glob(path.rstrip("/")))]


def test_every_package_says_that_it_is_typed() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)
