"""The part of the library that looks at incidents together: the graph, its measures, ways and trends."""

from collections.abc import Collection
from datetime import date

import networkx as nx

from collectors.errors import NotFound
from enrichment import graph as graphs
from enrichment.network import layers, naming, paths
from enrichment.network.records import Measures, MergeCandidate, Node, Outlook, Surroundings, Ways
from index.graph.network import Network
from index.holdings import Holdings
from index.once import once
from index.records import Actor


class Analysis:
    """What the incidents say together. Each method leaves an audit entry."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings, self._ledger, self._incidents = holdings, holdings.ledger, holdings.incidents

    def graph(self, *, actor: Actor) -> nx.MultiDiGraph:
        """Return the typology graph of all incidents, with evidence on each edge; it cannot be changed."""
        self._ledger.note(actor, "graph", "all")
        return self._network.chart().graph

    def find_nodes(self, words: str, *, actor: Actor, limit: int = 20) -> tuple[Node, ...]:
        """Return the nodes whose name holds all these words, best first; without words the most central."""
        self._ledger.note(actor, "find_nodes", words[:200])
        chart = self._network.chart()
        return naming.find(chart.graph, words, limit) if words.strip() else chart.central[:limit]

    def surroundings(
        self, node: str, *, actor: Actor, without: Collection[str] = (), most: int = layers.NEAR
    ) -> Surroundings:
        """Return the neighbourhood of a node, with the evidence of each edge.

        ``node`` is a key, an incident's id or a name; nodes of the types ``without`` are left out, and of
        those one step away all but ``most``. Raises ``NotFound``.
        """
        self._ledger.note(actor, "surroundings", node[:200])
        chart = self._network.chart()
        centre = self._key(chart.graph, node)
        if centre is None:
            raise NotFound(f"the graph has no {node[:80]!r}")
        return layers.surroundings(chart.graph, centre, chart.findings, without, (most, layers.FAR))

    def paths(self, start: str, end: str, *, actor: Actor) -> Ways:
        """Return the most telling ways between two nodes, each step with its evidence.

        Each is a key, an incident's id or a name; of one that is not known the answer says what is called
        alike.
        """
        self._ledger.note(actor, "paths", f"{start[:200]} to {end[:200]}")
        chart = self._network.chart()
        ends = [self._key(chart.graph, name) for name in (start, end)]
        known = [key for key in ends if key is not None]
        if len(known) < len(ends):
            unknown = (name for name, key in zip((start, end), ends, strict=True) if key is None)
            return Ways(alike={name: naming.alike(chart.graph, name) for name in unknown})
        return Ways(paths=paths.paths(chart.graph, known[0], known[1], chart.findings))

    def measures(self, *, actor: Actor) -> Measures:
        """Return central things, bridging tools, and what goes together beyond chance."""
        self._ledger.note(actor, "measures", "all")
        return self._network.chart().measures

    def emerging(self, *, actor: Actor, as_of: date | None = None) -> Outlook:
        """Return the emerging signals: close groups of incidents that no leaf fits, and leaves that rise.

        ``as_of`` leaves out all that became known later; without it the last day counts that a source with a
        long past tells of.
        """
        self._ledger.note(actor, "emerging", as_of.isoformat() if as_of else "now")
        return self._network.chart().outlook(as_of)

    def merge_candidates(self, *, actor: Actor, limit: int = 10) -> tuple[MergeCandidate, ...]:
        """Return pairs of incidents that may be one and that nobody took apart, the most alike first."""
        self._ledger.note(actor, "merge_candidates", "all")
        _, apart = self._incidents.constraints()
        return self._network.chart().merge_candidates(apart, limit)

    def _key(self, graph: nx.MultiDiGraph, node: str) -> str | None:
        """Return the key of the node meant, or None where the graph has none."""
        if node in graph:
            return node
        try:
            own = graphs.node_key("Incident", self._incidents.resolve(self._holdings.incident_id(node)))
        except NotFound:
            own = ""
        if own in graph:
            return own
        return next((found.id for found in naming.find(graph, node, 1)), None)

    @once
    def _network(self) -> Network:
        """The graph, read from the record when first asked for."""
        return Network(self._holdings.store, self._incidents, self._holdings.typology)
