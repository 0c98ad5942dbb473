"""The likeness of two reports: how likely they are about one event, with reasons and contradictions.

The weights are reasoned: shared rare names and figures are what a second account of one event cannot avoid;
likeness of wording alone also joins look-alikes (same method, other victims), so it never decides by itself.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from enrichment import countries
from enrichment.grouping import accused, sums
from enrichment.grouping.profile import Groupable, Profile, Word, profile
from enrichment.grouping.rarity import Rarity
from enrichment.grouping.shingles import COPIED_AT, Text

__all__ = ["SAME_INCIDENT_AT", "Corpus", "Groupable", "Likeness"]

SAME_INCIDENT_AT = 0.5
"""The likeness from which two reports are linked."""
_BIAS = -3.6  # nothing known: about 0.03
_LINKED = -_BIAS - math.log(1 / SAME_INCIDENT_AT - 1)
"""The sum of weights from which two reports are linked."""
_WORDING_WEIGHT = 5.0  # times (cosine - 0.4), so a cosine of 0.8 gives 2
_SHARE_WEIGHT = 2.5  # times the share of the lesser report's rare words that both have
_MASS_WEIGHT = 3.0  # times how much rarity both have, saturating
_COUNTRY, _OTHER_COUNTRY = 0.4, -1.0
_CLOSE, _FAR, _OTHER_TIME, _OTHER_DAY = 0.5, -2.0, -0.7, -1.4
_LATER = -0.4
"""Weight where the dates are months apart, follow-ups such as trials excepted."""
_CASE, _DRIFT, _MONTH, _SLIP = 3 * 366, 92, 31, 7
"""Days over which a case is reported, by which accounts of when it began differ, within which two dates are
near, and by which the days differ that two accounts name.

Of the starter cases that the AI Incident Database tells too, and where both name a day, 13 of 13 lie within a
week; of pairs of that database's own incidents that are somewhat alike, one in eight."""
_FOREKNOWN = -2.0
"""That a report is older than what the other tells: so are 2 of 294 sources of the starter cases, whose date
was read or stated wrongly."""
_HALF_MASS = 40.0
"""Shared rarity at which half the weight is reached: about three names, each in one report of thirty."""
_REST = 0.3
"""How much the further words of one name count beside its rarest."""
_ASIDE = 0.5
"""How much a name counts that one report gives late and once, as what it adds on earlier cases."""
_GENERAL = frozenset({"trend_or_warning", "research_or_demonstration", "policy_or_law"})
_FAMILY, _OTHER_FAMILY, _OTHER_KIND = 0.4, -0.6, -0.6
_OTHER_METHOD = -1.0
"""That both what AI made and what it could do differ: in none of 39 starter cases that the AI Incident
Database tells too; either differs in a sixth of the pairs of that database's own that are somewhat alike."""
_FORM = -6.0
"""That one text is the other with other names and figures: it outweighs all that two texts can share."""


@dataclass(frozen=True)
class Likeness:
    """The score of a pair, between 0 and 1, with what speaks for and against it, strongest first."""

    score: float
    reasons: tuple[str, ...]
    contradictions: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Sign:
    """One thing that two reports have or have not in common: its weight, and how to say it."""

    weight: float
    said: str = ""


class Corpus:
    """Profiles of many reports, compared by how rare what they share is."""

    def __init__(self, items: Iterable[Groupable], rarity: Rarity | None = None) -> None:
        """Take the reports; without ``rarity`` it is that of words among these reports themselves."""
        taken = list(items)
        self.profiles = [profile(item) for item in taken]
        self._texts, self._read = [item.text for item in taken], cache(Text.of)
        self.counts = Counter(word for one in self.profiles for word in one.words)
        self.rarity = Rarity.of(self.counts, len(self.profiles)) if rarity is None else rarity
        self._masses = [self._mass(one.words, one.words, one.words) for one in self.profiles]

    def likeness(self, left: int, right: int) -> Likeness:
        """Return the likeness of two reports, given by place."""
        one, other = self.profiles[left], self.profiles[right]
        signs = [
            self._names(left, right),
            _wording(one, other),
            Sign(*sums.compared(one, other)),
            Sign(*accused.compared(one.accused, other.accused, _days_apart(one, other))),
            _methods(one, other),
            _countries(one, other),
            _dates(one, other),
            _families(one, other),
            _kinds(one, other),
        ]
        if sum(sign.weight for sign in signs) >= _LINKED:
            signs.append(self._form(left, right))
        signs.sort(key=lambda sign: -abs(sign.weight))
        total = _BIAS + sum(sign.weight for sign in signs)
        return Likeness(
            1 / (1 + math.exp(-total)),
            tuple(sign.said for sign in signs if sign.said and sign.weight > 0),
            tuple(sign.said for sign in signs if sign.said and sign.weight < 0),
            tuple(_evidence(one, other)),
        )

    def mean(self, left: Sequence[int], right: Sequence[int]) -> float:
        """Return the mean score over all pairs of two groups of places."""
        total = sum(self.likeness(one, other).score for one in left for other in right)
        return total / (len(left) * len(right))

    def _form(self, left: int, right: int) -> Sign:
        """Return the sign against two texts that are one form filled in twice."""
        one, other = self._read(self._texts[left]), self._read(self._texts[right])
        if one.copied(other) < COPIED_AT or not one.contradicts(other):
            return Sign(0.0)
        return Sign(_FORM, "One text is the other with other names and figures")

    def _names(self, left: int, right: int) -> Sign:
        one, other = self.profiles[left].words, self.profiles[right].words
        stated = self.profiles[left].stated & self.profiles[right].stated
        shared = (one.keys() & other.keys()) - stated
        weight = min(self._mass(shared, one, other), self._mass(shared, other, one))
        lesser = min(self._masses[left], self._masses[right])
        if not weight or not lesser:
            return Sign(0.0)
        # Two short reports that share their only name say little: hold back until enough rarity is shared.
        share = min(1.0, 1.6 * weight / (lesser + _HALF_MASS / 2))
        return Sign(
            _SHARE_WEIGHT * share + _MASS_WEIGHT * weight / (weight + _HALF_MASS),
            f"Both name {self._said(shared, one)}",
        )

    def _mass(self, words: Iterable[str], told: Mapping[str, Word], other: Mapping[str, Word]) -> float:
        """Return the summed rarity of words, of which those of one phrase count as one name."""
        by_phrase: dict[int, list[float]] = defaultdict(list)
        for word in words:
            aside = told[word].aside or other[word].aside
            by_phrase[told[word].phrase].append(self.rarity.of_word(word) ** 2 * (_ASIDE if aside else 1))
        return sum(max(each) + _REST * (sum(each) - max(each)) for each in by_phrase.values())

    def _said(self, words: Iterable[str], told: Mapping[str, Word]) -> str:
        """Return the rarest names as they are written, each whole."""
        phrases: dict[int, list[str]] = defaultdict(list)
        for word in sorted(words, key=list(told).index):
            phrases[told[word].phrase].append(word)
        rarity = self.rarity.of_word
        rarest = sorted(phrases.values(), key=lambda name: -max(map(rarity, name)))[:5]
        return _listed([" ".join(told[word].written for word in name) for name in rarest])


def _wording(one: Profile, other: Profile) -> Sign:
    if one.vector is None or other.vector is None:
        return Sign(0.0)
    cosine = float(one.vector @ other.vector)
    weight = _WORDING_WEIGHT * (cosine - 0.4)
    return Sign(weight, f"They tell it {'alike' if weight > 0 else 'differently'} (wording {cosine:.2f})")


def _countries(one: Profile, other: Profile) -> Sign:
    if not one.countries or not other.countries:
        return Sign(0.0)
    if shared := one.countries & other.countries:
        return Sign(_COUNTRY, f"Both took place in {_listed(_names_of(shared))}")
    if one.countries & other.mentioned and other.countries & one.mentioned:
        return Sign(0.0)
    mine, theirs = _listed(_names_of(one.countries)), _listed(_names_of(other.countries))
    return Sign(_OTHER_COUNTRY, f"One took place in {mine}, the other in {theirs}")


def _dates(one: Profile, other: Profile) -> Sign:
    pairs = [(mine.days_to(theirs), mine, theirs) for mine in one.whens for theirs in other.whens]
    if not pairs:
        return Sign(0.0)
    if early := max(_days_early(one, other), _days_early(other, one)):
        return Sign(_FOREKNOWN, f"One was published {_days(early)} before what the other tells")
    days, mine, theirs = min(pairs, key=lambda pair: (pair[0], not (pair[1].exact and pair[2].exact)))
    # A trial follows an offence by a year or two, so only more than that speaks against; what each report
    # says of the offence itself must not differ that much.
    told, exact = one.happened and other.happened, mine.exact and theirs.exact
    if days > (_DRIFT if told else _CASE):
        weight = _FAR if days > _CASE else _OTHER_DAY if told and exact else _OTHER_TIME
        return Sign(weight, f"Their dates are {days // 30} months apart")
    if told and mine.a_day and theirs.a_day and days > _SLIP:
        return Sign(_OTHER_TIME, f"The days they name are {_days(days)} apart")
    if days <= _MONTH and exact:
        return Sign(_CLOSE, f"Their dates are {f'{_days(days)} apart' if days else 'the same'}")
    return Sign(_LATER, f"Their dates are {days // 30} months apart") if days > _DRIFT else Sign(0.0)


def _days_early(report: Profile, event: Profile) -> int:
    """Return the days by which a report is older than the event that another reports; 0 where it is not.

    The day may have begun elsewhere, so a report of the day before is not too early.
    """
    if report.published is None or not event.happened:
        return 0
    early = (min(when.first for when in event.whens) - report.published.last).days
    return early if early > 1 else 0


def _days_apart(one: Profile, other: Profile) -> int:
    """Return the days between the publication of two reports, 0 where one has no date."""
    if one.published is None or other.published is None:
        return 0
    return one.published.days_to(other.published)


def _days(number: int) -> str:
    return f"{number} day{'s' * (number > 1)}"


def _families(one: Profile, other: Profile) -> Sign:
    if one.crime is not None and other.crime is not None and one.crime != other.crime:
        return Sign(_OTHER_FAMILY, "Only one is coded as a crime")
    if not one.families or not other.families:
        return Sign(0.0)
    if one.families & other.families:
        return Sign(_FAMILY, "Both are coded as the same kind of crime")
    return Sign(_OTHER_FAMILY, "They are coded as different kinds of crime")


def _methods(one: Profile, other: Profile) -> Sign:
    both = list(zip(one.methods, other.methods, strict=True))
    if all(mine and theirs and mine.isdisjoint(theirs) for mine, theirs in both):
        return Sign(_OTHER_METHOD, "They tell of different uses of AI")
    return Sign(0.0)


def _kinds(one: Profile, other: Profile) -> Sign:
    general = [bool(side.kinds) and side.kinds <= _GENERAL for side in (one, other)]
    if one.kinds and other.kinds and general[0] != general[1]:
        return Sign(_OTHER_KIND, "One tells of an event, the other of a trend, a warning or a rule")
    return Sign(0.0)


def _evidence(one: Profile, other: Profile) -> Iterable[str]:
    for fact in sorted(one.facts.keys() & other.facts.keys(), key=lambda fact: (fact[:4] != "loss", fact)):
        yield one.facts[fact]
        yield other.facts[fact]


def _names_of(codes: Iterable[str]) -> list[str]:
    return [countries.name(code) for code in sorted(codes)]


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
