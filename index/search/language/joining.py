"""Joins words of a query that belong together: those of a sum of money, and those of a filter's value."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from itertools import islice, takewhile

from index.search.language import sums, words
from index.search.language.filters import ALIASES
from index.search.language.grammar import Token, Tree

MOST_WORDS_AFTER = 4
"""Words after the value of a facet that may belong to it."""

Names = Callable[[str, str], bool]
"""Whether a text names a value of a facet."""


def join_sums(items: Iterable[Tree[Token]], text: str) -> Iterator[Tree[Token]]:
    """Yield the parts of a query, with each sum of money in several words as one word."""
    waiting, end = deque(sums.sums_in(text)), 0
    for item in items:
        start = item.meta.start_pos
        while waiting and waiting[0].start < start:
            waiting.popleft()
        if (
            item.data == "word"
            and waiting
            and start == waiting[0].start
            and waiting[0].end > item.meta.end_pos
        ):
            end, meta = waiting[0].end, copy(item.meta)
            meta.end_pos = end
            yield Tree("word", [Token("WORD", text[start:end], start_pos=start)], meta)
        elif start >= end:
            yield item


def join_values(items: Iterable[Tree[Token]], names: Names) -> Iterator[Tree[Token]]:
    """Yield the parts of a query; words after a filter's value that make it a name are in one with it."""
    waiting = deque(items)
    while waiting:
        item = waiting.popleft()
        match item.data, item.children:
            case "field", [Token() as field, Token() as value] if facet := ALIASES.get(field[:-1].lower()):
                after = list(takewhile(_is_word, islice(waiting, MOST_WORDS_AFTER)))
                for number in range(len(after), 0, -1):
                    typed = " ".join(map(str, (value, *(word.children[0] for word in after[:number]))))
                    if names(facet, name := typed.rstrip(words.AFTER_IDS)):
                        item = _with_value(
                            item, field, Token("VALUE", name, start_pos=value.start_pos), after[number - 1]
                        )
                        waiting = deque(islice(waiting, number, None))
                        break
        yield item


def _is_word(item: Tree[Token]) -> bool:
    return item.data == "word"


def _with_value(item: Tree[Token], field: Token, value: Token, last: Tree[Token]) -> Tree[Token]:
    """Return a ``name:value`` with another value, which ends where ``last`` does."""
    meta = copy(item.meta)
    meta.end_pos = last.meta.end_pos
    return Tree("field", [field, value], meta)
