"""Matches each batch of cards that the index has taken in against the saved searches, and writes alerts."""

from collections.abc import Callable, Mapping, Sequence

from index import wording
from index.alerts.due import Match
from index.alerts.record import Alerts, WatchedSearch
from index.cards import maker
from index.cards.maker import BATCH, Cards
from index.search import saved
from index.search.cards import Card
from index.search.query import By, Query, Results
from index.store import Store

PAGE = 1000
"""Incidents whose reasons are looked up in one search."""


class Watch:
    """Matches batches of cards against every saved search. ``search`` answers from the index.

    A change leaves the outbox in the transaction that writes its alerts, so none is missed by a crash and
    none raises an alert twice.
    """

    def __init__(self, store: Store, cards: Cards, search: Callable[[Query], Results]) -> None:
        self._store, self._cards, self._search = store, cards, search
        self._alerts = Alerts(store)

    def alert_to_batch(self, cards: Sequence[Card], up_to: int) -> int:
        """Alert to the matching incidents among cards in the index, and acknowledge changes up to a number.

        Returns the number of alerts written.
        """
        watched = self._alerts.watched()
        batch = {card.id: card for card in cards if card.by is By.INCIDENT}
        if not watched or not batch:
            return self._alerts.settle((), up_to)
        states = {key: saved.state(card) for key, card in batch.items()}
        matched = saved.matches(
            {number: search.wish for number, search in watched.items()}, list(batch.values())
        )
        found = [Match(number, key, states[key]) for number, ids in matched for key in ids]
        return self._alerts.settle(self._reasoned(self._alerts.due(found), watched), up_to)

    def catch_up(self, up_to: int) -> None:
        """Alert to the changes up to a number that the index has already taken in, and acknowledge them."""
        while changes := [one for one in self._store.changes(0, BATCH) if one.seq <= up_to]:
            if not self._alerts.watched():
                self._store.acknowledge(up_to)
                return
            made, _ = self._cards.make((By.INCIDENT, one.id) for one in changes if one.by == "incident")
            self.alert_to_batch(made, changes[-1].seq)

    def alert(self, ids: Sequence[str]) -> None:
        """Write the alerts that are due about these incidents, which the index has taken in."""
        for part in maker.batches(ids, BATCH):
            made, _ = self._cards.make((By.INCIDENT, one) for one in part)
            self.alert_to_batch(made, 0)

    def states(self, ids: Sequence[str], *, changes: bool) -> list[tuple[str, str]]:
        """Return incidents with the digests of their cards, left empty unless ``changes`` are of interest."""
        if not changes:
            return [(one, "") for one in ids]
        states = []
        for part in maker.batches(ids, BATCH):
            made, _ = self._cards.make((By.INCIDENT, one) for one in part)
            states += [(card.id, saved.state(card)) for card in made]
        return states

    def _reasoned(self, found: Sequence[Match], watched: Mapping[int, WatchedSearch]) -> list[Match]:
        by_search: dict[int, list[Match]] = {}
        for one in found:
            by_search.setdefault(one.saved, []).append(one)
        reasoned = []
        for number, mine in by_search.items():
            why = self._reasons(watched[number].query, [one.incident for one in mine])
            reasoned += [Match(one.saved, one.incident, one.state, why.get(one.incident, "")) for one in mine]
        return reasoned

    def _reasons(self, query: Query, ids: Sequence[str]) -> dict[str, str]:
        met = wording.filters(query) or ("" if query.terms or query.where else "everything that comes in")
        reasons = dict.fromkeys(ids, met)
        for part in maker.batches(ids, PAGE):
            hits = self._search(query.model_copy(update={"ids": tuple(part), "limit": PAGE})).hits
            for hit in hits:
                words = hit.why.removeprefix("its id").removeprefix("; ")
                # Where there are no words to tell, the hit itself tells which filters it meets.
                both = (words, met if query.terms or query.where or not words else "")
                reasons[hit.id] = "; ".join(filter(None, both))
        return reasons
