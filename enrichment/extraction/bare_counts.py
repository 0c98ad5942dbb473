"""Numbers that stand alone for people harmed: ``injuring seven``, ``dozens lost money``."""

import re
from collections.abc import Iterator
from functools import cache

from enrichment.extraction.numerals import alternatives, number
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load


def find(passage: Passage) -> Iterator[re.Match[str]]:
    """Yield matches with a count as ``number`` or ``loose``, in order."""
    matches = [match for pattern in patterns().values() for match in pattern.finditer(passage.text)]
    yield from sorted(matches, key=lambda match: match.start())


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of counts that no noun follows."""
    data = load("victims")

    def words(*listings: str) -> str:
        return alternatives(word for listing in listings for word in data[listing])

    loose = alternatives(
        word for word in load("numbers")["loose"] if not word.endswith(" of") and " " not in word
    )
    lead = rf"(?:(?P<least>{words('at_least')})\s|(?P<most>{words('at_most')})\s|(?:{words('about')})\s)?"
    counted = rf"(?:(?P<loose>{loose})|(?P<number>{number()}))"
    been = r"(?:were|are|(?:had|have)\sbeen)\s(?:also\s|since\s)?"
    end = r"(?=[,.;]|\s(?:others?|and|in|on|at|when|as|before|outside|inside|near)\b|$)"
    begins = r"(?:^|(?<=[.;,:]\s)|(?<=\n)|(?<=\band\s)|(?<=\bthat\s))"
    unnamed = rf"(?P<all>{lead}(?P<number>(?!))?(?P<loose>{loose}))"
    forms = {
        "hurting": rf"\b(?:{words('hurting')})\s(?P<all>{lead}{counted})(?:\sothers)?{end}",
        "left": rf"\b(?:left|leaving)\s(?P<all>{lead}{counted})\s(?:{words('hurt')})\b",
        "were": rf"{begins}(?P<all>{lead}{counted})\s(?:others\s)?"
        rf"{been}(?:{words('hurt', 'deceived', 'brought_out')})\b",
        "pronoun": rf"\b{unnamed}\s(?:others\s|more\s)?(?:(?:have|had)\s)?(?:{words('suffered')})\b"
        r"(?!\s(?:jobs?|power|interest|contact|sight)\b)",
        "object": rf"\b(?:{words('deceived', 'harming', 'costing')})\s{unnamed}"
        r"(?=[,.;]|\s(?:out|their|into|in|with|by|across|and)\b|$)",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in forms.items()}
