"""Reads the values of filters as people type them: names, synonyms and parts of names for what is stored."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from rapidfuzz import fuzz, process

from enrichment.typology import Typology
from index import wording
from index.search.analysis import analyse
from index.search.folding import folded
from index.search.query import Query
from index.search.syntax import And, Clause, Facet, Not, Or

OPEN = ("source", "tool", "organisation")
"""Facets whose values are what the library holds."""
AS_THEY_ARE = ("year",)
CODED = ("primary", "typology", "family")
"""Facets whose values are codes of the typology, which people know by many names."""
SLIP = 85
"""Of 100, how alike a name must be to what was typed to be read for it."""
SHOWN = 5
"""Values that a note names."""
SHORTEST_PART = 3
"""Letters of a part of a name."""

Held = Callable[[str], Mapping[str, str]]
"""The values of a facet that the library holds, with what people call them."""


@dataclass(frozen=True)
class _Read:
    values: tuple[str, ...]
    note: str = ""


class Values:
    """Reads the values of a query's filters. ``held`` tells those of the facets in ``OPEN``."""

    def __init__(self, typology: Typology, held: Held) -> None:
        self._typology, self._held = typology, held

    def read(self, query: Query) -> Query:
        """Return the query with the stored values in its filters, and a note on each that is not plain.

        A stored value stays as it is, in any case. A name stands for what it names, and a note says
        which code of the typology that is; a part of names stands for all of them, a slip for the one name
        that is near. What nothing is like stays, finds nothing, and the note names what comes nearest.
        """
        notes: dict[str, None] = {}

        def stored(name: str, values: Iterable[str]) -> tuple[str, ...]:
            each = [self._value(name, value) for value in values]
            notes.update(dict.fromkeys(one.note for one in each if one.note))
            return tuple(dict.fromkeys(value for one in each for value in one.values))

        filters = {name: stored(name, values) for name, values in query.filters.items()}
        where = tuple(_with_values(clause, stored) for clause in query.where)
        return query.model_copy(update={"filters": filters, "where": where, "notes": (*query.notes, *notes)})

    def _value(self, name: str, typed: str) -> _Read:
        known = {} if name in AS_THEY_ARE else self._known(name)
        wanted = _plain(typed)
        if not known or not wanted:
            return _Read((typed,))
        labels = known.get(wanted)
        if labels:
            plainly = len(labels) == 1 and (name not in CODED or wanted in self._names(labels[0]))
            return _Read(labels, "" if plainly else self._said(name, typed, labels))
        part = self._holding(name, wanted, typed, known)
        if part:
            return _Read(part, self._said(name, typed, part))
        near = process.extract(wanted, known.keys(), scorer=fuzz.ratio, limit=SHOWN)
        if near and near[0][1] >= SLIP:
            return _Read(known[near[0][0]], self._said(name, typed, known[near[0][0]]))
        if name not in OPEN and (part := self._holding(name, wanted, _respelt(wanted, known), known)):
            return _Read(part, self._said(name, typed, part))
        nearest = dict.fromkeys(self._label(name, value) for one, _, _ in near for value in known[one][:1])
        return _Read((typed,), f"{name}: knows no “{typed}”; nearest are {', '.join(list(nearest)[:SHOWN])}.")

    def _holding(
        self, name: str, wanted: str, typed: str, known: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Return the values whose names hold all words that were typed, or of open facets what was typed."""
        if name in OPEN:
            found = [
                values for one, values in known.items() if len(wanted) >= SHORTEST_PART and wanted in one
            ]
        else:
            words = set(analyse(typed))
            found = [values for one, values in known.items() if words and words <= _stems(one)]
        return tuple(dict.fromkeys(value for values in found for value in values))

    def _said(self, name: str, typed: str, values: tuple[str, ...]) -> str:
        codes = {value: f"{value} " for value in values if name in CODED}
        labels = [f"{codes.get(value, '')}{self._label(name, value)}" for value in values]
        more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
        return f"{name}:{typed} is read as {', '.join(labels[:SHOWN])}{more}."

    def _names(self, code: str) -> tuple[str, str]:
        return _plain(code), _plain(self._typology.label(code))

    def _label(self, name: str, value: str) -> str:
        if name in CODED and value in self._typology:
            return self._typology.label(value)
        return self._held(name).get(value, value) if name in OPEN else wording.value(name, value)

    def _known(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Return what may be typed for a facet's values, plain, with the values."""
        if name in OPEN:
            return _gathered((key, (label, key)) for key, label in self._held(name).items())
        return self._closed[name] if name in self._closed else _listed(name)

    @cached_property
    def _closed(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        codes = [*self._typology.leaves(), *self._typology.scopes()]
        families = self._typology.families()
        leaves = _gathered((one.id, (one.id, *self._typology.words(one.id))) for one in codes)
        by_family = {
            plain: tuple(leaf.id for leaf in self._typology.leaves() if leaf.parent == one.id)
            for one in families
            for plain in (_plain(one.id), _plain(one.label))
        }
        named = _gathered((one.id, (one.id, one.label)) for one in families)
        return {"typology": {**by_family, **leaves}, "primary": {**by_family, **leaves}, "family": named}


def _with_values(clause: Clause, stored: Callable[[str, Iterable[str]], tuple[str, ...]]) -> Clause:
    match clause:
        case Facet(name=name, values=values):
            return Facet(name=name, values=stored(name, values))
        case Not(part=part):
            return Not(part=_with_values(part, stored))
        case And(parts=parts) | Or(parts=parts):
            return clause.model_copy(update={"parts": tuple(_with_values(part, stored) for part in parts)})
        case _:
            return clause


def _plain(text: str) -> str:
    return " ".join(folded(text))


def _respelt(wanted: str, known: Mapping[str, object]) -> str:
    """Return words with each that no name has replaced by one that is near, where there is one."""
    names = {word for name in known for word in name.split()}
    near = (process.extractOne(word, names, scorer=fuzz.ratio, score_cutoff=SLIP) for word in wanted.split())
    return " ".join(one[0] if one else word for one, word in zip(near, wanted.split(), strict=True))


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(analyse(text))


def _gathered(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """Return each name, plain, with all values that bear it."""
    found: dict[str, tuple[str, ...]] = {}
    for value, names in named:
        for name in dict.fromkeys(map(_plain, names)):
            found[name] = (*found.get(name, ()), value)
    return found


@cache
def _listed(facet: str) -> Mapping[str, tuple[str, ...]]:
    """Return what may be typed for the values that have names of their own in ``wording.toml``."""
    told = tomllib.loads((files("index.cards") / "names.toml").read_text("utf-8")).get(facet, {})
    values = wording.values(facet)
    names = _gathered((value, (value, *_forms(label))) for value, label in values.items())
    return names | {_plain(name): tuple(of) for name, of in told.items()}


def _forms(label: str) -> Iterator[str]:
    """Yield a label, and what of it stands before, after and in brackets: ``Myanmar (Burma)``."""
    yield label
    yield from (part for part in re.split(r"[()]", label) if part.strip())
