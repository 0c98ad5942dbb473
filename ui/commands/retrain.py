"""The command that learns from judgements: a candidate release, its acceptance, and the way back."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from collectors.errors import NotFound, WrongUse
from enrichment.learning.figures import AnalystPart
from index.learning import wording
from index.learning.release import Release
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
            release = library.learning.retrain(actor=actor, gold=gold, margin=margin, progress=progress)
        if as_json:
            printing.json_value(_json(release))
        else:
            _show(release)
        printing.exit_by(bool(release.refused))


_AGAIN = "Run `moriarty enrich` to enrich the reports again."


def _json(release: Release) -> dict[str, object]:
    """Return the fields of a release in the order of its file."""
    fields: dict[str, object] = json.loads(release.text())
    return fields


def _list(releases: Sequence[Release], as_json: bool) -> None:
    if as_json:
        printing.json_value([_json(release) for release in releases])
        return
    made = listing.table("Version", "Reports", "Analysts", "May be accepted")
    for release in releases:
        made.add_row(
            release.version,
            str(release.lessons),
            str(len({part.analyst for part in release.parts})),
            "no" if release.refused else "yes",
        )
    printing.out.print(made)


def _show(release: Release) -> None:
    printing.line(f"{count(release.lessons, 'judged report')} on {count(release.incidents, 'incident')}")
    for why, number in release.left_out.items():
        printing.line(f"Nothing is learnt from {count(number, 'judged report')}: {why}")
    made = listing.table("Question", "Right answers on", "n", "Before", "After", "Change", "95 % interval")
    for compared in (*release.guards, *release.unseen):
        made.add_row(
            subject(compared.question),
            printing.plain(compared.name),
            str(compared.n),
            f"{compared.before:.3f}",
            f"{compared.after:.3f}",
            f"{compared.change:+.3f}",
            f"{compared.low:+.3f} to {compared.high:+.3f}",
        )
    printing.out.print(made)
    printing.line(wording.GUARDED_BY)
    _parts(release.parts)
    if idle := [subject(taught.question).lower() for taught in release.taught if taught.idle]:
        printing.line(f"{wording.IDLE} {', '.join(idle)}.")
    for reason in release.refused:
        printing.complain(f"Refused: {reason}.")
    if not release.refused:
        printing.line(f"To use it: moriarty retrain --accept {release.version}")


def _parts(parts: Sequence[AnalystPart]) -> None:
    made = listing.table("Analyst", "Question", "Lessons", "Agrees", "Others", "Worst change on frozen data")
    for part in parts:
        made.add_row(
            printing.plain(part.analyst),
            subject(part.question),
            str(part.lessons),
            _share(part.agreement),
            _share(part.others),
            f"{part.gain:+.3f}",
        )
    printing.out.print(made)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
