"""Every figure we publish, measured in one run over the gold sets."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from collectors.errors import WrongUse
from enrichment.evaluate import Figure, evaluate_enrichment
from enrichment.figures import mean, ndcg
from index.library import Library
from index.records import Actor, Role
from index.search.query import Mode
from index.settings import Settings

AUDITOR = Actor(name="evaluation", role=Role.LEAD)
DEPTH = 10
"""The rank at which retrieval is judged."""


def gold_folder(given: Path | None) -> Path:
    """Return the folder of gold sets; without one given, ``shared/data`` beside the current folder.

    Raises ``WrongUse`` where there is none.
    """
    folder = given or Path.cwd().parent / "shared" / "data"
    if not folder.is_dir():
        raise WrongUse("no gold sets found; name their folder with --gold")
    return folder


def evaluate(gold: Path, settings: Settings) -> list[Figure]:
    """Return every figure the gold sets in this folder allow, in the order they are published."""
    with _library(settings) as library:
        figures = evaluate_enrichment(gold, library.enricher)
        if (gold / "retrieval-gold" / "dev.json").is_file() and (gold / "aiid").is_dir():
            figures += _retrieval(library, gold)
    return figures


@contextmanager
def _library(settings: Settings) -> Iterator[Library]:
    """Give an empty library that is gone afterwards, with the models of these settings."""
    with tempfile.TemporaryDirectory(prefix="moriarty-evaluation-") as folder:
        home = Path(folder)
        own = settings.model_copy(
            update={"home": home, "database_url": f"sqlite:///{home / 'library.sqlite'}"}
        )
        with Library.open(own) as library:
            yield library


def _retrieval(library: Library, gold: Path) -> list[Figure]:
    """Return nDCG@10 of every mode and the 95th percentile of a search's time, over the AIID snapshot."""
    library.collect(actor=AUDITOR, paths=[gold / "aiid"])
    library.enrich(actor=AUDITOR)
    library.refresh(actor=AUDITOR)
    queries = json.loads((gold / "retrieval-gold" / "dev.json").read_text("utf-8"))["queries"]
    _ranked(library, "a first question loads the models", Mode.HYBRID)
    figures = []
    for mode in Mode:
        gains, seconds = [], []
        for asked in queries:
            started = time.perf_counter()
            ranked = _ranked(library, asked["query"], mode)
            seconds.append(time.perf_counter() - started)
            gains.append(ndcg(ranked, asked["relevant"], DEPTH))
        data = "retrieval-gold/dev over the AIID snapshot"
        figures.append(mean(f"search {mode} nDCG@{DEPTH}", gains, data))
        slow = float(np.percentile(seconds, 95) * 1000)
        figures.append(
            Figure(name=f"search {mode} p95 ms", value=slow, low=slow, high=slow, n=len(seconds), data=data)
        )
    return figures


def _ranked(library: Library, text: str, mode: Mode) -> list[str]:
    results = library.search(library.parse(text, mode=mode, limit=DEPTH), actor=AUDITOR)
    return [outside(hit.refs) for hit in results.hits]


def outside(refs: tuple[str, ...]) -> str:
    """Return the AIID number among an incident's outside ids, or an empty string."""
    return next((ref.removeprefix("aiid:") for ref in refs if ref.startswith("aiid:")), "")
