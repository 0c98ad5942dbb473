import random
import re
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import yaml

from collectors.errors import NotFound
from collectors.records import PartialDate
from enrichment import typology as typology_module
from enrichment.graph import Pieces, build, node_key
from enrichment.network.codes import FURTHER, SURE
from enrichment.network.layers import surroundings
from enrichment.records import Code, CodeRole, Fact, Finding, Incident, Link, Subject, as_finding
from enrichment.typology import Typology

TYPOLOGY = Typology.load()


def finding(subject: Subject, value: str, role: str = "", score: float = 0.9) -> Finding:
    fact = Fact(subject=subject, value=value, role=role, score=score, start=0, end=5, quote="words")
    return as_finding(fact, "rep-1", "ver-1", "facts@1")


def incident(id: str, primary: str, *findings: Finding, others: tuple[str, ...] = ()) -> Incident:
    coded = finding(Subject.TYPOLOGY, primary, "primary")
    codes = [Code(concept=primary, role=CodeRole.PRIMARY, score=0.8, findings=(coded.id,))]
    codes += [Code(concept=other, role=CodeRole.OTHER, score=0.5) for other in others]
    return Incident(
        id=id,
        title=f"Incident {id}",
        summary="",
        reports=("rep-1",),
        occurred=PartialDate(value="2024-01"),
        first_published=PartialDate(value="2024-05-17"),
        codes=tuple(codes),
        findings=(coded, *findings),
    )


def edges(graph: nx.MultiDiGraph) -> set[tuple[str, str, str]]:
    return {(source, kind, target) for source, target, kind in graph.edges(keys=True)}


FRAUD = incident(
    "i1",
    "FR-01",
    finding(Subject.TOOL, "ElevenLabs"),
    finding(Subject.PLATFORM, "Zoom"),
    finding(Subject.COUNTRY, "HK", "where"),
    finding(Subject.COUNTRY, "CN"),
    finding(Subject.CAPABILITY, "voice_cloning"),
    finding(Subject.ORGANISATION, "Arup", "harmed"),
    finding(Subject.ORGANISATION, "Hong Kong Police Force"),
    others=("FR-03",),
)


PURSUED = incident(
    "i4",
    "FR-02",
    finding(Subject.OUTCOME, "convicted_or_sentenced"),
    finding(Subject.OFFENCE, "FA06-1", "convicted"),
    finding(Subject.OFFENCE, "POCA", "named"),
    finding(Subject.COUNTERMEASURE, "CM-20"),
    finding(Subject.VICTIM_TYPE, "older_or_vulnerable_adult"),
    finding(Subject.ACTOR_TYPE, "organised_crime_group"),
    finding(Subject.ORGANISATION, "HMRC", "impersonated"),
)
TOLD = "Cloned voice of a {who} asks pensioner for bail money before court closes in {town}"


def wave() -> list[Incident]:
    """Four cases told alike, a month apart, and one of the same leaf told otherwise."""
    told = [("grandson", "Ashford"), ("grandson", "Bexley"), ("nephew", "Corby"), ("grandson", "Dorking")]
    alike = [
        incident(f"w{number}", "FR-02").model_copy(
            update={
                "title": TOLD.format(who=who, town=town),
                "occurred": PartialDate(value=f"2024-0{number + 1}-10"),
            }
        )
        for number, (who, town) in enumerate(told)
    ]
    other = {"title": "Fake kidnapping call over the internet", "occurred": PartialDate(value="2024-06-01")}
    return [*alike, incident("w9", "FR-02").model_copy(update=other)]


WAVE = wave()


def test_of_a_machines_further_codes_only_believable_ones_are_drawn() -> None:
    def graph(score: float, *, judged: bool = False) -> nx.MultiDiGraph:
        code = Code(concept="FR-03", role=CodeRole.OTHER, score=score, judged=judged)
        return build([FRAUD.model_copy(update={"codes": (FRAUD.codes[0], code)})], TYPOLOGY)

    ends = ("incident:i1", "technique:FR-03", "uses_technique")
    assert ends not in graph(FURTHER - 0.01).edges
    assert graph(FURTHER).edges[ends]["confidence"] == FURTHER
    assert graph(0.01, judged=True).edges[ends]["confidence"] == 1.0
    shown = {score: surroundings(graph(score), "technique:FR-03", {}).edges for score in (SURE - 0.01, SURE)}
    assert [edge.uncertain for edges in shown.values() for edge in edges if edge.type == ends[2]] == [
        True,
        False,
    ]


def test_a_named_offence_is_no_pursuit_and_a_conviction_is_one() -> None:
    graph = build([PURSUED], TYPOLOGY)
    assert graph.has_edge("incident:i4", "proceeding:i4", key="led_to")
    assert graph.nodes["proceeding:i4"]["label"] == "Conviction or sentence"
    assert graph.has_edge("proceeding:i4", "offence:FA06-1", key="charged_as")
    assert graph.edges["proceeding:i4", "offence:FA06-1", "charged_as"]["note"].startswith("convicted")
    assert not graph.has_edge("proceeding:i4", "offence:POCA")
    assert graph.nodes["offence:FA06-1"]["incidents"] == 1


def test_a_countermeasure_that_was_used_is_told_from_one_the_typology_advises() -> None:
    graph = build([PURSUED], TYPOLOGY)
    stated = graph.edges["countermeasure:CM-20", "incident:i4", "applied_in"]
    advised = graph.edges["countermeasure:CM-20", "technique:FR-02", "mitigates"]
    assert (stated["assertion_status"], stated["evidence"] != "") == ("stated_by_media", True)
    assert (advised["assertion_status"], advised["evidence"]) == ("inferred", "")


def test_law_and_offenders_are_not_drawn_where_nothing_is_a_crime() -> None:
    failure = PURSUED.model_copy(update={"codes": (Code(concept="X-02", role=CodeRole.PRIMARY, score=0.9),)})
    graph = build([failure], TYPOLOGY)
    assert {node.partition(":")[0] for node in graph} == {"incident", "party"}


def test_who_deployed_a_system_is_not_named_as_an_offender() -> None:
    graph = build([incident("i1", "AB-01", finding(Subject.ORGANISATION, "X", "deployer"))], TYPOLOGY)
    assert not any(node.startswith(("actor:", "party:")) for node in graph)


def test_an_incident_follows_the_one_it_is_told_like() -> None:
    graph = build(WAVE, TYPOLOGY)
    follows = {(s, t) for s, t, kind in graph.edges(keys=True) if kind == "follows"}
    assert ("incident:w3", "incident:w1") in follows
    assert all(source != "incident:w9" and target != "incident:w9" for source, target in follows)
    assert all(source > target for source, target in follows)  # later to earlier
    edge = graph.edges["incident:w3", "incident:w1", "follows"]
    assert (edge["first_seen"], edge["last_seen"]) == ("2024-02-10", "2024-04-10")
    assert "cosine" in edge["note"]


def test_cases_told_alike_are_a_variant_of_their_technique() -> None:
    graph = build([*WAVE, FRAUD], TYPOLOGY)
    [campaign] = [node for node, kind in graph.nodes(data="type") if kind == "Campaign"]
    assert graph.has_edge(campaign, "technique:FR-02", key="variant_of")
    assert set(graph.predecessors(campaign)) == {f"incident:w{number}" for number in range(4)}
    edge = graph.edges[campaign, "technique:FR-02", "variant_of"]
    assert edge["evidence"]
    assert 0.1 < edge["confidence"] < 1
    assert f"mean cosine {edge['confidence']:.2f}" in edge["note"]
    assert "Ashford" not in graph.nodes[campaign]["label"]


def test_a_variant_is_never_named_by_a_word_that_may_be_a_persons() -> None:
    named = [one.model_copy(update={"title": f"{one.title} of Wilhelmina Fictional"}) for one in WAVE]
    graph = build(named, TYPOLOGY)
    labels = " ".join(d["label"] for _, d in graph.nodes(data=True) if d["type"] == "Campaign")
    assert labels and "wilhelmina" not in labels and "fictional" not in labels


def test_an_incident_is_drawn_with_what_was_found() -> None:
    drawn = {edge for edge in edges(build([FRAUD], TYPOLOGY)) if edge[0] == "incident:i1"}
    assert drawn == {
        ("incident:i1", "primary_technique", "technique:FR-01"),
        ("incident:i1", "uses_technique", "technique:FR-03"),
        ("incident:i1", "uses_tool", "tool:ElevenLabs"),
        ("incident:i1", "occurs_on", "platform:Zoom"),
        ("incident:i1", "located_at", "location:HK"),
        ("incident:i1", "involves_capability", "capability:voice_cloning"),
        ("incident:i1", "harms", "party:Arup"),
    }


def test_a_country_that_a_source_coded_is_drawn_without_a_role() -> None:
    coded = finding(Subject.COUNTRY, "GB").model_copy(update={"origin": "starter"})
    graph = build([incident("i1", "FR-01", coded, finding(Subject.COUNTRY, "CN"))], TYPOLOGY)
    assert graph.has_edge("incident:i1", "location:GB", key="located_at")
    assert "location:CN" not in graph


def test_an_edge_carries_its_evidence() -> None:
    edge = build([FRAUD], TYPOLOGY).edges["incident:i1", "tool:ElevenLabs", "uses_tool"]
    assert edge["evidence"] == finding(Subject.TOOL, "ElevenLabs").id
    assert edge["source_report_ids"] == "rep-1"
    assert edge["extracted_by"] == "facts@1"
    assert (edge["first_seen"], edge["last_seen"]) == ("2024-01", "2024-05-17")
    assert edge["assertion_status"] == "stated_by_media"
    assert edge["confidence"] == 0.9


def test_edge_without_a_quote_says_so_and_who_coded_it() -> None:
    shown = finding(Subject.VICTIM_TYPE, "older_or_vulnerable_adult")
    silent = {"origin": "aiid", "start": None, "end": None, "quote": ""}
    graph = build(
        [incident("i1", "FR-01", shown), incident("i2", "FR-01", shown.model_copy(update=silent))], TYPOLOGY
    )
    party = "party:kind:older_or_vulnerable_adult"
    quoted, bare = (graph.edges[f"incident:{name}", party, "harms"] for name in ("i1", "i2"))
    assert (quoted["note"], quoted["assertion_status"]) == ("", "stated_by_media")
    assert (bare["note"], bare["assertion_status"]) == ("coded by the source, without a quote", "inferred")


@pytest.mark.parametrize(("origin", "coder"), [("starter", "the starter library"), ("facts@1", "a person")])
def test_judged_code_names_the_starter_library_as_its_coder_where_nobody_here_decided_it(
    origin: str, coder: str
) -> None:
    [claim] = FRAUD.findings[:1]
    judged = FRAUD.model_copy(
        update={
            "codes": (FRAUD.codes[0].model_copy(update={"judged": True}),),
            "findings": (claim.model_copy(update={"origin": origin}),),
        }
    )
    edge = build([judged], TYPOLOGY).edges["incident:i1", "technique:FR-01", "primary_technique"]
    assert edge["note"] == f"coded by {coder}"


def test_edge_of_the_typology_bears_the_day_of_its_version() -> None:
    graph = build([FRAUD, PURSUED, *WAVE], TYPOLOGY)
    ours = [edge for *_, edge in graph.edges(data=True) if edge["extracted_by"].startswith("typology@")]
    assert {edge["type"] for edge in ours} >= {"child_of", "mitigates", "may_constitute", "indicates"}
    assert {(edge["first_seen"], edge["last_seen"]) for edge in ours} == {(TYPOLOGY.date, TYPOLOGY.date)}
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", TYPOLOGY.date)


@pytest.mark.parametrize(
    ("primary", "edge"), [("FR-01", "uses_tool"), ("AT-01", "targets_tool"), ("MK-05", "lures_with_tool")]
)
def test_a_tool_is_means_target_or_bait_by_the_primary_code(primary: str, edge: str) -> None:
    graph = build([incident("i1", primary, finding(Subject.TOOL, "ChatGPT"))], TYPOLOGY)
    assert graph.has_edge("incident:i1", "tool:ChatGPT", key=edge)
    assert graph.has_edge("tool:ChatGPT", "party:OpenAI", key="supplied_by")


def test_a_system_that_failed_was_no_means_of_a_crime() -> None:
    failure = incident("i1", "X-02", finding(Subject.TOOL, "ChatGPT"), finding(Subject.PLATFORM, "Zoom"))
    drawn = edges(build([failure], TYPOLOGY))
    assert drawn == {("incident:i1", "occurs_on", "platform:Zoom")}


def test_a_platform_that_a_source_counts_among_the_tools_is_drawn_as_one() -> None:
    graph = build([incident("i1", "FR-01", finding(Subject.TOOL, "Twitter"))], TYPOLOGY)
    assert graph.has_edge("incident:i1", "platform:X", key="occurs_on")
    assert not any(node.startswith("tool:") for node in graph)


def test_the_legal_step_is_the_one_most_surely_stated() -> None:
    word = finding(Subject.OUTCOME, "arrested_or_charged", score=0.7)
    coded = finding(Subject.OUTCOME, "civil_or_regulatory_action", score=1.0)
    graph = build([incident("i1", "MK-05", word, coded)], TYPOLOGY)
    assert graph.nodes["proceeding:i1"]["label"] == "Civil or regulatory action"


def test_a_scope_code_is_no_technique() -> None:
    graph = build([incident("i1", "X-02")], TYPOLOGY)
    assert list(graph) == ["incident:i1"]


def test_techniques_bring_their_family_offences_and_countermeasures() -> None:
    drawn = edges(build([FRAUD], TYPOLOGY))
    assert ("technique:FR-01", "child_of", "family:FR") in drawn
    assert ("technique:FR-01", "confusable_with", "technique:FR-03") in drawn
    for offence in TYPOLOGY.offences("FR-01"):
        assert ("technique:FR-01", "may_constitute", node_key("Offence", offence.id)) in drawn
    for measure in TYPOLOGY.countermeasures("FR-01"):
        assert (node_key("Countermeasure", measure.id), "mitigates", "technique:FR-01") in drawn


COPY = Link(
    id="lnk-1",
    kind="near-copy",
    left="rep-1",
    right="rep-2",
    weight=0.9,
    reasons=("The texts are the same",),
    origin="group@3",
)


def test_a_report_that_prints_another_is_the_same_and_one_of_other_words_is_not() -> None:
    titles = {"rep-1": "A report", "rep-2": "Printed again"}
    both = FRAUD.model_copy(update={"reports": ("rep-1", "rep-2")})
    drawn = build([both], TYPOLOGY, reports=titles, links=[COPY])
    edge = drawn["report:rep-2"]["report:rep-1"]["same_as"]
    assert (edge["note"], edge["source_report_ids"]) == ("The texts are the same", "rep-1; rep-2")
    other = COPY.model_copy(update={"kind": "same-incident"})
    for links, shown in (([other], titles), ([COPY], {"rep-1": "A report"})):
        graph = build([both], TYPOLOGY, reports=shown, links=links)
        assert not [edge for *_, edge in graph.edges(keys=True) if edge == "same_as"]


def test_every_edge_obeys_the_typology() -> None:
    schema: dict[str, Any] = yaml.safe_load(typology_module.SOURCE.read_text("utf-8"))["graph"]
    allowed = {edge["id"]: (set(edge["from"]), set(edge["to"])) for edge in schema["edge_types"]}
    others = [incident("i2", "AT-02", finding(Subject.TOOL, "Claude")), incident("i3", "X-05"), PURSUED]
    others.append(incident("i5", "MK-05", finding(Subject.TOOL, "ChatGPT")))
    others.append(incident("i6", "ID-02", others=("ID-01",)))
    printed = {"rep-1": "A report", "rep-2": "Printed again"}
    reprinted = FRAUD.model_copy(update={"reports": ("rep-1", "rep-2")})
    graph = build([reprinted, *others, *WAVE], TYPOLOGY, reports=printed, links=[COPY])
    drawn = {attributes["type"] for _, _, attributes in graph.edges(data=True)}
    assert drawn == allowed.keys()
    for source, target, attributes in graph.edges(data=True):
        sources, targets = allowed[attributes["type"]]
        assert graph.nodes[source]["type"] in sources
        assert graph.nodes[target]["type"] in targets
        assert attributes["assertion_status"] in schema["assertion_status_values"]
        assert set(schema["shared_edge_properties"]) <= attributes.keys()


def test_the_graph_survives_graphml(tmp_path: Path) -> None:
    graph = build([FRAUD], TYPOLOGY)
    nx.write_graphml(graph, tmp_path / "graph.graphml")
    again = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    assert set(again) == set(graph)
    assert again.number_of_edges() == graph.number_of_edges()


def test_two_incidents_meet_in_what_they_share() -> None:
    graph = build([FRAUD, incident("i2", "FR-01")], TYPOLOGY)
    assert graph.nodes["technique:FR-01"]["incidents"] == 2
    assert graph.nodes["tool:ElevenLabs"]["incidents"] == 1


def test_what_stands_around_a_thing_is_the_newest_and_what_that_leads_to() -> None:
    many = [
        incident(
            f"m{number}", "FR-01", finding(Subject.TOOL, "Sora"), finding(Subject.PLATFORM, "Zoom")
        ).model_copy(update={"first_published": PartialDate(value=f"2024-06-{number + 1:02}")})
        for number in range(9)
    ]
    zoom = finding(Subject.PLATFORM, "Zoom")
    failure = incident("x1", "X-02", zoom)
    graph = build([*many, failure, incident("o1", "CY-01", zoom)], TYPOLOGY)
    around = surroundings(graph, "platform:Zoom", {}, limits=(6, 2))
    near, far = around.layers
    assert [node.id for node in near[:2]] == ["incident:m8", "incident:m7"]
    assert around.left_out == 11 - 6
    assert [node.id for node in far] == ["technique:FR-01", "tool:Sora"]
    assert len([edge for edge in around.edges if edge.source.id == "incident:m8"]) == 3
    everything = surroundings(graph, "platform:Zoom", {}, limits=(50, 50)).layers[0]
    kinds = [node.id for node in everything]
    assert kinds.index("incident:x1") > kinds.index("incident:m0")  # crimes first
    for without in ((), ("Party",)):
        beside = surroundings(graph, "tool:Sora", {}, without, limits=(50, 2)).layers[0]
        assert ("party:OpenAI" in {node.id for node in beside}) is not bool(without)


def test_an_incident_leads_to_those_it_shares_rare_things_with() -> None:
    shared = [finding(Subject.TOOL, "Rareware"), finding(Subject.PLATFORM, "Zoom")]
    others = [incident(f"z{number}", "CY-01", finding(Subject.PLATFORM, "Zoom")) for number in range(9)]
    twin = incident("twin", "AB-01", *shared)
    graph = build([incident("one", "FR-01", *shared), twin, *others], TYPOLOGY)
    around = surroundings(graph, "incident:one", {}, without=["Indicator", "ExternalConcept", "Family"])
    assert around.layers[1][0].id == "incident:twin"


def test_an_unknown_node_is_not_found() -> None:
    with pytest.raises(NotFound):
        surroundings(build([], TYPOLOGY), "incident:none", {})


def drawn(graph: nx.MultiDiGraph) -> tuple[object, object]:
    """Return all that a graph holds, whatever the order."""
    edges = {(source, target, key): held for source, target, key, held in graph.edges(keys=True, data=True)}
    return dict(graph.nodes(data=True)), edges


@pytest.mark.parametrize("seed", range(10))
def test_a_graph_put_together_from_pieces_is_the_graph_drawn_anew(seed: int) -> None:
    chance, pieces = random.Random(seed), Pieces(TYPOLOGY)
    known = {one.id: one for one in (FRAUD, PURSUED, *WAVE)}
    for _ in range(15):
        shown = [one for one in known.values() if chance.random() < 0.8]
        assert drawn(build(shown, TYPOLOGY, pieces=pieces)) == drawn(build(shown, TYPOLOGY))
        key = chance.choice(sorted(known))
        tools = [finding(Subject.TOOL, name) for name in chance.sample(["Sora", "Claude", "Rareware"], 2)]
        changed = incident(key, chance.choice(["FR-01", "FR-02", "X-05", "AT-01"]), *tools)
        said = {"title": chance.choice([changed.title, known[key].title]), "occurred": known[key].occurred}
        known[key] = changed.model_copy(update=said)


def test_only_pieces_of_what_changed_are_drawn_again() -> None:
    pieces, known = Pieces(TYPOLOGY), [FRAUD, PURSUED, *WAVE]
    build(known, TYPOLOGY, pieces=pieces)
    incidents_by_node: list[str] = []

    def unchanged(name: str, *made_of: object) -> bool:
        pieces.part(name, made_of, lambda _: incidents_by_node.append(name))
        return name not in incidents_by_node

    again = PURSUED.model_copy(update={"findings": PURSUED.findings[:-1]})
    build([FRAUD.model_copy(), again, *WAVE], TYPOLOGY, pieces=pieces)
    assert unchanged("i1", FRAUD) and unchanged("i4", again) and unchanged("w0", WAVE[0])
    assert not unchanged("i4", PURSUED)
    build([FRAUD], TYPOLOGY, pieces=pieces)
    assert not unchanged("w0", WAVE[0])
