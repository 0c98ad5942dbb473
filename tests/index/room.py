"""A small record to decide things in."""

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.records import Report, digest
from enrichment.classify import pool
from enrichment.records import Finding
from enrichment.typology import Typology
from index.incidents import Incidents
from index.records import Decision, JudgedFinding, Judgement, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, outcome, report, told

TYPOLOGY = Typology.load()
CODES = ("FR-01", "FR-02", "FR-03", "MK-02")


@dataclass
class Room:
    """A store with three reports, each an incident of its own, coded FR-01 with FR-02 near."""

    store: Store
    incidents: Incidents
    reports: list[Report]

    def state(self, value: str, number: int = 0) -> JudgedFinding:
        key = self.reports[number].id
        return next(each for each in self.store.findings([key])[key] if each.finding.value == value)

    def judge(self, verdict: Verdict, target: str, **said: object) -> Judgement:
        asked = {"verdict": verdict, "target": target, "reason": "so it is", **said}
        return self.incidents.judge(Decision.model_validate(asked), ANALYST)

    def incident(self, number: int = 0) -> str:
        return digest("inc", self.reports[number].id)

    def run_machines(self, fingerprint: str, *values: str) -> None:
        batch = [told(each, *(finding(each, value) for value in values)) for each in self.reports]
        self.store.save_enriched(batch, fingerprint, ANALYST)
        self.incidents.regroup([], [], ANALYST)


def furnish(store: Store, count: int = 3) -> Room:
    taken = capture()
    reports = [report(number, taken) for number in range(count)]
    store.save(taken, ANALYST)
    store.save(outcome(taken, reports), ANALYST)
    store.save_enriched([told(each, *coded(each)) for each in reports], "one", ANALYST)
    incidents = Incidents(store, TYPOLOGY, pool)
    incidents.regroup([[each.id] for each in reports], [], ANALYST)
    return Room(store, incidents, reports)


def coded(each: Report) -> list[Finding]:
    return [finding(each, "FR-01"), finding(each, "FR-02", role="sibling", score=0.4)]


def keep(store: Store, reports: Sequence[Report]) -> list[Report]:
    """Save reports and code each FR-01."""
    store.save(capture(), ANALYST)
    store.save(outcome(capture(), reports), ANALYST)
    store.save_enriched([told(each, finding(each, "FR-01")) for each in reports], "one", ANALYST)
    return list(reports)
