"""The statements of a case study: which stand, in which words, and who decided each."""

from collectors.records import STARTER
from enrichment.records import Code, Subject
from index import wording
from index.care import WITHHELD
from index.export.gate import QUOTE_LIMIT, Exportable, cut
from index.records import JudgedFinding, State, settled_by

LIKELY = 0.5
"""Score from which a machine's suggestion stands in the line under the title."""
_TELLING_ROLES = (Subject.DATE, Subject.LOSS)
_BY_STARTER = "the starter library"
_BY_A_PERSON = "a person"


def status(view: Exportable) -> str:
    """Return what happened in a few words, as far as it is likely, and who says so."""
    likely = [
        wording.value(subject, item.finding.value)
        for subject in (Subject.EVENT_KIND, Subject.AI_INVOLVEMENT, Subject.OUTCOME)
        for item in about(view, subject)[:1]
        if item.state is State.ACCEPTED or item.finding.coded or item.finding.score >= LIKELY
    ]
    return " · ".join([*likely, _standing(view)])


def checked(view: Exportable) -> str:
    """Return how much of the case study people decided."""
    codes = sum(item.finding.subject is Subject.TYPOLOGY for item in view.findings)
    accepted = [item for item in view.findings if item.state is State.ACCEPTED]
    by_people = sum(item.by != STARTER for item in accepted)
    return (
        f"The library holds {len(view.findings)} statements on this incident: {codes} on its codes and "
        f"{len(view.findings) - codes} on its facts. What several reports state counts once for each, "
        f"and not all stand above. Of these, people of this library decided {by_people} and the authors of "
        f"{_BY_STARTER} {len(accepted) - by_people}. All others are suggestions of a machine or codings of a "
        "source: check them against the words they rest on."
    )


def about(view: Exportable, *subjects: str) -> list[JudgedFinding]:
    """Return the findings about these subjects, the surest first, each value once."""
    chosen = [item for item in view.findings if item.finding.subject in subjects]
    chosen.sort(key=lambda item: (item.state is not State.ACCEPTED, -item.finding.score, item.finding.id))
    seen: set[tuple[str, str]] = set()
    unique = []
    for item in chosen:
        key = (item.finding.subject, item.finding.value)
        if key not in seen:
            seen.add(key)
            unique.append(item)
    return unique


def decided(item: JudgedFinding, *, named: bool = True) -> str:
    """Return who decided a statement, or how sure the machine is that suggests it."""
    if item.state is State.ACCEPTED:
        person = item.by if named else _BY_A_PERSON
        return _BY_STARTER if item.by == STARTER else person
    if item.finding.coded:
        return f"the source ({item.finding.origin})"
    return f"machine, {item.finding.score:.0%} sure"


def decided_code(code: Code, view: Exportable) -> str:
    """Return who decided a code, or how sure the machine is that suggests it."""
    who = _BY_STARTER if settled_by(code, view.findings) == STARTER else _BY_A_PERSON
    return who if code.judged else f"machine, {code.score:.0%} sure"


def fact_name(item: JudgedFinding) -> str:
    """Return the heading of a fact; that of a date or sum says of what, where that is known."""
    subject, role = item.finding.subject, item.finding.role
    name = wording.subject(subject)
    return f"{name} ({wording.value('role', role)})" if role and subject in _TELLING_ROLES else name


def quoted(item: JudgedFinding) -> str:
    """Return the words a fact rests on, cut where a cell of a table would overflow."""
    quote = item.finding.quote
    if quote == WITHHELD:
        return quote
    return f"“{quote}”" if len(quote) <= QUOTE_LIMIT else f"“{cut(quote)} …”"


def _standing(view: Exportable) -> str:
    deciders = _deciders(view)
    if deciders - {STARTER}:
        return "checked in part by a person"
    return f"coded by {_BY_STARTER}" if deciders else "machine suggestion, checked by nobody"


def _deciders(view: Exportable) -> set[str]:
    return {item.by for item in view.findings if item.state is State.ACCEPTED}
