import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from collectors.errors import NotFound
from index.search.cards import Card, HitSource
from index.search.embedded.backend import EmbeddedBackend
from index.search.fusion import TOP, fuse, merged, order_of, scores_of
from index.search.hybrid import MOST_VALUES, Searcher
from index.search.language.parser import parse
from index.search.months import without_gaps
from index.search.neighbours import FLOOR
from index.search.query import FACETS, By, Mode, Query, Results, Sort, Term
from tests.index.search.searching import TYPES, WORDS, card, make_card, source_of, unit


class Encoder:
    """Gives every text its own vector and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        rows = unit(np.random.default_rng(sum(map(ord, text))), 1)
        return rows.reshape(-1)


class Library:
    """A backend with cards, a searcher over it, and what was asked to be filled in."""

    def __init__(self, backend: EmbeddedBackend, cards: dict[str, Card]) -> None:
        self.backend, self.cards = backend, cards
        self.encoder = Encoder()
        self.hydrated: list[int] = []
        self.search = Searcher(
            backend,
            hydrate=self._hydrate,
            encode=self.encoder,
            label=lambda facet, value: f"{facet}={value}",
            names=lambda code: ("Invoice fraud", "Sham investment"),
        ).search

    def _hydrate(self, ids: Sequence[str], by: By) -> dict[str, HitSource]:
        self.hydrated.append(len(ids))
        return {one: source_of(self.cards[one]) for one in ids if self.cards[one].by is by}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    backend, chance = EmbeddedBackend(tmp_path_factory.mktemp("library") / "index"), random.Random(5)
    cards = [make_card(number, chance) for number in range(1, 901)]
    for start in range(0, 900, 225):
        backend.write(cards[start : start + 225], [], start)
    yield Library(backend, {card.id: card for card in cards})
    backend.close()


def every_page(library: Library, query: Query, size: int) -> tuple[list[str], Results]:
    found = library.search(query.model_copy(update={"limit": size}))
    ids: list[str] = []
    for offset in range(0, found.total + size, size):
        page = library.search(query.model_copy(update={"limit": size, "offset": offset}))
        assert page.total == found.total
        ids += [hit.id for hit in page.hits]
    return ids, found


def test_fusion_adds_each_side_as_a_share_of_its_best() -> None:
    assert fuse({"a": 8.0, "b": 4.0}, {"b": 0.6, "c": 0.3}) == {"a": 1.0, "b": 1.5, "c": 0.5}


def test_what_one_side_cannot_tell_apart_the_other_decides() -> None:
    assert fuse({"a": 9.0, "b": 3.0}, {"a": 0.4, "b": 0.41})["a"] > 1.5
    assert fuse({"a": 9.0}, {}) == {"a": 1.0}
    assert fuse({}, {"a": 0.0, "b": -0.2}) == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "typed",
    ["deepfake", "", "deepfake voice -bank country:GB", "bank transfer romance malware", '"voice clone"'],
)
def test_pages_make_one_order_without_gaps_or_repeats(
    library: Library, mode: Mode, sort: Sort, typed: str
) -> None:
    query = parse(typed, mode=mode, sort=sort)
    once = [hit.id for hit in library.search(query.model_copy(update={"limit": 1000})).hits]
    ids, found = every_page(library, query, 70)
    assert ids == once
    assert len(set(ids)) == len(ids) == found.total


def test_hybrid_is_the_fusion_of_both_sides_ties_by_seq(library: Library) -> None:
    query = parse("deepfake")
    ranked = library.backend.words(query, 1000)
    words = ranked.ids
    assert len(words) > TOP
    writings = ("deepfake", "deep fake")
    every = merged(*(library.backend.nearest(library.encoder(text), query, 1000) for text in writings))
    meant = {one for one, score in order_of(every)[:TOP] if score >= FLOOR}
    cosines = {one: score for one, score in order_of(every) if one in meant.union(words[:TOP])}
    scores = fuse(scores_of(ranked), cosines)
    fused = sorted(scores, key=lambda one: (-scores[one], library.cards[one].seq))
    found = library.search(query.model_copy(update={"limit": 1000}))
    assert [hit.id for hit in found.hits] == fused + [one for one in words[TOP:] if one not in scores]
    assert found.total == len(found.hits)


def test_facets_count_every_hit_and_carry_labels(library: Library) -> None:
    for mode in Mode:
        found = library.search(parse("deepfake voice", mode=mode, limit=1000, facets=("country", "typology")))
        cards = [library.cards[hit.id] for hit in found.hits]
        for name, counts in found.facets.items():
            assert {one.value: one.count for one in counts} == {
                value: sum(value in card.facets.get(name, ()) for card in cards)
                for value in {value for card in cards for value in card.facets.get(name, ())}
            }
            assert [(-one.count, one.value) for one in counts] == sorted(
                (-one.count, one.value) for one in counts
            )
            assert all(one.label == f"{name}={one.value}" for one in counts)
        assert sum(count for _, count in found.months) == sum(card.when is not None for card in cards)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("typed", ["deepfake", "deepfake voice", "bank transfer romance malware", "zzz"])
@pytest.mark.parametrize("by", By)
def test_a_filter_leaves_as_many_as_its_count_says(library: Library, mode: Mode, typed: str, by: By) -> None:
    asked = parse(typed, mode=mode, by=by, limit=1000, facets=("country", "typology"))
    found = library.search(asked)
    all_ids = {hit.id for hit in found.hits}
    for name, counts in found.facets.items():
        for each in counts:
            narrowed = library.search(asked.model_copy(update={"filters": {name: (each.value,)}}))
            assert narrowed.total == len(narrowed.hits) == each.count
            assert {hit.id for hit in narrowed.hits} <= all_ids
            assert narrowed.facets[name] == counts, "a facet is counted without its own filter"


def test_why_says_what_matched(library: Library) -> None:
    query = parse("scam voice", limit=1000)
    for hit in library.search(query).hits:
        card = library.cards[hit.id]
        both = {"scam", "voice"} <= set(f"{card.title} {card.text}".replace(".", " ").split())
        label = "scam" in f"{card.title} {card.text}" and "Acme Voice" in card.keywords
        assert ("words: scam, voice" in hit.why) is both
        assert both or "similar in meaning" in hit.why or (label and "filed under: Acme Voice" in hit.why)
        assert hit.passage is not None
        for span in hit.passage.spans:
            assert hit.passage.text[span.start : span.end] in ("scam", "voice")
        for span in hit.title_spans:
            assert hit.title[span.start : span.end] in ("scam", "voice")


def test_hit_by_the_name_of_its_code_alone_is_given_the_label_of_that_code(library: Library) -> None:
    hits = library.search(parse("invoice", mode=Mode.KEYWORD)).hits
    assert hits
    reasons = {hit.why.partition("; placed higher: ")[0] for hit in hits}
    assert reasons == {f"typology: typology={code}" for code in TYPES}


def test_facet_of_many_values_says_how_many_it_leaves_out(tmp_path: Path) -> None:
    backend, tools = (
        EmbeddedBackend(tmp_path),
        tuple(f"Tool {number:04}" for number in range(MOST_VALUES + 3)),
    )
    many = card(1, "scam", facets={"tool": tools, "country": ("GB",)})
    backend.write([many, card(2, "scam", facets={"tool": tools[-1:]})], (), 1)
    found = Searcher(backend, hydrate=lambda ids, by: {}).search(parse("scam", facets=("tool", "country")))
    assert found.left_out == {"tool": 3}
    assert len(found.facets["tool"]) == MOST_VALUES
    assert found.facets["tool"][0].value == tools[-1], "the highest count is among those that are answered"
    backend.close()


def test_only_the_page_is_filled_in(library: Library) -> None:
    library.hydrated.clear()
    library.search(parse("deepfake", limit=5))
    assert library.hydrated == [5]


def test_a_query_is_embedded_once_and_without_its_unwanted_words(library: Library) -> None:
    library.encoder.asked.clear()
    for offset in (0, 25):
        library.search(parse('the romance "voice clone" -bank country:GB', offset=offset))
    assert library.encoder.asked == ["the romance voice clone"]


def test_keyword_mode_embeds_nothing(library: Library) -> None:
    library.encoder.asked.clear()
    library.search(parse("deepfake", mode=Mode.KEYWORD))
    assert library.encoder.asked == []


def test_browsing_is_newest_first_with_facets_over_everything(library: Library) -> None:
    found = library.search(Query(facets=FACETS, limit=1000))
    incidents = [card for card in library.cards.values() if card.by is By.INCIDENT]
    assert found.total == len(incidents)
    dates = [library.cards[hit.id].when for hit in found.hits]
    dated = [when for when in dates if when]
    assert dated == sorted(dated, reverse=True)
    assert dates[len(dated) :] == [None] * (len(dates) - len(dated))
    assert {one.value: one.count for one in found.facets["tool"]} == {
        "DreamVoice": sum(card.facets["tool"] == ("DreamVoice",) for card in incidents)
    }


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("typed", "number", "by"),
    [("aiid:3", 3, By.INCIDENT), (f"inc-{7:020x}", 7, By.INCIDENT), ("aiid:5", 5, By.REPORT)],
)
def test_an_id_jumps_to_its_card_of_either_kind(
    library: Library, mode: Mode, typed: str, number: int, by: By
) -> None:
    found = library.search(parse(typed, mode=mode))
    said = [(hit.id, hit.by, hit.why, hit.score) for hit in found.hits]
    assert said == [(f"inc-{number:020x}", by, "its id", 1.0)]


def test_an_unknown_id_finds_nothing(library: Library) -> None:
    assert library.search(parse("aiid:999999")).total == 0


def test_similar_leaves_out_the_card_itself(library: Library) -> None:
    one = next(
        card
        for card in library.cards.values()
        if card.by is By.INCIDENT and card.vectors is not None and len(card.vectors)
    )
    searcher = Searcher(library.backend, hydrate=library._hydrate)
    hits = searcher.neighbours.similar(one.id, limit=5)
    assert len(hits) == 5
    assert one.id not in {hit.id for hit in hits}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.why for hit in hits} == {"similar in meaning"}
    fewer = searcher.neighbours.similar(one.id, limit=5, without=[hits[0].id])
    assert [hit.id for hit in fewer[:4]] == [hit.id for hit in hits[1:]]
    with pytest.raises(NotFound):
        searcher.neighbours.similar("inc-unknown")


def test_without_an_embedder_words_alone_are_searched_and_a_note_says_so(library: Library) -> None:
    searcher = Searcher(library.backend, hydrate=library._hydrate)
    for mode in (Mode.HYBRID, Mode.SEMANTIC):
        found = searcher.search(parse("deepfake", mode=mode))
        assert found.total == library.search(parse("deepfake", mode=Mode.KEYWORD)).total
        assert found.notes == ("No embedding model is loaded; searched by words alone.",)


def test_notes_suggestion_and_stamp_reach_the_results(library: Library) -> None:
    found = library.search(parse("deepfkae OR romanec", mode=Mode.KEYWORD))
    assert found.notes == (
        "Nothing has “deepfkae”; “deepfake” is searched (at 1).",
        "Nothing has “romanec”; “romance” is searched (at 13).",
    )
    assert found.suggestion == "deepfake OR romance"
    right = library.search(parse("deepfake OR romance", mode=Mode.KEYWORD))
    assert found.hits == right.hits
    assert found.hits
    assert (found.stamp.cards, found.stamp.applied) == (900, 675)


def test_a_card_the_record_has_lost_is_left_out(library: Library) -> None:
    searcher = Searcher(library.backend, hydrate=lambda ids, by: {})
    found = searcher.search(parse("deepfake"))
    assert found.hits == ()
    assert found.total > 0


def test_many_words_over_many_cards(library: Library) -> None:
    query = Query(terms=tuple(Term(text=word) for word in WORDS), limit=50)
    assert len(library.search(query).hits) == 50


def test_months_have_no_gaps() -> None:
    assert without_gaps({"2024-02": 1, "2023-11": 2}) == (
        ("2023-11", 2),
        ("2023-12", 0),
        ("2024-01", 0),
        ("2024-02", 1),
    )
    assert without_gaps({}) == ()


@pytest.mark.parametrize("mode", Mode)
def test_pages_of_one_state_neither_repeat_nor_skip_while_the_library_grows(
    tmp_path: Path, mode: Mode
) -> None:
    backend, chance = EmbeddedBackend(tmp_path / "index"), random.Random(6)
    cards = [make_card(number, chance) for number in range(1, 121)]
    backend.write(cards[:80], [], 1)
    grown = Library(backend, {card.id: card for card in cards})
    query = parse("deepfake OR voice OR bank", mode=mode, limit=10)
    whole = [hit.id for hit in grown.search(query.model_copy(update={"limit": 1000})).hits]
    first = grown.search(query)
    ids = [hit.id for hit in first.hits]
    for page in range(1, 8):
        backend.write(cards[75 + page * 5 : 80 + page * 5], [ids[0]], 1 + page)
        later = grown.search(query.model_copy(update={"offset": page * 10, "as_of": first.stamp}))
        assert (later.stamp, later.total, later.notes) == (first.stamp, first.total, ())
        ids += [hit.id for hit in later.hits]
    assert ids == whole[:80]
    assert grown.search(query).stamp.applied == 8
    for batch in range(3):
        backend.write([], [], 9 + batch)
    gone = grown.search(query.model_copy(update={"as_of": first.stamp}))
    assert gone.stamp.applied == 11
    assert gone.notes[0].startswith("The library has grown")
    backend.close()
