"""Sums of money in a text, and which of them is the loss.

The forms are our own patterns because the libraries lose the scale word or read ``HK$200m`` as metres.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from enrichment.phrases import Passage, load, one_per_value
from enrichment.records import Fact, Subject

LOSS_AT = 1.0
"""How much the words around a sum must speak for it before it is called the loss."""
REACH_BEFORE, REACH_AFTER = 110, 60
# Atomic, so that a long run of digits is never tried again in shorter pieces.
_GROUPED = r"\d{1,3}(?:[,’'\u00a0\u202f]\d{2,3}(?!\d)|\x20\d{3}(?!\d)){1,5}(?:\.\d{1,4})?"
_NUMBER = rf"(?>{_GROUPED}|\d{{1,15}}(?:[.,]\d{{1,8}})?)"
_RESTATED = re.compile(
    r",?\s?[(\[]?(?:about|around|some|roughly|approximately|nearly|almost|or|or about|and|to|-|–)?\s?"
)
_JOINED = re.compile(r"\s?(?:-|–|—|and|to)\s?$")
_DASHED = re.compile(r"\s?(?:-|–|—|to)\s?$")


@dataclass(frozen=True)
class Sum:
    """One sum as written; ``currency`` may still be a shared sign such as ``$``."""

    currency: str
    amount: Decimal
    start: int
    end: int
    range: bool = False

    @property
    def value(self) -> str:
        """Return ``<ISO currency> <amount>`` in plain digits."""
        plain = format(self.amount, "f")
        return f"{self.currency} {plain.rstrip('0').rstrip('.') if '.' in plain else plain}"


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _signs() -> dict[str, str]:
    """Every symbol and word of money with its currency, or with ``~n`` for the n-th shared sign."""
    data = load("money")
    signs = {}
    for code, forms in data["currencies"].items():
        signs.update(dict.fromkeys(forms["symbols"], code) | dict.fromkeys(forms["words"], code))
    for place, forms in enumerate(data["shared"]):
        signs.update(dict.fromkeys([*forms["symbols"], *forms["words"]], f"~{place}"))
    return signs


def _number_words(words: str) -> Decimal:
    """Return the value of a number in words, such as ``half a`` or ``thirty-five``."""
    data = load("money")
    spoken = words.lower()
    if spoken in data["numbers"]:
        return Decimal(str(data["numbers"][spoken]))
    return Decimal(sum(data["tens"].get(word) or data["numbers"][word] for word in re.split(r"[- ]", spoken)))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns a sum can have: sign first, words last, and numbers in words."""
    data = load("money")
    forms = [*data["currencies"].values(), *data["shared"]]
    symbols = _alternatives(symbol for form in forms for symbol in form["symbols"])
    words = _alternatives(word for form in forms for word in form["words"])
    after = _alternatives(symbol for form in forms for symbol in form.get("after", []))
    scale = rf"(?P<scale>{_alternatives(data['scales'])})\b\.?"
    second = rf"(?:\s?(?:-|–|to)\s?(?P<second>{_NUMBER}))?"
    units = "one|two|three|four|five|six|seven|eight|nine"
    numbers = rf"(?:{_alternatives(data['tens'])})(?:[- ](?:{units}))?|{_alternatives(data['numbers'])}"
    return {
        "sign_first": re.compile(
            rf"(?<![\w$£€])(?P<sign>{symbols})\s?(?P<first>{_NUMBER}){second}(?:[\s-]?(?i:{scale}))?(?![\w%])"
        ),
        "sign_last": re.compile(
            rf"(?<![\w.,$£€])(?P<first>{_NUMBER}){second}(?=[\s-]?[^\W\d_]|[\s-]?[€£])(?:[\s-]?{scale})?[\s-]?"
            rf"(?:(?P<sign>{words})\b|(?P<mark>{after}))(?!\s(?:of\s(?:coca|hero|meth|cann|mari)|heavier|weight))",
            re.IGNORECASE,
        ),
        "in_words": re.compile(
            rf"\b(?P<first>(?>{numbers}))\s(?:(?P<hundred>hundred)\s)?{scale}\s(?P<sign>{words})\b",
            re.IGNORECASE,
        ),
    }


def _amount(number: str, scale: str | None) -> Decimal:
    if re.fullmatch(r"\d{1,15},\d{1,2}|\d{1,3},\d{4,8}", number):
        plain = number.replace(",", ".")
    else:
        plain = re.sub(r"[,’'\s]", "", number)
    return Decimal(plain) * Decimal(load("money")["scales"].get((scale or "").lower().rstrip("."), 1))


def _sums_of(match: re.Match[str]) -> list[Sum]:
    parts = match.groupdict()
    sign = parts.get("sign") or parts.get("mark") or ""
    currency = _signs().get(sign) or _signs()[sign.lower()]
    if "hundred" in parts:
        factor = _number_words(parts["first"])
        scale = load("money")["scales"][parts["scale"].lower()] * (100 if parts["hundred"] else 1)
        return [Sum(currency, (factor * scale).normalize(), *match.span())]
    if sign.lower() in ("€", "euros", "euro", "eur") and re.fullmatch(r"\d{1,3}\.\d{3}", parts["first"]):
        parts["first"] = parts["first"].replace(".", "")  # 10.000 euros, as most of the euro area writes
    first = _amount(parts["first"], parts["scale"])
    # "2023 won", "30 won": a verb after a figure; a sum in won is large or has a scale word.
    if sign == "won" and parts["scale"] is None and "," not in parts["first"]:
        return []
    if parts["second"] is None:
        return [Sum(currency, first, *match.span())]
    second = _amount(parts["second"], parts["scale"])
    return [Sum(currency, amount, *match.span(), range=True) for amount in (first, second)]


def _all_sums(text: str) -> list[Sum]:
    found: list[Sum] = []
    taken = bytearray(len(text))
    for pattern in patterns().values():
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found += _sums_of(match)
    return sorted((one for one in found if one.amount > 0), key=lambda one: one.start)


def _resolved(sums: Iterable[Sum], everything: str) -> list[Sum]:
    """Turn shared signs into currencies by what the whole report says; drop what stays unknown."""
    resolved = []
    meaning: dict[str, str | None] = {}
    for one in sums:
        if one.currency not in meaning:
            shared = one.currency.startswith("~")
            meaning[one.currency] = _shared(one.currency, everything) if shared else one.currency
        currency = meaning[one.currency]
        if currency is not None:
            resolved.append(Sum(currency, one.amount, one.start, one.end, one.range))
    return resolved


def _shared(sign: str, everything: str) -> str | None:
    data = load("money")
    form: Mapping[str, Any] = data["shared"][int(sign[1:])]
    for code, hints in form.get("by_hint", {}).items():
        if any(hint in everything for hint in hints):
            return str(code)
    if "$" in form["symbols"] and not re.search(r"\b(?:us|hk|nt|nz|s|a|c)\$", everything):
        local = _local_dollar(everything, data)
        return local or form["default"]
    return form["default"] and str(form["default"])


def _local_dollar(everything: str, data: Mapping[str, Any]) -> str | None:
    if any(hint in everything for hint in data["american"]):
        return None
    for code, rule in data["local_dollars"].items():
        if sum(everything.count(hint) for hint in rule["hints"]) >= rule["times"]:
            return str(code)
    return None


def _range_pairs(text: str, sums: Sequence[Sum]) -> set[int]:
    """Return the places of sums that are two ends of one range."""
    ends: set[int] = set()
    for place, (left, right) in enumerate(pairwise(sums)):
        between = text[left.end : right.start]
        lead = text[max(0, left.start - 10) : left.start].lower()
        spoken = _JOINED.match(between) and re.search(r"\b(?:between|from)\s$", lead)
        if left.currency == right.currency and (spoken or _DASHED.match(between)):
            ends |= {place, place + 1}
    return ends


@cache
def _cues() -> dict[str, list[tuple[re.Pattern[str], dict[str, float]]]]:
    data = load("money")
    return {
        side: [
            (re.compile(rf"\b(?:{_alternatives(data[kind][side])})\b"), data[kind][side])
            for kind in ("loss_cues", "not_loss_cues")
        ]
        for side in ("before", "after")
    }


def _strength(
    pattern: re.Pattern[str], weights: Mapping[str, float], words: str, *, backwards: bool
) -> float:
    best = 0.0
    for match in pattern.finditer(words):
        distance = len(words) - match.end() if backwards else match.start()
        best = max(best, weights[match[0]] / (1 + distance / 60))
    return best


def loss_weight(passage: Passage, sums: Sequence[Sum], place: int) -> float:
    """Return how strongly the words around a sum say that it is what victims lost or offenders gained.

    Words beyond the next sum on either side are that sum's, unless it only restates this one.
    """
    one = sums[place]
    before, after = passage.around(one.start, one.end, REACH_BEFORE, REACH_AFTER)
    if place > 0 and not _beside(passage.text, sums[place - 1], one):
        before = before[-max(1, one.start - sums[place - 1].end) :]
    if place + 1 < len(sums) and not _beside(passage.text, one, sums[place + 1]):
        after = after[: max(0, sums[place + 1].start - one.end)]
    total = 0.0
    for side, words in (("before", before), ("after", after)):
        for (pattern, weights), sign in zip(_cues()[side], (1, -1), strict=True):
            total += sign * _strength(pattern, weights, words, backwards=side == "before")
    return total


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return the sums of a report; one of them has role ``loss``: the headline's where the text has it too,
    else the first of the text.

    A sum in brackets right behind it in another currency has role ``equivalent``, both ends of a range have
    role ``range``.
    """
    everything = "\n".join(passage.text for passage in passages).lower()
    found = [_Sums.read(passage, everything) for passage in passages]
    loss = _the_loss(found)
    return one_per_value(fact for sums in found for fact in sums.facts(loss))


@dataclass(frozen=True)
class _Sums:
    """The sums of one passage."""

    passage: Passage
    sums: list[Sum]
    ranged: set[int]

    @classmethod
    def read(cls, passage: Passage, everything: str) -> "_Sums":
        sums = _resolved(_all_sums(passage.text), everything)
        ends = {place for place, one in enumerate(sums) if one.range}
        return cls(passage, sums, ends | _range_pairs(passage.text, sums))

    @property
    def losses(self) -> list[Sum]:
        """Return the sums that the words around them call a loss, in order."""
        return [
            one
            for place, one in enumerate(self.sums)
            if place not in self.ranged and loss_weight(self.passage, self.sums, place) >= LOSS_AT
        ]

    def facts(self, loss: str | None) -> Iterable[Fact]:
        """Yield each sum as a fact, given the value of the loss."""
        first = next((one for one in self.sums if one.value == loss), None)
        for place, one in enumerate(self.sums):
            role = "range" if place in self.ranged else "loss" if one is first else ""
            if not role and first is not None and _restates(self.passage.text, first, one):
                role = "equivalent"
            score = 0.9 if role in ("loss", "equivalent") else 0.6
            yield self.passage.fact(Subject.LOSS, one.value, one.start, one.end, score=score, role=role)


def _the_loss(found: Sequence[_Sums]) -> str | None:
    stated = {one.value for one in found[0].sums}
    headline = [one.value for sums in found[1:] for one in sums.losses if one.value in stated]
    candidates = headline or [one.value for sums in found for one in sums.losses]
    return candidates[0] if candidates else None


def _beside(text: str, left: Sum, right: Sum) -> bool:
    """Return whether the second of two sums only says the first in other terms, or both are one range."""
    return _RESTATED.fullmatch(text[left.end : right.start]) is not None


def _restates(text: str, loss: Sum, other: Sum) -> bool:
    return other.currency != loss.currency and _beside(text, loss, other)
