"""The passages of a text, as long as an embedder reads at once."""

from enrichment.judging.features import Span, sentences
from enrichment.judging.reading import PASSAGE_WORDS

PASSAGES = 12
"""Passages of one text at most."""
CHARACTERS = 30_000
"""Characters of a text that passages are made of."""


def passages(text: str) -> tuple[Span, ...]:
    """Return up to 12 passages of whole sentences, about 180 words each; one empty one for an empty text."""
    found: list[Span] = []
    start, end, count = 0, 0, 0
    for first, last in sentences(text[:CHARACTERS]):
        length = len(text[first:last].split())
        if count and count + length > PASSAGE_WORDS:
            found.append((start, end))
            count = 0
        start, end, count = (first if not count else start), last, count + length
    if count or not found:
        found.append((start, end))
    return tuple(found[:PASSAGES])
