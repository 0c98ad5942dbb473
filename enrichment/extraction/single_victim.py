"""The one person a report tells was harmed: ``a finance worker was tricked``. By role, never by name."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.extraction.background import is_background
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load
from enrichment.extraction.statistic import in_statistic
from enrichment.records import Fact, Subject

BEFORE, AFTER, INVENTED = 40, 120, 100
"""Characters around a person in which words say that nobody was harmed or that the person is pursued."""
LEAD_CHARACTERS = 1_500
"""Characters at the beginning of a text that tell who was harmed."""
SCORE = 0.5


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return the one person harmed, as one victim; nothing where the text speaks of more of them."""
    texts = [passage for passage in passages if passage.field == "text"]
    if any(patterns()["several"].search(passage.small) for passage in passages):
        return []
    found = [fact for passage in texts for fact in _harmed(passage)]
    return found if len(found) == 1 else []


def _harmed(passage: Passage) -> Iterator[Fact]:
    lead = passage.small[:LEAD_CHARACTERS]
    acted = {match.span("person") for match in patterns()["object"].finditer(lead)}
    told = {match.span("person") for match in patterns()["subject"].finditer(lead)}
    for start, end in sorted(acted | told):
        if _is_real(passage, start, end) and ((start, end) in acted or not _is_pursued(passage, start, end)):
            yield passage.fact(Subject.VICTIMS, "1", start, end, score=SCORE)


def _is_real(passage: Passage, start: int, end: int) -> bool:
    before, after = passage.around(start, end, BEFORE, AFTER)
    story, _ = passage.around(start, end, INVENTED, 0)
    if patterns()["unreal"].search(f"{before}{after}") or patterns()["invented"].search(story):
        return False
    return not (in_statistic(passage, start) or is_background(passage, start))


def _is_pursued(passage: Passage, start: int, end: int) -> bool:
    before, after = passage.around(start, end, BEFORE, AFTER)
    return (
        patterns()["pursued_before"].search(before) is not None
        or patterns()["pursued_after"].match(after) is not None
    )


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of one person harmed, and of words that say otherwise."""
    data = load("victims")

    def words(listing: str) -> str:
        return alternatives(data[listing])

    adjective = rf"(?!(?:{words('no_adjectives')})\b)[\w’'-]{{1,20}},?\s"
    person = rf"(?P<person>an?\s(?:{adjective}){{0,4}}?(?:{words('roles')}))(?![\w-])"
    aside = (
        r"(?:,?\s(?:aged\s)?\d\d,?|\sof\s\d\d|\sin\s(?:his|her)\s\w{2,8})?"
        r"(?:,?\s(?:from|in|at|of|with)\s[\w’'-]{1,20}(?:,?\s[\w’'-]{1,20}){0,5}?,?)?(?:\swho)?"
    )
    been = r"(?:was|had\sbeen|has\sbeen|is|being)\s(?:\w{1,14}\s)?"
    money = rf"[^.;]{{0,50}}?(?:[\d£$€¥₹]|\b(?:{words('belongings')})\b)"
    return {
        "subject": re.compile(
            rf"\b{person}{aside}\s(?:(?:has|had)\s)?(?:{been}(?:{words('harmed_alone')})\b"
            rf"|(?:fell\s(?:for|prey|victim)|fallen\s(?:for|prey|victim))\b|(?:{words('gave')})\b{money})"
        ),
        "object": re.compile(rf"\b(?:{words('harming_alone')})\s{person}"),
        "several": re.compile(rf"\b(?:{words('more_of_them')})\b"),
        "pursued_before": re.compile(rf"\b(?:{words('pursued_alone')})\s(?:[\w-]{{1,14}}\s){{0,2}}$"),
        "pursued_after": re.compile(rf"[^.;]{{0,30}}?\s{been}(?:{words('pursued_alone')})\b"),
        "unreal": re.compile(rf"\b(?:{words('unreal')})\b"),
        "invented": re.compile(rf"\b(?:{words('invented')})\b"),
    }
