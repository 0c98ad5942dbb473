"""What is near in meaning, beside words and alone, alike in every engine of ``backends``."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from collectors.errors import NotFound
from index.search.backend import Backend
from index.search.hits.chunks import Kept
from index.search.hybrid import Searcher
from index.search.language.parser import parse
from index.search.query import By, Mode, Passage, Query, Results, Sort
from tests.index.search.searching import (
    DIMENSIONS,
    axis,
    card,
    numbers,
    searcher,
    source_of,
)


def test_similar_leaves_out_the_card_itself(backend: Backend) -> None:
    cards = [card(1, vectors=axis(0)), card(2, vectors=axis(0)), card(3, vectors=axis(1, 0)), card(4)]
    backend.write(cards, (), 1)
    hits = searcher(backend, *cards).neighbours.similar(cards[0].id, limit=3)
    assert numbers(tuple(hit.id for hit in hits)) == [2, 3]
    with pytest.raises(NotFound):
        searcher(backend, *cards).neighbours.similar("inc-unknown")


def test_a_text_finds_what_is_like_it_by_words_and_by_meaning(backend: Backend) -> None:
    axes = np.eye(DIMENSIONS, dtype=np.float32)
    texts = (
        "A cloned voice asked the bank for money.",
        "Ransom for a robot.",
        "Nothing alike at all.",
        "Bank",
    )
    cards = [card(number, text, vectors=axes[[number]]) for number, text in enumerate(texts, 1)]
    cards[1] = replace(cards[1], vectors=axes[[0]])
    backend.write([*cards, card(5, texts[0], by=By.REPORT, id="rep-5")], [], 1)
    asked = searcher(backend, *cards)
    hits = asked.neighbours.like("The voice of a bank, cloned for money")
    assert numbers(tuple(hit.id for hit in hits)) == [2, 1, 4]
    assert hits[0].why == "similar in meaning"
    assert "words: " in hits[1].why
    assert numbers(
        tuple(hit.id for hit in asked.neighbours.like("voice bank money", without=(cards[0].id,)))
    ) == [2, 4]
    assert asked.neighbours.like("of the ?!") == ()


def test_the_nearest_of_named_cards_are_those_alone_of_the_kind_asked_for(backend: Backend) -> None:
    cards = [card(number, vectors=axis(number % 2), refs=(f"aiid:{number}",)) for number in range(1, 5)]
    other = card(5, vectors=axis(0), by=By.REPORT, id=f"rep-{5:020x}")
    backend.write([*cards, other, card(6)], (), 1)
    backend.write((), [cards[3].id], 2)
    named = (cards[1].id, cards[2].id, cards[3].id, other.id, card(6).id, "inc-unknown")
    for ids in (named, named[:5], ("aiid:2", "aiid:3")):
        near = backend.nearest(axis(0)[0], Query(ids=ids), 10)
        assert (numbers(near.ids), near.scores) == ([2, 3], (1.0, 0.0))


def test_what_has_the_words_is_compared_in_meaning_however_far_it_is(backend: Backend) -> None:
    text = "a scam of many words"
    near, far, apart = axis(0)[0], axis(1)[0] * 0.8 + axis(0)[0] * 0.6, axis(1)[0]
    vectors = {1: apart, 2: apart * 0.98 + near * 0.2, 3: near, 4: far}
    cards = [card(number, text if number < 3 else "", vectors=row[None]) for number, row in vectors.items()]
    backend.write(cards, (), 1)
    results = searcher(backend, *cards).search(parse("scam"))
    assert numbers(tuple(hit.id for hit in results.hits)) == [2, 1, 3, 4]


def test_the_nearest_pass_every_fence_and_the_best_passage_counts(backend: Backend) -> None:
    cards = [
        card(1, "scam", vectors=axis(1)),
        card(2, "scam fraud", vectors=axis(1, 0), facets={"country": ("GB",)}),
        card(3, "fraud", vectors=axis(0), facets={"country": ("US",)}),
        card(4, "fraud"),
    ]
    backend.write(cards, (), 1)
    vector = axis(0)[0]

    def near(typed: str) -> list[int]:
        return numbers(backend.nearest(vector, parse(typed), 10).ids)

    assert near("") == near("scam") == [2, 3, 1]
    assert near("country:GB,US") == near('"fraud"') == near("fr*") == near("fraud OR nothing") == [2, 3]
    assert near("-scam") == near("NOT scam") == near("NOT country:GB -scam") == [3]
    assert near("country:XX") == []


def test_the_best_passage_explains_what_only_its_meaning_found(backend: Backend) -> None:
    axes = np.eye(DIMENSIONS, dtype=np.float32)
    text = "A dull beginning. It says little.\n\n  The old woman heard her grandson weep. The end."
    spans = [(0, 33), (33, len(text))]
    one = card(1, text, vectors=axes[[5, 0]])
    backend.write([one, card(2, "the grandson", vectors=axes[[0]])], [], 1)
    shown = {each.id: source_of(each) for each in (one, card(2, "the grandson"))}
    kept = {one.id: (spans, axes[[5, 0]])}

    def found(mode: Mode, kept: Mapping[str, Kept]) -> Passage | None:
        asked = Searcher(
            backend,
            hydrate=lambda ids, by: {each: shown[each] for each in ids},
            encode=lambda text: axes[0],
            chunks=lambda ids: {each: kept[each] for each in ids if each in kept},
        )
        hits = asked.search(parse("emergency", mode=mode)).hits
        return next(hit.passage for hit in hits if hit.id == one.id)

    for mode in (Mode.SEMANTIC, Mode.HYBRID):
        passage = found(mode, kept)
        assert passage is not None
        assert passage.text == "The old woman heard her grandson weep. The end."
        assert passage.start is not None
        assert text[passage.start : passage.start + len(passage.text)] == passage.text
    assert (outdated := found(Mode.HYBRID, {one.id: ([(0, 33), (33, 999)], axes[[5, 0]])})) is not None
    assert outdated.text.startswith("A dull beginning."), "of another version of the text nothing is shown"


def test_hybrid_answers_when_one_side_is_empty(backend: Backend) -> None:
    cards = [card(1, "scam", vectors=axis(1)), card(2, "else", vectors=axis(0)), card(3, "scam")]
    backend.write(cards, (), 1)

    def ids(typed: str, mode: Mode) -> list[int]:
        results: Results = searcher(backend, *cards).search(parse(typed, mode=mode))
        assert results.total == len(results.hits)
        return numbers(tuple(hit.id for hit in results.hits))

    assert ids("unheard", Mode.HYBRID) == ids("scam", Mode.SEMANTIC) == [2]
    assert set(ids("scam", Mode.HYBRID)) == {1, 2, 3}
    assert ids("scam AND scams", Mode.SEMANTIC) == []
    assert set(ids("scam OR unheard", Mode.HYBRID)) == {1, 3}


@pytest.mark.parametrize("mode", list(Mode))
def test_cards_of_a_named_typology_lead_and_say_so(backend: Backend, mode: Mode) -> None:
    near = np.eye(DIMENSIONS, dtype=np.float32)[:1]
    other = [card(one, "nudify app adverts", vectors=near) for one in range(1, 6)]
    facets = {"primary": ("AB-02",), "typology": ("AB-02",)}
    named = card(6, "An undressing service.", facets=facets, vectors=near / 2)
    backend.write([*other, named], [], 1)
    shown = {one.id: source_of(one) for one in (*other, named)}
    asked = Searcher(
        backend,
        hydrate=lambda ids, by: {one: replace(shown[one], typologies=("AB-02",)) for one in ids},
        encode=lambda text: near[0],
        label=lambda facet, value: f"{facet} {value}",
    )
    hits = asked.search(parse("nudify app", mode=mode)).hits
    assert numbers(tuple(hit.id for hit in hits)) == [6, 1, 2, 3, 4, 5]
    assert "typology: primary AB-02" in hits[0].why
    assert not any("typology" in hit.why for hit in hits[1:])
    newest = asked.search(parse("nudify app", mode=mode, sort=Sort.NEWEST)).hits
    assert numbers(tuple(hit.id for hit in newest)) == [1, 2, 3, 4, 5, 6], "other orders stay as they are"
    pages = [asked.search(parse("nudify app", mode=mode, limit=2, offset=at)).hits for at in (0, 2, 4)]
    assert [hit.id for page in pages for hit in page] == [hit.id for hit in hits]
