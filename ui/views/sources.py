"""The health of the sources: what came in, what did not, and what to do about it."""

from collections.abc import Sequence
from datetime import datetime

from index.records import SourceHealth, Status
from ui import session
from ui.nodes import Node, div, el, span
from ui.views.home import when
from ui.widgets import count, draw, empty, head, inline, section, table

COLUMNS = ("Source", "State", "Last reached", "Last new")
NUMBERS = ("Captured", "Parsed", "Set aside", "Unchanged", "Reports")


def show() -> None:
    """Draw the page."""
    status = session.library().status(actor=session.actor())
    head("Sources", div("sub", f"{count(len(status.sources), 'source')}. Last run: {when(status.last_run)}."))
    if not status.sources:
        said = (
            "No source is read and no file added yet: ",
            el("code", "moriarty run"),
            " reads the sources, ",
        )
        draw(
            empty(
                "Nothing has come in yet", el("p", *said, el("code", "moriarty add FOLDER"), " adds files.")
            ),
            key="none",
        )
        return
    read = [source for source in status.sources if source.captured or source.last_issue or source.last_ok]
    rest = [source for source in status.sources if source not in read]
    draw(
        div(
            "stack wide",
            _balance(status),
            section("Open issues", *(_issues(status)), note=str(len(status.issues))),
            _read(read),
            _unread([source for source in rest if source.enabled]),
            _off([source for source in rest if not source.enabled]),
        ),
        key="sources",
    )


def _balance(status: Status) -> Node:
    parts = (
        f"{status.parsed:,} read, {status.quarantined:,} set aside as unreadable, "
        f"{status.unchanged:,} the same as before, {status.pending:,} still to read"
    )
    if status.balanced:
        return div(
            "box note",
            el("strong", f"All {status.captured:,} captured pages and files are accounted for"),
            f": {parts}.",
        )
    return div(
        "box bad",
        el("strong", f"The count does not add up: {status.captured:,} captured"),
        f", but these are {parts}. Run ",
        el("code", "moriarty run"),
        " again; if it stays, keep the evidence folder and restore the record from a backup.",
    )


def _issues(status: Status) -> list[Node]:
    if not status.issues:
        return [el("p", "None.", cls="soft")]
    return [
        div(
            "entry",
            div(
                "row",
                el("strong", issue.source),
                span("badge warn", issue.code),
                span("soft small num", f"{issue.at:%Y-%m-%d %H:%M} UTC"),
            ),
            div("mono untrusted", issue.item),
            div("small untrusted", issue.detail),
            div("small", el("strong", "What to do: "), *inline(issue.advice)),
        )
        for issue in status.issues
    ]


def _read(sources: Sequence[SourceHealth]) -> Node | None:
    """Return the sources that something came from or was tried, those with trouble first."""
    if not sources:
        return None
    ordered = sorted(sources, key=lambda source: (source.last_issue is None, not source.silent_runs))
    return section(
        "Read so far",
        table(
            (*COLUMNS, *NUMBERS),
            map(_row, ordered),
            numbers=range(len(COLUMNS), len(COLUMNS) + len(NUMBERS)),
            looks={0: "name", 2: "soft", 3: "soft"},
        ),
        note=str(len(sources)),
    )


def _unread(sources: Sequence[SourceHealth]) -> Node | None:
    if not sources:
        return None
    return section(
        "Switched on, not read yet",
        el("p", "The next ", el("code", "moriarty run"), " reads them."),
        div("cols small", *map(_named, sources)),
        note=str(len(sources)),
    )


def _off(sources: Sequence[SourceHealth]) -> Node | None:
    if not sources:
        return None
    rows = [(_named(source), div("", *inline(source.disabled_reason))) for source in sources]
    return section(
        "Switched off", table(("Source", "Why it is off"), rows, stacks=True), note=str(len(sources))
    )


def _named(source: SourceHealth) -> Node:
    return div("", el("div", source.title, cls="untrusted"), el("div", source.key, cls="mono soft"))


def _row(source: SourceHealth) -> list[Node]:
    numbers = (source.captured, source.parsed, source.quarantined, source.unchanged, source.reports)
    return [
        div(
            "", _named(source), div("small", *inline(source.last_issue.advice)) if source.last_issue else None
        ),
        _state(source),
        _day(source.last_ok) if source.enabled or source.last_ok else "–",
        _day(source.last_new),
        *(f"{number:,}" for number in numbers),
    ]


def _state(source: SourceHealth) -> Node:
    if source.last_issue:
        return span("badge bad", source.last_issue.code)
    if source.silent_runs > 1:
        return span("badge warn", f"silent for {count(source.silent_runs, 'run')}")
    if not source.enabled:
        return span("badge plain", "added by hand")
    return span("badge judged", "working") if source.last_ok else span("badge", "not run yet")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
