"""How many victims a text counts, with the range where it counts them loosely."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.extraction import bare_counts, single_victim
from enrichment.extraction.numerals import alternatives, number, value
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load, one_per_value
from enrichment.records import Fact, Subject

BEFORE, AFTER, INVENTED, GOODS = 40, 64, 100, 400
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
            rf"(?:\saged\s[\w\s]{{1,14}}|\s(?:in|across|from|at|of)\s[\w’',\s]{{1,40}}|,[\w’'\s]{{1,40}},|\sand\s[a-z]{{3,14}})??\s(?:who\s|whom\s|that\s)?"
            rf"(?:{words('harmed_after')}|(?:were|are|being|(?:had|have|has)\sbeen)\s(?:{words('harmed')})(?!\son\sbail|\swithout\scharge)"
            rf"|(?:have\s|had\s)?told\s[\w’'\s]{{1,40}}?\sthat\sthey\s(?:had\s|have\s)?(?:been\s(?:{words('harmed')})|{words('harmed_after')}))\b"
        ),
        "harmed_before": re.compile(
            rf"\b(?:{words('harmed_before', 'harmed', 'harming')})\s(?:the\s|\w{{1,12}}\s)?$"
        ),
        "let_go": re.compile(r"\s(?:on\sbail|without\scharge|pending)\b"),
        "besides": re.compile(
            rf"\b(?:{words('besides')})\s(?:and|along\swith|as\swell\sas)\s(?:at\sleast\s)?$"
        ),
        "others": re.compile(r"\s(?:other|more|further|others)\b"),
        "payers": re.compile(rf"\b(?:{words('payers')})$"),
        "crime_goods": re.compile(rf"\b(?:{words('crime_goods')})\b"),
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
    bounds = lead.groupdict()
    written = bounds.get("from") or bounds.get("low")
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
        before, _ = passage.around(*match.span(), BEFORE, 0)
        besides = (
            patterns()["besides"].search(before) if patterns()["others"].search(match[0].lower()) else None
        )
        lead = besides or patterns()["lead"].search(before)
        start = match.start() - (len(lead[0]) if lead else 0)
        if not _are_victims(passage, match, start) or _are_customers(passage, match):
            continue
        counted = _range(match, lead if besides is None else None)
        if counted is not None:
            if besides is not None and counted.isdigit():
                counted = str(int(counted) + 1)
            score = LOOSELY if match["loose"] or not match["victims"] else COUNTED
            yield passage.fact(Subject.VICTIMS, counted, start, match.end(), score=score)


def _are_victims(passage: Passage, match: re.Match[str], start: int) -> bool:
    """Whether the words around a count, which begins at ``start``, say that these people were harmed."""
    before, after = passage.around(*match.span(), BEFORE, AFTER)
    harmed = (
        patterns()["harmed_before"].search(before[: len(before) - match.start() + start])
        or patterns()["harmed_after"].match(after)
        or patterns()["harmed"].search(match[0])
    )
    if not (match["victims"] or harmed) or patterns()["let_go"].match(after):
        return False
    if patterns()["never"].search(f"{before[-20:]}{match[0].lower()}"):
        return False
    return patterns()["invented"].search(passage.around(*match.span(), INVENTED, 0)[0]) is None


def _are_customers(passage: Passage, match: re.Match[str]) -> bool:
    """Whether people who pay for something pay a criminal for his goods."""
    if patterns()["payers"].search(match[0].lower()) is None:
        return False
    near = passage.small[max(0, match.start() - GOODS) : match.end() + GOODS]
    return patterns()["crime_goods"].search(near) is not None


def _bare_counts(passage: Passage) -> Iterator[Fact]:
    """Yield the numbers that no noun follows, in sentences that count nobody by a noun."""
    counted = {passage.sentence(fact.start or 0) for fact in _counts(passage)}
    for match in bare_counts.find(passage):
        near, _ = passage.around(*match.span(), INVENTED, 0)
        number = _range(match, match if match["least"] or match["most"] else None)
        if passage.sentence(match.start("all")) in counted or number is None:
            continue
        if not (patterns()["never"].search(near[-20:]) or patterns()["invented"].search(near)):
            yield passage.fact(Subject.VICTIMS, number, *match.span("all"), score=LOOSELY)


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return how many victims a text speaks of, each once; one person only where no other is told of."""
    counts = [fact for passage in passages for find in (_counts, _bare_counts) for fact in find(passage)]
    return one_per_value(counts) or single_victim.find(passages)
