"""Every error says what to do, is drawn in the tree, and is found again by its code."""

import re

import pytest

from collectors import errors
from collectors.errors import ItemError, MoriartyError, RunError, by_code

EVERY = [getattr(errors, name) for name in errors.__all__ if name != "by_code"]
STEMS = [MoriartyError, ItemError, RunError, errors.FetchError]
"""Never raised themselves: each stands for a kind of consequence."""


def drawn() -> list[tuple[int, str]]:
    """Return depth and name of every class in the drawing, in its order."""
    found = re.finditer(r"^([│├└─ ]*)([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    rows = [(len(row[1]) // 4, row[2]) for row in found]
    return rows[next(n for n, (_, name) in enumerate(rows) if name == "MoriartyError") :]


def test_the_drawing_shows_every_class_below_its_base() -> None:
    above: list[str] = []
    for depth, name in drawn():
        above[depth:] = [name]
        bases = [kind.__name__ for kind in getattr(errors, name).__mro__[1:-3]]
        assert bases == above[-2::-1], name
    assert sorted(name for _, name in drawn()) == sorted(kind.__name__ for kind in EVERY)


def test_each_code_leads_back_to_its_class() -> None:
    assert all(by_code(kind.code) is kind for kind in EVERY if kind not in STEMS)
    assert by_code("no such code") is MoriartyError


@pytest.mark.parametrize(
    "kind", [kind for kind in EVERY if kind not in STEMS], ids=lambda kind: kind.__name__
)
def test_each_error_says_what_to_do(kind: type[MoriartyError]) -> None:
    assert kind.advice != MoriartyError.advice
    assert re.fullmatch(r"[A-Z].{10,118}\.", kind.advice)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
