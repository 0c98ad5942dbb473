"""One spelling of English words for the index and its queries; ``spelling.toml`` holds the pairs."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from index.search.vocabulary.scripts import initials, plain_signs

_WORD = re.compile(r"[A-Za-z]{3,}")
# Plain letters made small, and everything else a space: much quicker to split than to search for words.
_LETTERS = bytes(ord(chr(one).lower()) if one < 128 and chr(one).isalpha() else 32 for one in range(256))
_HYPHENATED = re.compile(r"(?<![\w/.-])[^\W_]+(?:-[^\W_]+){1,2}(?![\w/-])")
"""Words of two or three parts; what has more is rather a sentence, or the address of a page."""
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
def pairs() -> dict[str, str]:
    """Return each British spelling with its American one, in small letters, all forms spelt out."""
    told = tomllib.loads(files("index.search.vocabulary").joinpath("spelling.toml").read_text("utf-8"))
    both: dict[str, str] = dict(told["words"])
    for stem in told["verbs"].split():
        both |= {stem + ending: f"{stem[:-1]}z{ending}" for ending in _OF_VERBS}
    for stem in told["nouns"].split():
        both |= {stem + ending: f"{stem[:-2]}r{ending}" for ending in _OF_NOUNS}
    for stem in told["doubled"].split():
        both |= {f"{stem}l{ending}": stem + ending for ending in _OF_DOUBLED}
    return both


@cache
def compound_parts() -> dict[str, tuple[str, str]]:
    """Return each compound that is also written in two words, with the two, in small letters."""
    told = tomllib.loads(files("index.search.vocabulary").joinpath("spelling.toml").read_text("utf-8"))
    parts = [tuple(one.split("-")) for one in told["compounds"].split()]
    return {first + last + end: (first, last + end) for first, last in parts for end in ("", "s")}


@cache
def _written_apart() -> re.Pattern[str]:
    either = "|".join(sorted(rf"{first}[ -]{last}" for first, last in compound_parts().values()))
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])", re.IGNORECASE)


@cache
def _continued() -> dict[str, tuple[str, ...]]:
    """Return what a text has for each first part where it writes a compound apart."""
    after: dict[str, list[str]] = {}
    for first, last in compound_parts().values():
        after.setdefault(first, []).extend((f"{first} {last}", f"{first}-{last}"))
    return {first: tuple(both) for first, both in after.items()}


@cache
def _firsts() -> frozenset[bytes]:
    return frozenset(first.encode() for first in _continued())


@cache
def _british() -> frozenset[bytes]:
    return frozenset(word.encode() for word in pairs())


@cache
def _telling() -> frozenset[bytes]:
    return _british() | _firsts()


def _may_hold(text: str) -> bool:
    """Return whether a text may write a compound apart; far quicker told than where."""
    if not (begun := _firsts() & _told(text)):
        return False
    plain, known = text.casefold(), _continued()
    return any(both in plain for first in begun for both in known[first.decode()])


@lru_cache(4)
def _told(text: str) -> frozenset[bytes]:
    """Return the British spellings and first parts of compounds among a text's runs of plain letters."""
    small = text if text.isascii() else f"{text.lower()} {text.casefold()}"
    return _telling().intersection(small.encode("ascii", "replace").translate(_LETTERS).split())


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
    """Return the words that texts write apart or with hyphens, each in one word and small letters, in order.

    Words apart are those of ``spelling.toml``; with hyphens any of two or three parts: ``wide-spread``.
    """
    texts = tuple(map(plain_signs, texts))
    apart = (both for text in filter(_may_hold, texts) for both in _written_apart().findall(text))
    whole = (joined for text in texts for joined in map(run_together, _HYPHENATED.findall(text)) if joined)
    return list(dict.fromkeys((*(both.replace(" ", "").replace("-", "").lower() for both in apart), *whole)))


def run_together(word: str) -> str:
    """Return a hyphenated word without its hyphens, in small letters and American; empty for other words."""
    word = plain_signs(word)
    if "-" not in word or word.replace("-", "").isdigit() or not _HYPHENATED.fullmatch(word):
        return ""
    return american(word.replace("-", "").lower())


def joined_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words that a text writes with hyphens or full stops, each in one, with its place."""
    yield from initials(text)
    seen = plain_signs(text)
    places: Sequence[int] = range(len(text))
    if len(seen) < len(text):
        places = [place for place, sign in enumerate(text) if plain_signs(sign)]
    place = seen.find("-")  # far quicker than to try at every word whether it has one
    while place >= 0:
        start = place
        while start and seen[start - 1].isalnum():
            start -= 1
        end = place + 1
        if match := _HYPHENATED.match(seen, start):
            end = match.end()
            yield run_together(match[0]), places[start], places[end - 1] + 1
        place = seen.find("-", end)


def american(text: str) -> str:
    """Return a text with its British spellings replaced; all else, capitals too, stays as it was."""
    if _british().isdisjoint(_told(text)):
        return text
    known = pairs()
    return _WORD.sub(lambda match: known.get(match[0].lower(), match[0]), text)
