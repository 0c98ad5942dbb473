"""CSV bytes → rows, losing no column and no row in silence."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from collectors.errors import BombRefused, Malformed

LARGEST_FIELD = 50_000_000
"""Characters in one field; the texts of real reports pass the module's default of 131,072."""
MOST_ROWS = 200_000
"""Rows of one table, far more than any set that is read has."""


def unique(names: Sequence[str]) -> list[str]:
    """Return the names in order, each repeat with a suffix: ``AI System``, ``AI System (2)``."""
    taken: set[str] = set()
    result = []
    for name in names:
        fresh, count = name, 1
        while fresh in taken:
            count += 1
            fresh = f"{name} ({count})"
        taken.add(fresh)
        result.append(fresh)
    return result


def read_table(
    data: bytes, name: str, *, escaped: bool = False
) -> Iterator[tuple[str, dict[str, str] | Malformed]]:
    """Yield ``("file row 12", row)`` for every row after the header, ``Malformed`` where one is unreadable.

    In ``escaped`` tables a backslash makes the next character literal; quotes are doubled in all of them.
    Rows are counted from 1, without the header. Bytes that are not UTF-8 become U+FFFD. Raises
    ``BombRefused`` past ``MOST_ROWS``.
    """
    csv.field_size_limit(LARGEST_FIELD)
    lines = io.StringIO(data.decode("utf-8-sig", "replace"), newline="")
    reader = csv.reader(lines, strict=True, escapechar="\\" if escaped else None)
    header: list[str] | None = None
    number = 0
    while number <= MOST_ROWS:
        where = f"{name} row {number}"
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield where, Malformed(f"{where}: {error}")
        else:
            if not row:
                continue
            if header is None:
                header = unique(row)
            elif len(row) != len(header):
                yield where, Malformed(f"{where} has {len(row)} fields where the header has {len(header)}")
            else:
                yield where, dict(zip(header, row, strict=True))
        number += 1
    raise BombRefused(f"{name} has more than {MOST_ROWS:,} rows")


def calendar_day(text: str) -> str | None:
    """Return the day a date or timestamp begins with, ``2024-01-31``, or None where it is not one."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None
