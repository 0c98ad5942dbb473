"""A cache of the parts of a graph: a part is drawn again only when its inputs change."""

from collections.abc import Callable, Iterable

import networkx as nx

from enrichment.typology import Typology

Draw = Callable[[nx.MultiDiGraph], None]
"""Adds a part to an empty graph."""


class Pieces:
    """The parts of a graph as last drawn; a part is drawn again only when its inputs differ.

    Safe to share between threads: at worst a part is drawn twice.
    """

    def __init__(self, typology: Typology) -> None:
        self._typology = {"typology": typology.version, "typology_date": typology.date}
        self._drawn: dict[str, tuple[tuple[object, ...], nx.MultiDiGraph]] = {}

    def part(self, name: str, made_of: tuple[object, ...], draw: Draw) -> nx.MultiDiGraph:
        """Return the named part, which callers must not change; ``draw`` may depend on ``made_of`` only."""
        held = self._drawn.get(name)
        if held is None or held[0] != made_of:
            held = made_of, self.empty()
            draw(held[1])
            self._drawn[name] = held
        return held[1]

    def empty(self) -> nx.MultiDiGraph:
        """Return a graph without nodes that names the version and the date of its typology."""
        return nx.MultiDiGraph(**self._typology)

    def keep(self, names: Iterable[str]) -> None:
        """Forget all parts but these."""
        drawn = self._drawn
        self._drawn = {name: drawn[name] for name in names if name in drawn}
