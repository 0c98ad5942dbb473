"""The output of commands on a run and on the health of a library."""

from collections.abc import Sequence

from collectors.records import Issue
from index.records import Calibration, SourceHealth, Status, Tally
from index.search.query import Stamp
from index.verification import Verification
from ui.commands.listing import EMPTY, table
from ui.commands.printing import complain, line, out, plain
from ui.terms import count as plural

ITEMS = 5
"""Items shown of one kind of trouble."""


def tally(count: Tally, judged: int | None = None, stamp: Stamp | None = None) -> None:
    """Say what a run did, and each thing that went wrong with what to do about it."""
    line(f"{_sum(count)}; {plural(count.new_reports, 'new report')}, {count.changed_reports} changed")
    if judged is not None and stamp is not None:
        enriched(judged, stamp)
    _issues(count.issues[:20])
    if len(count.issues) > 20:
        line(f"… and {len(count.issues) - 20} more: see `moriarty status`")


def enriched(reports: int, stamp: Stamp) -> None:
    """Say how many reports were enriched and how many cards the index holds."""
    line(f"{plural(reports, 'report')} enriched; {plural(stamp.cards, 'card')} indexed")


def _sum(count: Tally | Status) -> str:
    ends = f"{count.parsed} parsed + {count.quarantined} set aside + {count.unchanged} unchanged"
    return f"{count.captured} captured = {ends}"


def _issues(issues: Sequence[Issue]) -> None:
    """List issues, each with what to do."""
    for issue in issues:
        complain(f"{issue.source}: {issue.item}: {issue.detail} ({issue.code}). {issue.advice}")


def status(state: Status) -> None:
    """Show the library's state of health."""
    made = table("", "")
    made.show_header = False
    balance = "adds up" if state.balanced else "DOES NOT ADD UP"
    judgements, cards = plural(state.judgements, "judgement"), plural(state.indexed, "card")
    changes, entries = plural(state.outbox, "change"), plural(state.audit_entries, "entry", "entries")
    rows = (
        ("Library", state.home),
        ("Captured", f"{_sum(state)} + {state.pending} pending ({balance})"),
        ("Reports", f"{state.reports} ({state.unenriched} not enriched yet)"),
        ("Incidents", f"{state.incidents}, {state.in_scope} of them AI crime"),
        ("Findings", f"{state.findings}; {judgements}; {state.queue} for a person to judge"),
        ("Index", f"generation {state.generation}, {cards}, {changes} waiting"),
        ("Models", f"{state.model}; {state.embedder}"),
        ("Release", state.release or "none learnt from judgements is in use"),
        *([("Enriching", state.notice)] if state.notice else []),
        ("Random check", _calibration(state.calibration)),
        ("Audit", f"{entries}, head {state.audit_head[:16]}"),
    )
    for name, text in rows:
        made.add_row(name, plain(text))
    out.print(made)
    out.print()
    if not state.reports:
        line(EMPTY)
    if state.unenriched:
        line(f"Not enriched yet: {plural(state.unenriched, 'report')}. Run `moriarty enrich`.")
    _sources([source for source in state.sources if source.enabled])
    off = [source for source in state.sources if not source.enabled]
    for source in off:
        out.print(plain(f"off  {source.key}: {source.disabled_reason}", "dim"))
    _what_to_do(state.issues)


def verified(found: Verification) -> None:
    """Say whether record, log and evidence are as they were written, and everything that is not."""
    for problem in found.record:
        complain(f"record: {problem}")
    for problem in found.evidence:
        complain(f"evidence: {problem}")
    if found.first_wrong is not None:
        complain(
            f"audit log: entry {found.first_wrong:,} is not as it was written, and none after it is proof"
        )
    if found.sound:
        line(
            f"the record, its audit log ({found.entries:,} entries) and the evidence are as they were written"
        )
    else:
        line("take the library out of use, keep a copy of it as it is, and restore from a backup")
    out.print(plain(f"head {found.head}"))


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
            plain(source.key),
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
        out.print(plain(f"{code} ({len(same)}): {same[0].advice}", "bold"))
        for issue in same[:ITEMS]:
            out.print(plain(f"  {issue.source}: {issue.item}: {issue.detail}"))
        if len(same) > ITEMS:
            out.print(plain(f"  … and {len(same) - ITEMS} more (--json lists them)", "dim"))
