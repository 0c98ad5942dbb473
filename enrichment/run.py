"""Reports in, findings and vectors out: the whole of enrichment, with no network and no database."""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collectors.errors import ModelRefused
from collectors.records import STARTER, Report
from enrichment import embedder, facts, fingerprint
from enrichment.embedder import ENGLISH, Embedder
from enrichment.english import is_english
from enrichment.extraction import claims
from enrichment.grouping import roundup
from enrichment.judging import fallback, linear
from enrichment.judging.features import Span
from enrichment.judging.judge import Judge, Made
from enrichment.judging.reading import Reading
from enrichment.passages import passages
from enrichment.plain import Plain
from enrichment.records import Fact, Finding, Subject, as_finding
from enrichment.typology import Typology

BATCH = 64
REMEMBERED = 1024
"""Texts whose findings are kept at hand, so that copies cost next to nothing."""
_CRIME = ("yes", "relevant")
_READ_BY = {
    True: "the models read English only, so nothing is decided or denied",
    False: "it is judged by nearness to the typology's descriptions, so nothing is decided or denied",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Enriched:
    """The findings and vectors of one version of a report."""

    report: str
    version: str
    findings: tuple[Finding, ...]
    passages: tuple[Span, ...]
    """Places in the text; the first passage was read with the title. Empty without an embedder."""
    vectors: NDArray[np.float32]
    """Unit rows, one a passage: float32 of shape (len(passages), dimensions)."""
    notice: str = ""
    """Why the suggestions are to be doubted; empty where nothing is known against them."""


@dataclass(frozen=True)
class _Read:
    """The facts, passages and vectors of one wording."""

    made: tuple[Made, ...]
    passages: tuple[Span, ...]
    vectors: NDArray[np.float32]
    by: str
    """Fingerprint of the models that judged it."""
    notice: str


class _Default:
    """Stands for the embedder that comes with Moriarty."""


class Enricher:
    """All models, loaded once. Same reports, same fingerprint, same findings."""

    def __init__(
        self, models: linear.Models, typology: Typology, encoder: Embedder | None, notice: str = ""
    ) -> None:
        self.typology = typology
        self.embedder = encoder
        self.notice = notice
        """A sentence on what the models lack; empty where nothing is missing."""
        self.fingerprint = f"{_digest(models)}/{encoder.fingerprint if encoder else 'words-only'}"
        # Weights learnt on one embedder's vectors mean nothing on another's.
        self._classify_by_vector = encoder is not None and encoder.fingerprint == models.settings["embedder"]
        self._judge = Judge(models, typology)
        self._languages = getattr(encoder, "languages", ENGLISH)
        self._known: OrderedDict[str, _Read] = OrderedDict()

    @classmethod
    def load(
        cls, *, model_folder: Path | None = None, embedder: Embedder | type[_Default] | None = _Default
    ) -> "Enricher":
        """Return an enricher; without a usable embedder it works on words alone and its fingerprint says so.

        Where the classification models are missing or not the ones expected, rules and the typology's own
        words judge; the notice and the fingerprint say so, and findings are made again once they are back.
        """
        typology, notices = Typology.load(), []
        if isinstance(embedder, type):
            embedder, notice = _default_embedder()
            notices.append(notice)
        try:
            models = linear.load(model_folder or linear.FOLDER)
        except ModelRefused as error:
            notices.append(f"judging by rules and descriptions alone: {error}")
            _log.warning("%s. %s", notices[-1], error.advice)
            models = fallback.models(typology, embedder)
        if embedder is not None and embedder.fingerprint != models.settings["embedder"]:
            notices.append(
                f"the classifiers were not trained on {embedder.fingerprint}; they use words alone"
            )
        return cls(models, typology, embedder, "; ".join(notice for notice in notices if notice))

    def enrich(self, reports: Iterable[Report]) -> Iterator[Enriched]:
        """Yield what is found in each report, in order, working on 64 at a time; copies are read once."""
        stream = iter(reports)
        while batch := list(islice(stream, BATCH)):
            keys = [_wording(report) for report in batch]
            fresh = {key: report for key, report in zip(keys, batch, strict=True) if key not in self._known}
            read = {key: self._known[key] for key in keys if key in self._known}
            read |= dict(zip(fresh, self._read(list(fresh.values())), strict=True))
            for report, key in zip(batch, keys, strict=True):
                self._remember(key, read[key])
                yield self._one(report, read[key])

    def _remember(self, key: str, read: _Read) -> None:
        self._known[key] = read
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _read(self, reports: Sequence[Report]) -> Iterator[_Read]:
        if not reports:
            return
        originals = [{"title": Plain.of(report.title), "text": Plain.of(report.text)} for report in reports]
        reports = [
            report.model_copy(update={field: plain.text for field, plain in fields.items()})
            for report, fields in zip(reports, originals, strict=True)
        ]
        spans = [passages(report.text) if self.embedder else () for report in reports]
        readings = [Reading(report.title, report.text) for report in reports]
        vectors = self._vectors(reports, spans)
        leads = self._leads(readings, vectors)
        for report, fields, reading, places, rows, lead in zip(
            reports, originals, readings, spans, vectors, leads, strict=True
        ):
            language = report.language.partition("-")[0].lower()
            foreign = not is_english(language, fields["text"])
            judge = self._by_meaning if foreign and {"*", language} & set(self._languages) else self._judge
            seen = replace(reading, vector=rows[0] if judge is not self._judge else lead)
            judged = judge.facts(seen, foreign=foreign)
            found = _facts(report, reading, crime=_tells_crime(judged))
            events = roundup.events(report.title, report.text, found)
            made = [
                *judged,
                *(("facts", fact) for fact in roundup.of_no_single_event(found, events)),
                *(("roundup", fact) for fact in events),
            ]
            notice = f"the text is in {language}; {_READ_BY[judge is self._judge]}" if foreign else ""
            placed = tuple((name, fields[fact.field].placed(fact)) for name, fact in made)
            whole = tuple(map(fields["text"].span, places))
            yield _Read(placed, whole, rows, judge.fingerprint, notice)

    @cached_property
    def _by_meaning(self) -> Judge:
        """Return a judge of other languages: how near a text lies to the typology's own words."""
        return Judge(fallback.models(self.typology, self.embedder), self.typology)

    def _vectors(
        self, batch: Sequence[Report], spans: Sequence[tuple[Span, ...]]
    ) -> list[NDArray[np.float32]]:
        if self.embedder is None:
            return [np.zeros((0, 0), dtype=np.float32) for _ in batch]
        texts = [
            f"{report.title}. {report.text[start:end]}" if place == 0 else report.text[start:end]
            for report, places in zip(batch, spans, strict=True)
            for place, (start, end) in enumerate(places)
        ]
        ends = np.cumsum([len(places) for places in spans])
        return list(np.split(self.embedder.encode(texts, "passage"), ends[:-1].tolist()))

    def _leads(
        self, readings: Sequence[Reading], vectors: Sequence[NDArray[np.float32]]
    ) -> list[NDArray[np.float32] | None]:
        """Return the vector each reading is judged by: of its lead, without orders to the reader."""
        if self.embedder is None or not self._classify_by_vector:
            return [None] * len(readings)
        ordered = [place for place, reading in enumerate(readings) if reading.orders]
        cleaned = self.embedder.encode([readings[place].lead for place in ordered], "passage")
        leads: list[NDArray[np.float32] | None] = [rows[0] for rows in vectors]
        for place, row in zip(ordered, cleaned, strict=True):
            leads[place] = row
        return leads

    def _one(self, report: Report, read: _Read) -> Enriched:
        suggested = [
            as_finding(fact, report.id, report.version, f"{name}@{read.by}") for name, fact in read.made
        ]
        findings = claims.merged(claims.findings_of(report), suggested, curated=report.source == STARTER)
        return Enriched(report.id, report.version, tuple(findings), read.passages, read.vectors, read.notice)


def _facts(report: Report, reading: Reading, *, crime: bool) -> list[Fact]:
    """Return the facts of a report, none of them from orders to the reader."""
    title, text = reading.without_orders
    found = facts.extract(title, text, report.published, crime=crime)
    whole = {"title": report.title, "text": report.text}
    return [
        fact for fact in found if fact.start is None or whole[fact.field][fact.start : fact.end] == fact.quote
    ]


def _tells_crime(judged: Iterable[Made]) -> bool:
    return any(
        fact.value in _CRIME for _, fact in judged if fact.subject in (Subject.CRIME, Subject.RELEVANCE)
    )


def _wording(report: Report) -> str:
    """Return a digest of all that findings are made from."""
    published = report.published.value if report.published else ""
    parts = "\0".join((report.title, report.text, published, report.language))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def _default_embedder() -> tuple[Embedder | None, str]:
    try:
        return embedder.load(), ""
    except ModelRefused as error:
        notice = f"working on words alone: {error}"
        _log.warning("%s. %s", notice, error.advice)
        return None, notice


def _digest(models: linear.Models) -> str:
    """Return a digest of the models and of the program that uses them."""
    return hashlib.sha256(models.fingerprint.encode() + fingerprint.program()).hexdigest()[:12]
