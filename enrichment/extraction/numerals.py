"""Whole numbers as texts write them, in digits and in words."""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from enrichment.extraction.phrases import load


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def fraction() -> str:
    """Return a pattern, without groups, of parts of a whole such as ``half a`` or ``two thirds of a``."""
    data = load("numbers")
    return (
        rf"(?:(?:an?|{alternatives(data['units'])})[\s-])?(?:{alternatives(data['fractions'])})s?(?:\sof)?\sa"
    )


def fraction_value(written: str) -> Fraction:
    """Return the share that these words, matched by ``fraction``, state."""
    data = load("numbers")
    words = re.split(r"[\s-]", written.lower())
    count = next((int(data["units"][word]) for word in words if word in data["units"]), 1)
    part = next(word.removesuffix("s") for word in words if word.removesuffix("s") in data["fractions"])
    return Fraction(count, int(data["fractions"][part]))


@cache
def number() -> str:
    """Return a pattern, without groups, of numbers: ``1,200``, ``thirty-five``, ``half a million``."""
    data = load("numbers")
    scales = alternatives(data["scales"])
    tens, units, teens = (alternatives(data[kind]) for kind in ("tens", "units", "teens"))
    words = rf"(?:(?:{tens})(?:[- ](?:{units}))?|{teens}|{units})"
    digits = r"(?>\d{1,3}(?:,\d{3}(?!\d)){1,3}|\d{1,9})(?:\.\d{1,2}(?!\d))?"
    return rf"(?:{fraction()}\s(?:{scales})|(?>{digits}|{words})(?:\s(?:{scales}))?)"


def value(written: str) -> int:
    """Return the number that these words, matched by ``number``, say, rounded down."""
    data = load("numbers")
    share = re.match(fraction(), written.lower())
    if share is not None:
        return int(fraction_value(share[0]) * int(data["scales"][written.lower().split()[-1]]))
    total, scale = 0.0, 1
    for part in re.split(r"[\s-]+", written.lower().replace(",", "")):
        if part in data["scales"]:
            scale = int(data["scales"][part])
        elif part[:1].isdigit():
            total += float(part)
        else:
            total += next(int(data[kind][part]) for kind in ("units", "teens", "tens") if part in data[kind])
    return int(total * scale)
