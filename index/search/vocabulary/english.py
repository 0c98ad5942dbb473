"""Dictionary of correctly spelt words, indexed or not: English, places and other names."""

import json
from functools import cache
from importlib.resources import files

from index.search.vocabulary import concepts, synonyms
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import pairs

NAMES = ("organisations", "places", "platforms", "tools")
"""The lists of ``enrichment/facts_data`` whose every word counts as a name."""
SHORTEST_PLURAL = 4
"""Letters of a word whose plural ends in s."""


def is_word(typed: str) -> bool:
    """Whether a typed word is English, a plural or part of a known name, in any letter case."""
    parts = folded(typed)
    return bool(parts) and all(part in words() or _is_plural(part) for part in parts)


def _is_plural(word: str) -> bool:
    single = word.removesuffix("s")
    return len(word) > len(single) >= SHORTEST_PLURAL and not single.endswith("s") and single in words()


@cache
def words() -> frozenset[str]:
    """Return every correctly spelt word, folded."""
    listed = files("index.search.vocabulary").joinpath("words.txt").read_text("utf-8")
    both = (word for pair in pairs().items() for word in pair)
    return (
        frozenset((*_of_tokenizer(), *_of_names(), *folded(listed), *both))
        | concepts.words()
        | synonyms.words()
    )


@cache
def commonest(count: int) -> frozenset[str]:
    """Return the ``count`` commonest English words, without those in the names of the typology's codes."""
    return frozenset(_of_tokenizer()[:count]) - concepts.words()


@cache
def _of_tokenizer() -> tuple[str, ...]:
    """Return the whole words in the bundled tokenizer's vocabulary, the commonest first."""
    model = json.loads((files("enrichment") / "tokenizer" / "tokenizer.json").read_text("utf-8"))["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].__getitem__)
    return tuple(piece for piece in pieces if len(piece) > 1 and piece.isascii() and piece.isalpha())


def _of_names() -> list[str]:
    data = files("enrichment") / "facts_data"
    return [word for name in NAMES for word in folded((data / f"{name}.yaml").read_text("utf-8"))]
