"""Reports in, findings and vectors out: the whole of enrichment, with no network and no database."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collectors.errors import ModelRefused
from collectors.records import Report
from enrichment import claims, embedder, facts, linear, roundup
from enrichment.classify import Classifier
from enrichment.embedder import Embedder
from enrichment.features import Span, sentences
from enrichment.linear import Models
from enrichment.reading import Reading
from enrichment.records import Fact, Finding, Subject, as_finding
from enrichment.relevance import Relevance
from enrichment.typology import Typology

BATCH = 64
WORDS = 180
"""Words of a passage: with the title they fit into the embedder's 256 word pieces."""
PASSAGES = 12
READ = 30_000
"""Characters of a text that passages are made of."""
_HEADLINE = {Subject.LOSS: "loss", Subject.COUNTRY: "where"}
_SINGLE = frozenset({Subject.EVENT_KIND, Subject.AI_INVOLVEMENT, Subject.OUTCOME})
# Files that have no say in what is found.
_APART = frozenset({"evaluate.py", "train.py", "examples.py", "calibrate.py", "graph.py", "group.py"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Enriched:
    """What enrichment found in one version of a report."""

    report: str
    version: str
    findings: tuple[Finding, ...]
    passages: tuple[Span, ...]
    """Places in the text; the first passage was read with the title. Empty without an embedder."""
    vectors: NDArray[np.float32]
    """Unit rows, one a passage: float32 of shape (len(passages), dimensions)."""


class _Default:
    """Stands for the embedder that comes with Moriarty."""


class Enricher:
    """All models, loaded once. Same reports, same fingerprint, same findings."""

    def __init__(
        self, models: Models, typology: Typology, encoder: Embedder | None, notice: str = ""
    ) -> None:
        self.typology = typology
        self.embedder = encoder
        self.notice = notice
        """Why classification works without vectors; empty where it does not."""
        self.fingerprint = f"{_own_digest(models)}/{encoder.fingerprint if encoder else 'words-only'}"
        # Weights learnt on one embedder's vectors mean nothing on another's.
        self._classify_by_vector = encoder is not None and encoder.fingerprint == models.settings["embedder"]
        self._origin = models.fingerprint
        self._classifier = Classifier(models, typology)
        self._relevance = Relevance(models, self._classifier)

    @classmethod
    def load(
        cls, *, model_folder: Path | None = None, embedder: Embedder | type[_Default] | None = _Default
    ) -> "Enricher":
        """Return an enricher; without a usable embedder it works on words alone and its fingerprint says so.

        Raises ModelRefused where the classification models are missing or not the ones expected.
        """
        models, typology = linear.load(model_folder or linear.FOLDER), Typology.load()
        notice = ""
        if isinstance(embedder, type):
            embedder, notice = _default_embedder()
        if embedder is not None and embedder.fingerprint != models.settings["embedder"]:
            notice = f"the classifiers were not trained on {embedder.fingerprint}; they use words alone"
        return cls(models, typology, embedder, notice)

    def enrich(self, reports: Iterable[Report]) -> Iterator[Enriched]:
        """Yield what is found in each report, in order, working on 64 at a time."""
        stream = iter(reports)
        while batch := list(islice(stream, BATCH)):
            spans = [passages(report.text) if self.embedder else () for report in batch]
            vectors = self._vectors(batch, spans)
            for report, places, rows in zip(batch, spans, vectors, strict=True):
                yield self._one(report, places, rows)

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

    def _one(self, report: Report, places: tuple[Span, ...], rows: NDArray[np.float32]) -> Enriched:
        vector = rows[0] if self._classify_by_vector and len(rows) else None
        reading = Reading(report.title, report.text, vector)
        found = facts.extract(report.title, report.text, report.published)
        made = [
            *(("relevance", fact) for fact in self._relevance.facts(reading)),
            *(("classify", fact) for fact in self._classifier.facts(reading)),
            *(("facts", fact) for fact in found),
            *(("roundup", fact) for fact in roundup.events(report.title, report.text, found)),
        ]
        suggested = [
            as_finding(fact, report.id, report.version, f"{name}@{self._origin}") for name, fact in made
        ]
        findings = _merged(claims.findings_of(report), suggested, curated=report.source == claims.CURATED)
        return Enriched(report.id, report.version, tuple(findings), places, rows)


def passages(text: str) -> tuple[Span, ...]:
    """Return up to 12 passages of whole sentences, about 180 words each; one empty one for an empty text."""
    found: list[Span] = []
    start, end, count = 0, 0, 0
    for first, last in sentences(text[:READ]):
        length = len(text[first:last].split())
        if count and count + length > WORDS:
            found.append((start, end))
            count = 0
        start, end, count = (first if not count else start), last, count + length
    if count or not found:
        found.append((start, end))
    return tuple(found[:PASSAGES])


def summary(enriched: Enriched) -> dict[str, object]:
    """Return one report's findings as plain values, for output a line a report.

    Keys: relevant (probability), primary (code or None), others, scores (by code), evidence (quotes of
    typology and relevance), facts (by subject), abstained.
    """
    by_subject: dict[Subject, list[Finding]] = defaultdict(list)
    for finding in enriched.findings:
        by_subject[finding.subject].append(finding)
    codes = sorted(by_subject.pop(Subject.TYPOLOGY, []), key=lambda finding: -finding.score)
    relevance = by_subject.pop(Subject.RELEVANCE, [])
    primary = next((finding.value for finding in codes if finding.role == "primary"), None)
    quoted = [
        finding
        for finding in (*codes, *relevance)
        if finding.quote and finding.role in ("primary", "other", "")
    ]
    return {
        "relevant": relevance[0].score if relevance else 0.0,
        "primary": primary,
        "others": [finding.value for finding in codes if finding.role == "other"],
        "scores": {finding.value: finding.score for finding in codes},
        "evidence": [{**_span(finding), "subject": _about(finding)} for finding in quoted],
        "facts": {
            subject.value: [{"value": finding.value, **_span(finding)} for finding in shown]
            for subject, found in sorted(by_subject.items())
            if (shown := _headline(found))
        },
        "abstained": primary is None,
    }


def _headline(found: Sequence[Finding]) -> Sequence[Finding]:
    """Return what was lost rather than any sum named, and where it happened rather than any place named."""
    subject = found[0].subject
    if subject not in _HEADLINE:
        return found
    return [finding for finding in found if finding.role == _HEADLINE[subject] or finding.start is None]


def _about(finding: Finding) -> str:
    return finding.value if finding.subject is Subject.TYPOLOGY else finding.subject.value


def _span(fact: Fact) -> dict[str, object]:
    return {"quote": fact.quote, "start": fact.start, "end": fact.end, "field": fact.field}


def _merged(claimed: Sequence[Finding], suggested: Sequence[Finding], *, curated: bool) -> list[Finding]:
    """Return each subject and value once: what the source claims, with a machine's span where it has one.

    Where the claims are curated, a machine adds no second answer to a question that has only one.
    """
    found = {finding.id: finding for finding in claimed}
    answered = {finding.subject for finding in claimed if curated and finding.subject in _SINGLE}
    decided = curated and any(finding.role == "primary" for finding in claimed)
    for finding in suggested:
        known = found.get(finding.id)
        if known is None and finding.subject not in answered:
            coded = decided and finding.subject is Subject.TYPOLOGY
            role = "sibling" if coded else finding.role
            found[finding.id] = finding.model_copy(update={"role": role})
        elif known is not None and known.start is None and finding.start is not None:
            found[finding.id] = known.model_copy(update=_span(finding))
    return list(found.values())


def _default_embedder() -> tuple[Embedder | None, str]:
    try:
        return embedder.load(), ""
    except ModelRefused as error:
        notice = f"working on words alone: {error}"
        _log.warning("%s. %s", notice, error.advice)
        return None, notice


def _own_digest(models: Models) -> str:
    """Return a digest of models, word lists and the program: when one changes, so may the findings."""
    whole = hashlib.sha256(models.fingerprint.encode())
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("**/*.yaml")]):
        if path.name not in _APART:
            whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]
