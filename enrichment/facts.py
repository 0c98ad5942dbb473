"""The facts that a report states, each with its span: sums, dates, places, people's roles, outcome, names."""

import re
from collections.abc import Sequence

from collectors.records import PartialDate
from enrichment.extraction import dates, facets, mentions, money, names, outcome, places, sentence, victims
from enrichment.extraction.names import organisation
from enrichment.extraction.passage import Passage
from enrichment.extraction.stage import CIVIL
from enrichment.records import Fact

__all__ = ["extract", "organisation"]

ADDRESS = re.compile(r"\bhttps?://[^\s<>\"]{1,2000}")
FACTS_CHARACTERS = 300_000
"""Characters of a text in which facts are looked for: some 50,000 words."""


def extract(title: str, text: str, published: PartialDate | None = None, *, crime: bool = True) -> list[Fact]:
    """Return the facts of a report, one for each subject and value, with spans in the text or the title.

    ``crime``: whether the report is about a crime; if not, only civil outcomes such as a lawsuit are
    returned. ``published`` resolves dates such as "last Tuesday"; without its day they are left out. The
    names of private persons are never returned. Only the first ``FACTS_CHARACTERS`` are read. Facts of one
    subject come in the order of the text, those of the title last.
    """
    passages = (
        Passage(_without_addresses(text[:FACTS_CHARACTERS])),
        Passage(_without_addresses(title[:FACTS_CHARACTERS]), "title"),
    )
    countries = places.find(passages)
    sums = money.find(passages, countries)
    countries = countries or places.find(passages, sums)
    sentences = sentence.find(passages, sums)
    facts = [
        *sums,
        *dates.find(passages, published, countries),
        *countries,
        *_outcome(passages, sums, sentences, crime=crime),
        *sentences,
        *victims.find(passages),
        *facets.find(passages),
        *names.find(passages),
        *mentions.find(passages),
    ]
    return [_quoted(fact, title if fact.field == "title" else text) for fact in facts]


def _outcome(
    passages: Sequence[Passage], sums: Sequence[Fact], sentences: Sequence[Fact], *, crime: bool
) -> list[Fact]:
    found = outcome.find(passages, sums, sentences)
    return [fact for fact in found if crime or fact.value == CIVIL]


def _without_addresses(text: str) -> str:
    """Return the text with web addresses replaced by blanks, so that every position stays the same."""
    return ADDRESS.sub(lambda match: " " * len(match[0]), text)


def _quoted(fact: Fact, source: str) -> Fact:
    quote = source[fact.start : fact.end]
    return fact if quote == fact.quote else fact.model_copy(update={"quote": quote})
