"""Resolves typed filter values to stored values: by name, alias, part of a name, or near name."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from enrichment.aliases import aliases
from enrichment.typology import Typology
from index import wording
from index.search.bands import BANDS, HIGHEST, loss_band
from index.search.language import sums, words
from index.search.language.syntax import And, Clause, Facet, Not, Or
from index.search.query import Query
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.value_names import by_name, plain, worded_names

OPEN = ("source", "tool", "organisation")
"""Facets whose values depend on the library."""
AS_THEY_ARE = ("year",)
"""Facets whose values have no names."""
CODED = ("primary", "typology", "family")
"""Facets whose values are codes of the typology, which have many names."""
SLIP = 85
"""Least similarity, of 100, at which a name replaces what was typed."""
NEAREST = 68
"""Least similarity, of 100, at which a note offers a name for an unknown value."""
SHOWN = 5
"""Limit on the values that a note names."""
FEW = 12
"""Limit on the values of a facet for a note on an unknown value to list all of them."""
SHORTEST_PART = 3
"""Least letters of a part of a name."""

_PART = re.compile(r"(?<![^\W_])[^\W_]|(?<=[a-z])[A-Z]")
"""Where a part of a name begins: at a word, or within one at a capital, as in ``WormGPT``."""

Stored = Callable[[str], Mapping[str, str]]
"""Loads the values of a facet in the library, mapped to their names."""


@dataclass(frozen=True)
class _FilterReading:
    """Stored values for one typed filter value, with a note if they are not obvious."""

    values: tuple[str, ...]
    note: str = ""
    unknown: bool = False


class Values:
    """Resolver of one query's filter values.

    ``stored`` returns the values of a facet in ``OPEN``; it is called often and should cache.
    """

    def __init__(self, typology: Typology, stored: Stored) -> None:
        self._typology, self._stored = typology, stored
        self._open_names: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def names(self, facet: str, typed: str) -> bool:
        """Whether a text names a value of a facet, in whole or in part."""
        known, wanted = self._names_of(facet), plain(typed)
        if facet in AS_THEY_ARE or not wanted:
            return False
        named = wanted in known or _solid(wanted) in known
        return named or bool(self._containing(facet, wanted, typed, known))

    def read(self, query: Query) -> Query:
        """Return the query with stored values in its filters, and a note on each that is not obvious.

        A stored value stays as it is, in any case of letters. A name or an alias is replaced by its value,
        with a note if that is a code of the typology or an organisation; the beginning of a name, or of a
        word in it, by all values that have it; a slip by the one name that is near. An unknown value stays
        and finds nothing: a note names what is near, and the query offers the search without it.
        """
        notes: dict[str, None] = {}
        unknown: set[str] = set()

        def read_all(name: str, values: Sequence[str]) -> tuple[str, ...]:
            readings = [self._value(name, value) for value in values]
            for reading, value in zip(readings, values, strict=True):
                if reading.note:
                    notes[_placed(query, name, reading, value)] = None
            if all(reading.unknown for reading in readings):
                unknown.add(name)
            return tuple(dict.fromkeys(value for reading in readings for value in reading.values))

        filters = {name: read_all(name, values) for name, values in query.filters.items()}
        offered = query.without(unknown) or query.offered
        where = tuple(_with_values(clause, read_all) for clause in query.where)
        changes = {"filters": filters, "where": where, "notes": (*query.notes, *notes), "offered": offered}
        return query.model_copy(update=changes)

    def _value(self, name: str, typed: str) -> _FilterReading:
        known = {} if name in AS_THEY_ARE else self._names_of(name)
        wanted = plain(typed)
        if not known:
            return _FilterReading((typed,))
        if not wanted:
            return self._unknown(name, typed, ())
        if name in CODED and (code := plain(words.code(typed))) in known:
            wanted = code
        if labels := known.get(wanted) or known.get(_solid(wanted)):
            obvious = self._is_obvious(name, wanted, labels)
            return _FilterReading(labels) if obvious else self._noted(name, typed, labels)
        if name == "loss_band" and (bands := _bands(typed)):
            return self._noted(name, typed, bands)
        if listed := next(iter(_aliases_of(name).get(wanted, ())), ""):
            return _FilterReading((listed,), f"{name}: the library has nothing of {listed}.", unknown=True)
        if part := self._containing(name, wanted, typed, known):
            return self._noted(name, typed, part)
        near = process.extract(wanted, known.keys(), scorer=fuzz.ratio, limit=SHOWN, score_cutoff=NEAREST)
        if near and near[0][1] >= SLIP:
            return self._noted(name, typed, known[near[0][0]])
        if name not in OPEN and (part := self._containing(name, wanted, _respelt(wanted, known), known)):
            return self._noted(name, typed, part)
        return self._unknown(name, typed, [value for label, _, _ in near for value in known[label][:1]])

    def _unknown(self, name: str, typed: str, near: Sequence[str]) -> _FilterReading:
        """Return an unknown value as it was typed, with a note on the nearest values, or on all of a few."""
        values = tuple(dict.fromkeys(value for named in self._names_of(name).values() for value in named))
        offered = near if near or len(values) > FEW else values
        labels = list(dict.fromkeys(self._label(name, value) for value in offered[:FEW]))
        instead = f"; {'near it' if near else 'there are'}: {', '.join(labels)}" if labels else ""
        return _FilterReading((typed,), f"{name}: knows no “{typed}”{instead}.", unknown=True)

    def _is_obvious(self, name: str, wanted: str, values: tuple[str, ...]) -> bool:
        """Whether it is obvious which value was meant."""
        if len(values) > 1:
            return False
        if name in OPEN:
            return wanted in (plain(values[0]), plain(self._label(name, values[0])))
        return name not in CODED or wanted in self._names(values[0])

    def _containing(
        self, name: str, wanted: str, typed: str, known: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Return the values whose names have all typed words; of an open facet, a part that begins so."""
        if name in OPEN:
            labels = self._stored(name).items() if len(wanted) >= SHORTEST_PART else ()
            return tuple(
                value
                for value, label in labels
                if any(part.startswith(wanted) for part in (*_parts(label), *_parts(value)))
            )
        stems = set(analyse(typed))
        found = [values for known_name, values in known.items() if stems and stems <= _stems(known_name)]
        return tuple(dict.fromkeys(value for values in found for value in values))

    def _noted(self, name: str, typed: str, values: tuple[str, ...]) -> _FilterReading:
        """Return the values for what was typed, with a note that names them."""
        if name in CODED and (family := self._family_of(values)):
            return _FilterReading(values, f"{name}:{typed} is read as the family {family}.")
        labels = [self._label(name, value) for value in values[:SHOWN]]
        if name in CODED:
            labels = [f"{code} {label}" for code, label in zip(values, labels, strict=False)]
        more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
        return _FilterReading(values, f"{name}:{typed} is read as {', '.join(labels)}{more}.")

    def _family_of(self, values: tuple[str, ...]) -> str:
        """Return code and name of the family whose leaves these are, all of them; empty for other values."""
        leaves = (leaf for leaf in self._typology.leaves() if leaf.parent == values[0].partition("-")[0])
        if len(values) < 2 or tuple(leaf.id for leaf in leaves) != values:
            return ""
        family = values[0].partition("-")[0]
        return f"{family} {self._typology.label(family)}"

    def _names(self, code: str) -> tuple[str, str]:
        return plain(code), plain(self._typology.label(code))

    def _label(self, name: str, value: str) -> str:
        if name in CODED and value in self._typology:
            return self._typology.label(value)
        return self._stored(name).get(value, value) if name in OPEN else wording.value(name, value)

    def _names_of(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Map everything that may be typed for a facet's values, normalised, to the values."""
        if name in CODED:
            return _names_of_codes(self._typology)[name]
        if name not in OPEN:
            return worded_names(name)
        if name not in self._open_names:
            called = aliases(name)
            self._open_names[name] = by_name(
                (key, (label, key, *map(_bare, called.get(key, ()))))
                for key, label in self._stored(name).items()
            )
        return self._open_names[name]


@lru_cache(4)
def _names_of_codes(typology: Typology) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Map each facet in ``CODED`` to all that may be typed for its values, normalised, with the values."""
    codes = [*typology.leaves(), *typology.scopes()]
    families = typology.families()
    leaves = by_name((code.id, (code.id, *typology.names(code.id))) for code in codes)
    by_family = {
        said: tuple(leaf.id for leaf in typology.leaves() if leaf.parent == family.id)
        for family in families
        for said in (plain(family.id), plain(family.label))
    }
    named = by_name((family.id, (family.id, family.label)) for family in families)
    return {"typology": {**by_family, **leaves}, "primary": {**by_family, **leaves}, "family": named}


def _placed(query: Query, name: str, reading: _FilterReading, value: str) -> str:
    """Return the note of a reading, of an unknown value with the place where it was typed, from 1."""
    typed = (piece for piece in query.pieces if piece.filters == name and value in piece.text)
    piece = next(typed, None) if reading.unknown else None
    return reading.note if piece is None else f"{reading.note.removesuffix('.')} (at {piece.start + 1})."


def _with_values(clause: Clause, stored: Callable[[str, Sequence[str]], tuple[str, ...]]) -> Clause:
    match clause:
        case Facet(name=name, values=values):
            return Facet(name=name, values=stored(name, values))
        case Not(part=part):
            return Not(part=_with_values(part, stored))
        case And(parts=parts) | Or(parts=parts):
            return clause.model_copy(update={"parts": tuple(_with_values(part, stored) for part in parts)})
        case _:
            return clause


def _solid(plain: str) -> str:
    return plain.replace(" ", "")


def _bands(typed: str) -> tuple[str, ...]:
    """Return the bands that a sum, or a range of sums, falls in; nothing for anything else."""
    asked = sums.read_range(typed)
    if asked is None or asked.most == 0:
        return ()
    highest = sums.MOST_DOLLARS if asked.most is None else asked.most
    [first], [last] = loss_band(max(1, asked.least)), loss_band(highest)
    bands = (*BANDS.values(), HIGHEST)
    return bands[bands.index(first) : bands.index(last) + 1]


def _bare(name: str) -> str:
    return name.removeprefix("the ").removeprefix("The ")


@cache
def _aliases_of(facet: str) -> Mapping[str, tuple[str, ...]]:
    """Map each listed name of a facet and each alias, normalised, to the name."""
    return by_name((name, map(_bare, others)) for name, others in aliases(facet).items())


@lru_cache(20_000)
def _parts(name: str) -> tuple[str, ...]:
    """Return every suffix of a name that starts at a word or an inner capital, normalised."""
    return tuple(plain(name[part.start() :]) for part in _PART.finditer(name))


def _respelt(wanted: str, known: Mapping[str, object]) -> str:
    """Return the words, those that no name has replaced by a near one if there is one."""
    names = {word for name in known for word in name.split()}
    near = (process.extractOne(word, names, scorer=fuzz.ratio, score_cutoff=SLIP) for word in wanted.split())
    return " ".join(match[0] if match else word for match, word in zip(near, wanted.split(), strict=True))


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(analyse(text))
