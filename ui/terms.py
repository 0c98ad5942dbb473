"""Our own words, the same on pages and commands: errors, claims, and nodes and edges of the graph."""

import errno
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from collectors.errors import MoriartyError, WrongUse
from collectors.records import STARTER
from enrichment.network.records import Edge, Node
from enrichment.records import Subject
from index import wording
from index.records import JudgedFinding, State

ASSESSMENTS = (Subject.RELEVANCE, Subject.CRIME, Subject.AI_INVOLVEMENT, Subject.EVENT_KIND)
_ORDER = (*ASSESSMENTS, *(subject for subject in Subject if subject not in ASSESSMENTS))
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_KINDS = {"Platform": "channel_platform", "Party": "victim_type", "Actor": "actor_type"}


@cache
def own_words() -> dict[str, Any]:
    """Return the texts of the pages from ``words.toml``."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def graph_words() -> dict[str, Any]:
    """Return the names of edge and node types from ``graph_words.toml``."""
    return tomllib.loads(Path(__file__).with_name("graph_words.toml").read_text("utf-8"))


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 report`` or ``3,200 reports``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def error_text(error: MoriartyError | OSError) -> str:
    """Return an error and the advice that goes with it, in sentences."""
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        full = error.errno in _NO_ROOM
        advice = "Free space on that disk." if full else "Check the path and who may read and write there."
        return f"{error.strerror or error}{where}. {advice}"
    said = f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}."
    return said if isinstance(error, WrongUse) else f"{said} {error.advice}"


def place(subject: str) -> int:
    """Return the rank of this kind of claim in lists: assessments first, then facts."""
    return _ORDER.index(Subject(subject))


def near_miss(judged: JudgedFinding) -> bool:
    """Whether it is a code that the machine weighed and did not choose, and nobody has decided on."""
    return judged.finding.near_miss and judged.state is State.SUGGESTED


def standing(judged: JudgedFinding) -> str:
    """Return a claim's state in words: suggested, coded by its source, or accepted or rejected by whom."""
    if judged.state is State.SUGGESTED:
        return "Coded by the source" if judged.finding.coded else "Machine suggestion"
    if judged.by == STARTER and judged.state is State.ACCEPTED:
        return wording.value("decided", STARTER)
    who = "(starter library)" if judged.by == STARTER else f"by {judged.by}"
    return f"{'Accepted' if judged.state is State.ACCEPTED else 'Rejected'} {who}"


def named(node: Node) -> str:
    """Return the name of a node."""
    if node.type == "Location":
        return wording.country(node.label)
    if node.type == "Capability":
        return wording.value("ai_capability", node.id.partition(":")[2])
    _, is_kind, value = node.id.partition(":kind:")
    return wording.value(_KINDS.get(node.type, ""), value) if is_kind else node.label or "Untitled"


def kind(node: Node) -> str:
    """Return the type of a node in plain words."""
    return str(graph_words()["type"].get(node.type, node.type))


def verb(edge: Edge, near: str) -> str:
    """Return the edge's label as seen from the node with the id ``near``, with "perhaps" if uncertain."""
    said = graph_words()["uncertain" if edge.uncertain else "edge"].get(edge.type, {})
    way = "there" if edge.source.id == near else "back"
    return str(said.get(way, edge.type.replace("_", " ")))
