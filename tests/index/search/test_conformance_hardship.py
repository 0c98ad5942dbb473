"""Writes, strange cards and bad input: the same outcome in every engine of ``backends``."""

import threading
from datetime import date

import pytest
from pydantic import ValidationError

from collectors.errors import WrongUse
from index.search.backend import Backend
from index.search.language.parser import parse
from index.search.language.syntax import Loss
from index.search.query import Mode, Query
from tests.index.search.searching import (
    TEXTS,
    axis,
    card,
    filled,
    found,
    numbers,
    searcher,
)


def test_a_card_is_replaced_and_deleted_and_deleting_again_does_nothing(backend: Backend) -> None:
    backend.write([card(1, "before"), card(2, "before")], (), 1)
    backend.write([card(1, "after")], (), 2)
    assert (found(backend, "before"), found(backend, "after")) == ([2], [1])
    for applied in (3, 4):
        backend.write([], [card(1).id, "inc-unknown"], applied)
        stamp = backend.stamp()
        assert (stamp.cards, stamp.applied) == (1, applied)
    assert found(backend, "after OR before") == [2]


def test_write_older_than_what_the_index_holds_changes_nothing(backend: Backend) -> None:
    assert backend.write([card(1, "newer"), card(3, "kept")], (), 9)
    assert not backend.write([card(1, "older"), card(2, "older")], [card(3).id], 8)
    assert (found(backend, "newer"), found(backend, "older"), found(backend, "kept")) == ([1], [], [3])
    assert (backend.stamp().cards, backend.stamp().applied) == (2, 9)
    assert backend.write([card(2, "again")], (), 9), "the same number may be written twice, as after a crash"
    assert found(backend, "again") == [2]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [(Loss(least=1, most=-1), []), (Loss(least=3, most=2), []), (Loss(least=2, most=5), [2])],
)
def test_loss_between_impossible_bounds_matches_none(
    backend: Backend, loss: Loss, expected: list[int]
) -> None:
    backend.write([card(1, "call"), card(2, "call", loss=5.0), card(3, "call", loss=6.0)], (), 1)
    assert numbers(backend.words(Query(where=(loss,)), 5).ids) == expected


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
        "loss<0",
        "deepfake -loss<=0",
        "(loss:..0 OR loss:0 OR bank) loss<1e99",
    ],
    ids=range(14),
)
def test_hostile_queries_are_answered(backend: Backend, typed: str) -> None:
    filled(backend)
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        results = searcher(backend, *(card(number, text) for number, text in TEXTS.items())).search(
            parse(typed, mode=mode)
        )
        assert results.total <= len(TEXTS)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("loss<0", []),
        ("scam loss<=0", []),
        ("scam -loss:..0", [1, 2, 3]),
        ("loss:20k", [2]),
        ("loss:2m+", [3]),
        ("loss:15k-2.5m", [2, 3]),
    ],
)
def test_losses_are_compared_alike(backend: Backend, typed: str, expected: list[int]) -> None:
    losses = enumerate((0.0, 21_000.0, 2_400_000.0), 1)
    backend.write([card(number, "scam", loss=loss) for number, loss in losses], (), 1)
    assert sorted(found(backend, typed)) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("£300k", [3, 1, 2]),
        ("£300k bail", [2]),
        ("€350,000 hearing", [3]),
        ("scam -£300k", [4]),
        ("scam (£300k OR nobody)", [3, 1, 2]),
    ],
)
def test_a_sum_finds_the_loss_before_its_figures_elsewhere(
    backend: Backend, typed: str, expected: list[int]
) -> None:
    texts = {
        1: "The scam cost it 300,000 yen in fees and much else besides, wrote the clerk of the club.",
        2: "The scam ended. Bail was set at £300 thousand, and that after a long wait for the clerk.",
        3: "The scam took €350,000, a hearing was told.",
        4: "The scam took nothing.",
    }
    backend.write([card(one, text, loss=378_000.0 * (one == 3)) for one, text in texts.items()], (), 1)
    assert sorted(found(backend, typed)) == sorted(expected)
    assert found(backend, typed)[0] == expected[0]
    assert "£300k" not in backend.corrections(parse(typed))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rans?m", [6]),
        ('"cloned voi*"', [4, 5]),
        ("ransom || transfer", [3, 6]),
        ("ransom | transfer", [3, 6]),
        ("bank && clerk", [5]),
        ("ransom^4", [6]),
        ("romance;scam", [4]),
        ("titel:ransom", [6]),
    ],
)
def test_marks_of_other_query_languages_find_alike(backend: Backend, typed: str, expected: list[int]) -> None:
    assert sorted(found(filled(backend), typed)) == expected


def test_a_stored_range_of_losses_below_zero_matches_nothing(backend: Backend) -> None:
    backend.write([card(1, "scam", loss=5.0)], (), 1)
    stored = Query.model_validate({"where": [{"kind": "loss", "least": -9, "most": -1}]})
    assert backend.words(stored, 10).total == 0


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
    query = parse(typed)
    results = searcher(backend, *(card(number, text) for number, text in TEXTS.items())).search(query)
    assert any(says in note for note in results.notes) or not says
    for wrong in ({"offset": -1}, {"limit": 0}, {"limit": -5}, {"offset": 10**9}, {"mode": "psychic"}):
        with pytest.raises(ValidationError):
            parse(typed, **wrong)


def test_an_empty_index_answers_and_an_unknown_facet_is_refused(backend: Backend) -> None:
    answer = backend.words(parse("scam OR x* NOT y~1", facets=("country",)), 10)
    assert (answer.ids, answer.total, answer.facets, answer.months) == ((), 0, {"country": {}}, {})
    assert backend.nearest(axis(0)[0], Query(), 10).ids == ()
    assert backend.corrections(parse("scam")) == {"scam": ""}
    assert backend.stamp().cards == 0
    with pytest.raises(WrongUse):
        backend.words(Query(filters={"colour": ("red",)}), 10)
