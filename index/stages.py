"""Runs the stages over the record: reports in, findings and incidents out."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from collectors.errors import ModelRefused
from enrichment import embedder
from enrichment.embedder import Embedder
from enrichment.run import Enriched, Enricher
from index.incidents import Incidents
from index.records import Actor
from index.settings import Settings
from index.store import Store

if TYPE_CHECKING:
    from index.collection import Collection

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]
"""Told the name of the stage, how much is done, and how much there is where that is known."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Take no notice of progress."""


def collection(
    settings: Settings, store: Store, actor: Actor, progress: Progress, time_limit: float | None = None
) -> "Collection":
    """Return a run of collectors; it stops after ``time_limit`` seconds, or with None once all was read."""
    from index.collection import Collection  # here: it loads parsers, which most commands do without

    return Collection(settings, store, actor, progress, time_limit)


def load_embedder(model: str | None) -> Embedder | None:
    """Return the embedding model, or None where it is missing or refused: all then goes by words."""
    try:
        return embedder.load(model)
    except ModelRefused as error:
        logger.warning("%s; going on without it. %s", error, error.advice)
        return None


def enrich(store: Store, incidents: Incidents, enricher: Enricher, actor: Actor, progress: Progress) -> int:
    """Judge every report this enricher has not judged yet, then group them into incidents.

    Returns how many reports were judged. Work is committed in batches, so an interrupted run goes on where
    it was.
    """
    from index.grouping import regrouping  # here: it loads scipy, which most commands do without

    waiting = store.unenriched_count(enricher.fingerprint)
    done = 0
    batch: list[Enriched] = []
    for enriched in enricher.enrich(store.unenriched(enricher.fingerprint)):
        batch.append(enriched)
        if len(batch) == 64:
            done += _save(store, batch, enricher, actor)
            progress("enriching reports", done, waiting)
    done += _save(store, batch, enricher, actor)
    if done or regrouping.due(store):
        progress("grouping into incidents", 0, None)
        regrouping.regroup(store, incidents, actor)
    return done


def _save(store: Store, batch: list[Enriched], enricher: Enricher, actor: Actor) -> int:
    size = len(batch)
    store.save_enriched(batch, enricher.fingerprint, actor)
    batch.clear()
    return size
