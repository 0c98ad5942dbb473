"""Figures in a text that can tell one event from another: sums, counts, numbers of things."""

import re
from collections.abc import Iterator

_FIGURE = re.compile(r"(?<![\w.,])\d[\d,.]{0,11}\d(?![\w%])|(?<![\w.,])[6-9](?![\w.,%])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_AFTER = re.compile(
    r"(?:st|nd|rd|th)?[\s-](?:hours?|minutes?|seconds?|days?|weeks?|months?|years?|am|pm|a\.m|p\.m|per\scent|percent)\b"
    rf"|\s?(?:(?:-|–|to|and|or)\s?\d{{1,2}}\s)?(?:of\s)?{_MONTHS}\b"
)
_BEFORE = re.compile(rf"(?:\baged\s|\b{_MONTHS}\s(?:\d{{1,2}}\s?(?:-|–|to|and|or)\s?)?)$")
_CHARACTERS = 20
"""Characters around a figure in which words may say that it is a day, an age or a length of time."""


def figures(text: str) -> Iterator[re.Match[str]]:
    """Yield the figures of a text as they are written, single digits below six left out."""
    return _FIGURE.finditer(text)


def telling(text: str) -> Iterator[re.Match[str]]:
    """Yield the figures but years, days, ages, shares and lengths of time, which many events share."""
    return (each for each in figures(text) if not (_YEAR.fullmatch(each[0]) or _measures(text, each)))


def _measures(text: str, figure: re.Match[str]) -> bool:
    before = text[max(0, figure.start() - _CHARACTERS) : figure.start()]
    after = text[figure.end() : figure.end() + _CHARACTERS]
    return _AFTER.match(after) is not None or _BEFORE.search(before) is not None
