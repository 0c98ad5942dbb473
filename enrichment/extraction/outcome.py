"""The outcome of the matter: the most advanced stage that a text states and does not negate.

The stages are read as coders of incidents read them. ``succeeded`` means that the offender got or did what
the offence is for: money, data or access was taken, somebody was deceived into acting, a filter or a check
was passed, somebody was hurt, an emergency service came. A fake that was made, posted and seen by millions
is ``reported_no_action_known``, as is an offence that is reported or alleged with no consequence.
``attempted_or_blocked`` needs words that say it came to nothing; ``disrupted`` that a platform, a company
or an authority stopped it; a stage beyond these that somebody was pursued, in a criminal court or another.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from enrichment.extraction.passage import Passage
from enrichment.extraction.stage import (
    ACQUITTED,
    ATTEMPTED,
    CONVICTED,
    REPORTED,
    SENTENCE_CHARACTERS,
    SUCCEEDED,
    Stage,
    mentions,
    only_provided,
    overturned,
    reported_fact,
    says,
)
from enrichment.records import Fact, Subject

LEAD_CHARACTERS = 3_000
"""Characters at the beginning of a text that report its own matter; background follows later."""
SENTENCES_SEARCHED = 12
"""Sentences that are searched for one that reports an offence."""
LIKELY_SCORE = 0.6
_PAST = re.compile(
    r"\b(?:was|were|had|has|have|used|\w{3,20}ed|sent|made|ran|took|told|stole|said|got|went|came|put|rang|paid|saw"
    r"|heard|found|began|fell|spread|hit|gave|led|wrote|drew|left|lost|met|sold|bought|spoke)\b"
)


def find(
    passages: Sequence[Passage], sums: Sequence[Fact] = (), sentences: Sequence[Fact] = ()
) -> list[Fact]:
    """Return at most one outcome, at its first mention: the most advanced stage that is stated.

    A conviction that was taken back counts no more. ``sums`` are the sums of the report: a loss among them
    says that the offence succeeded. ``sentences`` are those passed: a term among them says that somebody
    was convicted. Weak cues count where the others say no more than that the matter is reported; where
    there are none at all, a sentence that reports a past offence is the outcome's quote.
    """
    leads = [passage.lead(LEAD_CHARACTERS) for passage in passages]
    stages = list(mentions(leads))
    if leads != list(passages) and not any(stage.sure for stage in stages):
        stages = list(mentions(passages))
    taken_back = overturned(passages)
    if taken_back is not None:
        return [taken_back.fact()]
    best = _furthest(stage for stage in stages if stage.sure)
    term = next((fact for fact in sentences if fact.role != "fine" and _imposed(fact, passages)), None)
    if term is not None and (best is None or best.name not in (ACQUITTED, CONVICTED)):
        return [term.model_copy(update={"subject": Subject.OUTCOME, "value": CONVICTED, "role": ""})]
    if best is not None and best.name not in (REPORTED, ATTEMPTED, SUCCEEDED):
        return [best.fact()]
    loss = next((fact for fact in sums if fact.role == "loss"), None)
    best = _failure(stages, lost=loss is not None) or best
    if loss is not None and (best is None or best.name == REPORTED):
        known = {"subject": Subject.OUTCOME, "value": SUCCEEDED, "role": "", "score": LIKELY_SCORE}
        return [loss.model_copy(update=known)]
    if best is None or best.name == REPORTED:
        best = _furthest_of_all(stages, passages)
    if best is None or (best.name == REPORTED and not best.sure):
        return _first_offence(passages) or _act(stages)
    return [best.fact()]


def _imposed(term: Fact, passages: Sequence[Passage]) -> bool:
    """Whether a court passed a term, rather than the law providing it."""
    return not any(
        passage.field == term.field and only_provided(passage, term.start or 0) for passage in passages
    )


def _furthest(stages: Iterable[Stage]) -> Stage | None:
    return max(stages, key=lambda stage: stage.rank, default=None)


def _failure(stages: Sequence[Stage], *, lost: bool) -> Stage | None:
    """Return the mention that the offence failed; where a loss is stated, only one in the title counts."""
    attempts = [stage for stage in stages if stage.name == ATTEMPTED]
    in_title = [stage for stage in attempts if stage.passage.field == "title"]
    return next(iter(in_title or [stage for stage in attempts if stage.sure and not lost]), None)


def _tells_of_many(passages: Sequence[Passage]) -> bool:
    """Whether a report is about many events or the future, by its title or first sentence."""
    return any(says("trend", passage, 0) for passage in passages)


def _furthest_of_all(stages: Sequence[Stage], passages: Sequence[Passage]) -> Stage | None:
    """Return the furthest mention; in a text of many events weak words of success do not count."""
    many = _tells_of_many(passages)
    return _furthest(stage for stage in stages if not many or stage.sure or stage.name != SUCCEEDED)


def _act(stages: Sequence[Stage]) -> list[Fact]:
    """Return "reported, no action known", quoting the sentence of the first verb of the act."""
    return [reported_fact(stage.passage, stage.hit.start) for stage in stages if stage.name == REPORTED][:1]


def _first_offence(passages: Sequence[Passage]) -> list[Fact]:
    """Return "reported, no action known", quoting the first sentence that reports a past offence."""
    for passage in passages if not _tells_of_many(passages) else ():
        for left, right in pairwise([*passage.breaks[:SENTENCES_SEARCHED], len(passage.text)]):
            sentence = passage.text[left : min(right, left + SENTENCE_CHARACTERS)]
            past = passage.field == "title" or _PAST.search(sentence.lower())
            if past and says("offence_words", passage, left) and not says("general", passage, left):
                return [reported_fact(passage, left)]
    return []
