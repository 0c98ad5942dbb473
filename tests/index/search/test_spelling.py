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
def test_both_spellings_are_one_token_with_its_place(british: str, other: str) -> None:
    assert analyse(british) == analyse(other)
    text = f"an {british} here"
    token = tokenise(text)[1]
    assert [token.text] == analyse(other)
    assert text[token.start : token.end] == british


@pytest.mark.parametrize(
    "text", ["realism, analysis, promise, advise; rise", "four hours", "", "organ", "ORGANIST", "a cheque"]
)
def test_american_leaves_other_words_alone(text: str) -> None:
    assert american(text) == text


def test_pairs_do_not_chain() -> None:
    assert not set(pairs().values()) & set(pairs())
    assert all(word.isascii() and word.islower() for pair in pairs().items() for word in pair)


def test_folded_words_are_those_of_the_index() -> None:
    letters = [chr(code) for code in [*range(0x20, 0x180), *range(0x386, 0x500), 0x5D0, 0x627, 0x4E2D]]
    # Signs that are numbers to Python and none to the index, or stand for several letters.
    odd = set("ªº¼½¾ĲĳĸŉŊŋŦŧ")
    for letter in letters:
        text = f"A{letter}b"
        assert letter in odd or folded(text) == unstemmed(text), letter


def test_split_compounds_writes_two_words() -> None:
    assert split_compounds("A Deepfake, deep-fakes; a chat bot") == "A Deep fake, deep fakes; a chat bot"
    assert split_compounds("deepfakery and Deepf4ke") == "deepfakery and Deepf4ke"


def test_join_compounds_writes_one_word() -> None:
    assert join_compounds("A Deep fake, a deep-fakes; chat bot") == "A Deepfake, a deepfakes; chatbot"
    assert compounds("deep fakes and Chat-Bots", "a deep fakes", "deepfakes") == ["deepfakes", "chatbots"]
    for text in ("sheep fake", "deep fakery", "deep  fake", "deep. fake", "deepfake"):
        assert (join_compounds(text), compounds(text)) == (text, [])
    assert not set(compound_parts()) & {first for first, _ in compound_parts().values()}
