"""Whole numbers as texts write them, in digits and in words."""

import re
from collections.abc import Iterable
from functools import cache

from enrichment.extraction.phrases import load


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def number() -> str:
    """Return a pattern, without groups, of numbers such as ``1,200``, ``thirty-five`` or ``2.3 million``."""
    data = load("numbers")
    tens, units, teens = (alternatives(data[kind]) for kind in ("tens", "units", "teens"))
    words = rf"(?:(?:{tens})(?:[- ](?:{units}))?|{teens}|{units})"
    digits = r"(?>\d{1,3}(?:,\d{3}(?!\d)){1,3}|\d{1,9})(?:\.\d{1,2}(?!\d))?"
    return rf"(?:(?>{digits}|{words})(?:\s(?:{alternatives(data['scales'])}))?)"


def value(written: str) -> int:
    """Return the number that these words, matched by ``number``, say, rounded down."""
    data = load("numbers")
    total, scale = 0.0, 1
    for part in re.split(r"[\s-]+", written.lower().replace(",", "")):
        if part in data["scales"]:
            scale = int(data["scales"][part])
        elif part[:1].isdigit():
            total += float(part)
        else:
            total += next(int(data[kind][part]) for kind in ("units", "teens", "tens") if part in data[kind])
    return int(total * scale)
