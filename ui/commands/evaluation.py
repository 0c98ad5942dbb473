"""The command that measures: every figure with its size, its interval, its data and its goal."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enrichment.evaluation.figure import Figure, as_json
from index.settings import Settings
from ui.commands import listing, printing
from ui.commands.options import write

if TYPE_CHECKING:
    from enrichment.evaluation.scorecard import Scorecard

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.option("--gold", type=_FOLDER, help="Folder of gold sets.")
@click.option("--json", "as_value", is_flag=True, help="Print one JSON value instead of the page.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the JSON to this file as well.",
)
@click.option(
    "--publish",
    type=click.Path(path_type=Path, file_okay=False),
    help="Measure the shipped models; write figures.json and the pages made from it here.",
)
@click.pass_context
def evaluate(
    context: click.Context, gold: Path | None, as_value: bool, out: Path | None, publish: Path | None
) -> None:
    """Measure every published figure against gold data."""
    from index import evaluation  # here: the models take a second to load, and most commands do without

    settings: Settings = context.obj
    card = evaluation.evaluate(evaluation.gold_folder(gold), settings, shipped=publish is not None)
    text = as_json(card.value())
    if out is not None:
        write(out, text.encode())
    if publish is not None:
        for path in evaluation.publish(card, publish):
            printing.line(f"wrote {printing.shown(path)}")
    if as_value:
        click.echo(text, nl=False)
    else:
        _page(card)


def _page(card: "Scorecard") -> None:
    told = ", ".join(f"{name} {value}" for name, value in card.models.items() if value)
    _say(f"Measured: {told}")
    for data, measured in groupby(sorted(card.figures, key=_place(card)), key=lambda each: each.data):
        _say(f"\n{data}", "bold")
        _figures(list(measured))
    for name, table in card.reliability.items():
        _say(f"\nHow often the primary code was right, by its score: {name}", "bold")
        bins = listing.table("Score", "n", "Mean score", "Right")
        for row in table:
            bins.add_row(f"{row.low:.1f}–{row.high:.1f}", str(row.n), f"{row.score:.3f}", f"{row.right:.3f}")
        printing.out.print(bins)
    for missing in card.skipped:
        _say(f"Not measured: {missing.what}: {missing.why}", "dim")


def _place(card: "Scorecard") -> Callable[[Figure], int]:
    """Return the order of figures: each data where it is first met."""
    seen = list(dict.fromkeys(each.data for each in card.figures))
    return lambda each: seen.index(each.data)


def _figures(measured: Sequence[Figure]) -> None:
    made = listing.table("Figure", "Value", "95 % interval", "n", "Goal", "Met", "People")
    for each in measured:
        made.add_row(
            printing.plain(each.name),
            _number(each.value),
            f"{_number(each.low)}–{_number(each.high)}",
            str(each.n),
            _goal(each),
            {True: "yes", False: "NO", None: ""}[each.met],
            each.human,
        )
    printing.out.print(made)


def _say(text: str, style: str = "") -> None:
    printing.out.print(printing.plain(text, style))


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _goal(each: Figure) -> str:
    if each.goal is None:
        return ""
    return f"{'≤' if each.at_most else '≥'} {each.goal:g}"
