"""Match explanations: why a card is among the hits, in one line. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.search.cards import HitSource
from index.search.fusion import Answer
from index.search.hits.chunks import Kept
from index.search.hits.marking import TermMatcher
from index.search.language import sums
from index.search.language.syntax import And, Clause, Dates, Facet, Loss, Not, Or, Term
from index.search.query import Query
from index.search.tree import Leaf

MOST_LABELS = 3
"""Limit on the labels that a reason names."""
SUGGESTED = "a typology that is only suggested"
"""Reason of a card found by the name of a code that is only suggested: naming the code beside the incident
would assert what nobody decided."""

Label = Callable[[str, str], str]
"""Names a facet's value for people."""
Names = Callable[[str], Sequence[str]]
"""Returns all names of a typology code."""


@dataclass(frozen=True)
class HitContext:
    """Context for explaining the hits of one page: the query's leaves and matchers, with caches."""

    query: Query
    answer: Answer
    leaves: dict[Leaf, str]
    synonym_of: dict[Leaf, Leaf]
    named: Callable[[str, Leaf], tuple[str, ...]]
    """Returns the values of a facet that a leaf names (``Plan.named``)."""
    anywhere: TermMatcher
    in_texts: TermMatcher
    kept: Mapping[str, Kept]
    sums: tuple[Loss, ...]
    matchers: dict[tuple[Leaf, ...], TermMatcher] = field(default_factory=dict)
    name_matches: dict[tuple[str, tuple[Leaf, ...]], bool] = field(default_factory=dict)

    def missing(self, found: frozenset[Leaf]) -> tuple[Leaf, ...]:
        """Return the query's leaves that were found neither themselves nor by a synonym."""
        covered = found | {self.synonym_of[leaf] for leaf in found if leaf in self.synonym_of}
        return tuple(leaf for leaf in self.leaves if leaf not in covered and leaf not in self.synonym_of)

    def matcher(self, leaves: tuple[Leaf, ...]) -> TermMatcher:
        """Return the matcher of these leaves (cached: many hits miss the same ones)."""
        if leaves not in self.matchers:
            self.matchers[leaves] = TermMatcher(leaves)
        return self.matchers[leaves]

    def matched(self, found: frozenset[Leaf]) -> list[str]:
        """Return display names of the matched terms; a synonym only if its original term did not match."""
        return [
            typed
            for leaf, typed in self.leaves.items()
            if leaf in found and self.synonym_of.get(leaf) not in found
        ]


class Reasons:
    """Explainer of hits; ``label`` names facet values, ``names`` returns a code's names."""

    def __init__(self, label: Label, names: Names) -> None:
        self._label, self._names = label, names

    def why(self, card: str, source: HitSource, found: frozenset[Leaf], context: HitContext) -> str:
        """Return the explanation of a hit in one line; ``found`` holds the leaves in its texts and title."""
        query, answer, words = context.query, context.answer, context.matched(found)
        reasons = [_identified(card, source, query)] if by_id(query) else []
        if words:
            reasons.append(f"words: {', '.join(words)}")
        reasons += self._sum(source, context)
        if card in answer.code_ids and source.typologies:
            reasons.append(f"typology: {self._label('primary', source.typologies[0])}")
        else:
            reasons += self._filed(source, context.missing(found), context)
        if not context.leaves:
            reasons += self._filters(source, query)
        if not reasons and context.leaves and card in answer.keyword_ids:
            reasons.append(self._unseen(source, context.missing(found), context))
        if card in answer.semantic_ids:
            reasons.append("similar in meaning")
        if card in answer.popular:
            reasons.append(_placed(answer.popular[card], source.reports))
        if not reasons and (unwanted := _unwanted(query)):
            reasons.append(f"has none of: {', '.join(unwanted)}")
        return "; ".join(reasons)

    def _filed(self, source: HitSource, missing: tuple[Leaf, ...], context: HitContext) -> list[str]:
        """Return the codes, countries and keywords that match the leaves missing from the texts, as reasons.

        A code is shown by its label, whichever of its names matched.
        """
        own = [code for code in source.typologies if code in source.own_codes]
        labels = [self._label("typology", code) for code in self._bearing(own, missing, context)]
        keywords = [word for word in source.keywords if missing and context.matcher(missing).marks(word)]
        named = {code for leaf in missing for code in context.named("country", leaf)}
        countries = [self._label("country", code) for code in _met("country", source, named)] if named else []
        return _listed({"typology": labels, "country": countries, "filed under": keywords})

    def _bearing(self, codes: Iterable[str], missing: tuple[Leaf, ...], context: HitContext) -> list[str]:
        """Return the codes that the missing leaves name, or whose names contain one of them."""
        named = {code for leaf in missing for code in context.named("typology", leaf)}
        return [code for code in codes if code in named or (missing and self._bears(code, missing, context))]

    def _bears(self, code: str, missing: tuple[Leaf, ...], context: HitContext) -> bool:
        """Whether any name of a code contains one of the missing leaves (cached for the page)."""
        if (code, missing) not in context.name_matches:
            context.name_matches[code, missing] = any(map(context.matcher(missing).marks, self._names(code)))
        return context.name_matches[code, missing]

    def _unseen(self, source: HitSource, missing: tuple[Leaf, ...], context: HitContext) -> str:
        """Return the reason for a card that matches, but not in anything shown of it."""
        suggested = [code for code in source.typologies if code not in source.own_codes]
        return SUGGESTED if self._bearing(suggested, missing, context) else "words further on in its text"

    def _sum(self, source: HitSource, context: HitContext) -> list[str]:
        """Return the card's loss as a reason if it is near a sum of money in the query."""
        lost = sums.read_range(source.loss) if source.loss and context.sums else None
        near = lost and any(loss.least <= lost.least <= (loss.most or lost.least) for loss in context.sums)
        return [f"loss: {self._label('loss', source.loss)}"] if near else []

    def _filters(self, source: HitSource, query: Query) -> list[str]:
        """Return the query's filters that the card meets, with its values, as reasons."""
        clauses = [positive for clause in query.where for positive in _positive(clause)]
        wanted = {name: set(values) for name, values in query.filters.items()}
        for clause in clauses:
            if isinstance(clause, Facet):
                wanted.setdefault(clause.name, set()).update(clause.values)
        met = {
            name.replace("_", " "): [self._label(name, value) for value in _met(name, source, values)]
            for name, values in wanted.items()
        }
        if source.loss and any(isinstance(clause, Loss) for clause in clauses):
            met["loss"] = [self._label("loss", source.loss)]
        if source.date and (
            query.since or query.until or any(isinstance(clause, Dates) for clause in clauses)
        ):
            met["date"] = [source.date]
        return _listed(met)


def _placed(known: int, held: int) -> str:
    """Return the reason for a card that its report count promoted."""
    here = f", {held:,} held here" if held < known else ""
    return f"placed higher: {known:,} reports of it are known{here}"


def by_id(query: Query) -> bool:
    """Whether the query asks for ids alone."""
    return bool(query.ids) and not (query.terms or query.where)


def _identified(card: str, source: HitSource, query: Query) -> str:
    """Return the reason for a card that was found by an id."""
    own = {card, *source.refs}.intersection(query.ids)
    return "its id" if own else "its address, or one that it cites"


def _met(name: str, source: HitSource, wanted: Collection[str]) -> list[str]:
    """Return the card's own values of a facet that pass a filter for any of ``wanted``."""
    shown = {"country": source.countries, "typology": source.typologies}
    folded = {value.casefold() for value in wanted}
    return [
        value
        for value in shown.get(name, source.facets.get(name, ()))
        if value.casefold() in folded or (name == "country" and value.partition("-")[0].casefold() in folded)
    ]


def _positive(clause: Clause) -> Iterator[Clause]:
    """Yield the positive leaf clauses of a clause, negated parts left out."""
    match clause:
        case Not():
            return
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _positive(part)
        case _:
            yield clause


def _unwanted(query: Query) -> list[str]:
    """Return the excluded words of a query."""
    terms = [term.text for term in query.terms if term.negated]
    parts = [clause.part for clause in query.where if isinstance(clause, Not)]
    return terms + [part.text for part in parts if isinstance(part, Term)]


def _listed(named: Mapping[str, Sequence[str]]) -> list[str]:
    """Format reasons as ``name: labels``, each with its first few labels; empty ones left out."""
    return [f"{name}: {', '.join(labels[:MOST_LABELS])}" for name, labels in named.items() if labels]
