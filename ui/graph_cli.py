"""The commands about what incidents say together: what emerges, and how two things are tied."""

from datetime import date, datetime

import click
from rich.text import Text

from enrichment.network.records import Outlook, Path
from index.library import Library
from index.records import Actor, Role
from index.settings import Settings
from ui import listing, printing

QUIET = 5
"""Leaves without an alarm that are listed, the likeliest first."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value instead of text.")


def _open(context: click.Context) -> tuple[Library, Actor]:
    settings: Settings = context.obj
    actor = Actor(name=settings.actor_name, role=Role.LEAD)
    return context.with_resource(Library.open(settings)), actor


@click.command()
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Leave out all that happened after this day."
)
@as_json
@click.pass_context
def emerging(context: click.Context, as_of: datetime | None, as_json: bool) -> None:
    """Show which kinds of crime rise beyond chance, and groups that no leaf of the typology fits.

    Each source is compared with its own past, so a new feed raises no alarm.
    """
    library, actor = _open(context)
    day: date | None = as_of.date() if as_of else None
    found = library.emerging(actor=actor, as_of=day)
    if as_json:
        printing.json_value(found.model_dump(mode="json"))
    else:
        _print(found)


def _print(found: Outlook) -> None:
    if found.as_of is None:
        printing.line("Too little is dated to compare.")
        return
    printing.line(
        f"As of {found.as_of}: {found.compared} comparisons, each source with its own past; "
        f"false alarms in at most {found.false_alarms:.0%} of looks."
    )
    made = listing.table("Leaf", "Now", "Before", "Times", "95 %", "Chance", "")
    quiet = [rise for rise in found.rises if not rise.flagged][:QUIET]
    for rise in [*(rise for rise in found.rises if rise.flagged), *quiet]:
        made.add_row(
            Text(f"{rise.concept} {rise.label}"),
            f"{rise.recent} in {rise.days} d",
            str(rise.before),
            f"{rise.ratio:.1f}",
            f"{rise.low:.1f} to {rise.high:.1f}",
            f"{rise.chance:.3f}",
            "rises" if rise.flagged else "",
        )
    printing.out.print(made)
    printing.line(f"{found.unfit} recent incidents fit no leaf; groups told alike: {len(found.clusters)}.")
    for cluster in found.clusters:
        words = printing.safe(", ".join(cluster.words))
        printing.line(
            f"  {words}: {len(cluster.incidents)} incidents, nearest {cluster.nearest}, "
            f"as large by chance in {cluster.chance:.0%}"
        )
        for key in cluster.incidents:
            printing.line(f"    {key}  {printing.safe(found.titles.get(key, ''))}")


@click.command()
@click.argument("start")
@click.argument("end")
@as_json
@click.pass_context
def path(context: click.Context, start: str, end: str, as_json: bool) -> None:
    """Show how two things are tied: tools, platforms, offences, leaves or incidents, by name or id."""
    library, actor = _open(context)
    found = library.paths(start, end, actor=actor)
    if as_json:
        printing.json_value([one.model_dump(mode="json") for one in found])
        return
    if not found:
        printing.line("There is no way between them.")
    for number, one in enumerate(found, 1):
        _print_way(one, number)


def _print_way(one: Path, number: int) -> None:
    basis = "all steps from reports" if one.reported else "some steps from the typology alone"
    printing.line(f"Way {number}, {len(one.edges)} steps, {basis}")
    for at, node in enumerate(one.nodes):
        printing.line(f"  {printing.safe(node.label)}  ({node.type}, {printing.safe(node.id)})")
        if at < len(one.edges):
            edge = one.edges[at]
            quote = next((finding.quote for finding in edge.evidence if finding.quote), edge.note)
            printing.line(f"    {edge.type.replace('_', ' ')}: {printing.safe(quote)[:160]}")
