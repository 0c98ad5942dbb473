"""The addresses of the pages: what stands in the URL, and what it means.

Every address is readable, can be shared, and says only what differs from the default.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from index.desk.decisions import DecidedKind
from index.records import Verdict
from index.search.query import By, Mode, Sort

FILTERS = {
    "scope": "scope",
    "fam": "family",
    "typ": "typology",
    "kind": "event_kind",
    "outcome": "outcome",
    "loss": "loss_band",
    "modality": "modality",
    "country": "country",
    "src": "source",
    "tool": "tool",
    "org": "organisation",
    "status": "status",
    "year": "year",
}
"""Parameter of the address to facet of the query."""

PAGE_SIZE = 25
MOST_PAGES = 4000
LONGEST = 1000
"""Most characters of typed text that are looked at."""

_Choice = TypeVar("_Choice", bound=StrEnum)
_Default = TypeVar("_Default")


@dataclass(frozen=True)
class Search:
    """The state of the search page, as its address holds it."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: date | None = None
    before: date | None = None
    sort: Sort = Sort.RELEVANCE
    mode: Mode = Mode.HYBRID
    by: By = By.INCIDENT
    page: int = 1

    def with_value(self, facet: str, value: str) -> "Search":
        """Return this search with one more value of a facet, on its first page."""
        values = tuple(dict.fromkeys((*self.filters.get(facet, ()), value)))
        return replace(self, filters={**self.filters, facet: values}, page=1)

    def without_value(self, facet: str, value: str) -> "Search":
        """Return this search without one value of a facet, on its first page."""
        values = tuple(kept for kept in self.filters.get(facet, ()) if kept != value)
        return replace(self, filters={**self.filters, facet: values}, page=1)

    def bare(self) -> "Search":
        """Return this search without filters and dates."""
        return replace(self, filters={}, after=None, before=None, page=1)

    @property
    def narrowed(self) -> bool:
        """Whether any filter or date is set."""
        return any(self.filters.values()) or self.after is not None or self.before is not None

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address; defaults are left out."""
        short = {facet: param for param, facet in FILTERS.items()}
        said = {"q": [self.text] if self.text else []}
        said |= {short[facet]: list(values) for facet, values in self.filters.items()}
        said["after"] = [self.after.isoformat()] if self.after else []
        said["before"] = [self.before.isoformat()] if self.before else []
        said["sort"] = [self.sort.value] if self.sort is not Sort.RELEVANCE else []
        said["mode"] = [self.mode.value] if self.mode is not Mode.HYBRID else []
        said["by"] = [self.by.value] if self.by is not By.INCIDENT else []
        said["p"] = [str(self.page)] if self.page > 1 else []
        return {name: values for name, values in said.items() if values}

    def address(self) -> str:
        """Return its address within the app."""
        return address("search", self.params())

    def overrides(self, facets: tuple[str, ...]) -> dict[str, Any]:
        """Return the fields of a Query that the address adds to the typed text."""
        dates = {"since": self.after, "until": self.before}
        return {
            "filters": dict(self.filters),
            "sort": self.sort,
            "mode": self.mode,
            "by": self.by,
            "limit": PAGE_SIZE,
            "offset": (self.page - 1) * PAGE_SIZE,
            "facets": facets,
        } | {name: day for name, day in dates.items() if day is not None}


@dataclass(frozen=True)
class Decisions:
    """The state of the list of decisions, as its address holds it."""

    by: str = ""
    kind: DecidedKind | None = None
    verdict: Verdict | None = None
    since: date | None = None
    page: int = 1

    def params(self) -> dict[str, str]:
        """Return the parameters of its address; defaults are left out."""
        said = {"by": self.by, "kind": self.kind or "", "verdict": self.verdict or ""}
        said["since"] = self.since.isoformat() if self.since else ""
        said["p"] = str(self.page) if self.page > 1 else ""
        return {"part": "decisions"} | {name: str(value) for name, value in said.items() if value}

    def address(self) -> str:
        """Return its address within the app."""
        return address("review", self.params())


def read_decisions(params: Mapping[str, Sequence[str]]) -> Decisions:
    """Read the state of the list of decisions from its address; invalid values are ignored."""
    return Decisions(
        by=_last(params, "by")[:200],
        kind=_choice(DecidedKind, _last(params, "kind"), None),
        verdict=_choice(Verdict, _last(params, "verdict"), None),
        since=day(_last(params, "since")),
        page=_page(_last(params, "p")),
    )


def read_search(params: Mapping[str, Sequence[str]]) -> Search:
    """Read the state of the search page from its address; invalid values are ignored.

    A page may be given as ``page``, too, by who types an address.
    """
    filters = {
        facet: tuple(value[:200] for value in params[name] if value)
        for name, facet in FILTERS.items()
        if name in params
    }
    return Search(
        text=_last(params, "q")[:LONGEST],
        filters={facet: values for facet, values in filters.items() if values},
        after=day(_last(params, "after")),
        before=day(_last(params, "before")),
        sort=_choice(Sort, _last(params, "sort"), Sort.RELEVANCE),
        mode=_choice(Mode, _last(params, "mode"), Mode.HYBRID),
        by=_choice(By, _last(params, "by"), By.INCIDENT),
        page=_page(_last(params, "p") or _last(params, "page")),
    )


def address(page: str, params: Mapping[str, str | Sequence[str]] | None = None) -> str:
    """Return the address of a page within the app, empty parameters left out; the home page is ``/``."""
    said = urlencode({name: value for name, value in (params or {}).items() if value}, doseq=True)
    return f"/{'' if page == 'home' else page}{'?' + said if said else ''}"


def each(page: str, param: str, words: Mapping[str, str], current: str) -> list[tuple[str, str, bool]]:
    """Return, for every value of a parameter, its address, its word, and whether it is the current one."""
    return [(address(page, {param: value}), word, value == current) for value, word in words.items()]


def incident(id: str, **params: str) -> str:
    """Return the address of an incident."""
    return address("incident", {"id": id, **params})


def adding(id: str) -> str:
    """Return the address at which a person states what the reports of an incident say besides."""
    return address("review", {"incident": id, "part": "add"})


def several(id: str, kind: str = "") -> str:
    """Return the address at which several claims of one kind on an incident are decided in one go."""
    return address("review", {"incident": id, "part": "several", "kind": kind})


def typology(id: str) -> str:
    """Return the address of a concept of the typology."""
    return address("typology", {"id": id})


def day(text: str) -> date | None:
    """Return the day that a parameter names, or None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _last(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or ("",)
    return values[-1]


def _page(text: str) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 1
    return min(max(number, 1), MOST_PAGES)


def _choice(kind: type[_Choice], text: str, default: _Default) -> _Choice | _Default:
    return kind(text) if text in set(kind) else default
