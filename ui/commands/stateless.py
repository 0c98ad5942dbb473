"""The commands that need no library: lines or files in, JSON lines out, nothing kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from collectors.errors import ItemError
from collectors.records import Report
from index import batch
from ui.commands import printing

_LINES = click.File("r", encoding="utf-8-sig", errors="surrogateescape")
"""Lines whose bytes are not UTF-8 come through, so that each can be named and the others answered."""


@click.command()
@click.argument("file", type=_LINES)
@click.pass_context
def classify(context: click.Context, file: Iterator[str]) -> None:
    """Suggest relevance, codes and facts for each line of JSONL.

    A line gives id, title and text; an answer is a line of JSON. Nothing is kept.
    """
    reports, failed = _read_lines(file)
    for answer in batch.classify(reports, batch.enricher(context.obj)):
        printing.json_line(answer)
    printing.exit_by(failed)


@click.command()
@click.argument("file", type=_LINES)
@click.pass_context
def group(context: click.Context, file: Iterator[str]) -> None:
    """Say which lines of JSONL tell the same incident.

    A line gives id, title and text, and published and url where known; no id comes twice. Nothing is kept.
    """
    reports, failed = _read_lines(file, apart=True)
    for answer in batch.cluster(reports, batch.enricher(context.obj)):
        printing.json_line(answer)
    printing.exit_by(failed)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def extract(files: tuple[Path, ...]) -> None:
    """Print title, text, date and language of files, a JSON line a file.

    Nothing is kept.
    """
    from index import extracting  # here: it loads parsers, which the others do without

    there = [path for path in files if path.exists()]
    failed = len(there) < len(files)
    for path in files:
        if path not in there:
            printing.complain(f"{printing.shown(path)}: there is no such file or folder")
    for path, document in extracting.extract(there):
        if isinstance(document, ItemError):
            failed = True
            printing.complain(f"{printing.shown(path)}: {document} ({document.code}). {document.advice}")
        else:
            printing.json_line(printing.document_value(path, document))
    printing.exit_by(failed)


def _read_lines(file: Iterator[str], apart: bool = False) -> tuple[list[Report], bool]:
    """Return the reports of a JSONL file and whether a line had to be left out; each such line is named.

    ``apart`` leaves out a line with the id of an earlier one.
    """
    reports: list[Report] = []
    lines: dict[str, int] = {}
    failed = False
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            report = _report(line)
            first = lines.setdefault(report.id, number)
            if apart and first != number:
                raise ValueError(f"line {first} has the id {report.id!r} already")
            reports.append(report)
        except (ValueError, ItemError) as error:
            failed = True
            printing.complain(f"line {number}: {error}")
    return reports, failed


def _report(line: str) -> Report:
    """Return the report that a line of JSON gives. Raises ``ValueError`` and ``ItemError``."""
    try:
        given = json.loads(line.encode())
    except UnicodeEncodeError as error:
        raise ValueError("this is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise ValueError("a line is a JSON object with an id, and a title or a text")
    return batch.report_of(given)
