"""Text analysis: texts to index tokens; the analysis of every engine is tested against this one."""

from typing import NamedTuple

import tantivy
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from index.search.vocabulary import spelling
from index.search.vocabulary.scripts import normalise


class Token(NamedTuple):
    """Index token with its start and end in the text."""

    text: str
    start: int
    end: int


def _analyser(tokenizer: Tokenizer, *filters: Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(tokenizer)
    for token_filter in filters:
        builder = builder.filter(token_filter)
    return builder.build()


LONGEST_WORD = 128
"""Bytes of the longest word that is indexed: a SHA-512 digest in hexadecimal digits."""

_FOLDING = (Filter.lowercase(), Filter.ascii_fold())
_INDEXED = (Filter.remove_long(LONGEST_WORD + 1), *_FOLDING)
STEMMED = _analyser(Tokenizer.simple(), *_INDEXED, Filter.stemmer("english"))
PLAIN = _analyser(Tokenizer.simple(), *_INDEXED)
_WHOLE = _analyser(Tokenizer.simple(), *_FOLDING, Filter.stemmer("english"))
RAW = _analyser(Tokenizer.raw())
FOLDED = _analyser(Tokenizer.raw(), Filter.lowercase(), Filter.ascii_fold())


def clean(text: str) -> str:
    """Return a text of the same length without lone surrogates, which UTF-8 cannot encode."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def analyse(text: str) -> list[str]:
    """Return the index tokens of a text: folded, in American spelling, stemmed."""
    return STEMMED.analyze(spelling.american(cut(text)))


def analyse_query(text: str) -> list[str]:
    """Return the index tokens of a query, also those too long for the index, which match nothing."""
    return _WHOLE.analyze(spelling.american(cut(text)))


def unstemmed(text: str) -> list[str]:
    """Return the tokens of a text folded but not stemmed."""
    return PLAIN.analyze(cut(text))


def cut(text: str) -> str:
    """Return a text normalised so that an engine can split it at every non-alphanumeric sign."""
    return normalise(clean(text)).text


def tokenise(text: str) -> list[Token]:
    """Return the index tokens of a text with their positions in it."""
    made, places = normalise(clean(text))
    return [
        Token(
            _stem(token.text, made[token.char_offset_from : token.char_offset_to]),
            places[token.char_offset_from],
            places[token.char_offset_to - 1] + 1,
        )
        for token in STEMMED.pre_tokenize(made).tokens
    ]


def _stem(stem: str, form: str) -> str:
    """Return a word's stem; for a British spelling that of the American one."""
    other = spelling.american(form)
    return stem if other == form else STEMMED.analyze(other)[0]
