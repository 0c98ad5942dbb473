"""Finds the matches of query terms in a text, for highlighting. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice, product
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.search.hits.beginnings import KEPT_WORDS, beginnings_of, starts, without_longer
from index.search.tree import Fuzzy, Leaf, Prefix, Words
from index.search.vocabulary.analysis import Token, tokenise
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import compound_parts, joined_words

MOST_FORMS = 16
"""Limit on the spellings of a phrase that are searched, however many of its words are compounds."""
REACH = 100
"""Characters per token within which the rest of a phrase must follow."""

# In Latin script, without invisible signs, the index's words are surely runs of Python's word characters.
_LATIN = re.compile(r"[\x00-\xac\xae-\u024f\u2000-\u200a\u2010-\u2029\u202f-\u205f\u20a0-\u20bf]*")
_WORD = re.compile(r"[^\W_]+")
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}


class Mark(NamedTuple):
    """One match of a query term in a text."""

    start: int
    end: int
    leaf: Leaf
    term: Leaf
    """The query term that ``leaf`` matches: itself, or the term it is a synonym of."""


@dataclass(frozen=True)
class Form:
    """One spelling of a query word or phrase, as tokens."""

    tokens: tuple[str, ...]
    leaf: Words


Terms = Sequence[Form | Prefix | Fuzzy]
"""Terms that a word may match or be the first word of, longest first."""


class TermMatcher:
    """Matcher of query terms, compiled once for many texts.

    ``synonym_of`` maps each synonym to the term it stands for.
    """

    def __init__(self, wanted: Collection[Leaf], synonym_of: Mapping[Leaf, Leaf] | None = None) -> None:
        self._stand_ins = synonym_of or {}
        self.terms = frozenset(wanted).difference(self._stand_ins)
        """The terms themselves, without their synonyms."""
        self._fuzzy = [leaf for leaf in wanted if isinstance(leaf, Fuzzy)]
        self._prefixes = [leaf for leaf in wanted if isinstance(leaf, Prefix)]
        forms = [form for leaf in wanted if isinstance(leaf, Words) for form in _forms(leaf)]
        self._by_first: dict[str, list[Form]] = {}
        for form in sorted(forms, key=lambda form: -len(form.tokens)):
            for first in form.tokens if form.leaf.slop else form.tokens[:1]:
                self._by_first.setdefault(first, []).append(form)
        prefixes = {leaf.text for leaf in self._prefixes}
        self._beginnings = without_longer(prefixes.union(*map(beginnings_of, self._by_first)))
        self._known: dict[str, Terms] = {}
        self._looked_at: set[str] = set()
        self._found_near: dict[str, list[Fuzzy]] = {}

    def marks(self, text: str) -> list[Mark]:
        """Return the matches in a text, in order and without overlaps."""
        if self._surely_lacking(text):
            return []
        found: list[Mark] = []
        reached = 0
        for token, terms in self._candidates(text):
            if token.start >= reached and (mark := self._longest(text, token, terms)) is not None:
                found.append(mark)
                reached = mark.end
        return found

    def _surely_lacking(self, text: str) -> bool:
        """Whether an ASCII text certainly has no match, by the beginnings of the terms."""
        if self._fuzzy or not text.isascii():
            return False
        small = text.lower()
        return not any(beginning in small for beginning in (*self._beginnings, "-", "."))

    def _candidates(self, text: str) -> Iterable[tuple[Token, Terms]]:
        """Return the words of a text at which a match may start, with the terms to try, in order."""
        found: list[tuple[Token, Terms]] = []
        if not _latin(text):
            for token in tokenise(text):
                form = text[token.start : token.end]
                if terms := self._terms_at(token.text, form, self._near({form})):
                    found.append((token, terms))
        else:
            found = [*self._beginning(text), *(self._nearby(text) if self._fuzzy else ())]
        return sorted((*found, *self._joined(text)), key=lambda candidate: candidate[0].start)

    def _joined(self, text: str) -> Iterator[tuple[Token, Terms]]:
        """Yield the words with hyphens or full stops that, written in one, start a match."""
        for word, start, end in joined_words(text):
            if word and (terms := self._by_first.get(_token(word))):
                yield Token(word, start, end), terms

    def _beginning(self, text: str) -> Iterator[tuple[Token, Terms]]:
        """Yield the words in Latin script that start a match by prefix or token."""
        for start in sorted(set(starts(text, self._beginnings))):
            if match := _WORD.match(text, start):
                form = match[0]
                if (terms := self._known.get(form)) is None:
                    terms = self._terms_at(_token(form), form, {})
                    if len(self._known) < KEPT_WORDS:
                        self._known[form] = terms
                if terms:
                    yield Token(form, start, match.end()), terms

    def _terms_at(self, token: str, form: str, near: Mapping[str, list[Fuzzy]]) -> Terms:
        """Return the terms that may start at a word with this token, written in this form."""
        plain = _plain(form) if self._prefixes else ""
        prefixes = [leaf for leaf in self._prefixes if plain.startswith(leaf.text)]
        return [*self._by_first.get(token, ()), *prefixes, *near.get(form, ())]

    def _nearby(self, text: str) -> Iterator[tuple[Token, Terms]]:
        """Yield the words in Latin script that match a fuzzy term."""
        text, forms = _words_of(text)
        for form, leaves in self._near(forms).items():
            for start in _places(text, form):
                yield Token(form, start, start + len(form)), leaves

    def _near(self, forms: set[str]) -> dict[str, list[Fuzzy]]:
        """Map the words among ``forms`` that match fuzzy terms to those terms (cached)."""
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

    def _longest(self, text: str, first: Token, terms: Terms) -> Mark | None:
        """Return the longest match that starts at this word, or None."""
        for term in terms:
            if not isinstance(term, Form) or len(term.tokens) == 1:
                return self._mark(first.start, first.end, term)
            length = len(term.tokens) + term.leaf.slop
            stretch = self._stretch(text[first.start : first.start + REACH * length], length)
            if (end := _end_of(term, stretch)) is not None:
                return self._mark(first.start, first.start + end, term)
        return None

    def _mark(self, start: int, end: int, found: Form | Prefix | Fuzzy) -> Mark:
        leaf = found.leaf if isinstance(found, Form) else found
        return Mark(start, end, leaf, self._stand_ins.get(leaf, leaf))

    def _stretch(self, text: str, length: int) -> list[Token]:
        """Return the first ``length`` tokens of a text; those of Latin words come from the cache."""
        if not _latin(text):
            return tokenise(text)[:length]
        words = (Token(_token(match[0]), match.start(), match.end()) for match in _WORD.finditer(text))
        return list(islice((token for token in words if token.text), length))


def _latin(text: str) -> bool:
    """Whether all of a text is in Latin script; for ASCII Python knows without a scan."""
    return text.isascii() or _LATIN.fullmatch(text) is not None


@lru_cache(KEPT_WORDS)
def _token(word: str) -> str:
    """Return the index token of a word in Latin script; empty if it is not indexed."""
    return "".join(token.text for token in tokenise(word))


@cache
def _apart() -> dict[str, list[tuple[str, ...]]]:
    """Map the token of each compound to the tokens of its parts."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for compound, parts in compound_parts().items():
        found.setdefault(_token(compound), []).append(tuple(map(_token, parts)))
    return found


def _forms(leaf: Words) -> Iterator[Form]:
    """Yield the spellings of a word or phrase: as it is, and with its compounds split."""
    ways = product(*([(token,), *_apart().get(token, ())] for token in leaf.tokens))
    for way in dict.fromkeys(tuple(chain(*parts)) for parts in islice(ways, MOST_FORMS)):
        yield Form(way, leaf)


def _plain(form: str) -> str:
    return form.lower() if form.isascii() else "".join(folded(form))


def _words_of(text: str) -> tuple[str, set[str]]:
    """Return a text and its Latin words, in lower case if the text is ASCII."""
    if not text.isascii():
        return text, set(_WORD.findall(text))
    small = text.lower()
    return small, set(small.translate(_SPACED).split())


def _places(text: str, form: str) -> Iterator[int]:
    """Yield the positions of a whole word in a text."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if not (text[end : end + 1].isalnum() or (start and text[start - 1].isalnum())):
            yield start
        start = text.find(form, end)


def _end_of(phrase: Form, stretch: Sequence[Token]) -> int | None:
    """Return the end of a phrase that starts at the first token, in any order if it has slop; else None."""
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
