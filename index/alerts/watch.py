"""Tells saved searches of what came in: matches each batch the index has learned and writes the alerts."""

from collections.abc import Callable, Mapping, Sequence

from index import wording
from index.alerts.kept import Alerts, Found, Watched
from index.cards import maker
from index.cards.maker import BATCH, Cards
from index.search import saved
from index.search.cards import Card
from index.search.query import By, Query, Results
from index.store import Store

PAGE = 1000
"""Incidents whose reasons are asked for in one search."""


class Watch:
    """Matches batches of cards against every saved search. ``search`` answers from the index.

    A change leaves the outbox in the transaction that writes its alerts, so none is missed by a crash and
    none is told of twice.
    """

    def __init__(self, store: Store, cards: Cards, search: Callable[[Query], Results]) -> None:
        self._store, self._cards, self._search = store, cards, search
        self._alerts = Alerts(store)

    def learned(self, cards: Sequence[Card], up_to: int) -> int:
        """Alert to the incidents among cards the index holds, and acknowledge changes up to a number.

        Returns how many alerts were written.
        """
        watched = self._alerts.watched()
        batch = {card.id: card for card in cards if card.by is By.INCIDENT}
        if not watched or not batch:
            return self._alerts.settle((), up_to)
        states = {key: saved.state(card) for key, card in batch.items()}
        matched = saved.matches({number: each.wish for number, each in watched.items()}, list(batch.values()))
        found = [Found(number, one, states[one]) for number, ids in matched for one in ids]
        return self._alerts.settle(self._reasoned(self._alerts.untold(found), watched), up_to)

    def catch_up(self, up_to: int) -> None:
        """Alert to the changes up to a number that the index holds already, and acknowledge them."""
        while changes := [one for one in self._store.changes(0, BATCH) if one.seq <= up_to]:
            if not self._alerts.watched():
                self._store.acknowledge(up_to)
                return
            made, _ = self._cards.make((By.INCIDENT, one.id) for one in changes if one.by == "incident")
            self.learned(made, changes[-1].seq)

    def alert(self, ids: Sequence[str]) -> None:
        """Alert to incidents the index holds to whoever's searches they match, where that is due."""
        for part in maker.batches(ids, BATCH):
            made, _ = self._cards.make((By.INCIDENT, one) for one in part)
            self.learned(made, 0)

    def known(self, ids: Sequence[str], *, changes: bool) -> list[tuple[str, str]]:
        """Return incidents with their states, those left empty where changes are of no interest."""
        if not changes:
            return [(one, "") for one in ids]
        known = []
        for part in maker.batches(ids, BATCH):
            made, _ = self._cards.make((By.INCIDENT, one) for one in part)
            known += [(card.id, saved.state(card)) for card in made]
        return known

    def _reasoned(self, found: Sequence[Found], watched: Mapping[int, Watched]) -> list[Found]:
        by_search: dict[int, list[Found]] = {}
        for one in found:
            by_search.setdefault(one.saved, []).append(one)
        reasoned = []
        for number, mine in by_search.items():
            why = self._reasons(watched[number].query, [one.incident for one in mine])
            reasoned += [Found(one.saved, one.incident, one.state, why.get(one.incident, "")) for one in mine]
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
