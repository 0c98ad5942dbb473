"""Exact nearest-neighbour search over memory-mapped, append-only passage vectors.

Two files hold the passages of one kind of card: ``<name>-<epoch>.rows`` (float32 rows) and
``<name>-<epoch>.cards`` (one int64 line per write: key, seq, first row, rows, the encoded id). The last line
of a key is valid. An ``Extent`` says how much of both is committed; the next writer truncates the rest.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, NotFound, WrongUse

SELECTIVE = 0.4
"""Share of the rows up to which gathering the allowed ones is faster than scanning all."""
DECIMALS = 6
"""Decimals to which scores are rounded; equal rounded scores tie."""
BLOCK = 8192
"""Rows that a thread multiplies before it takes the next."""
FEWEST_BLOCKS = 4
"""Number of blocks from which on threads are worth starting."""
MOST_THREADS = 4
"""Limit on the threads of one search: reading memory, not computing, takes the time."""

LINE = Struct("=6q")
"""One line of the ``.cards`` file."""
ROW_ITEM_BYTES = 4
NOT_ENCODED = -1, -1
"""Placeholder for ids that are not hex-encoded record ids."""

Number = TypeVar("Number", np.int64, np.float32)


@dataclass(frozen=True)
class Extent:
    """Committed size of a pair of vector files, with the CRC-32 of that part of each."""

    epoch: int = 0
    lines: int = 0
    rows: int = 0
    dimensions: int = 0
    cards_crc: int = 0
    rows_crc: int = 0

    @property
    def committed(self) -> dict[str, tuple[int, int]]:
        """Map each file ending to the number of committed bytes and their CRC-32."""
        rows_bytes = self.rows * self.dimensions * ROW_ITEM_BYTES
        return {"cards": (self.lines * LINE.size, self.cards_crc), "rows": (rows_bytes, self.rows_crc)}


@dataclass(frozen=True)
class Near:
    """Nearest cards, best first: keys and seqs int64, scores float32, each of shape (n,).

    ``encoded_ids`` is int64 of shape (n, 2); a row is ``NOT_ENCODED`` if the id is not of the record.
    """

    keys: NDArray[np.int64]
    encoded_ids: NDArray[np.int64]
    seqs: NDArray[np.int64]
    scores: NDArray[np.float32]


def key(card: str) -> int:
    """Return the 63-bit hash of a card's id."""
    return int.from_bytes(blake2b(card.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def path_of(folder: Path, name: str, epoch: int, ending: str) -> Path:
    """Return the file of one kind of card and epoch; ``ending`` is ``rows`` or ``cards``."""
    return folder / f"{name}-{epoch}.{ending}"


class Vectors:
    """Committed passage vectors of one kind of card. Raises ``IndexDamaged`` if a file is too short."""

    def __init__(self, folder: Path, name: str, extent: Extent) -> None:
        self.extent = extent
        lines = self._mapped(folder, name, "cards", np.int64, (extent.lines, 6))
        self._rows = self._mapped(folder, name, "rows", np.float32, (extent.rows, extent.dimensions))
        _, newest = np.unique(lines[::-1, 0], return_index=True)
        live = np.sort(len(lines) - 1 - newest)
        live = live[lines[live, 3] > 0]
        self.keys, self.seqs, self._starts, self._counts = np.ascontiguousarray(lines[live, :4].T)
        self._encoded_ids = np.ascontiguousarray(lines[live, 4:])
        self._by_key = np.argsort(self.keys)
        ends = np.append(self._starts[1:], extent.rows)
        self._seamless = bool(len(self.keys)) and bool(np.all(self._starts + self._counts == ends))
        """Whether the passages of all cards follow each other, from the first row to the last."""

    def _mapped(
        self, folder: Path, name: str, ending: str, kind: type[Number], shape: tuple[int, int]
    ) -> NDArray[Number]:
        if not shape[0]:
            return np.empty(shape, kind)
        path = path_of(folder, name, self.extent.epoch, ending)
        try:
            return np.memmap(path, kind, "r", shape=shape)
        except ValueError as error:
            raise IndexDamaged(f"{path.name} is shorter than the index says") from error

    @property
    def live_rows(self) -> int:
        """Return the number of rows that still belong to a card."""
        return int(self._counts.sum())

    def written(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield key, seq and the two integers of the encoded id of each card, in order."""
        for number, seq, encoded_ids in zip(self.keys, self.seqs, self._encoded_ids, strict=True):
            yield int(number), int(seq), int(encoded_ids[0]), int(encoded_ids[1])

    def positions(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of these keys in ``self.keys``; keys without passages are left out."""
        if not len(self.keys):
            return np.empty(0, np.int64)
        found = np.searchsorted(self.keys, keys, sorter=self._by_key)
        candidates: NDArray[np.int64] = self._by_key[np.minimum(found, len(self.keys) - 1)]
        return np.asarray(candidates[self.keys[candidates] == keys], np.int64)

    def passages(self, position: int) -> NDArray[np.float32]:
        """Return a card's passages, shape (passages, dimensions)."""
        start = self._starts[position]
        return np.asarray(self._rows[start : start + self._counts[position]], np.float32)

    def mean(self, number: int) -> NDArray[np.float32] | None:
        """Return the mean of a card's passages as a unit vector, or None where it has none."""
        for position in self.positions(np.array([number])):
            mean = self.passages(int(position)).mean(axis=0)
            return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
        return None

    def nearest(
        self, vector: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None = None
    ) -> Near:
        """Return the cards with the passage nearest to ``vector`` (shape (dimensions,), unit).

        Exact: a card's score is its best passage's cosine; ties go to the lower seq. ``allowed`` holds the
        keys that may be answered; None allows all. Raises ``WrongUse`` where the dimensions differ.
        """
        cards = np.arange(len(self.keys)) if allowed is None else np.sort(self.positions(allowed))
        if not len(cards) or limit < 1:
            return self._best(cards[:0], np.empty(0, np.float32), 0)
        if vector.shape != (self.extent.dimensions,):
            raise WrongUse(f"the index holds {self.extent.dimensions} dimensions, the vector {vector.shape}")
        return self._best(cards, self._scores(np.asarray(vector, np.float32), cards), limit)

    def _scores(self, vector: NDArray[np.float32], cards: NDArray[np.int64]) -> NDArray[np.float32]:
        starts, counts = self._starts[cards], self._counts[cards]
        wanted = int(counts.sum())
        if wanted <= SELECTIVE * len(self._rows):
            ends = np.cumsum(counts)
            chosen = np.arange(wanted) + np.repeat(starts - (ends - counts), counts)
            best: NDArray[np.float32] = np.maximum.reduceat(
                _cosines(self._rows[chosen], vector), ends - counts
            )
            return best
        every = _cosines(self._rows, vector)
        if self._seamless and len(cards) == len(self.keys):
            whole: NDArray[np.float32] = np.maximum.reduceat(every, starts)
            return whole
        # reduceat runs from index to index: the end of each card is given too, and the run after it dropped.
        every = np.append(every, np.float32(-np.inf))
        bounds = np.stack([starts, starts + counts], axis=1).ravel()
        alternating: NDArray[np.float32] = np.maximum.reduceat(every, bounds)[::2]
        return alternating

    def _best(self, cards: NDArray[np.int64], scores: NDArray[np.float32], limit: int) -> Near:
        scores = np.round(scores, DECIMALS)
        if limit < len(scores):
            last = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            kept = np.flatnonzero(scores >= last)
            cards, scores = cards[kept], scores[kept]
        order = np.lexsort((self.seqs[cards], -scores))[:limit]
        best = cards[order]
        return Near(self.keys[best], self._encoded_ids[best], self.seqs[best], scores[order])


def _cosines(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the dot products, shape (rows,), block by block on the machine's processors.

    Idle threads take the next block, so a thread that has to wait on a busy machine delays one block. The
    product operator splits the rows among its own threads beforehand and waits for the slowest.
    """
    cosines = np.empty(len(rows), np.float32)

    def multiply(start: int) -> None:
        block = slice(start, start + BLOCK)
        np.einsum("ij,j->i", rows[block], vector, out=cosines[block])

    starts = range(0, len(rows), BLOCK)
    if len(starts) < FEWEST_BLOCKS:
        deque(map(multiply, starts), maxlen=0)
    else:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
            deque(pool.map(multiply, starts), maxlen=0)
    return cosines


def mean_of(files: Iterable[Vectors], card: str) -> NDArray[np.float32]:
    """Return a card's mean passage as a unit vector from the first file with it, or raise ``NotFound``."""
    for vectors in files:
        if (mean := vectors.mean(key(card))) is not None:
            return mean
    raise NotFound(f"the index has no vectors of {card}")
