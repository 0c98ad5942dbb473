"""The commands about what incidents say together: what emerges, and how two things are tied."""

from collections.abc import Sequence
from datetime import date

import click

from collectors.errors import WrongUse
from enrichment.network.records import Node, Outlook, Path, Rise
from ui.commands import printing
from ui.commands.options import PartialDay, as_json, opened
from ui.drawing import caption
from ui.terms import count, kind, verb

QUIET = 5
"""Kinds of crime that seem as ever and are listed, the likeliest to rise first."""
CALM = 2
"""How a kind of crime stands that neither rises nor perhaps does."""


@click.command()
@click.option(
    "--as-of",
    type=PartialDay(last=True),
    help="Leave out all that became known after this day: YYYY, YYYY-MM or YYYY-MM-DD.",
)
@as_json
@click.pass_context
def emerging(context: click.Context, as_of: date | None, as_json: bool) -> None:
    """Show which kinds of crime rise beyond chance and what fits none.

    Each source is compared with its own past, so a new feed raises no alarm.
    """
    library, actor = opened(context)
    found = library.analysis.emerging(actor=actor, as_of=as_of)
    if as_json:
        printing.json_value(found.model_dump(mode="json"))
    else:
        outlook(found)


def outlook(found: Outlook) -> None:
    """List what rises, and what is told alike and fits no kind of crime."""
    if found.as_of is None:
        printing.line("Too little is dated to compare.")
        return
    printing.line(
        f"As of {found.as_of}: {found.compared} comparisons, each source with its own past; "
        f"false alarms in at most {found.false_alarms:.0%} of looks."
    )
    rises = sorted(found.rises, key=_standing)
    told = sum(_standing(rise) < CALM for rise in rises)
    for rise in rises[: told + QUIET]:
        _print_rise(rise)
    if found.unheard:
        _say(f"First told of in three years, no alarm: {', '.join(found.unheard)}.")
    _say(f"Recent incidents of no known kind: {found.unfit}; groups of similar ones: {len(found.clusters)}.")
    for cluster in found.clusters:
        _say(
            f"  {', '.join(cluster.words)}: {count(len(cluster.incidents), 'incident')}, "
            f"nearest {cluster.nearest}, as large by chance in {cluster.chance:.0%}"
        )
        for key in cluster.incidents:
            _say(f"    {key}  {found.titles.get(key, '')}")


def _print_rise(rise: Rise) -> None:
    """Print a kind of crime with its figures below its name, which fits on a narrow terminal."""
    verdict = ("rises", "perhaps rises", "as ever")[_standing(rise)]
    _say(f"{rise.concept} {rise.label}", style="bold" if _standing(rise) < CALM else "")
    _say(
        f"  {verdict}: {rise.recent} in {rise.days} days, {rise.before} before; "
        f"{rise.ratio:.1f} times ({rise.low:.1f} to {rise.high:.1f}), chance {rise.chance:.3f}",
        style="dim",
    )


def _standing(rise: Rise) -> int:
    return 0 if rise.flagged else 1 if rise.stirs else CALM


@click.command()
@click.argument("start")
@click.argument("end")
@as_json
@click.pass_context
def path(context: click.Context, start: str, end: str, as_json: bool) -> None:
    """Show how two things are tied, each given by its name or id.

    Things are tools, platforms, offences, kinds of crime or incidents.
    """
    library, actor = opened(context)
    ways = library.analysis.paths(start, end, actor=actor)
    if ways.alike:
        raise WrongUse("; ".join(_unknown(name, alike) for name, alike in ways.alike.items()))
    if as_json:
        printing.json_value([one.model_dump(mode="json") for one in ways.paths])
        return
    if not ways.paths:
        printing.line("There is no way between them.")
    for number, one in enumerate(ways.paths, 1):
        _print_way(one, number)


def _unknown(name: str, alike: Sequence[Node]) -> str:
    said = f"the graph has no {name[:80]!r}"
    return f"{said}, but {', '.join(node.id for node in alike)}" if alike else said


def _print_way(one: Path, number: int) -> None:
    basis = "all steps from reports" if one.reported else "some steps from the typology alone"
    if one.through_hubs:
        basis += "; through a country or kind that many incidents share, so it says little"
    _say(f"Way {number}, {count(len(one.edges), 'step')}, {basis}", style="bold")
    for at, node in enumerate(one.nodes):
        _say(f"  {caption(node)}  ({kind(node)}, {node.id})")
        if at < len(one.edges):
            edge = one.edges[at]
            quote = next((finding.quote for finding in edge.evidence if finding.quote), edge.note)
            _say(f"    {verb(edge, node.id)}: {quote[:160]}", style="dim")


def _say(text: str, style: str = "") -> None:
    printing.out.print(printing.plain(text, style))
