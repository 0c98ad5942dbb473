import pytest

from index.search.vocabulary.analysis import analyse, tokenise, unstemmed
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import (
    american,
    compound_parts,
    compounds,
    join_compounds,
    pairs,
    split_compounds,
)


@pytest.mark.parametrize(
    ("british", "other"),
    [
        ("organised", "organized"),
        ("Organisation", "organization"),
        ("colours", "colors"),
        ("neighbourhood", "neighborhood"),
        ("defence", "defense"),
        ("programmes", "programs"),
        ("counsellors", "counselors"),
        ("councillor", "councilor"),
        ("spoilt", "spoiled"),
        ("wilfully", "willfully"),
        ("imposters", "impostors"),
        ("adviser", "advisor"),
        ("sabre", "saber"),
        ("enrolments", "enrollments"),
        ("cancelled", "canceled"),
        ("analysed", "analyzed"),
        ("licence", "license"),
        ("paedophile", "pedophile"),
        ("mum", "mom"),
    ],
)
def test_both_spellings_are_one_word_in_the_index_and_in_what_is_marked(british: str, other: str) -> None:
    assert analyse(british) == analyse(other)
    text = f"an {british} here"
    token = tokenise(text)[1]
    assert [token.text] == analyse(other)
    assert text[token.start : token.end] == british


@pytest.mark.parametrize(
    "text", ["realism, analysis, promise, advise; rise", "four hours", "", "organ", "ORGANIST", "a cheque"]
)
def test_all_else_stays(text: str) -> None:
    assert american(text) == text


def test_no_spelling_leads_to_another_that_is_replaced_again() -> None:
    assert not set(pairs().values()) & set(pairs())
    assert all(word.isascii() and word.islower() for pair in pairs().items() for word in pair)


def test_words_as_written_are_folded_as_the_index_folds_them() -> None:
    letters = [chr(code) for code in [*range(0x20, 0x180), *range(0x386, 0x500), 0x5D0, 0x627, 0x4E2D]]
    # Signs that are numbers to Python and none to the index, or stand for several letters.
    odd = set("ªº¼½¾ĲĳĸŉŊŋŦŧ")
    for letter in letters:
        text = f"A{letter}b"
        assert letter in odd or folded(text) == unstemmed(text), letter


def test_compounds_are_two_words_for_a_model_however_they_are_written() -> None:
    assert split_compounds("A Deepfake, deep-fakes; a chat bot") == "A Deep fake, deep fakes; a chat bot"
    assert split_compounds("deepfakery and Deepf4ke") == "deepfakery and Deepf4ke"


def test_compounds_are_one_word_however_they_are_written() -> None:
    assert join_compounds("A Deep fake, a deep-fakes; chat bot") == "A Deepfake, a deepfakes; chatbot"
    assert compounds("deep fakes and Chat-Bots", "a deep fakes", "deepfakes") == ["deepfakes", "chatbots"]
    for text in ("sheep fake", "deep fakery", "deep  fake", "deep. fake", "deepfake"):
        assert (join_compounds(text), compounds(text)) == (text, [])
    assert not set(compound_parts()) & {first for first, _ in compound_parts().values()}
