"""Forms: patterns of words with gaps. A text is matched only against those whose required words it contains.

A form is a regular expression with three short cuts: a blank is any white space, ``<0-3>`` is up to three
words, and ``<things>`` is any member of the list of that name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from enrichment.extraction.passage import Passage

Key = TypeVar("Key")
FORM_WORD = r"[\w’',-]{1,16}"
"""One word of a gap, with a comma behind it if there is one."""
BEGINNING_LETTERS = 24
"""Letters of a word that are compared; no required beginning is longer."""
CACHED_WORDS = 20_000
"""Words in the cache of their bits before it is emptied."""
_GAP = re.compile(r"<(\d+)-(\d+)>")
_MEMBERS = re.compile(r"<(\w+)>")
_LETTERS = re.compile(r"([a-z0-9]+)([?*{]?)")
_NONE: Mapping[str, Iterable[str]] = MappingProxyType({})


def form(
    written: str, lists: Mapping[str, Iterable[str]] = _NONE, flags: re.RegexFlag = re.IGNORECASE
) -> re.Pattern[str]:
    """Return the compiled pattern of a form; it matches whole words only.

    For texts in lower case (``Passage.small``) pass no flags: matching then takes half the time.
    """
    spelt = _GAP.sub(lambda gap: rf"(?:{FORM_WORD}\s){{{gap[1]},{gap[2]}}}", written)
    spelt = _MEMBERS.sub(lambda name: f"(?:{'|'.join(lists[name[1]])})", spelt)
    return re.compile(rf"\b(?:{spelt})\b".replace(" ", r"\s"), flags)


def needs(written: str, lists: Mapping[str, Iterable[str]] = _NONE) -> list[set[str]]:
    """Return the sets of beginnings that a text needs to match the form: a word with one of each set.

    Optional parts and classes of letters require nothing.
    """
    if len(_split(written, "|")) > 1:
        return []
    parts = _split(_GAP.sub(" ", written), " ")
    return [begun for begun in (_beginnings(part, lists) for part in parts if part) if begun]


def _split(written: str, mark: str) -> list[str]:
    """Split at the mark, except inside brackets."""
    parts, depth = [""], 0
    for letter in written:
        if letter == mark and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
        depth += (letter == "(") - (letter == ")")
    return parts


def _beginnings(part: str, lists: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the possible beginnings of a word that matches this part; an empty set if any is possible."""
    listed = _MEMBERS.match(part)
    if listed:
        choices, rest = list(lists[listed[1]]), part[listed.end() :]
    elif part.startswith("(") and not part.startswith("(?"):
        inside = _split(part[1:], ")")[0]
        choices, rest = _split(inside, "|"), part[len(inside) + 2 :]
    else:
        letters = _LETTERS.match(part)
        return {letters[1][:-1] if letters[2] else letters[1]} - {""} if letters else set()
    begun = [_beginnings(choice, lists) for choice in choices]
    return set().union(*begun) if all(begun) and not rest.startswith(("?", "*", "{")) else set()


class Forms(Generic[Key]):
    """Keyed patterns; a text is matched only against those whose required words it contains."""

    def __init__(self, written: Iterable[tuple[Key, str]], lists: Mapping[str, Iterable[str]]) -> None:
        """Compile pairs of key and form (in lower case); ``lists`` holds the lists that the forms name."""
        self._begun: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self._bits = 0
        self._forms = [
            (key, form(one, lists, re.NOFLAG), sum(map(self._bit, needs(one, lists)))) for key, one in written
        ]

    @property
    def patterns(self) -> list[re.Pattern[str]]:
        """Return the pattern of each form."""
        return [pattern for _, pattern, _ in self._forms]

    def fitting(self, passage: Passage) -> Iterator[tuple[Key, re.Pattern[str]]]:
        """Yield the patterns that may match ``passage.small``: those whose required words it contains."""
        told = 0
        for word in passage.places:
            told |= self._told[word] if word in self._told else self._tell(word)
        for key, pattern, needed in self._forms:
            if needed & told == needed:
                yield key, pattern

    def _bit(self, beginnings: set[str]) -> int:
        """Allot a new bit to these beginnings: every word with one of them sets it."""
        bit = 1 << self._bits
        self._bits += 1
        for begun in beginnings:
            self._begun[begun] = self._begun.get(begun, 0) | bit
        return bit

    def _tell(self, word: str) -> int:
        """Return the bits that a word sets, and cache them."""
        bits = 0
        for end in range(1, min(len(word), BEGINNING_LETTERS) + 1):
            bits |= self._begun.get(word[:end], 0)
        if len(self._told) >= CACHED_WORDS:
            self._told.clear()
        self._told[word] = bits
        return bits
