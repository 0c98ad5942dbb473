"""How the command line speaks: JSON for programs on stdout, progress and complaints for people on stderr."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from collectors.records import Document
from index.characters import as_json, visible
from index.library import Progress as ProgressCall
from index.search.language.dates import first_day, last_day
from index.search.query import By, Hit, Mode, Results

SOME_FAILED = 1


class _Terminal(Console):
    def on_broken_pipe(self) -> None:
        hang_up()


def hang_up() -> NoReturn:
    """End the command in peace: who reads its output, such as ``head``, has had enough."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(
            nowhere.fileno(), sys.stdout.fileno()
        )  # else Python writes the rest when it ends, and complains
    raise SystemExit(0)


out = _Terminal(highlight=False, markup=False, emoji=False)
_err = Console(stderr=True, highlight=False, markup=False, emoji=False)

_FAMILY = re.compile("[A-Za-z]{2}")
"""The form of a family's code; all else is a leaf, a scope code or a name."""


def plain(text: str, style: str = "") -> Text:
    """Return text that cannot move the cursor, recolour the terminal or reverse the reading direction.

    The length stays the same, so spans into the text still hold.
    """
    return Text(visible(text), style=style)


def line(text: str) -> None:
    """Print one line for a person, on stderr."""
    _err.print(plain(text), soft_wrap=not _err.is_terminal)


def complain(text: str) -> None:
    """Print what went wrong, on stderr."""
    _err.print(plain(text, "red"), soft_wrap=not _err.is_terminal)


def log(level: int) -> None:
    """Have what programs log go to stderr, as harmless as all else: a server's answer may quote a report."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Harmless("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level)


class _Harmless(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def shown(path: Path) -> str:
    """Return a path that can be printed whatever bytes its name has."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def exit_by(failed: bool) -> None:
    """End the command with exit code 1 where some items failed."""
    if failed:
        raise SystemExit(SOME_FAILED)


def json_value(value: object) -> None:
    """Print one JSON value on stdout."""
    stdout(as_json(value, indent=2).encode() + b"\n")


def json_line(value: object) -> None:
    """Print one JSON value on one line of stdout, at once."""
    stdout(as_json(value).encode() + b"\n")


def stdout(payload: bytes) -> None:
    """Write to standard output at once; a reader that has had enough ends the command in peace."""
    try:
        sys.stdout.buffer.write(payload)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        hang_up()


def day(text: str, *, last: bool) -> date:
    """Return the first or last day a partial date can mean; raises ``ValueError`` for anything else."""
    read = last_day(text) if last else first_day(text)
    if read is None:
        raise ValueError(f"{text!r} is no date")
    return read


def search_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the command's options as fields of a Query."""
    codes = options["typology"]
    families = tuple(code for code in codes if _FAMILY.fullmatch(code))
    filters = {
        "typology": tuple(code for code in codes if code not in families),
        "family": families,
        "source": options["source"],
        "country": options["country"],
    }
    return {
        "mode": Mode(options["mode"]),
        "by": By(options["by"]),
        "since": options["since"],
        "until": options["until"],
        "filters": {name: tuple(values) for name, values in filters.items() if values},
    }


def hit_value(hit: Hit) -> dict[str, object]:
    """Return a hit as programs read it."""
    return {
        "id": hit.id,
        "title": hit.title,
        "score": hit.score,
        "date": hit.date,
        "typologies": list(hit.typologies),
        "refs": list(hit.refs),
        "passage": hit.passage.text if hit.passage else "",
        "why": hit.why,
        "countries": list(hit.countries),
        "outcome": hit.outcome,
        "loss": hit.loss,
        "reports": hit.reports,
    }


def results_value(found: Results) -> dict[str, object]:
    """Return the answers to a search as programs read them, with what they need to know of the whole."""
    return {
        "total": found.total,
        "notes": list(dict.fromkeys((*found.query.notes, *found.notes))),
        "searched": found.suggestion or found.query.text,
        "did_you_mean": found.offered,
        "hits": [hit_value(hit) for hit in found.hits],
        "facets": {name: [count.model_dump() for count in counts] for name, counts in found.facets.items()},
    }


def document_value(path: Path, document: Document) -> dict[str, object]:
    """Return an extracted document as programs read it."""
    return {
        "file": shown(path),
        "title": document.title,
        "text": document.text,
        "published": document.published.value if document.published else None,
        "language": document.language,
    }


@contextmanager
def progress() -> Iterator[ProgressCall]:
    """Show a bar a stage on stderr while the block runs; plain lines where stderr is no terminal."""
    if not _err.is_terminal:
        yield _Lines()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def update(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(visible(stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield update


class _Lines:
    """Progress for logs: each stage is named once."""

    def __init__(self) -> None:
        self._named: set[str] = set()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._named:
            self._named.add(stage)
            line(f"{stage} …" if total is None else f"{stage} ({total}) …")
