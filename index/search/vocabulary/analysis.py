"""How texts become the words of an index: every engine's analysis is held against this one."""

from typing import NamedTuple

import tantivy
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from index.search.vocabulary import spelling


class Token(NamedTuple):
    """A word as the index knows it, and where it stands in the text."""

    text: str
    start: int
    end: int


def _analyser(tokenizer: Tokenizer, *filters: Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(tokenizer)
    for one in filters:
        builder = builder.filter(one)
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
    """Return a text without the lone surrogates that UTF-8 cannot hold; as long as it was."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def analyse(text: str) -> list[str]:
    """Return the words of a text as the index knows them: folded, in one spelling, and stemmed."""
    return STEMMED.analyze(spelling.american(clean(text)))


def analyse_query(text: str) -> list[str]:
    """Return the words of a query as the index knows them; those too long for it stay, and match nothing."""
    return _WHOLE.analyze(spelling.american(clean(text)))


def tokenise(text: str) -> list[Token]:
    """Return the words of a text as the index knows them, with their place in the text."""
    tokens = STEMMED.pre_tokenize(clean(text)).tokens
    return [_placed(token.text, text, token.char_offset_from, token.char_offset_to) for token in tokens]


def _placed(stem: str, text: str, start: int, end: int) -> Token:
    if (other := spelling.american(text[start:end])) != text[start:end]:
        stem = STEMMED.analyze(other)[0]
    return Token(stem, start, end)
