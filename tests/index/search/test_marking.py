"""Where texts have what is looked for."""

import re
from importlib.resources import files

import pytest

from index.search.hits.beginnings import beginnings_of
from index.search.hits.marking import TermMatcher
from index.search.tree import Fuzzy, Leaf, Prefix, Words
from index.search.vocabulary.analysis import STEMMED, analyse
from index.search.vocabulary.spelling import compound_parts, pairs


def marked(text: str, *wanted: Leaf) -> list[str]:
    return [text[mark.start : mark.end] for mark in TermMatcher(wanted).marks(text)]


def words(text: str) -> Words:
    return Words(tuple(analyse(text)))


def english() -> set[str]:
    told = (files("enrichment") / "typology.yaml").read_text("utf-8")
    return {
        *re.findall(r"[a-z]+", told.lower()),
        *pairs(),
        "dying",
        "lying",
        "tying",
        "skies",
        "skis",
        "news",
    }


def test_every_word_begins_as_its_token_lets_expect() -> None:
    said = english()
    assert len(said) > 2000
    for word in said:
        for token in analyse(word):
            assert word.startswith(tuple(beginnings_of(token))), (word, token)


def test_a_beginning_is_short_enough_to_be_that_of_every_form_of_the_word() -> None:
    assert beginnings_of("happi") == {"hap"}
    assert beginnings_of("internationali") == {"internationa"}
    assert {"lying", "lies", "lie"} == set(marked("lying lies lie lay", words("lying")))
    assert STEMMED.analyze("lying") == ["lie"]


@pytest.mark.parametrize("compound", sorted(compound_parts()))
def test_a_compound_is_marked_however_it_is_written(compound: str) -> None:
    first, last = compound_parts()[compound]
    text = f"One {compound}, a {first} {last}, the {first.title()}-{last}; {first} and {last}."
    found = [compound, f"{first} {last}", f"{first.title()}-{last}"]
    assert marked(text, words(compound)) == found


def test_so_is_one_within_a_phrase() -> None:
    text = "A deep fake video, deepfake videos and a fake deep video."
    assert marked(text, words("deepfake video")) == ["deep fake video", "deepfake videos"]


def test_accents_hide_no_word() -> None:
    text = "İİ: “Zürich’s” Zurich, ÉLAN élan"
    assert marked(text, words("zurich")) == ["Zürich", "Zurich"]
    assert marked(text, words("elan")) == ["ÉLAN", "élan"]


def test_near_words_and_beginnings_are_marked_beside_words() -> None:
    text = "Deepfkae videos of deepfakes, voices, a voice"
    wanted = Fuzzy("deepfake", 1), Prefix("voi"), words("video")
    assert marked(text, *wanted) == ["Deepfkae", "videos", "deepfakes", "voices", "voice"]
