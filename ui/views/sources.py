"""The health of the sources: what came in, what did not, and what to do about it."""

from datetime import datetime

from index.records import SourceHealth, Status
from ui import session
from ui.nodes import Node, div, el, span
from ui.views.home import when
from ui.widgets import count, draw, head, section

COLUMNS = ("Source", "State", "Last reached", "Last new")
NUMBERS = ("Captured", "Parsed", "Set aside", "Unchanged", "Reports")


def show() -> None:
    """Draw the page."""
    status = session.library().status(actor=session.actor())
    head("Sources", div("sub", f"{count(len(status.sources), 'source')}. Last run: {when(status.last_run)}."))
    draw(
        div(
            "stack wide",
            _balance(status),
            section("Open issues", *(_issues(status)), note=str(len(status.issues))),
            _on([source for source in status.sources if source.enabled]),
            _off([source for source in status.sources if not source.enabled]),
        ),
        key="sources",
    )


def _balance(status: Status) -> Node:
    parts = (
        f"{status.parsed:,} parsed + {status.quarantined:,} set aside + {status.unchanged:,} unchanged"
        f" + {status.pending:,} pending"
    )
    if status.balanced:
        return div("box note", el("strong", f"Nothing is lost: {status.captured:,} captured"), f" = {parts}.")
    return div(
        "box bad",
        el("strong", f"The count does not add up: {status.captured:,} captured"),
        f", but {parts}. Run ",
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
            div("small", el("strong", "What to do: "), issue.advice),
        )
        for issue in status.issues
    ]


def _on(sources: list[SourceHealth]) -> Node:
    if not sources:
        return section("Switched on", el("p", "None.", cls="soft"))
    heading = [
        *(el("th", name, scope="col") for name in COLUMNS),
        *(el("th", name, scope="col", cls="n") for name in NUMBERS),
    ]
    return section(
        "Switched on",
        _sheet(heading, [_row(source) for source in sources]),
        note=str(len(sources)),
    )


def _off(sources: list[SourceHealth]) -> Node | None:
    if not sources:
        return None
    heading = [el("th", name, scope="col") for name in ("Source", "Why it is off")]
    rows = [el("tr", el("td", _named(source)), el("td", source.disabled_reason)) for source in sources]
    return section("Switched off", _sheet(heading, rows), note=str(len(sources)))


def _sheet(heading: list[Node], rows: list[Node]) -> Node:
    return div("scroll", el("table", el("thead", el("tr", *heading)), el("tbody", *rows), cls="table"))


def _named(source: SourceHealth) -> Node:
    return div("", el("div", source.title, cls="untrusted"), el("div", source.key, cls="mono soft"))


def _row(source: SourceHealth) -> Node:
    numbers = (source.captured, source.parsed, source.quarantined, source.unchanged, source.reports)
    return el(
        "tr",
        el("td", _named(source), div("small", source.last_issue.advice) if source.last_issue else None),
        el("td", _state(source)),
        el("td", _day(source.last_ok), cls="num"),
        el("td", _day(source.last_new), cls="num"),
        *(el("td", f"{number:,}", cls="n") for number in numbers),
    )


def _state(source: SourceHealth) -> Node:
    if source.last_issue:
        return span("badge bad", source.last_issue.code)
    if source.silent_runs > 1:
        return span("badge warn", f"silent for {count(source.silent_runs, 'run')}")
    return span("badge judged", "working") if source.last_ok else span("badge", "not run yet")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
