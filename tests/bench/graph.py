"""How the cost of graph, measures and outlook grows with the number of incidents, in one run.

``python -m tests.bench.graph [SIZE …]`` builds fictional incidents and prints seconds of processor time, also
a thousand; ``decided`` is the graph again after one incident lost a finding.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

from collectors.records import PartialDate
from enrichment.graph import Pieces, build
from enrichment.network import emerging, measures, trends
from enrichment.network.sightings import sightings
from enrichment.records import Code, CodeRole, Fact, Finding, Incident, Subject, as_finding
from enrichment.typology import Typology

SIZES = (1_400, 14_000)
LAST = date(2025, 12, 31)
WORDS = [f"word{number}" for number in range(3_000)]


def made(number: int, chance: random.Random, typology: Typology) -> Incident:
    """Return an incident with about as many findings as a real one."""
    leaf = chance.choice(typology.leaves()).id
    subjects = {Subject.TOOL: 60, Subject.PLATFORM: 40, Subject.COUNTRY: 90, Subject.CAPABILITY: 18}
    findings: list[Finding] = []
    for subject, many in subjects.items():
        if chance.random() < 0.6:
            value = f"{subject}-{int(chance.paretovariate(1.0)) % many}"
            fact = Fact(subject=subject, value=value, role="where", score=0.9)
            findings.append(as_finding(fact, f"rep-{number}", "ver-1", "facts@1"))
    return Incident(
        id=f"inc-{number}",
        title=" ".join(chance.choices(WORDS, k=10)),
        summary=" ".join(chance.choices(WORDS, k=60)),
        reports=(f"rep-{number}",),
        occurred=PartialDate(value=(LAST - timedelta(days=chance.randrange(2_000))).isoformat()),
        codes=(Code(concept=leaf, role=CodeRole.PRIMARY, score=chance.uniform(0.4, 1)),),
        findings=tuple(findings),
    )


def timed(name: str, size: int, call: Callable[[], object]) -> None:
    """Print what a call costs."""
    start = time.process_time()
    call()
    seconds = time.process_time() - start
    sys.stdout.write(f"{name:>10} {size:>7,} {seconds:8.2f} s {1000 * seconds / size:8.3f} s a thousand\n")


def main() -> None:
    """Print one row a step and size."""
    typology, chance = Typology.load(), random.Random(0)
    for size in [int(word) for word in sys.argv[1:]] or SIZES:
        incidents = [made(number, chance, typology) for number in range(size)]
        told = {f"rep-{number}": (("archive", "gazette")[number % 4 == 0], None) for number in range(size)}
        pieces = Pieces(typology)
        graph = build(incidents, typology, pieces=pieces)
        decided = [*incidents[:-1], incidents[-1].model_copy(update={"findings": ()})]
        leaves = [leaf.id for leaf in typology.leaves()]
        seen, _ = sightings(incidents, told, typology)
        timed("build", size, lambda: build(incidents, typology))  # noqa: B023 - called at once
        timed("decided", size, lambda: build(decided, typology, pieces=pieces))  # noqa: B023 - called at once
        timed("measures", size, lambda: measures.measures(graph))  # noqa: B023 - called at once
        timed("rising", size, lambda: trends.rising(seen, LAST, leaves, typology))  # noqa: B023 - called at once
        days = {one.incident: one.day for one in seen}
        timed("clusters", size, lambda: emerging.clusters(incidents, {}, typology, LAST, days))  # noqa: B023 - called at once


if __name__ == "__main__":
    main()
