"""Query synonyms: of ``synonyms.toml``, other names of listed organisations and tools, countries' peoples."""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

from enrichment import countries
from enrichment.aliases import aliases
from enrichment.extraction.phrases import load
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
    """Map the index tokens of each synonym to its group: all synonyms, tokens to wording."""
    lines = map(_split, _data()["groups"].strip().splitlines())
    groups: dict[Tokens, dict[Tokens, str]] = {}
    for ways in (*lines, *_full_names(), *_names(), *_peoples()):
        group = {tuple(analyse(join_compounds(way))): way for way in ways}
        overlapping = [groups[tokens] for tokens in group if tokens in groups]
        merged = dict(chain.from_iterable(ways.items() for ways in (*overlapping, group)))
        groups |= dict.fromkeys(merged, merged)
    return {tokens: group for tokens, group in groups.items() if len(group) > 1}


@cache
def _data() -> dict[str, str]:
    return tomllib.loads(files("index.search.vocabulary").joinpath("synonyms.toml").read_text("utf-8"))


def _split(line: str) -> list[str]:
    return [way.strip() for way in line.split("|")]


@cache
def _slang() -> dict[str, tuple[str, ...]]:
    lines = (line.partition(">") for line in _data()["slang"].strip().splitlines())
    return {word.strip(): tuple(_split(ways)) for word, _, ways in lines}


def of_slang(typed: str) -> tuple[str, ...]:
    """Return the standard wordings of a slang word; empty for other words."""
    return _slang().get(typed.lower(), ())


@cache
def full_names() -> frozenset[Tokens]:
    """Return every name of several words of a listed organisation, in tokens of the index."""
    return frozenset(tuple(analyse(join_compounds(name))) for names in _full_names() for name in names)


@cache
def _full_names() -> tuple[list[str], ...]:
    """Return the multi-word names of each listed organisation, names shared by two left out."""
    listed = [list(filter(_is_full, names)) for names in aliases("organisation").values()]
    bearers = Counter(chain.from_iterable({tuple(folded(name)) for name in names} for names in listed))
    return tuple([name for name in names if bearers[tuple(folded(name))] == 1] for names in listed)


def _is_full(name: str) -> bool:
    """Whether a name has several words and is unambiguous, unlike ``the Met``."""
    return len(folded(name)) > 1 and folded(name)[0] not in ("a", "an", "the")


def _names() -> Iterator[list[str]]:
    """Yield each short name of a listed organisation or tool with its full names."""
    for names in (*aliases("organisation").values(), *aliases("tool").values()):
        for short in names:
            ways = [long for long in names if _is_short(short, long)]
            if ways:
                yield [short, *ways]


def _peoples() -> Iterator[list[str]]:
    """Yield each country's name with what its people and things are called: Kenya, Kenyan."""
    for code, peoples in load("places")["demonyms"].items():
        yield [countries.name(code), *peoples]


def _is_short(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` run together, or its initials or capitals."""
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
    ways = chain.from_iterable(group.values() for group in _groups().values())
    return frozenset(word for way in ways for word in folded(way)) | _slang().keys()
