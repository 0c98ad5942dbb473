"""The passage of a text that is nearest in meaning, by the vectors the record keeps of it. Pure."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.hits.highlight import Texts, lead
from index.search.query import Passage

Kept = tuple[Sequence[tuple[int, int]], NDArray[np.float32]]
"""Where the passages of a report begin and end, and their vectors, shape (passages, dimensions)."""
Chunks = Callable[[Sequence[str]], Mapping[str, Kept]]
"""The kept passages of these reports, by id."""


def nearest(texts: Texts, vector: NDArray[np.float32], kept: Mapping[str, Kept]) -> Passage | None:
    """Return the beginning of the passage nearest to ``vector``, shape (dimensions,); None without any.

    What was kept of another version of a text, and so ends beyond it, is left out.
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
