"""Saved searches are kept as they are searched, and alert to exactly what a search of the same text finds."""

from pathlib import Path

import pytest

from index.library import Library
from index.search.query import Mode, Query
from tests.index.hardship import LEAD
from tests.index.stories import ANALYST, LATE, incident_of, keep

TYPED = (
    "clonned landlord",
    "tenants vioce",
    "depositts OR ransomwear",
    'title:"Cloned landlord"',
    "title:clonned",
    "synthetic voicce -clinic",
    "(ransomwear OR voicce) tenants",
    "letting agent country:gb",
    "after:2030 voicce",
    "dating enginer",
    "loss<£1 voicce",
    "landl*",
    "zzgrblx voice landlord",
    "Tenants in Guildford payed deposits to a caller",
)
"""Wrong letters stand in words that the library has before the late story comes in."""


def found(library: Library, query: Query) -> set[str]:
    return {hit.id for hit in library.search(query, actor=ANALYST).hits}


def typed(library: Library, text: str) -> Query:
    """What somebody types who wants words and filters alone."""
    return library.parse(text, mode=Mode.KEYWORD, strict=True, limit=100)


def test_saved_search_alerts_to_what_a_search_of_the_same_text_begins_to_find(
    library: Library, tmp_path: Path
) -> None:
    before = {text: found(library, typed(library, text)) for text in TYPED}
    for text in TYPED:
        saved = library.subscriptions.save_search(text, library.parse(text), actor=ANALYST)
        assert saved.matching == len(before[text]), text
    library.add([keep(tmp_path, LATE)], actor=LEAD)
    library.enrich(actor=LEAD)
    library.refresh(actor=LEAD)
    late = incident_of(library, LATE)
    alerted = {
        alert.search for alert in library.subscriptions.alerts(actor=ANALYST) if alert.incident == late
    }
    begun = {text for text in TYPED if late in found(library, typed(library, text)) - before[text]}
    assert alerted == begun
    assert {"clonned landlord", "title:clonned", "synthetic voicce -clinic"} <= begun, "slips are corrected"
    assert {"after:2030 voicce", "dating enginer"}.isdisjoint(begun), "and some match nothing"


def test_saved_search_for_a_word_that_nothing_has_waits_for_that_word(
    library: Library, tmp_path: Path
) -> None:
    text = "Guildford"
    saved = library.subscriptions.save_search(text, library.parse(text), actor=ANALYST)
    assert saved.matching == 0 and any(text in note for note in saved.notes)
    library.add([keep(tmp_path, LATE)], actor=LEAD)
    library.enrich(actor=LEAD)
    library.refresh(actor=LEAD)
    [alert] = library.subscriptions.alerts(actor=ANALYST)
    assert {alert.incident} == found(library, typed(library, text))


def test_saved_search_says_which_words_were_replaced_and_what_is_ignored(library: Library) -> None:
    text = "penshioners nosuchfield:3"
    saved = library.subscriptions.save_search("Savings", library.parse(text), actor=ANALYST)
    [kept] = library.subscriptions.saved_searches(actor=ANALYST)
    assert "pensioners" in kept.query.text and kept.query == saved.query
    assert any("penshioners" in note and "pensioners" in note for note in saved.notes), saved.notes
    assert len(saved.notes) > 1, "the unknown field is named too"


@pytest.mark.parametrize("text", ["quorbledack", "country:atlantis"])
def test_saved_search_that_finds_nothing_today_says_so(library: Library, text: str) -> None:
    saved = library.subscriptions.save_search("Nothing", library.parse(text), actor=ANALYST)
    assert saved.matching == 0
    assert saved.notes, "why, in words"


def test_saved_search_says_how_many_of_those_shown_are_not_watched(library: Library) -> None:
    text = "landlord impersonated by telephone to take a deposit"
    shown = library.search(library.parse(text, limit=1), actor=ANALYST).total
    saved = library.subscriptions.save_search("Deposits", library.parse(text), actor=ANALYST)
    assert shown > saved.matching
    assert f"shows {shown - saved.matching:,} more incident" in saved.notes[-1]
    exact = library.subscriptions.save_search("Exact", typed(library, text), actor=ANALYST)
    assert not any("more incident" in note for note in exact.notes)
