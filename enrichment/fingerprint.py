"""A digest of the code and word lists that produce findings: when it changes, reports are judged again."""

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
START = "run.py"
"""The module that reports go into and findings come out of."""


@cache
def program(start: str = START) -> bytes:
    """Return a digest of what a module and all it imports do, and of every word list.

    A module that no finding goes through, such as one that groups reports or trains models, is left out of
    what makes findings; every word list counts, also those that only training reads.
    """
    whole = hashlib.sha256()
    for path in sorted([*modules(FOLDER / start), *FOLDER.glob("**/*.yaml")]):
        told = path.read_bytes() if path.suffix == ".yaml" else instructions(path.read_text("utf-8")).encode()
        whole.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + told)
    return whole.digest()


def instructions(code: str) -> str:
    """Return a module without comments, docstrings and empty lines: to reword these changes no finding."""
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Expr) and _is_text(node.value):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            lines[first:last] = [""] * (last - first)
    return "\n".join(filter(None, lines))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def modules(start: Path) -> set[Path]:
    """Return a module of this package and all of the package that it imports, directly or through others."""
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(_imported(waiting.pop())) - found
        found |= fresh
        waiting += fresh
    return found


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from _files(node.module)
            for alias in node.names:
                yield from _files(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name)


def _files(module: str) -> Iterator[Path]:
    """Yield the file of a module of this package; none for any other name."""
    package, *inner = module.split(".")
    if package == FOLDER.name and inner:
        place = FOLDER.joinpath(*inner)
        yield from (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file())
