"""What cannot be used of a query, and texts that mean harm: told of, and read within bounds."""

from datetime import date

import pytest

from index.search.language.clauses import MOST_NEAR
from index.search.language.parser import MOST_PIECES, MOST_TERMS, parse
from index.search.language.syntax import NOTHING, Or
from index.search.query import Query
from tests.growth import grows_slowly
from tests.index.room import TYPOLOGY

LOSS = "loss needs a sum such as loss>10000, loss>£1m or loss:10k..2m; ignored (at 3)."


def texts(query: Query) -> list[str]:
    return [
        ("-" if term.negated else "") + (f'"{term.text}"' if term.phrase else term.text)
        for term in query.terms
    ]


@pytest.mark.parametrize(
    ("typed", "words", "note"),
    [
        ('"unclosed phrase', ["unclosed", "phrase"], "A quotation mark without its twin is ignored (at 1)."),
        (
            "scam OR",
            ["scam"],
            "Something is missing here; AND, OR, NOT and brackets are ignored (at 8).",
        ),
        (
            "OR scam",
            ["scam"],
            "OR is out of place; AND, OR, NOT and brackets are ignored (at 1).",
        ),
        (
            "scam (OR fraud) NOT",
            ["scam", "fraud"],
            "OR is out of place; AND, OR, NOT and brackets are ignored (at 7).",
        ),
        (
            "scam) country:(GB",
            ["scam", "GB"],
            ") is out of place; AND, OR, NOT and brackets are ignored (at 5).",
        ),
        ("colour:red", ["colour red"], "colour: is not a filter; searched as words (at 1)."),
        ("x dee*fake", ["x", "dee*fake"], "* is understood at the end of a word alone (at 6)."),
        ("x loss>much", ["x"], LOSS),
        ("x loss:much", ["x"], LOSS),
        ("x loss>1.500", ["x"], LOSS),
        ("x loss:5..6..7", ["x"], LOSS),
        ("x loss:9k..2k", ["x"], "No loss is from 9,000 to 2,000 (at 3)."),
        ("x bank~7", ["x"], "~7 is read as ~2, the most there is (at 7)."),
        ('x "the bank"~123456', ["x"], "~123456 is read as ~999, the most there is (at 13)."),
        ("x " + "y" * 129, ["x", "y" * 129], "Nothing has a word so long: the index leaves it out (at 3)."),
        ("x country:,", ["x"], "country: needs a value; ignored (at 3)."),
        ("x id:147", ["x"], "147 is no id; ids are such as aiid:147 or inc-0123456789 (at 3)."),
        (
            "x " + "(" * 21 + "y" + ")" * 21,
            ["x", "y"],
            "More than 20 brackets within each other; operators are ignored (at 23).",
        ),
    ],
)
def test_what_cannot_be_used_becomes_a_note(typed: str, words: list[str], note: str) -> None:
    query = parse(typed)
    assert texts(query) == words
    assert query.notes == (note,)


@pytest.mark.parametrize(
    "typed",
    ["loss>lots", "date:yesterday", "after:2024-02-30", 'title:"', "country:,", "🙂 !?", '""', "- --"],
)
def test_where_nothing_typed_can_be_used_nothing_is_found(typed: str) -> None:
    query = parse(typed)
    assert query.where == (NOTHING,)
    assert query.notes[-1] == "Nothing typed can be searched; an empty search lists everything."
    assert parse(f"{typed} scam").where != (NOTHING,)


def test_a_code_that_is_none_is_told_with_those_there_are() -> None:
    assert (
        parse("FR-77", typology=TYPOLOGY).notes[0].startswith("The typology has no FR-77, only FR-01 to FR-")
    )
    assert parse("ZZ-77 AB-770", typology=TYPOLOGY).notes == ()


def test_dates_that_leave_no_day_are_told() -> None:
    [note] = parse("after:2023-09 before:2023-09").notes
    assert note.startswith("No day lies from 2023-09-01 to 2023-08-31.") and "is all of May" in note
    backward = parse("bank date:2024-05..2024-04 country:IE")
    assert backward.notes and backward.offered == "bank country:IE"
    assert not parse("after:2024-05 before:2024-06").notes
    [by_options] = parse("bank", since=date(2025, 1, 1), until=date(2024, 12, 31)).notes
    assert by_options == "No day lies from 2025-01-01 to 2024-12-31."


def test_typographic_quotes_and_dashes() -> None:
    assert texts(parse("“voice clone” −election –vote")) == ['"voice clone"', "-election", "-vote"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "- -- +", '""', "🙂", "::", "-:", "!", "()[]{}*?~^\\/", "\ud800", "\x00\x1b"]
)
def test_nothing_to_search_is_an_empty_query(typed: str) -> None:
    query = parse(typed)
    assert (query.terms, query.filters, query.ids) == ((), {}, ())


def test_control_characters_are_left_out_and_those_that_break_lines_are_spaces() -> None:
    assert texts(parse("deep\x00fake\x1b bank\tloan\nvoice")) == ["deepfake", "bank", "loan", "voice"]


@pytest.mark.parametrize("name", ["loss", "id", "date", "title", "tool", "since", "Country"])
@pytest.mark.parametrize("value", ["", '""', ",", '" "'])
def test_a_filter_without_a_value_is_ignored_and_told(name: str, value: str) -> None:
    query = parse(f"x {name}:{value}")
    assert texts(query) == ["x"] and not query.where
    assert [note.lower() for note in query.notes] == [f"{name.lower()}: needs a value; ignored (at 3)."]


def test_of_many_near_words_the_first_are_looked_for() -> None:
    query = parse(" ".join(f"word{number}~2" for number in range(1_500)))
    assert len(query.where) == MOST_NEAR
    assert f"Only the first {MOST_NEAR} words with ~ may differ by letters" in "".join(query.notes)


@pytest.mark.parametrize(
    "unit", ['"', "a:", "-", "a ", "[", '"a', "country:", "hxxp[:]//", "((", "id:x ", "é\u0301"]
)
def test_a_megabyte_of_anything_is_bounded(unit: str) -> None:
    query = parse((unit * (1_000_000 // len(unit) + 1))[:1_000_000])
    assert len(query.terms) <= MOST_TERMS
    assert 1 <= len(query.notes) <= 20
    assert len(query.text) <= 20_000


def test_ten_thousand_words_are_capped_with_one_note() -> None:
    query = parse(" ".join(f"w{number}" for number in range(3_000)))
    assert len(query.terms) == MOST_TERMS
    assert [note for note in query.notes if "first 64 words" in note]


def test_of_ten_thousand_clauses_the_first_keep_their_operators() -> None:
    query = parse(" OR ".join(f"w{number}" for number in range(10_000)))
    (either,) = query.where
    assert isinstance(either, Or)
    assert len(either.parts) == MOST_PIECES // 2
    assert not query.terms
    assert len(query.notes) == 2


@pytest.mark.parametrize(
    "typed", ["x" * 20_000, " " * 20_000, "a_" * 10_000, "x " * 999 + " " * 18_000 + "OR y z"]
)
def test_long_runs_cost_no_more_than_their_length(typed: str) -> None:
    parse("warm")
    assert grows_slowly(parse, typed)
