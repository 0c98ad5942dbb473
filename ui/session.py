"""The library, the user and the address of the page, for every page."""

from pathlib import Path

import streamlit as st

from index.access import PERMITTED
from index.library import Library
from index.records import Actor, Role
from index.settings import Settings


@st.cache_resource(show_spinner=False)
def library() -> Library:
    """Return the one open library of this process."""
    return Library.open(settings())


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """Return the settings, read once; ``serve`` hands in which library it is."""
    return Settings.load(Path(st.secrets["moriarty_home"]))


def actor() -> Actor:
    """Return who is asking: the user who serves the pages, in the role set for them."""
    return settings().actor


def may(action: str) -> bool:
    """Whether who is asking may make this call of the library; what they may not do is not offered."""
    return actor().role in PERMITTED[action]


def roles(action: str) -> str:
    """Return the roles that may make this call of the library, such as ``analyst or lead``."""
    return " or ".join(role for role in Role if role in PERMITTED[action])


def params() -> dict[str, list[str]]:
    """Return the parameters of the address, all values of each."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def param(name: str, default: str = "") -> str:
    """Return the last value of one parameter of the address."""
    return st.query_params.get(name, default)


def go(to: str) -> None:
    """Ask for another page or address; the app goes there when it runs next."""
    st.session_state["go"] = to
