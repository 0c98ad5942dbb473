"""Writes passages behind the committed ones; see ``vectors`` for the files."""

import os
import zlib
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, WrongUse
from index.search.cards import Card
from index.search.numbering import halves
from index.search.query import By
from index.search.vectors import FOREIGN, LINE, Extent, Vectors, key, path_of

WASTE = 10_000
"""Dead rows that are worth a compaction, once they outnumber the live ones."""


class Appender:
    """Writes passages behind a committed extent; they count once the extent from ``finish`` is committed."""

    def __init__(self, folder: Path, name: str, extent: Extent) -> None:
        self._folder, self._name = folder, name
        self._extent = extent
        if (old := self._wasteful(extent)) is not None:
            self._extent = Extent(epoch=extent.epoch + 1, dimensions=extent.dimensions)
        lengths = {ending: length for ending, (length, _) in self._extent.committed.items()}
        paths = {ending: self._present(ending, length) for ending, length in lengths.items()}
        self._cards, self._rows = (_cut(paths[ending], length) for ending, length in lengths.items())
        if old is not None:
            for position, (number, seq, half, other) in enumerate(old.written()):
                self._put(number, seq, (half, other), old.passages(position))

    def _wasteful(self, extent: Extent) -> Vectors | None:
        if extent.rows <= WASTE:
            return None
        now = Vectors(self._folder, self._name, extent)
        dead = extent.rows - now.live_rows
        return now if dead > max(WASTE, now.live_rows) else None

    def _present(self, ending: str, length: int) -> Path:
        path = path_of(self._folder, self._name, self._extent.epoch, ending)
        path.touch()
        if path.stat().st_size < length:
            raise IndexDamaged(f"{path.name} is shorter than the index says")
        return path

    def put(self, card: str, seq: int, passages: NDArray[np.float32] | None) -> None:
        """Make these the card's only passages; None or no rows takes them away.

        Raises ``WrongUse`` where the dimensions differ from those before, or a number is not finite.
        """
        self._put(key(card), seq, halves(card) or FOREIGN, passages)

    def _put(
        self, number: int, seq: int, name: tuple[int, int], passages: NDArray[np.float32] | None
    ) -> None:
        extent, count = self._extent, 0 if passages is None else len(passages)
        dimensions, rows = extent.dimensions, b""
        if passages is not None and count:
            dimensions = self._checked(passages).shape[1]
            rows = np.ascontiguousarray(passages, np.float32).tobytes()
        line = LINE.pack(number, seq, extent.rows, count, *name)
        self._rows.write(rows)
        self._cards.write(line)
        self._extent = Extent(
            epoch=extent.epoch,
            lines=extent.lines + 1,
            rows=extent.rows + count,
            dimensions=dimensions,
            cards_crc=zlib.crc32(line, extent.cards_crc),
            rows_crc=zlib.crc32(rows, extent.rows_crc),
        )

    def _checked(self, passages: NDArray[np.float32]) -> NDArray[np.float32]:
        known = self._extent.dimensions
        if passages.ndim != 2 or known not in (0, passages.shape[1]) or not np.isfinite(passages).all():
            raise WrongUse(f"passages of shape {passages.shape} are not rows of {known} numbers")
        return passages

    def finish(self) -> Extent:
        """Return what may be committed now; it is on disk."""
        for file in (self._rows, self._cards):
            file.flush()
            os.fsync(file.fileno())
        self.close()
        return self._extent

    def close(self) -> None:
        """Close the files, whatever became of them."""
        self._rows.close()
        self._cards.close()


def _cut(path: Path, length: int) -> IO[bytes]:
    file = path.open("r+b")
    file.truncate(length)
    file.seek(length)
    return file


class Appenders:
    """An appender for each kind of card, and their extents before and after."""

    def __init__(self, folder: Path, extents: dict[By, Extent]) -> None:
        self._folder = folder
        with ExitStack() as opened:
            self._each = {
                by: opened.enter_context(closing(Appender(folder, by, extent)))
                for by, extent in extents.items()
            }
            self._opened = opened.pop_all()

    def put(self, card: Card) -> None:
        """Make the card's passages the only ones of its id."""
        self._each[card.by].put(card.id, card.seq, card.vectors)

    def drop(self, card: str) -> None:
        """Take the passages of an id away, whatever kind of card it was."""
        for appender in self._each.values():
            appender.put(card, 0, None)

    def finish(self) -> dict[By, Extent]:
        """Return what may be committed now; it is on disk."""
        return {by: appender.finish() for by, appender in self._each.items()}

    def close(self) -> None:
        """Close the files, whatever became of them."""
        self._opened.close()

    def tidy(self, extents: dict[By, Extent]) -> None:
        """Delete the files of epochs before the committed ones; whoever still reads them keeps them open."""
        for by, extent in extents.items():
            for path in self._folder.glob(f"{by}-*.*"):
                if path.stem != f"{by}-{extent.epoch}":
                    path.unlink(missing_ok=True)
