"""The part of the library that saves people's searches and alerts them to new matches."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from collectors.errors import NotFound, NotPermitted, WrongUse
from enrichment.records import Incident
from index import care
from index.alerts import digests
from index.alerts.due import CHANGED
from index.alerts.record import NAME_CHARACTERS, Alerts, WrittenAlert
from index.cards.facts import display_date
from index.holdings import Holdings
from index.records import Actor, Alert, SavedSearch
from index.search.language.syntax import NOTHING
from index.search.query import By, Query
from index.search.saved import strict

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff/]")


class NewSavedSearch(SavedSearch):
    """A search as it was just saved: as it is searched, which is not always as it was typed."""

    notes: tuple[str, ...] = ()
    """What was ignored, read in another way or corrected, one line each."""
    matching: int = 0
    """Number of incidents that match already and so raise no alert."""


class Subscriptions:
    """Saved searches and alerts."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings, self._ledger, self._store = holdings, holdings.ledger, holdings.store

    def save_search(
        self, name: str, query: Query, *, actor: Actor, shared: bool = False, changes: bool = False
    ) -> NewSavedSearch:
        """Keep a query under a name of the actor's and alert to incidents that begin to match it.

        It is kept as ``search`` reads it today, slips corrected, and matches by words and filters as a strict
        search does; the answer says what was changed and how many incidents match already. ``shared`` lets
        everybody see it, ``changes`` asks for another alert whenever an incident changes.
        Raises ``WrongUse`` for a name that is taken, empty, too long or unprintable, and for a query of which
        nothing can be used.
        """
        self._ledger.require(actor, "save_search")
        name = " ".join(name.split(" ")).strip()
        if not name or len(name) > NAME_CHARACTERS or _UNPRINTABLE.search(name):
            raise WrongUse(f"a saved search is named in 1 to {NAME_CHARACTERS} printable characters but '/'")
        if NOTHING in query.where:
            raise WrongUse("nothing of this search can be used, so no incident would ever match it")
        reading = self._holdings.finder.corrected(strict(query).model_copy(update={"by": By.INCIDENT}))
        kept = strict(reading.query)
        offered = (f"Did you mean “{reading.offered}”?",) if reading.offered else ()
        wish = NewSavedSearch(
            name=name,
            owner=actor.name,
            query=kept,
            shared=shared,
            changes=changes,
            at=datetime.now(UTC),
            notes=(*query.notes, *reading.notes, *offered),
            matching=self._holdings.finder.search(kept.model_copy(update={"limit": 1})).total,
        )
        wish = wish.model_copy(update={"notes": (*wish.notes, *self._unwatched(query, wish.matching))})
        known = self._holdings.finder.known(kept, changes=changes)
        Alerts(self._store).save(wish, known, actor)
        # What another process indexed in between was not found yet, and matched before the search was there.
        self._holdings.finder.alert(kept, {incident for incident, _ in known})
        return wish

    def _unwatched(self, query: Query, matching: int) -> tuple[str, ...]:
        """Return a note on the incidents that a search shows and that raise no alert; nothing without any."""
        shown = query.model_copy(update={"by": By.INCIDENT, "limit": 1, "offset": 0, "facets": ()})
        others = self._holdings.finder.search(shown).total - matching
        if others < 1:
            return ()
        what = "near in meaning, or that have fewer of the words"
        incidents = "incident" if others == 1 else "incidents"
        return (f"The search shows {others:,} more {incidents}, {what}: such raise no alert.",)

    def saved_searches(self, *, actor: Actor) -> tuple[SavedSearch, ...]:
        """Return the actor's saved searches and those shared with everybody, with their new alerts."""
        self._ledger.note(actor, "saved_searches", "all")
        return tuple(Alerts(self._store).visible(actor).values())

    def forget_search(self, name: str, *, actor: Actor) -> None:
        """Stop matching one of the actor's own searches. Raises ``NotFound`` and ``NotPermitted``."""
        self._ledger.require(actor, "forget_search")
        alerts = Alerts(self._store)
        [(number, search)] = _search_called(alerts.visible(actor), name, actor).items()
        if search.owner != actor.name:
            raise NotPermitted(f"only {search.owner} may forget the saved search {search.name!r}")
        alerts.forget(number, actor)

    def alerts(
        self,
        name: str = "",
        *,
        actor: Actor,
        since: datetime | None = None,
        new: bool = False,
        seen: bool = False,
        limit: int = 200,
    ) -> tuple[Alert, ...]:
        """Return the alerts of one saved search or of all the actor sees, newest first.

        ``new`` leaves out what the actor has seen; ``seen`` counts what is returned as seen from now on, and
        takes the oldest of the new where there are more than ``limit``, so that none is passed over. Raises
        ``NotFound`` where there is no such search.
        """
        self._ledger.note(actor, "alerts", name or "all")
        written = self._written(name, actor, since=since, new=new, limit=limit, oldest=new and seen)
        shown = self._shown(written, {})
        if seen:
            Alerts(self._store).mark(written, actor)
        return shown

    def digest(
        self,
        format_name: str,
        *,
        actor: Actor,
        name: str = "",
        since: datetime | None = None,
        new: bool = False,
        seen: bool = False,
        limit: int = 200,
    ) -> bytes:
        """Return what ``alerts`` returns as ``text``, ``json`` or an ``atom`` feed.

        Of an incident that could identify somebody it holds only what may leave the library. Raises
        ``WrongUse`` for another format and ``NotFound`` where there is no such search.
        """
        self._ledger.note(actor, "digest", name or "all", format_name)
        written = self._written(name, actor, since=since, new=new, limit=limit, oldest=new and seen)
        now = self._current(written)
        guarded = self._holdings.guarded({report for one in now.values() for report in one.reports})
        careful = {
            key: self._holdings.exportable(key).incident.title
            for key, incident in now.items()
            if care.sensitive(incident.codes) or not guarded.isdisjoint(incident.reports)
        }
        made = digests.write(self._shown(written, careful), format_name, actor.name)
        if seen:
            Alerts(self._store).mark(written, actor)
        return made

    def _written(
        self, name: str, actor: Actor, *, since: datetime | None, new: bool, limit: int, oldest: bool
    ) -> Sequence[WrittenAlert]:
        alerts = Alerts(self._store)
        searches = alerts.visible(actor)
        chosen = _search_called(searches, name, actor) if name else searches
        return alerts.written(list(chosen), actor, since=since, new=new, limit=limit, oldest=oldest)

    def _current(self, written: Sequence[WrittenAlert]) -> dict[str, Incident]:
        return self._holdings.incidents.many(list(dict.fromkeys(alert.incident for alert in written)))

    def _shown(self, written: Sequence[WrittenAlert], careful: Mapping[str, str]) -> tuple[Alert, ...]:
        """Return alerts with the present data of their incidents; titles in ``careful`` replace theirs."""
        now = self._current(written)
        return tuple(
            Alert(
                id=alert.id,
                search=alert.name,
                owner=alert.owner,
                incident=now[alert.incident].id,
                title=careful.get(alert.incident, now[alert.incident].title),
                date=display_date(now[alert.incident]),
                typologies=tuple(code.concept for code in now[alert.incident].codes if not code.near_miss),
                reason=care.WITHHELD if alert.incident in careful else alert.reason,
                changed=alert.kind == CHANGED,
                at=alert.at,
                new=alert.new,
            )
            for alert in written
        )


def _search_called(searches: Mapping[int, SavedSearch], name: str, actor: Actor) -> dict[int, SavedSearch]:
    """Return the search of this name: the actor's own, or a shared one, as ``owner/name`` if it must be."""
    owner, _, short = name.rpartition("/")
    found = {
        number: one
        for number, one in searches.items()
        if one.name == short.strip() and one.owner == (owner or one.owner)
    }
    mine = {number: one for number, one in found.items() if one.owner == actor.name}
    if not found:
        raise NotFound(f"there is no saved search {name!r}")
    if not owner and not mine and len(found) > 1:
        raise WrongUse(f"several people share a search {name!r}: say whose, as owner/name")
    return mine if mine and not owner else found
