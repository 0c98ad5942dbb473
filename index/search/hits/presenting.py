"""Builds hits from ranked ids: display data, best passage and explanation."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from index.search.cards import HitSource
from index.search.fusion import Answer, Order
from index.search.hits.chunks import Chunks, Kept, nearest
from index.search.hits.highlight import best_passage, spans
from index.search.hits.marking import TermMatcher
from index.search.hits.reasons import HitContext, Reasons, by_id
from index.search.plan import Plan
from index.search.query import By, Hit, Passage, Query

_SHOWN = tuple(name for name in HitSource.__dataclass_fields__ if name in Hit.model_fields)

Hydrate = Callable[[Sequence[str], By], Mapping[str, HitSource]]
"""Loads display data by id; ids that are no longer in the record are left out."""


class Presenter:
    """Builder of hits from display data: what ``hydrate`` loads, unless a call names another loader."""

    def __init__(self, hydrate: Hydrate, reasons: Reasons, chunks: Chunks | None) -> None:
        self._hydrate, self._reasons, self._chunks = hydrate, reasons, chunks

    def hits(
        self, page: Order, query: Query, terms: Plan, answer: Answer, hydrate: Hydrate | None = None
    ) -> Iterator[Hit]:
        """Yield a hit for each card of a page that the record still has."""
        sources = (hydrate or self._hydrate)([card for card, _ in page], query.by)
        leaves, synonym_of = terms.leaves, terms.synonym_of
        anywhere = TermMatcher(leaves, synonym_of)
        textual = [leaf for leaf in leaves if not leaf.title]
        in_texts = anywhere if len(textual) == len(leaves) else TermMatcher(textual, synonym_of)
        kept = self._kept(page, sources, answer)
        context = HitContext(
            query, answer, leaves, synonym_of, terms.named, anywhere, in_texts, kept, (*terms.sums.values(),)
        )
        for card, score in page:
            if source := sources.get(card):
                yield self._hit(card, score, source, context)

    def _hit(self, card: str, score: float, source: HitSource, context: HitContext) -> Hit:
        passage, found = best_passage(source.texts, context.in_texts)
        title = context.anywhere.marks(source.title)
        return Hit(
            id=card,
            by=context.query.by,
            title_spans=spans(title),
            score=1.0 if by_id(context.query) else score,
            passage=_nearest(card, source, passage, context) or passage,
            why=self._reasons.why(card, source, found.union(mark.leaf for mark in title), context),
            **{name: getattr(source, name) for name in _SHOWN},
        )

    def _kept(self, page: Order, sources: Mapping[str, HitSource], answer: Answer) -> Mapping[str, Kept]:
        """Return the stored passages of the reports of hits that matched by meaning alone."""
        if self._chunks is None or answer.vector is None:
            return {}
        by_meaning = answer.semantic_ids - answer.keyword_ids
        alone = [sources[card] for card, _ in page if card in sources and card in by_meaning]
        return self._chunks([report for source in alone for report, _, _ in source.texts]) if alone else {}


def _nearest(card: str, source: HitSource, passage: Passage | None, context: HitContext) -> Passage | None:
    """Return the passage nearest to the query vector if no word of the hit explains it, else None."""
    if (
        context.answer.vector is None
        or card not in context.answer.semantic_ids
        or (passage and passage.spans)
    ):
        return None
    return nearest(source.texts, context.answer.vector, context.kept)
