"""Text without signs that hide a word: hyphens and widths alike, single blanks.

A web page may write *deep‑fake* with a hyphen that does not break, or with signs that show nothing, break
a phrase over lines or with several blanks, write letters and figures in full width, and months in capitals.
What is found in the plain text is placed in the original, so that every quote is a slice of it.
"""

import re
from calendar import month_name
from dataclasses import dataclass
from typing import Final

from enrichment.judging.features import Span
from enrichment.records import Fact

MOSTLY: Final = 0.8
"""Share of capitals from which on a text counts as written in capitals."""
FEWEST_LETTERS: Final = 20
"""Letters below which capitals may be those of names alone."""

HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "￠￡￥￦\u3000", "¢£¥₩ "
)
"""Letters, figures and signs of twice the width, as East Asian pages have them, with the usual ones."""
_ALIKE = str.maketrans("\u2010\u2011\t", "-- ") | HALF_WIDTH
_NO_WIDTH = "\u200b"
_MONTH = re.compile(rf"\b(?:{'|'.join(month_name[1:]).upper()})\b")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]|\r(?=\n)|(?<=[ \n]) | (?=\r?\n)")


@dataclass(frozen=True)
class Plain:
    """A text as it is read, and the original that it was made from."""

    original: str
    text: str
    _kept: tuple[int, ...] = ()
    """Where each character of the text stands in the original; empty where no sign was left out."""

    @classmethod
    def of(cls, original: str) -> "Plain":
        """Return the plain text of an original; its months are written as usual."""
        text = original.translate(_ALIKE)
        if text.count(_NO_WIDTH) > text.count(" "):  # it stands for the blanks, and hides nothing
            text = text.replace(_NO_WIDTH, " ")
        if _in_capitals(text):
            text = _MONTH.sub(lambda month: month.group().capitalize(), text)
        if not _UNSEEN.search(text):
            return cls(original, text)
        unseen = {match.start() for match in _UNSEEN.finditer(text)}
        kept = tuple(place for place in range(len(text)) if place not in unseen)
        return cls(original, "".join(text[place] for place in kept), kept)

    def span(self, span: Span) -> Span:
        """Return where a span of the plain text lies in the original."""
        start, end = span
        if not self._kept:
            return span
        if start == end:
            place = self._kept[start] if start < len(self._kept) else len(self.original)
            return place, place
        return self._kept[start], self._kept[end - 1] + 1

    def placed(self, fact: Fact) -> Fact:
        """Return a fact found in the plain text with its place and quote in the original."""
        if self.original == self.text or fact.start is None or fact.end is None:
            return fact
        start, end = self.span((fact.start, fact.end))
        return fact.model_copy(update={"start": start, "end": end, "quote": self.original[start:end]})


def _in_capitals(text: str) -> bool:
    cased = [letter for letter in text if letter.lower() != letter.upper()]
    return len(cased) >= FEWEST_LETTERS and sum(map(str.isupper, cased)) >= MOSTLY * len(cased)
