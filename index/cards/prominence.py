"""Report counts: how widely an incident is reported, as far as the record knows."""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.resources import files

from collectors.records import Report

PRESS_REPORTS = "press_reports"
"""Subject of a source's claim on the number of press reports about its event."""


def report_count(reports: Iterable[Report], copies: Collection[str] = ()) -> int:
    """Return the number of distinct reports among these and those they cite, without ``copies``.

    Each address counts once. The numbers of press reports that sources state without listing them, and those
    in ``prominence.toml``, are used if they are higher.
    """
    own = [report for report in reports if report.id not in copies]
    counted = sum(_claimed(report) for report in own)
    known = (events()[ref][1] for report in own for ref in report.refs if ref in events())
    return max(1, counted, *known, len({address for report in own for address in _addresses(report)}))


@cache
def events() -> dict[str, tuple[str, int]]:
    """Map outside ids to (incident in that database, number of press reports)."""
    data = tomllib.loads(files("index.cards").joinpath("prominence.toml").read_text("utf-8"))
    return {ref: (entry["incident"], entry["reports"]) for ref, entry in data["press_reports"].items()}


def _addresses(report: Report) -> Iterator[str]:
    yield report.url or report.id
    for cited in report.references:
        yield cited.url or f"{cited.publisher}: {cited.title}"


def _claimed(report: Report) -> int:
    numbers = (claim.value for claim in report.claims if claim.subject == PRESS_REPORTS)
    return sum(int(number) for number in numbers if number.isdecimal())
