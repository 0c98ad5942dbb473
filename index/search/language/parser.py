"""Reads what a person typed as a Query. No text makes it fail: what it cannot use becomes a note."""

import re
from datetime import date
from typing import Any

from enrichment.typology import Typology
from index.search.language import dates, exclusions, joining, marks, periods, words
from index.search.language.clauses import Clauses
from index.search.language.filters import MOST_VALUES
from index.search.language.grammar import Refusal, Token, Tree, items
from index.search.language.syntax import NOTHING, Clause, Dates, Facet, Ids, Not, Term
from index.search.query import Piece, Query

LONGEST_QUERY = 20_000
"""Characters of the text that are read."""
MOST_PIECES = 1_000
"""Words, marks and brackets that are read."""
MOST_TERMS = 64
"""Words beside each other that are searched."""
MOST_NOTES = 20

_SAME_LENGTH = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "：": ":"})
_PIECE = re.compile(r'[^\s()"]+|[()"]')
_OPERATOR = re.compile(
    r'("[^"]*"|\((?:\.|@|[dD][oO][tT]|[aA][tT])\))|(?<![A-Za-z_])[A-Za-z_]{1,20}:(?=\(|"[^"]*$)|(?<![^\s()"!+\-−–])(?:AND|OR|NOT|&&|\|\|?)(?![^\s()"])|[()"]',
)


def parse(
    text: str,
    *,
    typology: Typology | None = None,
    names: joining.Names = lambda facet, name: False,
    today: date | None = None,
    **overrides: Any,  # noqa: ANN401 - the fields of Query, which checks them itself
) -> Query:
    """Return a text as a Query; ``grammar.lark`` defines the syntax.

    Words, ``"exact phrase"``, ``"a b"~5``, ``word*``, ``word~1``; ``-word``, ``!word`` or ``NOT``, ``AND``,
    ``OR``, brackets; ``title:word``, ``facet:value`` (several: commas, or said again), ``facet:-value``,
    ``loss>10000`` (US dollars), ``loss:£10k..2m``, ``date:2024-01`` (that month), ``date:2024-01..2024-03``
    (those three), ``after:2024-01`` or ``since:`` (from its first day on), ``before:2024-01`` (up to the day
    before), ``until:2024-01`` (up to its last day),
    ``id:inc-…``; with a ``typology`` also its codes by themselves. Where the syntax is wrong the words and
    filters are read without operators, and a note says where. Words after a value of a facet that make it
    one of its ``names`` belong to it: ``country:Hong Kong``. A text of nothing but ids asks for those
    cards; one of which nothing can be used matches none. Times and exclusions in plain words (``between May
    and July 2024``, ``not crypto``, with ``today`` also ``last month``) are offered in their own form.
    ``overrides`` are fields of ``Query``; filters and ids of both count, dates given as overrides win. Only a
    wrong override raises (pydantic's ``ValidationError``).
    """
    reading = _Reading(text, typology, names, today)
    reading.read()
    return reading.query(overrides)


def _readable(text: str) -> str:
    """Return the text, as long as it was, without control characters, typographic marks and joined words."""
    return marks.separate_words(marks.printable(text).translate(_SAME_LENGTH))


def _whole(text: str) -> str:
    """Return a text that was cut short without the operators at its end."""
    while (pieces := text.rsplit(None, 1)) and pieces[-1] in ("AND", "OR", "NOT", "&&", "||", "|"):
        text = pieces[0] if len(pieces) == 2 else ""
    return text


def _without_operators(text: str) -> str:
    """Return the text, as long as it was, with nothing in it that the grammar can refuse."""
    return _OPERATOR.sub(lambda match: match[1] or " " * len(match[0]), text)


class _Reading:
    """A text that is being read, and the parts of a query found in it so far."""

    def __init__(
        self, text: str, typology: Typology | None, names: joining.Names, today: date | None
    ) -> None:
        self.names, self.today = names, today
        self.notes: list[str] = []
        self.clauses = Clauses(self.note, typology)
        self.typed = self._bounded(_readable(text[:LONGEST_QUERY]), len(text))
        self.text = marks.read_brackets(self.typed)
        self.terms: list[Term] = []
        self.where: list[Clause] = []
        self.filters: dict[str, tuple[str, ...]] = {}
        self.ids: tuple[str, ...] = ()
        self.dates: dict[str, date] = {}
        self.conditions: list[str] = []
        self.pieces: list[Piece] = []
        self.offered = ""
        self.full = False

    def note(self, what: str, position: int) -> None:
        """Add a note on something that was not used; ``position`` counts from 0, the note from 1."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(f"{what} (at {position + 1}).")

    def _bounded(self, text: str, length: int) -> str:
        if length > LONGEST_QUERY:
            self.note(f"Only the first {LONGEST_QUERY:,} characters are read", LONGEST_QUERY)
            text = _whole(text)
        for number, piece in enumerate(_PIECE.finditer(text)):
            if number == MOST_PIECES:
                self.note(f"Only the first {MOST_PIECES:,} words and brackets are read", piece.start())
                return _whole(text[: piece.start()])
        return text

    def read(self) -> None:
        """Read the text by the grammar, or where that fails without operators, or at last its bare words."""
        bare = _without_operators(re.sub(r"\W", " ", self.text))
        for text in (self.text, _without_operators(self.text), bare):
            read = items(text)
            if not isinstance(read, Refusal):
                for item in joining.join_values(joining.join_sums(read, self.text), self.names):
                    self._place(item)
                return
            self.note(*read)

    def _place(self, item: Tree[Token]) -> None:
        """Keep one of the clauses beside each other at the top."""
        clause = self.clauses.family(self.text.strip()) or self.clauses.clause(item)
        if clause is None:
            return
        inner = clause.part if isinstance(clause, Not) else clause
        filters, typed = "", self.typed[item.meta.start_pos : item.meta.end_pos]
        if isinstance(inner, Term) and not (inner.slop or inner.prefix or inner.edits or inner.title):
            if not self._room(item):
                return
            self.terms.append(inner.model_copy(update={"negated": inner is not clause}))
        elif isinstance(clause, Facet):
            filters, known = clause.name, self.filters.get(clause.name, ())
            self.filters[filters] = tuple(dict.fromkeys(known + clause.values))[:MOST_VALUES]
        elif isinstance(clause, Ids):
            filters, self.ids = "id", tuple(dict.fromkeys(self.ids + clause.values))[:MOST_VALUES]
        elif isinstance(clause, Dates):
            filters = "date"
            self.dates |= {name: day for name in ("since", "until") if (day := getattr(clause, name))}
        else:
            self.where.append(clause)
            self.conditions.append(typed)
        self.pieces.append(Piece(typed, filters, item.meta.start_pos))

    def _room(self, item: Tree[Token]) -> bool:
        """Whether one more word can be searched; the first that cannot is noted."""
        if len(self.terms) < MOST_TERMS:
            return True
        if not self.full:
            self.full = True
            self.note(f"Only the first {MOST_TERMS} words are searched", item.meta.start_pos)
        return False

    def query(self, overrides: dict[str, Any]) -> Query:
        """Return the query; ``overrides`` are fields of it."""
        self._read_ids()
        self._read_plain_words()
        if self.text.strip() and not (self.terms or self.where or self.filters or self.ids or self.dates):
            self.where.append(NOTHING)
            self.notes.append("Nothing typed can be searched; an empty search lists everything.")
        fields = dict(overrides)
        for name, values in dict(fields.pop("filters", {})).items():
            self.filters[name] = tuple(dict.fromkeys((*values, *self.filters.get(name, ()))))
        ids = tuple(dict.fromkeys((*fields.pop("ids", ()), *self.ids)))
        days = self.dates | {name: day for name, day in fields.items() if name in ("since", "until") and day}
        no_day = _no_day(days, typed=bool(self.dates))
        notes = (*fields.pop("notes", ()), *self.notes, *([no_day] if no_day else []))
        fields |= {"since": None, "until": None} | days
        fields |= {"filters": self.filters, "ids": ids, "terms": tuple(self.terms), "notes": notes}
        text = " ".join(piece.text for piece in self.pieces if not piece.filters)
        fields |= {"pieces": tuple(self.pieces), "offered": self.offered}
        query = Query(text=text, where=tuple(self.where), conditions=tuple(self.conditions), **fields)
        return query.model_copy(update={"offered": query.without({"date"})}) if no_day else query

    def _read_ids(self) -> None:
        """Read the words as ids if all of them are."""
        if any(term.negated or term.phrase for term in self.terms):
            return
        ids = [words.identifiers(term.text) for term in self.terms]
        if not all(ids):
            typed = " ".join(term.text for term in self.terms)
            ids = [tuple(filter(None, [words.spaced_id(typed)]))]
            if all(ids) and not self.where:
                self.note(f"{typed} is read as {ids[0][0]}", self.terms[0].start)
        if all(ids) and not self.where:
            self.ids += tuple(one for each in ids for one in each)
            self.terms.clear()

    def _read_plain_words(self) -> None:
        """Read a time as a filter if nothing else is typed; offer forms for it and for what is left out."""
        times = [] if self.dates else list(periods.periods_in(self.text, self.today))
        times = [time for time in times if self._all_words(time.start, time.end, phrases=False)]
        if len(times) == 1 and not self.where and self._covers(times[0]):
            self._filter_by(times[0])
            return
        forms: list[tuple[int, int, str]] = []
        if len(times) == 1:
            [time] = times
            forms.append((time.start, time.end, f"date:{time.span}"))
            typed = self.text[time.start : time.end]
            self.note(f"{typed} is searched as words; date:{time.span} asks for that time", time.start)
        for left_out in exclusions.exclusions_in(self.text):
            if self._all_words(left_out.start, left_out.end, phrases=True):
                forms.append((left_out.start, left_out.end, left_out.form))
                typed = self.text[left_out.start : left_out.end]
                self.note(f"“{typed}” leaves nothing out; {left_out.form} does", left_out.start)
        denial = exclusions.denial_in(self.text)
        if denial is not None and not forms and self._all_words(*denial.span(), phrases=False):
            what = f"“{denial[0]}” is not understood: words are found whatever is said of them"
            self.note(f"{what}; -word leaves a word out", denial.start())
        self.offered = _reworded(self.text, forms)

    def _covers(self, time: dates.DateInText) -> bool:
        return all(time.start <= term.start < time.end for term in self.terms)

    def _filter_by(self, time: dates.DateInText) -> None:
        """Ask for a time in place of the words that name it."""
        typed = self.text[time.start : time.end]
        self.note(f"{typed} is read as date:{time.span}", time.start)
        days = {"since": time.span.first, "until": time.span.last}
        self.dates = {name: day for name, day in days.items() if day not in (date.min, date.max)}
        self.terms.clear()
        self.pieces = [piece for piece in self.pieces if piece.filters] + [Piece(typed, "date", time.start)]

    def _all_words(self, start: int, end: int, *, phrases: bool) -> bool:
        """Whether a stretch stands among the words, none unwanted, nor, without ``phrases``, quoted."""
        words = [term for term in self.terms if start <= term.start < end]
        return bool(words) and not any(term.negated or (term.phrase and not phrases) for term in words)


def _reworded(text: str, forms: list[tuple[int, int, str]]) -> str:
    """Return a text with these forms in place of stretches of it; empty where there are none."""
    for start, end, form in sorted(forms, reverse=True):
        text = f"{text[:start]}{form}{text[end:]}"
    return " ".join(text.split()) if forms else ""


def _no_day(dates: dict[str, date], *, typed: bool) -> str:
    """Return a note where no day is left between two dates, with how to type them if they were ``typed``."""
    since, until = dates.get("since"), dates.get("until")
    if since is None or until is None or since <= until:
        return ""
    how = " date:2024-05 is all of May, and before: ends the day before." if typed else ""
    return f"No day lies from {since} to {until}.{how}"
