"""What the command line shows people: runs, hits, incidents and health."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from collectors.records import Issue
from enrichment.typology import Typology
from index import wording
from index.records import Calibration, IncidentView, ReportView, SourceHealth, Status, Tally
from index.search.query import Hit, Mode, Results, Stamp
from ui.printing import complain, line, out, safe

EMPTY = "The library is empty. `moriarty run` collects; `moriarty add PATH` takes in files."
_INSTEAD = {
    Mode.HYBRID: "Try fewer or other words, or --typology CODE alone.",
    Mode.KEYWORD: "Try fewer words, or --mode hybrid, which also finds what is close in meaning.",
    Mode.SEMANTIC: "Try --mode hybrid, which also finds words.",
}

ITEMS = 5
"""Items shown of one kind of trouble."""


def tally(count: Tally, judged: int | None = None, stamp: Stamp | None = None) -> None:
    """Say what a run did, and each thing that went wrong with what to do about it."""
    line(f"{_sum(count)}; {count.new_reports} new reports, {count.changed_reports} changed")
    if judged is not None and stamp is not None:
        line(f"{judged} reports judged; {stamp.cards} cards indexed")
    list_issues(count.issues[:20])
    if len(count.issues) > 20:
        line(f"… and {len(count.issues) - 20} more: see `moriarty status`")


def _sum(count: Tally | Status) -> str:
    ends = f"{count.parsed} parsed + {count.quarantined} quarantined + {count.unchanged} unchanged"
    return f"{count.captured} captured = {ends}"


def list_issues(issues: Sequence[Issue]) -> None:
    """List issues, each with what to do."""
    for issue in issues:
        complain(f"{issue.source}: {issue.item}: {issue.detail} ({issue.code}). {issue.advice}")


def table(*headings: str) -> Table:
    """Return an empty table with these headings."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def hits(found: Sequence[Hit], typology: Typology) -> None:
    """List hits with their passages, the matching words underlined."""
    for hit in found:
        codes = ", ".join(f"{code} {typology.label(code)}" for code in hit.typologies[:2])
        out.print(Text(safe(hit.title), style="bold"))
        places = ", ".join(wording.country(code) for code in hit.countries)
        facts = " · ".join(
            part for part in (hit.id, hit.date, places, codes, wording.money(hit.loss)) if part
        )
        out.print(Text(f"  {facts}", style="dim"))
        if hit.passage:
            marked = Text("  " + safe(hit.passage.text.replace("\n", " ")))
            for span in hit.passage.spans:
                marked.stylize("underline", span.start + 2, span.end + 2)
            out.print(marked)
        if hit.why:
            out.print(Text(f"  {hit.why}", style="dim italic"))
        out.print()


def notes(found: Results) -> None:
    """Say what the parser ignored and what was searched for instead; on stderr, also beside JSON."""
    for note in dict.fromkeys((*found.query.notes, *found.notes)):
        line(note)
    if found.suggestion:
        line(f"Searched for: {found.suggestion}")


def results(found: Results, typology: Typology) -> None:
    """List the answers to a query, or say why there are none."""
    if not found.stamp.cards:
        line(EMPTY)
    elif not found.hits:
        line(f"Nothing found. {_INSTEAD[found.query.mode]}")
    else:
        hits(found.hits, typology)
        line(f"{len(found.hits)} of {found.total} shown")


def view(shown_view: IncidentView | ReportView, typology: Typology) -> None:
    """Show one incident or report with its findings and their quotes."""
    if isinstance(shown_view, IncidentView):
        incident = shown_view.incident
        heading, text, where = incident.title, incident.summary, incident.id
    else:
        heading, text, where = shown_view.report.title, shown_view.report.text, shown_view.report.id
    out.print(Text(safe(heading), style="bold"))
    out.print(Text(where, style="dim"))
    out.print(Text(safe(text)))
    out.print()
    made = table("Claim", "Value", "Score", "State", "Words it rests on")
    for item in shown_view.findings:
        finding = item.finding
        named = (
            typology.label(finding.value)
            if finding.subject == "typology"
            else wording.value(finding.subject, finding.value)
        )
        made.add_row(
            Text(wording.subject(finding.subject)),
            Text(safe(f"{finding.value} {named}" if finding.subject == "typology" else named)),
            f"{finding.score:.2f}",
            Text(f"{item.state} {item.by}".strip()),
            Text(safe(finding.quote)),
        )
    out.print(made)


def status(state: Status) -> None:
    """Show the library's state of health."""
    made = table("", "")
    balance = "adds up" if state.balanced else "DOES NOT ADD UP"
    rows = (
        ("Library", state.home),
        ("Captured", f"{_sum(state)} + {state.pending} pending ({balance})"),
        ("Reports", f"{state.reports} ({state.unenriched} not judged yet)"),
        ("Incidents", f"{state.incidents}, {state.in_scope} of them AI crime"),
        ("Findings", f"{state.findings}; {state.judgements} judgements; {state.queue} wait for a person"),
        ("Index", f"generation {state.generation}, {state.indexed} cards, {state.outbox} changes waiting"),
        ("Models", f"{state.model}; {state.embedder}"),
        ("Release", state.release or "none learnt from judgements is in use"),
        *([("Judging", state.notice)] if state.notice else []),
        ("Random check", _calibration(state.calibration)),
        ("Audit", f"{state.audit_entries} entries, head {state.audit_head[:16]}"),
    )
    for name, text in rows:
        made.add_row(name, Text(safe(text)))
    out.print(made)
    out.print()
    if not state.reports:
        line(EMPTY)
    if state.unenriched:
        line("`moriarty enrich` judges what is not judged yet.")
    _sources([source for source in state.sources if source.enabled])
    off = [source for source in state.sources if not source.enabled]
    for source in off:
        out.print(Text(safe(f"off  {source.key}: {source.disabled_reason}"), style="dim"))
    _what_to_do(state.issues)


def _calibration(found: Calibration | None) -> str:
    """Say how right the machine is where people judged what was drawn at random."""
    if found is None or found.accuracy is None or found.error is None:
        return f"0 of {found.drawn if found else 0} suggestions drawn at random are judged"
    accepted = f"{found.accuracy:.0%} accepted [{found.accuracy_low:.0%} {found.accuracy_high:.0%}]"
    error = f"calibration error {found.error:.3f} [{found.error_low:.3f} {found.error_high:.3f}]"
    return f"{found.judged} of {found.drawn} suggestions drawn at random are judged: {accepted}, {error}"


def _sources(sources: Sequence[SourceHealth]) -> None:
    made = table("Source", "State", "Reports", "Last good", "Next due")
    for column in made.columns:
        column.no_wrap = True
    for source in sources:
        made.add_row(
            source.key,
            source.last_issue.code if source.last_issue else "ok" if source.last_ok else "not run yet",
            str(source.reports),
            f"{source.last_ok:%d %b %H:%M}" if source.last_ok else "never",
            f"{source.next_due:%d %b %H:%M}" if source.next_due else "now",
        )
    out.print(made)


def _what_to_do(issues: Sequence[Issue]) -> None:
    """Name each kind of trouble once, with what to do, and the items it happened to."""
    kinds = sorted({issue.code for issue in issues})
    for code in kinds:
        same = [issue for issue in issues if issue.code == code]
        out.print()
        out.print(Text(f"{code} ({len(same)}): {same[0].advice}", style="bold"))
        for issue in same[:ITEMS]:
            out.print(Text(safe(f"  {issue.source}: {issue.item}: {issue.detail}")))
        if len(same) > ITEMS:
            out.print(Text(f"  … and {len(same) - ITEMS} more (--json lists them)", style="dim"))
