"""The commands that find, show and hand out what a library holds."""

from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

import click

from collectors.errors import WrongUse
from index.export.formats import BINARY, CASE_STUDY, READY
from index.library import Library
from index.search.alike import LONGEST
from index.search.query import FACETS, By, Mode, Sort
from ui.asking import check_codes
from ui.commands import listing, printing
from ui.commands.options import STDOUT, PartialDay, TakesQuery, as_json, opened, write
from ui.identifiers import required


def _values(choices: type[StrEnum]) -> list[str]:
    return [choice.value for choice in choices]


@click.command(cls=TakesQuery)
@click.argument("query")
@as_json
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Most hits shown.")
@click.option(
    "--offset", type=click.IntRange(0, 100_000), default=0, show_default=True, help="Hits passed over first."
)
@click.option(
    "--sort",
    type=click.Choice(_values(Sort)),
    default=Sort.RELEVANCE.value,
    show_default=True,
    help="Best match, newest, oldest or largest loss first.",
)
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
@click.option(
    "--envelope",
    is_flag=True,
    help="Print JSON that tells of the whole: total, notes, searched, did_you_mean, hits, facets.",
)
@click.pass_context
def search(
    context: click.Context,
    /,
    query: str,
    as_json: bool,
    limit: int,
    offset: int,
    sort: str,
    envelope: bool,
    **options: Any,  # noqa: ANN401 (click hands over its options by name)
) -> None:
    """Search incidents or reports.

    Words, "a phrase", this OR that, -without, start*, near~1, and fields such as country:uk, typology:FR-01,
    loss>10000 or after:2024. An empty query lists everything, the newest first.

    --json prints a list of hits; --envelope an object with the total, notes, what was searched in place of a
    misspelt query, what may have been meant, the hits, and counts of every facet.
    """
    library, actor = opened(context)
    facets = FACETS if envelope else ()
    page = {"limit": limit, "offset": offset, "sort": Sort(sort), "facets": facets}
    asked = library.parse(query, **page, **printing.search_options(options))
    check_codes(asked, options["typology"], library.typology)
    results = library.search(asked, actor=actor)
    if envelope:
        printing.json_value(printing.results_value(results))
        return
    listing.notes(results, as_json=as_json)
    if as_json:
        printing.json_value([printing.hit_value(hit) for hit in results.hits])
    else:
        listing.results(results, library.typology)


def _one(library: Library, typed: str) -> str:
    first, *others = required(library, typed)
    if others:
        raise WrongUse(f"{typed!r} are {len(others) + 1} ids: give one")
    return first


@click.command()
@click.argument("id")
@as_json
@click.pass_context
def show(context: click.Context, id: str, as_json: bool) -> None:
    """Show one incident or report."""
    library, actor = opened(context)
    id = _one(library, id)
    view = library.report(id, actor=actor) if id.startswith("rep-") else library.incident(id, actor=actor)
    if as_json:
        printing.json_value(view.model_dump(mode="json"))
    else:
        listing.view(view, library.typology)


@click.command()
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
    hits = library.similar(_one(library, id) if id else "", actor=actor, text=told)
    if as_json:
        printing.json_value([printing.hit_value(hit) for hit in hits])
    else:
        listing.hits(hits, library.typology)
        if not hits:
            printing.line("Nothing in the library is like it.")


@click.command()
@click.argument("incidents", nargs=-1, required=True)
@click.option("--format", "format_name", required=True, help=f"{', '.join(READY[:-1])} or {READY[-1]}.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="File; - for stdout.")
@click.pass_context
def export(context: click.Context, incidents: tuple[str, ...], format_name: str, out: Path) -> None:
    """Write incidents as case studies or as data.

    Case studies: docx, pptx (slides), pdf, html, md. Several come as one zip file with a document an
    incident, so the file must be called .zip. Data: json, csv, graphml, stix (STIX 2.1), misp (MISP events).
    """
    library, actor = opened(context)
    ids = required(library, " ".join(incidents))
    zipped = format_name in CASE_STUDY and len(ids) > 1
    if str(out) == STDOUT and (zipped or format_name in BINARY):
        made = "zip" if zipped else format_name
        raise WrongUse(f"a {made} file is no text: name a file to write it to")
    if zipped and out.suffix.lower() != ".zip":
        raise WrongUse(
            f"{len(ids)} case studies come as one zip file: call it {out.with_suffix('.zip').name}"
        )
    write(out, library.export(ids, format_name, actor=actor))
