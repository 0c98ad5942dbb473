"""Text normalisation: hyphens, initials, invisible signs, and bigrams for scripts without spaces.

Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words. Runs of their letters are cut
into overlapping pairs, and a word is searched as a phrase of its pairs, as by Lucene's ``CJKBigramFilter``.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_HYPHENS = "\u2010\u2011\u2043\ufe63\uff0d"
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u17d7\u17dc\u17dd"
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
_INITIALS = r"(?<![\w./])[A-Za-z](?:\.[A-Za-z])+(?!\.?[\w/])"
_FULL_INITIALS = re.compile(_INITIALS)
_OTHER_SIGNS = re.compile(f"[{_HYPHENS}{_INVISIBLE}{_UNSPACED}]")
_END_OF_INITIALS = re.compile(r"\.[A-Za-z]\b")  # begins with one sign, which is quick to look for
_ANY = re.compile(
    rf"(?P<hyphens>[{_HYPHENS}]+)|(?P<invisible>[{_INVISIBLE}]+)|(?P<initials>{_INITIALS})"
    rf"|(?P<unspaced>[{_UNSPACED}][{_UNSPACED}{_INVISIBLE}]*)"
)
_UNCOUNTED = ("Mn", "Cf")
"""Unicode categories left out of pairs: combining and invisible signs."""
_SEEN = {ord(hyphen): "-" for hyphen in _HYPHENS} | {
    ord(sign): None for sign in re.findall(f"[{_INVISIBLE}]", "".join(map(chr, range(0x10000))))
}


class Normalised(NamedTuple):
    """Normalised text, and for each of its characters the position in the original."""

    text: str
    places: Sequence[int]


def plain_signs(text: str) -> str:
    """Return a text with one kind of hyphen and without invisible signs."""
    return text if text.isascii() or not _OTHER_SIGNS.search(text) else text.translate(_SEEN)


def normalise(text: str) -> Normalised:
    """Return the normalised text: one kind of hyphen, ``A.I.`` as ``AI.``, 人工智能 as 人工 工智 智能."""
    if not (_END_OF_INITIALS.search(text) or (not text.isascii() and _OTHER_SIGNS.search(text))):
        return Normalised(text, range(len(text)))
    pieces: list[str] = []
    places: list[int] = []
    reached = 0
    for match in _ANY.finditer(text):
        replacement, positions = _replaced(match)
        pieces += text[reached : match.start()], replacement
        places += *range(reached, match.start()), *positions
        reached = match.end()
    return Normalised("".join((*pieces, text[reached:])), [*places, *range(reached, len(text))])


def initials(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (initials without full stops, start, end): ``FBI`` for ``F.B.I``."""
    reached = 0
    for last in _END_OF_INITIALS.finditer(text):
        start = max(0, last.start() - 1)
        while start >= 2 and text[start - 1] == ".":
            start -= 2
        if start >= reached and (match := _FULL_INITIALS.match(text, start)):
            yield match[0][::2], start, match.end()
            reached = match.end()


def _replaced(match: re.Match[str]) -> tuple[str, Sequence[int]]:
    """Return the replacement of a match, with the original position of each of its characters."""
    start, stretch = match.start(), match[0]
    match match.lastgroup:
        case "hyphens":
            return "-" * len(stretch), range(start, match.end())
        case "invisible":
            return "", ()
        case "initials":
            return stretch[::2], range(start, match.end(), 2)
        case _:
            return _pairs(stretch, start)


def _pairs(run: str, start: int) -> tuple[str, list[int]]:
    """Return a run of letters as spaced bigrams, with the original position of each character."""
    letters = [
        (sign, start + place)
        for place, sign in enumerate(run)
        if unicodedata.category(sign) not in _UNCOUNTED
    ]
    pairs: list[tuple[tuple[str, int], ...]] = [*pairwise(letters)] or [tuple(letters)]
    spaced = [letter for pair in pairs for letter in ((" ", start), *pair)]
    spaced.append((" ", start))
    return "".join(sign for sign, _ in spaced), [place for _, place in spaced]
