"""The commands about saved searches: keep one, list them, forget one, and read what they found."""

import json
from datetime import UTC, datetime, time
from pathlib import Path

import click
from rich.text import Text

from index import wording
from index.library import Library
from index.records import Actor, Role
from index.settings import Settings
from ui import listing, printing


def _moment(context: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    try:
        return datetime.combine(printing.day(value, last=False), time(), UTC) if value else None
    except ValueError:
        message = f"{value!r} is not a date like 2024, 2024-05 or 2024-05-17"
        raise click.BadParameter(message, context, option) from None


def _open(context: click.Context) -> tuple[Library, Actor]:
    settings: Settings = context.obj
    actor = Actor(name=settings.actor_name, role=Role.LEAD)
    return context.with_resource(Library.open(settings)), actor


@click.command()
@click.argument("name")
@click.argument("query")
@click.option("--shared", is_flag=True, help="Let everybody see it.")
@click.option("--changes", is_flag=True, help="Alert again when what is told of an incident changes.")
@click.pass_context
def save(context: click.Context, name: str, query: str, shared: bool, changes: bool) -> None:
    """Keep a search under a name, to be told of each incident that begins to match it.

    Words and filters decide, not meaning: both of two words must match, of more about three in five. What
    matches already raises no alert.
    """
    library, actor = _open(context)
    asked = library.parse(query)
    for note in asked.notes:
        printing.line(note)
    kept = library.save_search(name, asked, actor=actor, shared=shared, changes=changes)
    printing.line(f"saved {kept.name!r}; see `moriarty alerts` after the next run")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value instead of a table.")
@click.pass_context
def saved(context: click.Context, as_json: bool) -> None:
    """List your saved searches and those others share, with how many alerts are new to you."""
    library, actor = _open(context)
    kept = library.saved_searches(actor=actor)
    if as_json:
        printing.json_value([one.model_dump(mode="json") for one in kept])
        return
    made = listing.table("Name", "Owner", "New", "Search", "Filters", "Saved")
    for one in kept:
        made.add_row(
            Text(printing.safe(one.name)),
            Text(printing.safe(one.owner) + (" (shared)" if one.shared else "")),
            str(one.new),
            Text(printing.safe(one.query.text)),
            Text(printing.safe(wording.filters(one.query))),
            f"{one.at:%Y-%m-%d}",
        )
    printing.out.print(made)


@click.command()
@click.argument("name")
@click.pass_context
def forget(context: click.Context, name: str) -> None:
    """Forget one of your saved searches; the record keeps what it found."""
    library, actor = _open(context)
    library.forget_search(name, actor=actor)
    printing.line(f"forgot {name!r}")


@click.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value; nothing counts as read.")
@click.option(
    "--atom",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write an Atom feed of the newest to this file; nothing counts as read.",
)
@click.option("--since", callback=_moment, help="All since a day: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.pass_context
def alerts(
    context: click.Context, name: str, as_json: bool, atom: Path | None, since: datetime | None
) -> None:
    """Show what your saved searches found, or one of them: what is new to you, or all since a day.

    What is shown as text counts as read.
    """
    library, actor = _open(context)
    kind = "atom" if atom else "json" if as_json else "text"
    new = since is None and atom is None
    digest = library.digest(kind, actor=actor, name=name, since=since, new=new, seen=kind == "text")
    if atom:
        aside = atom.with_name(f"{atom.name}.part")  # so that no reader finds half a feed
        aside.write_bytes(digest)
        aside.replace(atom)
        printing.line(f"wrote {printing.shown(atom)}")
    elif as_json:
        printing.json_value(json.loads(digest))
    else:
        printing.out.print(Text(printing.safe(digest.decode())), end="")
        if not digest:
            printing.line("Nothing new.")
