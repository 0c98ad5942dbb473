"""A child process that adds reports and judges what others judge too, as one of several users.

``python -m tests.index.clerk URL NAME REPORT…`` prints the reports whose finding it was the first to judge.
"""

import sys
from contextlib import closing, suppress

from collectors.errors import Stale
from enrichment.classify import pool
from enrichment.records import Subject, finding_id
from index.incidents import Incidents
from index.records import Actor, Decision, Role, Verdict
from index.store import Store
from tests.index.fictional import capture, finding, outcome, report, told
from tests.index.room import TYPOLOGY


def main(url: str, name: str, *shared: str) -> None:
    """Add a report for each of the shared ones, and judge both."""
    actor = Actor(name=name, role=Role.ANALYST)
    with closing(Store(url)) as store:
        incidents = Incidents(store, TYPOLOGY, pool)
        for number, contested in enumerate(shared):
            taken = capture(number, f"https://gazette.example/{name}", key=name)
            own = report(sum(name.encode()) * 1000 + number, taken)
            store.save(taken, actor)
            store.save(outcome(taken, [own]), actor)
            store.save_enriched([told(own, finding(own, "FR-01"))], "one", actor)
            incidents.judge(Decision(verdict=Verdict.ACCEPT, target=finding(own, "FR-01").id), actor)
            target = finding_id(contested, Subject.TYPOLOGY, "FR-01")
            first = Decision(verdict=Verdict.REJECT, target=target, expected=0)
            with suppress(Stale):
                incidents.judge(first, actor)
                print(contested, flush=True)  # noqa: T201  # the parent reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
