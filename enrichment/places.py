"""Countries in a text: which are named, and which of them victims, offence or prosecution were in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale

from enrichment.phrases import Hit, Passage, Scanner, load
from enrichment.records import Fact, Subject

BEFORE, AFTER = 42, 48
NOTHING = "nothing -"
WEIGHT = {"institution": 0.8, "city": 0.5, "hint": 0.45, "name": 0.4, "demonym": 0.3, "home": 0.15}
"""How much each kind of word says by itself that the matter took place in its country."""
CUE, IN_TITLE, PASSING = 0.7, 0.4, -0.6
"""What a telling word beside it, a place in the title and a word of passing mention add, or make of it."""
SHARE = 0.3
"""How much of the likeliest country's weight another one needs to be a place of the matter as well."""
BY_CURRENCY = 0.35
MAYBE = 3
"""Of so many countries without a telling word the likeliest is taken; of more, none."""
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
        ("hint", "hints"),
    ):
        for code, words in data[listing].items():
            scanner.add(f"{kind} {code}", words)
    for code, rule in data["doubtful"].items():
        scanner.add(f"name {code}", rule["names"], doubtful=True, needs=rule["needs"])
    scanner.add(NOTHING, data["nothing"])
    _add_organisations(scanner)
    return scanner


def _add_organisations(scanner: Scanner) -> None:
    """Let organisations place a report; a name of one that no country is given for places nothing."""
    for group in load("organisations"):
        for entry in group["entries"]:
            listed = {"name": entry} if isinstance(entry, str) else entry
            code = listed.get("country", group.get("country"))
            value = f"institution {code}" if code else NOTHING
            doubtful = listed.get("doubtful", [])
            names = [listed["name"], *listed.get("aliases", [])]
            scanner.add(value, [name for name in names if name not in doubtful])
            if code:
                scanner.add(value, doubtful, doubtful=True, needs=listed.get("needs", []))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the words around a mention."""
    data = load("places")

    def words(listing: str) -> str:
        return "|".join(re.escape(word) for word in sorted(data[listing], key=len, reverse=True))

    states = "|".join(re.escape(form) for form in data["state_forms"])
    return {
        "state": re.compile(rf"(?<=[a-z],\s)(?:{states})(?![\w.])"),
        "home_after": re.compile(rf"(?:['’]s?)?\s?(?:\w{{1,12}}\s)?(?:{words('home_after')})\b"),
        "where_before": re.compile(rf"\b(?:{words('where_before')})\s(?:the\s|\w{{1,12}}\s)?$"),
        "neutral_before": re.compile(rf"\b(?:{words('neutral_before')})\s(?:the\s)?$"),
        "where_after": re.compile(rf"(?:['’]s?|-based)?\s(?:\w{{1,12}}\s)?(?:{words('where_after')})\b"),
        "cooperation": re.compile(rf"\b(?:{words('cooperation')})\b"),
        "passing_before": re.compile(rf"\b(?:{words('passing_before')})\s(?:the\s|an?\s)?$"),
        "victim_verbs": re.compile(
            rf"(?:['’]s|-based)?(?:\s[\w-]{{1,14}}){{0,3}}\s(?:{words('victim_verbs')})\b"
        ),
        "passing_after": re.compile(rf"(?:['’]s?)?\s?(?:\w{{1,12}}\s)?(?:{words('passing_after')})\b"),
        "list": re.compile(
            r"\.?(?:,\s?|\s(?:and|or)\s|,\s(?:and|or)\s)(?:the\s|mainland\s|Europe(?:\sand\s|,\s)){0,2}"
        ),
        "person": re.compile(r"(?:^|[\s“\"])(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|Prince|Princess)\.?\s$"),
    }


def _weight(passage: Passage, hit: Hit, kind: str) -> float:
    before, after = passage.around(hit.start, hit.end, BEFORE, AFTER)
    title = IN_TITLE if passage.field == "title" else 0.0
    if kind == "hint":
        return WEIGHT[kind] + title
    if patterns()["passing_after"].match(after) or patterns()["passing_before"].search(before):
        return PASSING
    if kind != "institution" and patterns()["cooperation"].search(before + after):
        return WEIGHT[kind]
    telling = any(patterns()[name].match(after) for name in ("where_after", "victim_verbs"))
    if kind != "institution" and not telling and patterns()["home_after"].match(after):
        return WEIGHT["home"] + title
    weight = WEIGHT[kind] + (CUE if telling else 0.0) + title
    if kind != "institution" and not patterns()["neutral_before"].search(before):
        weight += CUE if patterns()["where_before"].search(before) else 0.0
    return weight


def _hits(passage: Passage) -> list[Hit]:
    """Return what is found in a passage, with states of the United States written as ``Mesa, AZ``."""
    found = list(_scanner().scan(passage))
    taken = {hit.start for hit in found}
    states = (
        Hit("city US", match.start(), match.end(), match[0])
        for match in patterns()["state"].finditer(passage.text)
        if match.start() not in taken
    )
    return sorted([*found, *states], key=lambda hit: hit.start)


def _mentions(passage: Passage) -> Iterable[Mention]:
    """Yield the mentions of a passage; in a list (``in Italy and Spain``) all count like its first."""
    previous: Mention | None = None
    for hit in _hits(passage):
        kind, code = hit.value.split()
        if hit.value == NOTHING or _is_something_else(passage.text, hit, kind):
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


def find(passages: Sequence[Passage], sums: Sequence[Fact] = ()) -> list[Fact]:
    """Return each country named, with role ``where`` for those the matter took place in.

    Where the text names no country, the currency of its first sum in ``sums`` can stand for one.
    """
    by_code: dict[str, list[Mention]] = {}
    for mention in (mention for passage in passages for mention in _mentions(passage)):
        by_code.setdefault(mention.code, []).append(mention)
    totals = {code: _total(group) for code, group in by_code.items()}
    where = _where(totals)
    facts = []
    for code, group in by_code.items():
        best = max(group, key=lambda mention: mention.weight)
        role = "where" if code in where else ""
        score = min(0.95, 0.6 + 0.1 * totals[code]) if role else 0.4
        facts.append(best.passage.fact(Subject.COUNTRY, code, best.start, best.end, score=score, role=role))
    return facts or _by_currency(sums)


def _by_currency(sums: Sequence[Fact]) -> list[Fact]:
    countries = load("places")["currencies"]
    for fact in sums[:1]:
        code = countries.get(fact.value.split()[0])
        if code is not None:
            known = {"subject": Subject.COUNTRY, "value": code, "role": "where", "score": BY_CURRENCY}
            return [fact.model_copy(update=known)]
    return []


def _total(group: Sequence[Mention]) -> float:
    """Return the best mention's weight and a little for each further one, so that they add up slowly."""
    weights = sorted((mention.weight for mention in group), reverse=True)
    return weights[0] + 0.25 * sum(weights[1:])


def _where(totals: dict[str, float]) -> set[str]:
    least = max(WHERE_AT, SHARE * max(totals.values(), default=0.0))
    where = {code for code, total in totals.items() if total >= least}
    likely = {code: total for code, total in totals.items() if total > 0}
    if where or not likely or len(likely) > MAYBE:
        return where
    best = max(likely.values())
    return {code for code, total in likely.items() if total == best}
