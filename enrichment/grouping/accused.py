"""The people who were pursued, in two reports: those of other names, ages or terms are other people.

Only reports of an arrest, a charge or a verdict are compared: elsewhere a name or an age is the victim's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.records import Finding, Subject

OTHER_AGE, OTHER_NAME, OTHER_TERM = -1.0, -1.0, -0.6
"""How much it speaks against one event that two reports state no age in common, that they then name nobody
with an age in common either, and that they state other terms."""
_READ_CHARACTERS = 3_000
"""Characters of a text in which people are looked for: those named later are often of other cases."""
_YEAR_DAYS = 366
_PURSUED = frozenset({"arrested_or_charged", "acquitted_or_dropped", "convicted_or_sentenced"})
_NAMED = re.compile(
    r"\b(?:[A-Z][\w’'-]{1,20}\s){1,3}(?P<surname>[A-Z][\w’'-]{1,20}),\s(?:aged\s|who\sis\s)?(?P<age>[1-9]\d)\b"
)
_AGE = re.compile(
    r"\b(?:(?P<old>[1-9]\d)-year-old|(?:aged|[a-z]{3,12}\sof|[A-Za-z][\w’'-]{1,20},)\s(?P<age>[1-9]\d)(?=[\s,.;:)]))"
)


@dataclass(frozen=True)
class Accused:
    """The people a report names with their ages, all ages it states, and the terms passed."""

    surnames: frozenset[str] = frozenset()
    ages: frozenset[int] = frozenset()
    terms: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, findings: Iterable[Finding]) -> "Accused":
        """Return the people of a report; none where nobody was pursued."""
        found = list(findings)
        if not any(each.subject is Subject.OUTCOME and each.value in _PURSUED for each in found):
            return cls()
        read = text[:_READ_CHARACTERS]
        return cls(
            frozenset(match["surname"].lower() for match in _NAMED.finditer(read)),
            frozenset(int(match["old"] or match["age"]) for match in _AGE.finditer(read)),
            frozenset(
                each.value for each in found if each.subject is Subject.SENTENCE and each.role != "fine"
            ),
        )


def compared(one: Accused, other: Accused, apart: int) -> tuple[float, str]:
    """Return the weight against two reports having the same accused, and a sentence that states it.

    ``apart`` is the number of days between the reports, over which people grow older.
    """
    older = 1 + apart // _YEAR_DAYS
    ages = bool(one.ages and other.ages) and not any(
        abs(mine - theirs) <= older for mine in one.ages for theirs in other.ages
    )
    # Where an age agrees, other names may be those of the victim and of the accused.
    names = ages and bool(one.surnames and other.surnames) and one.surnames.isdisjoint(other.surnames)
    terms = len(one.terms) == len(other.terms) == 1 and one.terms.isdisjoint(other.terms)
    told = [
        *(["people of other names and ages"] if names else ["people of other ages"] if ages else []),
        *([f"terms of {min(one.terms)} and of {min(other.terms)}"] if terms else []),
    ]
    weight = OTHER_AGE * ages + OTHER_NAME * names + OTHER_TERM * terms
    return weight, f"They tell of {' and '.join(told)}" if told else ""
