"""Each row of a data set becomes a report or an issue, never neither."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pydantic import ValidationError

from collectors.errors import ItemError, Malformed
from collectors.records import Capture, Disposition, Issue, Outcome, Report, faults

MOST_ISSUES = 100
"""Issues of one kind that a data set leaves one by one; the rest are counted in one more."""

Row = TypeVar("Row")
Read = TypeVar("Read")


def issue_of(error: ItemError, item: str, capture: Capture) -> Issue:
    """Return the error as an issue dated by its capture, so that parsing again says exactly the same."""
    return error.issue(capture.source, item, capture.id).model_copy(update={"at": capture.finished})


def quarantined(error: ItemError, capture: Capture) -> Outcome:
    """Return the outcome of a capture of which nothing could be read."""
    issues = (issue_of(error, capture.requested_url, capture),)
    return Outcome(capture=capture.id, disposition=Disposition.QUARANTINED, issues=issues)


def gather(
    rows: Iterable[tuple[str, Row | ItemError]], read: Callable[[Row], Read], capture: Capture
) -> tuple[list[Read], list[Issue]]:
    """Read every ``(name, row)``; a row that is an error, or that ``read`` cannot take, becomes an issue."""
    results: list[Read] = []
    issues: list[Issue] = []
    for name, row in rows:
        try:
            if isinstance(row, ItemError):
                raise row
            results.append(read(row))
        except ItemError as error:
            issues.append(issue_of(error, name, capture))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            broken = Malformed(f"{name} does not have the expected form: {_fault(error)}")
            issues.append(issue_of(broken, name, capture))
    return results, issues


def _fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return faults(error)
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)


def outcome(reports: Iterable[Report], issues: Iterable[Issue], capture: Capture) -> Outcome:
    """Return the outcome of a data set: parsed where at least one row could be read."""
    kept = tuple(reports)
    disposition = Disposition.PARSED if kept else Disposition.QUARANTINED
    return Outcome(capture=capture.id, disposition=disposition, reports=kept, issues=tuple(_counted(issues)))


def _counted(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield the first issues of each kind, and for those beyond them one that says how many there are."""
    seen: Counter[str] = Counter()
    beyond: dict[str, Issue] = {}
    for issue in issues:
        seen[issue.code] += 1
        if seen[issue.code] <= MOST_ISSUES:
            yield issue
        else:
            beyond[issue.code] = issue
    for code, last in beyond.items():
        more = f"{seen[code] - MOST_ISSUES:,} more of this kind, the last: {last.detail}"
        yield last.model_copy(update={"detail": more})
