"""A report in capitals, full width, with other blanks or foreign words is judged as its usual twin."""

from collections.abc import Callable

import pytest

from collectors.language import language_of
from enrichment.plain import Plain
from enrichment.run import Enriched
from enrichment.summary import summary
from tests.enrichment.model_room import CALL, NO_AI, SCHOOL, enricher, told

FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {"£": "￡"})
WAYS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "zero-width spaces": lambda text: text.replace(" ", "\u200b"),
    "full width": lambda text: text.translate(FULL_WIDTH),
    "foreign words": lambda text: text + " глубокая подделка мошенничество 深度伪造" * 2,
}


def enriched(wording: tuple[str, str]) -> Enriched:
    report = told(wording).model_copy(update={"language": language_of(wording[1])})
    return next(enricher().enrich([report]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wording", [CALL, SCHOOL, NO_AI])
def test_the_way_a_report_is_written_changes_no_judgement(way: str, wording: tuple[str, str]) -> None:
    title, text = wording
    written = (WAYS[way](title), WAYS[way](text))
    usual, found = summary(enriched(wording)), enriched(written)
    other = summary(found)
    assert other["primary"] == usual["primary"]
    assert other["relevant"] == pytest.approx(usual["relevant"], abs=0.1)
    assert not other["notice"]
    whole = dict(zip(("title", "text"), written, strict=True))
    quoted = [finding for finding in found.findings if finding.start is not None]
    assert all(whole[each.field][each.start : each.end] == each.quote for each in quoted)


def test_months_in_a_text_in_capitals_are_written_as_usual() -> None:
    original = "THE MAYOR LOST £2M ON 4 MARCH 2025, POLICE SAID IN JUNE."
    assert Plain.of(original).text == "THE MAYOR LOST £2M ON 4 March 2025, POLICE SAID IN June."
    assert Plain.of("He lost it in MARCH, police said in June.").text.count("MARCH") == 1


def test_a_zero_width_sign_inside_a_word_hides_nothing() -> None:
    assert Plain.of("A deep\u200bfake call.").text == "A deepfake call."


@pytest.mark.parametrize("text", ["x", "7", "!!!", ""])
def test_nothing_is_affirmed_without_words_to_rest_on(text: str) -> None:
    affirmed = [
        finding.value
        for finding in enriched(("", text)).findings
        if finding.value in ("relevant", "yes", "confirmed", "criminal_incident") and not finding.quote
    ]
    assert not affirmed
