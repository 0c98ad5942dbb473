import random

import pytest

from collectors.records import PartialDate
from enrichment.facts import extract
from enrichment.group import Groupable, group
from enrichment.grouping import roundup
from enrichment.records import Fact, Subject, as_finding

SHIPPING = (
    "A clerk of Vandelhorst Shipping in Oslo sent NOK 4,310,000 on 2 March 2025 after a call in the copied "
    "voice of its head, Marlo Quistgaard. Police in Norway look for three men."
)
BAKERY = (
    "In another case, the bakery chain Brunwick in Lisbon lost EUR 92,500 to a video meeting with a false "
    "Petra Lindqvara, its treasurer. Portuguese police arrested two women on 9 April 2025."
)
CHOIR = (
    "In a third case, the Harkstow Choir of Toronto paid CAD 18,000 on 20 May 2025 to a voice that posed as "
    "its conductor Imre Yelmere. Nobody has been arrested in Canada."
)
TOGETHER = f"{SHIPPING} {BAKERY} {CHOIR}"


def passages(title: str, text: str) -> list[str]:
    facts = roundup.events(title, text, extract(title, text))
    return [text[slice(*map(int, span.split("-")))] for fact in facts for span in fact.value.split()]


def test_an_article_that_passes_from_case_to_case_is_a_round_up() -> None:
    assert passages("Copied voices cost firms dear", TOGETHER) == [SHIPPING, BAKERY, CHOIR]


def test_a_list_is_a_round_up() -> None:
    listed = f"Three firms were cheated.\n- {SHIPPING}\n- {BAKERY[17:]}\n- {CHOIR[16:]}\n"
    assert len(passages("Frauds", listed)) == 3


def test_no_sum_of_a_round_up_is_the_loss_of_the_whole_but_of_its_passage() -> None:
    title = "Copied voices cost firms dear"
    facts = extract(title, TOGETHER)
    assert [fact.value for fact in facts if fact.role == "loss"] == ["NOK 4310000"]
    events = roundup.events(title, TOGETHER, facts)
    whole = roundup.of_no_single_event(facts, events)
    sums = {fact.value: fact for fact in whole if fact.subject is Subject.LOSS}
    assert {value: fact.role for value, fact in sums.items()} == dict.fromkeys(
        ("NOK 4310000", "EUR 92500", "CAD 18000"), "part"
    )
    assert [fact for fact in whole if fact.subject is not Subject.LOSS] == [
        fact for fact in facts if fact.subject is not Subject.LOSS
    ]
    findings = tuple(as_finding(fact, "rep-1", "v", "t@1") for fact in whole)
    report = Groupable("rep-1", title, TOGETHER, None, (), findings, None)
    passages = roundup.units(report, roundup.passages(events))
    losses = [[found.value for found in unit.findings if found.role == "loss"] for unit in passages]
    assert losses == [["NOK 4310000"], ["EUR 92500"], ["CAD 18000"]]


CLOSING = "And that is all for now: write to us if a stranger with a voice you know has rung you up."


@pytest.mark.parametrize("mark", ["{}. ", "{}: ", "{} - ", "{}, May 21 - "])
def test_a_place_at_the_head_of_a_paragraph_pins_it_down(mark: str) -> None:
    told = {
        "Oslo": "A clerk sent NOK 4,310,000 after a call in the copied voice of the head of her firm.",
        "LISBON": "Two women lost EUR 92,500 to a video meeting with a treasurer who was never there.",
        "Toronto": "A choir paid CAD 18,000 to a voice that posed as that of its old conductor.",
    }
    paragraphs = [f"{mark.format(place)}{text}" for place, text in told.items()]
    assert passages("Voice fraud digest", "\n\n".join(paragraphs)) == paragraphs


@pytest.mark.parametrize("line", [CLOSING, "Subscribe!"])
def test_a_line_that_tells_nothing_at_either_end_stops_no_proposal(line: str) -> None:
    paragraphs = [SHIPPING, BAKERY[17:], CHOIR[17:]]
    assert passages("Fraud round-up", "\n".join([*paragraphs, line])) == paragraphs
    assert passages("Fraud round-up", "\n".join([line, *paragraphs])) == paragraphs
    assert passages("Fraud round-up", "\n".join([*paragraphs[:2], CLOSING, paragraphs[2]])) == []


def test_paragraphs_are_one_only_where_the_headline_says_so() -> None:
    paragraphs = f"{SHIPPING}\n{BAKERY[17:]}\n{CHOIR[16:]}"
    assert len(passages("Fraud round-up: the week in copied voices", paragraphs)) == 3
    assert passages("Copied voices cost firms dear", paragraphs) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        SHIPPING,
        f"{SHIPPING} {BAKERY}",
        # One event, told step by step.
        f"{SHIPPING} In another call, Marlo Quistgaard's voice asked Vandelhorst for NOK 900,000 more. In a "
        "third call the clerk of Vandelhorst in Oslo rang back on a known number; Quistgaard knew nothing.",
        # One event, with asides on others.
        f"{SHIPPING * 6} In another case a firm in Lisbon, Portugal lost EUR 92,500 to Petra Lindqvara. In a "
        "third case Imre Yelmere of Toronto in Canada paid CAD 18,000 for nothing at all last year.",
        "- What to do now\n- Ring back on a number that is known to be right\n- Tell the police of any loss",
    ],
)
def test_an_article_of_one_event_is_left_whole(text: str) -> None:
    assert passages("Copied voices cost firms dear", text) == []


def test_its_value_and_span_point_into_the_text() -> None:
    [fact] = roundup.events("Voices", TOGETHER, extract("Voices", TOGETHER))
    assert fact.subject is Subject.EVENTS
    assert fact.value.startswith(f"{fact.start}-{fact.end} ")
    assert fact.quote == TOGETHER[fact.start : fact.end]


def item(report: str, text: str, title: str = "Voices") -> Groupable:
    day = PartialDate(value="2025-06-02")
    found: list[Fact] = extract(title, text, day)
    facts = [*found, *roundup.events(title, text, found)]
    return Groupable(
        report, title, text, day, (), tuple(as_finding(fact, report, "v", "facts@1") for fact in facts), None
    )


def test_a_round_up_waits_alone_and_its_passages_are_matched() -> None:
    other = SHIPPING.replace("A clerk of", "Somebody at").replace("look for", "are still looking for")
    alone = "Brunwick, the bakers of Lisbon, lost EUR 92,500 when a false Petra Lindqvara, treasurer, asked."
    grouping = group([item("all", TOGETHER), item("one", other), item("two", alone)])
    assert grouping.clusters == (("all",), ("one",), ("two",))
    matched = {link.left: link for link in grouping.links if link.kind == "passage"}
    start = TOGETHER.index("In another")
    assert {(left.partition("#")[2].partition("-")[0], link.right) for left, link in matched.items()} == {
        ("0", "one"),
        (str(start), "two"),
    }
    assert all(link.reasons for link in matched.values())


def test_its_copy_is_folded_with_it() -> None:
    copy = TOGETHER.replace("Nobody has been arrested", "No one was arrested")
    assert group([item("all", TOGETHER), item("copy", copy)]).clusters == (("all", "copy"),)


def test_passages_that_a_person_set_apart_join_their_own_incidents() -> None:
    whole = item("all", TOGETHER)
    spans = roundup.passages(whole.findings)
    parts = roundup.units(whole, spans)
    items = [*parts, item("one", SHIPPING + " More follows."), item("three", CHOIR + " The choir sings on.")]
    for seed in range(3):
        random.Random(seed).shuffle(items)
        found = {frozenset(cluster) for cluster in group(items).clusters}
        assert found == {
            frozenset({parts[0].report, "one"}),
            frozenset({parts[1].report}),
            frozenset({parts[2].report, "three"}),
        }


@pytest.mark.parametrize("title", ["Deepfake scams this year", "The frauds of the year"])
def test_a_headline_on_a_year_announces_several_and_each_joins_the_report_with_its_town_and_sum(
    title: str,
) -> None:
    told = "\n\n".join((SHIPPING, BAKERY[17:], CHOIR[16:]))
    bergen = SHIPPING.replace("Oslo", "Bergen").replace("4,310,000", "58,000").replace("2 March", "9 March")
    grouping = group([item("all", told, title), item("bergen", bergen), item("oslo", SHIPPING)])
    assert ("all",) in grouping.clusters
    assert [link.right for link in grouping.links if link.kind == "passage"] == ["oslo"]
