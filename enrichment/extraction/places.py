"""Countries in a text: which are named, and which of them victims, offence or prosecution were in.

A country that a person, a firm or a state comes from, that money or goods passed through, or whose agency or
newspaper comments, is named but is not where the matter took place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load
from enrichment.extraction.whereabouts import TITLE_WEIGHT, WEIGHT, Mention, mentions, patterns
from enrichment.records import Fact, Subject

LEAST_PLACE_WEIGHT = 1.0
"""The least weight that makes a country the place of the matter."""
LEAST_SHARE = 0.3
"""The least share of the likeliest country's weight that makes another country a place too."""
LEAST_TOLD_WEIGHT = 0.5
"""The least weight of a mention that tells a place, beside which nobody's origin counts."""
MOST_CANDIDATES, LEADING_FACTOR = 3, 1.5
"""Without a sure country the likeliest of at most ``MOST_CANDIDATES`` counts; of more, only one with
``LEADING_FACTOR`` times the weight of the next."""
CURRENCY_SCORE = 0.35
"""The score of a country that only the currency of the loss speaks for."""
HINT_SCORE = 0.45
"""The highest score of a country that only people and firms speak for."""
_SURE = frozenset({"city", "region", "institution"})
"""Kinds of names that say which of several countries a town of theirs lies in."""
_FAINT = frozenset({"hint", "seat"})
"""Kinds of names that place a matter only where no other does."""


def find(passages: Sequence[Passage], sums: Sequence[Fact] = ()) -> list[Fact]:
    """Return each country named, with role ``where`` for those the matter took place in.

    Parts of the United Kingdom speak for it together. In a text that names no country and does not
    speak of several, the currency of the loss among ``sums`` can stand for one.
    """
    by_code: dict[str, list[Mention]] = {}
    named = _resolve_namesakes([mention for passage in passages for mention in mentions(passage)])
    for mention in _without_origins(_without_seats(named, passages)):
        by_code.setdefault(mention.code, []).append(mention)
    totals = {code: _total(group) for code, group in by_code.items()}
    where = _places(by_code, totals)
    facts = []
    for code, group in by_code.items():
        best = max(group, key=lambda mention: mention.weight)
        role = "where" if code in where else ""
        most = 0.95 if _is_named(group) else HINT_SCORE
        score = max(0.0, min(most, 0.6 + 0.1 * totals[code])) if role else 0.4
        facts.append(best.passage.fact(Subject.COUNTRY, code, best.start, best.end, score=score, role=role))
    return facts or _by_currency(passages, sums)


def _resolve_namesakes(named: Sequence[Mention]) -> list[Mention]:
    """Give a town or court that several countries have to the one of these that the text names otherwise."""
    several = _namesakes()
    sure = {_state(each.code) for each in named if each.kind in _SURE and each.word not in several}
    resolved = []
    for mention in named:
        others = sure.intersection(several.get(mention.word, ())) if _state(mention.code) not in sure else ()
        resolved.append(replace(mention, code=min(others)) if others else mention)
    return resolved


def _without_origins(named: Sequence[Mention]) -> list[Mention]:
    """Take all weight from the countries people come from, where a place of the matter is told as well."""
    told = {_state(mention.code) for mention in named if _tells_place(mention)}
    return [
        replace(mention, weight=min(mention.weight, 0.0))
        if mention.origin and told - {_state(mention.code)}
        else mention
        for mention in named
    ]


def _tells_place(mention: Mention) -> bool:
    return not mention.origin and mention.kind not in _FAINT and mention.weight >= LEAST_TOLD_WEIGHT


def _without_seats(named: Sequence[Mention], passages: Sequence[Passage]) -> list[Mention]:
    """Take the weight from towns that only date the news of an international body which sits there."""
    seats = {
        town
        for town, bodies in load("places")["seats_of_bodies"].items()
        if any(body in passage.text for body in bodies for passage in passages)
    }
    return [
        replace(mention, weight=0.0)
        if mention.word.title() in seats and mention.weight <= WEIGHT["city"] + TITLE_WEIGHT
        else mention
        for mention in named
    ]


@cache
def _namesakes() -> dict[str, set[str]]:
    """Map each town or court that several countries have to those beside the one it is listed under."""
    countries: dict[str, set[str]] = {}
    for code, words in load("places")["namesakes"].items():
        for word in words:
            countries.setdefault(word, set()).add(code)
    return countries


def _places(by_code: Mapping[str, list[Mention]], totals: Mapping[str, float]) -> set[str]:
    """Return the codes of the countries the matter took place in; of a country's parts those that tell."""
    by_state: dict[str, list[Mention]] = {}
    for code, group in by_code.items():
        by_state.setdefault(_state(code), []).extend(group)
    known = {state: _total(group) for state, group in by_state.items() if _is_named(group)}
    states = _sure(known) or _likely({state: _total(group) for state, group in by_state.items()})
    places = set()
    for state in states:
        parts = [code for code in by_code if _state(code) == state]
        best = max(parts, key=lambda code: totals[code])
        places |= {best, *(code for code in parts if totals[code] >= LEAST_PLACE_WEIGHT)}
    return places


def _state(code: str) -> str:
    return code.partition("-")[0]


def _is_named(group: Sequence[Mention]) -> bool:
    return any(mention.kind not in _FAINT for mention in group)


def _total(group: Sequence[Mention]) -> float:
    """Return the best mention's weight and a little for each further one, so that they add up slowly."""
    weights = sorted((mention.weight for mention in group), reverse=True)
    rest = [weight for weight in weights[1:] if weight > 0 or weights[0] < LEAST_PLACE_WEIGHT]
    return weights[0] + 0.25 * sum(rest)


def _sure(totals: Mapping[str, float]) -> set[str]:
    """Return the countries with enough weight."""
    least = max(LEAST_PLACE_WEIGHT, LEAST_SHARE * max(totals.values(), default=0.0))
    return {code for code, total in totals.items() if total >= least}


def _likely(totals: Mapping[str, float]) -> set[str]:
    """Return the countries with enough weight, else the likeliest of few or one far ahead of the others."""
    likely = sorted((total for total in totals.values() if total > 0), reverse=True)
    if not likely or (len(likely) > MOST_CANDIDATES and likely[0] < LEADING_FACTOR * likely[1]):
        return _sure(totals)
    return _sure(totals) or {state for state, total in totals.items() if total == likely[0]}


def _by_currency(passages: Sequence[Passage], sums: Sequence[Fact]) -> list[Fact]:
    """Return the country of the currency of the loss, unless the text is of many countries."""
    loss = next((fact for fact in sums if fact.role == "loss"), None)
    if loss is None or any(patterns()["worldwide"].search(passage.small) for passage in passages):
        return []
    code = load("places")["currencies"].get(loss.value.split()[0])
    known = {"subject": Subject.COUNTRY, "value": code, "role": "where", "score": CURRENCY_SCORE}
    return [loss.model_copy(update=known)] if code else []
