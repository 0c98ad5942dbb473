"""The command that lists what people decided across a library."""

from datetime import date

import click

from enrichment.typology import Typology
from index.desk.decisions import LoggedDecision
from ui.commands import printing
from ui.commands.options import PartialDay, as_json, opened
from ui.sentences import sentence


@click.command()
@click.option("--by", default="", help="Only what this person decided.")
@click.option("--since", type=PartialDay(), help="Earliest day: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Most decisions shown."
)
@as_json
@click.pass_context
def decisions(context: click.Context, by: str, since: date | None, limit: int, as_json: bool) -> None:
    """List who decided what, the newest first."""
    library, actor = opened(context)
    found = library.decisions(actor=actor, by=by, since=since, limit=limit)
    if as_json:
        printing.json_value([_value(item, library.typology) for item in found.items])
        return
    for item in found.items:
        _show(item, library.typology)
    if found.items:
        printing.line(f"{len(found.items)} of {found.total} shown")
    elif found.people:
        printing.line(f"No decision is like that. Who has decided: {', '.join(found.people)}.")
    else:
        printing.line("Nobody has decided anything in this library yet; `moriarty serve` has the review.")


def _show(item: LoggedDecision, typology: Typology) -> None:
    judgement = item.judgement
    said = f"{judgement.by} {sentence(item, typology)}{' (taken back)' if judgement.undone else ''}"
    where = " · ".join(filter(None, (item.incident or item.report, item.incident_title or item.report_title)))
    printing.out.print(printing.plain(f"{judgement.at:%Y-%m-%d %H:%M} UTC  {said}"))
    printing.out.print(printing.plain(f"  {where}", "dim"))
    if judgement.reason:
        printing.out.print(printing.plain(f"  Reason: {judgement.reason}", "dim italic"))


def _value(item: LoggedDecision, typology: Typology) -> dict[str, object]:
    """Return a decision as programs read it."""
    judgement = item.judgement
    return {
        "id": judgement.id,
        "at": judgement.at.isoformat(),
        "by": judgement.by,
        "role": judgement.role.value,
        "verdict": judgement.verdict.value,
        "said": sentence(item, typology),
        "target": judgement.target,
        "subject": item.subject,
        "value": item.value,
        "reason": judgement.reason,
        "undone": judgement.undone,
        "incident": item.incident,
        "title": item.incident_title or item.report_title,
        "report": item.report,
    }
