"""Measures and ways on graphs whose answers are known."""

from collections import Counter

import networkx as nx
import pytest

from collectors.errors import NotFound
from enrichment.graph import build
from enrichment.network.measures import central, measures, memberships, participation, project
from enrichment.network.naming import alike, find
from enrichment.network.paths import paths
from enrichment.records import Finding, Subject
from enrichment.typology import Typology
from tests.enrichment.stories import coded, finding

TYPOLOGY = Typology.load()


def tool(name: str) -> Finding:
    return finding(Subject.TOOL, name)


def test_a_pair_weighs_one_share_of_each_incident_that_names_both() -> None:
    graph = project({"a": {"1", "2"}, "b": {"1", "2"}, "c": {"2"}})
    assert graph.edges["a", "b"]["weight"] == pytest.approx(1 + 1 / 2)  # alone in 1, with c in 2
    assert graph.edges["a", "c"]["weight"] == pytest.approx(1 / 2)
    assert graph.edges["a", "b"]["distance"] == pytest.approx(2 / 3)
    # Newman: a thing's weights sum to the number of incidents it shares with another.
    assert sum(held["weight"] for _, _, held in graph.edges("a", data=True)) == pytest.approx(2)


def test_the_thing_in_the_middle_is_the_most_central() -> None:
    incidents = [
        coded("1", "FR-01", tool("Sora")),
        coded("2", "AB-01", tool("Sora")),
        coded("3", "CY-01", tool("Sora")),
        coded("4", "IN-01", tool("Claude")),
    ]
    found = measures(build(incidents, TYPOLOGY))
    first = found.central[0]
    assert (first.node.id, first.neighbours) == ("tool:Sora", 3)
    # Of six nodes 10 pairs remain; the three leaves of the star meet only through its centre.
    assert first.betweenness == pytest.approx(3 / 10)
    assert found.incidents == 4
    assert {held.node.id: held.betweenness for held in found.central}["tool:Claude"] == 0


def test_pagerank_of_a_ring_is_even() -> None:
    ring = project({"a": {"1", "4"}, "b": {"1", "2"}, "c": {"2", "3"}, "d": {"3", "4"}})
    assert set(nx.pagerank(ring, weight="weight").values()) == {0.25}


def test_participation_is_guimera_and_amarals() -> None:
    assert participation(Counter({"FR": 4})) == 0
    assert participation(Counter({"FR": 1, "AB": 1, "CY": 1, "IN": 1})) == pytest.approx(0.75)
    assert participation(Counter({"FR": 3, "AB": 1})) == pytest.approx(1 - 9 / 16 - 1 / 16)
    assert participation(Counter()) == 0


def test_a_bridging_tool_touches_several_families() -> None:
    incidents = [
        coded(f"g{n}", leaf, tool("Grok")) for n, leaf in enumerate(("AB-01", "IN-01", "CS-01", "AB-02"))
    ]
    incidents += [coded(f"s{n}", "FR-01", tool("Sora")) for n in range(5)]
    [bridge] = measures(build(incidents, TYPOLOGY)).bridges
    assert bridge.node.id == "tool:Grok"
    assert bridge.families == {"AB": 2, "IN": 1, "CS": 1}
    assert bridge.participation == pytest.approx(1 - 4 / 16 - 1 / 16 - 1 / 16)


def test_what_goes_together_beyond_chance_and_what_only_seems_to() -> None:
    incidents = [coded(f"z{n}", "FR-01", finding(Subject.PLATFORM, "Zoom")) for n in range(8)]
    incidents += [coded(f"f{n}", "FR-01") for n in range(4)]
    incidents += [coded(f"c{n}", "CY-01") for n in range(28)]
    # One platform is everywhere alike.
    incidents += [
        coded(f"x{n}", leaf, finding(Subject.PLATFORM, "X"))
        for n, leaf in enumerate(["FR-01", "CY-01", "CY-01", "CY-01"] * 3)
    ]
    found = measures(build(incidents, TYPOLOGY))
    [zoom] = found.associations
    assert (zoom.left.id, zoom.right.id) == ("platform:Zoom", "technique:FR-01")
    assert (zoom.both, zoom.left_all, zoom.right_all, zoom.all) == (8, 8, 15, 52)
    assert zoom.lift == pytest.approx(8 / (8 * 15 / 52))
    assert 1 < zoom.low < zoom.odds < zoom.high
    assert zoom.chance < 0.05
    assert found.compared == 4  # two platforms by two leaves


def test_two_incidents_are_too_few_to_go_together() -> None:
    incidents = [coded(f"z{n}", "FR-01", tool("Sora")) for n in range(2)] + [
        coded(f"c{n}", "CY-01") for n in range(60)
    ]
    assert measures(build(incidents, TYPOLOGY)).associations == ()


def test_measures_of_nothing_are_empty() -> None:
    found = measures(build([], TYPOLOGY))
    assert (found.incidents, found.central, found.bridges, found.associations) == (0, (), (), ())


def test_incidents_outside_the_typology_do_not_count() -> None:
    zoom = finding(Subject.PLATFORM, "Zoom")
    graph = build([coded("1", "X-02", zoom), coded("2", "FR-01", zoom)], TYPOLOGY)
    assert memberships(graph, {"Platform"}) == {"platform:Zoom": {"incident:1", "incident:2"}}
    assert measures(graph).incidents == 1


GRAPH = build(
    [
        coded("1", "FR-01", tool("Sora"), finding(Subject.COUNTRY, "GB", "where")),
        coded("2", "AB-01", tool("Sora"), tool("Rareware")),
        coded("3", "CY-01", tool("Rareware"), finding(Subject.COUNTRY, "GB", "where")),
        *(coded(f"b{n}", "IN-01", finding(Subject.COUNTRY, "GB", "where")) for n in range(60)),
    ],
    TYPOLOGY,
)
FINDINGS = {one.id: one for one in (tool("Sora"), tool("Rareware"))}


def test_a_way_through_what_few_share_comes_first_with_its_evidence() -> None:
    first = paths(GRAPH, "technique:FR-01", "technique:CY-01", FINDINGS)[0]
    names = [node.id for node in first.nodes]
    assert names == [
        "technique:FR-01",
        "incident:1",
        "tool:Sora",
        "incident:2",
        "tool:Rareware",
        "incident:3",
        "technique:CY-01",
    ]  # the way through GB is shorter and says less
    assert first.reported
    assert [edge.evidence[0].value for edge in first.edges[1:3]] == ["Sora", "Sora"]
    assert [edge.type for edge in first.edges[:2]] == ["primary_technique", "uses_tool"]


def test_no_two_ways_lead_through_the_same_incidents() -> None:
    both = (tool("Sora"), tool("Rareware"))
    graph = build(
        [coded("1", "FR-01", *both), coded("3", "CY-01", *both), coded("4", "CY-01", both[0])], TYPOLOGY
    )
    ways = paths(graph, "technique:FR-01", "technique:CY-01", {})
    told = [frozenset(node.id for node in way.nodes if node.type == "Incident") for way in ways]
    assert {frozenset({"incident:1", "incident:3"}), frozenset({"incident:1", "incident:4"})} <= set(told)
    assert len(set(told)) == len(told)


def test_path_leads_through_a_country_or_a_kind_only_where_nothing_else_does() -> None:
    country, advert = finding(Subject.COUNTRY, "KE", "where"), finding(Subject.CHANNEL, "paid_advert")
    apart = [coded("1", "FR-01", country, advert), coded("2", "X-03", country), coded("3", "X-03", advert)]
    for other, hub in (("incident:2", "location:KE"), ("incident:3", "platform:kind:paid_advert")):
        [only] = paths(build(apart, TYPOLOGY), "incident:1", other, {})
        assert [node.id for node in only.nodes] == ["incident:1", hub, other]
        assert only.through_hubs
    harmed = finding(Subject.ORGANISATION, "Acme", "harmed")
    tied = [one.model_copy(update={"findings": (*one.findings, harmed)}) for one in apart[:2]]
    [better] = paths(build([*tied, apart[2]], TYPOLOGY), "incident:1", "incident:2", {})
    assert [node.id for node in better.nodes] == ["incident:1", "party:Acme", "incident:2"]
    assert not better.through_hubs
    [to_hub, *_] = paths(build(apart, TYPOLOGY), "incident:1", "location:KE", {})
    assert not to_hub.through_hubs, "what was asked for is no detour"


def test_the_typology_ties_only_what_no_report_ties() -> None:
    graph = build([coded("1", "FR-01"), coded("2", "FR-03")], TYPOLOGY)
    [first, *_] = paths(graph, "incident:1", "incident:2", {})
    assert not first.reported
    assert [edge.assertion_status for edge in first.edges] == ["inferred"] * len(first.edges)


def test_there_may_be_no_way_and_no_such_node() -> None:
    graph = build([coded("1", "FR-01"), coded("2", "X-02", tool("Sora"))], TYPOLOGY)
    assert paths(graph, "incident:1", "incident:2", {}) == ()
    assert paths(graph, "incident:1", "incident:1", {}) == ()
    with pytest.raises(NotFound):
        paths(graph, "incident:1", "incident:9", {})


def test_nodes_are_found_by_words_whatever_their_case() -> None:
    assert find(GRAPH, "SORA")[0].id == "tool:Sora"
    assert find(GRAPH, "fr-01")[0].id == "technique:FR-01"
    assert find(GRAPH, "  ") == ()
    assert find(GRAPH, "\x00 nothing of the kind") == ()
    assert {node.type for node in find(GRAPH, "a", 500)}.isdisjoint(
        {"Indicator", "Family", "ExternalConcept"}
    )


def test_what_is_called_alike_holds_all_words_first_and_then_any() -> None:
    found = [node.id for node in alike(GRAPH, "Sora FR-01")]
    assert {"tool:Sora", "technique:FR-01"} <= set(found)
    assert found[0] == "tool:Sora"
    assert alike(GRAPH, "zzqqxx") == ()
    assert len(alike(GRAPH, "a", 3)) == 3


def test_the_most_central_are_those_of_the_measures() -> None:
    assert central(GRAPH) == tuple(one.node for one in measures(GRAPH).central)
    assert {one.id: one.incidents for one in central(GRAPH)}["technique:IN-01"] == 60


def test_thing_counts_all_its_incidents_and_those_that_the_measures_rest_on() -> None:
    zoom = finding(Subject.PLATFORM, "Zoom")
    graph = build([coded("1", "FR-01", zoom), coded("2", "AB-01", zoom), coded("x", "X-02", zoom)], TYPOLOGY)
    assert graph.nodes["platform:Zoom"]["incidents"] == 3
    [node] = [one.node for one in measures(graph).central if one.node.id == "platform:Zoom"]
    assert (node.incidents, node.coded) == (3, 2)
