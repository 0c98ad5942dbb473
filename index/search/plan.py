"""A query once its words are analysed, the same for every engine."""

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
    SUM,
    All,
    Coded,
    Dated,
    Everything,
    Fuzzy,
    Having,
    Leaf,
    Lost,
    Node,
    OneOf,
    Prefix,
    Some,
    Unscored,
    Weighed,
    Words,
)
from index.search.vocabulary.analysis import LONGEST_WORD, analyse, analyse_query
from index.search.vocabulary.concepts import codes, codes_by_word
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import join_compounds, run_together
from index.search.vocabulary.synonyms import concatenated, full_names, of_slang, synonyms
from index.search.vocabulary.synonyms import phrases as known_phrases

SHARE = 0.6
"""Of three or more words, how many must match."""
MOST_TOKENS = 64
"""Tokens of one term that are searched, at most."""
LONGEST_SOUGHT = LONGEST_WORD + MOST_EDITS + 1
"""Letters of a prefix or near word that are searched: a longer one matches no word of the index."""
_OWNING = re.compile(r"(?<=\w)['’]s?$")

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A query's terms as tokens of the index; a term of several tokens is a phrase."""

    words: dict[Tokens, str]
    """The words, each as it was typed; ``at_least`` of them must match."""
    phrases: dict[Tokens, str]
    unwanted: tuple[Node, ...]
    where: tuple[Node, ...] = ()
    """Further conditions."""
    sought: dict[Leaf, str] = field(default_factory=dict)
    """The words of ``where`` that texts may have, each as it was typed."""
    same: dict[Tokens, dict[Tokens, str]] = field(default_factory=dict)
    """Synonyms and other spellings of some of the words, each as it is written."""
    codes: dict[Leaf, tuple[str, ...]] = field(default_factory=dict)
    """Codes of the typology that a word or phrase names, alone or with the words beside it."""
    names: tuple[Tokens, ...] = ()
    """Names of organisations in several of the words, beside each other."""
    sums: dict[Tokens, Loss] = field(default_factory=dict)
    """The losses near the words that are sums of money."""

    @property
    def at_least(self) -> int:
        """How many of the words a card must have: both of two, about three in five of more."""
        count = len(self.words)
        return count if count <= 2 else max(2, round(SHARE * count))

    @property
    def wanted(self) -> tuple[Node, ...]:
        """The words, each with its synonyms, the codes it names and the losses near it."""
        return tuple(self._either(tokens) for tokens in self.words)

    @property
    def lifts(self) -> tuple[Node, ...]:
        """What every card matches, and scores more by where it has a name as a whole."""
        return tuple(Some((Unscored(Everything()), self._either(name))) for name in self.names)

    @property
    def musts(self) -> tuple[Node, ...]:
        """Required clauses: phrases and conditions."""
        return (*map(self._either, self.phrases), *self.where)

    def _either(self, tokens: Tokens) -> Node:
        word = Words(tokens)
        said = _or_coded(word, self.codes.get(word, ()), tuple(map(Words, self.same.get(tokens, ()))))
        return _or_lost(said, self.sums.get(tokens))

    @property
    def stand_ins(self) -> dict[Leaf, Leaf]:
        """Map each synonym to the query word that it replaces."""
        ways = {Words(way): Words(tokens) for tokens, others in self.same.items() for way in others}
        return {way: word for way, word in ways.items() if way.tokens not in self.words}

    @property
    def leaves(self) -> dict[Leaf, str]:
        """Map everything that is searched in texts to how it is written."""
        said: dict[Leaf, str] = {Words(tokens): typed for tokens, typed in self.words.items()}
        for others in self.same.values():
            said |= {Words(way): written for way, written in others.items() if way not in self.words}
        return said | {Words(tokens): f'"{typed}"' for tokens, typed in self.phrases.items()} | self.sought

    @property
    def scores(self) -> bool:
        """Whether the query has anything to rank by."""
        return bool(self.words or self.phrases or self.sought)


@lru_cache(1)
def stopwords() -> frozenset[str]:
    """Return the English words that carry no meaning of their own, such as ``the``."""
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
    analysed = [(term, tuple(analyse_query(term.text)[:MOST_TOKENS])) for term in together(terms)]
    analysed = [(term, tokens) for term, tokens in analysed if tokens]
    words = {tokens: term.text for term, tokens in analysed if not (term.phrase or term.negated)}
    telling = {tokens: text for tokens, text in words.items() if text.lower() not in stopwords()}
    phrases = {tokens: term.text for term, tokens in analysed if term.phrase and not term.negated}
    unwanted = tuple(
        _or_lost(_or_coded(Words(tokens), codes(tokens), _written(term)), term.loss)
        for term, tokens in analysed
        if term.negated
    )
    where = tuple(map(compiled, clauses))
    if not (words or phrases) and any(not term.negated for term in terms):
        where += (Some(()),)  # nothing has a word that is none
    sought = [(leaf, _said(term)) for clause in clauses for term in wanted(clause) for leaf in leaves(term)]
    same = synonyms(list(telling or words))
    for term, tokens in analysed:
        if not term.negated and (ways := _ways(term, *of_slang(term.text))):
            same[tokens] = same.get(tokens, {}) | ways
    called: dict[Leaf, tuple[str, ...]] = {}
    called |= {leaf: codes(leaf.tokens) for leaf in (*map(Words, phrases), *dict(sought)) if _plain(leaf)}
    called |= {Words(tokens): of for tokens, of in codes_by_word(list(words)).items()}
    inner = ((term, tuple(analyse_query(term.text))) for clause in clauses for term in wanted(clause))
    sums = {tokens: term.loss for term, tokens in (*analysed, *inner) if term.loss and not term.negated}
    named = map(concatenated, known_phrases(list(words), full_names()))
    names = tuple(name for name in named if name not in words)
    return Plan(telling or words, phrases, unwanted, where, dict(sought), same, called, names, sums)


def _plain(leaf: Leaf) -> TypeGuard[Words]:
    """Whether a leaf is a word or phrase that may stand anywhere."""
    return isinstance(leaf, Words) and not (leaf.slop or leaf.title)


def _apart(leaf: Leaf) -> Node:
    """Return words that may stand apart, scored as if they stood anywhere.

    Engines differ in what such words score beside each other, and not in what each word does.
    """
    if not isinstance(leaf, Words) or not leaf.slop:
        return leaf
    words = (Words((token,), title=leaf.title) for token in dict.fromkeys(leaf.tokens))
    return All((Unscored(leaf), *words))


def _or_coded(word: Words, codes: tuple[str, ...], others: tuple[Words, ...] = ()) -> Words | OneOf:
    """Return a word or phrase with its synonyms and the codes it names as alternatives."""
    coded = (Coded(codes),) if codes else ()
    return OneOf(word, (*others, *coded)) if others or coded else word


def _or_lost(said: Node, loss: Loss | None) -> Node:
    """Return a sum of money with the losses near it as an alternative."""
    return said if loss is None else Some((said, Weighed(_lost(loss), SUM)))


def _ways(term: Term, *others: str) -> dict[Tokens, str]:
    """Return other ways to write a word: of a sum of money, without its hyphens, and these ``others``."""
    exact = term.phrase or term.prefix or term.edits or term.title
    ways = term.ways if exact else (*term.ways, run_together(term.text), *others)
    return {tuple(analyse_query(way)): way for way in ways if way}


def _written(term: Term) -> tuple[Words, ...]:
    return tuple(map(Words, _ways(term)))


@lru_cache(1)
def _mere_stems() -> frozenset[str]:
    stems = {word: analyse(word) for word in stopwords()}
    return frozenset(stem for word, told in stems.items() for stem in told if stem != word) - stopwords()


def mere_stem(typed: str) -> bool:
    """Whether ``typed`` is not a word but the stem of a stop word: ``noth`` from ``nothing``."""
    return typed.lower() in _mere_stems()


def together(terms: Sequence[Term]) -> list[Term]:
    """Return the terms with compounds joined (``deep fake``) and possessive endings removed."""
    made: list[Term] = []
    for term in terms:
        if not (term.phrase or term.negated):
            term = term.model_copy(update={"text": join_compounds(_OWNING.sub("", term.text))})
            if made and not (made[-1].phrase or made[-1].negated):
                both = f"{made[-1].text} {term.text}"
                if (one := join_compounds(both)) != both:
                    term = term.model_copy(update={"text": one, "start": made.pop().start})
        made.append(term)
    return made


def leaves(term: Term) -> tuple[Leaf, ...]:
    """Return the leaves of a term: one, or several for a prefix or near word that the index splits."""
    if not (term.prefix or term.edits):
        text = term.text if term.phrase else join_compounds(term.text)
        tokens = tuple(analyse_query(text)[:MOST_TOKENS])
        return (Words(tokens, term.slop, term.title),) if tokens else ()
    written = folded(term.text)[:MOST_TOKENS]
    if term.edits:
        return tuple(Fuzzy(word[:LONGEST_SOUGHT], term.edits, term.title) for word in written)
    whole = tuple(Fuzzy(word[:LONGEST_SOUGHT], 0, term.title) for word in written[:-1])
    return (*whole, *(Prefix(word[:LONGEST_SOUGHT], term.title) for word in written[-1:]))


def compiled(clause: Clause) -> Node:
    """Return the tree of a clause; a term without a word and an ``Or`` without parts match nothing."""
    match clause:
        case Term():
            ways = _written(clause)
            looked_for = [
                _or_coded(leaf, codes(leaf.tokens), ways) if _plain(leaf) else _apart(leaf)
                for leaf in leaves(clause)
            ]
            return _or_lost(_all(looked_for) or Some(()), clause.loss)
        case Facet(name=name, values=values):
            return Having(name, values)
        case Ids(values=values):
            return Some((Having("id", values), Having("refs", values)))
        case Dates(since=since, until=until):
            return Dated(since, until)
        case Loss():
            return _lost(clause)
        case Not(part=part):
            return All((Unscored(Everything()),), (compiled(part),))
        case And(parts=parts):
            return _all(list(map(compiled, parts))) or Everything()
        case Or(parts=parts):
            return Some(tuple(map(compiled, parts)))


def _lost(loss: Loss) -> Lost:
    """Return the node of a range of losses; in a stored query its ends may be below zero."""
    return Lost(max(1, loss.least), None if loss.most is None else max(0, loss.most))


def _all(nodes: Sequence[Node]) -> Node | None:
    """Return the only node, or the conjunction of several; None for no nodes."""
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    return All(tuple(nodes))


def _said(term: Term) -> str:
    mark = "*" if term.prefix else f"~{term.edits}" if term.edits else ""
    return f'"{term.text}"' if term.phrase else term.text + mark
