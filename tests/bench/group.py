"""Time grouping as the library grows: the cost of a report must stay near flat, and memory bounded.

Run: ``python -m tests.bench.group [sizes…]``. Reports are real texts with other names and figures: of three
reports two tell one event (one copies the other with a newsroom's edits or swaps its sentences), one stands
alone. Prints a JSON line per size, each in a process of its own so that its memory is its own; one for as
many identical reports as the largest size; at the second size, one for a batch of a hundred that is added and
grouped with what it touches alone; and one for making incidents of ten times the largest size.
"""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from collectors.records import PartialDate, digest
from enrichment.evaluation.copies import filled_in, requote, syndicated
from enrichment.evaluation.nearcopies import distinct, snapshot
from enrichment.group import group
from enrichment.grouping.profile import Groupable
from enrichment.grouping.sketch import Sketch, alike
from enrichment.records import Fact, Subject, as_finding
from index.grouping import clusters
from tests.shared import shared

BATCH = 100
COUNTRIES = ["GB", "US", "NO", "PT", "CA", "DE", "FR", "ES", "IT", "IN", "SG", "HK", "AU", "BR", "ZA"]


def reports(count: int, seed: int = 1) -> Iterator[Groupable]:
    """Yield so many reports, with vectors as alike as those of real ones: 0.3 unrelated, 0.7 of one event."""
    chance, generator = random.Random(seed), np.random.default_rng(seed)
    texts = [text for text in distinct(snapshot(shared("aiid"))) if filled_in(text, random.Random(0), 1.0)]
    common = generator.standard_normal(384)
    event = ("", "", 0.0, common)
    for number in range(count):
        if number % 3 != 1:
            text = filled_in(chance.choice(texts), chance, 1.0) or ""
            event = (
                text,
                chance.choice(COUNTRIES),
                float(chance.randint(1, 99_999)),
                generator.standard_normal(384),
            )
        text, country, loss, own = event
        if number % 3 == 1:
            text = syndicated(text, chance, texts[0]) if number % 2 else requote(text, chance, "")
        vector = 0.65 * common + own + 0.6 * generator.standard_normal(384)
        vector /= np.linalg.norm(vector)
        key = f"r{number:07}"
        facts = [
            Fact(subject=Subject.COUNTRY, value=country, role="where", score=1),
            Fact(subject=Subject.LOSS, value=f"USD {loss:.0f}", role="loss", score=1),
        ]
        yield Groupable(
            key,
            text[:60],
            text,
            PartialDate(value=f"20{10 + number // 3 % 15}-{1 + number // 3 % 12:02}"),
            (),
            tuple(as_finding(fact, key, "v", "facts@1") for fact in facts),
            vector.astype(np.float32),
        )


def same(count: int) -> Iterator[Groupable]:
    """Yield so many reports of one text."""
    [one] = reports(1)
    for number in range(count):
        yield Groupable(f"r{number:07}", one.title, one.text, one.published, (), one.findings, one.vector)


def measure(kind: str, count: int) -> dict[str, object]:
    """Return seconds, milliseconds a report and memory for grouping so many."""
    items = list(same(count) if kind == "identical" else reports(count))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    grouping = group(items)
    seconds = time.process_time() - began
    return {
        "reports": count,
        "kind": kind,
        "clusters": len(grouping.clusters),
        "links": len(grouping.links),
        "cpu_seconds": round(seconds, 2),
        "milliseconds_a_report": round(1000 * seconds / count, 3),
        "rss_mb_before": before // 1024,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def added(count: int) -> dict[str, object]:
    """Return the processor time of grouping 100 reports more with what they touch, beside that of all."""
    items = list(reports(count + BATCH))
    known = group(items[:count])
    home = {report: cluster for cluster in known.clusters for report in cluster}
    began = time.process_time()
    new = [Sketch.alone(item) for item in items[count:]]
    found = alike(new, known.sketches, known.rarity)
    among = {each for one in found for each in home[one]} | {sketch.unit for sketch in new}
    group([item for item in items if item.report in among], rarity=known.rarity)
    alone = time.process_time() - began
    began = time.process_time()
    group(items)
    whole = time.process_time() - began
    return {
        "reports": count,
        "kind": f"{BATCH} added",
        "read": len(among),
        "cpu_seconds": round(alone, 2),
        "cpu_seconds_whole": round(whole, 2),
        "ratio": round(whole / alone, 1),
    }


def settled(count: int) -> dict[str, object]:
    """Return the processor time of making incidents of clusters of one or two reports, without a database."""
    units = [digest("rep", str(number)) for number in range(count)]
    found = [units[place : place + 1 + (place % 9 == 0)] for place in range(count) if place % 9 != 1]
    began = time.process_time()
    order = {unit: number for number, unit in enumerate(units)}
    wanted, _ = clusters.named(clusters.settle(found, (), (), order), {})
    seconds = time.process_time() - began
    return {
        "reports": count,
        "kind": "settled",
        "incidents": len(wanted),
        "cpu_seconds": round(seconds, 2),
        "milliseconds_a_report": round(1000 * seconds / count, 4),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        kind, size = sys.argv[2], int(sys.argv[3])
        measures = {"added": added, "settled": settled}
        found = measures[kind](size) if kind in measures else measure(kind, size)
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        sizes = [int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000]
        kinds = [*(("various", size) for size in sizes), ("identical", max(sizes))]
        kinds += [("added", sorted(sizes)[len(sizes) // 2]), ("settled", 10 * max(sizes))]
        for kind, size in kinds:
            subprocess.run([sys.executable, "-m", "tests.bench.group", "one", kind, str(size)], check=True)
