"""Query plan: a query's terms analysed into index tokens, the same for every engine."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import chain

from collectors.errors import WrongUse
from index.search.clause_trees import (
    MOST_TOKENS,
    compiled,
    labels,
    leaves,
    other_spellings,
    stands_anywhere,
    with_labels,
    with_losses,
    written,
)
from index.search.language.syntax import Clause, Loss, Term, wanted
from index.search.query import FACETS, Query
from index.search.tree import AtLeast, HasLabel, Leaf, MatchAll, Node, Unscored, Words
from index.search.vocabulary.analysis import analyse, analyse_query
from index.search.vocabulary.concepts import NAMED, named_by_word
from index.search.vocabulary.spelling import join_compounds
from index.search.vocabulary.synonyms import Tokens, concatenated, full_names, of_slang, synonyms
from index.search.vocabulary.synonyms import phrases as known_phrases

SHARE = 0.6
"""Share of three or more words that must match."""
_OWNING = re.compile(r"(?<=\w)['’]s?$")


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
    labels: dict[Leaf, tuple[HasLabel, ...]] = field(default_factory=dict)
    """Typology codes and countries that a word or phrase names, alone or with adjacent words."""
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
        return with_losses(with_labels(word, self.labels.get(word, ()), others), self.sums.get(tokens))

    def named(self, facet: str, leaf: Leaf) -> tuple[str, ...]:
        """Return the values of a facet that a word or phrase names, alone or with adjacent words."""
        return tuple(
            chain.from_iterable(label.values for label in self.labels.get(leaf, ()) if label.facet == facet)
        )

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
        with_losses(with_labels(Words(tokens), labels(tokens), written(term)), term.loss)
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
        if not term.negated and (ways := other_spellings(term, *of_slang(term.text))):
            alternatives[tokens] = alternatives.get(tokens, {}) | ways
    labels_of: dict[Leaf, tuple[HasLabel, ...]] = {
        leaf: labels(leaf.tokens)
        for leaf in (*map(Words, phrases), *dict(condition_leaves))
        if stands_anywhere(leaf)
    }
    by_word: dict[Leaf, tuple[HasLabel, ...]] = {}
    for facet in NAMED:
        for tokens, values in named_by_word(facet, list(words)).items():
            by_word[Words(tokens)] = (*by_word.get(Words(tokens), ()), HasLabel(facet, values))
    labels_of |= by_word
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
        labels_of,
        names,
        sums,
    )


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


def _typed(term: Term) -> str:
    mark = "*" if term.prefix else f"~{term.edits}" if term.edits else ""
    return f'"{term.text}"' if term.phrase else term.text + mark
