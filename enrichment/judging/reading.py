"""One report as the models see it: its words, the word groups found in it, its vector and its sentences."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from enrichment.judging import ai_words, orders
from enrichment.judging.denials import denials
from enrichment.judging.features import LEAD_CHARACTERS, Match, Span, load_lexicon, sentences, words
from enrichment.judging.lawful import lawful_uses
from enrichment.judging.terms import words_and_pairs

Floats = NDArray[np.float32]
HEDGES = "hedges"
HINTS = "hints"
RULES = "rules"
PASSAGE_WORDS = 180
"""Words of a passage: with the title they fit into the embedder's 256 word pieces."""
OPENING_SENTENCES = 2
"""Sentences at the start of a text that tell what it is about, whatever their words."""
DENIAL_GROUPS = ("denied_ai", "no_ai")
"""Groups of words that deny the use of AI."""
OFFENCE_GROUPS = ("offence", "event_word")
"""Groups of words for an offence and what follows it."""
GROUPS = (RULES, "relevance", HEDGES)
"""The lexicons whose word groups are looked for, in the order of ``Reading.signs``."""


@dataclass(frozen=True)
class Reading:
    """A title and a text read together; places count from the start of the title."""

    title: str
    text: str
    vector: Floats | None = None
    """Unit float32 vector of title and lead, or None where there is no embedder."""
    masked: ClassVar[bool] = True
    """Whether the words that only hedge are left out; kept in only to measure what that costs."""

    @cached_property
    def joined(self) -> str:
        """Return the title, a line end and the lead of the text, orders to the reader made blank.

        What is blank does not count as lead, so that it cannot push the news out of sight.
        """
        end = len(self.title) + 1 + LEAD_CHARACTERS
        for start, stop in self.orders:
            end += stop - start if start < end else 0
        return "\n".join(self.without_orders)[: min(end, len(self.title) + 1 + orders.ORDERS_CHARACTERS)]

    @cached_property
    def without_orders(self) -> tuple[str, str]:
        """Return title and text with orders to the reader made blank, so that all places stay."""
        whole, pieces, done = f"{self.title}\n{self.text}", [], 0
        for start, stop in self.orders:
            pieces += [whole[done:start], " " * (stop - max(start, done))]
            done = max(done, stop)
        blanked = "".join((*pieces, whole[done:]))
        return blanked[: len(self.title)], blanked[len(self.title) + 1 :]

    @property
    def lead(self) -> str:
        """Return the text for the embedder where orders were removed: the remaining words, from the start."""
        start = len(self.title) + 1
        return f"{self.joined[: start - 1].strip()}. {' '.join(self.joined[start:].split()[:PASSAGE_WORDS])}"

    @cached_property
    def orders(self) -> list[Span]:
        """Return the sentences of title and text that tell the reader how to judge them."""
        return orders.orders(f"{self.title}\n{self.text[: orders.ORDERS_CHARACTERS]}")

    @cached_property
    def words(self) -> list[str]:
        """Return the words of title and text in order, without hedges."""
        return words(self.joined, masked=self.masked)

    @cached_property
    def hits(self) -> dict[str, list[Span]]:
        """Return where the word groups of all lexicons are found."""
        return {
            group: spans for name in GROUPS for group, spans in load_lexicon(name).hits(self.joined).items()
        }

    @cached_property
    def ai_named(self) -> list[Span]:
        """Return where AI that offenders use is named: by a word for it, a capability or a tool."""
        start = len(self.title) + 1
        named = ai_words.capabilities_and_tools(self.joined[: start - 1], self.joined[start:])
        return sorted({*self.hits.get("ai_word", ()), *named})

    @property
    def names_ai(self) -> bool:
        """Whether the text names AI that offenders use or any other AI system."""
        return bool(self.ai_named) or "ai_system" in self.hits

    @cached_property
    def ai_hints(self) -> list[Span]:
        """Return where words stand that often tell of AI, such as *software*, but do not name it."""
        return load_lexicon(HINTS).hits(self.joined).get("ai", [])

    @cached_property
    def denials(self) -> list[Span]:
        """Return where the text denies that AI was used."""
        return denials(self.joined, self.sentences)

    @cached_property
    def denies_ai(self) -> bool:
        """Whether AI is named, and only to deny that it was used."""
        return self._names_ai_only_in(self.denials)

    @cached_property
    def lawful_uses(self) -> list[Span]:
        """Return where the text names AI as a means of those who act against crime."""
        return lawful_uses(self.joined)

    @cached_property
    def only_lawful_ai(self) -> bool:
        """Whether AI is named, and only as a means against crime or to deny that it was used in one."""
        return not self.denies_ai and self._names_ai_only_in([*self.lawful_uses, *self.denials])

    @cached_property
    def ai_in_offence(self) -> bool:
        """Whether a sentence on an offence names AI that is neither denied nor only a means against crime."""
        if self.only_lawful_ai or any(group in self.hits for group in DENIAL_GROUPS):
            return False
        makers = self.hits.get("ai_maker", ())
        used = [
            span
            for span in self.ai_named
            if not any(_overlap(span, maker) for maker in makers) and not self._taken_back(span)
        ]
        naming = {self._sentence(span) for span in used}
        return any(
            self._sentence(span) in naming for group in OFFENCE_GROUPS for span in self.hits.get(group, ())
        )

    @cached_property
    def foreground(self) -> "Reading":
        """Return the reading without statistics and warnings that follow the first sentences.

        What happened is told first; a closing paragraph of figures or advice says nothing about it.
        """
        after = len(self.title) + 1
        behind = [span for span in self.sentences if span[0] >= after][OPENING_SENTENCES:]
        dropped = [
            span for span in behind if self._says("trend_word", span) and not self._says("event_word", span)
        ]
        if not dropped:
            return self
        text, done = "", after
        for start, end in dropped:
            text += self.joined[done:start]
            done = end
        return replace(self, text=text + self.joined[done:])

    def _names_ai_only_in(self, spans: Sequence[Span]) -> bool:
        named = [*self.ai_named, *self.hits.get("ai_system", ())]
        return bool(named) and all(any(_overlap(name, span) for span in spans) for name in named)

    def _taken_back(self, span: Span) -> bool:
        """Whether the sentence goes on with what it was in truth, and names no AI there."""
        _, end = self.sentences[self._sentence(span)]
        turn = next((turn[0] for turn in self.hits.get("reversal", ()) if span[1] <= turn[0] < end), end)
        return turn < end and not any(turn < named[0] < end for named in self.ai_named)

    def _sentence(self, span: Span) -> int:
        """Return the place among the sentences of the one in which a span begins."""
        return bisect_right(self.sentences, span[0], key=itemgetter(0)) - 1

    def _says(self, group: str, sentence: Span) -> bool:
        return any(sentence[0] <= start < sentence[1] for start, _ in self.hits.get(group, ()))

    @cached_property
    def matches(self) -> dict[str, Match]:
        """Return the codes whose rules hold."""
        return load_lexicon(RULES).matches(self.hits)

    @cached_property
    def signs(self) -> Floats:
        """Return 1 or 0 for every word group of all lexicons, then the weight of each code's rules.

        float32 of shape (signs,), in the order of ``sign_names``.
        """
        groups = [float(group in self.hits) for group in group_names()]
        rules = [self.matches[code].weight if code in self.matches else 0.0 for code in rule_codes()]
        return np.array([*groups, *rules], dtype=np.float32)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Return the sentences of the joined title and text; none runs from the title into the text."""
        after = len(self.title) + 1
        inside = [(start + after, end + after) for start, end in sentences(self.joined[after:])]
        return ((0, len(self.title)), *inside) if self.title.strip() else tuple(inside)

    @cached_property
    def sentence_words(self) -> tuple[tuple[str, ...], ...]:
        """Return the words and word pairs of each sentence."""
        return tuple(tuple(words_and_pairs(words(self.joined[start:end]))) for start, end in self.sentences)


def _overlap(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def group_names() -> tuple[str, ...]:
    """Return the names of the word groups of all lexicons, in the order of ``Reading.signs``."""
    return tuple(group for name in GROUPS for group in load_lexicon(name).groups)


def rule_codes() -> tuple[str, ...]:
    """Return the codes that have rules, in the order in which ``Reading.signs`` ends."""
    return load_lexicon(RULES).codes


def sign_names() -> tuple[str, ...]:
    """Return the names of all that ``Reading.signs`` holds."""
    return (*group_names(), *(f"rules of {code}" for code in rule_codes()))
