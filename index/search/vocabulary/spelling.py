"""American spelling and compounds of English words, for index and queries; data in ``spelling.toml``."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from index.search.vocabulary.scripts import initials, plain_signs

_WORD = re.compile(r"[A-Za-z]{3,}")
# Plain letters made small, and everything else a space: much quicker to split than to search for words.
_LETTERS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalpha() else 32 for code in range(256))
_HYPHENATED = re.compile(r"(?<![\w/.-])[^\W_]+(?:-[^\W_]+){1,2}(?![\w/-])")
"""Hyphenated words of two or three parts; more parts are rather a sentence, or a page's address."""
_OF_VERBS = ("e", "es", "ed", "er", "ers", "ing", "ation", "ations", "ational", "able")
_OF_NOUNS = (
    "",
    "s",
    "ed",
    "er",
    "ers",
    "ing",
    "able",
    "ably",
    "al",
    "less",
    "ful",
    "hood",
    "hoods",
    "ly",
    "ite",
    "ites",
)
_OF_DOUBLED = ("ed", "er", "ers", "ing", "ings", "or", "ors")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("index.search.vocabulary").joinpath("spelling.toml").read_text("utf-8"))


@cache
def pairs() -> dict[str, str]:
    """Map each British spelling to the American one, in small letters and in all forms of the word."""
    data = _data()
    both: dict[str, str] = dict(data["words"])
    for stem in data["verbs"].split():
        both |= {stem + ending: f"{stem[:-1]}z{ending}" for ending in _OF_VERBS}
    for stem in data["nouns"].split():
        both |= {stem + ending: f"{stem[:-2]}r{ending}" for ending in _OF_NOUNS}
    for stem in data["doubled"].split():
        both |= {f"{stem}l{ending}": stem + ending for ending in _OF_DOUBLED}
    return both


@cache
def compound_parts() -> dict[str, tuple[str, str]]:
    """Map each compound that is also written in two words to those words, in small letters."""
    parts = [tuple(compound.split("-")) for compound in _data()["compounds"].split()]
    return {first + last + end: (first, last + end) for first, last in parts for end in ("", "s")}


@cache
def _written_apart() -> re.Pattern[str]:
    either = "|".join(sorted(rf"{first}[ -]{last}" for first, last in compound_parts().values()))
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])", re.IGNORECASE)


@cache
def _written_forms() -> dict[str, tuple[str, ...]]:
    """Map the first word of compounds to all of them, written apart: ``deep`` to ``deep fake``."""
    compounds: dict[str, list[str]] = {}
    for first, last in compound_parts().values():
        compounds.setdefault(first, []).extend((f"{first} {last}", f"{first}-{last}"))
    return {first: tuple(forms) for first, forms in compounds.items()}


@cache
def _firsts() -> frozenset[bytes]:
    return frozenset(first.encode() for first in _written_forms())


@cache
def _british() -> frozenset[bytes]:
    return frozenset(word.encode() for word in pairs())


@cache
def _noted_words() -> frozenset[bytes]:
    return _british() | _firsts()


def _may_hold(text: str) -> bool:
    """Whether a text may contain a split compound: a check far faster than the search for it."""
    if not (first_words := _firsts() & _noted_words_in(text)):
        return False
    small, forms = text.casefold(), _written_forms()
    return any(form in small for first in first_words for form in forms[first.decode()])


@lru_cache(4)
def _noted_words_in(text: str) -> frozenset[bytes]:
    """Return the British spellings and first words of compounds among a text's runs of plain letters."""
    small = text if text.isascii() else f"{text.lower()} {text.casefold()}"
    return _noted_words().intersection(small.encode("ascii", "replace").translate(_LETTERS).split())


def join_compounds(text: str) -> str:
    """Return a text with its compounds in one word: ``deep fake`` and ``deep-fake`` as ``deepfake``."""
    return _written_apart().sub(lambda match: match[0].replace(" ", "").replace("-", ""), plain_signs(text))


@cache
def _in_one_word() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(compound_parts()))})(?![^\W_])", re.IGNORECASE)


def split_compounds(text: str) -> str:
    """Return a text with its compounds in two words: ``deepfake`` and ``deep-fake`` as ``deep fake``."""

    def parted(match: re.Match[str]) -> str:
        length = len(compound_parts()[match[0].lower()][0])
        return f"{match[0][:length]} {match[0][length:]}"

    return _in_one_word().sub(parted, join_compounds(text))


def compounds(*texts: str) -> list[str]:
    """Return the split compounds and hyphenated words of texts, joined and in lower case, in order.

    Split compounds are those of ``spelling.toml``; hyphenated words any of two or three parts.
    """
    texts = tuple(map(plain_signs, texts))
    apart = (both for text in filter(_may_hold, texts) for both in _written_apart().findall(text))
    whole = (joined for text in texts for match in _hyphenated(text) if (joined := run_together(match[0])))
    return list(dict.fromkeys((*(both.replace(" ", "").replace("-", "").lower() for both in apart), *whole)))


def run_together(word: str) -> str:
    """Return a hyphenated word joined, in lower case and American spelling; empty for other words."""
    word = plain_signs(word)
    if "-" not in word or word.replace("-", "").isdigit() or not _HYPHENATED.fullmatch(word):
        return ""
    return american(word.replace("-", "").lower())


def joined_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (joined word, start, end) of the words with hyphens or full stops in a text."""
    yield from initials(text)
    seen = plain_signs(text)
    places: Sequence[int] = range(len(text))
    if len(seen) < len(text):
        places = [place for place, sign in enumerate(text) if plain_signs(sign)]
    for match in _hyphenated(seen):
        yield run_together(match[0]), places[match.start()], places[match.end() - 1] + 1


def _hyphenated(text: str) -> Iterator[re.Match[str]]:
    """Yield the words that a text writes with hyphens."""
    place = text.find("-")  # far quicker than to try at every word whether it has one
    while place >= 0:
        start = place
        while start and text[start - 1].isalnum():
            start -= 1
        match = _HYPHENATED.match(text, start)
        if match:
            yield match
        place = text.find("-", match.end() if match else place + 1)


def american(text: str) -> str:
    """Return a text with American spellings, in small letters, for British ones; the rest stays."""
    if _british().isdisjoint(_noted_words_in(text)):
        return text
    spellings = pairs()
    return _WORD.sub(lambda match: spellings.get(match[0].lower(), match[0]), text)
