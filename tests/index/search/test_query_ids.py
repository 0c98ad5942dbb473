"""Ids and codes of the typology as people type them in a query."""

import pytest

from index.search.language.parser import parse
from index.search.language.syntax import Ids, Or
from index.search.query import Query
from tests.index.room import TYPOLOGY


def words_of(query: Query) -> list[str]:
    return [term.text for term in query.terms]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("AIID-212", ("aiid:212",)),
        ("aiid212", ("aiid:212",)),
        ("aiid#212.", ("aiid:212",)),
        ("AIID-212, AIID-9", ("aiid:212", "aiid:9")),
        ("aiid:212,AIID-9", ("aiid:212", "aiid:9")),
        ("id:AIID-212", ("aiid:212",)),
        ("inc-7b57", ("inc-7b57",)),
    ],
)
def test_ids_of_the_incident_database_may_be_written_with_a_hyphen_or_nothing(
    typed: str, ids: tuple[str, ...]
) -> None:
    query = parse(typed)
    assert (query.ids, query.terms, query.notes) == (ids, (), ())


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("#212", "aiid:212"),
        ("incident 212", "aiid:212"),
        ("Incident #212", "aiid:212"),
        ("AIID incident 212", "aiid:212"),
        ("case 17", "case:case-0017"),
    ],
)
def test_a_number_alone_with_its_kind_is_an_id_and_a_note_says_so(typed: str, read: str) -> None:
    query = parse(typed)
    assert (query.ids, query.terms) == ((read,), ())
    assert query.notes == (f"{typed} is read as {read} (at 1).",)


@pytest.mark.parametrize(
    "typed",
    [
        "212",
        "incident 212 Leeds",
        '"incident 212"',
        "-incident 212",
        "aiid212b",
        "#deepfake",
        "incidents 212",
    ],
)
def test_numbers_beside_other_words_stay_words(typed: str) -> None:
    query = parse(typed)
    assert query.ids == ()
    assert query.terms


def test_ids_with_a_hyphen_are_read_below_an_operator() -> None:
    [clause] = parse("bail OR AIID-212").where
    assert isinstance(clause, Or)
    assert clause.parts[1] == Ids(values=("aiid:212",))


@pytest.mark.parametrize(
    ("typed", "codes", "words"),
    [
        ("AB02", ("AB-02",), []),
        ("ab02 bail", ("AB-02",), ["bail"]),
        ("AB2", ("AB-02",), []),
        ("AB-2", ("AB-02",), []),
        ("AB02/CS2", ("AB-02", "CS-02"), []),
    ],
)
def test_codes_may_be_written_without_hyphen_or_zero(
    typed: str, codes: tuple[str, ...], words: list[str]
) -> None:
    query = parse(typed, typology=TYPOLOGY)
    assert (query.filters, words_of(query)) == ({"typology": codes}, words)
    assert f"is read as typology:{','.join(codes)} {TYPOLOGY.label(codes[0])}" in query.notes[0]


@pytest.mark.parametrize("typed", ["ab2", "X5", "AB99", "GPT4", "A4", "AB0212", '"AB02"'])
def test_what_is_no_code_stays_a_word(typed: str) -> None:
    query = parse(typed, typology=TYPOLOGY)
    assert (query.filters, words_of(query), query.notes) == ({}, [typed.strip('"')], ())


def test_family_code_alone_in_capitals_is_a_filter() -> None:
    query = parse("AB", typology=TYPOLOGY)
    assert (query.filters, query.terms) == ({"family": ("AB",)}, ())
    assert query.notes[0].startswith("AB is read as family:AB ")
    for typed in ("ab", "AB test", "-AB", "(AB OR bail)", "QQ"):
        assert "family" not in parse(typed, typology=TYPOLOGY).filters
    assert words_of(parse("AB")) == ["AB"], "without a typology it is a word"
