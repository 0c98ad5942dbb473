"""Made-up reports of realistic size for the benchmarks, the same every time, and a library made of them.

20,000 invented words, Zipf-distributed; a report has 230 on average (log-normal, 30 to 4,000) in sentences
and paragraphs, about eight findings, and a vector for every 150 words. One report in ten tells an incident
that an earlier one told.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from collectors.records import Capture, Disposition, Outcome, PartialDate, Report, Source
from enrichment.classify import pool
from enrichment.embedder import Embedder
from enrichment.records import Fact, Finding, Subject, as_finding
from enrichment.typology import Typology
from index.holdings import Holdings
from index.incidents import Incidents
from index.once import once
from index.records import Actor, Role
from index.search.cards import Card
from index.search.query import By
from index.settings import Settings
from index.store import Store

DIMENSIONS = 384
BATCH = 500
SOMEBODY = Actor(name="bench", role=Role.LEAD)
COUNTRIES = [f"C{number:02}" for number in range(40)]
SOURCES = [f"source-{number}" for number in range(60)]
_SYLLABLES = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "za", "dro", "fle", "gri", "ploo", "stra"]
_KINDS = ("criminal_incident", "attempted", "under_investigation", "trend_or_warning")
_OUTCOMES = ("convicted", "charged", "arrested", "unknown", "acquitted")
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def vocabulary(size: int = 20_000) -> tuple[str, ...]:
    """Return made-up words, commonest first: the shorter a word, the commoner, and else in no order."""
    made: list[str] = []
    for length in (2, 3, 4):
        words = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=length)]
        made += random.Random(length).sample(words, k=len(words))
    return tuple(made[:size])


@cache
def _weights() -> NDArray[np.float64]:
    cumulated = np.cumsum(1 / np.arange(1, len(vocabulary()) + 1))
    return np.asarray(cumulated / cumulated[-1])


@cache
def _centres() -> NDArray[np.float32]:
    return np.random.default_rng(3).standard_normal((200, DIMENSIONS)).astype(np.float32)


def unit_rows(count: int, generator: np.random.Generator) -> NDArray[np.float32]:
    """Return unit vectors around one of 200 centres, shape (count, 384)."""
    noise = generator.standard_normal((count, DIMENSIONS)).astype(np.float32)
    rows = _centres()[generator.integers(200)] + noise
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class MadeUpEmbedder(Embedder):
    """Gives every text a vector of its own among those of the reports, in no time."""

    fingerprint = "made-up"
    dimensions = DIMENSIONS

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> NDArray[np.float32]:
        """Return unit rows, shape (len(texts), 384)."""
        return np.concatenate([unit_rows(1, np.random.default_rng(sum(map(ord, text)))) for text in texts])


@dataclass(frozen=True)
class Told:
    """A report and what enrichment says of it."""

    told: Report
    findings: tuple[Finding, ...]
    passages: tuple[tuple[int, int], ...]
    vectors: NDArray[np.float32]

    @property
    def report(self) -> str:
        """Return the report's id."""
        return self.told.id

    @property
    def version(self) -> str:
        """Return the report's version."""
        return self.told.version


def reports(count: int) -> Iterator[Told]:
    """Yield so many reports, the same every time."""
    generator, words, leaves = np.random.default_rng(1), vocabulary(), Typology.load().leaves()
    codes = [leaf.id for leaf in leaves]
    for number in range(1, count + 1):
        length = int(np.clip(generator.lognormal(5.2, 0.7), 30, 4000))
        drawn = np.searchsorted(_weights(), generator.random(length + 8)).tolist()
        chance = random.Random(number)
        text = _prose([words[rank] for rank in drawn[8:]], chance)
        title = " ".join(words[rank] for rank in drawn[:8]).capitalize()
        when = date(2015 + chance.randrange(11), chance.randint(1, 12), chance.randint(1, 28))
        made = Report(
            id=f"rep-{number:020x}",
            version=f"ver-{number:020x}",
            source=chance.choice(SOURCES),
            capture=f"cap-{number // BATCH}",
            url=f"https://{chance.choice(SOURCES)}.example/{number}",
            title=title,
            text=text,
            published=PartialDate(value=when.isoformat()),
            language="en",
            refs=(f"aiid:{number}",),
        )
        passages = tuple((start, min(start + 900, len(text))) for start in range(0, len(text), 900))
        yield Told(made, _findings(made, codes, chance), passages, unit_rows(len(passages), generator))


def _prose(words: Sequence[str], chance: random.Random) -> str:
    parts, rest = [], iter(words)
    while sentence := list(itertools.islice(rest, chance.randint(6, 28))):
        parts.append(" ".join(sentence).capitalize() + chance.choice((".", ".", ".", "?", ".\n\n")))
    return " ".join(parts).strip()


def _findings(report: Report, codes: Sequence[str], chance: random.Random) -> tuple[Finding, ...]:
    primary, sibling = chance.sample(codes, k=2)
    quote = report.text[:40]
    facts = [
        (Subject.TYPOLOGY, primary, "primary"),
        (Subject.TYPOLOGY, sibling, "sibling"),
        (Subject.EVENT_KIND, chance.choice(_KINDS), ""),
        (Subject.OUTCOME, chance.choice(_OUTCOMES), ""),
        *(
            (Subject.COUNTRY, country, "where")
            for country in chance.sample(COUNTRIES, k=chance.randint(1, 3))
        ),
    ]
    if chance.random() < 0.4:
        facts.append((Subject.LOSS, f"GBP {chance.randint(1, 9) * 10 ** chance.randint(2, 7)}", "loss"))
    if chance.random() < 0.5:
        facts.append((Subject.TOOL, f"Tool {chance.randrange(200)}", ""))
    if chance.random() < 0.5:
        facts.append((Subject.ORGANISATION, f"Firm {chance.randrange(2000)}", "harmed"))
    made = (
        Fact(subject=subject, value=value, role=role, score=0.8, start=0, end=len(quote), quote=quote)
        for subject, value, role in facts
    )
    return tuple(as_finding(fact, report.id, report.version, "bench@1") for fact in made)


def make_cards(count: int) -> Iterator[Card]:
    """Yield the card of so many reports, each as an incident of its own, without a record."""
    for number, one in enumerate(reports(count), start=1):
        report, when = one.told, one.told.published
        named = [finding.value for finding in one.findings if finding.subject is Subject.COUNTRY]
        yield Card(
            id=f"inc-{number:020x}",
            by=By.INCIDENT,
            seq=number,
            title=report.title,
            text=report.text,
            when=when.first if when else None,
            facets={"country": tuple(named), "source": (report.source,)},
            vectors=one.vectors,
        )


class BenchHoldings(Holdings):
    """What a library over made-up reports holds; only the embedder is made up too."""

    @once
    def embedder(self) -> Embedder | None:
        """The made-up embedding model."""
        return MadeUpEmbedder()


def settings(home: Path) -> Settings:
    """Return the settings of a library in this folder."""
    return Settings(home=home, database_url=f"sqlite:///{home / 'library.sqlite'}")


def record(store: Store, count: int, tell: Callable[[int], None]) -> None:
    """Fill an empty record with so many reports, their findings and incidents, by the record's own calls."""
    store.remember(
        Source(key=key, title=key.title(), publisher=key, url="https://example.org", kind="files")
        for key in SOURCES
    )
    rest, incidents, done = reports(count), list[list[str]](), 0
    chance = random.Random(5)
    while batch := list(itertools.islice(rest, BATCH)):
        _keep(store, [one.told for one in batch], done // BATCH)
        store.save_enriched(batch, MadeUpEmbedder.fingerprint, SOMEBODY)
        for one in batch:
            if incidents and chance.random() < 0.1:
                chance.choice(incidents[-1000:]).append(one.report)
            else:
                incidents.append([one.report])
        done += len(batch)
        tell(done)
    Incidents(store, Typology.load(), pool).regroup(incidents, (), SOMEBODY)


def _keep(store: Store, told: Sequence[Report], number: int) -> None:
    at = _BEGUN + timedelta(minutes=number)
    capture = Capture(
        id=f"cap-{number}",
        source=SOURCES[0],
        parser="document",
        requested_url=f"file:{number}",
        final_url=f"file:{number}",
        started=at,
        finished=at,
        length=0,
        sha256="0" * 64,
        warc="bench.warc.gz",
        offset=0,
        tool="bench",
    )
    store.save(capture, SOMEBODY)
    outcome = Outcome(capture=capture.id, disposition=Disposition.PARSED, reports=tuple(told))
    store.save(outcome, SOMEBODY)
