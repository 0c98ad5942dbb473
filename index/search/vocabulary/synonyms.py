"""Other ways to say what a query says; ``synonyms.toml`` holds them."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

from enrichment.aliases import aliases
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import join_compounds

Tokens = tuple[str, ...]
SHORTEST_ABBREVIATION = 3
"""Letters; those of two mostly have other meanings too."""
_CAPITALS = re.compile(r"[^A-Z]+")
_FIRST_LETTERS = re.compile(r"\B\w|\W")


@cache
def _groups() -> dict[Tokens, Mapping[Tokens, str]]:
    """Map each way to say a thing, in tokens of the index, to all ways to say it, as they are written."""
    data = tomllib.loads(files("index.search.vocabulary").joinpath("synonyms.toml").read_text("utf-8"))
    lines = [list(map(str.strip, line.split("|"))) for line in data["groups"].strip().splitlines()]
    found: dict[Tokens, dict[Tokens, str]] = {}
    for ways in (*lines, *_names()):
        group = {tuple(analyse(join_compounds(way))): way for way in ways}
        known = [found[tokens] for tokens in group if tokens in found]
        whole = dict(chain.from_iterable(one.items() for one in (*known, group)))
        found |= dict.fromkeys(whole, whole)
    return {tokens: group for tokens, group in found.items() if len(group) > 1}


def _names() -> Iterator[list[str]]:
    """Yield each short name of a listed organisation or tool with the names that it is short for."""
    for names in (*aliases("organisation").values(), *aliases("tool").values()):
        for short in names:
            ways = [long for long in names if _is_short(short, long)]
            if ways:
                yield [short, *ways]


def _is_short(short: str, long: str) -> bool:
    """Whether one name is another run together, or made of the first letters of its words."""
    if len(short) >= len(long) or len(short) < SHORTEST_ABBREVIATION or " " in short:
        return False
    if folded(short) != folded(long) and "".join(folded(short)) == "".join(folded(long)):
        return True
    return short.isupper() and short in (_CAPITALS.sub("", long), _FIRST_LETTERS.sub("", long).upper())


def synonyms(words: Sequence[Tokens]) -> dict[Tokens, dict[Tokens, str]]:
    """Return for the words of a query, in order, the other ways to say each, or the phrase it is part of.

    A word without synonyms is left out, and so is a way that has the word itself.
    """
    found: dict[Tokens, dict[Tokens, str]] = {}
    for phrase in phrases(words, _groups()):
        for word in phrase:
            ways = _groups()[concatenated(phrase)]
            found[word] = {way: written for way, written in ways.items() if not set(word) <= set(way)}
    return found


def phrases(words: Sequence[Tokens], known: Collection[Tokens]) -> Iterator[Sequence[Tokens]]:
    """Yield the known phrases among words beside each other, the longest that begins with each word."""
    longest = max(map(len, known), default=0)
    place = 0
    while place < len(words):
        lengths = range(min(longest, len(words) - place), 0, -1)
        length = next((each for each in lengths if concatenated(words[place : place + each]) in known), 0)
        if length:
            yield words[place : place + length]
        place += max(length, 1)


def concatenated(words: Sequence[Tokens]) -> Tokens:
    """Return the tokens of all these words."""
    return tuple(chain.from_iterable(words))


@cache
def words() -> frozenset[str]:
    """Return every word of all ways to say things, folded but not stemmed."""
    return frozenset(word for group in _groups().values() for way in group.values() for word in folded(way))
