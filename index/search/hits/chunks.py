"""Nearest passage of a text by the embeddings that the record stores. Pure."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.hits.highlight import Texts, lead
from index.search.query import Passage

Kept = tuple[Sequence[tuple[int, int]], NDArray[np.float32]]
"""Passages of a report: (start, end) spans and vectors, shape (passages, dimensions)."""
Chunks = Callable[[Sequence[str]], Mapping[str, Kept]]
"""Loads the stored passages of reports, by id."""


def nearest(texts: Texts, vector: NDArray[np.float32], kept: Mapping[str, Kept]) -> Passage | None:
    """Return the lead of the passage nearest to ``vector``, shape (dimensions,); None without any.

    A passage that ends beyond its text is of another version of it and is left out.
    """
    best: tuple[float, Passage] | None = None
    for report, title, text in texts:
        spans, rows = kept.get(report, ((), np.empty((0, 0), np.float32)))
        if len(spans) != len(rows) or not len(rows) or rows.shape[1] != len(vector):
            continue
        scores = rows @ vector
        start, end = spans[int(np.argmax(scores))]
        if end <= len(text) and (best is None or scores.max() > best[0]):
            passage = lead(((report, title, text[start:end]),))
            if passage is not None and passage.start is not None:
                moved = passage.model_copy(update={"start": start + passage.start})
                best = float(scores.max()), moved
    return best[1] if best else None
