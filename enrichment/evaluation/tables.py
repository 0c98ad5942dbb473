"""What is known of the gold sets: goals, agreement of people, kinds of sites, and how vocabularies match."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from enrichment.evaluation.figure import Figure

FOLDER = Path(__file__).parent
_NO_MODALITY = frozenset({"none", "identity"})


@dataclass(frozen=True)
class Human:
    """How far two people agreed on a question, and on what."""

    figure: str
    agreement: str


@cache
def _loaded(name: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def held_to(figure: Figure) -> Figure:
    """Return a figure with its goal and the agreement of people, where there are such; parts have no goal."""
    whole = "," not in figure.data and " without " not in figure.data
    goal = (
        next((each for each in _loaded("goals.toml")["goal"] if _meant(each, figure)), None)
        if whole
        else None
    )
    human = next((each for each in humans() if whole and fnmatch(figure.name, each.figure)), None)
    return replace(
        figure,
        goal=None if goal is None else goal.get("at_least", goal.get("at_most")),
        at_most=goal is not None and "at_most" in goal,
        human=human.agreement if human else "",
    )


def _meant(goal: Mapping[str, Any], figure: Figure) -> bool:
    return fnmatch(figure.name, goal["figure"]) and fnmatch(figure.data, goal["data"])


def humans() -> tuple[Human, ...]:
    """Return how far people agreed, by question."""
    return tuple(Human(**each) for each in _loaded("goals.toml")["human"])


def caveat() -> str:
    """Return what must be said with the agreement of people."""
    return str(_loaded("goals.toml")["caveat"])


def stages() -> Mapping[str, list[str]]:
    """Return for each status of a gold report the outcomes that fit it, the closest first."""
    found: Mapping[str, list[str]] = _loaded("goals.toml")["outcome"]
    return found


def modality(values: Iterable[str]) -> set[str]:
    """Return the gold's modalities that are in our vocabulary."""
    return {value for value in values if value not in _NO_MODALITY}


def state(code: str) -> str:
    """Return a country code without a part of the country."""
    return code.partition("-")[0]


def kind_of_site(host: str) -> str:
    """Return what kind of source a host is; the first kind with a matching pattern, else ``other``."""
    kinds = _loaded("sites.toml")["kind"]
    name = host.lower().removeprefix("www.")
    for kind in kinds:
        if any(fnmatch(name, pattern) for pattern in kind["hosts"]):
            return str(kind["name"])
    return "other"
