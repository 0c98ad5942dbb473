"""Cuts a query into the trees that ``grammar.lark`` describes, or says why it cannot."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lark import Lark, UnexpectedCharacters, UnexpectedInput
from lark import Token as Token
from lark import Tree as Tree

from index.search.language import dates, sums

DEEPEST = 20
"""Brackets within brackets, at most."""
_IGNORED = "AND, OR, NOT and brackets are ignored"


class Refusal(NamedTuple):
    """What is wrong with a text, and where, from 0."""

    what: str
    position: int


def items(text: str) -> list[Tree[Token]] | Refusal:
    """Return the parts of a query that stand beside each other, in order, or its error of syntax."""
    if (position := _too_deep(text)) is not None:
        return Refusal(f"More than {DEEPEST} brackets within each other; operators are ignored", position)
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        return _refusal(error, text)
    return [item for beside in trees(tree) for item in trees(beside)]


def trees(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    """Yield the parts of a tree that are trees themselves."""
    return (child for child in tree.children if isinstance(child, Tree))


@cache
def _grammar() -> Lark:
    grammar = files("index.search.language").joinpath("grammar.lark").read_text("utf-8")
    grammar = grammar.replace("MONEY_WORDS", sums.units()).replace("SPACED_DATES", dates.spaced_pattern())
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _refusal(error: UnexpectedInput, text: str) -> Refusal:
    position = error.pos_in_stream or 0
    token = getattr(error, "token", None)
    if isinstance(error, UnexpectedCharacters) and text[position : position + 1] == '"':
        return Refusal("A quotation mark without its twin is ignored", position)
    if token is None or token.type == "$END":
        return Refusal(f"Something is missing here; {_IGNORED}", len(text.rstrip()))
    return Refusal(f"{token} is out of place; {_IGNORED}", position)


def _too_deep(text: str) -> int | None:
    """Return the position of the first bracket that is too deep; None if there is none."""
    depth = 0
    for match in re.finditer(r'"[^"]*"|[()]', text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > DEEPEST:
            return match.start()
    return None
