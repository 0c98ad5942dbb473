"""Measure how often an article of one incident is taken for a round-up, and how many round-ups are found.

Run: ``python -m tests.bench.roundup``. Single accounts are the incidents and full texts of the AI Incident
Database, the starter cases and the relevant pages of the gold set that tell a labelled incident. Round-ups
are made of three to five starter cases of different places, in four styles.
"""

import csv
import json
import random
import sys
from collections.abc import Iterator
from typing import Any

from enrichment.facts import extract
from enrichment.grouping.roundup import events
from tests.shared import shared

OPENINGS = [
    "In another case, ",
    "In a separate incident, ",
    "In a third case, ",
    "Elsewhere, ",
    "Separately, ",
]
STYLES = ["cues", "list", "numbers", "headline"]


def single() -> Iterator[tuple[str, str, str]]:
    """Yield data set, title and text of accounts that tell one incident."""
    csv.field_size_limit(10_000_000)
    for name, column in (("incidents", "description"), ("submissions", "text")):
        with shared(f"aiid/{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from ((f"aiid {name}", row["title"], row[column]) for row in csv.DictReader(file))
    yield from (("starter", case["title"], case["summary"]) for case in _lines("starter-cases/cases.jsonl"))
    for page in _lines("reports-gold/dev.jsonl"):
        if page["relevant"] and page["incident"]:
            yield "gold relevant", page["title"], page["text"]


def made(count: int, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Yield style, title and text of round-ups of three to five real cases, no two of one country."""
    chance = random.Random(seed)
    cases = list(_lines("starter-cases/cases.jsonl"))
    for number in range(count):
        style = STYLES[number % len(STYLES)]
        chosen: list[dict[str, Any]] = []
        for case in chance.sample(cases, len(cases)):
            apart = not any(set(case["countries"]) & set(each["countries"]) for each in chosen)
            if len(chosen) < 3 + number % 3 and apart:
                chosen.append(case)
        yield style, *_written(style, [_lead(case["summary"]) for case in chosen], chance)


def _written(style: str, texts: list[str], chance: random.Random) -> tuple[str, str]:
    if style == "cues":
        turns = [chance.choice(OPENINGS) + text[0].lower() + text[1:] for text in texts[1:]]
        return "How AI is used in crime", " ".join([texts[0], *turns])
    if style == "list":
        return "AI crime in the news", "\n".join(["What we saw:", *(f"- {text}" for text in texts)])
    if style == "numbers":
        return "AI crime in the news", "\n".join(f"{place}. {text}" for place, text in enumerate(texts, 1))
    return "Round-up: AI crime this week", "\n".join(texts)


def _lead(text: str) -> str:
    return ". ".join(text.split(". ")[:3]).rstrip(".") + "."


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with shared(name).open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def _tally(accounts: Iterator[tuple[str, str, str]]) -> dict[str, str]:
    counts: dict[str, list[bool]] = {}
    for kind, title, text in accounts:
        counts.setdefault(kind, []).append(bool(events(title, text, extract(title, text))))
    return {kind: f"{sum(found)} of {len(found)}" for kind, found in counts.items()}


if __name__ == "__main__":
    found = {"single taken for a round-up": _tally(single()), "round-ups found": _tally(made(80))}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
