"""Incidents as bags of words: how alike two are told, and which words set a group of them apart."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from enrichment.extraction.phrases import load
from enrichment.records import Incident

_WORD = re.compile(r"[^\W\d_][\w'’-]+")
PAIRS = 20_000
"""Random pairs that are compared to learn how alike chance makes two texts."""
ROUNDING = 1e-6
FLOOR = 0.1
"""The least cosine that counts as alike, however few texts there are to learn from."""


class Texts:
    """Texts as unit rows of word weights (TF-IDF, logarithmic term counts), in the order given."""

    def __init__(self, said: Sequence[str]) -> None:
        ignored = ENGLISH_STOP_WORDS | set(load("editorial"))
        vectorizer = TfidfVectorizer(
            tokenizer=_words, token_pattern=None, lowercase=False, sublinear_tf=True, dtype=np.float32
        )
        kept = [_kept(text, ignored) for text in said]
        vectorizer.fit([*kept, "-"])  # so that there is a word even where no text has one
        self._matrix = vectorizer.transform(kept)
        self._words = np.asarray(vectorizer.get_feature_names_out())
        self._common = _common_words(said, self._words)

    def likeness(self, rows: Sequence[int], others: Sequence[int]) -> NDArray[np.float32]:
        """Return the cosine of each of ``rows`` with each of ``others``; shape (rows, others)."""
        return np.asarray((self._matrix[list(rows)] @ self._matrix[list(others)].T).toarray(), np.float32)

    def dense(self, most: int = 4_000) -> NDArray[np.float32]:
        """Return unit rows over the ``most`` words that most texts have, shape (incidents, words)."""
        spread = np.asarray((self._matrix > 0).sum(axis=0)).ravel()
        kept = np.sort(np.argsort(-spread, kind="stable")[:most])
        rows = np.asarray(self._matrix[:, kept].toarray(), np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)

    def by_chance(self, groups: Sequence[str], share: float, *, same: bool) -> float:
        """Return the cosine that only this share of random pairs reach, at least ``FLOOR``.

        The pairs are of the ``same`` group, or else of different groups.
        """
        generator = np.random.default_rng(0)
        left, right = generator.integers(0, len(groups), (2, PAIRS))
        labels = np.asarray(groups)
        chosen = ((labels[left] == labels[right]) == same) & (left != right)
        if not chosen.any():
            return FLOOR
        cosines = self._matrix[left[chosen]].multiply(self._matrix[right[chosen]]).sum(axis=1)
        reached = np.quantile(np.asarray(cosines).ravel(), 1 - share, method="lower")
        return max(FLOOR, float(reached) - ROUNDING)

    def distinguishing(self, rows: Sequence[int], among: Sequence[int], count: int = 4) -> tuple[str, ...]:
        """Return the words that set these texts apart from those they are ``among``, most telling first.

        Words mostly written with a capital are left out: they may name a person.
        """
        chosen = self._matrix[list(rows)]
        spread = np.asarray((chosen > 0).sum(axis=0)).ravel()
        excess = (
            np.asarray(chosen.mean(axis=0)).ravel()
            - np.asarray(self._matrix[list(among)].mean(axis=0)).ravel()
        )
        shared = self._common & (spread >= max(2, len(rows) // 2))
        order = np.argsort(-np.where(shared, excess, -1.0), kind="stable")[:count]
        return tuple(str(self._words[place]) for place in order if shared[place] and excess[place] > 0)


def texts_of(incidents: Sequence[Incident]) -> Texts:
    """Return the titles and summaries of incidents as texts to compare.

    The last few are kept: of a library's incidents most decisions change what is claimed, not what is told.
    """
    return _texts(tuple(f"{incident.title}. {incident.summary}" for incident in incidents))


@lru_cache(maxsize=4)
def _texts(said: tuple[str, ...]) -> Texts:
    return Texts(said)


def _words(text: str) -> list[str]:
    return text.split(" ") if text else []


def _kept(text: str, ignored: Iterable[str]) -> str:
    words = (match.lower().replace("’", "'").removesuffix("'s") for match in _WORD.findall(text))
    return " ".join(word for word in words if word not in ignored)


def _common_words(texts: Sequence[str], words: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Return which words stand in lower case at least half the times they stand anywhere."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for text in texts:
        for match in _WORD.finditer(text):
            word = match[0].replace("’", "'").removesuffix("'s")
            (small if word.islower() else large)[word.lower()] += 1
    return np.asarray([small[word] > 0 and small[word] * 2 >= large[word] for word in words], dtype=bool)
