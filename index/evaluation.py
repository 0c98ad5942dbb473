"""Every figure we publish, measured in one run over the gold sets of a folder."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from collectors.errors import WrongUse
from enrichment.evaluation import gold, poisoning, scorecard
from enrichment.evaluation.figure import Figure, figure, mean
from enrichment.evaluation.gold import Skipped
from enrichment.evaluation.publish import publish
from enrichment.evaluation.ranking import ndcg, recall
from enrichment.evaluation.scorecard import Scorecard
from enrichment.judging import linear
from enrichment.learning import poison
from enrichment.typology import Typology
from index.learning import measuring
from index.learning.releases import Releases
from index.library import VERSION, Library
from index.memory import settle
from index.records import Actor, Role
from index.search.query import Mode
from index.settings import Settings
from index.store import Store

__all__ = ["evaluate", "gold_folder", "publish"]

AUDITOR = Actor(name="evaluation", role=Role.LEAD)
RETRAINING = "retraining and poisoning"
DEPTH, FURTHER = 10, 20
"""The ranks at which retrieval is judged: nDCG at the first, recall at the second."""


def gold_folder(given: Path | None) -> Path:
    """Return the folder of gold sets; without one given, ``shared/data`` beside the current folder.

    Raises ``WrongUse`` if that does not exist.
    """
    folder = given or _beside()
    if not folder.is_dir():
        raise WrongUse("no gold sets found; name their folder with --gold")
    return folder


def _beside() -> Path:
    return Path.cwd().parent / "shared" / "data"


def evaluate(folder: Path, settings: Settings, *, shipped: bool = False) -> Scorecard:
    """Return every figure the gold sets in this folder allow, in the order they are published.

    Measures the models this library uses, or those that come with Moriarty. A set that is not there or cannot
    be read is skipped, and the scorecard says why.
    """
    with _library(settings, shipped) as library:
        card = Scorecard(_models(library, settings, shipped))
        scorecard.measure(folder, library.holdings.enricher, card)
        _poisoned(library, folder, card)
        _retrieval(library, folder, card)
    if not shipped:
        _own(settings, card)
    return card.held_to_goals()


def _models(library: Library, settings: Settings, shipped: bool) -> dict[str, str]:
    folder = linear.FOLDER if shipped else Releases(settings.home).in_use()[0]
    models = linear.load(folder)
    typology = Typology.load()
    return {
        "version": VERSION,
        "models": models.fingerprint,
        "release": "" if folder == linear.FOLDER else folder.name,
        "enrichment": library.holdings.enricher.fingerprint,
        "embedder": str(models.settings["embedder"]),
        "typology": typology.version,
        "trained_on": str(models.settings["trained_on"])[:12],
    }


def _poisoned(library: Library, folder: Path, card: Scorecard) -> None:
    """Add what judgements on training incidents gain on gold ones, and what turned labels cost."""
    judged, base, encoder = poison.judged(folder), linear.load(), library.holdings.enricher.embedder
    if encoder is None or encoder.fingerprint != base.settings["embedder"]:
        card.skipped.append(Skipped(RETRAINING, "the models that come with Moriarty need their own embedder"))
        return
    if not judged:
        card.skipped.append(Skipped(RETRAINING, "no training incidents in the folder given"))
        return
    for path in gold.files(folder, gold.TYPOLOGY):
        if guard := poison.guarded(path):
            data = gold.label(path)
            trial = poison.Trial(base, library.typology, encoder, judged, guard, data)
            card.figures += poisoning.measure(trial)


def _own(settings: Settings, card: Scorecard) -> None:
    """Add how right the machine is on this library's own reports, where people judged what was drawn."""
    if (
        settings.database_url.startswith("sqlite:///")
        and not Path(settings.database_url.removeprefix("sqlite:///")).is_file()
    ):
        card.skipped.append(Skipped(measuring.DATA, "there is no library here"))
        return
    with closing(Store(settings.database_url)) as store:
        found = measuring.figures(store, Typology.load())
    card.figures += found
    if not found:
        card.skipped.append(Skipped(measuring.DATA, "nothing drawn was judged yet"))


@contextmanager
def _library(settings: Settings, shipped: bool) -> Iterator[Library]:
    """Give an empty library that is gone afterwards, with the models of these settings."""
    with tempfile.TemporaryDirectory(prefix="moriarty-evaluation-") as folder:
        home = Path(folder)
        own = settings.model_copy(
            update={
                "home": home,
                "database_url": f"sqlite:///{home / 'library.sqlite'}",
                "elasticsearch_url": None,  # a server's index belongs to the library that people use
            }
        )
        if not shipped:
            Releases(settings.home).copy_to(home)
        with Library.open(own) as library:
            yield library


def _retrieval(library: Library, folder: Path, card: Scorecard) -> None:
    """Add how well each mode finds the graded incidents in the AIID snapshot, and how fast.

    The snapshot is ``aiid/`` in the folder, or else in the one that stands in where no folder is named.
    """
    paths = gold.files(folder, gold.RETRIEVAL)
    snapshot = next((each for each in (folder / "aiid", _beside() / "aiid") if each.is_dir()), None)
    if not paths or snapshot is None:
        missing = "no such files in the folder given"
        if paths:
            missing = f"no AIID snapshot (aiid/) in the folder given or in {_beside()}"
        card.skipped.append(Skipped(gold.RETRIEVAL, missing))
        return
    library.add([snapshot], actor=AUDITOR)
    library.enrich(actor=AUDITOR)
    library.refresh(actor=AUDITOR)
    settle(library)  # as the server does
    for path in paths:
        try:
            queries = json.loads(path.read_text("utf-8"))["queries"]
            asked = [(str(each["query"]), dict(each["relevant"])) for each in queries]
        except (OSError, ValueError, KeyError, TypeError) as error:
            card.skipped.append(Skipped(gold.label(path), f"it cannot be read: {error!r}"))
            continue
        card.files[gold.label(path)] = len(asked)
        for mode in Mode:
            card.figures += _searched(library, asked, mode, gold.label(path))


def _searched(
    library: Library, asked: Sequence[tuple[str, Mapping[str, Any]]], mode: Mode, data: str
) -> list[Figure]:
    gains, found, times = [], [], []
    for query, grades in asked:
        started = time.perf_counter()
        ranked = _ranked(library, query, mode)
        times.append((time.perf_counter() - started) * 1000)
        gains.append(ndcg(ranked, grades, DEPTH))
        found.append(recall(_ranked(library, query, mode, FURTHER), grades, FURTHER))
    taken = np.array(times)
    slow = figure(
        f"search {mode} p95 ms", len(times), data, lambda rows: float(np.percentile(taken[rows], 95))
    )
    return [
        mean(f"search {mode} nDCG@{DEPTH}", gains, data),
        mean(f"search {mode} recall@{FURTHER}", found, data),
        slow,
    ]


def _ranked(library: Library, text: str, mode: Mode, depth: int = DEPTH) -> list[str]:
    results = library.search(library.parse(text, mode=mode, limit=depth), actor=AUDITOR)
    return [outside(hit.refs) for hit in results.hits]


def outside(refs: tuple[str, ...]) -> str:
    """Return the AIID number among an incident's outside ids, or an empty string."""
    return next((ref.removeprefix("aiid:") for ref in refs if ref.startswith("aiid:")), "")
