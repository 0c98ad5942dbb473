"""Countries in a text: which are named, and which of them victims, offence or prosecution were in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale

from enrichment.phrases import Hit, Passage, Scanner, load
from enrichment.records import Fact, Subject

BEFORE, AFTER = 42, 30
WHERE_AT = 1.0
"""How much the mentions of a country must speak for it before it is called the place of the matter."""


@dataclass(frozen=True)
class Mention:
    """One word that names a country, and how strongly it says that the matter took place there."""

    code: str
    passage: Passage
    start: int
    end: int
    weight: float


@cache
def _scanner() -> Scanner:
    data = load("places")
    scanner = Scanner()
    doubtful = {name for rule in data["doubtful"].values() for name in rule["names"]}
    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and code not in data["never"] and name not in doubtful:
            scanner.add(f"name {code}", [name.replace("&", "and"), name])
    for kind, listing in (
        ("name", "names"),
        ("demonym", "demonyms"),
        ("city", "cities"),
        ("city", "regions"),
        ("institution", "institutions"),
    ):
        for code, words in data[listing].items():
            scanner.add(f"{kind} {code}", words)
    for code, rule in data["doubtful"].items():
        scanner.add(f"name {code}", rule["names"], doubtful=True, needs=rule["needs"])
    _add_organisations(scanner)
    return scanner


def _add_organisations(scanner: Scanner) -> None:
    for group in load("organisations"):
        for entry in group["entries"]:
            listed = {"name": entry} if isinstance(entry, str) else entry
            code = listed.get("country", group.get("country"))
            if code is not None:
                names = [listed["name"], *listed.get("aliases", [])]
                sure = [name for name in names if name not in listed.get("doubtful", [])]
                scanner.add(f"institution {code}", sure)
                scanner.add(
                    f"institution {code}",
                    listed.get("doubtful", []),
                    doubtful=True,
                    needs=listed.get("needs", []),
                )


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the words around a mention."""
    data = load("places")

    def words(listing: str) -> str:
        return "|".join(re.escape(word) for word in sorted(data[listing], key=len, reverse=True))

    return {
        "where_before": re.compile(rf"\b(?:{words('where_before')})\s(?:the\s|\w{{1,12}}\s)?$"),
        "neutral_before": re.compile(rf"\b(?:{words('neutral_before')})\s(?:the\s)?$"),
        "where_after": re.compile(rf"(?:['’]s?)?\s(?:\w{{1,12}}\s)?(?:{words('where_after')})\b"),
        "passing_before": re.compile(rf"\b(?:{words('passing_before')})\s(?:the\s)?$"),
        "passing_after": re.compile(rf"(?:['’]s?)?\s?(?:\w{{1,12}}\s)?(?:{words('passing_after')})\b"),
        "list": re.compile(
            r"(?:,\s?|\s(?:and|or)\s|,\s(?:and|or)\s)(?:the\s|mainland\s|Europe(?:\sand\s|,\s)){0,2}"
        ),
        "person": re.compile(r"(?:^|[\s“\"])(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|Prince|Princess)\.?\s$"),
    }


def _weight(passage: Passage, hit: Hit, kind: str) -> float:
    before, after = passage.around(hit.start, hit.end, BEFORE, AFTER)
    if patterns()["passing_after"].match(after) or patterns()["passing_before"].search(before):
        return -0.6
    weight = {"institution": 0.8, "city": 0.5, "name": 0.4, "demonym": 0.3}[kind]
    if kind != "institution" and not patterns()["neutral_before"].search(before):
        weight += 0.7 if patterns()["where_before"].search(before) else 0.0
    if patterns()["where_after"].match(after):
        weight += 0.7
    return weight + (0.4 if passage.field == "title" else 0.0)


def _mentions(passage: Passage) -> Iterable[Mention]:
    """Yield the mentions of a passage; in a list (``in Italy and Spain``) all count like its first."""
    previous: Mention | None = None
    for hit in _scanner().scan(passage):
        kind, code = hit.value.split()
        if _is_something_else(passage.text, hit, kind):
            continue
        weight = _weight(passage, hit, kind)
        if previous is not None and patterns()["list"].fullmatch(passage.text[previous.end : hit.start]):
            weight = max(weight, previous.weight) if previous.weight > 0 else previous.weight
        previous = Mention(code, passage, hit.start, hit.end, weight)
        yield previous


def _is_something_else(text: str, hit: Hit, kind: str) -> bool:
    """Return whether a city's or country's name is a person's (``Lord London``) or a sum's (``US$5``)."""
    if kind not in ("city", "name"):
        return False
    if text[hit.end : hit.end + 1] == "$":
        return True
    return patterns()["person"].search(text[max(0, hit.start - 12) : hit.start]) is not None


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return each country named, with role ``where`` for those the matter took place in."""
    mentions = [mention for passage in passages for mention in _mentions(passage)]
    by_code: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_code.setdefault(mention.code, []).append(mention)
    totals = {code: _total(group) for code, group in by_code.items()}
    where = _where(totals)
    facts = []
    for code, group in by_code.items():
        best = max(group, key=lambda mention: mention.weight)
        role = "where" if code in where else ""
        score = min(0.95, 0.6 + 0.1 * totals[code]) if role else 0.4
        facts.append(best.passage.fact(Subject.COUNTRY, code, best.start, best.end, score=score, role=role))
    return facts


def _total(group: Sequence[Mention]) -> float:
    """Return the best mention's weight and a little for each further one, so that they add up slowly."""
    weights = sorted((mention.weight for mention in group), reverse=True)
    return weights[0] + 0.25 * sum(weights[1:])


def _where(totals: dict[str, float]) -> set[str]:
    where = {code for code, total in totals.items() if total >= WHERE_AT}
    if where or not totals:
        return where
    best = max(totals.values())
    return {code for code, total in totals.items() if total == best and best > 0 and len(totals) <= 3}
