"""What is read from the graph, as records that pages and programs take."""

from datetime import date

from pydantic import Field

from collectors.records import Record
from enrichment.network.codes import SURE
from enrichment.records import Finding


class Node(Record):
    """A node of the graph."""

    id: str
    type: str
    label: str
    incidents: int = 0
    """Incidents that touch it, of any kind."""
    coded: int = 0
    """Those among them that have a typology code: the cases of AI crime, which all measures count."""


class Edge(Record):
    """An edge with all that is known of it; ``source`` to ``target`` is its own direction."""

    id: str
    type: str
    source: Node
    target: Node
    confidence: float
    assertion_status: str
    first_seen: str = ""
    last_seen: str = ""
    note: str = ""
    evidence: tuple[Finding, ...] = ()
    """The findings it rests on; none for an edge of the typology."""
    reports: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    """The incidents that state it."""

    @property
    def uncertain(self) -> bool:
        """Whether a machine gave the further code and was not sure of it."""
        return self.type == "uses_technique" and self.confidence < SURE


class Surroundings(Record):
    """What stands around a node."""

    centre: Node
    layers: tuple[tuple[Node, ...], ...]
    """What is one step away, and what most of that leads to."""
    edges: tuple[Edge, ...]
    """Those between neighbouring layers, the centre's first."""
    left_out: int
    """How many more nodes are one step away."""


class Path(Record):
    """One way from a node to another: each edge with its evidence, in order."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    """``edges[i]`` joins ``nodes[i]`` and ``nodes[i + 1]``, in either direction."""
    reported: bool
    """Whether every step rests on reports; else some rest on the typology alone."""
    through_hubs: bool = False
    """Whether it leads through a country or a kind of party or channel, for want of a better way."""


class Ways(Record):
    """The most telling ways between two things, or which of the two is not known."""

    paths: tuple[Path, ...] = ()
    """The shortest first; none where there is no way, or where a name is not known."""
    alike: dict[str, tuple[Node, ...]] = Field(default_factory=dict)
    """By each name that the graph does not have, what is called alike."""


class Centrality(Record):
    """How central a thing is among those that incidents share."""

    node: Node
    neighbours: int
    """How many other things share an incident with it."""
    pagerank: float
    betweenness: float


class Bridge(Record):
    """A tool that ties families of crime together."""

    node: Node
    families: dict[str, int]
    """Incidents by family of the primary code, most first."""
    participation: float = Field(ge=0, le=1)
    """0 where all incidents are of one family, near 1 where they spread evenly over many."""
    betweenness: float


class Association(Record):
    """A tool or platform and a leaf that share more incidents than chance would have them share."""

    left: Node
    right: Node
    both: int
    left_all: int
    right_all: int
    all: int
    expected: float
    lift: float
    odds: float
    low: float
    high: float
    """95 % interval of the odds ratio."""
    chance: float
    """One-sided exact chance of so many, corrected for all pairs compared."""


class Measures(Record):
    """What the shape of the graph says."""

    incidents: int
    central: tuple[Centrality, ...]
    bridges: tuple[Bridge, ...]
    associations: tuple[Association, ...]
    compared: int
    """Pairs that were compared for the associations."""


class MergeCandidate(Record):
    """Two incidents that may be one, and why."""

    left: str
    right: str
    titles: tuple[str, str]
    reasons: tuple[str, ...]
    """In one line each, what they have in common."""


class SourceCount(Record):
    """What one source told, in both windows."""

    source: str
    of: int
    all: int
    before_of: int
    before_all: int


class Rise(Record):
    """How a leaf's share of what sources told now compares with what the same sources told before."""

    concept: str
    label: str
    since: date
    days: int
    recent: int
    before: int
    ratio: float
    low: float
    high: float
    """95 % interval of the ratio."""
    chance: float
    """One-sided exact chance of so many if nothing changed, corrected for all that was compared."""
    flagged: bool
    power: float
    """The chance that a threefold rise would have been flagged, in the window that would show it best."""
    sources: tuple[SourceCount, ...]
    incidents: tuple[str, ...]
    """The recent ones, newest first."""

    @property
    def stirs(self) -> bool:
        """Whether it seems to rise by itself, but no longer once all that was compared is considered."""
        return not self.flagged and self.low > 1.0 and self.recent > 1


class Cluster(Record):
    """Recent incidents that no leaf fits, told alike."""

    words: tuple[str, ...]
    incidents: tuple[str, ...]
    """Newest first."""
    likeness: float
    """Mean cosine of its pairs."""
    nearest: str
    """The leaf whose incidents are nearest, and how near."""
    nearest_likeness: float
    chance: float
    """The share of equally many random incidents that hold a group as large and as close."""


class Outlook(Record):
    """What seems to be emerging, as of a day."""

    as_of: date | None
    clusters: tuple[Cluster, ...]
    unfit: int
    """How many recent incidents no leaf fits, in a cluster or not."""
    unfit_incidents: tuple[str, ...] = ()
    """The newest of them first, at most a hundred."""
    rises: tuple[Rise, ...]
    """All that was looked at, flagged first."""
    compared: int
    """How many comparisons could have flagged anything and are corrected for."""
    false_alarms: float
    """At most this share of looks raises any alarm of a rise where nothing changed."""
    undated: int
    """Incidents left out because no month is known."""
    smallest: dict[int, int] = Field(default_factory=dict)
    """By days of a window, the fewest incidents of a leaf unheard of before that would have been flagged."""
    unheard: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By leaf that nothing was told of in the two years before the last, its incidents of that year."""
    new_sources: tuple[str, ...] = ()
    """Sources with too short a past beside their present: they raise no alarm."""
    titles: dict[str, str] = Field(default_factory=dict)
    """Titles of the incidents named above."""
