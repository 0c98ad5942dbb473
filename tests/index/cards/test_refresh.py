"""Two processes that bring one index level with one record never set each other back."""

from collections.abc import Iterable
from pathlib import Path

from index.cards.maintainer import no_progress, refresh
from index.cards.maker import Cards
from index.library import Library
from index.records import Verdict
from index.rows import outbox
from index.search.cards import Card
from index.search.query import By
from tests.index.hardship import settings
from tests.index.stories import ANALYST, ask, codes, incident_of, judge


class SlowCards(Cards):
    """Makes cards, but before it hands out the first it lets another library decide and refresh."""

    def __init__(self, slow: Library, quick: Library) -> None:
        super().__init__(slow.holdings.store, slow.holdings.incidents, slow.typology)
        self._quick: Library | None = quick

    def make(self, ids: Iterable[tuple[By, str]]) -> tuple[list[Card], list[str]]:
        made = super().make(ids)
        if (quick := self._quick) is not None:
            self._quick = None
            reject(quick, "Corby")
        return made


def reject(library: Library, town: str) -> None:
    """Reject the primary code of a story, after which the library refreshes its index."""
    incident = incident_of(library, town)
    primary = library.incident(incident, actor=ANALYST).incident.codes[0].concept
    judge(library, Verdict.REJECT, codes(library, incident)[primary].finding.id)


def test_slower_refresh_leaves_the_newer_cards_of_another_process(home: Path) -> None:
    with Library.open(settings(home)) as slow, Library.open(settings(home)) as quick:
        index = slow.holdings.finder._embedded
        incident = incident_of(slow, "Corby")
        primary = slow.incident(incident, actor=ANALYST).incident.codes[0].concept
        with slow.holdings.store.writing() as connection:
            outbox.note(connection, "incident", [incident])
        on_written: list[int] = []
        generation = index.stamp().generation
        stamp = refresh(
            index,
            slow.holdings.store,
            SlowCards(slow, quick),
            no_progress,
            lambda cards, up_to: on_written.append(up_to),
        )
        newest = slow.holdings.store.last_change()
        assert stamp.applied == newest == slow.holdings.store.acknowledged()
        assert on_written == [], "whoever overtook the batch has learned it"
        assert incident not in {hit.id for hit in ask(slow, filters={"primary": (primary,)}).hits}
        assert slow.refresh(actor=ANALYST).generation == generation, "nothing was built anew"
