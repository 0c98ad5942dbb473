"""The shared pieces of pages say what they should, and make nothing clickable that leads out."""

import pytest

from collectors.errors import MoriartyError, NotFound, WrongUse
from enrichment.records import Finding
from enrichment.typology import Typology
from index.records import JudgedFinding, State
from index.search.query import By, Hit, Passage, Span
from ui.addresses import Search
from ui.nodes import Node, texts
from ui.pieces import card, defanged, state_badge
from ui.terms import error_text
from ui.views.months import histogram
from ui.widgets import bars, count


def _links(node: Node) -> list[str]:
    if isinstance(node, str):
        return []
    own = [str(node["to"])] if "to" in node else []
    return own + [to for child in node["k"] for to in _links(child)]


def _hit(**changes: object) -> Hit:
    passage = Passage(report="rep-1", text="A cloned voice.", spans=(Span(start=2, end=8),))
    said = {
        "id": "inc-1",
        "by": By.INCIDENT,
        "title": "Voice fraud",
        "score": 1.0,
        "date": "2024-01",
        "typologies": ("FR-01",),
        "countries": ("HK",),
        "outcome": "succeeded",
        "loss": "HKD 200000000",
        "reports": 3,
        "passage": passage,
        "why": "Words found: cloned",
    }
    return Hit.model_validate(said | changes)


def test_a_card_says_all_a_reader_needs_to_choose() -> None:
    shown = texts(card(_hit(), Typology.load()))
    for words in (
        "Voice fraud",
        "2024-01",
        "Hong Kong",
        "FR-01",
        "HKD 200,000,000",
        "3 reports",
        "Words found",
    ):
        assert words in shown
    assert "Machine suggestion" in shown
    assert "Checked by a person" in texts(card(_hit(judged=True), Typology.load()))


def test_what_the_starter_library_coded_was_checked_by_nobody_here() -> None:
    shown = texts(card(_hit(judged=True, sources=("starter",)), Typology.load()))
    assert "Coded by the starter library" in shown and "Checked by a person" not in shown
    assert "Machine suggestion" in texts(card(_hit(sources=("starter",)), Typology.load()))


def test_a_card_leads_to_its_incident_and_a_report_to_itself() -> None:
    assert _links(card(_hit(), Typology.load()))[0] == "/incident?id=inc-1"
    assert _links(card(_hit(id="rep-9", by=By.REPORT), Typology.load()))[0] == "/incident?report=rep-9"


def test_a_card_without_anything_known_is_still_a_card() -> None:
    bare = _hit(title="", date="", typologies=(), countries=(), outcome="", loss="", passage=None, why="")
    assert "Untitled" in texts(card(bare, Typology.load()))
    assert "No typology code" in texts(card(bare, Typology.load()))


def test_a_code_the_typology_does_not_know_is_shown_and_not_linked() -> None:
    assert _links(card(_hit(typologies=("ZZ-99",)), Typology.load())) == ["/incident?id=inc-1"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.example.org/a.b?c=d", "hxxps://www[.]example[.]org/a.b?c=d"),
        ("http://10.0.0.1", "hxxp://10[.]0[.]0[.]1"),
        ("javascript:alert(1).x", "javascript[:]alert(1)[.]x"),
        ("file:cases.jsonl", "file[:]cases[.]jsonl"),
    ],
)
def test_addresses_are_shown_so_that_nobody_clicks_them_by_accident(url: str, shown: str) -> None:
    assert defanged(url) == shown


def test_bars_are_measured_against_the_longest() -> None:
    node = bars([("FR-01", "a", 4, "/x"), ("FR-02", "b", 1, "/y")])
    assert isinstance(node, dict)
    shares = [child["k"][-1]["k"][0]["share"] for child in node["k"]]
    assert shares == [1.0, 0.25]
    assert count(1, "report") == "1 report"
    assert count(3200, "entry", "entries") == "3,200 entries"


def test_what_a_source_coded_is_not_called_a_suggestion_of_the_machine() -> None:
    said = {
        "subject": "date",
        "value": "2024-01",
        "score": 0.9,
        "id": "fin-1",
        "report": "rep-1",
        "version": "ver-1",
    }
    for origin, word in (("aiid", "Coded by the source"), ("facts@1f", "Machine suggestion")):
        finding = Finding.model_validate({**said, "origin": origin})
        assert texts(state_badge(JudgedFinding(finding=finding, state=State.SUGGESTED))) == word


def test_a_card_names_its_further_codes_and_leads_to_them() -> None:
    shown = card(_hit(typologies=("FR-01", "CY-02")), Typology.load())
    assert "/typology?id=CY-02" in _links(shown) and "CY-02" in texts(shown)


def test_a_month_without_results_is_no_link_and_the_keyboard_passes_over_the_bars() -> None:
    drawn = histogram((("2024-01", 2), ("2024-02", 0), ("2024-03", 1)), Search(text="voice"))
    assert drawn is not None
    assert [to for to in _links(drawn) if "2024-02" in to] == []
    first, empty, _ = drawn["k"][0]["k"] if isinstance(drawn, dict) else []
    assert first["passed"] and "to" not in empty
    assert "after=2024-01-01&before=2024-12-31" in _links(drawn)[-1]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(30, "Read-only file system", "/home/lock"),
            "Read-only file system: /home/lock. Check",
        ),
        (NotFound("no incident inc-1"), "No incident inc-1. Check the id; a search finds"),
        (WrongUse("a merge needs a reason"), "A merge needs a reason."),
    ],
)
def test_an_error_is_told_in_sentences_with_what_to_do(error: MoriartyError | OSError, said: str) -> None:
    assert error_text(error).startswith(said)
    assert "--help" not in error_text(error)
