"""Which language a text is written in."""

from typing import Final

from py3langid.langid import classify, rank

MIN_FOR_LANGUAGE: Final = 200
"""Characters of a text from which on its words tell more than what is declared of it."""
WRITTEN: Final = tuple("ca cs da de es fi fr hu it nl no pl pt ro sv tr".split())  # noqa: SIM905 (one line)
"""Languages in Latin letters that few words are taken for: those reports are often written in."""
SURE: Final = 12.0
"""By how much, in natural logarithms of likelihood, few words are rather of another language than English.

English questions with every word misspelt stay below, but for one of a thousand.
"""

LAST_LATIN: Final = 0x24F


def language_of(text: str, declared: str = "und") -> str:
    """Return the language of a text; what a page declares counts only where the text is short or agrees."""
    if len(text) < MIN_FOR_LANGUAGE and declared != "und":
        return declared
    if len(text) < 20:
        return "und"
    found = str(classify(text[:3000])[0])
    if found == "zxx":  # no language at all: figures, code
        return declared
    return declared if {found, declared} <= {"no", "nb", "nn"} else found


def another_language(words: str) -> bool:
    """Return whether a few words, such as a question, are plainly in another language than English.

    Names are of any language: of the words without capitals there must be two, and they must agree.
    """
    letters = [letter for letter in words if letter.isalpha()]
    if sum(ord(letter) > LAST_LATIN for letter in letters) * 2 > len(letters):
        return True
    small = [word for word in words.split() if word.islower()]
    return len(small) > 1 and _lead(words) > SURE and _lead(" ".join(small)) > 0


def _lead(words: str) -> float:
    """Return how much more likely words are in one of the other languages than in English."""
    found = dict(rank(words))
    return float(max(found[language] for language in WRITTEN) - found["en"])
