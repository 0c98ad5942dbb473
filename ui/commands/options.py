"""Shared parts of commands: opening the library, common options, writing files."""

import re
import secrets
from datetime import date
from pathlib import Path
from typing import Any

import click

from collectors.errors import WrongUse
from index.library import Library
from index.records import Actor
from index.settings import Settings
from ui.commands import printing

STDOUT = "-"
"""The path that stands for standard output."""
_UNWANTED = re.compile("-[^-].")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value instead of text.")


class PartialDay(click.ParamType[date]):
    """A date given as YYYY, YYYY-MM or YYYY-MM-DD, read as the first or the last day it can mean."""

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self._last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 (click's own signature)
        """Return the day; a value that is no date ends the command with exit code 2."""
        try:
            return printing.day(value, last=self._last)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2024, 2024-05 or 2024-05-17", param, ctx)


class TakesQuery(click.Command):
    """A command whose query may begin with an unwanted word: ``-deepfake`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a dash and several letters is a query, as our only short option is ``-h``."""
        if "--" not in args:
            queries = [arg for arg in args if _UNWANTED.match(arg)]
            args = [arg for arg in args if arg not in queries] + (["--", *queries] if queries else [])
        return super().parse_args(ctx, args)


def opened(context: click.Context, *, new: bool = False) -> tuple[Library, Actor]:
    """Return the library of this command, closed when it ends, and who acts.

    Where there is none, one is made if ``new``; else raises ``LibraryMissing``.
    """
    settings: Settings = context.obj
    return context.with_resource(Library.open(settings, new=new)), settings.actor


def write(path: Path, payload: bytes) -> None:
    """Write what somebody asked for to a file, never half of it, or to stdout where the path is ``-``.

    Raises ``WrongUse`` where it cannot be written.
    """
    name = "standard output" if str(path) == STDOUT else printing.shown(path)
    try:
        if str(path) == STDOUT:
            printing.stdout(payload)
            return
        if path.exists() and not path.is_file():  # such as /dev/stdout; a folder refuses
            path.write_bytes(payload)
        else:
            _put(path.resolve(), payload)
    except OSError as error:
        raise WrongUse(f"cannot write {name}: {error.strerror}") from error
    printing.line(f"wrote {name} ({len(payload):,} bytes)")


def _put(path: Path, payload: bytes) -> None:
    """Write a file whole in the place of the one there is, by way of a new one beside it."""
    aside = path.with_name(f".moriarty-{secrets.token_hex(8)}")
    try:
        with aside.open("xb") as file:
            file.write(payload)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
