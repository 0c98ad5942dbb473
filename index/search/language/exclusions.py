"""Reads what a query leaves out in plain English: ``fraud but not crypto``, ``without an election``. Pure."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

MOST_WORDS = 3
"""Words after ``not`` that are left out together, as a phrase."""

_STATED = re.compile(
    r"(?<![^\s(])(?:(?:but\s+)?(?:not|without|w/o)|excluding|except(?:ing)?(?:\s+for)?|(?:other\s+than|apart\s+from))"
    r"(?P<rest>(?:\s+(?:\"[^\"]{1,100}\"|[^\s()\",;]{1,60})){1,8})",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?<![^\s(])(?:nobody|no\s+one|never|(?:was|were|is|are|been|has|have|had|did|do|does)\s+not)(?![^\s),;.?!])",
    re.IGNORECASE,
)
_PIECE = re.compile(r'"[^"]*"|\S+')


@dataclass(frozen=True)
class Exclusion:
    """Words that leave something out, from ``start`` to ``end`` of a text, and the ``form`` that does."""

    start: int
    end: int
    form: str


@cache
def _words() -> dict[str, frozenset[str]]:
    data = tomllib.loads(files("index.search.language").joinpath("exclusions.toml").read_text("utf-8"))
    return {name: frozenset(listed.split()) for name, listed in data.items()}


def exclusions_in(text: str) -> Iterator[Exclusion]:
    """Yield what a text leaves out, in order; a denied fact (``was not charged``) is none."""
    for match in _STATED.finditer(text):
        before = text[max(0, match.start() - 20) : match.start()].split()
        if before and before[-1].lower() in _words()["auxiliaries"]:
            continue
        if left_out := _left_out(match["rest"], match.start("rest")):
            form, end = left_out
            yield Exclusion(match.start(), end, form)


def denial_in(text: str) -> re.Match[str] | None:
    """Return the first words of a text that deny a fact, such as ``nobody``; None if there are none."""
    return _DENIED.search(text)


def _left_out(rest: str, start: int) -> tuple[str, int] | None:
    """Return the operator for what the words after ``not`` name, and where these end; None for nothing."""
    pieces = list(_PIECE.finditer(rest))
    if pieces[0][0].lower() in _words()["openings"]:
        return None
    while pieces and pieces[0][0].lower() in _words()["links"]:
        pieces.pop(0)
    forms: list[list[re.Match[str]]] = [[]]
    for piece in pieces:
        word = piece[0].lower()
        if word in ("or", "nor") and forms[-1]:
            forms.append([])
        elif word in _words()["ends"] or word[0].isdigit() or len(forms[-1]) == MOST_WORDS:
            break
        else:
            forms[-1].append(piece)
            if piece[0].startswith('"') or ":" in piece[0]:
                break
    named = [words for words in forms if words]
    if not named:
        return None
    end = start + named[-1][-1].end()
    return " ".join(map(_written, named)), end


def _written(words: list[re.Match[str]]) -> str:
    texts = [word[0].rstrip(".?!") for word in words]
    return f"-{texts[0]}" if len(texts) == 1 else f'-"{" ".join(texts)}"'
