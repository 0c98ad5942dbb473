"""A real library of the starter cases, and a way to run one page over it without a browser."""

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from index.library import Library
from index.records import Actor, Role
from index.settings import Settings
from ui.nodes import Node, texts

ANALYST = Actor(name="test", role=Role.LEAD)
WAYS = ("Cloned voice used in fraud", "Fake director on video call", "Chatbot wrote scam letters")
STORY = (  # fictional
    "Police in {town} said on 3 March 2024 that criminals used artificial intelligence against a firm. "
    "{way}: a clerk paid £200,000 to an account abroad after a call that sounded like the owner. "
    "A man aged 41 was arrested on suspicion of fraud by false representation."
)
Shown = Callable[..., "tuple[AppTest, str]"]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with the starter cases, judged and indexed."""
    home = tmp_path_factory.mktemp("library")
    with Library.open(Settings.load(home)) as library:
        library.collect(["starter"], actor=ANALYST)
        library.enrich(actor=ANALYST)
        library.refresh(actor=ANALYST)
    return home


@pytest.fixture(scope="session")
def desk(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that library with reports added that only a machine has coded."""
    desk = tmp_path_factory.mktemp("desk") / "library"
    shutil.copytree(home, desk)
    with Library.open(Settings.load(desk)) as library:
        library.add([_files(tmp_path_factory.mktemp("drop"))], actor=ANALYST)
        library.enrich(actor=ANALYST)
        library.refresh(actor=ANALYST)
    return desk


def _files(folder: Path) -> Path:
    for number, (town, way) in enumerate(product(("Ashford", "Bexley", "Corby"), WAYS)):
        (folder / f"{town}-{number}.txt").write_text(
            f"{way} in {town}\n\n{STORY.format(town=town, way=way)}", "utf-8"
        )
    return folder


@pytest.fixture
def mine(desk: Path, tmp_path: Path) -> Path:
    """A copy of the library that a test may decide in."""
    return Path(shutil.copytree(desk, tmp_path / "mine"))


@pytest.fixture
def library(desk: Path) -> Iterator[Library]:
    """That library, open."""
    with Library.open(Settings.load(desk)) as library:
        yield library


@pytest.fixture
def shown(desk: Path) -> Iterator[Shown]:
    """Run a page with these parameters; return the app and all the text it draws."""

    opened: Path | None = None  # whatever an earlier test left open

    def run(view: str, where: Path = desk, **params: str) -> tuple[AppTest, str]:
        nonlocal opened
        if where != opened:  # one process serves one library
            st.cache_resource.clear()
            opened = where
        app = AppTest.from_string(f"from ui.views import {view}\n{view}.show()", default_timeout=60)
        app.secrets["moriarty_home"] = str(where)
        for name, value in params.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception
        return app, drawn(app)

    yield run
    st.cache_resource.clear()


def drawn(app: AppTest) -> str:
    """Return all the text that a page's own elements draw."""
    return "\n".join(texts(node) for node in nodes(app))


def led(app: AppTest) -> set[str]:
    """Return every address that a page's own elements lead to."""
    return {to for node in nodes(app) for to in _addresses(node)}


def nodes(app: AppTest) -> list[Node]:
    """Return everything that a page's own elements draw."""
    protos: list[Any] = [getattr(found, "proto", None) for found in _walk(app.main)]
    data = [json.loads(proto.json) for proto in protos if getattr(proto, "component_name", "")]
    return [node for said in data for node in said["nodes"]]


def _addresses(node: Node) -> Iterator[str]:
    if not isinstance(node, str):
        if "to" in node:
            yield str(node["to"])
        for child in node["k"]:
            yield from _addresses(child)


def _walk(found: Any) -> Iterator[Any]:  # noqa: ANN401 (Streamlit's element tree has no public type)
    for child in getattr(found, "children", {}).values():
        yield child
        yield from _walk(child)
