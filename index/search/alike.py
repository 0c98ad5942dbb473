"""Query terms and a mean embedding of a pasted text, to find similar cards. Pure; the encoder is injected."""

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.search.language.syntax import Term
from index.search.plan import stopwords
from index.search.vocabulary import english
from index.search.vocabulary.folding import folded

LONGEST = 20_000
"""Characters of a text that are read."""
PIECE_CHARACTERS = 1_000
"""Characters that are encoded at once: about as much as an embedder reads."""
MOST_WORDS = 40
SHORTEST_WORD = 3
"""Letters of a word that is looked for."""
EVERYDAY = 300
"""Number of the commonest English words that are left out: texts on any matter have them."""
MEANING_COUNTS = 2
"""Weight of the normalised semantic score; the keyword score has weight 1.

Chosen by nDCG over the typology's definitions and examples, pasted: once .259, twice and three times .266.
"""

_SPACE = re.compile(r"\s+")


def frequent_words(text: str) -> tuple[Term, ...]:
    """Return the most frequent words of a text as terms, ties in text order, stop words left out."""
    left_out = stopwords() | english.commonest(EVERYDAY)
    words = [word for word in folded(text[:LONGEST]) if len(word) >= SHORTEST_WORD and word not in left_out]
    return tuple(Term(text=word) for word, _ in Counter(words).most_common(MOST_WORDS))


def pieces(text: str) -> list[str]:
    """Split a text at spaces into pieces of at most ``PIECE_CHARACTERS``."""
    text = _SPACE.sub(" ", text[:LONGEST]).strip()
    made = []
    while text:
        space = text.rfind(" ", 0, PIECE_CHARACTERS) if len(text) > PIECE_CHARACTERS else len(text)
        end = space if space > 0 else PIECE_CHARACTERS
        made.append(text[:end])
        text = text[end:].strip()
    return made


def mean_vector(text: str, encode: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the normalised mean embedding of a text's pieces, float32 of shape (dimensions,)."""
    mean = np.mean([encode(piece) for piece in pieces(text)], axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
