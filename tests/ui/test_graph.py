"""The graph page over a real library, without a browser."""

import re
from datetime import date
from pathlib import Path

import pytest

from enrichment.network.incident_edges import BY_PERSON
from enrichment.network.layers import NEAR
from enrichment.network.records import Edge, Node
from index.library import Library
from tests.index.stories import entries
from tests.ui.conftest import ANALYST, Shown, led
from ui.drawing import address_of
from ui.nodes import texts
from ui.terms import named, verb
from ui.views import ties
from ui.views.around import QUIET


def test_it_begins_with_what_ties_most(shown: Shown) -> None:
    _, said = shown("graph")
    assert "Where to begin" in said
    assert "All measures, with what they mean" in said


def test_a_thing_has_one_number_of_incidents_and_those_with_most_come_first(
    shown: Shown, library: Library
) -> None:
    _, said = shown("graph")
    numbers = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) incidents?", said)]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) > 5
    for node in library.analysis.find_nodes("", actor=ANALYST, limit=12):
        assert node.incidents == library.analysis.surroundings(node.id, actor=ANALYST).centre.incidents
        assert node.incidents in numbers


def test_an_empty_library_says_how_to_fill_it(shown: Shown, tmp_path: Path) -> None:
    _, said = shown("graph", tmp_path / "empty")
    assert "There is nothing to tie together yet" in said and "moriarty run" in said


def test_a_name_is_found_and_an_unknown_one_leads_on(shown: Shown) -> None:
    app, said = shown("graph", q="zoom")
    assert app.text_input[0].value == "zoom"
    assert "Zoom" in said and "Platform" in said
    _, none = shown("graph", q="zzqqxx")
    assert "Nothing in the graph is called that" in none and "Search the texts instead" in none


def test_a_thing_is_shown_with_its_ties_and_their_words(shown: Shown, library: Library) -> None:
    _, said = shown("graph", node="platform:Zoom")
    around = library.analysis.surroundings("platform:Zoom", actor=ANALYST)
    assert around.edges
    assert "In the words of the reports" in said and "in the report" in said
    for node in around.layers[0]:
        assert node.label[:40] in said


def test_each_tie_leads_to_its_place_and_to_its_decision(shown: Shown, library: Library) -> None:
    app, _ = shown("graph", node="platform:Zoom")
    around = library.analysis.surroundings("platform:Zoom", actor=ANALYST)
    own = [edge for edge in around.edges if around.centre in (edge.source, edge.target) and edge.evidence]
    claims = [max(edge.evidence, key=lambda finding: finding.quote != "").id for edge in own]
    quoted = [(edge.incidents[0], claim) for edge, claim in zip(own, claims, strict=True)]
    assert quoted
    there = led(app)
    for incident, finding in quoted:
        assert f"/review?incident={incident}&at={finding}" in there
        assert any(to.startswith(f"/incident?id={incident}") and to.endswith(finding) for to in there)
    _, decided = shown("review", incident=quoted[0][0], at=quoted[0][1])
    assert "What the report says" in decided


def test_what_ties_lead_to_stands_below_the_drawing_in_words(shown: Shown, library: Library) -> None:
    app, said = shown("graph", node="platform:Zoom")
    below = said.partition("What most of these lead to")[2]
    far = library.analysis.surroundings("platform:Zoom", actor=ANALYST).layers[1]
    assert far
    for node in far:
        assert named(node) in below
        assert address_of(node) in led(app)


def test_more_ties_than_a_drawing_holds_can_be_listed(shown: Shown, library: Library) -> None:
    counts = library.analysis.graph(actor=ANALYST).nodes(data="incidents")
    busiest, _ = max(counts, key=lambda pair: pair[1])
    left_out = library.analysis.surroundings(busiest, actor=ANALYST, without=QUIET).left_out
    assert left_out
    _, some = shown("graph", node=busiest)
    assert f"the newest {NEAR} of {NEAR + left_out}" in some
    _, every = shown("graph", node=busiest, ties="all")
    assert f"List all {NEAR + left_out}" in some and "List all" not in every
    around = library.analysis.surroundings(busiest, actor=ANALYST, without=QUIET, most=1000)
    assert around.left_out == 0
    assert all(named(node) in every for node in around.layers[0])


def test_an_incident_leads_to_others_that_share_things(shown: Shown, library: Library) -> None:
    around = library.analysis.surroundings("case:case-0002", actor=ANALYST)
    assert around.centre.type == "Incident"
    assert {node.type for node in around.layers[1]} == {"Incident"}
    _, said = shown("graph", node=around.centre.id)
    assert "Open the incident" in said and "Executive, supplier or adviser payment diversion" in said


def test_a_thing_that_is_gone_says_so(shown: Shown) -> None:
    _, said = shown("graph", node="tool:<script>alert(1)</script>")
    assert "The graph has no such thing" in said and "Search the texts instead" in said


def test_ways_between_two_things(shown: Shown) -> None:
    app, said = shown("graph", part="path", **{"from": "platform:Zoom", "to": "technique:FR-01"})
    assert [box.value for box in app.text_input] == ["Zoom", "FR-01"]
    assert "Way 1" in said and "place of" in said and "is a case of" in said
    assert "Name two things" in shown("graph", part="path")[1]
    unknown = shown("graph", part="path", **{"from": "zzqqxx", "to": "technique:FR-01"})[1]
    assert "One of them is not in the graph" in unknown
    neither = shown("graph", part="path", **{"from": "zzqqxx", "to": "zoom chats"})[1]
    assert "Neither is in the graph" in neither and "ToZoomPlatform" in neither
    meant = shown("graph", part="path", **{"from": "Zoom calls", "to": "technique:FR-01"})[1]
    assert "FromZoomPlatform" in meant
    assert "ToExecutive" not in meant
    alone = shown("graph", part="path", **{"from": "technique:FR-01", "to": "technique:FR-01"})[1]
    assert "There is no way between them" in alone


def test_measures_say_what_they_mean(shown: Shown) -> None:
    _, said = shown("graph", part="ties")
    for words in (
        "Tools that bridge families of crime",
        "beyond chance",
        "Named with most others",
        "Newman 2001",
    ):
        assert words in said


def test_statistics_stand_behind_a_fold_and_families_have_names(shown: Shown, library: Library) -> None:
    _, said = shown("graph", part="ties")
    plain = re.sub(r"How this is computed.*?(?=Tools that|What goes|Named with|$)", "", said, flags=re.DOTALL)
    assert "How this is computed" in said
    for words in ("PageRank", "Odds ratio", "Lift", "participation", "Spread"):
        assert words not in plain
    [first, *_] = library.analysis.measures(actor=ANALYST).bridges or [None]
    if first is not None:
        assert all(library.typology.label(family) in plain for family in first.families)


def test_what_emerges_states_its_false_alarm_rate_baseline_and_method(shown: Shown) -> None:
    _, said = shown("graph", part="new", asof="2025-12-31")
    for words in (
        "false alarms in at most 5% of looks",
        "Two years before",
        "Benjamini and Hochberg",
        "What fits no kind of crime yet",
    ):
        assert words in said
    assert re.search(r"is flagged from \d+ in 90 days, \d+ in 180 days, \d+ in 365 days on", said)


@pytest.mark.parametrize(
    ("note", "score", "way", "basis"),
    [
        ("coded by a model", 0.2, "may also be a case of", "score 0.20; of codes no surer about six in ten"),
        ("coded by a model", 0.7, "is also a case of", "coded by a model, score 0.70"),
        (BY_PERSON, 1.0, "is also a case of", "coded by a person"),
    ],
)
def test_a_further_code_is_told_as_sure_as_it_is(note: str, score: float, way: str, basis: str) -> None:
    edge = Edge(
        id="edg-1",
        type="uses_technique",
        source=Node(id="incident:inc-1", type="Incident", label="A matter"),
        target=Node(id="technique:FR-01", type="Technique", label="A fraud"),
        confidence=score,
        assertion_status="inferred",
        note=note,
        reports=("rep-1",),
    )
    assert verb(edge, "incident:inc-1") == way
    assert basis in texts(ties.words(edge))


def test_what_may_rise_or_is_new_is_told_apart_from_alarms(shown: Shown, library: Library) -> None:
    found = library.analysis.emerging(actor=ANALYST, as_of=date(2025, 12, 31))
    assert found.unheard
    _, said = shown("graph", part="new", asof="2025-12-31")
    assert "no alarm, but a reason to look" in said
    for leaf in found.unheard:
        assert library.typology.label(leaf) in said
    assert not {rise.concept for rise in found.rises if rise.flagged and rise.stirs}


def test_what_fits_no_kind_of_crime_is_listed(shown: Shown, library: Library) -> None:
    found = library.analysis.emerging(actor=ANALYST)
    assert found.unfit == len(found.unfit_incidents)
    _, said = shown("graph", part="new")
    for key in found.unfit_incidents:
        assert found.titles[key] in said


def test_old_data_is_called_old_and_no_data_too_little(shown: Shown) -> None:
    assert "No source with a long past tells of anything after" in shown("graph", part="new")[1]
    assert "Too little is dated to compare" in shown("graph", part="new", asof="1990-01-01")[1]
    assert "As of" in shown("graph", part="new", asof="no day")[1]


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        ({}, "find_nodes"),
        ({"q": "zoom"}, "find_nodes"),
        ({"node": "platform:Zoom"}, "surroundings"),
        ({"part": "path", "from": "platform:Zoom", "to": "technique:FR-01"}, "paths"),
        ({"part": "path", "from": "no such thing", "to": "nor this"}, "paths"),
        ({"part": "ties"}, "measures"),
        ({"part": "new"}, "emerging"),
    ],
)
def test_looking_at_a_page_leaves_the_one_entry_of_looking(
    shown: Shown, library: Library, asked: dict[str, str], action: str
) -> None:
    before = len(entries(library))
    shown("graph", **asked)
    assert [entry["action"] for entry in entries(library)[before:]] == [action]


def test_an_unknown_part_is_the_first(shown: Shown) -> None:
    assert "Where to begin" in shown("graph", part="nothing")[1]


def test_the_typology_shows_its_incidents_by_month_and_leads_to_their_ties(shown: Shown) -> None:
    _, said = shown("typology", id="FR-01")
    assert "By month" in said
    assert "What these incidents share" in said
    assert "each source against its own past" in said
