"""What became of the matter: the most advanced stage a text states, unless it takes it back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import Any

from enrichment.phrases import Hit, Passage, Scanner, load
from enrichment.records import Fact, Subject

NEGATION_REACH = 44
"""How many characters before a cue, in the same clause, a negating word still counts."""
SENTENCE = 600
"""How many characters of a sentence are looked at for words that tell of another matter."""
LEAD = 3_000
"""Characters at the beginning of a text that tell of its own matter; background follows later."""
SENTENCES = 12
"""How many sentences are looked at for one that tells of an offence."""
SURE, LIKELY, WEAK, TOLD = 0.7, 0.6, 0.4, 0.3
REPORTED, ATTEMPTED, SUCCEEDED = "reported_no_action_known", "attempted_or_blocked", "succeeded"
CIVIL, ACQUITTED = "civil_or_regulatory_action", "acquitted_or_dropped"
CONVICTED = "convicted_or_sentenced"
_PENAL = re.compile(r"year|month|prison|jail|imprison|sentence|life|bars|custod")
_PAST = re.compile(
    r"\b(?:was|were|had|has|have|\w{3,20}ed|sent|made|ran|took|told|stole|said|got|went|came|put|rang|paid|saw"
    r"|heard|found|began|fell|spread|hit|gave|led|wrote|drew|left|lost|met|sold|bought|spoke)\b"
)


@dataclass(frozen=True)
class _Stage:
    """One mention of a stage that stands."""

    rank: int
    sure: bool
    name: str
    passage: Passage
    hit: Hit

    def fact(self) -> Fact:
        score = SURE if self.sure else WEAK
        return self.passage.fact(Subject.OUTCOME, self.name, self.hit.start, self.hit.end, score=score)


def _stages() -> list[dict[str, Any]]:
    return list(load("outcome")["stages"])


@cache
def _scanner() -> Scanner:
    scanner = Scanner()
    for rank, stage in enumerate(_stages()):
        for kind in ("cues", "weak"):
            scanner.add(f"{kind} {rank}", stage.get(kind, []))
    return scanner


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of words that take a cue back, only seem to, or tell of another matter."""
    data = load("outcome")

    def words(listing: str) -> str:
        return "|".join(re.escape(word) for word in sorted(data[listing], key=len, reverse=True))

    lists = (
        "not",
        "still",
        "elsewhere",
        "threatened",
        "offence_words",
        "criminal_courts",
        "general",
        "trend",
    )
    listed = {name: re.compile(rf"(?<!\w)(?:{words(name)})(?!\w)") for name in lists}
    return {
        **listed,
        "not": re.compile(rf"\b(?:{words('not')})\b|n['’]t\b"),
        "not_after": re.compile(rf"\s?(?:{words('not_after')})"),
        "price_after": re.compile(rf"\s?(?:[\w’']{{1,12}}\s){{0,2}}(?:{words('price_after')})"),
        **{f"form {rank}": pattern for rank, pattern in _form_patterns()},
        "clause": re.compile(r"[;,:]|\bbut\b|\band\b|\bwho\b|\bafter\b"),
    }


def _says(kind: str, passage: Passage, position: int) -> bool:
    """Return whether the sentence around a position has a word of this kind."""
    left, right = passage.sentence(position)
    return patterns()[kind].search(passage.text[left : min(right, left + SENTENCE)].lower()) is not None


def _taken_back(passage: Passage, hit: Hit) -> bool:
    before, after = passage.around(hit.start, hit.end, NEGATION_REACH, 24)
    clause = patterns()["clause"].split(patterns()["still"].sub("", before))[-1]
    return (
        patterns()["not_after"].match(after) is not None
        or (hit.alias == "charged" and patterns()["price_after"].match(after) is not None)
        or patterns()["not"].search(clause) is not None
        or (_PENAL.search(hit.alias) is not None and patterns()["threatened"].search(clause) is not None)
        or _says("elsewhere", passage, hit.start)
    )


@cache
def _form_patterns() -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple(
        (rank, re.compile(form, re.IGNORECASE))
        for rank, stage in enumerate(_stages())
        for form in stage.get("forms", [])
    )


def _forms(passage: Passage) -> Iterator[Hit]:
    for rank, pattern in _form_patterns():
        for match in pattern.finditer(passage.text):
            yield Hit(f"cues {rank}", match.start(), match.end(), match[0].lower())


def _tells(name: str, passages: Sequence[Passage], passage: Passage, hit: Hit) -> bool:
    """Return whether a weak cue counts: a deed in a sentence on an offence, a try in a text on one."""
    if name == ATTEMPTED:
        return any(patterns()["offence_words"].search(each.text[:SENTENCE].lower()) for each in passages)
    return name != SUCCEEDED or _says("offence_words", passage, hit.start)


def _mentions(passages: Sequence[Passage]) -> Iterator[_Stage]:
    names = [stage["name"] for stage in _stages()]
    for passage in passages:
        for hit in chain(_scanner().scan(passage), _forms(passage)):
            kind, place = hit.value.split()
            # The verb in "AI-generated" is nobody's deed.
            if passage.text[hit.start - 1 : hit.start] == "-" or _taken_back(passage, hit):
                continue
            name = names[int(place)]
            if name == CIVIL and re.search(r"\bfine", hit.alias):
                # A fine is a sentence where a criminal court sets it.
                name = CONVICTED if _says("criminal_courts", passage, hit.start) else CIVIL
            if kind == "cues" or _tells(name, passages, passage, hit):
                yield _Stage(names.index(name), kind == "cues", name, passage, hit)


def find(
    passages: Sequence[Passage], sums: Sequence[Fact] = (), sentences: Sequence[Fact] = ()
) -> list[Fact]:
    """Return at most one outcome, at its first mention: the most advanced stage that is stated.

    ``sums`` are the sums of the report: a loss among them says that the offence succeeded. ``sentences`` are
    those passed: a term among them says that somebody was convicted. Where there are only weak cues, a hedge
    such as "allegedly" comes before a common verb such as "posted"; where there is none, a sentence that
    tells of an offence in the past stands for itself.
    """
    term = next((fact for fact in sentences if fact.role != "fine"), None)
    mentions = list(_mentions([passage.lead(LEAD) for passage in passages]))
    if not any(stage.sure for stage in mentions):
        mentions = list(_mentions(passages))
    sure = [stage for stage in mentions if stage.sure]
    best = max(sure, key=lambda stage: stage.rank, default=None)
    loss = next((fact for fact in sums if fact.role == "loss"), None)
    if best is None or best.name in (REPORTED, ATTEMPTED, SUCCEEDED):
        best = _failed(mentions, lost=loss is not None) or best
        if loss is not None and (best is None or best.name == REPORTED):
            known = {"subject": Subject.OUTCOME, "value": SUCCEEDED, "role": "", "score": LIKELY}
            return [loss.model_copy(update=known)]
    if term is not None and (best is None or best.name not in (ACQUITTED, CONVICTED)):
        return [term.model_copy(update={"subject": Subject.OUTCOME, "value": CONVICTED, "role": ""})]
    told = not any(_says("trend", passage, 0) for passage in passages)
    best = best or _weakest([stage for stage in mentions if told or stage.name != SUCCEEDED])
    return [best.fact()] if best else _told(passages) if told else []


def _failed(mentions: Sequence[_Stage], *, lost: bool) -> _Stage | None:
    """Return the mention that says the offence came to nothing; beside a loss only the title can say it."""
    attempts = [stage for stage in mentions if stage.name == ATTEMPTED]
    in_title = [stage for stage in attempts if stage.passage.field == "title"]
    return next(iter(in_title or [stage for stage in attempts if stage.sure and not lost]), None)


def _weakest(mentions: Sequence[_Stage]) -> _Stage | None:
    """Return the mention to go by where none is sure."""
    others = [stage for stage in mentions if stage.name != SUCCEEDED]
    return max(others or mentions, key=lambda stage: stage.rank, default=None)


def _told(passages: Sequence[Passage]) -> list[Fact]:
    """Return that an offence took place by the first sentence that tells of one in the past."""
    for passage in passages:
        for left, right in pairwise([*passage.breaks[:SENTENCES], len(passage.text)]):
            sentence = passage.text[left : min(right, left + SENTENCE)].lower()
            if (
                (passage.field == "title" or _PAST.search(sentence))
                and patterns()["offence_words"].search(sentence)
                and not patterns()["general"].search(sentence)
            ):
                end = left + len(passage.text[left : min(right, left + SENTENCE)].rstrip())
                return [passage.fact(Subject.OUTCOME, SUCCEEDED, left, end, score=TOLD)]
    return []
