"""What models learn from: coded incidents, starter cases, the typology's own words, and near misses."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from collectors.errors import WrongUse
from enrichment.features import LEXICON
from enrichment.typology import Typology

# Whole reports count in full; the typology's single sentences and lists of words count for less.
_WEIGHTS = {"example": 0.5, "told": 0.7, "definition": 0.5, "counts": 0.3, "words": 0.3}
_CRIME_OF_SCOPE = {"X-02": "no", "X-03": "no"}
_DOUBTED = 0.5
"""What a code counts that its only coder was unsure of."""


@dataclass(frozen=True)
class Example:
    """One text with what is known of it; None where nothing is."""

    id: str
    kind: str
    """aiid, starter, near-miss, told, example, definition, counts or words."""
    title: str
    text: str
    primary: str | None = None
    others: tuple[str, ...] = ()
    relevant: str | None = None
    """``yes`` or ``no``, as for crime."""
    crime: str | None = None
    event_kind: str | None = None
    ai_involvement: str | None = None
    doubted: bool = False
    """Whether the coder was unsure of the code."""

    @property
    def weight(self) -> float:
        """Return how much the text counts."""
        return _WEIGHTS.get(self.kind, 1.0) * (_DOUBTED if self.doubted else 1.0)


def collect(shared: Path, typology: Typology) -> list[Example]:
    """Return all training examples in a fixed order; raises WrongUse where one is kept for testing."""
    data = shared / "data"
    examples = [*_coded(data), *_starters(data), *of_typology(typology), *near_misses(), *told()]
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
    for row in _lines(data / "typology-train" / "train.jsonl"):
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
            doubted=bool(row["doubt"]),
        )


def _relevant(row: dict[str, Any]) -> str | None:
    """Return whether a coded incident is relevant; None for tests and surveys about crime, which may be."""
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


def _starters(data: Path) -> Iterator[Example]:
    for case in _lines(data / "starter-cases" / "cases.jsonl"):
        yield Example(
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


def of_typology(typology: Typology) -> Iterator[Example]:
    """Yield the words that define each code: definitions, examples, and phrases."""
    for leaf in typology.leaves():
        texts = {
            "definition": (f"{leaf.label}. {leaf.definition}",),
            "counts": (leaf.counts_when,),
            "words": ("; ".join(typology.words(leaf.id)[2:]),),
            "example": leaf.examples,
        }
        for kind, wordings in texts.items():
            for place, wording in enumerate(wordings):
                told = "yes" if kind == "example" else None
                yield Example(
                    f"{leaf.id}:{kind}:{place}", kind, "", wording, leaf.id, relevant=told, crime=told
                )
    for scope in typology.scopes():
        yield Example(
            f"{scope.id}:definition", "definition", "", f"{scope.label}. {scope.definition}", scope.id
        )


def near_misses() -> Iterator[Example]:
    """Yield the invented reports of ``lexicon/near_misses.yaml``."""
    data = yaml.safe_load((LEXICON / "near_misses.yaml").read_text("utf-8"))
    for kind, block in data.items():
        for place, wording in enumerate(block["texts"]):
            title, _, text = wording.partition(". ")
            yield Example(
                id=f"near-miss:{kind}:{place}",
                kind="near-miss",
                title=title,
                text=text,
                primary=block.get("primary"),
                relevant="yes" if block["relevant"] else "no",
                crime=block["crime"],
                event_kind=block.get("event_kind"),
            )


def told() -> Iterator[Example]:
    """Yield the invented reports of ``lexicon/told.yaml``, each with its code."""
    data = yaml.safe_load((LEXICON / "told.yaml").read_text("utf-8"))
    for code, wordings in data.items():
        for place, wording in enumerate(wordings):
            title, _, text = wording.partition(". ")
            yield Example(
                id=f"told:{code}:{place}",
                kind="told",
                title=title,
                text=text,
                primary=code,
                relevant="no" if code.startswith("X") else "yes",
                crime=_CRIME_OF_SCOPE.get(code) if code.startswith("X") else "yes",
            )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
