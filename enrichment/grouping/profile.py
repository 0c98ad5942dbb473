"""A report as grouping sees it: its names and figures, sums, countries, dates and vector."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import numpy as np
from babel import Locale
from numpy.typing import NDArray

from collectors.records import PartialDate, Report
from enrichment.extraction.passage import SENTENCE_END
from enrichment.extraction.phrases import load
from enrichment.grouping.accused import Accused
from enrichment.grouping.figures import figures, telling
from enrichment.grouping.when import When
from enrichment.records import CodeRole, Finding, Subject

Vector = NDArray[np.float32]

_CAPITAL = re.compile(r"[A-Z][\w’'-]{1,30}")
_HEDGE_CHARACTERS = 24
"""Characters before a sum in which words may say that it is rounded."""
_LINK = re.compile(r"\s(?:of\s(?:the\s)?|for\s(?:the\s)?|de\s|van\s|von\s)?")
_READ_CHARACTERS = 30_000
"""Characters of a text in which names and figures are looked for."""
_LATE_FROM, _LEAD_CHARACTERS = 0.5, 400
"""The share of a text, and the characters, after which what is named for the first time may be an aside."""
_SHARED = (Subject.ORGANISATION, Subject.TOOL, Subject.PLATFORM)
_LATE = timedelta(days=31)
"""A report may say "next week": only an event further off than this cannot have happened before it."""


@dataclass(frozen=True)
class Groupable:
    """A report as grouping takes it; ``vector`` is None or float32 of shape (dims,), unit length."""

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


class Sum(NamedTuple):
    """A sum as a report states it."""

    currency: str
    amount: float
    rough: bool
    """Whether it is only given as about, nearly or more than so much."""
    bare: bool
    """Whether it is written with a bare ``$``, which may be any country's dollar."""


class Word(NamedTuple):
    """A name or figure as a report writes it, and the number of the phrase it first stands in."""

    written: str
    phrase: int
    aside: bool
    """Whether it comes late and once only, as what an article adds on earlier cases."""


@dataclass(frozen=True)
class Profile:
    """The parts of a report that grouping compares."""

    words: Mapping[str, Word]
    """Names and figures, by their lower case."""
    losses: tuple[Sum, ...]
    """Sums called the loss, each once, by currency, the largest of each first."""
    stated: frozenset[str]
    """The figures of those amounts, as among the words."""
    accused: Accused
    """The people who were pursued, as far as names, ages and terms are stated."""
    countries: frozenset[str]
    mentioned: frozenset[str]
    """Countries named in passing."""
    methods: tuple[frozenset[str], frozenset[str]]
    """What AI made, and what it was able to do."""
    whens: tuple[When, ...]
    """When it happened, where the text says so and can be right; else when it was published."""
    happened: bool
    """Whether those are the dates of what happened."""
    published: When | None
    kinds: frozenset[str]
    """What happened: incident, warning, policy …"""
    families: frozenset[str]
    """The families of its typology codes; scope codes, which say that it tells no crime, have none."""
    crime: bool | None
    """Whether its primary code is of a crime; None where it has none."""
    facts: Mapping[str, str]
    """The finding behind each fact that two reports can share, by subject and value."""
    vector: Vector | None


def profile(item: Groupable) -> Profile:
    """Return the parts of a report that grouping compares."""
    published = When.of(item.published) if item.published is not None else None
    whens, happened = _whens(item, published)
    coded = _of(item, Subject.TYPOLOGY)
    placed = [each for each in _of(item, Subject.COUNTRY) if not each.passing]
    shared = [*_loss_findings(item), *(each for each in item.findings if each.subject in _SHARED)]
    return Profile(
        words=_words(item.title, item.text[:_READ_CHARACTERS]),
        losses=_losses(item),
        stated=_loss_figures(item),
        accused=Accused.of(item.text, item.findings),
        countries=frozenset(finding.value[:2] for finding in placed),
        mentioned=frozenset(each.value[:2] for each in _of(item, Subject.COUNTRY) if each.passing),
        methods=(_values(item, Subject.MODALITY), _values(item, Subject.CAPABILITY)),
        whens=whens,
        happened=happened,
        published=published,
        kinds=frozenset(finding.value for finding in _of(item, Subject.EVENT_KIND)),
        families=frozenset(
            finding.value.partition("-")[0]
            for finding in coded
            if finding.role in (CodeRole.PRIMARY, CodeRole.OTHER) and not _is_scope_code(finding)
        ),
        crime=next((not _is_scope_code(code) for code in coded if code.role == CodeRole.PRIMARY), None),
        facts={f"{finding.subject} {finding.value}": finding.id for finding in (*placed, *shared)},
        vector=item.vector,
    )


def _of(item: Groupable, subject: Subject) -> list[Finding]:
    return [finding for finding in item.findings if finding.subject is subject]


def _loss_findings(item: Groupable) -> list[Finding]:
    """Return the findings of the loss, in whatever currency."""
    return [each for each in _of(item, Subject.LOSS) if each.role in ("loss", "equivalent")]


def _losses(item: Groupable) -> tuple[Sum, ...]:
    sums: dict[tuple[str, float], Sum] = {}
    for finding in _loss_findings(item):
        currency, amount = finding.value.split()
        stated = Sum(currency, float(amount), _is_rough(item, finding), finding.quote.startswith("$"))
        sums.setdefault((currency, -stated.amount), stated)
    return tuple(sums[key] for key in sorted(sums))


def _is_rough(item: Groupable, finding: Finding) -> bool:
    """Whether the words before a sum say that it is rounded: "about", "nearly", "more than"."""
    text = item.title if finding.field == "title" else item.text
    return (
        _roughly().search(text[max(0, (finding.start or 0) - _HEDGE_CHARACTERS) : finding.start].lower())
        is not None
    )


@cache
def _roughly() -> re.Pattern[str]:
    words = "|".join(map(re.escape, load("grouping")["rough"]))
    return re.compile(rf"\b(?:{words})\s(?:an?\s|the\s)?[^\w\s]?$")


def _loss_figures(item: Groupable) -> frozenset[str]:
    return frozenset(_plain(figure[0]) for each in _loss_findings(item) for figure in figures(each.quote))


def _plain(written: str) -> str:
    return written.replace(",", "").lower()


def _values(item: Groupable, subject: Subject) -> frozenset[str]:
    return frozenset(finding.value for finding in _of(item, subject))


def _is_scope_code(finding: Finding) -> bool:
    """Whether a code stands for "no AI crime"."""
    return finding.value.startswith("X-")


def _whens(item: Groupable, published: When | None) -> tuple[tuple[When, ...], bool]:
    """Return the dates of the event and True, else those of its report and False, without impossible ones."""
    said = [finding for finding in _of(item, Subject.DATE) if finding.role != "scheduled"]
    for happened in (True, False):
        stated = [
            PartialDate.read(finding.value) for finding in said if (finding.role == "occurred") is happened
        ]
        spans = [When.of(each) for each in stated if each is not None]
        likely = [span for span in spans if published is None or span.first <= published.last + _LATE]
        # A report is not older than what it tells: where it seems so, no date of it can be relied on.
        if spans:
            return tuple(likely), happened
    return ((published,) if published is not None else ()), False


@cache
def _common() -> frozenset[str]:
    """Words that name no one event: months, offices, and countries, which are compared by themselves."""
    places = load("places")
    listings = (places[listing].values() for listing in ("names", "demonyms", "residents"))
    names = [name for listing in listings for names in listing for name in names]
    names += [name for code, name in Locale("en").territories.items() if len(code) == 2]
    apart = {word.lower() for name in names for word in _CAPITAL.findall(name)}
    return frozenset(apart | set(load("common_names")["words"]))


@cache
def often_named() -> frozenset[str]:
    """Return the words of names that stand in reports of many events, so they tell half as much.

    These are tools, platforms, their makers, police forces and other public bodies.
    """
    listed = [*load("tools"), *load("platforms")]
    names = [entry.get(key, "") for entry in listed for key in ("name", "developer", "operator")]
    for group in load("organisations"):
        if group["kind"] in load("common_names")["authorities"]:
            names += [entry if isinstance(entry, str) else entry["name"] for entry in group["entries"]]
    return frozenset(word.lower() for name in names for word in _CAPITAL.findall(name))


def _words(title: str, text: str) -> dict[str, Word]:
    """Return names and figures: capitalised words that are not only so at a sentence's start, and numbers."""
    lower = set(re.findall(r"\b[a-z][\w’'-]{1,30}", text))
    starts = {0, *(match.end() for match in SENTENCE_END.finditer(text))}
    found: dict[str, Word] = {}
    phrase, last, late = 0, -1, max(_LEAD_CHARACTERS, int(_LATE_FROM * len(text)))
    for match in _CAPITAL.finditer(text):
        phrase += not (last >= 0 and _LINK.fullmatch(text, last, match.start()))
        last = match.end()
        written = match[0].removesuffix("'s").removesuffix("’s")
        word = written.lower()
        if word not in lower and word not in _common() and (match.start() not in starts or len(word) > 7):
            again = word in found
            first = found.setdefault(word, Word(written, phrase, match.start() > late))
            found[word] = first._replace(aside=first.aside and not again)
    # Headlines may capitalise every word, so there only unusual forms count as names.
    unusual = re.finditer(r"\b[A-Z][\w]*[A-Z\d][\w-]*", title)
    for number, match in enumerate((*unusual, *telling(f"{text} {title}")), phrase + 1):
        word = _plain(match[0])
        if word not in _common():
            found.setdefault(word, Word(match[0], number, late < match.start() < len(text)))
    return found
