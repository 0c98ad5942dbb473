"""How well facets are read (who, whom, over what, with what), on codes of our own that help make word lists.

Facets have no independent gold. The starter cases and some incidents of the AI Incident Database carry codes
by one reader each; what is measured on them tells how the lists fare, not how they will on other texts.
"""

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from enrichment.evaluation.figure import Figure, Rows, figure, share
from enrichment.extraction import facets
from enrichment.extraction.passage import Passage
from enrichment.records import Subject

CODES = Path(__file__).with_name("facets.toml")
STARTER, SNAPSHOT = Path("starter-cases", "cases.jsonl"), Path("aiid", "incidents.csv")
_UNTOLD = frozenset({"unknown", "none"})


@dataclass(frozen=True)
class Coded:
    """The values of each facet that a reader coded, and those that the machine names; both by facet."""

    truth: Mapping[str, frozenset[str]]
    given: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, title: str, text: str, codes: Mapping[str, Any]) -> "Coded":
        """Return a text beside its codes; a facet that nobody coded is left out of both."""
        coded = [subject for subject in facets.LISTS if subject.value in codes]
        found = facets.find((Passage(text), Passage(title, "title")))
        return cls(
            {subject: frozenset(codes[subject.value]) - _UNTOLD for subject in coded},
            {
                subject: frozenset(fact.value for fact in found if fact.subject is subject)
                for subject in coded
            },
        )


def measure(folder: Path) -> list[Figure]:
    """Return precision and recall of each facet, for the coded sets whose texts are in a folder."""
    sets = {
        "starter-cases, facets, development": list(_starter(folder / STARTER)),
        "aiid, facets, development": list(_incidents(folder / SNAPSHOT, "read")),
        "aiid, facets, unread": list(_incidents(folder / SNAPSHOT, "unread")),
    }
    return [each for data, cases in sets.items() for each in _figures(cases, data)]


def _starter(path: Path) -> Iterator[Coded]:
    if path.is_file():
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            yield Coded.of(case["title"], case["summary"], case["facets"])


@cache
def _codes() -> Mapping[str, list[Mapping[str, Any]]]:
    return tomllib.loads(CODES.read_text("utf-8"))


def _incidents(path: Path, part: str) -> Iterator[Coded]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            texts = {row["incident_id"]: row for row in csv.DictReader(file)}
        for codes in _codes()[part]:
            text = texts.get(codes["incident"])
            if text is not None:
                yield Coded.of(text["title"], text["description"], codes)


def _figures(cases: Sequence[Coded], data: str) -> Iterator[Figure]:
    for subject in facets.LISTS:
        told = [case for case in cases if subject in case.truth]
        if told:
            yield from _pooled(subject, told, data)


def _pooled(subject: Subject, cases: Sequence[Coded], data: str) -> Iterator[Figure]:
    """Yield precision and recall over all values of all cases together (micro average); n counts values."""
    hits = _counted([case.truth[subject] & case.given[subject] for case in cases])
    wholes = {
        "precision": [case.given[subject] for case in cases],
        "recall": [case.truth[subject] for case in cases],
    }
    for kind, values in wholes.items():
        whole = _counted(values)

        def measured(rows: Rows, whole: np.ndarray[tuple[int], np.dtype[np.float64]] = whole) -> float:
            return share(float(hits[rows].sum()), float(whole[rows].sum()))

        made = figure(f"{subject.value.replace('_', ' ')} {kind}", len(cases), data, measured)
        yield Figure(made.name, made.value, made.low, made.high, int(whole.sum()), data)


def _counted(values: Sequence[frozenset[str]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([len(each) for each in values], dtype=np.float64)
