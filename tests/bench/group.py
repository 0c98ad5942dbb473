"""Time grouping over synthetic reports: the cost of one report must stay near flat as the library grows.

Run: ``python -m tests.bench.group [sizes…]``. Prints a JSON line per size.
"""

import json
import sys
import time

import numpy as np

from collectors.records import PartialDate
from enrichment.group import Groupable, group

WORDS = [
    f"{a}{b}"
    for a in ["ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "du", "ka", "ke", "ki", "ko", "ku"]
    for b in ["lan", "mer", "tor", "vin", "sol"]
]
REPORTS_AN_EVENT = 3


def reports(count: int, seed: int = 1) -> list[Groupable]:
    """Return so many made-up reports, three to an event, with its names and vectors near its own."""
    generator = np.random.default_rng(seed)
    made = []
    for event in range((count + REPORTS_AN_EVENT - 1) // REPORTS_AN_EVENT):
        names = [
            f"{WORDS[i].title()}{event % 997}x{j}" for j, i in enumerate(generator.integers(0, len(WORDS), 4))
        ]
        centre = generator.standard_normal(384)
        for telling in range(REPORTS_AN_EVENT):
            words = [WORDS[i] for i in generator.integers(0, len(WORDS), 80)]
            text = f"police said {' and '.join(names)} " + " ".join(words)
            vector = (centre + 0.5 * generator.standard_normal(384)).astype(np.float32)
            made.append(
                Groupable(
                    f"r{event:06}-{telling}",
                    " ".join(words[:8]),
                    text,
                    PartialDate(value=f"20{10 + event % 15}-0{1 + event % 9}"),
                    (),
                    (),
                    vector / np.linalg.norm(vector),
                )
            )
    return made[:count]


def measure(count: int) -> dict[str, float]:
    """Return seconds and milliseconds a report for grouping so many."""
    items = reports(count)
    began = time.perf_counter()
    grouping = group(items)
    seconds = time.perf_counter() - began
    return {
        "reports": count,
        "clusters": len(grouping.clusters),
        "links": len(grouping.links),
        "seconds": round(seconds, 2),
        "milliseconds_a_report": round(1000 * seconds / count, 3),
    }


if __name__ == "__main__":
    for size in [int(argument) for argument in sys.argv[1:]] or [1_000, 10_000]:
        sys.stdout.write(json.dumps(measure(size)) + "\n")
