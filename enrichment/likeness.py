"""How likely two reports tell of the same event, and why.

The weights are reasoned: shared rare names and figures are what a second account of one event cannot avoid;
likeness of wording alone also joins look-alikes (same method, other victims), so it never decides by itself.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations

import numpy as np
from babel import Locale
from numpy.typing import NDArray

from collectors.records import PartialDate, Report
from enrichment.phrases import SENTENCE_END, load
from enrichment.records import Finding, Subject

Vector = NDArray[np.float32]

SAME_INCIDENT_AT = 0.5
"""The likeness from which two reports are linked."""
_CAPITAL = re.compile(r"[A-Z][\w’'-]{1,30}")
_FIGURE = re.compile(r"(?<![\w.,])\d[\d,.]{0,11}\d(?![\w%])|(?<![\w.,])[6-9](?![\w.,%])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BIAS = -3.6  # nothing known: about 0.03
_WORDING = 5.0  # times (cosine - 0.4), so a cosine of 0.8 gives 2
_SHARE = 2.5  # times the share of the lesser report's rare words that both have
_MASS = 3.0  # times how much rarity both have, saturating
_LOSS, _OTHER_LOSS = 2.0, -1.5
_COUNTRY, _OTHER_COUNTRY = 0.4, -1.0
_CLOSE, _FAR = 0.5, -2.0
_HALF_MASS = 40.0
"""Shared rarity that gives half of the weight: about three names of which each is in one report of thirty."""


@dataclass(frozen=True)
class Groupable:
    """A report as grouping sees it; ``vector`` is None or float32 of shape (dims,), unit length."""

    report: str
    title: str
    text: str
    published: PartialDate | None
    refs: tuple[str, ...]
    findings: tuple[Finding, ...]
    vector: Vector | None

    @classmethod
    def of(cls, report: Report, findings: Iterable[Finding], vectors: Vector | None) -> "Groupable":
        """Return a judged report; ``vectors`` has a row a passage, the first of them read with the title."""
        first = vectors[0] if vectors is not None and len(vectors) else None
        return cls(
            report.id, report.title, report.text, report.published, report.refs, tuple(findings), first
        )


@dataclass(frozen=True)
class Profile:
    """What of a report is compared."""

    words: frozenset[str]
    """Capitalised words and figures, in lower case."""
    losses: Mapping[str, frozenset[float]]
    """Amounts called the loss, by currency."""
    loss_findings: Mapping[str, str]
    """The finding behind each such sum, by its value."""
    countries: frozenset[str]
    when: date | None
    precision: str
    vector: Vector | None


@dataclass(frozen=True)
class Likeness:
    """The score of a pair, between 0 and 1, and its reasons, strongest first."""

    score: float
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]


def is_coded(finding: Finding) -> bool:
    """Return whether a source or a person coded this, rather than a model or rule that names its version."""
    return "@" not in finding.origin


def profile(item: Groupable) -> Profile:
    """Return what of a report is compared."""
    losses: dict[str, set[float]] = {}
    behind = {}
    for finding in item.findings:
        if finding.subject is Subject.LOSS and finding.role in ("loss", "equivalent"):
            currency, amount = finding.value.split()
            losses.setdefault(currency, set()).add(float(amount))
            behind[finding.value] = finding.id
    when = _when(item)
    return Profile(
        frozenset(_telling_words(item.title, item.text)),
        {currency: frozenset(amounts) for currency, amounts in losses.items()},
        behind,
        frozenset(
            finding.value[:2]
            for finding in item.findings
            if finding.subject is Subject.COUNTRY and (finding.role == "where" or is_coded(finding))
        ),
        when.first if when is not None else None,
        when.precision if when is not None else "",
        item.vector,
    )


def _when(item: Groupable) -> PartialDate | None:
    """Return when the matter happened, else when it was published."""
    dates = [finding.value for finding in item.findings if finding.subject is Subject.DATE]
    occurred = [
        finding.value
        for finding in item.findings
        if finding.subject is Subject.DATE and finding.role == "occurred"
    ]
    chosen = max(occurred or dates, key=len, default=None)
    return PartialDate(value=chosen) if chosen is not None else item.published


@cache
def _common() -> frozenset[str]:
    """Words that name no one event: months, offices, and countries, which are compared by themselves."""
    places = load("places")
    names = [
        name for listing in ("names", "demonyms") for names in places[listing].values() for name in names
    ]
    names += [name for code, name in Locale("en").territories.items() if len(code) == 2]
    apart = {word.lower() for name in names for word in _CAPITAL.findall(name)}
    return frozenset(apart | set(load("common_names")["words"]))


@cache
def _makers() -> frozenset[str]:
    """Words of tools, platforms and their makers: in many events, so they tell half as much."""
    listed = [*load("tools"), *load("platforms")]
    names = [entry.get(key, "") for entry in listed for key in ("name", "developer", "operator")]
    return frozenset(word.lower() for name in names for word in _CAPITAL.findall(name))


def _telling_words(title: str, text: str) -> Iterable[str]:
    """Yield names and figures: capitalised words that are not only so at a sentence's start, and numbers."""
    lower = set(re.findall(r"\b[a-z][\w’'-]{1,30}", text))
    starts = {0, *(match.end() for match in SENTENCE_END.finditer(text))}
    for match in _CAPITAL.finditer(text):
        word = match[0].removesuffix("'s").removesuffix("’s").lower()
        if word not in lower and word not in _common() and (match.start() not in starts or len(word) > 7):
            yield word
    for match in _FIGURE.finditer(f"{text} {title}"):
        if not _YEAR.fullmatch(match[0]):
            yield match[0].replace(",", "")
    # Headlines may capitalise every word, so there only unusual forms count as names.
    for match in re.finditer(r"\b[A-Z][\w]*[A-Z\d][\w-]*", title):
        if match[0].lower() not in _common():
            yield match[0].lower()


class Corpus:
    """Profiles of many reports with how rare each telling word is among them."""

    def __init__(self, items: Sequence[Groupable]) -> None:
        self.profiles = [profile(item) for item in items]
        self.counts = Counter(word for one in self.profiles for word in one.words)
        # Among few reports a word that two share is not yet common; assume a library of at least this size.
        self._size = max(len(items), 200)

    def rarity(self, word: str) -> float:
        """Return a word's inverse document frequency, ln(reports / (1 + those with it)); half for makers."""
        rarity = max(0.0, math.log(self._size / (1 + self.counts[word])))
        return rarity / 2 if word in _makers() else rarity

    def likeness(self, left: int, right: int) -> Likeness:
        """Return how likely two reports, by place, tell of the same event."""
        one, other = self.profiles[left], self.profiles[right]
        parts = [
            self._wording(one, other),
            self._names(one, other),
            _losses(one, other),
            _countries(one, other),
            _dates(one, other),
        ]
        total = _BIAS + sum(weight for weight, _ in parts)
        ordered = sorted((part for part in parts if part[1] and part[0] > 0), key=lambda part: -part[0])
        return Likeness(
            1 / (1 + math.exp(-total)),
            tuple(reason for _, reason in ordered),
            tuple(_shared_evidence(one, other)),
        )

    def _wording(self, one: Profile, other: Profile) -> tuple[float, str]:
        if one.vector is None or other.vector is None:
            return 0.0, ""
        cosine = float(one.vector @ other.vector)
        return _WORDING * (cosine - 0.4), f"similar wording {cosine:.2f}"

    def _names(self, one: Profile, other: Profile) -> tuple[float, str]:
        shared = sorted(one.words & other.words, key=lambda word: (-self.rarity(word), word))
        weight = sum(self.rarity(word) ** 2 for word in shared)
        lesser = min(self._mass(one.words), self._mass(other.words))
        if not shared or not lesser:
            return 0.0, ""
        # Two short reports that share their only name say little: hold back until enough rarity is shared.
        share = min(1.0, 1.6 * weight / (lesser + _HALF_MASS / 2))
        reason = "both name " + ", ".join(shared[:4])
        return _SHARE * share + _MASS * weight / (weight + _HALF_MASS), reason

    def _mass(self, words: Collection[str]) -> float:
        return sum(self.rarity(word) ** 2 for word in words)


def _near(left: float, right: float) -> bool:
    """Return whether two amounts can be the same one, rounded."""
    return abs(left - right) <= 0.04 * max(left, right)


def _losses(one: Profile, other: Profile) -> tuple[float, str]:
    contradicts = False
    for currency in sorted(one.losses.keys() & other.losses.keys()):
        for mine in sorted(one.losses[currency]):
            if any(_near(mine, theirs) for theirs in other.losses[currency]):
                return _LOSS, f"both say {currency} {mine:.15g}"
        contradicts = True
    return (_OTHER_LOSS if contradicts else 0.0), ""


def _countries(one: Profile, other: Profile) -> tuple[float, str]:
    if not one.countries or not other.countries:
        return 0.0, ""
    shared = sorted(one.countries & other.countries)
    return (_COUNTRY, f"both in {', '.join(shared)}") if shared else (_OTHER_COUNTRY, "")


def _dates(one: Profile, other: Profile) -> tuple[float, str]:
    if one.when is None or other.when is None:
        return 0.0, ""
    days = abs((one.when - other.when).days)
    if "year" in (one.precision, other.precision):
        return (_FAR, "") if days > 3 * 366 else (0.0, "")
    if days <= 31:
        return _CLOSE, f"dates {days} days apart"
    # A trial follows an offence by a year or two, so only more than that speaks against.
    return (_FAR, "") if days > 3 * 366 else (0.0, "")


def _shared_evidence(one: Profile, other: Profile) -> Iterable[str]:
    for value in sorted(one.loss_findings.keys() & other.loss_findings.keys()):
        yield one.loss_findings[value]
        yield other.loss_findings[value]


def mean_likeness(
    corpus: Corpus, left: Sequence[int], right: Sequence[int], known: dict[tuple[int, int], float]
) -> float:
    """Return the mean score over pairs of two clusters; of a large cluster only its first members count."""
    pairs = [tuple(sorted((a, b))) for a in left[:12] for b in right[:12]]
    total = 0.0
    for a, b in pairs:
        if (a, b) not in known:
            known[a, b] = corpus.likeness(a, b).score
        total += known[a, b]
    return total / len(pairs)


def pairs_of(places: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Yield each unordered pair of a list of places, smaller place first."""
    return combinations(sorted(places), 2)
