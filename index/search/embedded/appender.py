"""Append-only writer of the vector files; see ``vectors`` for their format."""

import os
import zlib
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, WrongUse
from index.search.cards import Card
from index.search.id_encoding import encode_id
from index.search.query import By
from index.search.vectors import LINE, NOT_ENCODED, Extent, Vectors, key, path_of

WASTE = 10_000
"""Dead rows from which on a file is compacted, once they outnumber the live ones."""


class Appender:
    """Writer of one pair of vector files; what it appends is valid once ``finish``'s extent is committed."""

    def __init__(self, folder: Path, name: str, extent: Extent) -> None:
        self._folder, self._name = folder, name
        self._extent = extent
        if (old := self._wasteful(extent)) is not None:
            self._extent = Extent(epoch=extent.epoch + 1, dimensions=extent.dimensions)
        lengths = {ending: length for ending, (length, _) in self._extent.committed.items()}
        paths = {ending: self._present(ending, length) for ending, length in lengths.items()}
        self._cards, self._rows = (_cut(paths[ending], length) for ending, length in lengths.items())
        if old is not None:
            for position, (number, seq, front, back) in enumerate(old.written()):
                self._put(number, seq, (front, back), old.passages(position))

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
        """Replace a card's passages; None or no rows deletes them.

        Raises ``WrongUse`` if the dimensions differ from those before, or a number is not finite.
        """
        self._put(key(card), seq, encode_id(card) or NOT_ENCODED, passages)

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
        """Sync and close the files; return the extent to commit."""
        for file in (self._rows, self._cards):
            file.flush()
            os.fsync(file.fileno())
        self.close()
        return self._extent

    def close(self) -> None:
        """Close the files."""
        self._rows.close()
        self._cards.close()


def _cut(path: Path, length: int) -> IO[bytes]:
    file = path.open("r+b")
    file.truncate(length)
    file.seek(length)
    return file


class Appenders:
    """Writers of the vector files of all kinds of cards."""

    def __init__(self, folder: Path, extents: dict[By, Extent]) -> None:
        self._folder = folder
        with ExitStack() as opened:
            self._appenders = {
                by: opened.enter_context(closing(Appender(folder, by, extent)))
                for by, extent in extents.items()
            }
            self._opened = opened.pop_all()

    def put(self, card: Card) -> None:
        """Replace the passages of a card."""
        self._appenders[card.by].put(card.id, card.seq, card.vectors)

    def drop(self, card: str) -> None:
        """Delete the passages of an id, whatever kind of card it was."""
        for appender in self._appenders.values():
            appender.put(card, 0, None)

    def finish(self) -> dict[By, Extent]:
        """Sync and close all files; return the extents to commit."""
        return {by: appender.finish() for by, appender in self._appenders.items()}

    def close(self) -> None:
        """Close the files."""
        self._opened.close()

    def tidy(self, extents: dict[By, Extent]) -> None:
        """Delete the files of epochs before the committed ones; readers that have them open keep them."""
        for by, extent in extents.items():
            for path in self._folder.glob(f"{by}-*.*"):
                if path.stem != f"{by}-{extent.epoch}":
                    path.unlink(missing_ok=True)
