"""What is made of words that no card has: replaced, offered, or left because they are not English."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.search.cards import HitSource
from index.search.correcting import correct_words
from index.search.embedded.backend import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.language.parser import parse
from index.search.query import Mode, Results
from index.search.unknown_words import RARE
from index.search.vocabulary import english
from tests.index.search.searching import DIMENSIONS, card, numbers, source_of

NEAR: NDArray[np.float32] = np.eye(1, DIMENSIONS, dtype=np.float32)[0]
CARDS = [
    card(1, "An estate in Canada was sold by a cloned voice.", vectors=NEAR[None]),
    card(2, "A deepfake of Zelenskyy offered surrender, a transfer followed."),
    card(3, "La voz de un hijo pide ayuda."),
    card(4, "The site hxxps://harbour[.]example/news copied the police."),
]


def encode(text: str) -> NDArray[np.float32]:
    """Find the first card near whatever is asked."""
    return NEAR


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    backend = EmbeddedBackend(tmp_path_factory.mktemp("correcting") / "index")
    backend.write(CARDS, (), 1)
    shown: dict[str, HitSource] = {one.id: source_of(one) for one in CARDS}
    yield Searcher(backend, hydrate=lambda ids, by: {one: shown[one] for one in ids}, encode=encode)
    backend.close()


def found(results: Results) -> list[int]:
    return numbers(tuple(hit.id for hit in results.hits))


def test_words_of_another_language_are_not_corrected(searcher: Searcher) -> None:
    results = searcher.search(parse("estafa con voz clonada"))
    assert (results.hits, results.suggestion, results.offered) == ((), "", "")
    assert results.foreign
    assert results.notes == (
        "This is not read as English, for which search by meaning is made; its words alone are searched.",
    )


@pytest.mark.parametrize("asked", ["vidéo truquée arnaque", "深度伪造"])
def test_query_in_another_language_finds_nothing_by_meaning(searcher: Searcher, asked: str) -> None:
    assert found(searcher.search(parse(asked))) == []
    by_meaning = searcher.search(parse(asked, mode=Mode.SEMANTIC))
    assert found(by_meaning) == [1], "who asks for meaning alone is told, and served"
    assert "search by meaning is made" in by_meaning.notes[0]
    assert searcher.search(parse(asked, mode=Mode.KEYWORD)).notes == (f"Nothing matches {asked}.",)


def test_query_in_another_language_finds_its_words(searcher: Searcher) -> None:
    results = searcher.search(parse("falsa voz de hijo pide dinero"))
    assert results.foreign
    assert found(results) == [3]


def test_small_slips_are_corrected_however_many(searcher: Searcher) -> None:
    results = searcher.search(parse("deepfke zelenskky surender", mode=Mode.KEYWORD))
    assert results.suggestion == "deepfake zelenskyy surrender"
    assert found(results) == [2]
    assert not results.offered


def test_word_further_away_is_offered_and_not_searched(searcher: Searcher) -> None:
    results = searcher.search(parse("estafa transfer", mode=Mode.KEYWORD))
    assert (results.suggestion, results.offered) == ("", "estate transfer")
    assert found(results) == [2]
    assert results.notes == ()


def test_long_word_may_have_two_slips() -> None:
    read = correct_words(
        parse("surrendre zelensjky", mode=Mode.KEYWORD), {"surrendre": "surrender", "zelensjky": "zelenskyy"}
    )
    assert read.query.text == "surrender zelenskyy"


@pytest.mark.parametrize(
    ("typed", "near", "replaced"),
    [
        ("ficked", "picked", False),
        ("rindow", "window", False),
        ("duropean", "european", False),
        ("euorpean", "european", True),
        ("uerope", "europe", True),
    ],
)
def test_word_is_replaced_only_by_one_that_begins_with_the_same_letter(
    typed: str, near: str, replaced: bool
) -> None:
    read = correct_words(parse(f"{typed} bank", mode=Mode.KEYWORD), {typed: near})
    texts = (f"{near} bank", "") if replaced else (f"{typed} bank", f"{near} bank")
    assert (read.query.text, read.offered) == texts


def test_slip_beside_an_unknown_name_is_corrected() -> None:
    read = correct_words(parse("kowalczyk deepfke"), {"kowalczyk": "", "deepfke": "deepfake"})
    assert (read.query.text, read.foreign, read.offered) == ("kowalczyk deepfake", False, "")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("dorset", "sunset"),
        ("Barclays", "barclay"),
        ("halifax", "halifaz"),
        ("aunts", "hunts"),
        ("tonnes", "tones"),
        ("fulfilled", "fulfilling"),
        ("smishing", "phishing"),
        ("sulphur", "sulphus"),
        ("quadcopter", "quadcopters"),
    ],
)
def test_correctly_spelt_word_is_neither_replaced_nor_offered_for(typed: str, near: str) -> None:
    read = correct_words(parse(f"{typed} deepfake robbery", mode=Mode.KEYWORD), {typed: near})
    assert (read.query.text, read.offered) == (f"{typed} deepfake robbery", "")
    assert read.notes == (f"Nothing has “{typed}”.",)


def test_english_words_and_names_are_known_and_slips_are_not() -> None:
    for word in (
        "Thames",
        "surrey",
        "pounds",
        "Truro",
        "Interpol",
        "telegram",
        "tumour",
        "tumors",
        "Bookkeepers",
    ):
        assert english.is_word(word), word
    for slip in ("deepfkae", "fruad", "vocie", "likenesss", "bnak", "", "?"):
        assert not english.is_word(slip), slip


def test_suggestion_replaces_whole_words_only() -> None:
    read = correct_words(parse("fke fkes"), {"fkes": "fakes", "fke": ""})
    assert read.query.text == "fke fakes"


@pytest.mark.parametrize(
    ("asked", "known"), [("Deepfake-Betrug", "Deepfake"), ("voz-clon", "voz"), ("sur-render", "surrender")]
)
def test_hyphenated_word_is_searched_by_its_known_part(searcher: Searcher, asked: str, known: str) -> None:
    results = searcher.search(parse(asked, mode=Mode.KEYWORD))
    assert results.suggestion == known
    assert len(results.hits) == 1
    assert results.notes == (f"Nothing has “{asked}”; “{known}” is searched (at 1).",)


def test_hyphenated_word_of_known_parts_stays_a_phrase(searcher: Searcher) -> None:
    results = searcher.search(parse("cloned-voice", mode=Mode.KEYWORD))
    assert found(results) == [1]
    assert results.notes == ()


@pytest.mark.parametrize(
    "asked", ["hxxps://www[.]harbour[.]example/news/", "http://harbour.example/news?x=1"]
)
def test_address_finds_texts_that_name_it_and_nothing_by_meaning(searcher: Searcher, asked: str) -> None:
    results = searcher.search(parse(asked))
    assert found(results) == [4]
    held, searched = results.notes
    assert searched == "Searched are texts that name the address harbour.example/news."
    assert "harbour.example/news" in held and held.endswith("can be added as a file.")
    assert found(searcher.search(parse("hxxps://www[.]elsewhere[.]example"))) == []


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.KEYWORD])
@pytest.mark.parametrize(
    "quoted", ["El tribunal condena a dos estatos menores por una voz", "La voz de un estaté que pide ayuda"]
)
def test_quotation_in_another_language_is_not_corrected(searcher: Searcher, quoted: str, mode: Mode) -> None:
    results = searcher.search(parse(f'"{quoted}"', mode=mode))
    assert (results.suggestion, results.offered) == ("", "")
    assert results.foreign


def test_phrase_is_corrected_only_if_the_other_words_are_found(searcher: Searcher) -> None:
    assert searcher.search(parse('"clonned voice"', mode=Mode.KEYWORD)).suggestion == '"cloned voice"'
    results = searcher.search(parse('"voice clonned"', mode=Mode.KEYWORD))
    assert results.suggestion == ""
    assert results.notes[0] == "Nothing has “clonned”."


def test_transliterations_of_a_name_find_one_another(searcher: Searcher) -> None:
    for name in ("Zelensky", "Zelenskyy", "Selenskyj"):
        assert found(searcher.search(parse(name, mode=Mode.KEYWORD))) == [2], name


@pytest.mark.parametrize(
    "asked", ["clonada estafa", "truffa", "stimme bankraub", "estafa voz clonada abuela"]
)
@pytest.mark.parametrize("mode", Mode)
def test_mostly_unknown_query_gets_no_offer(searcher: Searcher, asked: str, mode: Mode) -> None:
    assert searcher.search(parse(asked, mode=mode)).offered == ""


def test_rare_word_is_no_correction_of_a_distant_one(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path / "index")
    rare = [card(number, "A ferry and a quay.") for number in range(2, 2 + RARE)]
    backend.write([card(1, "An estate.")], (), 1)
    assert backend.corrections(parse("estafa")) == {"estafa": "estate"}
    backend.write(rare, (), 2)
    assert backend.corrections(parse("estafa")) == {"estafa": ""}
    assert backend.corrections(parse("estete")) == {"estete": "estate"}, "a letter away is but a slip"


def test_correction_prefers_a_word_of_the_typology(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path / "index")
    backend.write([card(1, "Stating a fee."), card(2, "Stating a fare."), card(3, "Stalking.")], (), 1)
    assert backend.corrections(parse("staling")) == {"staling": "stalking"}
    assert backend.corrections(parse("statng")) == {"statng": "stating"}, "the nearer one"
