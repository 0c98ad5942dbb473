"""Which sentences of a text tell its reader how to judge it, so that they are left out of judging it.

What is said to the reader is data (``lexicon/aside.yaml``); a page can word an order in other ways.
"""

import re

from enrichment.features import Span, load_lexicon, sentences

READ = 30_000
"""Characters in which such sentences are looked for."""
NEAR = 12
"""Sentences that two orders of one paragraph may lie apart for what is between them to be left out too."""
_CODE = re.compile(r"\b[A-Z]{1,2}-0\d\b")
_PARAGRAPH = re.compile(r"[^\n]+")


def orders(text: str) -> list[Span]:
    """Return the sentences that say how the text is to be judged, and what stands between two in a paragraph.

    A paragraph most of whose sentences do so is left out whole.
    """
    found: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        spans = [
            (start + paragraph.start(), end + paragraph.start())
            for start, end in sentences(paragraph.group())
        ]
        marked = [place for place, (start, end) in enumerate(spans) if _orders(text[start:end])]
        if marked:
            whole = 2 * len(marked) >= len(spans) and len(spans) > 1
            first, last = (0, len(spans) - 1) if whole else (marked[0], marked[-1])
            found += spans[first : last + 1] if last - first < NEAR else [spans[place] for place in marked]
    return found


def _orders(sentence: str) -> bool:
    hits = load_lexicon("aside").hits(sentence)
    named = bool({"order", "about"} & hits.keys() or _CODE.search(sentence))
    return named or {"judge", "thing"} <= hits.keys()
