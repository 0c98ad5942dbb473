"""Other ways to say what a query says; ``synonyms.toml`` holds them."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

from index.search.analysis import analyse
from index.search.spelling import compounded

Tokens = tuple[str, ...]


@cache
def _groups() -> dict[Tokens, Mapping[Tokens, str]]:
    """Return for each way to say a thing, in tokens of the index, all ways to say it, as they are written."""
    told = tomllib.loads(files("index.search").joinpath("synonyms.toml").read_text("utf-8"))
    found: dict[Tokens, Mapping[Tokens, str]] = {}
    for line in told["groups"].strip().splitlines():
        group = {tuple(analyse(compounded(way))): way for way in map(str.strip, line.split("|"))}
        found |= dict.fromkeys(group, group)
    return found


def synonyms(words: Sequence[Tokens]) -> dict[Tokens, dict[Tokens, str]]:
    """Return for the words of a query, in order, the other ways to say each, or the phrase it is part of.

    Of phrases that begin with one word the longest counts; a word in none is left out. So is a way that has
    the word itself.
    """
    found: dict[Tokens, dict[Tokens, str]] = {}
    place = 0
    while place < len(words):
        length = _length(words[place : place + _longest()])
        phrase = words[place : place + max(length, 1)]
        group = _groups().get(_joined(phrase), {})
        for word in phrase if group else ():
            found[word] = {way: written for way, written in group.items() if not set(word) <= set(way)}
        place += len(phrase)
    return found


def _length(words: Sequence[Tokens]) -> int:
    """Return how many of the first words are the longest phrase that has synonyms, 0 where none is."""
    lengths = range(len(words), 0, -1)
    return next((length for length in lengths if _joined(words[:length]) in _groups()), 0)


@cache
def _longest() -> int:
    return max(map(len, _groups()))


def _joined(words: Sequence[Tokens]) -> Tokens:
    return tuple(chain.from_iterable(words))
