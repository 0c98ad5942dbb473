"""What a page of hits shows is what the record tells of each, however people have judged it."""

import pytest
from sqlalchemy import select, update

from collectors.errors import NotFound
from enrichment.records import Subject
from index.cards import prominence, showing
from index.library import Library
from index.records import Decision, State, Verdict
from index.search.cards import HitSource
from index.search.query import By
from index.tables import incidents
from tests.index.stories import ANALYST


def live(library: Library) -> list[str]:
    with library.holdings.store.reading() as connection:
        query = select(incidents.c.id).where(incidents.c.redirect_to.is_(None)).order_by(incidents.c.seq)
        return list(connection.execute(query).scalars())


def told(library: Library) -> list[str]:
    return [report.id for report in library.holdings.store.all_reports()]


def check(library: Library) -> None:
    """Hold what is read by the page against what the record tells of the same one by one."""
    keys, ids = live(library), told(library)
    with library.holdings.store.reading() as connection:
        pages = showing.of_incidents(connection, keys)
        shown = showing.of_reports(connection, ids)
    assert list(pages) and set(shown) == set(ids)
    for key, (incident, texts) in pages.items():
        whole = library.holdings.incidents.incident(key)
        kept = tuple(finding for finding in whole.findings if finding.subject in showing.SUBJECTS)
        assert incident == whole.model_copy(update={"findings": kept})
        assert texts == library.holdings.store.reports(whole.reports)
    standing = library.holdings.store.findings(ids)
    for key, one in shown.items():
        assert one.report == library.holdings.store.reports([key])[0]
        assert one.incidents == library.holdings.incidents.of_reports([key])[key]
        codes = [
            code.concept for each in one.incidents for code in library.holdings.incidents.incident(each).codes
        ]
        assert [code.concept for code in one.codes] == list(dict.fromkeys(codes))
        assert one.findings == tuple(
            each.finding
            for each in standing[key]
            if each.state is not State.REJECTED and each.finding.subject in showing.SUBJECTS
        )


def test_a_page_shows_what_the_record_tells(library: Library) -> None:
    check(library)
    assert set(showing_of(library)) == set(live(library))


def test_a_card_counts_the_reports_that_tell_of_it(library: Library) -> None:
    keys = live(library)
    made = {card.id: card for card in library.holdings.cards.make((By.INCIDENT, key) for key in keys)[0]}
    assert max(card.report_count for card in made.values()) > 1
    for key in keys:
        reports = library.holdings.store.reports(library.holdings.incidents.incident(key).reports)
        assert made[key].report_count == prominence.report_count(reports)


def showing_of(library: Library) -> list[str]:
    with library.holdings.store.reading() as connection:
        return list(showing.of_incidents(connection, live(library)))


def test_it_still_does_once_people_have_judged(library: Library) -> None:
    found = [each.finding for key in told(library) for each in library.holdings.store.findings([key])[key]]
    countries = [one for one in found if one.subject is Subject.COUNTRY]
    codes = [one for one in found if one.subject is Subject.TYPOLOGY]
    assert len(countries) > 1 and codes
    undone = library.judge(
        Decision(verdict=Verdict.REJECT, target=countries[0].id, reason="elsewhere"), actor=ANALYST
    )
    library.judge(
        Decision(verdict=Verdict.REJECT, target=countries[-1].id, reason="elsewhere"), actor=ANALYST
    )
    library.judge(
        Decision(verdict=Verdict.RELABEL, target=codes[0].id, value="IN-02", reason="coded by hand"),
        actor=ANALYST,
    )
    check(library)
    library.judge(Decision(verdict=Verdict.UNDO, target=undone.id), actor=ANALYST)
    one, other, *_ = live(library)
    library.judge(Decision(verdict=Verdict.MERGE, target=one, value=other, reason="one event"), actor=ANALYST)
    check(library)


def kept(library: Library, keys: list[str]) -> dict[str, HitSource]:
    """What the index keeps of incidents, as long as it is level with the record."""
    return library.holdings.finder._embedded.shown(keys, library.holdings.store.last_change())


def test_the_index_keeps_of_incidents_just_what_the_record_tells(library: Library) -> None:
    found = [each.finding for key in told(library) for each in library.holdings.store.findings([key])[key]]
    country = next(one for one in found if one.subject is Subject.COUNTRY)
    library.refresh(actor=ANALYST)
    keys = live(library)
    before = kept(library, keys)
    assert before == library.holdings.cards.shown(keys, By.INCIDENT)
    library.judge(Decision(verdict=Verdict.REJECT, target=country.id, reason="elsewhere"), actor=ANALYST)
    assert before != kept(library, keys) == library.holdings.cards.shown(keys, By.INCIDENT)


def test_while_the_index_lags_behind_the_record_is_asked(library: Library) -> None:
    library.refresh(actor=ANALYST)
    keys = live(library)
    assert kept(library, keys)
    merge = Decision(verdict=Verdict.MERGE, target=keys[0], value=keys[1], reason="one event")
    library.holdings.incidents.judge(merge, ANALYST)
    assert not kept(library, keys)
    now = library.holdings.finder._shown(keys, By.INCIDENT)
    assert now == library.holdings.cards.shown(keys, By.INCIDENT)
    assert now[keys[0]] == now[keys[1]]


def test_what_waits_to_be_derived_anew_is_derived_for_the_page(library: Library) -> None:
    keys, ids = live(library)[:3], told(library)[:3]
    before = library.holdings.cards.shown(keys, By.INCIDENT), library.holdings.cards.shown(ids, By.REPORT)
    with library.holdings.store.writing() as connection:
        connection.execute(update(incidents).values(stale=True, body="{}"))
    assert not showing_of(library)
    assert (
        library.holdings.cards.shown(keys, By.INCIDENT),
        library.holdings.cards.shown(ids, By.REPORT),
    ) == before


def test_a_merged_incident_is_shown_as_what_it_became(library: Library) -> None:
    one, other, *_ = live(library)
    library.judge(Decision(verdict=Verdict.MERGE, target=one, value=other, reason="one event"), actor=ANALYST)
    shown = library.holdings.cards.shown([one, other], By.INCIDENT)
    assert shown[one] == shown[other]


@pytest.mark.parametrize("by", By)
def test_what_the_record_does_not_have_is_not_found(library: Library, by: By) -> None:
    with pytest.raises(NotFound):
        library.holdings.cards.shown(["rep-unknown" if by is By.REPORT else "inc-unknown"], by)


def test_an_empty_page_is_empty(library: Library) -> None:
    with library.holdings.store.reading() as connection:
        assert showing.of_reports(connection, []) == {}
        assert showing.of_incidents(connection, []) == {}


@pytest.mark.parametrize("by", By)
def test_a_card_has_the_country_of_each_part_of_one(library: Library, by: By) -> None:
    keys = [report.id for report in library.holdings.store.all_reports()]
    if by is By.INCIDENT:
        keys = list(
            dict.fromkeys(one for key in keys for one in library.holdings.incidents.of_reports([key])[key])
        )
    made, _ = library.holdings.cards.make((by, key) for key in keys)
    nations = [set(one.facets["country"]) for one in made if "GB-ENG" in one.facets["country"]]
    assert nations and all("GB" in each for each in nations)


@pytest.mark.parametrize("by", By)
def test_who_decided_is_the_starter_library_until_a_person_does(library: Library, by: By) -> None:
    report = next(one for one in library.holdings.store.all_reports() if one.source == "starter")
    key = report.id if by is By.REPORT else library.holdings.incidents.of_reports([report.id])[report.id][0]
    [code] = [
        each.finding
        for each in library.holdings.store.findings([report.id])[report.id]
        if each.finding.subject is Subject.TYPOLOGY and each.finding.role == "primary"
    ]

    def status() -> tuple[str, ...]:
        [made], _ = library.holdings.cards.make([(by, key)])
        return made.facets["status"]

    assert status() == ("starter",)
    accepted = library.judge(Decision(verdict=Verdict.ACCEPT, target=code.id, reason="so"), actor=ANALYST)
    assert status() == ("judged",)
    library.judge(Decision(verdict=Verdict.UNDO, target=accepted.id, reason="not so"), actor=ANALYST)
    assert status() == ("starter",)
