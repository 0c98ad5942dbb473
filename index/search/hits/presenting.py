"""Makes hits of what was found: filled in from the record, with the best passage and the reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from index.search.cards import HitSource
from index.search.fusion import Answer, Order
from index.search.hits.chunks import Chunks, Kept, nearest
from index.search.hits.highlight import best_passage, spans
from index.search.hits.marking import Sought
from index.search.hits.reasons import Look, Reasons, by_id
from index.search.plan import Plan
from index.search.query import By, Hit, Passage, Query

_SHOWN = tuple(name for name in HitSource.__dataclass_fields__ if name in Hit.model_fields)

Hydrate = Callable[[Sequence[str], By], Mapping[str, HitSource]]
"""What hits show of these cards, by id; those the record no longer has are left out."""


class Presenter:
    """Knows what the record tells of a card, and how to explain why it is among the answers."""

    def __init__(self, hydrate: Hydrate, reasons: Reasons, chunks: Chunks | None) -> None:
        self._hydrate, self._reasons, self._chunks = hydrate, reasons, chunks

    def hits(self, page: Order, query: Query, terms: Plan, answer: Answer) -> Iterator[Hit]:
        """Yield a hit for each card of a page that the record still has."""
        sources = self._hydrate([one for one, _ in page], query.by)
        said, stand_ins = terms.leaves, terms.stand_ins
        anywhere = Sought(said, stand_ins)
        textual = [leaf for leaf in said if not leaf.title]
        in_texts = anywhere if len(textual) == len(said) else Sought(textual, stand_ins)
        kept = self._kept(page, sources, answer)
        look = Look(
            query, answer, said, stand_ins, terms.codes, anywhere, in_texts, kept, (*terms.sums.values(),)
        )
        for one, score in page:
            if source := sources.get(one):
                yield self._hit(one, score, source, look)

    def _hit(self, one: str, score: float, source: HitSource, look: Look) -> Hit:
        passage, found = best_passage(source.texts, look.in_texts)
        title = look.anywhere.marks(source.title)
        return Hit(
            id=one,
            by=look.query.by,
            title_spans=spans(title),
            score=1.0 if by_id(look.query) else score,
            passage=_nearest(one, source, passage, look) or passage,
            why=self._reasons.why(one, source, found.union(mark.leaf for mark in title), look),
            **{name: getattr(source, name) for name in _SHOWN},
        )

    def _kept(self, page: Order, sources: Mapping[str, HitSource], answer: Answer) -> Mapping[str, Kept]:
        """Return the kept passages of the reports of hits that nothing but their meaning may explain."""
        if self._chunks is None or answer.vector is None:
            return {}
        alone = [sources[one] for one, _ in page if one in sources and one in answer.meant - answer.worded]
        return self._chunks([report for source in alone for report, _, _ in source.texts]) if alone else {}


def _nearest(one: str, source: HitSource, passage: Passage | None, look: Look) -> Passage | None:
    """Return the passage nearest in meaning, where no word of a hit explains it."""
    if look.answer.vector is None or one not in look.answer.meant or (passage and passage.spans):
        return None
    return nearest(source.texts, look.answer.vector, look.kept)
