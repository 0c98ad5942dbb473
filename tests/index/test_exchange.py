"""Incidents as STIX and MISP: other programs read them, ids stay the same, and people are not named."""

import json
from datetime import timedelta
from typing import Any

import pytest
import stix2
from pymisp import MISPEvent

from collectors.records import Reference
from enrichment.records import Code, CodeRole, Subject
from enrichment.typology import Typology
from index.records import IncidentView, JudgedFinding, State
from tests.index.exportables import HOSTILE, NOW, finding, view, write


@pytest.fixture(scope="module")
def typology() -> Typology:
    return Typology.load()


def bundle(typology: Typology, *views: IncidentView) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(write("stix", typology, *views))
    return made


def kind(made: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in made["objects"] if each["type"] == name]


def events(typology: Typology, *views: IncidentView) -> list[dict[str, Any]]:
    return [each["Event"] for each in json.loads(write("misp", typology, *views))["response"]]


def decided(by: str) -> IncidentView:
    tool = finding(Subject.TOOL, "VoiceMaker", "VoiceMaker")
    harmed = finding(Subject.ORGANISATION, "Lower Marsh School", "Lower Marsh School", "harmed")
    nation = finding(Subject.COUNTRY, "GB-ENG", "England", "where")
    return view().model_copy(
        update={
            "findings": (
                JudgedFinding(finding=tool, state=State.ACCEPTED, by=by),
                JudgedFinding(finding=harmed, state=State.SUGGESTED),
                JudgedFinding(finding=nation, state=State.SUGGESTED),
            )
        }
    )


def test_a_bundle_is_stix_and_reads_back_as_it_was_written(typology: Typology) -> None:
    made = bundle(typology, view(), view(title=HOSTILE, key="inc-2"))
    read = stix2.parse(made, allow_custom=False, version="2.1")
    assert json.loads(read.serialize()) == made
    assert len(kind(made, "incident")) == 2
    assert len(kind(made, "attack-pattern")) == 1


def test_every_reference_of_a_bundle_is_to_something_in_it(typology: Typology) -> None:
    made = bundle(typology, decided("ada"))
    ids = [each["id"] for each in made["objects"]]
    assert len(ids) == len(set(ids))
    for each in made["objects"]:
        named = [value for name, value in each.items() if name.endswith("_ref")]
        assert set(named) | set(each.get("object_marking_refs", ())) <= set(ids)


def test_an_incident_is_linked_to_what_it_used_and_harmed(typology: Typology) -> None:
    made = bundle(typology, decided("ada"))
    names = {each["id"]: each.get("name", each["type"]) for each in made["objects"]}
    links = {
        (names[each["source_ref"]], each["relationship_type"], names[each["target_ref"]]): each
        for each in kind(made, "relationship")
    }
    title, code = "A firm is deceived", typology.label("FR-01")
    assert {
        (title, "uses", code),
        (title, "uses", "VoiceMaker"),
        (title, "targets", "Lower Marsh School"),
        (title, "targets", "England"),
    } <= links.keys()
    assert links[title, "uses", "VoiceMaker"]["confidence"] == 100
    assert links[title, "targets", "England"]["confidence"] == 90
    assert links[title, "targets", "England"]["description"] == "By machine, 90% sure: “England”"
    [place] = kind(made, "location")
    assert (place["country"], place["administrative_area"]) == ("GB", "GB-ENG")
    [pattern] = kind(made, "attack-pattern")
    assert pattern["external_references"] == [{"source_name": "moriarty-typology", "external_id": "FR-01"}]
    counters = {item.label for item in typology.countermeasures("FR-01")}
    assert {source for source, how, _ in links if how == "mitigates"} == counters != set()


def test_what_is_exported_again_keeps_its_ids_and_is_newer(typology: Typology) -> None:
    [item] = view().reports
    assert item.capture is not None
    later = item.capture.model_copy(update={"finished": NOW + timedelta(days=1)})
    known = {"capture": later, "versions": (("ver-2", later.finished), ("ver-1", NOW))}
    captured = view().model_copy(update={"reports": (item.model_copy(update=known),)})
    judged = view().model_copy(update={"decided": NOW + timedelta(days=2)})
    versions = [view(), captured, judged]
    incidents = [kind(bundle(typology, one), "incident")[0] for one in versions]
    assert len({each["id"] for each in incidents}) == len({each["created"] for each in incidents}) == 1
    assert incidents[0]["modified"] < incidents[1]["modified"] < incidents[2]["modified"]
    made = [event for one in versions for event in events(typology, one)]
    assert len({each["uuid"] for each in made}) == 1
    assert int(made[0]["timestamp"]) < int(made[1]["timestamp"]) < int(made[2]["timestamp"])


def test_a_scope_code_is_a_label_and_no_attack_pattern(typology: Typology) -> None:
    made = bundle(typology, view(code="X-02"))
    [incident] = kind(made, "incident")
    assert "typology:X-02" in incident["labels"]
    assert not kind(made, "attack-pattern")


def test_sources_are_cited_with_the_digest_of_what_was_captured(typology: Typology) -> None:
    [incident] = kind(bundle(typology), "incident")
    cited = {each["source_name"]: each for each in incident["external_references"]}
    assert cited["aiid"]["external_id"] == "9345"
    assert cited["A publisher"]["hashes"] == {"SHA-256": "ab" * 32}
    assert cited["P"]["url"] == "https://named.example"


@pytest.mark.parametrize("name", ["stix", "misp"])
def test_who_decided_is_not_named(name: str, typology: Typology) -> None:
    told = write(name, typology, decided("ada.lovelace")).decode()
    assert "By a person: “VoiceMaker”" in told
    assert "lovelace" not in told


def test_an_event_is_read_by_misp_and_stays_with_who_imports_it(typology: Typology) -> None:
    made, hostile = events(typology, view(), view(title=HOSTILE, key="inc-2"))
    event = MISPEvent()
    event.from_dict(**made)
    assert event.info == "A firm is deceived"
    assert str(event.date) == "2024-01-01"
    assert event.distribution == 0 and not event.published
    assert hostile["uuid"] != made["uuid"]
    tags = {tag["name"] for tag in made["Tag"]}
    assert {'moriarty:typology="FR-01"', 'moriarty:ai-involvement="confirmed"'} <= tags


def test_no_attribute_of_an_event_becomes_an_indicator(typology: Typology) -> None:
    [made] = events(typology)
    attributes = made["Attribute"]
    assert not any(each["to_ids"] for each in attributes)
    assert {each["type"] for each in attributes} == {"comment", "text", "link"}
    assert all(each["disable_correlation"] == (each["type"] != "link") for each in attributes)
    values = [(each["type"], each["value"]) for each in attributes]
    assert len(values) == len(set(values)) == len({each["uuid"] for each in attributes})
    assert ("link", "https://example.org/a-named-person") in values
    assert ("text", "HKD 200,000,000") in values


@pytest.mark.parametrize("url", [None, "https://example.org/a"])
@pytest.mark.parametrize("name", ["stix", "misp"])
def test_what_has_no_title_leaves_all_the_same(name: str, url: str | None, typology: Typology) -> None:
    bare = view(title="", text="")
    [item] = bare.reports
    report = item.report.model_copy(update={"url": url, "references": ()})
    item = item.model_copy(update={"report": report, "publisher": "", "source_title": "", "licence": ""})
    nameless = Reference(publisher="", title="")
    told = write(name, typology, bare.model_copy(update={"reports": (item,), "references": (nameless,)}))
    assert b"FR-01" in told
    if name == "stix":
        stix2.parse(json.loads(told), allow_custom=False, version="2.1")


def test_an_event_is_complete_once_a_person_decided(typology: Typology) -> None:
    assert int(events(typology, view())[0]["analysis"]) == 0
    assert int(events(typology, decided("ada"))[0]["analysis"]) == 2


def test_two_codes_of_one_incident_are_two_relations(typology: Typology) -> None:
    both = view().incident.model_copy(
        update={
            "codes": (
                Code(concept="FR-01", role=CodeRole.PRIMARY, score=0.8),
                Code(concept="OC-01", role=CodeRole.OTHER, score=0.6, judged=True),
            )
        }
    )
    made = bundle(typology, view().model_copy(update={"incident": both}))
    sure = {each["confidence"] for each in kind(made, "relationship") if "confidence" in each}
    assert {80, 100} <= sure
    assert len(kind(made, "attack-pattern")) == 2
