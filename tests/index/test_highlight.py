import random
import time

import pytest

from index.search.embedded import tokenise
from index.search.highlight import LONGEST_PASSAGE, LONGEST_TEXT, best_passage, marks
from index.search.query import Passage

FRAUD = ("fraud",)
VOICE_CLONE = ("voic", "clone")


def marked(passage: Passage | None) -> list[str]:
    assert passage is not None
    return [passage.text[span.start : span.end] for span in passage.spans]


def test_words_are_marked_whatever_their_ending_case_or_accent() -> None:
    text = "🙂 Frauds! FRAUD, défraud; the fraud’s cost"
    assert [text[span.start : span.end] for span, _ in marks(text, [FRAUD], tokenise)] == [
        "Frauds",
        "FRAUD",
        "fraud",
    ]


def test_a_phrase_is_marked_as_a_whole_and_only_as_a_phrase() -> None:
    text = "A voice cloned the clone of a voice; voice-clone."
    found = marks(text, [VOICE_CLONE], tokenise)
    assert [text[span.start : span.end] for span, _ in found] == ["voice cloned", "voice-clone"]


def test_the_passage_with_most_different_words_wins() -> None:
    text = (
        "Fraud, fraud, fraud and fraud. "
        + "Nothing here. " * 40
        + "A voice clone in a fraud. "
        + "Nothing. " * 40
    )
    passage, found = best_passage([("r1", "t", text)], [FRAUD, VOICE_CLONE], tokenise)
    assert passage is not None
    assert passage.text.startswith("A voice clone in a fraud. Nothing.")
    assert marked(passage) == ["voice clone", "fraud"]
    assert found == {FRAUD, VOICE_CLONE}


def test_the_best_report_wins_and_earlier_ones_win_ties() -> None:
    texts = [("r1", "", "A fraud."), ("r2", "", "A fraud by voice clone."), ("r3", "", "Voice clone fraud.")]
    passage, _ = best_passage(texts, [FRAUD, VOICE_CLONE], tokenise)
    assert passage is not None
    assert passage.report == "r2"


def test_sentences_are_kept_whole_where_they_fit() -> None:
    text = f"{'First one here. ' * 30}The fraud cost 3.5 million. {'Then more came. ' * 30}"
    passage, _ = best_passage([("r1", "", text)], [FRAUD], tokenise)
    assert passage is not None
    assert passage.text.startswith("The fraud cost 3.5 million. Then more came.")
    assert passage.text.endswith("came.")
    assert LONGEST_PASSAGE - 20 < len(passage.text) <= LONGEST_PASSAGE


def test_an_endless_sentence_is_cut_at_words() -> None:
    text = "word " * 200 + "fraud " + "word " * 200
    passage, _ = best_passage([("r1", "", text)], [FRAUD], tokenise)
    assert passage is not None
    assert marked(passage) == ["fraud"]
    assert set(passage.text.split()) == {"word", "fraud"}
    assert len(passage.text) <= LONGEST_PASSAGE


def test_without_a_match_the_lead_is_shown_unmarked() -> None:
    passage, found = best_passage([("r0", "", "  "), ("r1", "", "\n Lead one. Two.")], [FRAUD], tokenise)
    assert passage == Passage(report="r1", text="Lead one. Two.")
    assert found == frozenset()


@pytest.mark.parametrize("texts", [[], [("r1", "", "")], [("r1", "", " \n ")]])
def test_no_text_no_passage(texts: list[tuple[str, str, str]]) -> None:
    assert best_passage(texts, [FRAUD], tokenise) == (None, frozenset())


def test_markup_is_left_as_text() -> None:
    text = "<script>alert(1)</script> fraud & <b>fraud</b>"
    passage, _ = best_passage([("r1", "", text)], [FRAUD], tokenise)
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
        passage, _ = best_passage([("r1", "", text)], [FRAUD, VOICE_CLONE], tokenise)
        if passage is None:
            assert not text.strip()
            continue
        assert passage.text in text
        assert 0 < len(passage.text) <= LONGEST_PASSAGE
        ends = [0, *(span.end for span in passage.spans)]
        assert all(before <= span.start < span.end for before, span in zip(ends, passage.spans, strict=False))
        for shown in marked(passage):
            assert tuple(token.text for token in tokenise(shown)) in (FRAUD, VOICE_CLONE)


def test_a_vast_text_takes_bounded_time() -> None:
    begun = time.perf_counter()
    best_passage([("r1", "", "fraud voice clone. " * 1_000_000)], [FRAUD, VOICE_CLONE], tokenise)
    assert time.perf_counter() - begun < 2
    assert LONGEST_TEXT < 1_000_000
