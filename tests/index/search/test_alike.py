"""More like this, from any incident, any report, and any text."""

from pathlib import Path

import numpy as np
import pytest

from collectors.errors import NotFound, WrongUse
from index.library import Library
from index.search.alike import LONGEST, MOST_WORDS, PIECE_CHARACTERS, frequent_words, mean_vector, pieces
from index.search.embedded.backend import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.query import By, Mode, Query
from tests.index.hardship import LEAD
from tests.index.search.searching import axis, card, searcher, source_of


def ids(library: Library, by: By) -> list[str]:
    everything = Query(by=by, mode=Mode.KEYWORD, limit=1000)
    return [hit.id for hit in library.search(everything, actor=LEAD).hits]


def test_pieces_are_cut_at_spaces_and_lose_nothing() -> None:
    text = " ".join(f"word{number}" for number in range(600)) + " " + "x" * (2 * PIECE_CHARACTERS)
    cut = pieces(text)
    assert max(map(len, cut)) <= PIECE_CHARACTERS
    assert "".join(cut).replace(" ", "") == text.replace(" ", "")
    assert pieces("  \n ") == []
    assert sum(map(len, pieces("y" * 10**6))) == LONGEST


def test_frequent_words_are_folded_and_bounded() -> None:
    words = [term.text for term in frequent_words("The bank, the Bank and a café of the bank; of it.")]
    assert words == ["bank", "cafe"]
    assert len(frequent_words(" ".join(f"word{number}" for number in range(500)))) == MOST_WORDS
    assert frequent_words("... ) \x00 ??") == ()


def test_frequent_words_leave_out_everyday_ones_but_for_names_of_codes() -> None:
    words = [
        term.text
        for term in frequent_words("Then they said they got a call like that, so a robbery. Voice, fraud!")
    ]
    assert words == ["call", "robbery", "voice", "fraud"]


def test_card_near_in_meaning_comes_before_one_with_more_of_the_words(tmp_path: Path) -> None:
    worded = card(1, "A crashed lorry, a bail hearing, a frantic parent.", title="worded", vectors=axis(1))
    meant = card(2, "A copied voice asked a parent for ransom.", title="meant", vectors=axis(0))
    backend = EmbeddedBackend(tmp_path / "index")
    backend.write([worded, meant], (), 1)
    text = "A frantic parent paid bail for a crashed lorry."
    shown = {one.id: source_of(one) for one in (worded, meant)}
    by_words = Searcher(backend, hydrate=lambda ids, by: {one: shown[one] for one in ids})
    assert [hit.title for hit in searcher(backend, worded, meant).neighbours.like(text)] == [
        "meant",
        "worded",
    ]
    assert [hit.title for hit in by_words.neighbours.like(text)] == ["worded", "meant"]
    backend.close()


def test_mean_vector_is_a_unit_vector() -> None:
    vector = mean_vector("a " * 1500, lambda text: np.ones(4, np.float32) * len(text))
    assert np.isclose(np.linalg.norm(vector), 1)
    assert vector.dtype == np.float32


def test_every_incident_and_report_has_similar_ones(library: Library) -> None:
    for by in By:
        for one in ids(library, by):
            hits = library.similar(one, actor=LEAD, limit=3)
            assert hits
            assert one not in {hit.id for hit in hits}
            assert {hit.by for hit in hits} == {by}


def test_pasted_text_finds_its_incident(library: Library) -> None:
    told = [library.incident(one, actor=LEAD) for one in ids(library, By.INCIDENT)[:20]]
    for view in told:
        [text] = {told.report.text for told in view.reports[:1]}
        hits = library.similar(text=text, actor=LEAD, limit=3)
        assert hits[0].id == view.incident.id
        assert hits[0].why
        assert hits[0].passage
    long = "An unrelated preface. " * 50 + told[0].reports[0].report.text
    assert told[0].incident.id in {hit.id for hit in library.similar(text=long, actor=LEAD)}


@pytest.mark.parametrize("text", ["?!", "\x00\x01", "the of and", "\ud800", "🙂", "x" * 10**6, "( " * 5000])
def test_text_without_content_breaks_nothing(library: Library, text: str) -> None:
    known = set(ids(library, By.INCIDENT))
    found = [hit.id for hit in library.similar(text=text, actor=LEAD, limit=5)]
    assert len(found) <= 5
    assert len(set(found)) == len(found) and set(found) <= known


def test_similar_refuses_unknown_ids_and_wrong_arguments(library: Library) -> None:
    for wrong in ("inc-00000000000000000000", "rep-00000000000000000000", "aiid:999999", "nonsense"):
        with pytest.raises(NotFound):
            library.similar(wrong, actor=LEAD)
    with pytest.raises(WrongUse):
        library.similar(actor=LEAD)
    with pytest.raises(WrongUse):
        library.similar("aiid:1", text="both", actor=LEAD)
