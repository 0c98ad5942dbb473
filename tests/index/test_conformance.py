"""What every search engine must answer alike: one body of cases, run over each engine of ``backends``."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from collectors.errors import NotFound, WrongUse
from index.search import saved
from index.search.backend import Backend
from index.search.cards import Card
from index.search.chunks import Kept
from index.search.concepts import Names
from index.search.hybrid import Searcher
from index.search.parser import parse
from index.search.query import By, Mode, Passage, Query, Results, Sort
from index.search.tree import All, Having, Some, Words
from tests.index.backends import BACKENDS, Kind
from tests.index.oracle import Oracle, random_query
from tests.index.searching import DIMENSIONS, make_card, source_of

Library = tuple[Backend, dict[str, Card]]


@pytest.fixture(params=BACKENDS, ids=lambda kind: kind.name, scope="module")
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each engine in turn; one that cannot run here skips with its reason."""
    if request.param.missing:
        pytest.skip(request.param.missing)
    return Kind(*request.param)


@pytest.fixture
def backend(kind: Kind, tmp_path: Path) -> Iterator[Backend]:
    with kind.opened(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def library(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A hundred and sixty cards in four commits, some rewritten, some deleted; no test may write to it."""
    chance = random.Random(7)
    cards: dict[str, Card] = {}
    with kind.opened(tmp_path_factory.mktemp("library")) as opened:
        for start in range(1, 161, 40):
            batch = [make_card(number, chance) for number in range(start, start + 40)]
            again = [make_card(one.seq, chance, version=1) for one in list(cards.values())[start % 7 :: 9]]
            gone = [card.id for card in list(cards.values())[start % 5 :: 17]]
            opened.write(batch + again, gone, start)
            cards = {one: card for one, card in cards.items() if one not in gone}
            cards |= {card.id: card for card in batch + again}
        yield opened, cards


def card(number: int, text: str = "", **changes: object) -> Card:
    plain = Card(id=f"inc-{number:020x}", by=By.INCIDENT, seq=number, title="", text=text)
    return replace(plain, **changes)  # type: ignore[arg-type]  # each test names fields of Card


def numbers(ids: tuple[str, ...]) -> list[int]:
    return [int(one.removeprefix("inc-"), 16) for one in ids]


def found(backend: Backend, typed: str, **overrides: object) -> list[int]:
    """Return the numbers of the cards that match, in order."""
    return numbers(backend.words(parse(typed, **overrides), 100).ids)


def searcher(backend: Backend, *cards: Card) -> Searcher:
    shown = {one.id: source_of(one) for one in cards}
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[0] = 1
    return Searcher(
        backend,
        hydrate=lambda ids, by: {one: shown[one] for one in ids},
        encode=lambda text: vector,
    )


TEXTS = {
    1: "A deepfake of the director tricked the bank.",
    2: "A deepfake deepfake deepfake.",
    3: "The bank refused the transfer.",
    4: "Romance scam with a cloned voice.",
    5: "Voice of a bank clerk; the clone called.",
    6: "Ransom.",
}


def filled(backend: Backend) -> Backend:
    backend.write([card(number, text) for number, text in TEXTS.items()], (), 1)
    return backend


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("deepfake", {1, 2}),
        ("deepfakes", {1, 2}),
        ("deepfake OR romance", {1, 2, 4}),
        ("deepfake AND bank", {1}),
        ("deepfake bank", {1}),
        ("-deepfake", {3, 4, 5, 6}),
        ("NOT deepfake", {3, 4, 5, 6}),
        ("ransom OR NOT bank", {2, 4, 6}),
        ("bank NOT (deepfake OR transfer)", {5}),
        ("NOT NOT ransom", {6}),
        ("(bank AND (deepfake OR (voice clone))) OR ransom", {1, 5, 6}),
        ("bank AND deepfake OR ransom", {1, 6}),
        ("bank deepfake OR voice", {1, 5}),
        ('"the bank"', {1, 3}),
        ('"bank the"', set()),
        ('"voice clone"', set()),
        ('"cloned voice"', {4}),
        ('"voice clone"~1', set()),
        ('"voice clone"~2', {4}),
        ('"voice clone"~5', {4, 5}),
        ('"refused transfer"~1', {3}),
        ('NOT "refused transfer"~1', {1, 2, 4, 5, 6}),
        ("deepf*", {1, 2}),
        ("DEEPF*", {1, 2}),
        ("clo*", {4, 5}),
        ("cloned*", {4}),
        ("r* NOT t*", {4, 6}),
        ("deepfkae~1", {1, 2}),
        ("eepfake~1", {1, 2}),
        ("depfke~1", set()),
        ("depfke~2", {1, 2}),
        ("clonde~1", {4, 5}),
        ("bank AND clonde~1", {5}),
        ("de*ke", set()),
    ],
)
def test_words_and_operators(backend: Backend, typed: str, expected: set[int]) -> None:
    filled(backend)
    answer = backend.words(parse(typed), 100)
    assert set(numbers(answer.ids)) == expected
    assert answer.total == len(expected)


def test_the_more_often_and_the_shorter_the_better(backend: Backend) -> None:
    filled(backend)
    answer = backend.words(parse("deepfake"), 100)
    assert numbers(answer.ids) == [2, 1]
    assert answer.scores[0] > answer.scores[1] > 0
    assert answer.seqs == (2, 1)


def test_equal_scores_tie_by_seq(backend: Backend) -> None:
    for start in (5, 1, 9):
        backend.write([card(number, "same words") for number in range(start + 3, start - 1, -1)], (), start)
    for typed in ("same", "same OR words", "wor*", "same~1", "NOT other"):
        assert found(backend, typed) == list(range(1, 13)), typed


def test_a_word_scores_by_its_best_field_and_title_looks_there_alone(backend: Backend) -> None:
    backend.write(
        [
            card(1, "nothing of it", title="A ransom"),
            card(2, "a ransom of it", title="Else"),
            card(3, "else", title="Else", keywords=("ransom demand",)),
        ],
        (),
        1,
    )
    assert set(found(backend, "ransom")) == {1, 2, 3}
    assert found(backend, "title:ransom") == [1]
    assert found(backend, "title:rans*") == [1]
    assert found(backend, "title:ransmo~1") == [1]
    assert found(backend, 'title:"a ransom"') == [1]
    assert found(backend, "title:(ransom OR else) NOT title:else") == [1]
    assert found(backend, '"ransom demand"') == [3]


def test_accents_case_scripts_and_spelling(backend: Backend) -> None:
    backend.write(
        [
            card(1, "Le CAFÉ a été trompé 🙂"),
            card(2, "Обман по телефону"),
            card(3, "电信诈骗 詐騙"),
            card(4, "Organised crime and cheque fraud in a defence programme"),
            card(5, "Organized crime and check fraud in a defense program"),
        ],
        (),
        1,
    )
    assert found(backend, "cafe") == found(backend, "CAFÉ") == found(backend, "caf*") == [1]
    assert found(backend, "trompe") == found(backend, "trompé~1") == [1]
    assert found(backend, "обман") == found(backend, "ОБМ*") == [2]
    assert found(backend, "电信诈骗") == [3]
    for typed in ("organised", "Organized", '"cheque fraud"', '"check fraud"', "defence program", "defense"):
        assert found(backend, typed) == [4, 5], typed


def test_filters(backend: Backend) -> None:
    facets: list[dict[str, tuple[str, ...]]] = [
        {"country": ("GB", "US"), "typology": ("FR-01",)},
        {"country": ("IE",)},
        {"country": ("US",), "typology": ("FR-02",)},
        {},
    ]
    backend.write([card(number, facets=one) for number, one in enumerate(facets, start=1)], (), 1)
    for typed, expected in {
        "country:GB": {1},
        "country:gb": {1},
        "country:GB,IE": {1, 2},
        "country:(GB OR IE)": {1, 2},
        "country:(GB AND US)": {1},
        "-country:US": {2, 4},
        "NOT country:US": {2, 4},
        "country:US NOT typology:FR-01": {3},
        "country:IE OR typology:FR-02": {2, 3},
        "country:XX": set(),
        "typology:(NOT FR-01)": {2, 3, 4},
    }.items():
        assert set(found(backend, typed)) == expected, typed


def test_dates(backend: Backend) -> None:
    days = [date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1), None]
    backend.write([card(number, when=day) for number, day in enumerate(days, start=1)], (), 1)
    for typed, expected in {
        "after:2024-02": {2, 3, 4},
        "before:2024-02": {1},
        "after:2024-02 before:2024-03": {2, 3},
        "after:2024-02-01 before:2024-02-02": {2},
        "NOT after:2024-02": {1, 5},
        "before:2024-02 OR after:2024-03": {1, 4},
        "after:2025": set(),
    }.items():
        assert set(found(backend, typed)) == expected, typed


def test_losses(backend: Backend) -> None:
    losses = (0.0, 999.9, 10_000.0, 10_001.0, 25_000_000.0)
    backend.write([card(number, loss=loss) for number, loss in enumerate(losses, start=1)], (), 1)
    for typed, expected in {
        "loss>10000": {4, 5},
        "loss>=10k": {3, 4, 5},
        "loss<1000": {2},
        "loss<=10,000": {2, 3},
        "loss:10000..50000": {3, 4},
        "loss:1m..": {5},
        "loss:..1k": {2},
        "loss:10000": {3},
        "NOT loss>0": {1},
        "loss>99999999999b": set(),
    }.items():
        assert set(found(backend, typed)) == expected, typed
    assert found(backend, "", sort=Sort.LOSS) == [5, 4, 3, 2, 1]


def test_facets_count_every_value_over_all_hits_each_without_its_own_filter(
    library: Library,
) -> None:
    backend, cards = library
    answer = backend.words(parse("bank OR scam country:GB typology:FR-01", facets=("country", "typology")), 3)
    either = Some((Words(("bank",)), Words(("scam",))))
    worded = [cards[one] for one in Oracle(cards).matching(All((either, Having("by", ("incident",)))))]
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


@pytest.mark.parametrize("sort", Sort)
def test_pages_make_one_order(library: Library, sort: Sort) -> None:
    backend, cards = library
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


def axis(number: int, *others: int) -> NDArray[np.float32]:
    rows = np.zeros((1 + len(others), DIMENSIONS), np.float32)
    rows[range(1 + len(others)), (number, *others)] = 1
    return rows


def test_similar_leaves_out_the_card_itself(backend: Backend) -> None:
    cards = [card(1, vectors=axis(0)), card(2, vectors=axis(0)), card(3, vectors=axis(1, 0)), card(4)]
    backend.write(cards, (), 1)
    hits = searcher(backend, *cards).similar(cards[0].id, limit=3)
    assert numbers(tuple(hit.id for hit in hits)) == [2, 3]
    with pytest.raises(NotFound):
        searcher(backend, *cards).similar("inc-unknown")


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
    hits = asked.like("The voice of a bank, cloned for money")
    assert numbers(tuple(hit.id for hit in hits)) == [1, 2, 4]
    assert "words: " in hits[0].why
    assert hits[1].why == "similar in meaning"
    assert numbers(tuple(hit.id for hit in asked.like("voice bank money", without=(cards[0].id,)))) == [2, 4]
    assert asked.like("of the ?!") == ()


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
    named = card(6, "An undressing service.", keywords=("nudify app",), facets=facets, vectors=near / 2)
    backend.write([*other, named], [], 1)
    shown = {one.id: source_of(one) for one in (*other, named)}
    asked = Searcher(
        backend,
        hydrate=lambda ids, by: {one: replace(shown[one], typologies=("AB-02",)) for one in ids},
        encode=lambda text: near[0],
        label=lambda facet, value: f"{facet} {value}",
        names=Names({"AB-02": ("nudify app",)}),
    )
    hits = asked.search(parse("nudify app", mode=mode)).hits
    assert numbers(tuple(hit.id for hit in hits)) == [6, 1, 2, 3, 4, 5]
    assert "typology: primary AB-02" in hits[0].why
    assert not any("typology" in hit.why for hit in hits[1:])
    newest = asked.search(parse("nudify app", mode=mode, sort=Sort.NEWEST)).hits
    assert numbers(tuple(hit.id for hit in newest)) == [1, 2, 3, 4, 5, 6], "other orders stay as they are"
    pages = [asked.search(parse("nudify app", mode=mode, limit=2, offset=at)).hits for at in (0, 2, 4)]
    assert [hit.id for page in pages for hit in page] == [hit.id for hit in hits]


def test_a_card_is_replaced_and_deleted_and_deleting_again_does_nothing(backend: Backend) -> None:
    backend.write([card(1, "before"), card(2, "before")], (), 1)
    backend.write([card(1, "after")], (), 2)
    assert (found(backend, "before"), found(backend, "after")) == ([2], [1])
    for applied in (3, 4):
        backend.write([], [card(1).id, "inc-unknown"], applied)
        stamp = backend.stamp()
        assert (stamp.cards, stamp.applied) == (1, applied)
    assert found(backend, "after OR before") == [2]


def test_strange_cards_are_taken(backend: Backend) -> None:
    strange = [
        card(1, "good \ud800 text \x00 with\u2028 all"),
        card(2, "x" * 40_000 + " good " + "é\u0301" * 2_000),
        card(3, "good", facets={"country": ("G" * 5_000, "", "\udfff"), "tool": ("a\nb",)}),
        card(4, "good", refs=("\ud800",), loss=1e30, when=date.max),
        card(5, "good", when=date.min, loss=-5.0, keywords=("", "🙂" * 500)),
    ]
    backend.write(strange, (), 1)
    assert sorted(found(backend, "good")) == [1, 2, 3, 4, 5]


def test_readers_see_whole_writes(backend: Backend) -> None:
    wrong: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if (total := backend.words(parse("scam"), 5).total) % 5:
                wrong.append(total)

    thread = threading.Thread(target=read)
    thread.start()
    for batch in range(4):
        backend.write([card(batch * 5 + one, "scam") for one in range(5)], (), batch)
    done.set()
    thread.join()
    assert wrong == []
    assert backend.words(parse("scam"), 5).total == 20


@pytest.mark.parametrize(
    "typed",
    [
        " OR ".join(f"w{number}" for number in range(10_000)),
        "(" * 500 + "x" + ")" * 500,
        "NOT " * 3_000 + "x",
        "(a|aa)+$ .*.*.*x{1000,} [[:alpha:]]* /regex/",
        '"' + "a " * 5_000 + '"~999',
        "a* " * 400,
        " AND ".join("abcdefgh~2" for _ in range(60)),
        '"unclosed (country:( OR',
        "\x00\x1b[31m\ud800 \u202e",
        "x" * 1_000_000,
        "typology:" + "v," * 5_000,
    ],
    ids=range(11),
)
def test_hostile_queries_are_answered(backend: Backend, typed: str) -> None:
    filled(backend)
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        results = searcher(backend, *(card(number, text) for number, text in TEXTS.items())).search(
            parse(typed, mode=mode)
        )
        assert results.total <= len(TEXTS)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("deepfake " + "x" * 1_000_000, "Only the first 20,000 characters"),
        ("deepfake " + "x OR " * 300_000, "Only the first"),
        (" OR ".join(f"w{number}" for number in range(10_000)) + " deepfake", "Only the first"),
        ("/(a+)+$/ deepfake " + "(a|aa)+" * 400, ""),
        ("deepfake " + "?*" * 3_000, ""),
        ("deepfake\x00\x01\x1b[2J\u2028\ud800", ""),
        ('deepfake "bank', "without its twin"),
        ('"deepfake" "', "without its twin"),
        ("((deepfake", "missing here"),
        ("deepfake )(", "out of place"),
        ("colour:red deepfake", "colour: is not a filter"),
        ("deepfake after:2024-13-45", "after: needs a date"),
        ("deepfake before:0000", "before: needs a date"),
        ("deepfake loss>lots", "loss needs a sum"),
        ("deepfake country:Atlantis", ""),
    ],
)
def test_bad_input_is_answered_alike_and_told_of_in_bounded_time(
    backend: Backend, typed: str, says: str
) -> None:
    filled(backend)
    began = time.monotonic()
    query = parse(typed)
    results = searcher(backend, *(card(number, text) for number, text in TEXTS.items())).search(query)
    assert time.monotonic() - began < 10
    assert any(says in note for note in results.notes) or not says
    for wrong in ({"offset": -1}, {"limit": 0}, {"limit": -5}, {"offset": 10**9}, {"mode": "psychic"}):
        with pytest.raises(ValidationError):
            parse(typed, **wrong)


def test_an_empty_index_answers_and_an_unknown_facet_is_refused(backend: Backend) -> None:
    answer = backend.words(parse("scam OR x* NOT y~1", facets=("country",)), 10)
    assert (answer.ids, answer.total, answer.facets, answer.months) == ((), 0, {"country": {}}, {})
    assert backend.nearest(axis(0)[0], Query(), 10).ids == ()
    assert backend.corrections(parse("scam")) == {}
    assert backend.stamp().cards == 0
    with pytest.raises(WrongUse):
        backend.words(Query(filters={"colour": ("red",)}), 10)


def test_a_word_that_no_card_has_is_corrected(backend: Backend) -> None:
    cards = [card(1, "deepfake of a bank"), card(2, "transfers")]
    backend.write(cards, (), 1)
    for typed in ("deepfkae", "eepfake", "xeepfake", "Deepfakke", "deepfkae AND bank"):
        results = searcher(backend, *cards).search(parse(typed, mode=Mode.KEYWORD))
        assert numbers(tuple(hit.id for hit in results.hits)) == [1], typed
        assert "is searched (at 1)." in results.notes[0]
        assert results.suggestion.startswith("deepfake")
    # No plain word, a phrase, a digit, and a name two letters away are left as they are.
    for typed in ("xzqyvw", '"deepfkae"', "de3pfake", "Tarnsfesr", "deepfkae*", "NOT deepfkae"):
        assert searcher(backend, *cards).search(parse(typed)).notes == (), typed


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


def test_a_saved_query_matches_exactly_what_a_strict_search_finds(library: Library, kind: Kind) -> None:
    opened, cards = library
    chance = random.Random(25)
    queries = [saved.strict(parse(random_query(chance)[0])) for _ in range(kind.trees // 4)]
    batch = [one for one in cards.values() if one.by is By.INCIDENT]
    wishes = {number: saved.wanted(query) for number, query in enumerate(queries)}
    matched = dict(saved.matches(wishes, batch))
    assert matched, "some must match for this to say anything"
    for number, query in enumerate(queries):
        asked = saved.strict(query.model_copy(update={"by": By.INCIDENT}))
        ids = set(opened.words(asked, 1000).ids)
        kept = set(matched.get(number, ())) if query.by is By.INCIDENT else ids
        assert kept == ids, query


def test_random_trees_agree_with_set_algebra(library: Library, kind: Kind) -> None:
    backend, cards = library
    oracle, chance, answered = Oracle(cards), random.Random(11), 0
    incidents = {one.id for one in cards.values() if one.by is By.INCIDENT}
    for _ in range(kind.trees):
        typed, node = random_query(chance)
        query = parse(f"({typed})", facets=("country",), strict=True)
        answer, expected = backend.words(query, 1000), oracle.matching(node) & incidents
        assert query.notes == ()
        assert set(answer.ids) == expected, typed
        assert (len(answer.ids), answer.total) == (len(expected), len(expected)), typed
        values = (value for one in expected for value in cards[one].facets.get("country", ()))
        assert query.filters or answer.facets["country"] == dict(Counter(values)), typed
        answered += 0 < len(expected) < len(incidents)
    assert answered > kind.trees // 2
