"""What of a pasted text to look for: its words and its meaning. Pure; the encoder is handed in."""

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.search.language.syntax import Term
from index.search.plan import stopwords
from index.search.vocabulary.folding import folded

LONGEST = 20_000
"""Characters of a text that are looked at."""
PIECE = 1_000
"""Characters that are encoded at once: about as much as an embedder reads."""
MOST_WORDS = 40
SHORTEST = 3
"""Letters of a word that tells anything."""

_SPACE = re.compile(r"\s+")


def telling(text: str) -> tuple[Term, ...]:
    """Return the words of a text that are not stop words, the most frequent ones, earlier ones first."""
    words = [word for word in folded(text[:LONGEST]) if len(word) >= SHORTEST and word not in stopwords()]
    return tuple(Term(text=word) for word, _ in Counter(words).most_common(MOST_WORDS))


def pieces(text: str) -> list[str]:
    """Return a text cut at spaces into pieces that can be encoded at once."""
    text = _SPACE.sub(" ", text[:LONGEST]).strip()
    cut = []
    while text:
        space = text.rfind(" ", 0, PIECE) if len(text) > PIECE else len(text)
        end = space if space > 0 else PIECE
        cut.append(text[:end])
        text = text[end:].strip()
    return cut


def meaning(text: str, encode: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the mean of a text's pieces as a unit vector, float32 of shape (dimensions,)."""
    mean = np.mean([encode(piece) for piece in pieces(text)], axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
