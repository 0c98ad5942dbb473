"""Other ways to say what a query says are found and marked, for less, and only where words are free."""

import pytest

from index.search.backend import Backend
from index.search.language.parser import parse
from index.search.plan import is_stopword_stem, plan, stopwords
from index.search.query import Hit, Mode
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.synonyms import _groups, _names, synonyms
from tests.index.search.searching import card, searcher

TEXTS = {
    "zoom": "A deepfake on Zoom asked for money.",
    "conference": "A deepfake in a video conference asked for money.",
    "chief": "The chief executive lost money.",
    "phone": "A deepfake over the phone asked for money.",
    "agency": "The Royal Canadian Mounted Police warned of GPT 5.",
    "check": "A bank checked an identity; check fraud was found. He tires.",
    "images": "Indecent images of children were made.",
}
CARDS = [card(number, text, title=title) for number, (title, text) in enumerate(TEXTS.items(), start=1)]


def tokens(text: str) -> tuple[str, ...]:
    return tuple(analyse(text))


def hits(backend: Backend, typed: str) -> list[Hit]:
    backend.write(CARDS, (), 1)
    return list(searcher(backend, *CARDS).search(parse(typed, mode=Mode.KEYWORD)).hits)


def titles(found: list[Hit]) -> list[str]:
    return [hit.title for hit in found]


def test_synonym_is_found_and_counts_for_less(backend: Backend) -> None:
    first, second = hits(backend, "deepfake zoom")
    assert titles([first, second]) == ["zoom", "conference"]
    assert first.why == "words: deepfake, zoom"
    assert second.why == "words: deepfake, video conference"
    passage = second.passage
    assert passage is not None
    marked = [passage.text[span.start : span.end] for span in passage.spans]
    assert marked == ["deepfake", "video conference"]


def test_phrase_has_synonyms_as_a_whole(backend: Backend) -> None:
    assert set(titles(hits(backend, "video conference"))) == {"zoom", "conference"}
    assert titles(hits(backend, "CEO money")) == ["chief"]


@pytest.mark.parametrize("typed", ['"zoom" deepfake', "zoom AND deepfake", "zoom deepfake -phone title:zoom"])
def test_quoted_and_joined_words_have_no_synonyms(backend: Backend, typed: str) -> None:
    assert titles(hits(backend, typed)) == ["zoom"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("RCMP", ["agency"]),
        ("r.c.m.p.", ["agency"]),
        ("GPT5", ["agency"]),
        ("GPT-5", ["agency"]),
        ("IIOC", ["images"]),
        ("cheque fraud", ["check"]),
        ("cheque", []),
        ("tyres", []),
        ("RCMP AND deepfake", []),
    ],
)
def test_abbreviation_finds_what_it_is_short_for(backend: Backend, typed: str, expected: list[str]) -> None:
    assert titles(hits(backend, typed)) == expected


def test_abbreviation_that_cards_have_in_full_is_not_called_unknown(backend: Backend) -> None:
    backend.write(CARDS, (), 1)
    search = searcher(backend, *CARDS).search
    assert search(parse("IIOC warned", mode=Mode.KEYWORD)).notes == ()
    assert search(parse("FCA warned", mode=Mode.KEYWORD)).notes == ("Nothing has “FCA”.",)


def test_abbreviations_are_of_listed_names_and_no_ordinary_words() -> None:
    short = {names[0] for names in _names()}
    assert {"NCA", "DOJ", "WormGPT", "HuggingFace"} <= short
    assert not short & {"Met", "Sora", "Meta", "Vice", "Gemini", "ICE", "RT", "Westminster"}


def test_longest_phrase_counts_and_no_synonym_has_the_word() -> None:
    said = synonyms([tokens("zoom"), tokens("call"), tokens("money")])
    assert set(said) == {("zoom",), ("call",)}
    assert ("zoom",) in said["call",]
    assert not any("zoom" in way for way in said["zoom",])
    assert synonyms([]) == synonyms([tokens("money")]) == {}


def test_groups_are_disjoint_and_without_stop_words() -> None:
    groups = {id(group): group for group in _groups().values()}.values()
    ways = [way for group in groups for way in group]
    assert len(ways) == len(set(ways)) > 50
    assert all(len(group) > 1 for group in groups)
    assert not [way for way in ways if set(way) <= stopwords()]


def test_mere_stem_is_the_stem_of_a_stop_word() -> None:
    assert is_stopword_stem("noth")
    assert is_stopword_stem("Noth")
    assert not [
        word for word in (*stopwords(), "north", "will", "thing", "willing") if is_stopword_stem(word)
    ]


def test_plan_has_each_synonym_once() -> None:
    made = plan(parse("zoom video call"))
    assert set(made.synonym_of.values()) <= {leaf for leaf in made.leaves if leaf not in made.synonym_of}
    assert not set(made.synonym_of) - set(made.leaves)


NAMED = {
    "gala": "She met the police chief at the gala, where a deepfake of the Met and of police was shown.",
    "yard": "Scotland Yard looked into a deepfake, an officer said, and asked anybody who knew more to call.",
    "force": "A deepfake, the Metropolitan Police Service said, was made by an officer in north London.",
}


@pytest.mark.parametrize(
    "typed", ["Met Police deepfake", "new scotland yard deepfake", "Met detectives deepfake"]
)
def test_organisation_is_found_by_each_of_its_names_as_a_whole_first(backend: Backend, typed: str) -> None:
    cards = [card(number, text, title=title) for number, (title, text) in enumerate(NAMED.items(), start=1)]
    backend.write(cards, (), 1)
    found = titles(list(searcher(backend, *cards).search(parse(typed, mode=Mode.KEYWORD)).hits))
    assert set(found[:2]) == {"yard", "force"}


def test_names_of_organisations_are_whole_and_of_one_organisation_alone() -> None:
    assert plan(parse("deepfake Met Police call")).names == (tokens("Met Police"),)
    for typed in ("met the police", "police met", '"Met Police"', "Met -Police", "the Met"):
        assert plan(parse(typed)).names == (), typed


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("Nicked", {"stole", "stolen", "arrested"}),
        ("quid", {"pounds"}),
        ("pics", {"pictures", "photos", "images"}),
        ("Nick", set()),
        ("-nicked", set()),
    ],
)
def test_slang_is_searched_in_the_words_of_reports_too(typed: str, ways: set[str]) -> None:
    same = plan(parse(typed)).alternatives
    assert {way for others in same.values() for way in others.values()} == ways


def test_slang_is_not_searched_for_what_it_stands_for() -> None:
    assert not plan(parse("stolen car, arrested man")).alternatives


def test_family_of_a_victim_is_one_by_any_name(backend: Backend) -> None:
    texts = ("A grandmother lost money.", "A gran lost money.", "An uncle lost money.")
    cards = [card(number, text, title=str(number)) for number, text in enumerate(texts, start=1)]
    backend.write(cards, (), 1)
    for typed in ("granny money", "nan money", "grandad money"):
        found = searcher(backend, *cards).search(parse(typed, mode=Mode.KEYWORD))
        assert (set(titles(list(found.hits))), found.notes) == ({"1", "2"}, ()), typed
