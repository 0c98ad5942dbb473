"""Texts that models learn from, and those of them in our own words: the typology's and invented reports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from enrichment.data_files import read_yaml
from enrichment.judging.features import LEXICON
from enrichment.typology import Typology

TOLD = LEXICON / "told"
"""A file a family: each code with invented reports that tell of it."""
# Real reports count in full; invented ones, single sentences and lists of words count for less. By folds,
# 0.2 to 0.6 for invented reports did nearly alike, the middle best.
_WEIGHTS = {"example": 0.5, "told": 0.4, "definition": 0.5, "counts": 0.3, "words": 0.3}
_NO_OFFENCE = ("not_applicable", "policy_or_law")
_OFFENCE = ("criminal_incident", "attempted", "suspected_under_investigation")
_DOUBTED = 0.5
"""Weight of a code that its coders were unsure of."""


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
    """Whether those who coded it were unsure of the code."""

    @property
    def weight(self) -> float:
        """Return the weight of the text in training."""
        return _WEIGHTS.get(self.kind, 1.0) * (_DOUBTED if self.doubted else 1.0)


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
    for kind, block in _read("near_misses.yaml").items():
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
    """Yield the invented reports of ``lexicon/told/``, each with its code."""
    for path in sorted(TOLD.glob("*.yaml")):
        for code, entries in _read(f"{TOLD.name}/{path.name}").items():
            yield from (_told(code, place, entry) for place, entry in enumerate(entries))


def _told(code: str, place: int, entry: Mapping[str, Any]) -> Example:
    title, _, text = entry["text"].partition(". ")
    scope = code.startswith("X")
    return Example(
        id=f"told:{code}:{place}",
        kind="told",
        title=title,
        text=text,
        primary=code,
        others=tuple(entry.get("others", ())),
        relevant="yes" if entry.get("relevant", not scope) else "no",
        crime=_crime(code, entry.get("event_kind")),
        event_kind=entry.get("event_kind"),
        ai_involvement=entry.get("ai_involvement"),
    )


def _crime(code: str, event_kind: str | None) -> str | None:
    """Whether an invented report is about crime; None where its code and event do not settle it."""
    if not code.startswith("X") or (code == "X-01" and event_kind in _OFFENCE):
        return "yes"
    return "no" if code in ("X-02", "X-03") or event_kind in _NO_OFFENCE else None


@cache
def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(LEXICON / name)
    return data
