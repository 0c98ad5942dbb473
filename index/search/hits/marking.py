"""Where a text has what a query looks for. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice, product
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.search.tree import Fuzzy, Leaf, Prefix, Words
from index.search.vocabulary.analysis import Token, tokenise
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import compound_parts, joined_words, pairs

KEPT_WORDS = 50_000
MOST_FORMS = 16
"""Ways to write a phrase that are looked for, however many of its words are compounds."""
REACH = 100
"""Characters per token within which a phrase must go on."""
CHANGED = 2
"""Last letters of a stem that its words may have otherwise: ``happi`` is that of ``happy``."""
OTHERWISE = {"die": "d", "lie": "l", "tie": "t"}
"""The stems of ``dying``, ``lying`` and ``tying``, the only ones that differ sooner."""

# In Latin script, without invisible signs, the index's words are surely runs of Python's word characters.
_LATIN = re.compile(r"[\x00-\xac\xae-\u024f\u2000-\u200a\u2010-\u2029\u202f-\u205f\u20a0-\u20bf]*")
_ACCENTED = re.compile(r"[\x80-\u024f]")
_WORD = re.compile(r"[^\W_]+")
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}


class Mark(NamedTuple):
    """A stretch of a text that is something looked for."""

    start: int
    end: int
    leaf: Leaf
    thing: Leaf
    """What it stands for: itself, or what it is another way to say of."""


@dataclass(frozen=True)
class Form:
    """One way to write a wanted word or phrase, as the tokens of it."""

    tokens: tuple[str, ...]
    leaf: Words


Begun = Sequence[Form | Prefix | Fuzzy]
"""What a word may begin, or be, the longest first."""


class Sought:
    """Search terms compiled for marking, once for all the texts they are marked in.

    ``stand_ins`` maps each synonym to the term it stands for.
    """

    def __init__(self, wanted: Collection[Leaf], stand_ins: Mapping[Leaf, Leaf] | None = None) -> None:
        self._stand_ins = stand_ins or {}
        self.things = frozenset(wanted).difference(self._stand_ins)
        """The terms themselves, without their synonyms."""
        self._fuzzy = [leaf for leaf in wanted if isinstance(leaf, Fuzzy)]
        self._prefixes = [leaf for leaf in wanted if isinstance(leaf, Prefix)]
        forms = [form for leaf in wanted if isinstance(leaf, Words) for form in _forms(leaf)]
        self._by_first: dict[str, list[Form]] = {}
        for form in sorted(forms, key=lambda form: -len(form.tokens)):
            for first in form.tokens if form.leaf.slop else form.tokens[:1]:
                self._by_first.setdefault(first, []).append(form)
        prefixes = {leaf.text for leaf in self._prefixes}
        self._beginnings = _without_longer(prefixes.union(*map(beginnings_of, self._by_first)))
        self._known: dict[str, Begun] = {}
        self._looked_at: set[str] = set()
        self._found_near: dict[str, list[Fuzzy]] = {}

    def marks(self, text: str) -> list[Mark]:
        """Return where each wanted thing stands in the text, in order; overlaps left out."""
        if self._surely_lacking(text):
            return []
        found: list[Mark] = []
        reached = 0
        for token, begun in self._candidates(text):
            if token.start >= reached and (mark := self._longest(text, token, begun)) is not None:
                found.append(mark)
                reached = mark.end
        return found

    def _surely_lacking(self, text: str) -> bool:
        """Return whether nothing in a text in plain letters begins like one of the things."""
        if self._fuzzy or not text.isascii():
            return False
        small = text.lower()
        return not any(beginning in small for beginning in (*self._beginnings, "-", "."))

    def _candidates(self, text: str) -> Iterable[tuple[Token, Begun]]:
        """Return the words of a text that may begin one of the things, in order."""
        if not _latin(text):
            tokens = ((token, text[token.start : token.end]) for token in tokenise(text))
            told = ((token, self._begun(token.text, form, self._near({form}))) for token, form in tokens)
            found = [(token, begun) for token, begun in told if begun]
        else:
            found = [*self._beginning(text), *(self._nearby(text) if self._fuzzy else ())]
        return sorted((*found, *self._joined(text)), key=lambda candidate: candidate[0].start)

    def _joined(self, text: str) -> Iterator[tuple[Token, Begun]]:
        """Yield the words written with hyphens or full stops that are one of the things in one word."""
        for word, start, end in joined_words(text):
            if word and (begun := self._by_first.get(_token(word))):
                yield Token(word, start, end), begun

    def _beginning(self, text: str) -> Iterator[tuple[Token, Begun]]:
        """Yield the words in Latin script that begin like one of the things, and go on like it."""
        for start in sorted(set(_starts(text, self._beginnings))):
            if match := _WORD.match(text, start):
                form = match[0]
                if (begun := self._known.get(form)) is None:
                    begun = self._begun(_token(form), form, {})
                    if len(self._known) < KEPT_WORDS:
                        self._known[form] = begun
                if begun:
                    yield Token(form, start, match.end()), begun

    def _begun(self, token: str, form: str, near: Mapping[str, list[Fuzzy]]) -> Begun:
        """Return the terms that may start at a word with this token, written in this form."""
        plain = _plain(form) if self._prefixes else ""
        prefixes = [leaf for leaf in self._prefixes if plain.startswith(leaf.text)]
        return [*self._by_first.get(token, ()), *prefixes, *near.get(form, ())]

    def _nearby(self, text: str) -> Iterator[tuple[Token, Begun]]:
        """Yield the words in Latin script that are near one of the things."""
        text, forms = _words_of(text)
        for form, leaves in self._near(forms).items():
            for start in _places(text, form):
                yield Token(form, start, start + len(form)), leaves

    def _near(self, forms: set[str]) -> dict[str, list[Fuzzy]]:
        """Return the words, as they are written, that are near one of the things, with those."""
        if new := forms - self._looked_at:
            self._looked_at |= new
            self._found_near |= self._nearest(new)
        return {form: self._found_near[form] for form in forms & self._found_near.keys()}

    def _nearest(self, forms: Collection[str]) -> dict[str, list[Fuzzy]]:
        found: dict[str, list[Fuzzy]] = {}
        for leaf in self._fuzzy:
            shortest, longest = len(leaf.text) - leaf.edits, len(leaf.text) + leaf.edits
            plain = {
                form: _plain(form)
                for form in forms
                if shortest <= len(form) <= longest or not form.isascii()  # which folding may lengthen
            }
            for _, _, form in process.extract(
                leaf.text, plain, scorer=OSA.distance, score_cutoff=leaf.edits, limit=None
            ):
                found.setdefault(form, []).append(leaf)
        return found

    def _longest(self, text: str, first: Token, begun: Begun) -> Mark | None:
        """Return the first of the wanted things, longest first, that goes on from this word."""
        for one in begun:
            if not isinstance(one, Form) or len(one.tokens) == 1:
                return self._mark(first.start, first.end, one)
            length = len(one.tokens) + one.leaf.slop
            stretch = self._stretch(text[first.start : first.start + REACH * length], length)
            if (end := _end_of(one, stretch)) is not None:
                return self._mark(first.start, first.start + end, one)
        return None

    def _mark(self, start: int, end: int, found: Form | Prefix | Fuzzy) -> Mark:
        leaf = found.leaf if isinstance(found, Form) else found
        return Mark(start, end, leaf, self._stand_ins.get(leaf, leaf))

    def _stretch(self, text: str, length: int) -> list[Token]:
        """Return so many tokens from the beginning of a text; those of words in Latin script are kept."""
        if not _latin(text):
            return tokenise(text)[:length]
        words = (Token(_token(match[0]), match.start(), match.end()) for match in _WORD.finditer(text))
        return list(islice((token for token in words if token.text), length))


def _latin(text: str) -> bool:
    """Return whether all of a text is in Latin script; of one in plain letters Python has noted so."""
    return text.isascii() or _LATIN.fullmatch(text) is not None


@lru_cache(KEPT_WORDS)
def _token(word: str) -> str:
    """Return a word in Latin script as the index knows it; empty where it knows it not."""
    return "".join(token.text for token in tokenise(word))


@cache
def _apart() -> dict[str, list[tuple[str, ...]]]:
    """Return the tokens of each compound's parts, by its own token."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for one, parts in compound_parts().items():
        found.setdefault(_token(one), []).append(tuple(map(_token, parts)))
    return found


def _forms(leaf: Words) -> Iterator[Form]:
    """Yield a word or phrase as it is looked for, and with its compounds written apart."""
    ways = product(*([(token,), *_apart().get(token, ())] for token in leaf.tokens))
    for way in dict.fromkeys(tuple(chain(*parts)) for parts in islice(ways, MOST_FORMS)):
        yield Form(way, leaf)


@cache
def _respelt() -> dict[str, list[tuple[str, str]]]:
    """Return the British spellings with the American ones, by the first two letters of the latter."""
    found: dict[str, list[tuple[str, str]]] = {}
    for british, american in pairs().items():
        found.setdefault(american[:2], []).append((british, american))
    return found


@lru_cache(KEPT_WORDS)
def beginnings_of(token: str) -> frozenset[str]:
    """Return how the words in plain letters begin that the index knows as a token."""
    shortest = OTHERWISE.get(token, token[:2])
    own = shortest + token[len(shortest) : len(token) - CHANGED]
    known = _respelt().get(own[:2], ())
    return frozenset((own, *(british[: len(own)] for british, american in known if american.startswith(own))))


def _without_longer(beginnings: Collection[str]) -> list[str]:
    """Return the beginnings that do not begin with a shorter one, and not those of other scripts."""
    plain = {one for one in beginnings if one.isascii()}
    return [one for one in plain if not any(one[:length] in plain for length in range(1, len(one)))]


def _starts(text: str, beginnings: Iterable[str]) -> Iterator[int]:
    """Yield where words begin so in a text in Latin script, and words with an accent."""
    small = text.lower()
    if len(small) != len(text):  # one letter, İ, becomes two
        small = text.replace("İ", "I").lower()
    for beginning in beginnings:
        start = small.find(beginning)
        while start >= 0:
            if not (start and small[start - 1].isalnum()):
                yield start
            start = small.find(beginning, start + 1)
    if not text.isascii():
        yield from {_start_of_word(text, match.start()) for match in _ACCENTED.finditer(text)}


def _start_of_word(text: str, place: int) -> int:
    while place and text[place - 1].isalnum():
        place -= 1
    return place


def _plain(form: str) -> str:
    return form.lower() if form.isascii() else "".join(folded(form))


def _words_of(text: str) -> tuple[str, set[str]]:
    """Return a text, in small letters where that is as long, and its words in Latin script."""
    if not text.isascii():
        return text, set(_WORD.findall(text))
    small = text.lower()
    return small, set(small.translate(_SPACED).split())


def _places(text: str, form: str) -> Iterator[int]:
    """Yield where a word stands in a text as a whole word."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if not (text[end : end + 1].isalnum() or (start and text[start - 1].isalnum())):
            yield start
        start = text.find(form, end)


def _end_of(phrase: Form, stretch: Sequence[Token]) -> int | None:
    """Return where a phrase ends that begins with the first of these tokens; with slop, in any order."""
    if not phrase.leaf.slop:
        whole = tuple(token.text for token in stretch) == phrase.tokens
        return stretch[-1].end if whole else None
    missing = list(phrase.tokens)
    for token in stretch:
        if token.text in missing:
            missing.remove(token.text)
            if not missing:
                return token.end
    return None
