"""The month histogram above results: bars that are links."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from ui.addresses import Search
from ui.nodes import Node, div, link, span
from ui.widgets import count

MONTHS = 120
"""Bars that can be told apart; what is older is one link."""
ROOM = 25
"""Names of years that fit below the bars; the name of one with less room is left out."""


def histogram(months: Sequence[tuple[str, int]], asked: Search) -> Node | None:
    """Return hits a month; a bar narrows the search to its month, a year below to that year."""
    if len(months) < 2:
        return None
    earlier, months = months[:-MONTHS], months[-MONTHS:]
    most = max(number for _, number in months) or 1
    bars = [_bar(month, number, most, asked) for month, number in months]
    years = [(year, len(list(group))) for year, group in groupby(months, key=lambda pair: pair[0][:4])]
    return div(
        "",
        _before(earlier, asked),
        div("months", *bars),
        div(
            "years",
            *(
                link(
                    between(asked, f"{year}-01", f"{year}-12"),
                    year if size >= len(months) / ROOM else "",
                    share=size,
                    title=f"Only {year}",
                    label=f"Only {year}",
                )
                for year, size in years
            ),
        ),
    )


def _bar(month: str, number: int, most: int, asked: Search) -> Node:
    """Return a month's bar. The keyboard passes over it: by days and years it narrows with fewer steps."""
    if not number:
        return span("month")
    said = count(number, "result")
    return link(
        between(asked, month, month),
        span("", share=round(number / most, 3)),
        cls="month",
        title=f"{month}: {said}",
        label=f"{month}, {said}",
        passed=True,
    )


def _before(months: Sequence[tuple[str, int]], asked: Search) -> Node | None:
    """Return a link to what is older than the bars reach."""
    number = sum(each for _, each in months)
    if not number:
        return None
    last = months[-1][0]
    return link(between(asked, months[0][0], last), f"{number:,} earlier, up to {last}", cls="small")


def between(asked: Search, first: str, last: str) -> str:
    """Return the address of this search narrowed to the months from first to last (``YYYY-MM``)."""
    year, month = int(last[:4]), int(last[5:7])
    after = date.fromisoformat(f"{first}-01")
    return replace(asked, after=after, before=date(year, month, monthrange(year, month)[1]), page=1).address()
