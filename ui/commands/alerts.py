"""The commands about saved searches: keep one, list them, forget one, and read what they found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from collectors.errors import NotFound, WrongUse
from index import wording
from ui.commands import listing, printing
from ui.commands.options import PartialDay, TakesQuery, as_json, opened, write

_NONE = "No search is saved yet; `moriarty save NAME QUERY` keeps one."


@click.command(cls=TakesQuery)
@click.argument("name")
@click.argument("query")
@click.option("--shared", is_flag=True, help="Let everybody see it.")
@click.option("--changes", is_flag=True, help="Alert again when what is told of an incident changes.")
@click.pass_context
def save(context: click.Context, name: str, query: str, shared: bool, changes: bool) -> None:
    """Keep a search, to be told of each incident that begins to match.

    Words and filters decide, not meaning: both of two words must match, of more about three in five. What
    matches already raises no alert.
    """
    library, actor = opened(context)
    asked = library.parse(query)
    if not (asked.terms or asked.where or asked.filters or asked.ids or asked.since or asked.until):
        raise WrongUse("a search to be kept needs a word or a filter, such as `moriarty save NAME deepfake`")
    kept = library.subscriptions.save_search(name, asked, actor=actor, shared=shared, changes=changes)
    for note in kept.notes:
        printing.line(note)
    printing.line(
        f"saved {kept.name!r}, which {kept.matching:,} incidents match today; "
        "see `moriarty alerts` for others after the next run"
    )


@click.command()
@as_json
@click.pass_context
def saved(context: click.Context, as_json: bool) -> None:
    """List the saved searches you can see, with what is new to you."""
    library, actor = opened(context)
    kept = library.subscriptions.saved_searches(actor=actor)
    if as_json:
        printing.json_value([one.model_dump(mode="json") for one in kept])
        return
    if not kept:
        printing.line(_NONE)
        return
    made = listing.table("Name", "Owner", "New", "Search", "Filters", "Saved")
    for one in kept:
        made.add_row(
            printing.plain(one.name),
            printing.plain(one.owner + (" (shared)" if one.shared else "")),
            str(one.new),
            printing.plain(one.query.text),
            printing.plain(wording.filters(one.query)),
            f"{one.at:%Y-%m-%d}",
        )
    printing.out.print(made)


@click.command()
@click.argument("name")
@click.pass_context
def forget(context: click.Context, name: str) -> None:
    """Forget one of your saved searches; the record keeps what it found."""
    library, actor = opened(context)
    with _known(name):
        library.subscriptions.forget_search(name, actor=actor)
    printing.line(f"forgot {name!r}")


@click.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value; nothing counts as read.")
@click.option(
    "--atom",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write an Atom feed of the newest to this file; nothing counts as read.",
)
@click.option("--since", type=PartialDay(), help="All since a day: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.pass_context
def alerts(context: click.Context, name: str, as_json: bool, atom: Path | None, since: date | None) -> None:
    """Show what your saved searches found, or what one of them did.

    That is what is new to you, or all since a day. What is shown as text counts as read.
    """
    library, actor = opened(context)
    kind = "atom" if atom else "json" if as_json else "text"
    new = since is None and atom is None
    moment = datetime.combine(since, time(), UTC) if since else None
    with _known(name):
        digest = library.subscriptions.digest(
            kind, actor=actor, name=name, since=moment, new=new, seen=kind == "text"
        )
    if atom:
        write(atom, digest)
    elif as_json:
        printing.json_value(json.loads(digest))
    else:
        printing.out.print(printing.plain(digest.decode()), end="")
        kept = library.subscriptions.saved_searches(actor=actor)
        left = sum(one.new for one in kept)
        if not digest:
            printing.line("Nothing new." if kept else _NONE)
        elif new and not name and left:
            printing.line(f"{left:,} more new alerts; `moriarty alerts` shows the next")


@contextmanager
def _known(name: str) -> Iterator[None]:
    """Say where the names of saved searches are listed, if this one is not among them."""
    try:
        yield
    except NotFound as error:
        raise WrongUse(
            f"there is no saved search {name!r}; `moriarty saved` lists those you can see"
        ) from error
