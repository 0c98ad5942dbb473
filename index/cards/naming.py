"""Reads the values of filters as people type them: names, synonyms and parts of names for what is stored."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from enrichment.aliases import aliases
from enrichment.typology import Typology
from index import wording
from index.search.bands import BANDS, HIGHEST, loss_band
from index.search.language import sums, words
from index.search.language.syntax import And, Clause, Facet, Not, Or
from index.search.query import Query
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded

OPEN = ("source", "tool", "organisation")
"""Facets whose values are what the library holds."""
AS_THEY_ARE = ("year",)
CODED = ("primary", "typology", "family")
"""Facets whose values are codes of the typology, which people know by many names."""
SLIP = 85
"""Of 100, how alike a name must be to what was typed to be read for it."""
NEAREST = 68
"""Of 100, how alike a name must be to what was typed to be told where nothing is read for it."""
SHOWN = 5
"""Values that a note names."""
FEW = 12
"""Values of a facet that are all told where none is meant."""
SHORTEST_PART = 3
"""Letters of a part of a name."""

_PART = re.compile(r"(?<![^\W_])[^\W_]|(?<=[a-z])[A-Z]")
"""Where a part of a name begins: at a word, or within one at a capital, as in ``WormGPT``."""

Held = Callable[[str], Mapping[str, str]]
"""The values of a facet that the library holds, with what people call them."""


@dataclass(frozen=True)
class _Read:
    values: tuple[str, ...]
    note: str = ""
    unknown: bool = False


class Values:
    """Reads the values of a query's filters. ``held`` tells those of the facets in ``OPEN``."""

    def __init__(self, typology: Typology, held: Held) -> None:
        self._typology, self._held = typology, held

    def names(self, facet: str, typed: str) -> bool:
        """Whether a text names a value of a facet, in whole or in part."""
        known, wanted = self._known(facet), _plain(typed)
        if facet in AS_THEY_ARE or not wanted:
            return False
        return wanted in known or _solid(wanted) in known or bool(self._holding(facet, wanted, typed, known))

    def read(self, query: Query) -> Query:
        """Return the query with the stored values in its filters, and a note on each that is not plain.

        A stored value stays as it is, in any case. A name or an alias stands for what it names, and a note
        says which code of the typology or organisation that is; the beginning of a name or of a word in it
        stands for all of them, a slip for the one name that is near. What nothing is like stays, finds
        nothing, and a note names what comes near; the query then offers the search without it.
        """
        notes: dict[str, None] = {}
        unknown: set[str] = set()

        def stored(name: str, values: Iterable[str]) -> tuple[str, ...]:
            each = [self._value(name, value) for value in values]
            notes.update(dict.fromkeys(one.note for one in each if one.note))
            if all(one.unknown for one in each):
                unknown.add(name)
            return tuple(dict.fromkeys(value for one in each for value in one.values))

        filters = {name: stored(name, values) for name, values in query.filters.items()}
        offered = query.without(unknown) or query.offered
        where = tuple(_with_values(clause, stored) for clause in query.where)
        told = {"filters": filters, "where": where, "notes": (*query.notes, *notes), "offered": offered}
        return query.model_copy(update=told)

    def _value(self, name: str, typed: str) -> _Read:
        known = {} if name in AS_THEY_ARE else self._known(name)
        wanted = _plain(typed)
        if not known:
            return _Read((typed,))
        if not wanted:
            return self._unknown(name, typed, ())
        if name in CODED and (code := _plain(words.code(typed))) in known:
            wanted = code
        if labels := known.get(wanted) or known.get(_solid(wanted)):
            return _Read(
                labels, "" if self._plainly(name, wanted, labels) else self._said(name, typed, labels)
            )
        if name == "loss_band" and (bands := _bands(typed)):
            return _Read(bands, self._said(name, typed, bands))
        if listed := self._listed_as(name, wanted):
            return _Read((listed,), f"{name}: the library has nothing of {listed}.", unknown=True)
        if part := self._holding(name, wanted, typed, known):
            return _Read(part, self._said(name, typed, part))
        near = process.extract(wanted, known.keys(), scorer=fuzz.ratio, limit=SHOWN, score_cutoff=NEAREST)
        if near and near[0][1] >= SLIP:
            return _Read(known[near[0][0]], self._said(name, typed, known[near[0][0]]))
        if name not in OPEN and (part := self._holding(name, wanted, _respelt(wanted, known), known)):
            return _Read(part, self._said(name, typed, part))
        return self._unknown(name, typed, [value for one, _, _ in near for value in known[one][:1]])

    def _unknown(self, name: str, typed: str, near: Sequence[str]) -> _Read:
        """Return a value as it was typed, with what it may be instead: what is near, or all of a few."""
        values = tuple(dict.fromkeys(value for of in self._known(name).values() for value in of))
        told = near if near or len(values) > FEW else values
        labels = list(dict.fromkeys(self._label(name, value) for value in told))[:FEW]
        instead = f"; {'near it' if near else 'there are'}: {', '.join(labels)}" if labels else ""
        return _Read((typed,), f"{name}: knows no “{typed}”{instead}.", unknown=True)

    def _plainly(self, name: str, wanted: str, values: tuple[str, ...]) -> bool:
        """Return whether it goes without saying which value was meant."""
        if len(values) > 1:
            return False
        if name in OPEN:
            return wanted in (_plain(values[0]), _plain(self._label(name, values[0])))
        return name not in CODED or wanted in self._names(values[0])

    def _listed_as(self, name: str, wanted: str) -> str:
        """Return the listed name with this alias, whether or not the library holds it; empty for none."""
        return next(iter(_called(name).get(wanted, ())), "")

    def _holding(
        self, name: str, wanted: str, typed: str, known: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        """Return the values whose names hold all words that were typed; of open facets, a part begins so."""
        if name in OPEN:
            labels = self._held(name).items() if len(wanted) >= SHORTEST_PART else ()
            return tuple(
                value
                for value, label in labels
                if any(part.startswith(wanted) for each in (label, value) for part in _parts(each))
            )
        stems = set(analyse(typed))
        found = [values for one, values in known.items() if stems and stems <= _stems(one)]
        return tuple(dict.fromkeys(value for values in found for value in values))

    def _said(self, name: str, typed: str, values: tuple[str, ...]) -> str:
        if name in CODED and (family := self._family_of(values)):
            return f"{name}:{typed} is read as the family {family}."
        codes = {value: f"{value} " for value in values if name in CODED}
        labels = [f"{codes.get(value, '')}{self._label(name, value)}" for value in values]
        more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
        return f"{name}:{typed} is read as {', '.join(labels[:SHOWN])}{more}."

    def _family_of(self, values: tuple[str, ...]) -> str:
        """Return code and name of the family of which these are all the leaves; empty for others."""
        leaves = (leaf for leaf in self._typology.leaves() if leaf.parent == values[0].partition("-")[0])
        if len(values) < 2 or tuple(leaf.id for leaf in leaves) != values:
            return ""
        family = values[0].partition("-")[0]
        return f"{family} {self._typology.label(family)}"

    def _names(self, code: str) -> tuple[str, str]:
        return _plain(code), _plain(self._typology.label(code))

    def _label(self, name: str, value: str) -> str:
        if name in CODED and value in self._typology:
            return self._typology.label(value)
        return self._held(name).get(value, value) if name in OPEN else wording.value(name, value)

    def _known(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Return what may be typed for a facet's values, plain, with the values."""
        if name in OPEN:
            called = aliases(name)
            return _gathered(
                (key, (label, key, *map(_bare, called.get(key, ()))))
                for key, label in self._held(name).items()
            )
        return self._closed[name] if name in self._closed else _listed(name)

    @cached_property
    def _closed(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        codes = [*self._typology.leaves(), *self._typology.scopes()]
        families = self._typology.families()
        leaves = _gathered((one.id, (one.id, *self._typology.names(one.id))) for one in codes)
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
def _called(facet: str) -> Mapping[str, tuple[str, ...]]:
    """Return each listed name of a facet and its aliases, plain, with the names that they stand for."""
    return _gathered((name, map(_bare, others)) for name, others in aliases(facet).items())


@lru_cache(20_000)
def _parts(name: str) -> tuple[str, ...]:
    """Return a name, plain, from each of its parts on."""
    return tuple(_plain(name[part.start() :]) for part in _PART.finditer(name))


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
