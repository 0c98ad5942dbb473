"""Pairs of incidents that may be one event: told alike, of about the same time, and not known to be two."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from enrichment.grouping.when import When
from enrichment.network.days import day_of
from enrichment.network.records import MergeCandidate
from enrichment.records import Incident, Subject

LEAST = 0.55
"""Likeness, a cosine from -1 to 1, from which two incidents are told alike.

Most pairs of incidents that grouping leaves apart and a reader takes for one are above it; so are series of
like crimes, which only a person tells apart.
"""
WINDOW_DAYS = 31
NEWEST = 2_000
"""Of more incidents, the newest are compared: all pairs of them fit in memory."""
_NAMES = (Subject.TOOL, Subject.PLATFORM, Subject.ORGANISATION)


def merge_candidates(
    incidents: Sequence[Incident],
    vectors: Mapping[str, NDArray[np.float32]],
    apart: Collection[tuple[str, str]],
    limit: int,
) -> tuple[MergeCandidate, ...]:
    """Return the pairs that a person should look at, the most alike first, at most ``limit``.

    ``vectors`` holds a unit row an incident, shape (dimensions,); one without is in no pair. ``apart`` are
    pairs of reports that people decided tell different incidents. Two that carry different outside ids of one
    scheme, or share a report, are two.
    """
    dated = sorted((one for one in incidents if one.id in vectors), key=_newest, reverse=True)[:NEWEST]
    if len(dated) < 2:
        return ()
    rows = np.stack([vectors[one.id] for one in dated])
    likeness = np.triu(rows @ rows.T, 1)
    ordered = sorted(zip(*np.nonzero(likeness >= LEAST), strict=True), key=lambda pair: -likeness[pair])
    decided = {frozenset(pair) for pair in apart}
    found: list[MergeCandidate] = []
    for first, second in ordered:
        left, right = dated[first], dated[second]
        if _about_the_same_time(left, right) and not _known_as_two(left, right, decided):
            found.append(_candidate(left, right, float(likeness[first, second])))
            if len(found) == limit:
                break
    return tuple(found)


def _newest(incident: Incident) -> tuple[str, str]:
    day = day_of(incident)
    return day.isoformat() if day else "", incident.id


def _when(incident: Incident) -> When | None:
    known = incident.occurred or incident.first_published
    return When.of(known) if known is not None else None


def _about_the_same_time(left: Incident, right: Incident) -> bool:
    first, second = _when(left), _when(right)
    return first is None or second is None or first.days_to(second) <= WINDOW_DAYS


def _known_as_two(left: Incident, right: Incident, decided: Collection[frozenset[str]]) -> bool:
    schemes = [{ref.partition(":")[0] for ref in one.refs} for one in (left, right)]
    return (
        bool(schemes[0] & schemes[1])
        or bool({*left.reports} & {*right.reports})
        or any(frozenset((one, other)) in decided for one in left.reports for other in right.reports)
    )


def _candidate(left: Incident, right: Incident, likeness: float) -> MergeCandidate:
    reasons = [f"Their accounts are alike (likeness {likeness:.2f})"]
    if shared := sorted(_names(left) & _names(right)):
        reasons.append(f"Both name {', '.join(shared)}")
    first, second = _when(left), _when(right)
    if first is not None and second is not None and first.exact and second.exact:
        days = first.days_to(second)
        apart = f"{days} day{'s' * (days > 1)} apart"
        reasons.append(f"Their dates are {apart if days else 'the same'}")
    if left.primary is not None and left.primary == right.primary:
        reasons.append(f"Both are coded {left.primary}")
    return MergeCandidate(
        left=left.id, right=right.id, titles=(left.title, right.title), reasons=tuple(reasons)
    )


def _names(incident: Incident) -> set[str]:
    return {finding.value for finding in incident.findings if finding.subject in _NAMES}
