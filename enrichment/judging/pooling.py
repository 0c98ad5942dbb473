"""An incident's codes, from what its reports' findings say together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import exp, log

from collectors.records import STARTER
from enrichment.records import Code, CodeRole, Finding, Subject
from enrichment.typology import Typology

COPY = 0.011
"""Two reports whose codes all score this much alike at most are taken for copies of one text."""
SURENESS = 2
"""Power of its greatest probability that a report weighs; chosen by halves of training incidents
(``tests/bench/joint.py``)."""
LEAST = 0.1
"""Pooled probability from which a code that no person accepted is a further code of the incident."""
FLOOR = 1e-4
"""Probability that no code falls below, so that no report alone rules one out."""

Scores = dict[str, float]


def pool(
    findings: Sequence[Finding],
    typology: Typology,
    judged: Collection[str] = (),
    copies: Collection[Collection[str]] = (),
) -> tuple[Code, ...]:
    """Return an incident's codes from the standing typology findings of all its reports, best first.

    A score is the logarithmic pool of the reports' probabilities (Genest and Zidek 1986): reports of one
    event are no independent witnesses, so more of them do not raise it. A report weighs as the square of its
    greatest probability: one that hardly says what happened leaves the word to one that does. Copies of one
    text count once: reports whose scores agree, and those that ``copies`` names together.
    ``judged`` names findings that people accepted; their codes come first and keep their role. At most one
    code is primary: the accepted one, else the likeliest that some report is decided on. A code suggested as
    a further one stays one only from ``LEAST`` on. The findings of a code say which report supports it, best
    first.
    """
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.subject is Subject.TYPOLOGY and finding.value in typology:
            by_code[finding.value].append(finding)
    accepted = set(judged) | {finding.id for finding in findings if finding.origin == STARTER}
    scores = pooled_scores(by_code, len(typology.codes()), copies)
    primary = _primary(by_code, scores, accepted)
    codes = [
        _pooled(code, found, scores[code], primary, accepted, set(judged)) for code, found in by_code.items()
    ]
    order = list(CodeRole)
    return tuple(
        sorted(codes, key=lambda code: (order.index(code.role), not code.judged, -code.score, code.concept))
    )


def pooled_scores(
    by_code: Mapping[str, Sequence[Finding]],
    codes: int,
    copies: Collection[Collection[str]],
    sureness: float = SURENESS,
) -> Scores:
    """Return the pooled probability of each code found; ``codes`` is how many there are in all."""
    reports: dict[str, Scores] = defaultdict(dict)
    for code, found in by_code.items():
        for finding in found:
            reports[finding.report][code] = finding.score
    texts = _texts(reports, copies)
    weights = [float(max(*text.values(), FLOOR) ** sureness) for text in texts]
    shares = [weight / sum(weights) for weight in weights]
    rests = [_left(text, codes) for text in texts]

    def mean(chances: Iterable[float]) -> float:
        return sum(share * log(max(chance, FLOOR)) for share, chance in zip(shares, chances, strict=True))

    logs = {
        code: mean(text.get(code, rest) for text, rest in zip(texts, rests, strict=True)) for code in by_code
    }
    whole = sum(exp(value) for value in logs.values()) + max(codes - len(logs), 0) * exp(mean(rests))
    return {code: min(exp(value) / whole, 1.0) for code, value in logs.items()}


def _left(text: Scores, codes: int) -> float:
    """Return the probability that a report leaves to each code it does not show."""
    return max((1 - sum(text.values())) / max(codes - len(text), 1), FLOOR)


def _texts(reports: Mapping[str, Scores], copies: Collection[Collection[str]]) -> list[Scores]:
    """Return the scores of one report of each text."""
    kept: list[Scores] = []
    seen: set[frozenset[str]] = set()
    groups = [frozenset(group) for group in copies]
    for report, scores in sorted(reports.items()):
        group = next((group for group in groups if report in group), frozenset({report}))
        if group not in seen and not any(_alike(scores, other) for other in kept):
            kept.append(scores)
        seen.add(group)
    return kept


def _alike(scores: Scores, others: Scores) -> bool:
    return scores.keys() == others.keys() and all(abs(scores[code] - others[code]) <= COPY for code in scores)


def _primary(
    by_code: Mapping[str, Sequence[Finding]], scores: Scores, accepted: Collection[str]
) -> str | None:
    support: dict[str, tuple[bool, float]] = {}
    for code, found in by_code.items():
        primaries = [finding for finding in found if finding.role == CodeRole.PRIMARY]
        if primaries:
            support[code] = (any(finding.id in accepted for finding in primaries), scores[code])
    return max(sorted(support), key=lambda code: support[code], default=None)


def _pooled(
    code: str,
    found: Sequence[Finding],
    score: float,
    primary: str | None,
    accepted: Collection[str],
    judged: Collection[str],
) -> Code:
    ranked = sorted(found, key=lambda finding: (finding.id not in accepted, -finding.score, finding.id))
    decided = [finding.score for finding in found if finding.id in accepted]
    role = CodeRole.NEAR_MISS
    if code == primary:
        role = CodeRole.PRIMARY
    elif decided or (
        score >= LEAST and any(finding.role in (CodeRole.PRIMARY, CodeRole.OTHER) for finding in found)
    ):
        role = CodeRole.OTHER
    return Code(
        concept=code,
        role=role,
        score=round(max([score, *decided]), 4),
        judged=any(finding.id in judged for finding in found),
        findings=tuple(finding.id for finding in ranked),
    )
