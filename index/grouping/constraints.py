"""The reports that people joined and parted, read from the log of their judgements."""

from collections.abc import Iterable
from itertools import combinations, product

from enrichment.records import report_of
from index.desk.judgements import standing_judgements
from index.records import Judgement, Verdict


def constraints(log: Iterable[Judgement]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pairs of reports that people put together and the pairs that they took apart.

    The newest judgement about a pair holds. A merge joins all reports of both incidents; a split parts every
    report that left from every one that stayed, and joins none. A report that was divided stands as passages
    apart from each other: one takes the report's place in what was decided before, the others are together
    with what told their incidents.
    """
    groups: list[set[str]] = []
    apart: set[tuple[str, str]] = set()
    for judgement in standing_judgements(log):
        if judgement.verdict is Verdict.MERGE:
            whole = {*judgement.members, *judgement.rest}
            groups, apart = _joined(groups, apart, whole)
        elif judgement.verdict is Verdict.SPLIT:
            left, stayed = set(judgement.members), set(judgement.rest)
            groups = [part for group in groups for part in _parted(group, left, stayed)]
            apart |= {_pair(one, other) for one, other in product(left, stayed)}
        elif judgement.verdict is Verdict.ACCEPT and judgement.members:
            report = report_of(judgement.members[0])
            heir = next((unit for unit, beside in _beside(judgement) if beside == report), None)
            groups, apart = _replaced(groups, apart, report, heir)
            for unit, beside in _beside(judgement):
                if beside and unit != heir:
                    groups, apart = _joined(groups, apart, {unit, beside})
            apart |= {_pair(one, other) for one, other in combinations(judgement.members, 2)}
    together = [_pair(min(group), other) for group in groups for other in group if other != min(group)]
    return sorted(together), sorted(apart)


def _beside(division: Judgement) -> Iterable[tuple[str, str]]:
    return zip(division.members, division.rest, strict=True)


def _replaced(
    groups: list[set[str]], apart: set[tuple[str, str]], whole: str, heir: str | None
) -> tuple[list[set[str]], set[tuple[str, str]]]:
    """Return the groups and pairs with a passage in the place of its report, or without that report."""
    instead = set() if heir is None else {heir}
    left = [group - {whole} | instead if whole in group else group for group in groups]
    pairs = ({heir if each == whole else each for each in pair} for pair in apart)
    parted = {_pair(*sorted(map(str, pair))) for pair in pairs if None not in pair and len(pair) == 2}
    return [group for group in left if len(group) > 1], parted


def _joined(
    groups: list[set[str]], apart: set[tuple[str, str]], whole: set[str]
) -> tuple[list[set[str]], set[tuple[str, str]]]:
    """Return the groups with these joined in one, and the pairs that are still apart."""
    joined = whole.union(*(group for group in groups if group & whole))
    return (
        [*(group for group in groups if not group & whole), joined],
        {pair for pair in apart if not joined.issuperset(pair)},
    )


def _parted(group: set[str], left: set[str], stayed: set[str]) -> list[set[str]]:
    """Return the parts of a group after a split; reports it does not name stay with the larger part."""
    gone, kept, others = group & left, group & stayed, group - left - stayed
    if not gone or not kept:
        return [group]
    parts = (gone | others, kept) if len(gone) > len(kept) else (gone, kept | others)
    return [part for part in parts if len(part) > 1]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
