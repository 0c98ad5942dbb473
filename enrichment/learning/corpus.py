"""The training data: coded incidents of the AI Incident Database, starter cases, and our own words."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from collectors.errors import WrongUse
from enrichment.examples import Example, near_misses, of_typology, told
from enrichment.typology import Typology

SETTLED = Path(__file__).parents[1] / "codings" / "aiid.jsonl"
"""Primary codes that a second coder confirmed or a third settled, with how sure they were; see its README."""
SURE = 0.6
"""Certainty of the last coder from which a settled code counts in full."""


def collect(shared: Path, typology: Typology) -> list[Example]:
    """Return all training examples in a fixed order; raises WrongUse where one is kept for testing."""
    data = shared / "data"
    examples = [
        *_coded(data),
        *map(starter, _lines(data / "starter-cases" / "cases.jsonl")),
        *of_typology(typology),
        *near_misses(),
        *told(),
    ]
    kept_apart = forbidden(data)
    if found := sorted(example.id for example in examples if example.id in kept_apart):
        raise WrongUse(f"these incidents are kept for testing and must not be trained on: {found[:5]}")
    return examples


def forbidden(data: Path) -> set[str]:
    """Return the ids of incidents that must never be trained on."""
    gold = data / "typology-gold"
    held = {
        f"aiid:{line.strip()}" for line in (gold / "holdout-ids.txt").read_text("utf-8").splitlines() if line
    }
    return held | {f"aiid:{row['incident_id']}" for row in _lines(gold / "dev.jsonl")}


def _coded(data: Path) -> Iterator[Example]:
    with (data / "aiid" / "incidents.csv").open(encoding="utf-8", newline="") as file:
        incidents = {row["incident_id"]: row for row in csv.DictReader(file)}
    settled = {row["incident_id"]: row for row in _lines(SETTLED)}
    for first in _lines(data / "typology-train" / "train.jsonl"):
        row = {**first, **settled.get(first["incident_id"], {})}
        incident = incidents[row["incident_id"]]
        yield Example(
            id=f"aiid:{row['incident_id']}",
            kind="aiid",
            title=incident["title"],
            text=incident["description"],
            primary=row["primary"],
            others=tuple(row["others"]),
            relevant=_relevant(row),
            crime=_crime(row),
            event_kind=row["event_kind"],
            ai_involvement=row["ai_involvement"],
            doubted=row["sure"] < SURE if "sure" in row else bool(row["doubt"]),
        )


def _relevant(row: dict[str, Any]) -> str | None:
    """Whether a coded incident is relevant; None for tests and surveys about crime, which may be."""
    if row["primary"] == "X-05" and row["others"] and row["event_kind"] == "trend_or_warning":
        return None
    if row["primary"].startswith("X"):
        return "no"
    return None if row["event_kind"] == "research_or_demonstration" else "yes"


def _crime(row: dict[str, Any]) -> str | None:
    if row["primary"] == "X-05":
        return None
    offence = row["event_kind"] in ("criminal_incident", "attempted", "suspected_under_investigation")
    return "yes" if offence or not row["primary"].startswith("X") else "no"


def starter(case: Mapping[str, Any]) -> Example:
    """Return a starter case as an example."""
    return Example(
        id=f"starter:{case['id']}",
        kind="starter",
        title=case["title"],
        text=case["summary"],
        primary=case["typologies"]["primary"],
        others=tuple(case["typologies"]["others"]),
        relevant="yes",
        crime="yes",
        event_kind=case["facets"]["event_kind"],
        ai_involvement=case["facets"]["ai_involvement"],
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
