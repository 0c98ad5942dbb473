"""Compiles the terms and clauses of a query to trees."""

from collections.abc import Sequence
from typing import TypeGuard

from index.search.language.syntax import And, Clause, Dates, Facet, Ids, Loss, Not, Or, Term
from index.search.language.words import MOST_EDITS
from index.search.tree import (
    LOSS_SCORE,
    All,
    AtLeast,
    BestOf,
    ConstantScore,
    DateRange,
    Fuzzy,
    HasLabel,
    HasValue,
    Leaf,
    LossRange,
    MatchAll,
    Node,
    Prefix,
    Unscored,
    Words,
)
from index.search.vocabulary.analysis import LONGEST_WORD, analyse_query
from index.search.vocabulary.concepts import NAMED, named
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import join_compounds, run_together
from index.search.vocabulary.synonyms import Tokens

MOST_TOKENS = 64
"""Limit on the searched tokens of one term."""
LONGEST_SEARCHED = LONGEST_WORD + MOST_EDITS + 1
"""Limit on the letters of a prefix or fuzzy word: a longer one matches no word of the index."""


def leaves(term: Term) -> tuple[Leaf, ...]:
    """Return a term's leaves: one, or several for a prefix or fuzzy word that the index splits."""
    if not (term.prefix or term.edits):
        text = term.text if term.phrase else join_compounds(term.text)
        tokens = tuple(analyse_query(text)[:MOST_TOKENS])
        return (Words(tokens, term.slop, term.title),) if tokens else ()
    written = folded(term.text)[:MOST_TOKENS]
    if term.edits:
        return tuple(Fuzzy(word[:LONGEST_SEARCHED], term.edits, term.title) for word in written)
    whole = tuple(Fuzzy(word[:LONGEST_SEARCHED], 0, term.title) for word in written[:-1])
    return (*whole, *(Prefix(word[:LONGEST_SEARCHED], term.title) for word in written[-1:]))


def compiled(clause: Clause) -> Node:
    """Compile a clause to a tree; a term without a word and an ``Or`` without parts match nothing."""
    match clause:
        case Term():
            ways = written(clause)
            looked_for = [
                with_labels(leaf, labels(leaf.tokens), ways) if stands_anywhere(leaf) else _with_slop(leaf)
                for leaf in leaves(clause)
            ]
            return with_losses(_all(looked_for) or AtLeast(()), clause.loss)
        case Facet(name=name, values=values):
            return HasValue(name, values)
        case Ids(values=values):
            return AtLeast((HasValue("id", values), HasValue("refs", values)))
        case Dates(since=since, until=until):
            return DateRange(since, until)
        case Loss():
            return _loss_range(clause)
        case Not(part=part):
            return All((Unscored(MatchAll()),), (compiled(part),))
        case And(parts=parts):
            return _all(list(map(compiled, parts))) or MatchAll()
        case Or(parts=parts):
            return AtLeast(tuple(map(compiled, parts)))


def _loss_range(loss: Loss) -> LossRange:
    """Return the node of a range of losses; in a stored query its ends may be below zero."""
    return LossRange(max(1, loss.least), None if loss.most is None else max(0, loss.most))


def _all(nodes: Sequence[Node]) -> Node | None:
    """Return the only node, or the conjunction of several; None for no nodes."""
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    return All(tuple(nodes))


def stands_anywhere(leaf: Leaf) -> TypeGuard[Words]:
    """Whether a leaf is a word or phrase that may stand anywhere."""
    return isinstance(leaf, Words) and not (leaf.slop or leaf.title)


def _with_slop(leaf: Leaf) -> Node:
    """Return a sloppy phrase as a filter, scored by its single words.

    Engines score sloppy phrases differently, but single words alike.
    """
    if not isinstance(leaf, Words) or not leaf.slop:
        return leaf
    words = (Words((token,), title=leaf.title) for token in dict.fromkeys(leaf.tokens))
    return All((Unscored(leaf), *words))


def with_labels(word: Words, labels: tuple[HasLabel, ...], others: tuple[Words, ...] = ()) -> Words | BestOf:
    """Return a word or phrase with its synonyms and the facet values it names as alternatives."""
    return BestOf(word, (*others, *labels)) if others or labels else word


def labels(name: Tokens) -> tuple[HasLabel, ...]:
    """Return the facet values that have exactly this name, as nodes."""
    return tuple(HasLabel(facet, values) for facet in NAMED if (values := named(facet, name)))


def with_losses(node: Node, loss: Loss | None) -> Node:
    """Return the node of a sum of money with the losses near it as an alternative."""
    return node if loss is None else AtLeast((node, ConstantScore(_loss_range(loss), LOSS_SCORE)))


def other_spellings(term: Term, *others: str) -> dict[Tokens, str]:
    """Return other spellings of a word: those of a sum of money, without hyphens, and ``others``."""
    exact = term.phrase or term.prefix or term.edits or term.title
    ways = term.ways if exact else (*term.ways, run_together(term.text), *others)
    return {tuple(analyse_query(way)): way for way in ways if way}


def written(term: Term) -> tuple[Words, ...]:
    """Return the other spellings of a word as nodes."""
    return tuple(map(Words, other_spellings(term)))
