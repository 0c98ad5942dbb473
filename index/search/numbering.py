"""The record's ids as numbers, of which an engine reads hundreds in the time that a few stored ids take."""

import re

_OWN_ID = re.compile(r"(inc|rep)-([0-9a-f]{10})([0-9a-f]{10})")
_OWN_KINDS = ("inc", "rep")
_HALF_BITS = 40


def halves(identifier: str) -> tuple[int, int] | None:
    """Return an id of the record's own as two numbers, None for any other id."""
    if (match := _OWN_ID.fullmatch(identifier)) is None:
        return None
    kind = _OWN_KINDS.index(match[1]) << _HALF_BITS
    return kind | int(match[2], 16), int(match[3], 16)


def whole(front: int, back: int) -> str:
    """Return the id that these are the halves of."""
    kind, digits = divmod(front, 1 << _HALF_BITS)
    return f"{_OWN_KINDS[kind]}-{digits:010x}{back:010x}"
