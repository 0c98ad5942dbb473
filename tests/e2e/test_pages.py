"""What an investigator and an analyst do all day, in a real browser over a real library."""

import csv
import io
import json
import re
import zipfile

import docx
import pytest

from tests.e2e.conftest import Visit
from tests.index.exportables import pdf_text

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed").expect

TITLES = {
    "/": "Home · Moriarty",
    "/search": "Search · Moriarty",
    "/search?q=cloned+voice": "Search: cloned voice · Moriarty",
    "/saved": "Saved · Moriarty",
    "/typology": "Typology · Moriarty",
    "/typology?id=FR-01": re.compile("^FR-01 .+ · Moriarty$"),
    "/graph?part=ties": "Graph: What ties most · Moriarty",
    "/emerging": "Graph: What emerges · Moriarty",
    "/review": "Review · Moriarty",
    "/review?part=grouping": "Review: Merge and split · Moriarty",
    "/review?part=decisions": "Review: Decisions · Moriarty",
    "/review?part=learning": "Review: Learning · Moriarty",
    "/decisions": "Review: Decisions · Moriarty",
    "/sources": "Sources · Moriarty",
    "/about": "About · Moriarty",
}
"""The title of the tab and the history entry, by address."""


@pytest.mark.parametrize("path", TITLES)
def test_page_opens_by_its_address_under_a_title_of_its_own(visit: Visit, path: str) -> None:
    visit.open(path)
    visit.page.locator(".surface").nth(1).wait_for(state="attached")
    expect(visit.page).to_have_title(TITLES[path])


def test_a_typed_query_finds_an_incident_and_its_address_can_be_shared(visit: Visit) -> None:
    visit.open("/")
    box = visit.page.get_by_placeholder("Search incidents")
    box.fill("fake video meeting engineering firm")
    box.press("Enter")
    first = visit.page.locator(".card").first
    first.locator("mark").first.wait_for()
    assert "/search?q=fake+video+meeting" in visit.page.url
    assert "Engineering firm" in first.inner_text()
    visit.page.reload()
    visit.drawn()
    assert visit.page.locator("input").first.input_value() == "fake video meeting engineering firm"
    assert "Engineering firm" in visit.page.locator(".card").first.inner_text()


@pytest.mark.parametrize("path", ["/", "/search?q=police"])
def test_an_id_that_is_typed_leads_to_its_incident_and_back_returns(visit: Visit, path: str) -> None:
    visit.open(path)
    box = visit.page.locator("input").first
    box.fill("case-0002")
    box.press("Enter")
    visit.page.get_by_text("Summary", exact=True).wait_for()
    assert re.search(r"/incident\?id=inc-", visit.page.url)
    visit.page.go_back()
    visit.page.get_by_text("Summary", exact=True).wait_for(state="detached")
    assert visit.page.url.endswith(path)


def test_an_id_that_nothing_has_is_searched_for(visit: Visit) -> None:
    visit.open("/")
    box = visit.page.get_by_placeholder("Search incidents")
    box.fill("aiid:99999999")
    box.press("Enter")
    visit.page.get_by_text("Nothing").first.wait_for()
    assert "/search?q=aiid" in visit.page.url


def test_a_facet_narrows_its_chip_widens_and_back_returns(visit: Visit) -> None:
    visit.open("/search?q=police")
    before = visit.page.locator(".row.between h2").inner_text()
    visit.page.locator(".facet", has_text="Country").locator(
        "a.value", has_text="United Kingdom"
    ).first.click()
    visit.page.locator(".chip").first.wait_for()
    assert "country=GB" in visit.page.url
    expect(visit.page.locator(".row.between h2")).not_to_have_text(before)
    visit.page.go_back()
    visit.page.locator(".chip").first.wait_for(state="detached")
    assert visit.page.url.endswith("/search?q=police")
    visit.page.go_forward()
    visit.page.locator(".chip").first.click()
    visit.page.locator(".chip").first.wait_for(state="detached")
    expect(visit.page.locator(".row.between h2")).to_have_text(before)


def test_the_keyboard_stays_on_the_filter_it_chose(visit: Visit) -> None:
    visit.open("/search?q=police")
    chosen = (
        visit.page.locator(".facet", has_text="Country").locator("a.value", has_text="United Kingdom").first
    )
    chosen.focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator(".chip").first.wait_for()
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(chosen).to_be_focused()
    visit.page.keyboard.press("Enter")
    visit.page.locator(".chip").first.wait_for(state="detached")
    expect(chosen).to_be_focused()


def test_filters_of_a_shared_address_hold(visit: Visit) -> None:
    visit.open("/search?fam=CS&after=2024-01-01&sort=newest")
    assert visit.page.locator(".chip").count() == 2
    codes = visit.page.locator(".card .facts .code").all_inner_texts()
    assert codes
    assert visit.page.locator(".choices a[aria-current]", has_text="Newest").count() == 1


def test_days_chosen_narrow_the_search_and_stand_in_the_address(visit: Visit) -> None:
    visit.open("/search?q=police")
    visit.page.get_by_role("button", name="Dates").click()
    box = visit.page.get_by_test_id("stDateInput").first
    box.get_by_role("spinbutton").first.click()
    visit.page.keyboard.type("20240101")
    for _ in range(3):  # a day that was typed counts once the field is left
        visit.page.keyboard.press("Tab")
    visit.page.locator(".chip", has_text="From 2024-01-01").wait_for()
    assert "after=2024-01-01" in visit.page.url


def test_nothing_found_says_why_and_offers_the_next_step(visit: Visit) -> None:
    visit.open("/search?mode=keyword&country=GB&q=zzqqxxunfindable")
    assert visit.page.get_by_text("Nothing matches with these filters").count() == 1
    visit.page.get_by_role("link", name="Clear the filters").click()
    visit.page.get_by_text("Nothing in the library matches").wait_for()


def test_an_incident_leads_to_its_words_its_typology_and_its_evidence(visit: Visit) -> None:
    visit.open("/search?q=fake+video+meeting+engineering+firm")
    visit.page.locator(".card h3 a").first.click()
    visit.page.get_by_text("Summary", exact=True).wait_for()
    assert re.search(r"/incident\?id=inc-", visit.page.url)
    visit.page.get_by_role("link", name="in the report").first.click()
    visit.page.locator("mark.lit").first.wait_for()
    assert "at=fin-" in visit.page.url
    assert re.fullmatch(r"[0-9a-f]{64}", visit.page.locator(".pairs code").first.inner_text())
    visit.page.locator(".head a", has_text="Executive").click()
    visit.page.get_by_text("Counts when").wait_for()
    assert "/typology?id=FR-01" in visit.page.url
    visit.page.locator(".card").first.wait_for()


def test_words_that_are_in_view_leave_the_page_where_it_is(visit: Visit) -> None:
    visit.open("/review")
    lit = visit.page.locator("mark.lit").first
    lit.wait_for()
    visit.page.wait_for_timeout(1000)  # a page that scrolled would have begun to
    scrolled = visit.page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    box = lit.bounding_box()
    assert box is not None
    height = visit.page.evaluate("window.innerHeight")
    assert box["y"] >= 0 and box["y"] + box["height"] <= height
    assert scrolled == 0


def test_a_case_study_comes_for_word_and_as_pdf_and_everything_as_json(visit: Visit) -> None:
    visit.open("/search?q=fake+video+meeting+engineering+firm")
    visit.page.locator(".card h3 a").first.click()
    visit.page.get_by_text("Summary", exact=True).wait_for()
    with visit.page.expect_download() as word:
        visit.page.get_by_role("button", name="Case study (Word)").click()
    document = docx.Document(io.BytesIO(word.value.path().read_bytes()))
    assert any("Engineering firm" in paragraph.text for paragraph in document.paragraphs)
    visit.page.get_by_role("button", name="Other formats").click()
    with visit.page.expect_download() as printed:
        visit.page.get_by_role("button", name="Case study (PDF)").click()
    assert printed.value.suggested_filename.endswith(".pdf")
    assert "Engineering firm" in pdf_text(printed.value.path().read_bytes())
    with visit.page.expect_download() as everything:
        visit.page.get_by_role("button", name="Everything (JSON)").click()
    visit.page.keyboard.press("Escape")
    assert json.loads(everything.value.path().read_bytes())


def test_all_results_are_taken_as_a_table_and_a_page_as_case_studies(visit: Visit) -> None:
    visit.open("/search?q=voice&country=GB")
    total = int(visit.page.locator(".row.between h2").inner_text().split()[0])
    visit.page.get_by_role("button", name="Download").click()
    with visit.page.expect_download() as sheet:
        visit.page.get_by_role("button", name="Table (CSV)").click()
    rows = csv.DictReader(sheet.value.path().read_text("utf-8-sig").splitlines())
    assert len({row["id"] for row in rows}) == total
    with visit.page.expect_download() as studies:
        visit.page.get_by_role("button", name="(Word)").click()
    visit.page.keyboard.press("Escape")
    names = zipfile.ZipFile(io.BytesIO(studies.value.path().read_bytes())).namelist()
    assert len(names) == min(total, 25) and all(name.endswith(".docx") for name in names)


def test_an_unknown_incident_is_an_answer_not_a_crash(visit: Visit) -> None:
    visit.open("/incident?id=inc-00000000000000000000")
    assert visit.page.get_by_text("There is no such incident").count() == 1


def test_a_finding_is_rejected_by_key_and_the_undo_brings_it_back(visit: Visit) -> None:
    visit.open("/review")
    words = visit.page.locator(".reader").text_content() or ""
    visit.page.keyboard.press("x")
    visit.page.get_by_text("1 decision in this sitting").wait_for()
    visit.page.keyboard.press("u")
    visit.page.get_by_text("0 decisions in this sitting").wait_for()
    expect(visit.page.locator(".reader")).to_have_text(words)
    visit.page.get_by_role("link", name="Open the incident").click()
    visit.page.locator(".tabs a", has_text="History").click()
    visit.page.locator(".entry.undone").wait_for()
    assert "rejected" in visit.page.locator(".entry.undone").first.inner_text()


def test_two_incidents_are_merged_with_a_reason_and_the_old_address_leads_on(visit: Visit) -> None:
    visit.open("/search?q=romance&by=incident")
    ids = [link.get_attribute("href") or "" for link in visit.page.locator(".card h3 a").all()[:2]]
    first, second = (href.rpartition("=")[2] for href in ids)
    visit.open("/review?part=grouping")
    for label, value in (("Merge this incident", first), ("into this one", second)):
        visit.page.get_by_label(label).fill(value)
        visit.page.get_by_label(label).press("Enter")
    visit.page.get_by_label("Why are they one incident?").fill("Same offender, same week")
    visit.page.get_by_label("Why are they one incident?").press("Enter")
    visit.page.get_by_role("button", name="Merge", exact=True).click()
    visit.page.get_by_text("Merged.").wait_for()
    visit.open(f"/incident?id={first}&tab=history")
    assert visit.page.get_by_text("was merged into this incident").count() == 1
    visit.page.get_by_role("button", name="Undo").first.click()
    visit.page.locator(".entry.undone").first.wait_for()
    visit.open(f"/incident?id={first}")
    assert visit.page.get_by_text("was merged into this incident").count() == 0


def test_a_code_is_corrected_by_the_keyboard_alone_and_taken_back(visit: Visit) -> None:
    visit.open("/search?q=hostile+deepfake&status=machine")
    visit.page.locator(".card h3 a").first.click()
    visit.page.get_by_role("link", name="Decide: Typology").first.click()
    visit.page.locator(".reader").wait_for()
    visit.drawn()
    right = visit.page.get_by_role("combobox", name="The right code")
    visit.shortcut("l", right)
    expect(right).to_be_focused()
    visit.drawn()
    visit.page.keyboard.type("CY-04")
    visit.page.get_by_role("option", name="CY-04").wait_for()
    visit.page.keyboard.press("Enter")
    done = visit.page.get_by_text("Last relabelled: Typology")
    done.wait_for()
    assert " as CY-04 " in done.inner_text()
    expect(right).to_have_count(0)
    visit.page.keyboard.press("u")
    visit.page.get_by_text("0 decisions in this sitting").wait_for()


def test_a_fact_is_corrected_by_the_keyboard_alone_and_taken_back(visit: Visit) -> None:
    visit.open("/incident?id=case:case-0002")
    visit.page.get_by_role("link", name="Decide: Money").first.click()
    visit.page.locator(".reader").wait_for()
    visit.drawn()
    reason = visit.page.get_by_label("Reason")
    reason.fill("misread")  # the authors of the starter library accepted it
    reason.press("Tab")
    value = visit.page.get_by_label("The right value")
    visit.shortcut("l", value)
    expect(value).to_be_focused()
    visit.drawn()
    visit.page.keyboard.type("HK$201m")
    visit.page.keyboard.press("Enter")
    done = visit.page.get_by_text("Last corrected: Money")
    done.wait_for()
    assert " to HKD 201,000,000 " in done.inner_text()
    expect(value).to_have_count(0)
    visit.page.keyboard.press("u")
    visit.page.get_by_text("0 decisions in this sitting").wait_for()


def test_a_pasted_text_and_its_answers_are_still_there_on_the_way_back(visit: Visit) -> None:
    visit.open("/")
    visit.page.get_by_role("link", name="Find incidents like a text").click()
    told = "A finance worker paid after a video meeting in which every colleague was a fake."
    visit.page.get_by_role("textbox", name="Text").fill(told)
    visit.page.get_by_role("button", name="Find incidents").click()
    visit.page.get_by_text("most alike first").wait_for()
    visit.page.locator(".card h3 a").first.click()
    visit.page.get_by_text("Summary", exact=True).wait_for()
    visit.page.go_back()
    visit.page.get_by_text("most alike first").wait_for()
    assert visit.page.get_by_role("textbox", name="Text").input_value() == told
