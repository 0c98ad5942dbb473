"""Synonyms of the words of a query: those of ``synonyms.toml``, and abbreviations of listed names."""

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
_NOT_CAPITALS = re.compile(r"[^A-Z]+")
_NOT_FIRST_LETTERS = re.compile(r"\B\w|\W")


@cache
def _groups() -> dict[Tokens, Mapping[Tokens, str]]:
    """Map each way to say a thing, in tokens of the index, to all ways to say it, as written."""
    data = tomllib.loads(files("index.search.vocabulary").joinpath("synonyms.toml").read_text("utf-8"))
    lines = [list(map(str.strip, line.split("|"))) for line in data["groups"].strip().splitlines()]
    groups: dict[Tokens, dict[Tokens, str]] = {}
    for ways in (*lines, *_names()):
        group = {tuple(analyse(join_compounds(way))): way for way in ways}
        overlapping = [groups[tokens] for tokens in group if tokens in groups]
        merged = dict(chain.from_iterable(each.items() for each in (*overlapping, group)))
        groups |= dict.fromkeys(merged, merged)
    return {tokens: group for tokens, group in groups.items() if len(group) > 1}


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
    return short.isupper() and short in (
        _NOT_CAPITALS.sub("", long),
        _NOT_FIRST_LETTERS.sub("", long).upper(),
    )


def synonyms(words: Sequence[Tokens]) -> dict[Tokens, dict[Tokens, str]]:
    """Map each word of a query to its synonyms, or to those of the phrase it is part of.

    Words without synonyms are left out, and so are synonyms that contain the word itself.
    """
    found: dict[Tokens, dict[Tokens, str]] = {}
    for phrase in phrases(words, _groups()):
        for word in phrase:
            ways = _groups()[concatenated(phrase)]
            found[word] = {way: written for way, written in ways.items() if not set(word) <= set(way)}
    return found


def phrases(words: Sequence[Tokens], known: Collection[Tokens]) -> Iterator[Sequence[Tokens]]:
    """Yield the ``known`` phrases among adjacent words, the longest at each place."""
    longest = max(map(len, known), default=0)
    place = 0
    while place < len(words):
        lengths = range(min(longest, len(words) - place), 0, -1)
        length = next((count for count in lengths if concatenated(words[place : place + count]) in known), 0)
        if length:
            yield words[place : place + length]
        place += max(length, 1)


def concatenated(words: Sequence[Tokens]) -> Tokens:
    """Return the tokens of all these words in one tuple."""
    return tuple(chain.from_iterable(words))


@cache
def words() -> frozenset[str]:
    """Return every word of all synonyms, folded but not stemmed."""
    return frozenset(word for group in _groups().values() for way in group.values() for word in folded(way))
