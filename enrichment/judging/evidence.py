"""The evidence for a label: one verbatim sentence of the report, or the part of it that matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from enrichment.judging.features import Span, load_lexicon
from enrichment.judging.linear import Head
from enrichment.judging.reading import Reading
from enrichment.judging.terms import Terms

QUOTE_CHARACTERS = 200
"""Characters of a quote."""
HIT_SCORE = 0.5
"""Score that each word of a rule adds to a sentence, on the scale of a model's summed word weights."""
TOGETHER_SCORE = 1.0
"""Score added to a sentence that holds a word of every kind wanted."""
NOTHING_FACTOR = 0.2
"""Share that is left of a question, and of a sentence on what has not happened, a penalty or advice."""
TEXT_SHARE = 0.7
"""A title says everything at once; a sentence of the text is quoted if it says at least this share of it."""


@dataclass(frozen=True)
class Quote:
    """A verbatim span of the text or the title; without places where nothing supports the label."""

    quote: str = ""
    field: Literal["text", "title"] = "text"
    start: int | None = None
    end: int | None = None


def best(
    reading: Reading,
    spans: Sequence[Span],
    head: Head | None = None,
    code: str = "",
    terms: Terms | None = None,
    kinds: Sequence[Sequence[Span]] = (),
    needed: Sequence[Span] | None = None,
) -> Quote:
    """Return the sentence that holds most of the spans and of the words that speak for the code.

    ``kinds`` are groups of spans that belong together: a sentence with one of each says more than one with
    many of a kind. A question, or a sentence on what has not happened, a penalty or advice, is quoted only
    where there is no other. Where ``needed`` is given, only sentences with one of those spans are quoted.
    """
    if not reading.sentences:
        return Quote()
    scores = [HIT_SCORE * sum(_inside(span, sentence) for span in spans) for sentence in reading.sentences]
    scores = [score + _together(kinds, place) for score, place in zip(scores, reading.sentences, strict=True)]
    if head is not None and terms is not None and code in head.classes:
        weights = _word_weights(reading, head, code, terms)
        scores = [score + weight for score, weight in zip(scores, weights, strict=True)]
    if needed is not None:
        scores = [
            max(score, 0.0) + HIT_SCORE if any(_inside(span, place) for span in needed) else 0.0
            for score, place in zip(scores, reading.sentences, strict=True)
        ]
    scores = [
        score * NOTHING_FACTOR if _says_nothing(reading, place) else score
        for score, place in zip(scores, reading.sentences, strict=True)
    ]
    if max(scores) <= 0:
        return Quote()
    place = _choose(reading, scores)
    inside = [span for span in spans if _inside(span, reading.sentences[place])]
    return cut(reading, _shorten(reading.joined, reading.sentences[place], inside))


def cut(reading: Reading, span: Span) -> Quote:
    """Return a span of the joined title and text as a quote of the one it lies in."""
    start, end = span
    after = len(reading.title) + 1
    if start >= after:
        return Quote(reading.joined[start:end], "text", start - after, end - after)
    end = min(end, len(reading.title))
    return Quote(reading.title[start:end], "title", start, end)


def _choose(reading: Reading, scores: Sequence[float]) -> int:
    place = int(np.argmax(scores))
    if place == 0 and reading.title.strip() and len(scores) > 1:
        rest = int(np.argmax(scores[1:])) + 1
        if scores[rest] > 0 and scores[rest] >= TEXT_SHARE * scores[0]:
            return rest
    return place


def _word_weights(reading: Reading, head: Head, code: str, terms: Terms) -> Iterable[float]:
    column = head.words[:, head.classes.index(code)]
    for found in reading.sentence_words:
        places = sorted({place for term in found if (place := terms.place(term)) is not None})
        weights = column[places].astype(np.float64) * terms.idf[places]
        # Divided so that a long sentence does not win by length alone.
        yield float(weights.sum()) / (len(found) + 10) ** 0.5 / 10 if places else 0.0


def _together(kinds: Sequence[Sequence[Span]], sentence: Span) -> float:
    found = sum(any(_inside(span, sentence) for span in spans) for spans in kinds)
    return HIT_SCORE * found + (TOGETHER_SCORE if kinds and found == len(kinds) else 0.0)


def _says_nothing(reading: Reading, sentence: Span) -> bool:
    said = reading.joined[sentence[0] : sentence[1]]
    return said.endswith("?") or "nothing" in load_lexicon("aside").hits(said)


def _inside(span: Span, sentence: Span) -> bool:
    return sentence[0] <= span[0] and span[1] <= sentence[1]


def _shorten(text: str, sentence: Span, spans: Sequence[Span]) -> Span:
    """Return the sentence, or where it is too long the whole words of it around the first span."""
    start, end = sentence
    if end - start <= QUOTE_CHARACTERS:
        return sentence
    first = min((span[0] for span in spans), default=start)
    begin = max(start, min(first - QUOTE_CHARACTERS // 4, end - QUOTE_CHARACTERS))
    stop = min(end, begin + QUOTE_CHARACTERS)
    if begin > start:
        begin = text.find(" ", begin, stop) + 1 or begin
    if stop < end:
        stop = max(text.rfind(" ", begin, stop), begin + 1)
    return begin, stop
