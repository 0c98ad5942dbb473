"""Makes hits of what was found: filled in from the record, with the best passage and the reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.search.cards import HitSource
from index.search.fusion import Answer, Order
from index.search.hits.chunks import Chunks, Kept, nearest
from index.search.hits.highlight import best_passage, spans
from index.search.hits.marking import Sought
from index.search.language import sums
from index.search.language.syntax import Loss
from index.search.plan import Plan
from index.search.query import By, Hit, Passage, Query
from index.search.tree import Leaf

MOST_LABELS = 3
"""Labels that a reason names."""
_SHOWN = tuple(name for name in HitSource.__dataclass_fields__ if name not in ("texts", "keywords"))

Hydrate = Callable[[Sequence[str], By], Mapping[str, HitSource]]
"""What hits show of these cards, by id; those the record no longer has are left out."""
Label = Callable[[str, str], str]
"""Names a facet's value for people."""


@dataclass(frozen=True)
class _Look:
    """What is looked for in the hits of one page."""

    query: Query
    answer: Answer
    said: dict[Leaf, str]
    stand_ins: dict[Leaf, Leaf]
    codes: Mapping[Leaf, tuple[str, ...]]
    anywhere: Sought
    in_texts: Sought
    kept: Mapping[str, Kept]
    sums: tuple[Loss, ...]
    made: dict[tuple[Leaf, ...], Sought] = field(default_factory=dict)

    def missing(self, found: frozenset[Leaf]) -> tuple[Leaf, ...]:
        """Return what was not found in any way to say it."""
        covered = found | {self.stand_ins[leaf] for leaf in found if leaf in self.stand_ins}
        return tuple(leaf for leaf in self.said if leaf not in covered and leaf not in self.stand_ins)

    def sought(self, leaves: tuple[Leaf, ...]) -> Sought:
        """Return these as things to mark, made once for all the hits that lack the same."""
        if leaves not in self.made:
            self.made[leaves] = Sought(leaves)
        return self.made[leaves]

    def matched(self, found: frozenset[Leaf]) -> list[str]:
        """Return how to say what was found: other ways only where what they stand for was not."""
        return [
            typed
            for leaf, typed in self.said.items()
            if leaf in found and self.stand_ins.get(leaf) not in found
        ]


class Presenter:
    """Knows what the record tells of a card, and how to explain why it is among the answers."""

    def __init__(self, hydrate: Hydrate, label: Label, chunks: Chunks | None) -> None:
        self._hydrate, self._label, self._chunks = hydrate, label, chunks

    def hits(self, page: Order, query: Query, terms: Plan, answer: Answer) -> Iterator[Hit]:
        """Yield a hit for each card of a page that the record still has."""
        sources = self._hydrate([one for one, _ in page], query.by)
        said, stand_ins = terms.leaves, terms.stand_ins
        anywhere = Sought(said, stand_ins)
        textual = [leaf for leaf in said if not leaf.title]
        in_texts = anywhere if len(textual) == len(said) else Sought(textual, stand_ins)
        kept = self._kept(page, sources, answer)
        look = _Look(
            query, answer, said, stand_ins, terms.codes, anywhere, in_texts, kept, (*terms.sums.values(),)
        )
        for one, score in page:
            if source := sources.get(one):
                yield self._hit(one, score, source, look)

    def _hit(self, one: str, score: float, source: HitSource, look: _Look) -> Hit:
        passage, found = best_passage(source.texts, look.in_texts)
        title = look.anywhere.marks(source.title)
        return Hit(
            id=one,
            by=look.query.by,
            title_spans=spans(title),
            score=1.0 if _by_id(look.query) else score,
            passage=_nearest(one, source, passage, look) or passage,
            why=self._why(one, source, found.union(mark.leaf for mark in title), look),
            **{name: getattr(source, name) for name in _SHOWN},
        )

    def _why(self, one: str, source: HitSource, found: frozenset[Leaf], look: _Look) -> str:
        """Return in one line why a card is among the answers."""
        query, answer, words = look.query, look.answer, look.matched(found)
        reasons = [_identified(one, source, query)] if _by_id(query) else []
        if words:
            reasons.append(f"words: {', '.join(words)}")
        reasons += self._sum(source, look)
        if one in answer.named and source.typologies:
            reasons.append(f"typology: {self._label('primary', source.typologies[0])}")
        else:
            reasons += self._labels(source, look.missing(found), look)
        if not look.said:
            reasons += self._filters(source, query)
        if not reasons and look.said and one in answer.worded:
            reasons.append("words further on in its text")
        if one in answer.meant:
            reasons.append("similar in meaning")
        if one in answer.known:
            reasons.append(f"widely told: {answer.known[one]:,} reports are known")
        return "; ".join(reasons)

    def _labels(self, source: HitSource, missing: tuple[Leaf, ...], look: _Look) -> list[str]:
        """Return the typologies that are named by what no text has, and the keywords that have it."""
        named = {code for leaf in missing for code in look.codes.get(leaf, ())}
        told = {"typology": [self._label("typology", code) for code in source.typologies if code in named]}
        if missing and source.keywords:
            sought = look.sought(missing)
            told["filed under"] = [word for word in source.keywords if sought.marks(word)]
        return [f"{name}: {', '.join(each[:MOST_LABELS])}" for name, each in told.items() if each]

    def _sum(self, source: HitSource, look: _Look) -> list[str]:
        """Return the loss of a card that is about a sum among the words."""
        lost = sums.read(source.loss) if source.loss and look.sums else None
        near = lost and any(loss.least <= lost.least <= (loss.most or lost.least) for loss in look.sums)
        return [f"loss: {self._label('loss', source.loss)}"] if near else []

    def _filters(self, source: HitSource, query: Query) -> list[str]:
        """Return what a card has of what the query filters by."""
        held = {"country": source.countries, "outcome": (source.outcome,), "typology": source.typologies}
        met = {
            name: [
                self._label(name, value)
                for value in held[name]
                if value in values or value.partition("-")[0] in values
            ]
            for name, values in query.filters.items()
            if name in held
        }
        if source.loss and any(isinstance(clause, Loss) for clause in query.where):
            met["loss"] = [self._label("loss", source.loss)]
        return [f"{name}: {', '.join(each[:MOST_LABELS])}" for name, each in met.items() if each]

    def _kept(self, page: Order, sources: Mapping[str, HitSource], answer: Answer) -> Mapping[str, Kept]:
        """Return the kept passages of the reports of hits that nothing but their meaning may explain."""
        if self._chunks is None or answer.vector is None:
            return {}
        alone = [sources[one] for one, _ in page if one in sources and one in answer.meant - answer.worded]
        return self._chunks([report for source in alone for report, _, _ in source.texts]) if alone else {}


def _by_id(query: Query) -> bool:
    """Return whether nothing but ids is asked for: no hit can be surer."""
    return bool(query.ids) and not (query.terms or query.where)


def _identified(one: str, source: HitSource, query: Query) -> str:
    """Return by which of the ids that were asked for a card is found."""
    own = {one, *source.refs}.intersection(query.ids)
    return "its id" if own else "its address, or one that it cites"


def _nearest(one: str, source: HitSource, passage: Passage | None, look: _Look) -> Passage | None:
    """Return the passage nearest in meaning, where no word of a hit explains it."""
    if look.answer.vector is None or one not in look.answer.meant or (passage and passage.spans):
        return None
    return nearest(source.texts, look.answer.vector, look.kept)
