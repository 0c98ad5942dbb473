"""The door to facts: what a report states of money, dates, places, people's roles and outcome, with spans."""

from collectors.records import PartialDate
from enrichment import dates, facets, mentions, money, names, outcome, places, sentence, victims
from enrichment.names import organisation
from enrichment.phrases import Passage
from enrichment.records import Fact

__all__ = ["extract", "organisation"]

READ = 300_000
"""Characters of a text in which facts are looked for: some 50,000 words."""


def extract(title: str, text: str, published: PartialDate | None = None) -> list[Fact]:
    """Return what a report states, one fact per subject and value, spans in the text rather than the title.

    ``published`` is needed for dates such as "last Tuesday"; without its day they are left out. Private
    persons are never among the facts. Nothing beyond ``READ`` characters is looked at. Facts of one subject
    stand in the order of the text, the title's last.
    """
    passages = (Passage(text[:READ]), Passage(title[:READ], "title"))
    sums = money.find(passages)
    sentences = sentence.find(passages, sums)
    countries = places.find(passages, sums)
    return [
        *sums,
        *dates.find(passages, published, countries),
        *countries,
        *outcome.find(passages, sums, sentences),
        *sentences,
        *victims.find(passages),
        *facets.find(passages),
        *names.find(passages),
        *mentions.find(passages),
    ]
