"""What the tests of bad input share: a real library, and what it says of a run."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from collectors.errors import MoriartyError, by_code
from collectors.records import Report
from index.library import Library
from index.records import Actor, Role, Status, Tally
from index.settings import Settings
from index.store import Store

LEAD = Actor(name="hanna", role=Role.LEAD)


def settings(home: Path, hosts: Collection[str] = (), fetch_seconds: float = 8.0) -> Settings:
    return Settings(
        home=home,
        database_url=f"sqlite:///{home / 'library.sqlite'}",
        allowed_hosts=frozenset(hosts),
        fetch_seconds=fetch_seconds,
    )


@dataclass
class Ran:
    """A run that came back, and the library it ran in."""

    library: Library
    tally: Tally

    @cached_property
    def status(self) -> Status:
        return self.library.status(actor=LEAD)

    @cached_property
    def reports(self) -> list[Report]:
        return all_reports(self.library)

    def said(self, item: str) -> set[str]:
        """Return the codes of what went wrong with items of this ending, or of this source."""
        return {
            issue.code
            for issue in self.tally.issues
            if issue.source == item or issue.item.endswith(item) or f"{item}:" in issue.item
        }


def all_reports(library: Library) -> list[Report]:
    store = Store(library.settings.database_url)
    try:
        return list(store.all_reports())
    finally:
        store.close()


def check_books(status: Status) -> None:
    """Every capture has exactly one end."""
    assert status.balanced
    assert status.pending == 0
    assert status.captured == status.parsed + status.quarantined + status.unchanged


def check_listed(ran: Ran) -> None:
    """Everything that went wrong stands in the status, with what to do about it."""
    listed = {(issue.source, issue.item, issue.code) for issue in ran.status.issues}
    assert {(issue.source, issue.item, issue.code) for issue in ran.tally.issues} == listed
    for issue in ran.status.issues:
        assert by_code(issue.code) is not MoriartyError, issue.code
        assert issue.advice
        assert issue.advice != MoriartyError.advice
        assert issue.detail
