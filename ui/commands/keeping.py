"""The commands that fill and keep a library: collect, add, enrich, index, and how it is doing."""

from pathlib import Path

import click

from ui.commands import health, printing
from ui.commands.options import as_json, opened
from ui.terms import count


@click.command()
@click.argument("sources", nargs=-1)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop collecting after this many seconds; the rest waits for the next run.",
)
@click.pass_context
def run(context: click.Context, sources: tuple[str, ...], time_limit: float | None) -> None:
    """Collect from the sources that are due, enrich, and index.

    The sources are those switched on, or the named ones; `moriarty status` lists them.
    """
    library, actor = opened(context, new=True)
    with printing.progress() as progress:
        tally = library.collect(sources or None, actor=actor, time_limit=time_limit, progress=progress)
        judged = library.enrich(actor=actor, progress=progress)
        stamp = library.refresh(actor=actor, progress=progress)
    health.tally(tally, judged, stamp)
    printing.exit_by(bool(tally.issues))


@click.command()
@click.argument("sources", nargs=-1)
@click.pass_context
def collect(context: click.Context, sources: tuple[str, ...]) -> None:
    """Collect from the sources that are due, and no more.

    The sources are those switched on, or the named ones; `moriarty status` lists them. What came in is
    enriched and found after `moriarty enrich`.
    """
    library, actor = opened(context, new=True)
    with printing.progress() as progress:
        tally = library.collect(sources or None, actor=actor, progress=progress)
    health.tally(tally)
    printing.exit_by(bool(tally.issues))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", "source_key", help="Record the files under this source.")
@click.pass_context
def add(context: click.Context, paths: tuple[Path, ...], source_key: str | None) -> None:
    """Take in files and folders.

    An AIID snapshot (folder or tar.bz2) and ATLAS.yaml are recognised. What came in is enriched and found
    after `moriarty enrich` or the next `moriarty run`.
    """
    library, actor = opened(context, new=True)
    with printing.progress() as progress:
        tally = library.add(paths, actor=actor, source_key=source_key, progress=progress)
    health.tally(tally)
    printing.exit_by(bool(tally.issues))


@click.command()
@click.pass_context
def enrich(context: click.Context) -> None:
    """Suggest codes and facts for new reports, form incidents, index."""
    library, actor = opened(context, new=True)
    with printing.progress() as progress:
        judged = library.enrich(actor=actor, progress=progress)
        stamp = library.refresh(actor=actor, progress=progress)
    health.enriched(judged, stamp)


@click.command()
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Build the search index again from the record, and swap it in."""
    library, actor = opened(context)
    with printing.progress() as progress:
        stamp = library.rebuild(actor=actor, progress=progress)
    printing.line(f"generation {stamp.generation}: {count(stamp.cards, 'card')}")


@click.command()
@as_json
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Show the library's health, and what to do about what went wrong.

    Where there is no library yet, an empty one is made.
    """
    library, actor = opened(context, new=True)
    state = library.status(actor=actor)
    if as_json:
        printing.json_value(state.model_dump(mode="json"))
    else:
        health.status(state)


@click.command()
@click.option("--head", default="", help="Hold the log to the head that an earlier `verify` printed.")
@as_json
@click.pass_context
def verify(context: click.Context, head: str, as_json: bool) -> None:
    """Check that the record, its audit log and the evidence are as they were written.

    Keep the head it prints outside the library: with it a later check also shows a log that was replaced.
    """
    library, actor = opened(context)
    found = library.verify(head, actor=actor)
    if as_json:
        printing.json_value(found.model_dump(mode="json"))
    else:
        health.verified(found)
    printing.exit_by(not found.sound)
