"""Punctuation, and marks of other query languages, read as the nearest that this one has."""

import pytest

from index.search.language.parser import parse
from index.search.language.syntax import And, Clause, Ids, Or, Term
from tests.growth import grows_slowly


def term(text: str, **changes: object) -> Term:
    return Term.model_validate({"text": text, **changes})


def placeless(clause: Clause) -> Clause:
    match clause:
        case Term():
            return clause.model_copy(update={"start": 0, "end": 0})
        case And(parts=parts) | Or(parts=parts):
            return clause.model_copy(update={"parts": tuple(map(placeless, parts))})
        case _:
            return clause


@pytest.mark.parametrize(
    ("typed", "where", "note"),
    [
        ("rans?m", term("ransm", edits=1), "? stands for no letter here; rans?m is read as ransm~1 (at 1)."),
        ("r??som", term("rsom", edits=2), "? stands for no letter here; r??som is read as rsom~2 (at 1)."),
        (
            '"gift card*"',
            And(parts=(term("gift"), term("card", prefix=True))),
            "* is not understood in quotation marks; the words are searched apart (at 1).",
        ),
        (
            '"ga* cards"',
            And(parts=(term("ga", prefix=True), term("cards"))),
            "* is not understood in quotation marks; the words are searched apart (at 1).",
        ),
    ],
)
def test_wildcards_are_read_as_the_nearest_there_is(typed: str, where: Clause, note: str) -> None:
    query = parse(typed)
    assert (tuple(map(placeless, query.where)), query.notes) == ((where,), (note,))


@pytest.mark.parametrize(
    ("typed", "words", "note"),
    [
        ("ransom^3", ["ransom"], "^3 is ignored: no word counts for more than another (at 1)."),
        (
            "gift ransom^0.5",
            ["gift", "ransom"],
            "^0.5 is ignored: no word counts for more than another (at 6).",
        ),
        ("~2", ["2"], "~2 has no word before it, as in fraud~1 (at 1)."),
        ("pc~1", ["pc"], "pc is too short for ~; it is searched as it stands (at 1)."),
        (
            "titles:gift",
            ["gift"],
            "titles: is not a filter, title: is one; the value is searched as words (at 1).",
        ),
        (
            "ountry:Malta",
            ["Malta"],
            "ountry: is not a filter, country: is one; the value is searched as words (at 1).",
        ),
        (
            'typolgy:"gift card"',
            ["gift card"],
            "typolgy: is not a filter, typology: is one; the value is searched as words (at 1).",
        ),
        ("data:gift", ["data gift"], "data: is not a filter; searched as words (at 1)."),
    ],
)
def test_marks_without_meaning_are_ignored_with_a_note(typed: str, words: list[str], note: str) -> None:
    query = parse(typed)
    assert ([one.text for one in query.terms], query.notes) == (words, (note,))
    assert query.where == ()


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("gift || ransom", "gift OR ransom"),
        ("gift | ransom", "gift OR ransom"),
        ("gift && (ransom || malware)", "gift AND (ransom OR malware)"),
        ("organization:Acme", "org:Acme"),
        ("gift;ransom", "gift ransom"),
        ("gift,ransom|malware", "gift ransom malware"),
        ("~gift", "gift"),
    ],
)
def test_marks_of_other_languages_that_mean_the_same(typed: str, same: str) -> None:
    read, meant = parse(typed), parse(same)
    assert tuple(map(placeless, read.where)) == tuple(map(placeless, meant.where))
    assert [one.text for one in read.terms] == [one.text for one in meant.terms]
    assert (read.filters, read.notes) == (meant.filters, ())


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("|| gift", "|| is out of place; AND, OR, NOT and brackets are ignored (at 1)."),
        ("gift &&", "Something is missing here; AND, OR, NOT and brackets are ignored (at 8)."),
    ],
)
def test_marks_out_of_place_are_told_of_once(typed: str, note: str) -> None:
    query = parse(typed)
    assert ([one.text for one in query.terms], query.notes) == (["gift"], (note,))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("gift card, please", ["gift", "card", "please"]),
        ("ransom? malware!", ["ransom", "malware"]),
        ("'ransom' … ‘malware’", ["ransom", "malware"]),
        ("U.S. C++ C# R&D it's 10,000", ["U.S.", "C++", "C#", "R&D", "it's", "10,000"]),
        ("http://news.example/a?b=c;d", ["http://news.example/a?b=c;d"]),
    ],
)
def test_punctuation_around_words_is_no_part_of_them(typed: str, words: list[str]) -> None:
    query = parse(typed)
    assert ([one.text for one in query.terms], query.notes) == (words, ())


def test_lists_of_values_and_ids_keep_their_commas() -> None:
    query = parse("bail country:IE,MT (aiid:147,200 OR gift)")
    assert query.filters == {"country": ("IE", "MT")}
    assert tuple(map(placeless, query.where)) == (
        Or(parts=(Ids(values=("aiid:147", "aiid:200")), term("gift"))),
    )


@pytest.mark.parametrize("unit", ["a;", "a?", "?a", "^1", "~", "|| ", "a|b,", '"a*" ', "a*b?"])
def test_long_runs_of_marks_cost_no_more_than_their_length(unit: str) -> None:
    parse("warm")
    assert grows_slowly(parse, unit * (18_000 // len(unit)))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("date:[2020 TO 2024]", "date:2020..2024"),
        ("date:[2020-05 TO *] bank", "date:2020-05.. bank"),
        ("date:{* to 2024-03-05}", "date:..2024-03-05"),
        ("loss:[1k TO 5k] bank", "loss:1k..5k bank"),
        ("loss:[£1m TO *]", "loss:£1m.."),
        ("(bank OR loss:[ 10 TO 20 ])", "(bank OR loss:10..20)"),
    ],
)
def test_ranges_of_other_query_languages_are_read(typed: str, same: str) -> None:
    read, wanted = parse(typed), parse(same)
    assert (read.since, read.until) == (wanted.since, wanted.until)
    assert list(map(placeless, read.terms)) == list(map(placeless, wanted.terms))
    assert list(map(placeless, read.where)) == list(map(placeless, wanted.where))
    assert all(piece.text in typed for piece in read.pieces), "as it was typed"
