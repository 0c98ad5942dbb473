"""Two accounts, read and compared."""

from collectors.records import PartialDate
from enrichment.facts import extract
from enrichment.group import Groupable
from enrichment.grouping.likeness import Corpus, Likeness
from enrichment.records import as_finding


def account(report: str, text: str, published: str = "2025-03-02") -> Groupable:
    """Return a report with the facts that it states."""
    day = PartialDate(value=published)
    facts = tuple(as_finding(fact, report, "v1", "facts@1") for fact in extract("", text, day))
    return Groupable(report, "", text, day, (), facts, None)


def likeness(one: str, other: str, published: str = "2025-03-02") -> Likeness:
    """Return how alike two texts are, of which the second was published on a day."""
    return Corpus([account("a", one), account("b", other, published)]).likeness(0, 1)
