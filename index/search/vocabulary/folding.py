"""Case and accent folding of words, the same as in every engine."""

import re
import unicodedata

from index.search.vocabulary.scripts import normalise

_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)


def folded(text: str) -> list[str]:
    """Return the words of a text in lower case; Latin letters without accents."""
    return [_folded(word) for word in _WORD.findall(normalise(text).text)]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = []
    for letter in word.lower().translate(_LETTERS):
        base = unicodedata.normalize("NFKD", letter)
        parts.append(base[0] if base[0].isascii() else letter)
    return "".join(parts)
