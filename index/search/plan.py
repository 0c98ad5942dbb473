"""Query plan: a query's terms analysed into index tokens, the same for every engine."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TypeGuard

from collectors.errors import WrongUse
from index.search.language.syntax import And, Clause, Dates, Facet, Ids, Loss, Not, Or, Term, wanted
from index.search.language.words import MOST_EDITS
from index.search.query import FACETS, Query
from index.search.tree import (
    LOSS_SCORE,
    All,
    AtLeast,
    BestOf,
    ConstantScore,
    DateRange,
    Fuzzy,
    HasCode,
    HasValue,
    Leaf,
    LossRange,
    MatchAll,
    Node,
    Prefix,
    Unscored,
    Words,
)
from index.search.vocabulary.analysis import LONGEST_WORD, analyse, analyse_query
from index.search.vocabulary.concepts import codes, codes_by_word
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import join_compounds, run_together
from index.search.vocabulary.synonyms import concatenated, full_names, of_slang, synonyms
from index.search.vocabulary.synonyms import phrases as known_phrases

SHARE = 0.6
"""Share of three or more words that must match."""
MOST_TOKENS = 64
"""Limit on the searched tokens of one term."""
LONGEST_SEARCHED = LONGEST_WORD + MOST_EDITS + 1
"""Limit on the letters of a prefix or fuzzy word: a longer one matches no word of the index."""
_OWNING = re.compile(r"(?<=\w)['’]s?$")

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Query plan: terms as index tokens; a term of several tokens is a phrase."""

    words: dict[Tokens, str]
    """Words by tokens, as typed; ``at_least`` of them must match."""
    phrases: dict[Tokens, str]
    unwanted: tuple[Node, ...]
    where: tuple[Node, ...] = ()
    """Further conditions."""
    condition_leaves: dict[Leaf, str] = field(default_factory=dict)
    """Text leaves within ``where``, as typed."""
    alternatives: dict[Tokens, dict[Tokens, str]] = field(default_factory=dict)
    """Synonyms and other spellings of a word, by tokens, as written."""
    codes: dict[Leaf, tuple[str, ...]] = field(default_factory=dict)
    """Typology codes that a word or phrase names, alone or with adjacent words."""
    names: tuple[Tokens, ...] = ()
    """Names of organisations that several adjacent words make up."""
    sums: dict[Tokens, Loss] = field(default_factory=dict)
    """Ranges of losses near the words that are sums of money."""

    @property
    def at_least(self) -> int:
        """Number of words that must match: both of two, about three in five of more."""
        count = len(self.words)
        return count if count <= 2 else max(2, round(SHARE * count))

    @property
    def wanted(self) -> tuple[Node, ...]:
        """Nodes of the words, each with its synonyms, the codes it names and the losses near it."""
        return tuple(self._either(tokens) for tokens in self.words)

    @property
    def boosts(self) -> tuple[Node, ...]:
        """Nodes that all cards match, and that score those with one of ``names`` as a phrase."""
        return tuple(AtLeast((Unscored(MatchAll()), self._either(name))) for name in self.names)

    @property
    def required(self) -> tuple[Node, ...]:
        """Nodes that must match: phrases and conditions."""
        return (*map(self._either, self.phrases), *self.where)

    def _either(self, tokens: Tokens) -> Node:
        word = Words(tokens)
        others = tuple(map(Words, self.alternatives.get(tokens, ())))
        return _with_losses(_with_codes(word, self.codes.get(word, ()), others), self.sums.get(tokens))

    @property
    def synonym_of(self) -> dict[Leaf, Leaf]:
        """Map each synonym to the query word that it stands for."""
        ways = {Words(way): Words(tokens) for tokens, others in self.alternatives.items() for way in others}
        return {way: word for way, word in ways.items() if way.tokens not in self.words}

    @property
    def leaves(self) -> dict[Leaf, str]:
        """Map every leaf searched in texts to its wording."""
        wordings: dict[Leaf, str] = {Words(tokens): typed for tokens, typed in self.words.items()}
        for others in self.alternatives.values():
            wordings |= {Words(way): written for way, written in others.items() if way not in self.words}
        phrases: dict[Leaf, str] = {Words(tokens): f'"{typed}"' for tokens, typed in self.phrases.items()}
        return wordings | phrases | self.condition_leaves

    @property
    def scores(self) -> bool:
        """Whether the query has anything to rank by."""
        return bool(self.words or self.phrases or self.condition_leaves)


@lru_cache(1)
def stopwords() -> frozenset[str]:
    """Return the English stop words, such as ``the``."""
    return frozenset(files("index.search.vocabulary").joinpath("stopwords.txt").read_text("utf-8").split())


def plan(query: Query) -> Plan:
    """Return the plan of a query; stop words count only if there are no other words.

    Raises ``WrongUse`` if a filter or a facet is not one of ``FACETS``.
    """
    if unknown := set(query.filters).union(query.facets).difference(FACETS):
        raise WrongUse(f"there is no facet {', '.join(sorted(unknown))}; there are {', '.join(FACETS)}")
    return _planned(query.terms, query.where)


@lru_cache(64)
def _planned(terms: tuple[Term, ...], clauses: tuple[Clause, ...]) -> Plan:
    """Return the plan of terms and clauses; one search asks for it several times."""
    analysed = [(term, tuple(analyse_query(term.text)[:MOST_TOKENS])) for term in join_words(terms)]
    analysed = [(term, tokens) for term, tokens in analysed if tokens]
    words = {tokens: term.text for term, tokens in analysed if not (term.phrase or term.negated)}
    content_words = {tokens: text for tokens, text in words.items() if text.lower() not in stopwords()}
    phrases = {tokens: term.text for term, tokens in analysed if term.phrase and not term.negated}
    unwanted = tuple(
        _with_losses(_with_codes(Words(tokens), codes(tokens), _written(term)), term.loss)
        for term, tokens in analysed
        if term.negated
    )
    where = tuple(map(compiled, clauses))
    if not (words or phrases) and any(not term.negated for term in terms):
        where += (AtLeast(()),)  # nothing has a word that is none
    condition_leaves = [
        (leaf, _typed(term)) for clause in clauses for term in wanted(clause) for leaf in leaves(term)
    ]
    alternatives = synonyms(list(content_words or words))
    for term, tokens in analysed:
        if not term.negated and (ways := _other_spellings(term, *of_slang(term.text))):
            alternatives[tokens] = alternatives.get(tokens, {}) | ways
    codes_of: dict[Leaf, tuple[str, ...]] = {}
    codes_of |= {
        leaf: codes(leaf.tokens) for leaf in (*map(Words, phrases), *dict(condition_leaves)) if _plain(leaf)
    }
    codes_of |= {Words(tokens): of for tokens, of in codes_by_word(list(words)).items()}
    inner = ((term, tuple(analyse_query(term.text))) for clause in clauses for term in wanted(clause))
    sums = {tokens: term.loss for term, tokens in (*analysed, *inner) if term.loss and not term.negated}
    named = map(concatenated, known_phrases(list(words), full_names()))
    names = tuple(name for name in named if name not in words)
    return Plan(
        content_words or words,
        phrases,
        unwanted,
        where,
        dict(condition_leaves),
        alternatives,
        codes_of,
        names,
        sums,
    )


def _plain(leaf: Leaf) -> TypeGuard[Words]:
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


def _with_codes(word: Words, codes: tuple[str, ...], others: tuple[Words, ...] = ()) -> Words | BestOf:
    """Return a word or phrase with its synonyms and the codes it names as alternatives."""
    coded = (HasCode(codes),) if codes else ()
    return BestOf(word, (*others, *coded)) if others or coded else word


def _with_losses(node: Node, loss: Loss | None) -> Node:
    """Return the node of a sum of money with the losses near it as an alternative."""
    return node if loss is None else AtLeast((node, ConstantScore(_loss_range(loss), LOSS_SCORE)))


def _other_spellings(term: Term, *others: str) -> dict[Tokens, str]:
    """Return other spellings of a word: those of a sum of money, without hyphens, and ``others``."""
    exact = term.phrase or term.prefix or term.edits or term.title
    ways = term.ways if exact else (*term.ways, run_together(term.text), *others)
    return {tuple(analyse_query(way)): way for way in ways if way}


def _written(term: Term) -> tuple[Words, ...]:
    return tuple(map(Words, _other_spellings(term)))


@lru_cache(1)
def _mere_stems() -> frozenset[str]:
    stems = {word: analyse(word) for word in stopwords()}
    return frozenset(stem for word, told in stems.items() for stem in told if stem != word) - stopwords()


def is_stopword_stem(typed: str) -> bool:
    """Whether ``typed`` is not a word but the stem of a stop word: ``noth`` from ``nothing``."""
    return typed.lower() in _mere_stems()


def join_words(terms: Sequence[Term]) -> list[Term]:
    """Return the terms with compounds joined (``deep fake``) and possessives removed."""
    made: list[Term] = []
    for term in terms:
        if not (term.phrase or term.negated):
            term = term.model_copy(update={"text": join_compounds(_OWNING.sub("", term.text))})
            if made and not (made[-1].phrase or made[-1].negated):
                both = f"{made[-1].text} {term.text}"
                if (joined := join_compounds(both)) != both:
                    term = term.model_copy(update={"text": joined, "start": made.pop().start})
        made.append(term)
    return made


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
            ways = _written(clause)
            looked_for = [
                _with_codes(leaf, codes(leaf.tokens), ways) if _plain(leaf) else _with_slop(leaf)
                for leaf in leaves(clause)
            ]
            return _with_losses(_all(looked_for) or AtLeast(()), clause.loss)
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


def _typed(term: Term) -> str:
    mark = "*" if term.prefix else f"~{term.edits}" if term.edits else ""
    return f'"{term.text}"' if term.phrase else term.text + mark
