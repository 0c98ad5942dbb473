"""Mentions of how far a matter went: the cues of each stage that nothing around them negates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from enrichment.extraction.background import is_background
from enrichment.extraction.forms import Forms, form
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, Scanner, load
from enrichment.records import Fact, Subject

NEGATION_REACH = 44
"""Characters before a cue, in the same clause, in which a negating word counts."""
INVENTED_REACH = 120
"""Characters before a cue, in the same sentence, in which words may say that a fake shows it."""
SENTENCE_CHARACTERS = 600
"""Characters of a sentence that are searched for words about another matter."""
SURE_SCORE, WEAK_SCORE = 0.7, 0.4
REPORTED, ATTEMPTED, SUCCEEDED = "reported_no_action_known", "attempted_or_blocked", "succeeded"
DISRUPTED, CIVIL = "disrupted", "civil_or_regulatory_action"
ACQUITTED, CONVICTED = "acquitted_or_dropped", "convicted_or_sentenced"
_KINDS = ("cues", "title", "weak")
_FORMS = {"forms": "cues", "title_forms": "title", "weak_forms": "weak"}
"""The kind of cue that each listing of forms has."""
_SENTENCE_LISTS = (
    "elsewhere",
    "persists",
    "offence_words",
    "criminal_courts",
    "civil_matters",
    "upheld",
    "general",
    "trend",
    "to_police",
    "provided",
    "imposed",
)
_ADMITTED, _COURT = re.compile(r"\badmit|\bconfess"), re.compile(r"\b(?:court|judge|jury|trial|tribunal)s?\b")
_THROWN_OUT = re.compile(r"\b(?:case|proceedings)\b")
_CLEARED = frozenset({"was cleared", "were cleared"})
_VERDICT = re.compile(r"(?:found|convict|jailed|sentenced)")
_PENAL = re.compile(r"year|month|prison|jail|imprison|sentence|life|bars|custod")


@dataclass(frozen=True)
class Stage:
    """One mention of a stage that nothing around it negates."""

    rank: int
    sure: bool
    name: str
    passage: Passage
    hit: Hit

    def fact(self) -> Fact:
        """Return this mention as an outcome."""
        score = SURE_SCORE if self.sure else WEAK_SCORE
        return self.passage.fact(Subject.OUTCOME, self.name, self.hit.start, self.hit.end, score=score)


def mentions(passages: Sequence[Passage]) -> Iterator[Stage]:
    """Yield the mentions in each passage, sure and weak ones alike: first its listed cues, then its forms."""
    names = [stage["name"] for stage in _stages()]
    for passage in passages:
        for hit in chain(_scanner().scan(passage), _form_hits(passage)):
            kind, rank = hit.value.split()
            name = _stage_by_court(names[int(rank)], passage, hit)
            if _counts(kind, name, passages, passage, hit) and not _is_negated(name, passage, hit):
                yield Stage(names.index(name), kind != "weak", name, passage, hit)


def overturned(passages: Sequence[Passage]) -> Stage | None:
    """Return the first mention that a conviction was taken back and stands no more, if there is one."""
    rank = [stage["name"] for stage in _stages()].index(ACQUITTED)
    for passage in passages:
        for match in patterns()["overturned"].finditer(passage.small):
            told = says("upheld", passage, match.start()) or says("elsewhere", passage, match.start())
            if not told and not is_background(passage, match.start()):
                hit = Hit(ACQUITTED, match.start(), match.end(), match[0])
                return Stage(rank, True, ACQUITTED, passage, hit)
    return None


def reported_fact(passage: Passage, position: int) -> Fact:
    """Return the outcome "reported, no action known", quoting the sentence around a position."""
    left, right = passage.sentence(position)
    words = passage.text[left : min(right, left + SENTENCE_CHARACTERS)]
    start, end = left + len(words) - len(words.lstrip()), left + len(words.rstrip())
    return passage.fact(Subject.OUTCOME, REPORTED, start, end, score=WEAK_SCORE)


def says(listing: str, passage: Passage, position: int) -> bool:
    """Whether the sentence at a position contains a word of a list of ``outcome.yaml``."""
    left, right = passage.sentence(position)
    return (
        patterns()[listing].search(passage.small[left : min(right, left + SENTENCE_CHARACTERS)]) is not None
    )


def _stages() -> list[dict[str, Any]]:
    return list(load("outcome")["stages"])


@cache
def _scanner() -> Scanner:
    scanner = Scanner()
    for rank, stage in enumerate(_stages()):
        for kind in _KINDS:
            scanner.add(f"{kind} {rank}", stage.get(kind, []))
    return scanner


@cache
def _forms() -> Forms[str]:
    """Return the forms of all stages, keyed by "kind rank"; the sure ones come first."""
    forms = (
        (f"{kind} {rank}", written)
        for listing, kind in _FORMS.items()
        for rank, stage in enumerate(_stages())
        for written in stage.get(listing, [])
    )
    return Forms(forms, load("outcome")["lists"])


def _form_hits(passage: Passage) -> Iterator[Hit]:
    for value, pattern in _forms().fitting(passage):
        for match in pattern.finditer(passage.small):
            yield Hit(value, match.start(), match.end(), match[0])


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns that decide whether a cue counts: negations, and signs of another matter."""
    data = load("outcome")

    def words(listing: str) -> str:
        return "|".join(re.escape(word) for word in sorted(data[listing], key=len, reverse=True))

    return {
        **{
            name: re.compile(rf"(?<!\w)(?:{words(name)})(?!\w)")
            for name in (*_SENTENCE_LISTS, "threatened", "sought")
        },
        "not": re.compile(rf"\b(?:{words('not')})\b|n['’]t\b"),
        "not_after": re.compile(rf"\s?(?:{words('not_after')})"),
        "still": re.compile(
            rf"\b(?:{words('still')}|without\s(?:[\w’']{{1,14}}\s){{0,2}}(?:{words('leave')}))\b"
        ),
        "invented": re.compile(rf"\b(?:{words('invented')})\b"),
        "pretext": re.compile(
            rf"\b(?:{words('pretext')})\s(?:(?:the|an?|his|her|their)\s)?(?:\w{{1,14}}\s)?"
            rf"(?:{words('deceived')})\s(?:\w{{1,14}}\s){{0,5}}$"
        ),
        "shown": re.compile(rf"\b(?:{words('shows')})\s[^.;]{{0,90}}\b(?:being|getting|under|in)\s$"),
        "price_after": re.compile(rf"\s?(?:[\w’']{{1,12}}\s){{0,2}}(?:{words('price_after')})"),
        **{f"form {place}": each for place, each in enumerate(_forms().patterns)},
        "tested": re.compile(rf"\b(?:{words('testers')})\b(?:(?!\b(?:{words('tellers')})\b).)*$"),
        "modal": re.compile(r"\b(?:may|can|could|would|might)\sbe\s[^;]*\b(?:and|or)\s$"),
        "penalty_names": re.compile(rf"(?:{words('penalty_names')})"),
        "whoever": re.compile(rf"\b(?:{words('whoever')})\s(?:(?:who|is|are)\s){{0,2}}$"),
        "cleared_things": re.compile(rf"\b(?:{words('cleared_things')})\s$"),
        "feats": re.compile(rf"\b(?:{words('feats')})"),
        "digital": re.compile(r"\bdigital(?:ly)?\s$"),
        "overturned": re.compile(
            "|".join(form(written, flags=re.NOFLAG).pattern for written in data["overturned"])
        ),
        "clause": re.compile(r"[;,:]|\bbut\b|\band\b|\bwho\b|\bafter\b"),
    }


def _stage_by_court(name: str, passage: Passage, hit: Hit) -> str:
    """Return the stage of a cue: a criminal court's fine is a sentence, a case that ended can be civil."""
    if name == ACQUITTED and _THROWN_OUT.search(hit.alias) and says("civil_matters", passage, hit.start):
        return CIVIL
    fine = name == CIVIL and re.search(r"\bfine", hit.alias) is not None
    return CONVICTED if fine and says("criminal_courts", passage, hit.start) else name


def _counts(kind: str, name: str, passages: Sequence[Passage], passage: Passage, hit: Hit) -> bool:
    """Whether a cue counts here: common verbs count only in texts that speak of an offence."""
    # The verb in "AI-generated" is nobody's deed.
    if passage.text[hit.start - 1 : hit.start] == "-":
        return False
    if kind != "weak":
        return kind == "cues" or passage.field == "title"
    if name not in (REPORTED, ATTEMPTED, SUCCEEDED):
        return True
    return any(patterns()["offence_words"].search(each.small[:SENTENCE_CHARACTERS]) for each in passages)


def _is_negated(name: str, passage: Passage, hit: Hit) -> bool:
    before, after = passage.around(hit.start, hit.end, INVENTED_REACH, 24)
    clause = _last_clause(before)
    near = _last_clause(patterns()["still"].sub("", before[-NEGATION_REACH:]))
    return (
        patterns()["invented"].search(clause) is not None
        or any(patterns()[each].search(before) for each in ("shown", "pretext", "modal", "digital"))
        or patterns()["not_after"].match(after) is not None
        or (hit.alias in _CLEARED and patterns()["cleared_things"].search(before) is not None)
        or _names_nobody(passage, hit, before)
        or (hit.alias == "charged" and patterns()["price_after"].match(after) is not None)
        or patterns()["not"].search(near) is not None
        or (_PENAL.search(hit.alias) is not None and patterns()["threatened"].search(near) is not None)
        or (name in (ACQUITTED, CONVICTED) and patterns()["sought"].search(near) is not None)
        or _is_confession(passage, hit)
        or (name == SUCCEEDED and _is_test(hit, clause))
        or says("elsewhere", passage, hit.start)
        or is_background(passage, hit.start)
        or (name in (DISRUPTED, ACQUITTED) and says("persists", passage, hit.start))
    )


def only_provided(passage: Passage, position: int) -> bool:
    """Whether the sentence at a position tells which penalty the law provides, and none imposed."""
    return says("provided", passage, position) and not says("imposed", passage, position)


def _names_nobody(passage: Passage, hit: Hit, before: str) -> bool:
    """Whether a cue names a penalty that the law provides, for nobody in particular."""
    if patterns()["penalty_names"].fullmatch(hit.alias):
        return only_provided(passage, hit.start)
    if not says("provided", passage, hit.start):
        return False
    return _VERDICT.match(hit.alias) is not None and patterns()["whoever"].search(before) is not None


def _is_confession(passage: Passage, hit: Hit) -> bool:
    """Whether something is admitted to the police rather than in court."""
    if _ADMITTED.search(hit.alias) is None or not says("to_police", passage, hit.start):
        return False
    left, right = passage.sentence(hit.start)
    return _COURT.search(passage.small, left, min(right, left + SENTENCE_CHARACTERS)) is None


def _is_test(hit: Hit, clause: str) -> bool:
    """Whether researchers or reporters did this to test it, by the words before it in its clause."""
    return (
        patterns()["feats"].match(hit.alias) is not None and patterns()["tested"].search(clause) is not None
    )


def _last_clause(before: str) -> str:
    return patterns()["clause"].split(before)[-1]
