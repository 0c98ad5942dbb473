"""What people type for the values of facets, and what it stands for."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from enrichment import countries
from index import wording
from index.search.vocabulary.folding import folded


def plain(text: str) -> str:
    """Return a name as names are compared: folded, its words apart."""
    return " ".join(folded(text))


def by_name(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """Map each name, made ``plain``, to all values that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for value, names in named:
        for name in dict.fromkeys(map(plain, names)):
            found[name] = (*found.get(name, ()), value)
    return found


@cache
def worded_names(facet: str) -> Mapping[str, tuple[str, ...]]:
    """Map everything that may be typed for values with names in ``wording.toml``, made ``plain``, to them."""
    others = tomllib.loads((files(__package__) / "value_names.toml").read_text("utf-8")).get(facet, {})
    values, spoken = wording.values(facet), countries.spoken() if facet == "country" else {}
    names = by_name(
        (value, (value, *_forms(label), *spoken.get(value, ()))) for value, label in values.items()
    )
    return names | {plain(name): tuple(named) for name, named in others.items()}


def _forms(label: str) -> Iterator[str]:
    """Yield a label and its parts outside and inside brackets: ``Myanmar (Burma)``."""
    yield label
    yield from (part for part in re.split(r"[()]", label) if part.strip())
