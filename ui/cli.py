"""The ``moriarty`` command: each command parses, calls the library once, and prints.

Exit codes: 0 done, 1 some items failed and are listed, 2 wrong use, 3 could not start.
"""

import logging
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

import click

from collectors.errors import MoriartyError, NotFound, NotPermitted, Stale, WrongUse
from index.export.formats import CASE_STUDY
from index.search.alike import LONGEST
from index.search.query import By, Mode
from index.settings import Settings
from ui import alerts_cli, background, evaluation_cli, graph_cli, listing, printing, retrain_cli, stateless
from ui.options import PartialDay, as_json, opened, write

WRONG, COULD_NOT_START = 2, 3

_WRONG_USE = (WrongUse, NotFound, NotPermitted, Stale)


def _values(choices: type[StrEnum]) -> list[str]:
    return [choice.value for choice in choices]


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Folder that holds the library (or MORIARTY_HOME)."
)
@click.option("-v", "--verbose", is_flag=True, help="Log more, on stderr.")
@click.version_option(package_name="moriarty-library", prog_name="moriarty")
@click.pass_context
def main(context: click.Context, home: Path | None, verbose: bool) -> None:
    """Moriarty: the intelligence library of criminal AI misuse."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    context.obj = Settings.load(home)


@main.command()
@click.argument("sources", nargs=-1)
@click.option(
    "--time-limit",
    type=float,
    help="Stop collecting after this many seconds; the rest waits for the next run.",
)
@click.pass_context
def run(context: click.Context, sources: tuple[str, ...], time_limit: float | None) -> None:
    """Collect from the enabled sources that are due, or the named ones; enrich, and index.

    `moriarty status` lists the sources by name.
    """
    library, actor = opened(context)
    with printing.progress() as progress:
        tally = library.collect(sources, actor=actor, time_limit=time_limit, progress=progress)
        judged = library.enrich(actor=actor, progress=progress)
        stamp = library.refresh(actor=actor, progress=progress)
    listing.tally(tally, judged, stamp)
    printing.exit_by(bool(tally.issues))


@main.command()
@click.argument("sources", nargs=-1)
@click.pass_context
def collect(context: click.Context, sources: tuple[str, ...]) -> None:
    """Collect from the named sources, or from every enabled one that is due.

    `moriarty status` lists the sources by name. What came in is judged and found after `moriarty enrich`.
    """
    library, actor = opened(context)
    with printing.progress() as progress:
        tally = library.collect(sources, actor=actor, progress=progress)
    listing.tally(tally)
    printing.exit_by(bool(tally.issues))


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", "source_key", help="Record the files under this source.")
@click.pass_context
def add(context: click.Context, paths: tuple[Path, ...], source_key: str | None) -> None:
    """Take in files and folders; an AIID snapshot (folder or tar.bz2) and ATLAS.yaml are recognised.

    What came in is judged and found after `moriarty enrich` or the next `moriarty run`.
    """
    library, actor = opened(context)
    with printing.progress() as progress:
        tally = library.collect(actor=actor, paths=paths, source_key=source_key, progress=progress)
    listing.tally(tally)
    printing.exit_by(bool(tally.issues))


@main.command()
@click.pass_context
def enrich(context: click.Context) -> None:
    """Judge new reports, form incidents, and bring the index up to date."""
    library, actor = opened(context)
    with printing.progress() as progress:
        judged = library.enrich(actor=actor, progress=progress)
        stamp = library.refresh(actor=actor, progress=progress)
    printing.line(f"{judged} reports judged; {stamp.cards} cards indexed")


@main.command()
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Build the search index again from the record, and swap it in."""
    library, actor = opened(context)
    with printing.progress() as progress:
        stamp = library.rebuild(actor=actor, progress=progress)
    printing.line(f"generation {stamp.generation}: {stamp.cards} cards")


@main.command()
@as_json
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Show the library's state of health, and what to do about what went wrong."""
    library, actor = opened(context)
    state = library.status(actor=actor)
    if as_json:
        printing.json_value(state.model_dump(mode="json"))
    else:
        listing.status(state)


@main.command()
@click.argument("query")
@as_json
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Most hits shown.")
@click.option(
    "--mode",
    type=click.Choice(_values(Mode)),
    default=Mode.HYBRID.value,
    show_default=True,
    help="Match words, meaning, or both.",
)
@click.option(
    "--by",
    type=click.Choice(_values(By)),
    default=By.INCIDENT.value,
    show_default=True,
    help="List incidents, or the reports that tell them.",
)
@click.option("--typology", multiple=True, help="A leaf, family or scope code, or its name; repeatable.")
@click.option("--since", type=PartialDay(), help="Earliest date: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--until", type=PartialDay(last=True), help="Latest date.")
@click.option("--source", multiple=True, help="A source key; repeatable.")
@click.option("--country", multiple=True, help="A country code or name; repeatable.")
@click.pass_context
def search(context: click.Context, /, query: str, as_json: bool, limit: int, **options: Any) -> None:  # noqa: ANN401 (click hands over its options by name)
    """Search incidents or reports.

    Words, "a phrase", this OR that, -without, start*, near~1, and fields such as country:uk, typology:FR-01,
    loss>10000 or after:2024. An empty query lists everything, the newest first.
    """
    library, actor = opened(context)
    results = library.search(
        library.parse(query, limit=limit, **printing.search_options(options)), actor=actor
    )
    listing.notes(results)
    if as_json:
        printing.json_value([printing.hit_value(hit) for hit in results.hits])
    else:
        listing.results(results, library.typology)


@main.command()
@click.argument("id")
@as_json
@click.pass_context
def show(context: click.Context, id: str, as_json: bool) -> None:
    """Show one incident or report."""
    library, actor = opened(context)
    view = library.report(id, actor=actor) if id.startswith("rep-") else library.incident(id, actor=actor)
    if as_json:
        printing.json_value(view.model_dump(mode="json"))
    else:
        listing.view(view, library.typology)


@main.command()
@click.argument("id", required=False, default="")
@click.option(
    "--text", type=click.File(errors="replace"), help="A text file instead of an id; - for standard input."
)
@as_json
@click.pass_context
def similar(context: click.Context, id: str, text: TextIO | None, as_json: bool) -> None:
    """List what is most like an incident, a report or a text."""
    told = text.read(LONGEST) if text else ""
    if text and not told.strip():
        raise WrongUse(f"there is no text in {text.name}")
    library, actor = opened(context)
    hits = library.similar(id, actor=actor, text=told)
    if as_json:
        printing.json_value([printing.hit_value(hit) for hit in hits])
    else:
        listing.hits(hits, library.typology)
        if not hits:
            printing.line("Nothing in the library is like it.")


@main.command()
@click.argument("incidents", nargs=-1, required=True)
@click.option("--format", "format_name", required=True, help="docx, md, json, csv or graphml.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.pass_context
def export(context: click.Context, incidents: tuple[str, ...], format_name: str, out: Path) -> None:
    """Write incidents as case studies (docx, md) or as data (json, csv, graphml).

    Several case studies come as one zip file with a document an incident.
    """
    library, actor = opened(context)
    payload = library.export(incidents, format_name, actor=actor)
    write(out, payload)
    studies = len(set(incidents))
    if format_name in CASE_STUDY and studies > 1 and out.suffix != ".zip":
        printing.line(f"It is a zip file of {studies} case studies: give it the ending .zip to open it.")


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8501,
    show_default=True,
    help="Where the pages are served.",
)
@click.option("--collect", "collect_too", is_flag=True, help="Run the sources that are due meanwhile.")
@click.pass_context
def serve(context: click.Context, port: int, collect_too: bool) -> None:
    """Serve the pages on 127.0.0.1."""
    from ui.serve import serve as serve_pages  # here: Streamlit takes seconds to load

    with background.run(context.obj) if collect_too else nullcontext():
        serve_pages(context.obj, port)


def entry() -> None:
    """Run the command; say what went wrong and what to do next instead of showing a traceback."""
    try:
        main.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        printing.complain("Stopped. Everything acknowledged is kept; run the same command again to go on.")
        raise SystemExit(printing.SOME_FAILED) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except MoriartyError as error:
        printing.complain(f"{error}. {error.advice}")
        raise SystemExit(WRONG if isinstance(error, _WRONG_USE) else COULD_NOT_START) from None
    except OSError as error:
        printing.complain(f"{error.strerror}: {error.filename}. Check the path and who may use it.")
        raise SystemExit(COULD_NOT_START) from None


for command in (
    *(stateless.classify, stateless.group, stateless.extract),
    evaluation_cli.evaluate,
    retrain_cli.retrain,
    *(graph_cli.emerging, graph_cli.path),
    *(alerts_cli.save, alerts_cli.saved, alerts_cli.forget, alerts_cli.alerts),
):
    main.add_command(command)


if __name__ == "__main__":
    entry()
