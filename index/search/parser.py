"""What a person typed → Query. Never raises on what they typed: what it cannot use becomes a note."""

import calendar
import re
from datetime import date, timedelta
from typing import Any

from index.search.query import FACETS, Query, Term

LONGEST = 20_000
"""Characters of the text that are read."""
MOST_TERMS = 64
MOST_VALUES = 200
"""Filter values and ids that are kept, in all."""
MOST_NOTES = 20

ALIASES = {name: name for name in FACETS} | {"org": "organisation", "type": "typology", "event": "event_kind"}
"""What may stand before a colon, and the facet it means; besides ``after``, ``before`` and ``id``."""

_PIECE = re.compile(r'([+\-−–]*)(?:([A-Za-z_]+):(?=[^\s:/]))?(?:"([^"]*)"|([^\s"]+)|")')
_ID = re.compile(r"(?:inc|rep)-[0-9a-f]{8,40}|(?:aiid|case|atlas|oecd|aiaaic):[\w.-]{1,80}", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_SAME_LENGTH = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "：": ":"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_DEFANGED = (
    (re.compile(r"\bh(?:xx|\*\*|tt)p(s?)(?=\[?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\[://\]|\[:\]//"), "://"),
    (re.compile(r"[\[({](?:\.|dot)[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({](?:@|at)[\])}]", re.IGNORECASE), "@"),
)


def parse(text: str, **overrides: Any) -> Query:  # noqa: ANN401 - the fields of Query, which checks them itself
    """Return what this text asks.

    Words, ``"exact phrase"``, ``-word``, ``facet:value`` (several values: commas, or said again),
    ``after:2024-01`` (from its first day on), ``before:2024-01`` (up to the day before), ``id:inc-…``.
    A text of nothing but ids asks for those cards. ``overrides`` are fields of ``Query``; filters and ids of
    both count, dates given as overrides win. Only a wrong override raises (pydantic's ``ValidationError``).
    """
    reading = _Reading()
    clean = _UNPRINTABLE.sub(" ", text[:LONGEST]).translate(_SAME_LENGTH)
    if len(text) > LONGEST:
        reading.note(f"Only the first {LONGEST:,} characters are read", LONGEST)
    for piece in _PIECE.finditer(clean):
        reading.take(piece)
    return reading.query(overrides)


class _Reading:
    """What was understood of a text so far."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.filters: dict[str, tuple[str, ...]] = {}
        self.ids: tuple[str, ...] = ()
        self.dates: dict[str, date] = {}
        self.words: list[str] = []
        self.notes: list[str] = []
        self.left_over = 0

    def note(self, what: str, position: int) -> None:
        """Keep one line on what was not used; positions count from 1."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(f"{what} (at {position + 1}).")

    def take(self, piece: re.Match[str]) -> None:
        """Read one piece: sign, name before a colon, quoted or bare value."""
        sign, name, quoted, bare = piece.groups()
        value = bare if quoted is None else quoted
        if value is None:
            self.note("A quotation mark without its twin is ignored", piece.start())
        elif name is not None and not _ID.fullmatch(f"{name}:{value}"):
            self._named(piece, sign, name.lower(), value, quoted is not None)
        elif quoted is None and value in ("AND", "OR", "NOT"):
            if value != "AND":
                self.note(f"{value} is not understood; all words are searched", piece.start())
        else:
            whole = value if name is None else f"{name}:{value}"
            self._term(piece, whole, quoted is not None, negated=sign.endswith(("-", "−", "–")))

    def _named(self, piece: re.Match[str], sign: str, name: str, value: str, quoted: bool) -> None:
        if name in ("after", "before", "id", *ALIASES) and sign:
            self.note(f"{name}: cannot be excluded; the filter is ignored", piece.start())
        elif name in ("after", "before"):
            self._date(piece, name, value)
        elif name == "id" or name in ALIASES:
            values = (value.strip(),) if quoted else tuple(part.strip() for part in value.split(","))
            self._filter(name, tuple(part[:200] for part in values if part))
        else:
            self.note(f"{name}: is not a filter; searched as words", piece.start())
            self._term(piece, f"{name} {value}", quoted, negated=bool(sign))

    def _filter(self, name: str, values: tuple[str, ...]) -> None:
        if name == "id":
            self.ids = tuple(dict.fromkeys(self.ids + tuple(map(_id, values))))[:MOST_VALUES]
        elif values:
            known = self.filters.get(ALIASES[name], ())
            self.filters[ALIASES[name]] = tuple(dict.fromkeys(known + values))[:MOST_VALUES]

    def _date(self, piece: re.Match[str], name: str, value: str) -> None:
        day = _first_day(value)
        if day is None or (name == "before" and day == date.min):
            self.note(f"{name}: needs a date such as 2024-01; ignored", piece.start())
        else:
            self.dates["since" if name == "after" else "until"] = (
                day if name == "after" else day - timedelta(days=1)
            )

    def _term(self, piece: re.Match[str], value: str, phrase: bool, *, negated: bool) -> None:
        text = _refanged(value).strip()
        if not any(character.isalnum() for character in text):
            return
        if len(self.terms) >= MOST_TERMS:
            if not self.left_over:
                self.note(f"Only the first {MOST_TERMS} words are searched", piece.start())
            self.left_over += 1
            return
        if not phrase and text.endswith("*"):
            self.note("* is not understood; the word is searched as it stands", piece.end() - 1)
        start = piece.start() + len(piece[1])
        self.terms.append(Term(text=text, phrase=phrase, negated=negated, start=start, end=piece.end()))
        self.words.append(piece[0])

    def query(self, overrides: dict[str, Any]) -> Query:
        """Return all of it as a Query."""
        if self.terms and all(not term.negated and _ID.fullmatch(term.text) for term in self.terms):
            self._filter("id", tuple(term.text for term in self.terms))
            self.terms.clear()
        fields = dict(overrides)
        for name, values in dict(fields.pop("filters", {})).items():
            self.filters[name] = tuple(dict.fromkeys((*values, *self.filters.get(name, ()))))
        ids = tuple(dict.fromkeys((*fields.pop("ids", ()), *self.ids)))
        dates = self.dates | {name: day for name, day in fields.items() if name in ("since", "until") and day}
        notes = (*fields.pop("notes", ()), *self.notes)
        fields |= {"since": None, "until": None} | dates
        fields |= {"filters": self.filters, "ids": ids, "terms": tuple(self.terms), "notes": notes}
        return Query(text=" ".join(self.words), **fields)


def _id(value: str) -> str:
    """Return an id as the record writes it: what names its scheme in lower case."""
    scheme, colon, rest = value.partition(":")
    return scheme.lower() + colon + rest


def _refanged(word: str) -> str:
    """Return a defanged address as it is written where it is live: it is only ever searched for."""
    for pattern, live in _DEFANGED:
        word = pattern.sub(live, word)
    return word


def _first_day(value: str) -> date | None:
    match = _DAY.fullmatch(value)
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)
