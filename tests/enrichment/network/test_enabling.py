"""One technique sets up another where incidents show it in their words, or where the typology says so."""

import tomllib

import networkx as nx
import pytest

from collectors.records import PartialDate
from enrichment.graph import build
from enrichment.network import enabling
from enrichment.network.drawing import JOIN
from enrichment.network.enabling import steps
from enrichment.records import Code, CodeRole, Fact, Finding, Incident, Subject, as_finding
from enrichment.typology import Typology

TYPOLOGY = Typology.load()


def coded(id: str, *codes: str, tool: str = "", score: float = 0.8, quote: str = "words") -> Incident:
    """Return an incident of these codes, the first primary, each with a finding that quotes it."""
    findings: list[Finding] = []
    given: list[Code] = []
    for place, code in enumerate(codes):
        fact = Fact(subject=Subject.TYPOLOGY, value=code, score=score, start=0, end=5, quote=quote)
        findings.append(as_finding(fact, f"rep-{id}", "ver-1", "classify@1"))
        role = CodeRole.OTHER if place else CodeRole.PRIMARY
        given.append(Code(concept=code, role=role, score=score, findings=(findings[-1].id,)))
    if tool:
        named = Fact(subject=Subject.TOOL, value=tool, score=0.9, start=0, end=len(tool), quote=tool)
        findings.append(as_finding(named, f"rep-{id}", "ver-1", "facts@1"))
    return Incident(
        id=id,
        title=id,
        summary="",
        reports=(f"rep-{id}",),
        occurred=PartialDate(value=f"2024-0{1 + len(id) % 9}-11"),
        codes=tuple(given),
        findings=tuple(findings),
    )


def enabled(*incidents: Incident) -> dict[tuple[str, str], dict[str, object]]:
    graph: nx.MultiDiGraph = build(incidents, TYPOLOGY)
    return {
        (first.partition(":")[2], then.partition(":")[2]): held
        for first, then, held in graph.edges(data=True)
        if held["type"] == "enables"
    }


def test_the_words_of_each_step_are_the_typologys_own() -> None:
    for entry in tomllib.loads(enabling.SOURCE.read_text("utf-8"))["step"]:
        assert ("words" in entry) is ("of" in entry) is not ("why" in entry), entry
        if "words" in entry:
            concept = TYPOLOGY.concept(entry["of"])
            told = " ".join((concept.definition, concept.counts_when, concept.not_when))
            assert entry["words"] in told, entry
            assert entry["of"] in (entry["first"], *entry["then"]), entry


def test_no_step_leads_back_at_once() -> None:
    assert steps(TYPOLOGY)
    for first, then in steps(TYPOLOGY):
        assert first != then
        assert (then, first) not in steps(TYPOLOGY)
        assert TYPOLOGY.is_leaf(first)
        assert TYPOLOGY.is_leaf(then)


@pytest.mark.parametrize("codes", [("ID-02", "ID-01"), ("ID-01", "ID-02")])
def test_an_incident_that_is_a_case_of_both_shows_it_in_its_words(codes: tuple[str, str]) -> None:
    case = coded("a", *codes)
    edge = enabled(case)["ID-01", "ID-02"]
    assert set(str(edge["evidence"]).split(JOIN)) == {finding.id for finding in case.findings}
    assert (edge["source_report_ids"], edge["first_seen"], edge["confidence"]) == ("rep-a", "2024-02-11", 0.8)
    assert str(edge["note"]).startswith("1 incident is a case of both")


def test_enabling_edge_without_incidents_rests_on_the_typology() -> None:
    edge = enabled(coded("a", "ID-01"), coded("b", "ID-02"))["ID-01", "ID-02"]
    assert (edge["source_report_ids"], edge["evidence"], edge["first_seen"]) == ("", "", TYPOLOGY.date)
    assert "one step in beating an onboarding check" in str(edge["note"])


def test_what_only_we_say_is_drawn_where_incidents_show_it_alone() -> None:
    assert ("CY-05", "ID-03") not in enabled(coded("a", "CY-05"), coded("b", "ID-03"))
    assert ("CY-05", "ID-03") in enabled(coded("a", "CY-05", "ID-03"))


@pytest.mark.parametrize("case", [coded("a", "ID-02", "ID-01", quote=""), coded("a", "ID-02", "X-02")])
def test_what_nothing_quotes_shows_nothing(case: Incident) -> None:
    assert not enabled(case).get(("ID-01", "ID-02"), {"evidence": ""})["evidence"]


def test_a_tool_offered_in_one_incident_and_named_in_another_shows_it() -> None:
    offer, use = coded("offer", "OC-04", tool="ScamKit"), coded("use", "FR-02", tool="ScamKit")
    edge = enabled(offer, use)["OC-04", "FR-02"]
    assert edge["source_report_ids"] == "rep-offer; rep-use"
    assert "ScamKit, offered in one incident, is named in another" in str(edge["note"])
    assert enabled(offer, coded("use", "FR-02", tool="OtherKit")) == {}


def test_a_tool_that_everybody_uses_or_that_two_offers_name_shows_nothing() -> None:
    known = coded("offer", "OC-04", tool="ChatGPT"), coded("use", "FR-02", tool="ChatGPT")
    assert enabled(*known) == {}
    offers = coded("one", "OC-04", tool="ScamKit"), coded("two", "OC-04", tool="ScamKit")
    assert enabled(*offers) == {}
