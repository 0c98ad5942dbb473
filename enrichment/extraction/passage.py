"""One field of a report as facts are read from it: its words and sentences, found once."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from enrichment.records import Fact, Subject

WORD = re.compile(r"[^\W_]+")
SENTENCE_END = re.compile(r"[.!?][\"'”’)]{0,2}\s(?=[^a-z])|\n")
_MAY = re.compile(r"\b(?:May|MAY|may)\b")
_BEFORE_MAY = re.compile(
    r"(?:\b(?:[a-z]{1,16},?|In|On|Of|By|Mid|Last|Late|From|Next|Since|Until|Early)[\s-](?:\d{1,2}\s)?"
    r"|\d(?:st|nd|rd|th)\s)$"
)
_DAY_BEFORE_MAY = re.compile(r"\b\d{1,2}\s$")
_AFTER_MAY = re.compile(r",?\s(?:of\s)?(?:19|20)\d\d\b")
_DAY_AFTER_MAY = re.compile(r"\s\d{1,2}(?:st|nd|rd|th)?\b")


@dataclass(frozen=True)
class Passage:
    """One field of a report, with its words found once for all word lists."""

    text: str
    field: Literal["text", "title"] = "text"

    @cached_property
    def words(self) -> list[tuple[str, int, int]]:
        """Each word in lower case with its start and end."""
        return [(match[0].lower(), match.start(), match.end()) for match in WORD.finditer(self.text)]

    @cached_property
    def lowered(self) -> list[str]:
        """Each word in lower case."""
        return [word for word, _, _ in self.words]

    @cached_property
    def small(self) -> str:
        """The text in lower case, letter for letter, except the month of May, which keeps its capital."""
        letters = list(_lower(self.text))
        for may in _MAY.finditer(self.text):
            if _is_month(may):
                letters[may.start() : may.end()] = "May"
        return "".join(letters)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where among the words each word stands, in order."""
        found: dict[str, list[int]] = {}
        for position, word in enumerate(self.lowered):
            found.setdefault(word, []).append(position)
        return found

    @cached_property
    def breaks(self) -> list[int]:
        """Where each sentence begins, in order."""
        return [0, *(match.end() for match in SENTENCE_END.finditer(self.text))]

    def lead(self, length: int) -> "Passage":
        """Return the beginning up to the last white space within so many characters; all of a short one."""
        if len(self.text) <= length:
            return self
        cut = max(self.text.rfind(" ", 0, length), self.text.rfind("\n", 0, length))
        return Passage(self.text[: cut if cut > 0 else length], self.field)

    def sentence(self, position: int) -> tuple[int, int]:
        """Return start and end of the sentence around a position."""
        after = bisect_right(self.breaks, position)
        return self.breaks[after - 1], self.breaks[after] if after < len(self.breaks) else len(self.text)

    def around(self, start: int, end: int, before: int, after: int) -> tuple[str, str]:
        """Return the part of ``small`` before and the part after a span, each cut to the sentence."""
        left, right = self.sentence(start)
        return (
            self.small[max(left, start - before) : start],
            self.small[end : max(end, min(right, end + after))],
        )

    def fact(
        self, subject: Subject, value: str, start: int, end: int, *, score: float, role: str = ""
    ) -> Fact:
        """Return a fact that rests on this span."""
        return Fact(
            subject=subject,
            value=value,
            role=role,
            score=score,
            field=self.field,
            start=start,
            end=end,
            quote=self.text[start:end],
        )


def _is_month(may: re.Match[str]) -> bool:
    """Whether this word is the month and not the verb.

    The verb has a small letter; in a headline of capitals it follows a capitalised word, without a date.
    """
    text, start, end = may.string, *may.span()
    if _AFTER_MAY.match(text, end):
        return True
    if may[0] == "may":
        return False
    before = text[max(0, start - 24) : start]
    in_headline = text[end : end + 2].strip().isupper()
    return (
        _DAY_AFTER_MAY.match(text, end) is not None
        or _BEFORE_MAY.search(before) is not None
        or (_DAY_BEFORE_MAY.search(before) is not None and not in_headline)
    )


def _lower(text: str) -> str:
    """Return the text in lower case with as many letters: one whose small form is longer stays as it is."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
