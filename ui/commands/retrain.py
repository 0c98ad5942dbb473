"""The command that learns from judgements: a candidate release, its acceptance, and the way back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from collectors.errors import NotFound, WrongUse
from index.learning import wording
from index.wording import subject
from ui.commands import listing, printing
from ui.commands.options import as_json as json_option
from ui.commands.options import opened
from ui.terms import count


@click.command()
@click.option(
    "--gold",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of gold sets to hold the release against, beside the bundled cases.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 0.5),
    default=0.02,
    show_default=True,
    help="Fall of right answers on a frozen set above which a release is refused.",
)
@click.option(
    "--accept", "version", metavar="VERSION", help="Let this release make the suggestions from now on."
)
@click.option("--lift", "lifted", metavar="VERSION", help="Withdraw a person's refusal of this release.")
@click.option("--rollback", is_flag=True, help="Go back to what made them before the accepted release.")
@click.option("--list", "listed", is_flag=True, help="List the releases kept.")
@json_option
@click.pass_context
def retrain(
    context: click.Context,
    gold: Path | None,
    margin: float,
    version: str | None,
    lifted: str | None,
    rollback: bool,
    listed: bool,
    as_json: bool,
) -> None:
    """Learn from what people accepted or rejected, and show what that changes.

    That is primary codes, relevance, crime, AI use and kinds of event. Decisions on further codes, facts and
    groupings stand as made and teach nothing.
    What is learnt is a candidate release: nothing is suggested differently before it is accepted with
    --accept and reports are enriched again. Exit code 1 where the release is refused.
    """
    if sum((version is not None, lifted is not None, rollback, listed)) > 1:
        raise click.UsageError("choose one of --accept, --lift, --rollback and --list")
    library, actor = opened(context)
    if lifted is not None:
        library.learning.lift_refusal(lifted, actor=actor)
        printing.line(f"no person refuses {lifted} any more; --list says whether it may be accepted")
    elif version is not None:
        try:
            before = library.learning.accept_release(version, actor=actor)
        except NotFound as error:
            raise WrongUse(f"{error}; `moriarty retrain --list` names those kept") from error
        printing.line(f"{version} makes the suggestions now, instead of {before or 'the shipped models'}")
        printing.line(_AGAIN)
    elif rollback:
        try:
            now = library.learning.roll_back_release(actor=actor)
        except NotFound as error:  # there is no id to check
            raise WrongUse(str(error)) from error
        printing.line(f"{now or 'what comes with Moriarty'} makes the suggestions again")
        printing.line(_AGAIN)
    elif listed:
        _list(library.learning.releases(actor=actor), as_json)
    else:
        with printing.progress() as progress:
            report = library.learning.retrain(actor=actor, gold=gold, margin=margin, progress=progress)
        if as_json:
            printing.json_value(report)
        else:
            _show(report)
        printing.exit_by(bool(report["refused"]))


_AGAIN = "Run `moriarty enrich` to enrich the reports again."


def _list(reports: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        printing.json_value(reports)
        return
    made = listing.table("Version", "Reports", "Analysts", "May be accepted")
    for each in reports:
        made.add_row(
            each["version"],
            str(each["lessons"]),
            str(len({part["analyst"] for part in each["parts"]})),
            "no" if each["refused"] else "yes",
        )
    printing.out.print(made)


def _show(report: Mapping[str, Any]) -> None:
    printing.line(f"{count(report['lessons'], 'judged report')} on {count(report['incidents'], 'incident')}")
    for why, number in report["left_out"].items():
        printing.line(f"Nothing is learnt from {count(number, 'judged report')}: {why}")
    made = listing.table("Question", "Right answers on", "n", "Before", "After", "Change", "95 % interval")
    for each in (*report["guards"], *report["unseen"]):
        made.add_row(
            subject(each["question"]),
            printing.plain(each["name"]),
            str(each["n"]),
            f"{each['before']:.3f}",
            f"{each['after']:.3f}",
            f"{each['change']:+.3f}",
            f"{each['low']:+.3f} to {each['high']:+.3f}",
        )
    printing.out.print(made)
    printing.line(wording.GUARDED_BY)
    _parts(report["parts"])
    if idle := [subject(each["question"]).lower() for each in report["taught"] if each["strength"] == 0]:
        printing.line(f"{wording.IDLE} {', '.join(idle)}.")
    for reason in report["refused"]:
        printing.complain(f"Refused: {reason}.")
    if not report["refused"]:
        printing.line(f"To use it: moriarty retrain --accept {report['version']}")


def _parts(parts: list[dict[str, Any]]) -> None:
    made = listing.table("Analyst", "Question", "Lessons", "Agrees", "Others", "Worst change on frozen data")
    for each in parts:
        made.add_row(
            printing.plain(each["analyst"]),
            subject(each["question"]),
            str(each["lessons"]),
            _share(each["agreement"]),
            _share(each["others"]),
            f"{each['gain']:+.3f}",
        )
    printing.out.print(made)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
