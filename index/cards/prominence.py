"""How widely an incident is reported, as far as the record knows: what many tell, many half remember."""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.resources import files

from collectors.records import Report

PRESS_REPORTS = "press_reports"
"""Subject of the claim of a source that counts the press reports of what it tells."""


def report_count(reports: Iterable[Report], copies: Collection[str] = ()) -> int:
    """Return the number of distinct reports among these and the addresses they cite, without ``copies``.

    Each address counts once. Where sources count press reports that they do not list, their numbers stand if
    they add up to more; so does the number in ``prominence.toml``.
    """
    own = [report for report in reports if report.id not in copies]
    counted = sum(_claimed(report) for report in own)
    known = (events()[ref][1] for report in own for ref in report.refs if ref in events())
    return max(1, counted, *known, len({address for report in own for address in _addresses(report)}))


@cache
def events() -> dict[str, tuple[str, int]]:
    """Return events of other sources: by outside id, the incident of the database and its press reports."""
    told = tomllib.loads(files("index.cards").joinpath("prominence.toml").read_text("utf-8"))["press_reports"]
    return {ref: (known["incident"], known["reports"]) for ref, known in told.items()}


def _addresses(report: Report) -> Iterator[str]:
    yield report.url or report.id
    for cited in report.references:
        yield cited.url or f"{cited.publisher}: {cited.title}"


def _claimed(report: Report) -> int:
    numbers = (claim.value for claim in report.claims if claim.subject == PRESS_REPORTS)
    return sum(int(number) for number in numbers if number.isdecimal())
