"""Copies and forms made of real texts: by the edits of newsrooms, and by filling blanks in again."""

import random
import re
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_MONTHS = [date(2025, month, 1).strftime("%B") for month in range(1, 13)]
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’-]+(?: [A-Z][\w’-]+)*")
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")

Edit = Callable[[str, random.Random, str], str]
"""Takes a text, a source of chance and another text; returns the text as changed."""


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("copies.toml").read_text("utf-8"))


def cut(text: str, chance: random.Random, _: str) -> str:
    """Return a text without its last tenth to four tenths."""
    return text[: int(len(text) * chance.uniform(0.6, 0.9))].rsplit(" ", 1)[0] + "."


def agency(text: str, chance: random.Random, _: str) -> str:
    """Return a text with an agency's line before it or a credit behind it."""
    before, behind = str(chance.choice(_words()["agencies"])), str(chance.choice(_words()["credits"]))
    return before + text if chance.random() < 0.5 else text + behind


def insert(text: str, chance: random.Random, other: str) -> str:
    """Return a text with a paragraph of another one, up to a quarter of its length, between two sentences."""
    ends = [match.end() for match in re.finditer(r"[.!?] ", text)] or [len(text)]
    place = chance.choice(ends)
    added = other[: int(len(text) * chance.uniform(0.1, 0.25))].rsplit(" ", 1)[0]
    return f"{text[:place]}\n{added}.\n{text[place:]}"


def restyle(text: str, chance: random.Random, _: str) -> str:
    """Return a text in another house style: spelling, common words, one word in thirty besides."""
    for one, other in _words()["style"]:
        if chance.random() < 0.8:
            text = re.sub(rf"\b{re.escape(one)}\b", other, text)
    words = text.split(" ")
    for place, word in enumerate(words):
        if word.islower() and word.isalpha() and chance.random() < 0.03:
            words[place] = chance.choice(_words()["fillers"])
    return " ".join(words)


def requote(text: str, chance: random.Random, _: str) -> str:
    """Return a text with other quotation marks and two neighbouring sentences swapped."""
    text = text.replace('"', "'") if chance.random() < 0.5 else text.replace("'", "’").replace("“", '"')
    sentences = re.split(r"(?<=[.!?]) ", text)
    if len(sentences) > 3:
        place = chance.randrange(1, len(sentences) - 1)
        sentences[place], sentences[place + 1] = sentences[place + 1], sentences[place]
    return " ".join(sentences)


def headline(text: str, chance: random.Random, other: str) -> str:
    """Return a text whose own new headline stands before it."""
    return f"{other.split('. ')[0][:70]}\n{text}"


EDITS: list[Edit] = [cut, agency, insert, restyle, requote, headline]


def syndicated(text: str, chance: random.Random, other: str) -> str:
    """Return a text after two to four edits."""
    for edit in chance.sample(EDITS, chance.randint(2, 4)):
        text = edit(text, chance, other)
    return text


def filled_in(text: str, chance: random.Random, share: float) -> str | None:
    """Return a text with this share of its names and figures replaced, or None where it has too few.

    At least one figure and two names differ afterwards.
    """
    names = sorted({match[0] for match in _NAME.finditer(text)})
    figures = sorted(sorted({match[0] for match in _FIGURE.finditer(text)}), key=len, reverse=True)
    if len(names) < 3 or not figures:
        return None
    for name in chance.sample(names, max(2, round(share * len(names)))):
        text = re.sub(rf"\b{re.escape(name)}\b", _name(name, chance), text)
    for figure in chance.sample(figures, max(1, round(share * len(figures)))):
        text = re.sub(rf"(?<![\d,.]){re.escape(figure)}(?![\d])", _figure(figure, chance), text)
    return text


def _name(name: str, chance: random.Random) -> str:
    if name in _MONTHS:
        return chance.choice([month for month in _MONTHS if month != name])
    return " ".join(
        chance.choice(_words()["forenames"])
        if place == 0 and " " in name
        else chance.choice(_words()["stems"]) + chance.choice(_words()["ends"])
        for place, _ in enumerate(name.split(" "))
    )


def _figure(figure: str, chance: random.Random) -> str:
    other = figure
    while other == figure:
        other = re.sub(r"\d", lambda _: str(chance.randint(1, 9)), figure)
    return other
