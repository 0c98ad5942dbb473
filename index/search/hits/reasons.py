"""Why a card is among the answers, in one line for people. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.search.cards import HitSource
from index.search.fusion import Answer
from index.search.hits.chunks import Kept
from index.search.hits.marking import Sought
from index.search.language import sums
from index.search.language.syntax import And, Clause, Dates, Facet, Loss, Not, Or, Term
from index.search.query import Query
from index.search.tree import Leaf

MOST_LABELS = 3
"""Labels that a reason names."""
SUGGESTED = "a typology that is only suggested"
"""Said of a card found by the name of a code that the machine suggests as a further one: to name it beside an
incident would state what nobody found."""

Label = Callable[[str, str], str]
"""Names a facet's value for people."""
Names = Callable[[str], Sequence[str]]
"""All that a code of the typology is called."""


@dataclass(frozen=True)
class Look:
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
    bearing: dict[tuple[str, tuple[Leaf, ...]], bool] = field(default_factory=dict)

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


class Reasons:
    """Explains hits. ``label`` names facets' values, ``names`` returns what codes are called."""

    def __init__(self, label: Label, names: Names) -> None:
        self._label, self._names = label, names

    def why(self, one: str, source: HitSource, found: frozenset[Leaf], look: Look) -> str:
        """Return in one line why a card is among the answers; ``found`` is what its texts and title have."""
        query, answer, words = look.query, look.answer, look.matched(found)
        reasons = [_identified(one, source, query)] if by_id(query) else []
        if words:
            reasons.append(f"words: {', '.join(words)}")
        reasons += self._sum(source, look)
        if one in answer.named and source.typologies:
            reasons.append(f"typology: {self._label('primary', source.typologies[0])}")
        else:
            reasons += self._filed(source, look.missing(found), look)
        if not look.said:
            reasons += self._filters(source, query)
        if not reasons and look.said and one in answer.worded:
            reasons.append(self._unseen(source, look.missing(found), look))
        if one in answer.meant:
            reasons.append("similar in meaning")
        if one in answer.known:
            reasons.append(_placed(answer.known[one], source.reports))
        if not reasons and (unwanted := _unwanted(query)):
            reasons.append(f"has none of: {', '.join(unwanted)}")
        return "; ".join(reasons)

    def _filed(self, source: HitSource, missing: tuple[Leaf, ...], look: Look) -> list[str]:
        """Return the codes named by what no text has, by their labels, and the keywords that have it.

        A synonym of a code is no fact of an incident: the code's own label stands for it.
        """
        own = [code for code in source.typologies if code in source.own_codes]
        labels = [self._label("typology", code) for code in self._bearing(own, missing, look)]
        keywords = [word for word in source.keywords if missing and look.sought(missing).marks(word)]
        return _listed({"typology": labels, "filed under": keywords})

    def _bearing(self, codes: Iterable[str], missing: tuple[Leaf, ...], look: Look) -> list[str]:
        """Return those of these codes that what no text has names, or has words of."""
        named = {code for leaf in missing for code in look.codes.get(leaf, ())}
        return [code for code in codes if code in named or (missing and self._bears(code, missing, look))]

    def _bears(self, code: str, missing: tuple[Leaf, ...], look: Look) -> bool:
        """Return whether a code's names have any of these, found once for all the hits of a page."""
        if (code, missing) not in look.bearing:
            look.bearing[code, missing] = any(map(look.sought(missing).marks, self._names(code)))
        return look.bearing[code, missing]

    def _unseen(self, source: HitSource, missing: tuple[Leaf, ...], look: Look) -> str:
        """Return why a card matches words that nothing shown of it has."""
        suggested = [code for code in source.typologies if code not in source.own_codes]
        return SUGGESTED if self._bearing(suggested, missing, look) else "words further on in its text"

    def _sum(self, source: HitSource, look: Look) -> list[str]:
        """Return the loss of a card that is about a sum among the words."""
        lost = sums.read_range(source.loss) if source.loss and look.sums else None
        near = lost and any(loss.least <= lost.least <= (loss.most or lost.least) for loss in look.sums)
        return [f"loss: {self._label('loss', source.loss)}"] if near else []

    def _filters(self, source: HitSource, query: Query) -> list[str]:
        """Return what a card has of what the query filters by."""
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
        if source.date and (query.since or query.until or any(isinstance(one, Dates) for one in clauses)):
            met["date"] = [source.date]
        return _listed(met)


def _placed(known: int, held: int) -> str:
    """Return why a card stands higher than by its match alone: by how many reports of it are known."""
    here = f", {held:,} held here" if held < known else ""
    return f"placed higher: {known:,} reports of it are known{here}"


def by_id(query: Query) -> bool:
    """Return whether nothing but ids is asked for: no hit can be surer."""
    return bool(query.ids) and not (query.terms or query.where)


def _identified(one: str, source: HitSource, query: Query) -> str:
    """Return by which of the ids that were asked for a card is found."""
    own = {one, *source.refs}.intersection(query.ids)
    return "its id" if own else "its address, or one that it cites"


def _met(name: str, source: HitSource, wanted: Collection[str]) -> list[str]:
    """Return the values of a card that a filter for any of some values lets through, as cards have them."""
    shown = {"country": source.countries, "typology": source.typologies}
    folded = {value.casefold() for value in wanted}
    return [
        value
        for value in shown.get(name, source.facets.get(name, ()))
        if value.casefold() in folded or (name == "country" and value.partition("-")[0].casefold() in folded)
    ]


def _positive(clause: Clause) -> Iterator[Clause]:
    """Yield the parts of a clause that a card may have, those to be missing left out."""
    match clause:
        case Not():
            return
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _positive(part)
        case _:
            yield clause


def _unwanted(query: Query) -> list[str]:
    """Return the words that no hit may have."""
    terms = [term.text for term in query.terms if term.negated]
    parts = [clause.part for clause in query.where if isinstance(clause, Not)]
    return terms + [part.text for part in parts if isinstance(part, Term)]


def _listed(named: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the reasons by their names, each with its first few labels; those without any left out."""
    return [f"{name}: {', '.join(labels[:MOST_LABELS])}" for name, labels in named.items() if labels]
