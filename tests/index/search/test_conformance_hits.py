"""How hits are counted, ordered, paged, marked and corrected, alike in every engine of ``backends``."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from index.search.backend import Backend
from index.search.language.parser import parse
from index.search.query import Mode, Sort
from index.search.tree import All, AtLeast, HasValue, Words
from tests.index.search.backends import embedded
from tests.index.search.oracle import Oracle, random_query
from tests.index.search.searching import (
    Collection,
    card,
    found,
    make_card,
    numbers,
    searcher,
)


def test_facets_count_every_value_over_all_hits_each_without_its_own_filter(
    collection: Collection,
) -> None:
    backend, cards = collection
    answer = backend.words(parse("bank OR scam country:GB typology:FR-01", facets=("country", "typology")), 3)
    either = AtLeast((Words(("bank",)), Words(("scam",))))
    worded = [cards[one] for one in Oracle(cards).matching(All((either, HasValue("by", ("incident",)))))]
    for name, other, value in (("country", "typology", "FR-01"), ("typology", "country", "GB")):
        hits = [one for one in worded if value in one.facets.get(other, ())]
        assert hits
        assert answer.facets[name] == dict(Counter(each for one in hits for each in one.facets[name]))


def test_months_are_counted_and_those_between_are_empty(backend: Backend) -> None:
    days = [date(2023, 11, 30), date(2024, 2, 1), date(2024, 2, 29), None]
    cards = [card(number, "scam", when=day) for number, day in enumerate(days, start=1)]
    backend.write(cards, (), 1)
    results = searcher(backend, *cards).search(parse("scam", mode=Mode.KEYWORD, facets=("year",)))
    assert results.months == (("2023-11", 1), ("2023-12", 0), ("2024-01", 0), ("2024-02", 2))


def test_sorting_by_date_ties_by_seq_and_puts_the_undated_last(backend: Backend) -> None:
    days = [date(2024, 1, 1), None, date(2025, 1, 1), date(2024, 1, 1), date(2023, 1, 1), None]
    backend.write([card(number, when=day) for number, day in enumerate(days, start=1)], (), 1)
    assert found(backend, "", sort=Sort.NEWEST) == [3, 1, 4, 5, 2, 6]
    assert found(backend, "", sort=Sort.OLDEST) == [5, 1, 4, 3, 2, 6]


def test_of_cards_that_match_alike_the_best_known_leads(backend: Backend) -> None:
    text = "a deepfake of the bank"
    cards = [card(1, text), card(2, text, report_count=4), card(3, text, report_count=30), card(4, text)]
    backend.write(cards, (), 1)
    assert found(backend, "deepfake bank") == [3, 2, 1, 4]
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        hits = searcher(backend, *cards).search(parse("deepfake bank", mode=mode)).hits
        whys = [hit.why.partition("bank; ")[2] for hit in hits]
        assert whys == [f"placed higher: {told} reports of it are known, 1 held here" for told in (30, 4)] + [
            "",
            "",
        ]


def test_what_has_the_words_leads_what_is_better_known(backend: Backend) -> None:
    others = [card(number, "scam of a director") for number in range(3, 9)]
    full, famous = card(1, "scam by cloned voice at a bank"), card(2, "scam of a director", report_count=8)
    backend.write([full, famous, *others], (), 1)
    assert found(backend, "scam voice bank")[:2] == [1, 2]


LIKE = 0.005
"""Share by which the scores of a word may differ between engines: of its statistics over all cards."""


def test_every_engine_orders_hits_alike(backend: Backend, tmp_path: Path) -> None:
    chance = random.Random(5)
    cards = [
        replace(make_card(number, chance), keywords=("Acme Voice",), report_count=1)
        for number in range(1, 61)
    ]
    backend.write(cards, (), 1)
    typed = ["(country:GB OR voice)", "(loss>1k OR after:2023 OR bank)", 'bank OR "scam voice"~5']
    typed += [f"({random_query(chance)[0]}) OR {word}" for word in ("voice", "bank", '"clone bank"~9') * 12]
    with embedded(tmp_path / "other") as other:
        other.write(cards, (), 1)
        for query in map(parse, typed):
            expected = other.words(query, 100)
            scores = dict(zip(expected.ids, expected.scores, strict=True))
            answer = backend.words(query, 100)
            assert set(answer.ids) == scores.keys()
            for (above, more), (below, less) in pairwise((one, scores[one]) for one in answer.ids):
                assert more >= less * (1 - LIKE), query.where
                assert more != less or numbers((above,)) < numbers((below,)), query.where


def test_filters_and_exclusions_among_words_add_nothing_to_a_score(backend: Backend) -> None:
    facets = {"country": ("GB",)}
    day = date(2024, 5, 1)
    dull = [card(number, "Nothing.", facets=facets, when=day, loss=5_000) for number in range(1, 9)]
    backend.write([*dull, card(9, "A cloned voice, one voice among many words.")], (), 1)
    for typed in ("country:GB", "after:2024", "loss>1k", "-voice", "-nowhere"):
        assert found(backend, f"({typed} OR voice)")[0] == 9, typed


def test_what_all_matches_have_alike_leaves_them_in_their_own_order(backend: Backend) -> None:
    backend.write([card(1, "scammer"), card(2, "scammed", report_count=50)], (), 1)
    assert found(backend, "scam*") == [1, 2]


@pytest.mark.parametrize("sort", Sort)
def test_pages_make_one_order(collection: Collection, sort: Sort) -> None:
    backend, cards = collection
    search = searcher(backend, *cards.values()).search
    query = parse("bank OR scam OR voice", sort=sort, mode=Mode.KEYWORD, limit=1000)
    whole = [hit.id for hit in search(query).hits]
    pages = [
        hit.id
        for offset in range(0, len(whole), 17)
        for hit in search(query.model_copy(update={"offset": offset, "limit": 17})).hits
    ]
    assert pages == whole
    assert len(set(whole)) == len(whole) > 100


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_neither_repeat_nor_skip_while_writes_go_on(backend: Backend, sort: Sort) -> None:
    def day(number: int) -> date:
        return date(2024, 1, 1 + number % 28)

    cards = [
        card(number, "scam " * (number % 5 + 1), when=day(number), loss=number % 7) for number in range(1, 41)
    ]
    backend.write(cards, [], 1)
    asked = searcher(backend, *cards)
    whole = [hit.id for hit in asked.search(parse("scam", mode=Mode.KEYWORD, sort=sort, limit=100)).hits]
    assert len(whole) == 40
    paged, as_of = [], None
    for number, offset in enumerate(range(0, 40, 5)):
        results = asked.search(
            parse("scam", mode=Mode.KEYWORD, sort=sort, limit=5, offset=offset, as_of=as_of)
        )
        as_of = results.stamp
        assert results.total == 40
        assert not results.notes
        paged += [hit.id for hit in results.hits]
        grown = [card(100 + number, "scam scam scam", when=day(0), loss=9), card(number + 1, "no more")]
        backend.write(grown, [cards[-1 - number].id], number + 2)
    assert paged == whole
    assert 100 in found(backend, "scam", limit=100)


def test_what_matched_is_marked(backend: Backend) -> None:
    text = "<b>Nothing</b> yet. Then the Deepfakes & a voice that was cloned <i>twice</i>."
    one = card(1, text)
    backend.write([one], (), 1)
    search = searcher(backend, one).search
    for typed, marked in {
        "deepfake": ["Deepfakes"],
        "deepf*": ["Deepfakes"],
        "deepfkaes~1": ["Deepfakes"],
        '"voice that"': ["voice that"],
        '"voice clone"~5': ["voice that was cloned"],
        "deepfake OR twice": ["Deepfakes", "twice"],
        "twice NOT bank": ["twice"],
        "NOT bank": [],
    }.items():
        passage = search(parse(typed, mode=Mode.KEYWORD)).hits[0].passage
        assert passage is not None
        assert passage.text in text
        assert [passage.text[span.start : span.end] for span in passage.spans] == marked, typed


def test_a_word_that_no_card_has_is_corrected(backend: Backend) -> None:
    cards = [card(1, "deepfake of a bank"), card(2, "transfers")]
    backend.write(cards, (), 1)
    for typed in ("deepfkae", "eepfake", "edepfake", "Deepfakke", "deepfkae AND bank", '"deepfkae"'):
        results = searcher(backend, *cards).search(parse(typed, mode=Mode.KEYWORD))
        assert numbers(tuple(hit.id for hit in results.hits)) == [1], typed
        assert "is searched (at 1)." in results.notes[0]
        assert results.suggestion.strip('"').startswith("deepfake")
    # No plain word, a digit, and a name two letters away are left as they are.
    for typed in ("deepfkae*", "NOT deepfkae"):
        assert not searcher(backend, *cards).search(parse(typed)).suggestion, typed
    for typed in ("xzqyvw", "de3pfake", "Tarnsfesr"):
        assert searcher(backend, *cards).search(parse(typed)).notes == (f"Nothing has “{typed}”.",)


def test_a_note_tells_which_words_and_ids_nothing_has(backend: Backend) -> None:
    cards = [card(1, "deepfake of a bank")]
    backend.write(cards, (), 1)

    def notes(typed: str) -> tuple[str, ...]:
        return searcher(backend, *cards).search(parse(typed, mode=Mode.KEYWORD)).notes

    digest = "5d41402abc4b2a76b9719d911017c592"
    assert notes(f"bank {digest}") == (f"Nothing has “{digest}”.",)
    assert notes("qqzzx bank vvkkx 77zz 88zz") == ("Nothing has “qqzzx” or “vvkkx” or “77zz”.",)
    assert len(notes("bank " + "y" * 500)) == 1
    assert notes("aiid:99999 aiid:99998") == ("Nothing that fits has the id aiid:99999 or aiid:99998.",)
    assert notes("id:aiid:99999 bank") == ("Nothing that fits has the id aiid:99999.",)


def test_compounds_are_found_however_they_are_written(backend: Backend) -> None:
    texts = (
        "A deepfake of her.",
        "A deep fake of her.",
        "A deep-fake of him.",
        "A fake, deep down.",
        "chat bots",
    )
    backend.write([card(number, text) for number, text in enumerate(texts, 1)], [], 1)
    for typed in (
        "deepfake",
        "deep fake",
        "deep-fake",
        "deep fakes",
        "Deep Fake",
        "deep-fake AND her OR him",
    ):
        assert {1, 2, 3} == set(found(backend, typed)), typed
    assert set(found(backend, "fake")) == {2, 3, 4}, "its parts are words of their own"
    assert found(backend, '"deep fake"') == [2, 3], "a phrase is what it says"
    assert found(backend, "chatbot") == [5]
    assert found(backend, "deepfake -fake") == [1]


def test_a_word_is_taken_apart_where_it_was_run_together(backend: Backend) -> None:
    shown = [card(1, "A voice clone of the chief."), card(2, "The clone has a voice."), card(3, "Voices")]
    backend.write(shown, [], 1)
    results = searcher(backend, *shown).search(parse("voiceclone", mode=Mode.KEYWORD))
    assert numbers(tuple(hit.id for hit in results.hits)) == [1]
    assert results.suggestion == "voice clone"
    assert results.notes == ("Nothing has “voiceclone”; “voice clone” is searched (at 1).",)
    for typed in ("clonevoice", "xvoice", "voice1clone"):
        assert backend.corrections(parse(typed)).get(typed, "") in ("", "voice"), typed
