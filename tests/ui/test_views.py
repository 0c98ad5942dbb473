"""Every page draws what it promises over a real library, without a browser."""

import shutil
from pathlib import Path

import pytest

from collectors.errors import NotFound
from index.library import Library
from index.settings import Settings
from tests.ui.conftest import ANALYST, Shown, drawn
from ui.terms import own_words


def _id(library: Library, words: str) -> str:
    return library.search(library.parse(words), actor=ANALYST).hits[0].id


def test_home_says_what_the_library_holds_and_what_is_new(shown: Shown, library: Library) -> None:
    _, said = shown("home")
    status = library.status(actor=ANALYST)
    assert f"{status.reports:,}reports" in said
    assert f"{status.in_scope:,}incidents of AI crime" in said
    assert "Newest incidents" in said and "Most reported typologies" in said
    assert own_words()["counted"] in said


def test_home_of_an_empty_library_says_how_to_fill_it(shown: Shown, tmp_path: Path) -> None:
    _, said = shown("home", tmp_path / "empty")
    assert "This library is empty" in said and "moriarty run" in said


def test_search_shows_hits_facets_and_the_filters_of_its_address(shown: Shown) -> None:
    app, said = shown("search", q="fake video meeting", country="HK")
    assert app.text_input[0].value == "fake video meeting"
    assert "Engineering firm loses" in said
    assert "Country: Hong Kong" in said and "Clear all" in said
    assert "Typology" in said and "Words and meaning" in said


def test_a_typology_code_that_is_typed_finds_its_incidents(shown: Shown) -> None:
    _, said = shown("search", q="FR-01")
    assert "FR-01 is read as typology:FR-01" in said and "Engineering firm loses" in said


def test_search_without_hits_says_why_and_what_next(shown: Shown, tmp_path: Path) -> None:
    words = shown("search", q="zzqqxx", mode="keyword")[1]
    assert "No report has these words." in words and "Search by words and meaning" in words
    filtered = shown("search", q="zzqqxx", mode="keyword", country="HK")[1]
    assert "Nothing matches with these filters" in filtered and "Clear the filters" in filtered
    typed = shown("search", q="zzqqxx country:HK", mode="keyword")[1]
    assert "Country: Hong Kong." in typed and "Search for zzqqxx without them" in typed
    backward = shown("search", q="deepfake after:2024-05 before:2024-05")[1]
    assert "No day lies from 2024-05-01 to 2024-04-30." in backward
    assert "Search for deepfake without them" in backward
    assert "The library is empty" in shown("search", tmp_path / "empty", q="deepfake")[1]


def test_a_question_that_is_not_english_is_told_what_meaning_is_made_for(shown: Shown) -> None:
    said = shown("search", q="深度伪造")[1]
    assert "Nothing in the library has these words" in said and "Ask in English" in said
    assert "none is close in meaning" not in said and "for which search by meaning is made" in said


def test_a_doubtful_word_is_asked_about(shown: Shown) -> None:
    assert "Did you mean staff director?" in shown("search", q="estafa director")[1]


def test_a_page_beyond_the_last_leads_back(shown: Shown) -> None:
    assert "There is no such page" in shown("search", p="999")[1]


def test_a_pasted_text_leads_to_what_is_like_it(shown: Shown) -> None:
    app, said = shown("alike")
    assert "No text yet" in said
    app.text_area[0].set_value("A finance worker paid after a video meeting in which all others were fakes.")
    app.button[0].click().run()
    assert "most alike first" in drawn(app) and "Engineering firm loses" in drawn(app)


def test_an_incident_shows_its_code_quotes_references_and_timeline(shown: Shown, library: Library) -> None:
    _, said = shown("incident", id=_id(library, "engineering firm fake video meeting"))
    for words in ("FR-01", "Summary", "Timeline", "References", "address not confirmed", "Similar incidents"):
        assert words in said
    assert "HKD 200,000,000" in said
    assert "hxxps://" in said and "https://" not in said


def test_an_incidents_report_shows_where_it_comes_from(shown: Shown, library: Library) -> None:
    id = _id(library, "engineering firm fake video meeting")
    capture = library.incident(id, actor=ANALYST).reports[0].capture
    _, said = shown("incident", id=id, tab="reports")
    assert capture is not None
    assert capture.sha256 in said and capture.warc in said
    assert "What the report says" in said


def test_what_the_machine_did_not_choose_is_no_claim(shown: Shown, library: Library) -> None:
    view = library.incident(_id(library, "engineering firm fake video meeting"), actor=ANALYST)
    report = view.reports[0]
    near = [found for found in report.findings if found.finding.role == "sibling"]
    assert near
    _, said = shown("incident", id=view.incident.id, tab="reports", report=report.report.id)
    told, weighed = said.split("weighed and not chosen")
    for found in near:
        label = library.typology.label(found.finding.value)
        assert label in weighed
        assert label not in told.partition("What is read out of it")[2]


def test_an_unknown_incident_is_named_and_the_way_on_is_shown(shown: Shown) -> None:
    _, said = shown("incident", id="inc-0000000000")
    assert "There is no such incident" in said and "Search the library" in said


def test_the_typology_shows_its_tree_and_a_leaf_with_its_boundary(shown: Shown, library: Library) -> None:
    _, tree = shown("typology")
    assert all(family.label in tree for family in library.typology.families())
    _, leaf = shown("typology", id="FR-01")
    for words in (
        "Counts when",
        "Does not count when",
        "Easily mistaken for",
        "not legal advice",
        "Countermeasures",
    ):
        assert words in leaf
    assert "There is no such concept" in shown("typology", id="ZZ-99")[1]


def test_every_example_of_what_can_be_typed_is_understood(shown: Shown, library: Library) -> None:
    _, said = shown("search")
    for example in own_words()["syntax"]:
        assert example["typed"] in said
        notes = library.parse(example["typed"]).notes
        assert all(" is read as " in note for note in notes), notes


def test_sources_show_that_nothing_is_lost_what_was_added_and_what_is_off(shown: Shown) -> None:
    _, said = shown("sources")
    assert "are accounted for" in said and "Switched on, not read yet" in said and "Switched off" in said
    assert "Added files\ndrop-folderadded by hand" in said.replace("filesdrop", "files\ndrop")
    assert "`" not in said and "never" not in said


def test_sources_of_an_empty_library_say_how_to_fill_it(shown: Shown, tmp_path: Path) -> None:
    assert "Nothing has come in yet" in shown("sources", tmp_path / "empty")[1]


def test_home_says_what_still_waits_to_be_enriched(shown: Shown, home: Path, tmp_path: Path) -> None:
    fresh = Path(shutil.copytree(home, tmp_path / "fresh"))
    (tmp_path / "late.txt").write_text("A fictional report\n\nA cloned voice asked for money.", "utf-8")
    with Library.open(Settings.load(fresh)) as library:
        library.add([tmp_path / "late.txt"], actor=ANALYST)
    assert "1 report waits to be enriched" in shown("home", fresh)[1]
    assert "enriched and grouped" not in shown("home")[1]


def test_about_names_limits_and_licences(shown: Shown) -> None:
    _, said = shown("about")
    assert "Report, not proof" in said and "CC BY-SA 4.0" in said


def test_the_library_refuses_what_the_page_would_show_as_unknown(library: Library) -> None:
    with pytest.raises(NotFound):
        library.incident("inc-0000000000", actor=ANALYST)
