"""What words, operators and filters match, alike in every engine of ``backends``."""

import random
from collections import Counter
from datetime import date

import pytest

from index.search import saved
from index.search.backend import Backend
from index.search.language.parser import parse
from index.search.language.syntax import Or, Term
from index.search.query import By, Query, Sort
from tests.index.search.backends import Kind
from tests.index.search.oracle import Oracle, random_query
from tests.index.search.searching import (
    Collection,
    card,
    filled,
    found,
    numbers,
)


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
    for applied, start in enumerate((5, 1, 9), 1):
        backend.write([card(number, "same words") for number in range(start + 3, start - 1, -1)], (), applied)
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
            card(4, "Organised crime and a colour printer in a defence programme"),
            card(5, "Organized crime and a color printer in a defense program"),
        ],
        (),
        1,
    )
    assert found(backend, "cafe") == found(backend, "CAFÉ") == found(backend, "caf*") == [1]
    assert found(backend, "trompe") == found(backend, "trompé~1") == [1]
    assert found(backend, "обман") == found(backend, "ОБМ*") == [2]
    assert found(backend, "电信诈骗") == [3]
    for typed in (
        "organised",
        "Organized",
        '"colour printer"',
        '"color printer"',
        "defence program",
        "defense",
    ):
        assert found(backend, typed) == [4, 5], typed


def test_a_digest_is_a_word_and_one_too_long_to_be_indexed_matches_nothing(backend: Backend) -> None:
    sha256, sha512 = "9f" * 32, "0c7b" * 32
    backend.write([card(1, f"Sample {sha256} was sold"), card(2, f"sold {sha512} {'é' * 300}")], (), 1)
    for typed, expected in {
        sha256: [1],
        sha512: [2],
        f'"{sha256} was"': [1],
        f"{sha256[:40]}*": [1],
        f"{sha256[:-1]}~1": [1],
        sha256[:-1]: [],
        "é" * 300: [],
        f"{'z' * 129}": [],
        f"{'z' * 5000}*": [],
        f"{sha512}00*": [],
        f"{sha512}zzz~2": [],
        f'"sold {"z" * 200}"': [],
        f"sold AND {'z' * 200}": [],
        f"sold-{'z' * 200}": [],
        f"sold -{'z' * 200}": [1, 2],
        f"(sold OR {'z' * 200})": [1, 2],
    }.items():
        assert sorted(found(backend, typed)) == expected, typed[:80]
        if set(typed) <= {*"zé"}:
            assert found(backend, typed, strict=True) == [], "no saved search matches everything"


def test_terms_without_a_word_match_nothing(backend: Backend) -> None:
    filled(backend)
    for query in (
        Query(terms=(Term(text="!!"),)),
        Query(where=(Or(parts=()),)),
        Query(where=(Term(text="?"),)),
    ):
        assert backend.words(query, 100).total == 0
    assert backend.words(Query(terms=(Term(text="bank"), Term(text="!!"))), 100).total == 3


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
        "date:2024-02": {2, 3},
        "date:2024": {1, 2, 3, 4},
        "date:2024-01-31..2024-02-01": {1, 2},
        "date:2024-02..": {2, 3, 4},
        "date:..2024-02-01": {1, 2},
        "-date:2024-02": {1, 4, 5},
        "date:(2024-01 OR 2024-03)": {1, 4},
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
        "loss:10000": {3, 4},
        "loss:10000..10000": {3},
        "NOT loss>0": {1},
        "loss>99999999999b": set(),
    }.items():
        assert set(found(backend, typed)) == expected, typed
    assert found(backend, "", sort=Sort.LOSS) == [5, 4, 3, 2, 1]


def test_random_trees_agree_with_set_algebra(collection: Collection, kind: Kind) -> None:
    backend, cards = collection
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


def test_a_saved_query_matches_exactly_what_a_strict_search_finds(collection: Collection, kind: Kind) -> None:
    opened, cards = collection
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


def test_a_name_of_a_code_finds_what_bears_it_after_what_says_it(backend: Backend) -> None:
    """Whole names alone: neither a part of one nor a sign of the code is anything of the card."""
    coded = {"typology": ("fr-01",)}
    cards = [
        card(1, "Nothing of it.", facets=coded),
        card(2, "A boss scam."),
        card(3, "The boss of the ferry."),
        card(4, "Nothing.", facets=coded, report_count=9),
        card(5, "A BEC scam of a boss.", facets={"typology": ("FR-02",)}),
    ]
    backend.write(cards, (), 1)
    assert found(backend, "boss scam") == [2, 5, 4, 1]
    assert found(backend, '"boss scam"') == [2, 4, 1]
    assert found(backend, "bec") == [5, 4, 1]
    assert sorted(found(backend, "BEC OR ferry")) == [1, 3, 4, 5]
    assert found(backend, "of -bec") == [3]
    assert sorted(found(backend, "boss")) == [2, 3, 5]
    assert found(backend, "urgent confidential transfer") == []
    assert found(backend, "bec*") == [5]
    assert found(backend, "title:bec") == []
    assert backend.corrections(parse("mandate fraud")) == {}


def test_a_country_or_people_finds_what_says_it_then_what_happened_there(backend: Backend) -> None:
    backend.write(
        [
            card(1, "A shop in Leeds", facets={"country": ("GB-ENG", "GB")}),
            card(2, "A British shop", facets={"country": ("GB",)}),
            card(3, "A shop in Britain"),
            card(4, "Kenyans pay a caller", facets={"country": ("KE",)}),
            card(5, "Callers in Nairobi", facets={"country": ("KE",)}),
            card(6, "It is up to us", facets={"country": ("FR",)}),
            card(7, "A caller in Ohio", facets={"country": ("US",)}),
        ],
        (),
        1,
    )
    assert found(backend, "british") == [2, 3, 1]
    assert found(backend, "Kenya") == found(backend, "kenyan") == [4, 5]
    assert set(found(backend, "kenya caller")) == {4, 5}
    assert found(backend, "shop -british") == [3]
    assert found(backend, "us") == [6]
    assert found(backend, "american") == [7]
    assert found(backend, "title:kenya") == []
