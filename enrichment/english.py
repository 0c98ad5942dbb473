"""Whether a report is in English, whatever its capitals and the words of another script make of it."""

from collectors.language import language_of
from enrichment.embedder import ENGLISH
from enrichment.plain import Plain

UNKNOWN = ("", "und")
"""Languages of which nothing is known."""
FEWEST = 60
"""Characters of Latin words below which a text stays in the language it is said to be in."""


def is_english(language: str, plain: Plain) -> bool:
    """Return whether a report is read as English: it is said to be, or nothing is known, or its words are.

    Capitals, full width and a line in another script can make a whole text look like one in another language.
    A language that the text does not look like was stated by someone, and stands.
    """
    if language in (*UNKNOWN, *ENGLISH):
        return True
    looks_like = language_of(plain.original).partition("-")[0]
    return looks_like == language and _has_english_words(plain.text)


def _has_english_words(text: str) -> bool:
    words = " ".join(word for word in text.split() if word.isascii())
    enough = len(words) >= FEWEST and len(words) * 2 > len(text)
    return enough and language_of(words.lower()) in ENGLISH
