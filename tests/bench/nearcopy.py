"""Measure how well near copies are folded: real texts, their syndicated copies, and texts that look alike.

Run: ``python -m tests.bench.nearcopy [seed…]``. Texts are the incidents and full texts of the AI Incident
Database and the starter cases, some of which tell the same event in other words. Copies are made by the edits
of ``tests.bench.copies``; hard negatives are the same texts as forms filled in again, with all or half of
the names and figures replaced.
"""

import csv
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence

from collectors.records import PartialDate
from enrichment.nearcopy import fold
from enrichment.profile import Groupable
from tests.bench.copies import filled_in, syndicated
from tests.shared import shared

SHORTEST = 300
"""Characters: in less, a cut and an insertion leave little of a text."""


def real_texts() -> list[str]:
    """Return the texts that copies are made of, each once."""
    csv.field_size_limit(10_000_000)
    texts = [
        json.loads(line)["summary"] for line in shared("starter-cases/cases.jsonl").open(encoding="utf-8")
    ]
    for name, column in (("incidents", "description"), ("submissions", "text")):
        with shared(f"aiid/{name}.csv").open(encoding="utf-8", newline="") as file:
            texts += [row[column] for row in csv.DictReader(file)]
    return _unlike([text for text in dict.fromkeys(texts) if len(text) >= SHORTEST])


def _unlike(texts: Sequence[str]) -> list[str]:
    """Return the texts without real copies of earlier ones: some pages were submitted twice."""
    letters = [re.sub(r"\W+", "", text) for text in texts]
    return [
        text
        for place, text in enumerate(texts)
        if not any(
            letters[place][first : first + 80] in earlier
            for first in (150, 400, 900)
            for earlier in letters[:place]
            if letters[place][first:]
        )
    ]


def measure(texts: Sequence[str], seed: int) -> dict[str, object]:
    """Return recall over the copies, precision over all that is folded, and what was folded wrongly."""
    chance = random.Random(seed)
    items: list[Groupable] = []
    origin: list[int] = []
    kinds: list[str] = []

    def add(kind: str, text: str, source: int, day: int) -> None:
        published = PartialDate(value=f"2025-03-{day:02}")
        items.append(Groupable(f"r{len(items):06}", "A title", text, published, (), (), None))
        origin.append(source if kind != "form" else -len(items))
        kinds.append(kind)

    for number, text in enumerate(texts):
        add("original", text, number, 1)
        for _ in range(2):
            add("copy", syndicated(text, chance, chance.choice(texts)), number, 2)
        for share in (1.0, 0.5):
            if form := filled_in(text, chance, share):
                add("form", form, number, 3)
    copies = fold(items).copies
    folded = {copy.place: copy.leader for copy in copies}
    wrong = [(place, leader) for place, leader in folded.items() if origin[place] != origin[leader]]
    right = {place for place, leader in folded.items() if origin[place] == origin[leader]}
    return {
        "seed": seed,
        "texts": dict(Counter(kinds)),
        "recall": round(sum(kinds[place] == "copy" for place in right) / kinds.count("copy"), 4),
        "precision": round(1 - len(wrong) / max(1, len(folded)), 4),
        "forms folded": sum(kinds[place] == "form" for place, _ in wrong),
        "others folded": sum(kinds[place] != "form" for place, _ in wrong),
    }


if __name__ == "__main__":
    found = real_texts()
    for each in [int(argument) for argument in sys.argv[1:]] or [1, 2, 3]:
        sys.stdout.write(json.dumps(measure(found, each)) + "\n")
