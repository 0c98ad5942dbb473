"""Claims and decisions in plain words, the same on pages and commands."""

from enrichment.records import Subject, report_of
from enrichment.typology import Typology
from index import wording
from index.desk.decisions import LoggedDecision
from index.records import Judgement, Verdict

DONE = {
    Verdict.ACCEPT: "accepted",
    Verdict.REJECT: "rejected",
    Verdict.RELABEL: "relabelled",
    Verdict.ADD: "added",
    Verdict.MERGE: "merged",
    Verdict.SPLIT: "split",
    Verdict.UNDO: "took back",
}
"""The past tense of each verdict."""


def coded(typology: Typology, code: str) -> str:
    """Return a typology code with its label; one of another version of the typology stands alone."""
    return f"{code} {typology.label(code)}" if code in typology else code


def value(typology: Typology, subject: str, said: str) -> str:
    """Return the value of a claim in plain words."""
    return coded(typology, said) if subject == Subject.TYPOLOGY else wording.value(subject, said)


def claim(typology: Typology, subject: str, said: str) -> str:
    """Return the kind and the value of a claim in plain words."""
    return f"{wording.subject(subject)}: {value(typology, subject, said)}"


def sentence(item: LoggedDecision, typology: Typology) -> str:
    """Return a decision as a sentence without its author: ``accepted Country: France``."""
    if item.taken_back is None:
        return _done(item.judgement, item, typology)
    return f"took back “{_done(item.taken_back, item, typology)}”"


def _done(judgement: Judgement, item: LoggedDecision, typology: Typology) -> str:
    title = f"“{item.report_title or 'Untitled report'}”"
    others = len({report_of(unit) for unit in judgement.members}) - 1
    more = f" and {others} more" if others > 0 else ""
    match judgement.verdict:
        case Verdict.MERGE:
            return f"merged {title}{more} into another incident"
        case Verdict.SPLIT:
            return f"split {title}{more} off"
        case _:
            thing = claim(typology, item.subject, item.value) if item.subject else judgement.target
            return f"{done_by(judgement)} {thing}{became(judgement, item.subject, typology)}"


def done_by(judgement: Judgement) -> str:
    """Return the verb of a decision: a code is relabelled, a fact corrected."""
    fact = judgement.stated is not None and judgement.stated.subject is not Subject.TYPOLOGY
    return "corrected" if fact and judgement.verdict is Verdict.RELABEL else DONE[judgement.verdict]


def became(judgement: Judgement, subject: str, typology: Typology) -> str:
    """Return the new value of a relabelled claim as the end of a sentence; empty for other decisions."""
    if judgement.verdict is not Verdict.RELABEL:
        return ""
    word = "as" if subject == Subject.TYPOLOGY else "to"
    return f" {word} {value(typology, subject, judgement.value)}"
