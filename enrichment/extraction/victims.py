"""How many victims a text counts, with the range where it counts them loosely."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.extraction.numerals import alternatives, number, value
from enrichment.extraction.phrases import Passage, load, one_per_value
from enrichment.records import Fact, Subject

BEFORE, AFTER, INVENTED = 40, 40, 100
COUNTED, LOOSELY = 0.7, 0.5


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the pattern of a count of people, and of the words around it that make them victims."""
    data = load("victims")

    def words(*listings: str) -> str:
        return alternatives(word for listing in listings for word in data[listing])

    loose = alternatives(load("numbers")["loose"])
    return {
        "count": re.compile(
            rf"(?<![\w.,£$€-])(?:(?P<loose>{loose})|(?P<number>{number()}))(?:\sof(?:\sthe)?)?"
            rf"(?:\s(?!and\b|of\b|to\b|in\b|for\b|years?\b|months?\b|days?\b)[a-z][\w-]{{1,14}}){{0,2}}?\s"
            rf"(?:(?P<victims>{words('victims')})|(?P<people>{words('people')}))(?![\w-])",
            re.IGNORECASE,
        ),
        "lead": re.compile(
            rf"\b(?:(?P<least>{words('at_least')})|(?P<most>{words('at_most')})|(?:{words('about')})"
            rf"|between\s(?P<from>{number()})\sand|(?P<low>{number()})\sto)\s$"
        ),
        "harmed_after": re.compile(
            rf"(?:\s(?:in|across|from|at|of)\s[\w’'\s]{{1,24}}|,[\w’'\s]{{1,40}},)??\s(?:who\s|whom\s|that\s)?"
            rf"(?:{words('harmed_after')}|(?:were|are|being|(?:had|have|has)\sbeen)\s(?:{words('harmed')}))\b"
        ),
        "harmed_before": re.compile(
            rf"\b(?:{words('harmed_before', 'harmed', 'harming')})\s(?:the\s|\w{{1,12}}\s)?$"
        ),
        "harmed": re.compile(rf"\b(?:{words('harmed')})\b"),
        "invented": re.compile(rf"\b(?:{words('invented')})\b"),
        "never": re.compile(rf"(?<!\w)(?:{words('never')})(?!\w)"),
    }


def _range(match: re.Match[str], lead: re.Match[str] | None) -> str | None:
    """Return how many a match counts: ``43``, ``43+``, ``0-43`` or ``24-99``; None for fewer than two."""
    if match["loose"]:
        low, high = load("numbers")["loose"][match["loose"].lower()]
        if lead is not None and lead["least"]:
            return f"{low}+"
        return str(low) if low == high else f"{low}-{high}"
    count = value(match["number"])
    if count < 2 or (1900 <= count <= 2100 and "," not in match["number"]):
        return None
    if lead is None:
        return str(count)
    written = lead["from"] or lead["low"]
    if written:
        low = _in_scale(written, match["number"])
        return f"{low}-{count}" if low < count else str(count)
    return f"{count}+" if lead["least"] else f"0-{count}" if lead["most"] else str(count)


def _in_scale(low: str, high: str) -> int:
    """Return the lower end of a range, which may leave its scale to the upper: ``2 to 3 million``."""
    scale = high.rpartition(" ")[2].lower()
    return value(f"{low} {scale}" if scale in load("numbers")["scales"] else low)


def _counts(passage: Passage) -> Iterator[Fact]:
    for match in patterns()["count"].finditer(passage.text):
        before, after = passage.around(*match.span(), BEFORE, AFTER)
        lead = patterns()["lead"].search(before)
        start = match.start() - (len(lead[0]) if lead else 0)
        harmed = patterns()["harmed_before"].search(before[: len(before) - match.start() + start])
        harmed = harmed or patterns()["harmed_after"].match(after) or patterns()["harmed"].search(match[0])
        if not (match["victims"] or harmed) or patterns()["never"].search(
            f"{before[-20:]}{match[0].lower()}"
        ):
            continue
        if patterns()["invented"].search(passage.around(*match.span(), INVENTED, 0)[0]):
            continue
        counted = _range(match, lead)
        if counted is not None:
            score = LOOSELY if match["loose"] or not match["victims"] else COUNTED
            yield passage.fact(Subject.VICTIMS, counted, start, match.end(), score=score)


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return how many victims a text speaks of, each count once; a single victim is not counted."""
    return one_per_value(fact for passage in passages for fact in _counts(passage))
