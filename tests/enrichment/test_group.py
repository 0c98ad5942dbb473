import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from collectors.records import PartialDate
from enrichment import embedder
from enrichment.facts import extract
from enrichment.group import Groupable, Grouping, group
from enrichment.grouping import candidates, figures
from enrichment.grouping.likeness import SAME_INCIDENT_AT, Corpus, Likeness
from enrichment.records import Fact, Subject, as_finding
from tests.shared import shared

TEXT = (
    "Fraudsters copied the voice of Marlo Quistgaard, head of Vandelhorst Shipping, and a clerk in Oslo sent "
    "NOK 4,310,000 to an account that was emptied within the hour. Police in Norway look for three men."
)
RETOLD = (
    "A shipping clerk in Oslo believed that Marlo Quistgaard was on the line. Vandelhorst Shipping now says "
    "that 4,310,000 kroner went to men whom the police in Norway have yet to find; the voice was a machine's."
)
LOOKALIKE = (
    "Fraudsters copied the voice of Petra Lindqvara, head of Osterbrandt Foods, and a clerk in Lisbon sent "
    "EUR 92,500 to an account that was emptied within the hour. Police in Portugal are looking for two women."
)


def item(
    report: str,
    text: str,
    refs: tuple[str, ...] = (),
    published: str = "2025-03-02",
    title: str = "Voice fraud",
) -> Groupable:
    day = PartialDate(value=published)
    facts = tuple(as_finding(fact, report, "v1", "facts@1") for fact in extract(title, text, day))
    return Groupable(report, title, text, day, refs, facts, None)


def clusters(
    *items: Groupable, together: Sequence[tuple[str, str]] = (), apart: Sequence[tuple[str, str]] = ()
) -> set[frozenset[str]]:
    return {frozenset(cluster) for cluster in group(items, together, apart).clusters}


def sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(one.split()) for one in groups}


def test_every_report_is_in_a_cluster() -> None:
    assert clusters() == set()
    assert clusters(item("a", TEXT)) == sets("a")
    assert clusters(item("a", ""), item("b", "")) == sets("a", "b")


def test_an_edited_copy_is_a_near_copy_with_its_reason() -> None:
    edited = TEXT.replace("look for", "are searching for") + " Share this story."
    grouping = group([item("a", TEXT), item("b", edited)])
    assert grouping.clusters == (("a", "b"),)
    assert [(link.kind, link.left, link.right) for link in grouping.links if link.kind == "near-copy"]
    assert all(link.reasons for link in grouping.links)


def test_the_same_event_in_other_words_is_joined_by_its_rare_facts() -> None:
    grouping = group([item("a", TEXT), item("b", RETOLD)])
    assert grouping.clusters == (("a", "b"),)
    reasons = " ".join(grouping.links[0].reasons)
    assert "Marlo Quistgaard" in reasons
    assert "Norway" in reasons


def test_a_lookalike_is_another_incident() -> None:
    assert clusters(item("a", TEXT), item("b", LOOKALIKE)) == sets("a", "b")


def test_reports_that_share_an_outside_id_are_one_incident() -> None:
    assert clusters(item("a", TEXT, ("aiid:1",)), item("b", LOOKALIKE, ("aiid:1",))) == sets("a b")


def test_different_ids_of_one_scheme_keep_even_copies_apart() -> None:
    assert clusters(item("a", TEXT, ("aiid:1",)), item("b", TEXT, ("aiid:2",))) == sets("a", "b")
    assert clusters(item("a", TEXT, ("aiid:1",)), item("b", TEXT, ("case:2",))) == sets("a b")


def test_a_chain_over_a_third_report_does_not_join_different_ids() -> None:
    reports = [item("a", TEXT, ("aiid:1",)), item("b", TEXT), item("c", TEXT, ("aiid:2",))]
    grouped = clusters(*reports)
    assert not any({"a", "c"} <= cluster for cluster in grouped)


def test_a_report_that_carries_both_ids_of_a_duplicate_joins_them() -> None:
    reports = [item("a", TEXT, ("aiid:1",)), item("b", LOOKALIKE, ("aiid:2", "aiid:1"))]
    assert clusters(*reports) == sets("a b")


def test_a_report_that_tells_of_two_known_incidents_is_in_both() -> None:
    reports = [
        item("a", TEXT, ("aiid:1",)),
        item("b", LOOKALIKE, ("aiid:2",)),
        item("c", "A round-up of two cases.", ("aiid:1", "aiid:2")),
    ]
    assert clusters(*reports) == sets("a c", "b c")


def test_what_people_decided_always_holds() -> None:
    one, copy, other = item("a", TEXT), item("b", TEXT), item("c", LOOKALIKE)
    assert clusters(one, copy, other, apart=[("b", "a")]) == sets("a", "b", "c")
    assert clusters(one, copy, other, together=[("c", "a")]) == sets("a b c")
    assert clusters(one, copy, other, together=[("a", "c")], apart=[("a", "b")]) == sets("a c", "b")
    named, renamed = item("a", TEXT, ("aiid:1",)), item("b", LOOKALIKE, ("aiid:2",))
    assert clusters(named, renamed, together=[("a", "b")]) == sets("a b")
    shared = item("b", TEXT, ("aiid:1",))
    assert clusters(named, shared, apart=[("a", "b")]) == sets("a", "b")
    assert clusters(one, other, together=[("a", "gone")]) == sets("a", "c")


def test_the_order_of_reports_does_not_matter() -> None:
    items = [item("a", TEXT), item("b", RETOLD), item("c", LOOKALIKE), item("d", TEXT + " More follows.")]
    expected = group(items)
    for seed in range(5):
        shuffled = random.Random(seed).sample(items, len(items))
        assert group(shuffled) == expected


def test_many_identical_texts_are_a_star_around_the_earliest() -> None:
    items = [item(f"r{number:04}", TEXT, published="2025-03-03") for number in range(400)]
    items.append(item("z", TEXT, published="2025-03-02"))
    grouping = group(items)
    assert len(grouping.clusters) == 1
    assert len(grouping.links) == len(items) - 1
    assert {link.left for link in grouping.links} == {"z"}


def test_neighbours_near_centres_are_those_found_exactly() -> None:
    generator = np.random.default_rng(3)
    centres = generator.standard_normal((200, 64))
    rows = np.repeat(centres, 3, axis=0) + 0.3 * generator.standard_normal((600, 64))
    matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found = defaultdict(set)
    for row, columns, _ in candidates._centred(matrix):
        found[row].update(columns)
    pairs = [(3 * event + a, 3 * event + b) for event in range(200) for a, b in combinations(range(3), 2)]
    assert sum(b in found[a] for a, b in pairs) / len(pairs) >= 0.95


def test_a_form_filled_in_twice_is_two_incidents() -> None:
    filled = TEXT.replace("Marlo Quistgaard", "Petra Lindqvara").replace("Vandelhorst", "Osterbrandt")
    filled = filled.replace("Oslo", "Bergen").replace("4,310,000", "925,000")
    assert clusters(item("a", TEXT), item("b", filled)) == sets("a", "b")


def test_what_contradicts_is_said_beside_what_agrees() -> None:
    other = RETOLD.replace("4,310,000 kroner went", "it lost NOK 9,900,000, which went")
    grouping = group([item("a", TEXT), item("b", other)])
    [link] = grouping.links
    assert link.reasons[0].startswith("Both name")
    assert any("NOK 9,900,000" in said for said in link.contradictions)


def test_a_date_that_cannot_be_right_does_not_part_two_accounts() -> None:
    wrong = RETOLD + " It happened on 4 May 2031."
    assert clusters(item("a", TEXT), item("b", wrong)) == sets("a b")
    early = item("b", RETOLD + " It happened on 1 March 2025.", published="2019-01-05")
    assert clusters(item("a", TEXT + " It happened on 1 March 2025."), early) == sets("a b")


def b_cubed(grouping: Grouping, gold: dict[str, str]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 over the reports of ``gold``."""
    ours = {report: set(cluster) & gold.keys() for cluster in grouping.clusters for report in cluster}
    theirs: dict[str, set[str]] = defaultdict(set)
    for report, incident in gold.items():
        theirs[incident].add(report)
    shared = {report: len(ours[report] & theirs[gold[report]]) for report in gold}
    precision = sum(shared[report] / len(ours[report]) for report in gold) / len(gold)
    recall = sum(shared[report] / len(theirs[gold[report]]) for report in gold) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def test_the_gold_reports_are_grouped() -> None:
    rows = [json.loads(line) for line in shared("reports-gold/dev.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["relevant"]]
    vectors = embedder.load().encode([f"{row['title']}\n{row['text']}" for row in rows], "passage")
    items = []
    for row, vector in zip(rows, vectors, strict=True):
        published = PartialDate(value=row["published"]) if row["published"] else None
        facts = extract(row["title"], row["text"], published)
        findings = tuple(as_finding(fact, row["id"], "v", "facts@1") for fact in facts)
        items.append(Groupable(row["id"], row["title"], row["text"], published, (), findings, vector))
    gold = {row["id"]: row["incident"] or row["id"] for row in rows}
    precision, recall, f1 = b_cubed(group(items), gold)
    assert precision >= 0.95
    assert recall >= 0.85
    assert f1 >= 0.90


def claimed(report: Groupable, subject: Subject, value: str, role: str) -> Groupable:
    fact = as_finding(Fact(subject=subject, value=value, role=role, score=0.9), report.report, "v1", "test")
    return replace(report, findings=(*report.findings, fact))


def coded(report: Groupable, code: str) -> Groupable:
    return claimed(report, Subject.TYPOLOGY, code, "primary")


def score(one: Groupable, other: Groupable) -> Likeness:
    return Corpus([one, other]).likeness(0, 1)


TAXI = "A driverless taxi of the firm Quillcab ran onto a pavement in Harkmere. Nobody was hurt."
BURNT = "Crowds set fire to three driverless taxis of Quillcab in Harkmere, and broke their windows."


def test_two_events_of_one_firm_and_town_on_other_days_are_two_incidents() -> None:
    one, other = (item(key, text, published="2026-01-05") for key, text in (("a", TAXI), ("b", BURNT)))
    early = claimed(one, Subject.DATE, "2025-05-03", "occurred")
    late, near = (claimed(other, Subject.DATE, day, "occurred") for day in ("2025-12-09", "2025-05-04"))
    assert "Their dates are 7 months apart" in score(early, late).contradictions
    assert score(early, late).score < SAME_INCIDENT_AT
    assert score(early, late).score < score(early, near).score - 0.3


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ("2025-03-13", "One was published 11 days before what the other tells"),
        ("2025-03-23", ""),  # where it was already the next day
        ("2025-03", ""),
        ("2025-04-02", ""),
    ],
)
def test_what_was_published_before_an_event_does_not_tell_of_it(published: str, said: str) -> None:
    later = claimed(item("b", BURNT, published="2025-04-07"), Subject.DATE, "2025-03-24", "occurred")
    found, after = (score(item("a", TAXI, published=day), later) for day in (published, "2025-04-01"))
    assert [each for each in found.contradictions if "published" in each] == ([said] if said else [])
    assert (found.score < after.score / 2) == bool(said)


@pytest.mark.parametrize(("day", "near"), [("2025-03-24", True), ("2025-03-29", True), ("2025-04-04", False)])
def test_accounts_of_one_event_name_the_same_day_or_nearly(day: str, near: bool) -> None:
    one = claimed(item("a", TAXI, published="2025-04-07"), Subject.DATE, "2025-03-24", "occurred")
    other = claimed(item("b", BURNT, published="2025-04-07"), Subject.DATE, day, "occurred")
    found = score(one, other)
    assert any(said.startswith("Their dates are") for said in found.reasons) == near
    assert ("The days they name are 11 days apart" in found.contradictions) == (not near)


@pytest.mark.parametrize(
    ("sum_", "said"),
    [
        (
            "42 million Danish kroner",
            "They state losses worth about the same, DKK 42,000,000 and GBP 4,800,000",
        ),
        ("93 million Danish kroner", "One states a loss of DKK 93,000,000, the other of GBP 4,800,000"),
        ("7 million Danish kroner", "One states a loss of DKK 7,000,000, the other of GBP 4,800,000"),
        ("52 million Danish kroner", ""),
    ],
)
def test_losses_of_two_currencies_are_compared_by_their_worth(sum_: str, said: str) -> None:
    local = item("a", f"A grain merchant in Esbjerg lost {sum_} to a video call with a faked director.")
    abroad = item("b", "Harvik Korn of Esbjerg was robbed of £4.8m by an AI copy of its director on screen.")
    found = score(local, abroad)
    assert [each for each in (*found.reasons, *found.contradictions) if "loss" in each] == (
        [said] if said else []
    )
    assert (found.score >= SAME_INCIDENT_AT) == said.startswith("They state")


def test_a_loss_of_no_known_worth_is_compared_with_none_but_its_own_currency() -> None:
    """``XTS`` is the code that ISO 4217 keeps for tests."""
    one, same = (claimed(item(key, TAXI), Subject.LOSS, "XTS 4100000", "loss") for key in "ac")
    other = claimed(item("b", BURNT), Subject.LOSS, "GBP 4100000", "loss")
    assert not any("loss" in said for said in (*score(one, other).reasons, *score(one, other).contradictions))
    assert "Both state a loss of XTS 4,100,000" in score(one, same).reasons


def test_a_large_loss_in_common_tells_more_than_a_small_one() -> None:
    def both(amount: str) -> float:
        texts = [f"A clerk lost {amount} to a cloned voice.", f"{amount} was lost when a teller was misled."]
        return score(*(item(key, text) for key, text in zip("ab", texts, strict=True))).score

    assert both("$9,000") < both("$900,000") < both("$90 million")


def test_a_loss_in_common_is_not_counted_again_as_a_figure() -> None:
    one, other = (
        item(key, f"A {who} lost $20,000 to a cloned voice.") for key, who in (("a", "baker"), ("b", "vet"))
    )
    reasons = score(one, other).reasons
    assert "Both state a loss of USD 20,000" in reasons
    assert not any(said.startswith("Both name") for said in reasons)


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("It came within 48 hours on 17 and 18 May, he was aged 31, 52 per cent said.", []),
        ("September 23 and 24; a 39-year-old; 62 days; the 14th time", []),
        ("He bought 38 phones at 4417 Elm Road for 19,500 in 2021.", ["38", "4417", "19,500"]),
    ],
)
def test_days_ages_and_lengths_of_time_tell_no_event_from_another(text: str, telling: list[str]) -> None:
    assert [figure[0] for figure in figures.telling(text)] == telling


def test_a_country_in_common_is_named_as_people_name_it() -> None:
    texts = ["A clerk in Hong Kong lost money.", "Police in Hong Kong look for a caller."]
    one, other = (item(key, text) for key, text in zip("ab", texts, strict=True))
    assert "Both took place in Hong Kong" in score(one, other).reasons


def test_what_a_short_text_names_last_is_no_aside() -> None:
    calls = item("a", "Calls with a cloned voice of Governor Tamsin Oakhollow misled voters in Quillmouth.")
    charge = "A pollster is charged over cloned calls to Quillmouth voters in the name of Tamsin Oakhollow."
    assert score(calls, item("b", charge, published="2025-04-02")).score >= SAME_INCIDENT_AT
    later = f"{'The firm sells software to shops and schools. ' * 20}{charge}"
    assert score(calls, item("b", later, published="2025-04-02")).score < SAME_INCIDENT_AT


def test_one_person_imitated_by_other_means_is_less_alike() -> None:
    one, other = item("a", "Orla Quist was imitated.", title=""), item("b", "Orla Quist is angry.", title="")
    voice, video = (
        claimed(claimed(other, Subject.MODALITY, made, ""), Subject.CAPABILITY, able, "")
        for made, able in (("audio", "voice_cloning"), ("video", "face_swap"))
    )
    call = claimed(claimed(one, Subject.MODALITY, "audio", ""), Subject.CAPABILITY, "voice_cloning", "")
    assert "They tell of different uses of AI" in score(call, video).contradictions
    assert score(call, video).score < score(call, voice).score
    unsure = claimed(video, Subject.CAPABILITY, "voice_cloning", "")
    assert not score(call, unsure).contradictions


def test_countries_that_both_name_do_not_contradict_each_other() -> None:
    def placed(report: Groupable, **roles: str) -> Groupable:
        facts = [
            Fact(subject=Subject.COUNTRY, value=code, role=role, score=0.5) for code, role in roles.items()
        ]
        found = tuple(as_finding(fact, report.report, "v1", "facts@1") for fact in facts)
        return replace(report, findings=found)

    account = placed(item("a", TAXI), HU="where", GB="")
    firm, another = (placed(item("b", BURNT), GB="where", **{named: ""}) for named in ("HU", "MT"))
    assert not score(account, firm).contradictions
    assert "One took place in Hungary, the other in United Kingdom" in score(account, another).contradictions


def test_two_forms_stay_apart_however_many_others_there_are() -> None:
    form = (
        "{officer} of the police in Morqvara warns firms after a call in a cloned voice: whoever spoke was "
        "not {person} of {firm}, and {sum} Norwegian kroner are gone from an account that a clerk had opened."
    )
    fills = [
        {
            "officer": f"Officer {first}son",
            "person": f"{first}a {last}",
            "firm": last,
            "sum": f"{number}06,000",
        }
        for number, (first, last) in enumerate(zip(FIRST, LAST, strict=True), 1)
    ]
    items = [item(f"r{place}", form.format(**fill)) for place, fill in enumerate(fills)]
    few, all_ = group(items[:2]), group(items)
    assert few.clusters == (("r0",), ("r1",))
    assert {frozenset(each) for each in all_.clusters} == {frozenset({each.report}) for each in items}


FIRST = ["Ost", "Brun", "Zand", "Hark", "Yel", "Mor", "Wex", "Tarn", "Feld", "Lind", "Quist", "Vand"]
LAST = ["Zandburg", "Harkdal", "Orqley", "Brandholt", "Femere", "Wickstow", "Dalgaard", "Rovik", "Pelhorst"]
LAST += ["Tornqvist", "Elmstow", "Uxbrandt"]


def test_a_name_with_its_country_and_month_or_a_sum_by_its_worth_finds_a_pair() -> None:
    def placed(key: str, text: str, published: str) -> Groupable:
        return claimed(item(key, text, published=published), Subject.COUNTRY, "NO", "where")

    calls = placed(
        "a", "Someone rang with the voice of Mayor Oakhollow and said that polls had shut.", "2025-03-02"
    )
    trial = placed("b", "A clerk rang as Oakhollow; it cost £4.8m.", "2025-03-28")
    later = placed("c", "A clerk rang as Oakhollow; it cost 42 million Danish kroner.", "2025-06-28")
    often = [placed(f"x{number}", f"Oakhollow {number}00 spoke.", "2024-01-01") for number in range(40)]
    pairs = set(candidates.shared_rarities(Corpus([calls, trial, later, *often])))
    assert {(0, 1), (1, 2)} <= pairs
    assert (0, 2) not in pairs


def test_pages_that_tell_no_crime_are_no_crime_of_one_kind() -> None:
    one, other = item("a", TAXI), item("b", BURNT)
    alike = score(coded(one, "FR-01"), coded(other, "FR-02"))
    beside = score(coded(one, "X-02"), coded(other, "X-03"))
    against = score(coded(one, "X-02"), coded(other, "FR-01"))
    assert "Both are coded as the same kind of crime" in alike.reasons
    assert not any("crime" in said for said in (*beside.reasons, *beside.contradictions))
    assert "Only one is coded as a crime" in against.contradictions
    assert alike.score > beside.score > against.score


def test_a_round_sum_in_common_says_less_than_an_exact_one() -> None:
    told = "The {} lost USD {} to a caller whose voice a machine had made."
    scores = [
        score(item("a", told.format("clinic", sum_)), item("b", told.format("bakery", sum_))).score
        for sum_ in ("500,000", "520,000", "523,000")
    ]
    assert scores == sorted(scores) and len(set(scores)) == 3


def test_the_name_of_an_authority_says_less_than_that_of_a_victim() -> None:
    told = "The {} spoke of voices made by a machine."
    known, unknown = (
        score(item("a", told.format(name)), item("b", f"Clerks heard from the {name}.")).score
        for name in ("Internet Watch Foundation", "Vandel Quist Osterbrandt")
    )
    assert known < unknown


def test_a_rare_name_says_no_more_in_a_larger_library() -> None:
    fillers = [item(f"f{number}", f"The firm Tarn{number} closed.") for number in range(4_000)]
    pair = [item("a", TEXT), item("b", RETOLD)]
    small, large = Corpus([*pair, *fillers[:1_900]]), Corpus([*pair, *fillers])
    assert large.rarity.of_word("quistgaard") <= 1.01 * small.rarity.of_word("quistgaard")


@pytest.mark.parametrize("day", ["2025-02-31", "2025-04-31", "0000", "0000-05"])
def test_a_day_that_no_calendar_has_counts_as_no_date(day: str) -> None:
    said = claimed(item("b", RETOLD), Subject.DATE, day, "occurred")
    assert clusters(item("a", TEXT), said) == sets("a b")


@pytest.mark.parametrize("notice", ["x", "Read the full article here.", "Please subscribe to go on reading."])
def test_a_notice_in_the_place_of_an_article_is_no_copy_under_another_title(notice: str) -> None:
    titles = ["Vandelhorst Shipping loses NOK 4,310,000", "Osterbrandt Foods pays EUR 92,500"]
    assert clusters(*(item(title[0], notice, title=title) for title in titles)) == sets("V", "O")
    assert clusters(*(item(name, notice, title=titles[0]) for name in "ab")) == sets("a b")


def test_one_false_date_among_printings_does_not_part_them_from_other_accounts() -> None:
    printings = [
        item("a", TEXT),
        item("b", TEXT, published="2025-03-03"),
        item("c", TEXT, published="2012-01-01"),
    ]
    told = claimed(item("d", RETOLD), Subject.DATE, "2025-03-01", "occurred")
    grouping = group([*printings, told])
    assert grouping.clusters == (("a", "b", "c", "d"),)
    assert not any(link.contradictions for link in grouping.links)
    assert [(link.left, link.right) for link in grouping.links if link.kind == "same-incident"] == [
        ("a", "d")
    ]


def test_an_account_joins_a_text_whose_first_printing_came_in_after_many_copies() -> None:
    copies = [item(f"copy{number:02}", TEXT, published="2025-03-03") for number in range(20)]
    [cluster] = group([*copies, item("first", TEXT), item("retold", RETOLD)]).clusters
    assert len(cluster) == 22
