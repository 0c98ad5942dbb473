"""Filters take what people type: codes, names, parts of names and slips."""

from collections.abc import Sequence

import pytest

from index.cards.naming import SHOWN, Values
from index.library import Library
from index.search.backend import Ranked
from index.search.language.parser import parse
from index.search.language.syntax import Facet, Not
from index.search.query import By, Query
from tests.index.hardship import LEAD
from tests.index.room import TYPOLOGY

HELD = {
    "organisation": {
        name: name
        for name in (
            "OpenAI",
            "Microsoft Azure OpenAI",
            "Meta",
            "Crédit Fictif",
            "Royal Canadian Mounted Police",
            "Biometric Securities",
            "Metropolitan Police Service",
        )
    },
    "tool": {name: name for name in ("ChatGPT", "WormGPT", "GPT-4", "Grok")},
    "source": {"aiid": "AI Incident Database", "starter": "Starter library"},
}
VALUES = Values(TYPOLOGY, HELD.__getitem__)
UK = ("GB",)


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("country:IE", ("IE",)),
        ("country:ie", ("IE",)),
        ("country:Ireland", ("IE",)),
        ("country:GB", ("GB",)),
        ("country:uk", UK),
        ('country:"United Kingdom"', UK),
        ("country:Türkiye", ("TR",)),
        ("country:korea", ("KR", "KP")),
        ("country:Irland", ("IE",)),
        ("country:IE,uk", ("IE", *UK)),
        ("typology:ab-02", ("AB-02",)),
        ('typology:"nudify app"', ("AB-02",)),
        ('typology:"Nudify Apps"', ("AB-02",)),
        ("typology:romance", ("FR-06",)),
        ("typology:romanse", ("FR-06",)),
        ("typology:X-01", ("X-01",)),
        ('primary:"CEO fraud"', ("FR-01",)),
        ("family:cyber", ("CY",)),
        ("outcome:convicted", ("convicted_or_sentenced",)),
        ("outcome:jailed", ("convicted_or_sentenced",)),
        ("outcome:conviction", ("convicted_or_sentenced",)),
        ("modality:voice", ("audio",)),
        ("scope:crime", ("crime",)),
        ("org:openai", ("OpenAI",)),
        ("org:azure", ("Microsoft Azure OpenAI",)),
        ('org:"credit fictif"', ("Crédit Fictif",)),
        ("org:RCMP", ("Royal Canadian Mounted Police",)),
        ('org:"New Scotland Yard"', ("Metropolitan Police Service",)),
        ("org:met", ("Metropolitan Police Service",)),
        ("org:metr", ("Metropolitan Police Service",)),
        ("org:secur", ("Biometric Securities",)),
        ('org:"police service"', ("Metropolitan Police Service",)),
        ("org:police", ("Royal Canadian Mounted Police", "Metropolitan Police Service")),
        ("tool:gpt", ("ChatGPT", "WormGPT", "GPT-4")),
        ('tool:"GPT 4o"', ("GPT-4",)),
        ("tool:chatgtp", ("ChatGPT",)),
        ("source:incident", ("aiid",)),
        ("year:2024", ("2024",)),
        ("primary:AB2", ("AB-02",)),
        ("typology:ab02", ("AB-02",)),
        ('tool:"worm gpt"', ("WormGPT",)),
        ("loss_band:5m+", ("1m_10m", "over_10m")),
        ("loss_band:£20k", ("10k_100k",)),
        ('loss_band:"1 million"', ("1m_10m",)),
        ("loss_band:<10k", ("under_1k", "1k_10k")),
        ("loss_band:5k..50k", ("1k_10k", "10k_100k")),
        ("loss_band:over_10m", ("over_10m",)),
    ],
)
def test_a_value_is_read_as_what_is_stored(typed: str, values: tuple[str, ...]) -> None:
    query = VALUES.read(parse(typed))
    assert list(query.filters.values()) == [values]
    assert VALUES.read(query).filters == query.filters, "what is stored stays"


def test_a_family_stands_for_its_leaves_in_the_typology() -> None:
    leaves = tuple(leaf.id for leaf in TYPOLOGY.leaves() if leaf.parent == "CS")
    assert VALUES.read(parse("typology:CS")).filters == {"typology": leaves}


@pytest.mark.parametrize("typed", ["country:IE", "org:OpenAI", "typology:fr-02", "country:Ireland", "q"])
def test_what_is_plain_needs_no_note(typed: str) -> None:
    assert VALUES.read(parse(typed)).notes == ()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("country:Irland", "country:Irland is read as Ireland."),
        ('typology:"nudify app"', "typology:nudify app is read as AB-02 "),
        ('primary:"grandparent scam"', "primary:grandparent scam is read as FR-02 "),
        ("tool:gpt", "tool:gpt is read as ChatGPT, WormGPT, GPT-4."),
        ("source:incident", "source:incident is read as AI Incident Database."),
        ("typology:CS", "typology:CS is read as the family CS "),
        ("loss_band:5m+", "loss_band:5m+ is read as $1 million to $10 million, $10 million and more."),
        ("loss_band:0", "loss_band: knows no “0”"),
        ("tool:*", "tool: knows no “*”; there are: ChatGPT"),
        ("tool:Grak", "tool: knows no “Grak”; near it: Grok (at 1)."),
        ("outcome:zzz", "outcome: knows no “zzz”; there are: Attempted"),
        ("country:Zzyzx", "country: knows no “Zzyzx” (at 1)."),
        ("scam country:Zzyzx", "country: knows no “Zzyzx” (at 6)."),
        ("country:Brasil", "country: knows no “Brasil”; near it: Brazil"),
        ("org:metric", "organisation: knows no “metric”"),
        ("org:ai", "organisation: knows no “ai”"),
        ("org:rcmp", "organisation:rcmp is read as Royal Canadian Mounted Police."),
        ("org:PSNI", "organisation: the library has nothing of Police Service of Northern Ireland (at 1)."),
    ],
)
def test_a_note_says_how_it_is_read_and_what_is_near(typed: str, says: str) -> None:
    query = VALUES.read(parse(typed))
    assert query.notes[0].startswith(says), query.notes
    assert query.notes[0].count(",") < SHOWN or "there are:" in query.notes[0]
    if "knows no" in says:
        assert list(query.filters.values()) == [(typed.partition(":")[2],)], "it stays, and finds nothing"


@pytest.mark.parametrize(
    ("typed", "filters", "words"),
    [
        ("country:Hong Kong bail", {"country": ("HK",)}, ["bail"]),
        ("bail country:United Arab Emirates, Leeds", {"country": ("AE",)}, ["bail", "Leeds"]),
        ("tool:worm gpt 4", {"tool": ("WormGPT",)}, ["4"]),
        ("org:royal canadian bail", {"organisation": ("Royal Canadian Mounted Police",)}, ["bail"]),
        ("outcome:no action known", {"outcome": ("reported_no_action_known",)}, []),
        ('country:Ireland "Hong Kong"', {"country": ("IE",)}, ["Hong Kong"]),
        ("country:Ireland -Hong Kong", {"country": ("IE",)}, ["Hong", "Kong"]),
        ("country:Ireland Leeds", {"country": ("IE",)}, ["Leeds"]),
        ("year:2024 bail", {"year": ("2024",)}, ["bail"]),
    ],
)
def test_words_after_a_value_that_make_it_a_name_belong_to_it(
    typed: str, filters: dict[str, tuple[str, ...]], words: list[str]
) -> None:
    query = VALUES.read(parse(typed, names=VALUES.names))
    assert (query.filters, [term.text for term in query.terms]) == (filters, words)
    assert "".join(piece.text for piece in query.pieces).replace(" ", "") == typed.replace(" ", "")


def test_a_search_whose_filter_is_unknown_offers_itself_without_it() -> None:
    def offered(typed: str) -> str:
        return VALUES.read(parse(typed)).offered

    assert offered("deepfake country:Zzyzx loss>1k") == "deepfake loss>1k"
    assert offered('"a bank" country:uk org:qqzz date:2024') == '"a bank" country:uk date:2024'
    assert offered("country:Zzyzx") == ""
    assert offered("deepfake country:Zzyzx,IE") == "", "the other value may be met"
    assert offered("deepfake country:uk") == ""
    assert VALUES.read(parse("deepfake", filters={"country": ("Atlantis",)})).offered == "", "not typed"


def test_values_within_brackets_are_read_too() -> None:
    [clause] = VALUES.read(parse("-country:uk")).where
    assert clause == Not(part=Facet(name="country", values=UK))
    query = VALUES.read(parse("(country:ireland AND deepfake) OR typology:romance"))
    assert "FR-06" in repr(query.where)
    assert "'IE'" in repr(query.where)


def test_hostile_values_are_told_of_and_do_no_harm() -> None:
    for value in ('"\\u202e"', '"' + "x" * 5000 + '"', '"%"', "\x00", "((((", '"a,b,c"', "*"):
        for name in ("country", "typology", "org", "tool", "outcome"):
            query = VALUES.read(parse(f"{name}:{value}"))
            assert query.notes or query.filters or query.terms or query.where, (
                "nothing typed is lost in silence"
            )
            assert all(len(note) < 1000 for note in query.notes)


def test_the_library_reads_filters_by_name(library: Library) -> None:
    def found(typed: str) -> set[str]:
        return {hit.id for hit in library.search(library.parse(typed, limit=200), actor=LEAD).hits}

    assert found("country:united kingdom") == found("country:GB")
    assert found("country:uk") == found("country:GB") >= found("country:england") != set()
    assert found("country:uk") >= found("country:england")
    assert found('typology:"CEO fraud"') == found("typology:FR-01") != set()
    assert found("outcome:convicted") == found("outcome:convicted_or_sentenced") != set()
    assert found("-country:uk").isdisjoint(found("country:uk"))
    assert found("org:openai") <= found("org:openA")
    nothing = library.search(library.parse("country:Zzyzx"), actor=LEAD)
    assert nothing.total == 0
    assert "knows no “Zzyzx”" in nothing.notes[0]


def test_values_of_a_facet_are_asked_of_the_index_once_a_query(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, asked = library.holdings.finder._index, []
    words = backend.words

    def counted(query: Query, limit: int, also: Sequence[str] = ()) -> Ranked:
        asked.append(query.facets)
        return words(query, limit, also)

    monkeypatch.setattr(backend, "words", counted)
    library.parse("deepfake country:uk")
    assert asked == []
    library.parse("org:o org:pol org:uni org:bank org:new org:zzzz (org:a OR -org:e)")
    assert asked == [("organisation",)] * len(By)


def test_note_names_a_few_values_and_counts_the_others() -> None:
    held = {f"Bank {number:02}": f"Bank {number:02}" for number in range(40)}
    [note] = Values(TYPOLOGY, lambda facet: held).read(parse("org:bank")).notes
    assert note.endswith(f"Bank {SHOWN - 1:02} and {40 - SHOWN} more.")
