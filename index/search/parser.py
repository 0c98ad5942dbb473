"""What a person typed → Query. Never raises on what they typed: what it cannot use becomes a note."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput

from index.search import words
from index.search.query import FACETS, Query
from index.search.syntax import And, Clause, Dates, Facet, Ids, Loss, Not, Or, Term

LONGEST = 20_000
"""Characters of the text that are read."""
MOST_PIECES = 1_000
"""Words, marks and brackets that are read."""
DEEPEST = 20
"""Brackets within brackets."""
MOST_TERMS = 64
"""Words beside each other that are searched."""
MOST_VALUES = 200
"""Filter values and ids that are kept, in all."""
MOST_NOTES = 20

ALIASES = {name: name for name in FACETS} | {"org": "organisation", "type": "typology", "event": "event_kind"}
"""What may stand before a colon, and the facet it means; besides those of ``_Reading``."""

_SAME_LENGTH = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "：": ":"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_PIECE = re.compile(r'[^\s()"]+|[()"]')
_OPERATOR = re.compile(
    r'("[^"]*"|\((?:\.|@|[dD][oO][tT]|[aA][tT])\))|(?<![A-Za-z_])[A-Za-z_]{1,20}:(?=\(|"[^"]*$)|(?<![^\s()"+\-−–])(?:AND|OR|NOT)(?![^\s()"])|[()"]',
)


def parse(text: str, **overrides: Any) -> Query:  # noqa: ANN401 - the fields of Query, which checks them itself
    """Return what this text asks; ``grammar.lark`` says how it is read.

    Words, ``"exact phrase"``, ``"a b"~5``, ``word*``, ``word~1``; ``-word`` or ``NOT``, ``AND``, ``OR``,
    brackets; ``title:word``, ``facet:value`` (several: commas, or said again), ``loss>10000``,
    ``loss:10k..2m`` (US dollars), ``date:2024-01`` (that month), ``date:2024-01..2024-03`` (those three),
    ``after:2024-01`` (from its first day on), ``before:2024-01`` (up to the day before), ``id:inc-…``. Where
    the syntax is wrong the words and filters are read without operators, and a note says where. A text of
    nothing but ids asks for those cards. ``overrides`` are fields of ``Query``;
    filters and ids of both count, dates given as overrides win. Only a wrong override raises (pydantic's
    ``ValidationError``).
    """
    reading = _Reading(text)
    reading.read()
    return reading.query(overrides)


@cache
def _grammar() -> Lark:
    told = files("index.search").joinpath("grammar.lark").read_text("utf-8")
    return Lark(told, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _whole(text: str) -> str:
    """Return a text that was cut short without the operators at its end."""
    while (pieces := text.rsplit(None, 1)) and pieces[-1] in ("AND", "OR", "NOT"):
        text = pieces[0] if len(pieces) == 2 else ""
    return text


def _without_operators(text: str) -> str:
    """Return the text, as long as it was, with nothing in it that the grammar can refuse."""
    return _OPERATOR.sub(lambda match: match[1] or " " * len(match[0]), text)


class _Reading:
    """What was understood of a text so far."""

    def __init__(self, text: str) -> None:
        self.notes: list[str] = []
        self.text = self._bounded(_UNPRINTABLE.sub(" ", text[:LONGEST]).translate(_SAME_LENGTH), len(text))
        self.terms: list[Term] = []
        self.where: list[Clause] = []
        self.filters: dict[str, tuple[str, ...]] = {}
        self.ids: tuple[str, ...] = ()
        self.dates: dict[str, date] = {}
        self.kept: list[str] = []
        self.full = False

    def note(self, what: str, position: int) -> None:
        """Keep one line on what was not used; positions count from 1."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(f"{what} (at {position + 1}).")

    def _bounded(self, text: str, length: int) -> str:
        if length > LONGEST:
            self.note(f"Only the first {LONGEST:,} characters are read", LONGEST)
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
            if (items := self._items(text)) is not None:
                for item in items:
                    self._place(item)
                return

    def _items(self, text: str) -> list[Tree[Token]] | None:
        """Return what stands beside each other at the top, or None with a note where the syntax is wrong."""
        if (position := _too_deep(text)) is not None:
            self.note(f"More than {DEEPEST} brackets within each other; operators are ignored", position)
            return None
        try:
            tree = _grammar().parse(text)
        except UnexpectedInput as error:
            self._refused(error)
            return None
        return [item for beside in _trees(tree) for item in _trees(beside)]

    def _refused(self, error: UnexpectedInput) -> None:
        position = error.pos_in_stream or 0
        token = getattr(error, "token", None)
        if isinstance(error, UnexpectedCharacters) and self.text[position : position + 1] == '"':
            self.note("A quotation mark without its twin is ignored", position)
        elif token is None or token.type == "$END":
            self.note(
                "Something is missing here; AND, OR, NOT and brackets are ignored", len(self.text.rstrip())
            )
        else:
            self.note(f"{token} is out of place; AND, OR, NOT and brackets are ignored", position)

    def _place(self, item: Tree[Token]) -> None:
        """Keep one of the clauses beside each other at the top."""
        clause = self._clause(item)
        if clause is None:
            return
        inner = clause.part if isinstance(clause, Not) else clause
        if isinstance(inner, Term) and not (inner.slop or inner.prefix or inner.edits or inner.title):
            self._term(inner.model_copy(update={"negated": inner is not clause}), item)
        elif isinstance(clause, Facet):
            known = self.filters.get(clause.name, ())
            self.filters[clause.name] = tuple(dict.fromkeys(known + clause.values))[:MOST_VALUES]
        elif isinstance(clause, Ids):
            self.ids = tuple(dict.fromkeys(self.ids + clause.values))[:MOST_VALUES]
        elif isinstance(clause, Dates):
            self.dates |= {name: day for name in ("since", "until") if (day := getattr(clause, name))}
        else:
            self.where.append(clause)
            self.kept.append(self._source(item))

    def _term(self, term: Term, item: Tree[Token]) -> None:
        if len(self.terms) < MOST_TERMS:
            self.terms.append(term)
            self.kept.append(self._source(item))
        elif not self.full:
            self.full = True
            self.note(f"Only the first {MOST_TERMS} words are searched", item.meta.start_pos)

    def _source(self, item: Tree[Token]) -> str:
        return self.text[item.meta.start_pos : item.meta.end_pos]

    def _clause(self, tree: Tree[Token], field: str = "", nested: bool = False) -> Clause | None:
        """Return what a tree of the grammar means; ``field`` is the name before the bracket it is in."""
        match tree.data, tree.children:
            case "word" | "phrase", [Token() as typed]:
                return self._valued(field, typed, typed, nested) if field else self._word(typed, nested)
            case "loss", [Token() as typed]:
                return self._loss(typed[4:].removeprefix(":"), typed)
            case "field", [Token() as name, Token() as typed]:
                return self._valued(name[:-1].lower(), typed, name, nested)
            case "field_group", [Token() as name, _, Tree() as inner, _]:
                return self._clause(inner, name[:-1].lower(), nested=True)
            case "group", [_, Tree() as inner, _]:
                return self._clause(inner, field, nested=True)
            case "not_", [*negations, Tree() as inner]:
                part = self._clause(inner, field, nested=True)
                return part if part is None or len(negations) % 2 == 0 else Not(part=part)
            case _:
                return _joined(str(tree.data), list(self._clauses(tree, field)))

    def _clauses(self, tree: Tree[Token], field: str) -> Iterator[Clause]:
        for child in _trees(tree):
            if (clause := self._clause(child, field, nested=True)) is not None:
                yield clause

    def _word(self, typed: Token, nested: bool) -> Clause | None:
        if nested and words.ID.fullmatch(typed):
            return Ids(values=(words.identifier(typed),))
        start = typed.start_pos or 0
        made = words.term(typed, start, start + len(typed))
        if made is not None and not made.phrase and "*" in made.text:
            self.note("* is understood at the end of a word alone", start + typed.index("*"))
        return made

    def _valued(self, name: str, typed: Token, whole: Token, nested: bool) -> Clause | None:
        """Return what ``name:value`` means; where the name is unknown, name and value are words."""
        start = whole.start_pos or 0
        value = typed[1:].rpartition('"')[0] if typed.startswith('"') else str(typed)
        if words.ID.fullmatch(f"{name}:{typed}"):
            return self._word(Token("WORD", f"{name}:{typed}", start_pos=start), nested)
        if name == "title":
            made = self._word(typed, nested=False)
            return made.model_copy(update={"title": True}) if made is not None else None
        if name in ("date", "after", "before"):
            return self._dates(name, value, start)
        if name == "loss":
            return self._loss(value, whole)
        if name != "id" and name not in ALIASES:
            self.note(f"{name}: is not a filter; searched as words", start)
            text = f"{name} {value}" if any(map(str.isalnum, value)) else name
            end = (typed.start_pos or 0) + len(typed)
            return Term(text=text, phrase=typed.startswith('"'), start=start, end=end)
        return _filter(name, value, typed.startswith('"'))

    def _dates(self, name: str, value: str, start: int) -> Clause | None:
        if name == "date":
            made = words.dates(value)
            if made is None:
                self.note("date: needs a date or a range such as 2024-01..2024-03; ignored", start)
            return made
        day = words.first_day(value)
        if day is None or (name == "before" and day == date.min):
            self.note(f"{name}: needs a date such as 2024-01; ignored", start)
            return None
        return Dates(since=day) if name == "after" else Dates(until=day - timedelta(days=1))

    def _loss(self, value: str, whole: Token) -> Loss | None:
        made = words.loss(value)
        if made is None:
            self.note("loss needs a sum such as loss>10000 or loss:10k..2m; ignored", whole.start_pos or 0)
        return made

    def query(self, overrides: dict[str, Any]) -> Query:
        """Return all of it as a Query."""
        if self.terms and all(not term.negated and words.ID.fullmatch(term.text) for term in self.terms):
            self.ids += tuple(words.identifier(term.text) for term in self.terms)
            self.terms.clear()
        fields = dict(overrides)
        for name, values in dict(fields.pop("filters", {})).items():
            self.filters[name] = tuple(dict.fromkeys((*values, *self.filters.get(name, ()))))
        ids = tuple(dict.fromkeys((*fields.pop("ids", ()), *self.ids)))
        dates = self.dates | {name: day for name, day in fields.items() if name in ("since", "until") and day}
        notes = (*fields.pop("notes", ()), *self.notes)
        fields |= {"since": None, "until": None} | dates
        fields |= {"filters": self.filters, "ids": ids, "terms": tuple(self.terms), "notes": notes}
        return Query(text=" ".join(self.kept), where=tuple(self.where), **fields)


def _too_deep(text: str) -> int | None:
    """Return where there are too many brackets within each other."""
    depth = 0
    for match in re.finditer(r'"[^"]*"|[()]', text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > DEEPEST:
            return match.start()
    return None


def _trees(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree))


def _joined(how: str, parts: list[Clause]) -> Clause | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    if how != "or_":
        return And(parts=tuple(parts))
    facets = [part for part in parts if isinstance(part, Facet)]
    if len(facets) == len(parts) and len({part.name for part in facets}) == 1:
        return Facet(name=facets[0].name, values=tuple(value for part in facets for value in part.values))
    return Or(parts=tuple(parts))


def _filter(name: str, value: str, quoted: bool) -> Clause | None:
    given = (value,) if quoted else value.split(",")
    values = tuple(dict.fromkeys(part.strip()[:200] for part in given if part.strip()))[:MOST_VALUES]
    if not values:
        return None
    if name == "id":
        return Ids(values=tuple(map(words.identifier, values)))
    return Facet(name=ALIASES[name], values=values)
