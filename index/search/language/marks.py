"""Marks of other query languages, read as the nearest that this one has. Pure."""

import re

from index.search.language.words import MOST_EDITS

SHORTEST_NEAR = 3
"""Letters of a word that may have slips: any two letters are a slip or two from any others."""

_WEIGHT = re.compile(r"(.+)\^\d+(?:\.\d+)?")
_ANY_LETTER = re.compile(r"(?=\S*\w\?+\w)[\w?'’-]+")
_NEAR = re.compile(r"(?P<word>[^\W_]+)~\d*")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_BREAK = re.compile(r"[\x09-\x0d\x1c-\x1f\x85\u2028\u2029\ud800-\udfff]")
_END = r'([^\s\[\]{}"]+)'
_BRACKETED = re.compile(rf"\b(date|loss):[\[{{]\s*{_END}\s+TO\s+{_END}\s*[\]}}]", re.IGNORECASE)
_SEPARATED = re.compile(r"(?<![^\s(])[^\W\d_]+(?:[;,|]+[^\W\d_]+)+(?![^\s),;.?!])")


def translate(typed: str) -> tuple[str, str]:
    """Return a word in the marks of this language, and a note on a mark that was replaced or ignored."""
    if match := _WEIGHT.fullmatch(typed):
        return match[1], f"{typed[len(match[1]) :]} is ignored: no word counts for more than another"
    if _ANY_LETTER.fullmatch(typed):
        near = f"{typed.replace('?', '')}~{min(typed.count('?'), MOST_EDITS)}"
        return near, f"? stands for no letter here; {typed} is read as {near}"
    if typed.startswith("~"):
        bare = typed.lstrip("~")
        return bare, f"{typed} has no word before it, as in fraud~1" if bare.isdigit() else ""
    if (match := _NEAR.fullmatch(typed)) and len(match["word"]) < SHORTEST_NEAR:
        return match["word"], f"{match['word']} is too short for ~; it is searched as it stands"
    return typed, ""


def printable(text: str) -> str:
    """Return a text, as long as it was, without control characters.

    Those that break lines and lone surrogates become spaces; others are left out of their word.
    """
    text = _BREAK.sub(" ", text)
    if not _UNPRINTABLE.search(text):
        return text
    return re.sub(r"[^ ]+", lambda word: _UNPRINTABLE.sub("", word[0]).ljust(len(word[0])), text)


def read_brackets(text: str) -> str:
    """Return a text, as long as it was, with ``date:[2020 TO 2024]`` as ``date:"2020..2024"``.

    Both ends are included, whatever the brackets; ``*`` leaves an end open.
    """

    def quoted(match: re.Match[str]) -> str:
        first, last = ("" if end == "*" else end for end in match.group(2, 3))
        return f'{match[1]}:"{first}..{last}'.ljust(len(match[0]) - 1) + '"'

    return _BRACKETED.sub(quoted, text)


def separate_words(text: str) -> str:
    """Return a text, as long as it was, with spaces for the marks that join words: ``fraud;voice``."""
    return _SEPARATED.sub(lambda match: re.sub(r"[;,|]", " ", match[0]), text)


def starred_words(phrase: str) -> list[tuple[str, int]]:
    """Return the words of a phrase that has a ``*``, each with its position; nothing for other phrases."""
    if not re.search(r"\w\*", phrase):
        return []
    return [(match[0], match.start()) for match in re.finditer(r"[^\s\"]+", phrase.rpartition('"')[0])]
