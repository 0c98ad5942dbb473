import random

import pytest

from index.search.hits.highlight import LONGEST_PASSAGE, LONGEST_TEXT, best_passage
from index.search.hits.marking import TermMatcher
from index.search.query import Passage
from index.search.tree import Words
from index.search.vocabulary.analysis import tokenise

FRAUD = Words(("fraud",))
VOICE_CLONE = Words(("voic", "clone"))


def marked(passage: Passage | None) -> list[str]:
    assert passage is not None
    return [passage.text[span.start : span.end] for span in passage.spans]


def test_words_are_marked_whatever_their_ending_case_or_accent() -> None:
    text = "🙂 Frauds! FRAUD, défraud; the fraud’s cost"
    assert [text[span.start : span.end] for span in TermMatcher([FRAUD]).marks(text)] == [
        "Frauds",
        "FRAUD",
        "fraud",
    ]


def test_a_phrase_is_marked_as_a_whole_and_only_as_a_phrase() -> None:
    text = "A voice cloned the clone of a voice; voice-clone."
    found = TermMatcher([VOICE_CLONE]).marks(text)
    assert [text[span.start : span.end] for span in found] == ["voice cloned", "voice-clone"]


def test_the_passage_with_most_different_words_wins() -> None:
    text = (
        "Fraud, fraud, fraud and fraud. "
        + "Nothing here. " * 40
        + "A voice clone in a fraud. "
        + "Nothing. " * 40
    )
    passage, found = best_passage([("r1", "t", text)], TermMatcher([FRAUD, VOICE_CLONE]))
    assert passage is not None
    assert passage.text.startswith("A voice clone in a fraud. Nothing.")
    assert marked(passage) == ["voice clone", "fraud"]
    assert found == {FRAUD, VOICE_CLONE}


def test_the_best_report_wins_and_earlier_ones_win_ties() -> None:
    texts = [("r1", "", "A fraud."), ("r2", "", "A fraud by voice clone."), ("r3", "", "Voice clone fraud.")]
    passage, _ = best_passage(texts, TermMatcher([FRAUD, VOICE_CLONE]))
    assert passage is not None
    assert passage.report == "r2"


def test_sentences_are_kept_whole_where_they_fit() -> None:
    text = f"{'First one here. ' * 30}The fraud cost 3.5 million. {'Then more came. ' * 30}"
    passage, _ = best_passage([("r1", "", text)], TermMatcher([FRAUD]))
    assert passage is not None
    assert passage.text.startswith("The fraud cost 3.5 million. Then more came.")
    assert passage.text.endswith("came.")
    assert LONGEST_PASSAGE - 20 < len(passage.text) <= LONGEST_PASSAGE


def test_an_endless_sentence_is_cut_at_words() -> None:
    text = "word " * 200 + "fraud " + "word " * 200
    passage, _ = best_passage([("r1", "", text)], TermMatcher([FRAUD]))
    assert passage is not None
    assert marked(passage) == ["fraud"]
    assert set(passage.text.split()) == {"word", "fraud"}
    assert len(passage.text) <= LONGEST_PASSAGE


def test_without_a_match_the_lead_is_shown_unmarked() -> None:
    passage, found = best_passage([("r0", "", "  "), ("r1", "", "\n Lead one. Two.")], TermMatcher([FRAUD]))
    assert passage == Passage(report="r1", text="Lead one. Two.", start=2)
    assert found == frozenset()


@pytest.mark.parametrize("texts", [[], [("r1", "", "")], [("r1", "", " \n ")]])
def test_no_text_no_passage(texts: list[tuple[str, str, str]]) -> None:
    assert best_passage(texts, TermMatcher([FRAUD])) == (None, frozenset())


def test_markup_is_left_as_text() -> None:
    text = "<script>alert(1)</script> fraud & <b>fraud</b>"
    passage, _ = best_passage([("r1", "", text)], TermMatcher([FRAUD]))
    assert passage is not None
    assert passage.text == text
    assert marked(passage) == ["fraud", "fraud"]


def test_random_texts_keep_every_promise() -> None:
    chance = random.Random(4)
    pieces = [
        "fraud",
        "voice clone",
        "Ünïcode🙂",
        ". ",
        "! ",
        "\n\n",
        " ",
        " ",
        "word",
        "x" * 400,
        "“quote.” ",
        "\u200d",
        "e\u0301",
    ]
    for _ in range(300):
        text = "".join(chance.choices(pieces, k=chance.randrange(1, 200)))
        passage, _ = best_passage([("r1", "", text)], TermMatcher([FRAUD, VOICE_CLONE]))
        if passage is None:
            assert not text.strip()
            continue
        assert passage.text in text
        assert 0 < len(passage.text) <= LONGEST_PASSAGE
        ends = [0, *(span.end for span in passage.spans)]
        assert all(before <= span.start < span.end for before, span in zip(ends, passage.spans, strict=False))
        for shown in marked(passage):
            assert Words(tuple(token.text for token in tokenise(shown))) in (FRAUD, VOICE_CLONE)


def test_the_short_cut_for_latin_script_finds_what_the_analyser_finds() -> None:
    chance = random.Random(8)
    letters = "fraudsFRAUDvoiceclone éÀßæøž ªº²³½ _-'’.,“”–… €\u00ad\u00a0\n\u200b\u2060"
    for _ in range(2000):
        pieces = [
            chance.choice(("fraud", "Frauds", "voice", "clones", *letters))
            for _ in range(chance.randrange(30))
        ]
        text = "".join(pieces)
        tokens = tokenise(text)
        expected, reached = [], 0
        for place, token in enumerate(tokens):
            pair = tuple(one.text for one in tokens[place : place + 2])
            length = 1 if token.text == "fraud" else 2 if pair == VOICE_CLONE.tokens else 0
            if length and token.start >= reached:
                reached = tokens[place + length - 1].end
                expected.append((token.start, reached))
        found = TermMatcher([FRAUD, VOICE_CLONE]).marks(text)
        assert [(span.start, span.end) for span in found] == expected, text


@pytest.mark.timeout(60)
def test_a_vast_text_takes_bounded_time() -> None:
    vast, matcher = "fraud voice clone. " * 1_000_000, TermMatcher([FRAUD, VOICE_CLONE])
    assert best_passage([("r1", "", vast)], matcher) == best_passage(
        [("r1", "", vast[:LONGEST_TEXT])], matcher
    )


def test_texts_are_read_until_one_has_all_that_is_sought_in_its_own_words() -> None:
    heads = TermMatcher([FRAUD, VOICE_CLONE], {VOICE_CLONE: FRAUD})
    other, own = ("a", "", "A voice clone."), ("b", "", "A fraud.")
    assert best_passage((other, own), heads)[1] == {FRAUD, VOICE_CLONE}
    passage, found = best_passage((own, other), heads)
    assert found == {FRAUD}
    assert marked(passage) == ["fraud"]


def test_a_later_text_with_more_of_what_is_sought_gives_the_passage() -> None:
    texts = (
        ("a", "", "A fraud."),
        ("b", "", "A fraud by voice clone."),
        ("c", "", "A fraud by voice clone."),
    )
    passage, found = best_passage(texts, TermMatcher([FRAUD, VOICE_CLONE]))
    assert passage is not None
    assert passage.report == "b"
    assert found == {FRAUD, VOICE_CLONE}


@pytest.mark.parametrize(
    "whole",
    [
        "The fraud was told to Sen. Ada Quay of Brine.",
        "A fraud in St. Osyth cost Lt. Col. Reed and Mrs. J. Doe their savings.",
        "The fraud reached the U.S. and e.g. Malta.",
        "Fraud, said approx. ten clerks of Harbour Inc. in May.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(whole: str) -> None:
    text = f"{'Nothing here. ' * 30}{whole} {'Then more came of it all, at last. ' * 12}"
    passage, _ = best_passage([("r1", "", text)], TermMatcher([FRAUD]))
    assert passage is not None
    assert passage.text.startswith(f"{whole} Then more")
    cut = f"{whole[:-1]} {'and more ' * 40}"
    passage, _ = best_passage([("r1", "", cut)], TermMatcher([FRAUD]))
    assert passage is not None
    assert passage.text.endswith(("and", "more"))


def test_a_word_that_only_ends_like_an_abbreviation_ends_a_sentence() -> None:
    text = f"{'AtLeast say it was the best. ' * 9}{'A fraud is what he said it was ' * 3}"
    passage, _ = best_passage([("r1", "", text)], TermMatcher([FRAUD]))
    assert passage is not None
    assert passage.text.startswith("A fraud")
