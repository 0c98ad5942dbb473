"""Other ways to say what a query says; ``synonyms.toml`` holds them."""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import compounded

Tokens = tuple[str, ...]


@cache
def _groups() -> dict[Tokens, Mapping[Tokens, str]]:
    """Return for each way to say a thing, in tokens of the index, all ways to say it, as they are written."""
    told = tomllib.loads(files("index.search.vocabulary").joinpath("synonyms.toml").read_text("utf-8"))
    found: dict[Tokens, Mapping[Tokens, str]] = {}
    for line in told["groups"].strip().splitlines():
        group = {tuple(analyse(compounded(way))): way for way in map(str.strip, line.split("|"))}
        found |= dict.fromkeys(group, group)
    return found


def synonyms(words: Sequence[Tokens]) -> dict[Tokens, dict[Tokens, str]]:
    """Return for the words of a query, in order, the other ways to say each, or the phrase it is part of.

    A word without synonyms is left out, and so is a way that has the word itself.
    """
    found: dict[Tokens, dict[Tokens, str]] = {}
    for phrase in phrases(words, _groups()):
        for word in phrase:
            ways = _groups()[joined(phrase)]
            found[word] = {way: written for way, written in ways.items() if not set(word) <= set(way)}
    return found


def phrases(words: Sequence[Tokens], known: Collection[Tokens]) -> Iterator[Sequence[Tokens]]:
    """Yield the known phrases among words beside each other, the longest that begins with each word."""
    longest = max(map(len, known), default=0)
    place = 0
    while place < len(words):
        lengths = range(min(longest, len(words) - place), 0, -1)
        length = next((each for each in lengths if joined(words[place : place + each]) in known), 0)
        if length:
            yield words[place : place + length]
        place += max(length, 1)


def joined(words: Sequence[Tokens]) -> Tokens:
    """Return the tokens of all these words."""
    return tuple(chain.from_iterable(words))


@cache
def words() -> frozenset[str]:
    """Return every word of all ways to say things, folded but not stemmed."""
    return frozenset(word for group in _groups().values() for way in group.values() for word in folded(way))
