"""The judgement of one set of models on one report: relevance and codes, decided or left to a person."""

from collections.abc import Iterator, Sequence

from enrichment.classify import NO_AI_CRIME, Classifier
from enrichment.judging.linear import Models
from enrichment.judging.reading import DENIAL_GROUPS, Reading
from enrichment.records import CodeRole, Fact, Subject
from enrichment.relevance import Relevance
from enrichment.typology import Typology

FOREIGN_FACTOR = 0.5
"""Factor on a score, or on its distance from even odds, in a language that the models do not read."""
FEWEST_WORDS = 5
"""Words below which a report says too little for a code to be decided."""
UNSUPPORTED = 0.49
"""The greatest probability of an answer that affirms, in a report without words that it rests on."""
NEGATIVE_ANSWERS = ("absent", "no", "not-relevant", "not_applicable")
"""Answers that rest on words not being there: none for a language whose words the models do not know."""
EVENTS = ("criminal_incident", "attempted", "suspected_under_investigation")
"""Kinds of event that have happened."""
DENIED = {
    Subject.RELEVANCE: "not-relevant",
    Subject.CRIME: "no",
    Subject.AI_INVOLVEMENT: "absent",
    Subject.EVENT_KIND: "not_applicable",
}
"""The answer that replaces an affirmative one where no words support it."""

Made = tuple[str, Fact]
"""A fact with the name of what made it."""


class Judge:
    """A classifier and the three questions over one set of models."""

    def __init__(self, models: Models, typology: Typology) -> None:
        self.fingerprint = models.fingerprint
        self._classifier = Classifier(models, typology)
        self._relevance = Relevance(models, self._classifier)

    def facts(self, reading: Reading, *, foreign: bool = False) -> list[Made]:
        """Return the suggested facts; in a language the models do not read, nothing is decided or denied.

        Codes from very short texts, or that contradict the three answers, are left undecided too.
        """
        made = [
            *(("relevance", fact) for fact in self._relevance.facts(reading)),
            *(("classify", fact) for fact in self._classifier.facts(reading)),
        ]
        made = [(name, _supported(fact)) for name, fact in made]
        if foreign:
            return list(_doubted(made))
        contradicted = _at_odds(made) or _depicts_adults(made, reading) or _denies_ai(made, reading)
        undecided = len(reading.words) < FEWEST_WORDS or contradicted
        return [(name, _undecided(fact)) for name, fact in made] if undecided else made


def _at_odds(made: Sequence[Made]) -> bool:
    """Whether the primary code and the answers to the questions cannot both be right.

    That is a code that denies AI crime beside an answer that affirms it; a leaf in a report that is not
    relevant and names no AI, which the coding guide codes X-01; one beside news of law or policy (X-05); and
    X-05, which no event has, beside one.
    """
    answers = {fact.subject: fact.value for _, fact in made}
    primary = next((fact.value for _, fact in made if fact.role == CodeRole.PRIMARY), "")
    relevant = answers.get(Subject.RELEVANCE) == "relevant"
    if primary in NO_AI_CRIME:
        return relevant
    if primary == "X-05":
        return answers.get(Subject.EVENT_KIND) in EVENTS
    if not primary:
        return False
    without_ai = not relevant and answers.get(Subject.AI_INVOLVEMENT) == "absent"
    return without_ai or answers.get(Subject.EVENT_KIND) == "policy_or_law"


def _depicts_adults(made: Sequence[Made], reading: Reading) -> bool:
    """Whether a report coded as a sexual offence against children depicts adults and speaks of no child."""
    primary = next((fact.value for _, fact in made if fact.role == CodeRole.PRIMARY), "")
    adults = "adult_depicted" in reading.hits and "young_depicted" not in reading.hits
    return primary.startswith("CS-") and adults


def _denies_ai(made: Sequence[Made], reading: Reading) -> bool:
    """Whether a report that denies the use of AI, and is not relevant, is coded as AI crime."""
    answers = {fact.subject: fact.value for _, fact in made}
    primary = next((fact.value for _, fact in made if fact.role == CodeRole.PRIMARY), "X-")
    denied = reading.denies_ai or any(group in reading.hits for group in DENIAL_GROUPS)
    return denied and answers.get(Subject.RELEVANCE) != "relevant" and not primary.startswith("X-")


def _supported(fact: Fact) -> Fact:
    """Return the fact, its answer denied where it affirms without words of the report to rest on."""
    denied = DENIED.get(fact.subject)
    supposed = fact.subject is Subject.EVENT_KIND and fact.value not in EVENTS
    if denied is None or supposed or fact.quote or fact.value in NEGATIVE_ANSWERS:
        return fact
    return fact.model_copy(update={"value": denied, "score": min(fact.score, UNSUPPORTED)})


def _undecided(fact: Fact) -> Fact:
    return fact.model_copy(update={"role": CodeRole.NEAR_MISS}) if fact.subject is Subject.TYPOLOGY else fact


def _doubted(made: list[Made]) -> Iterator[Made]:
    """Yield facts with lowered scores, without denials and with no code decided: that is for a person."""
    for name, fact in made:
        if fact.value in NEGATIVE_ANSWERS:
            continue
        if fact.subject is Subject.TYPOLOGY:
            change: dict[str, object] = {
                "role": CodeRole.NEAR_MISS,
                "score": round(fact.score * FOREIGN_FACTOR, 4),
            }
        elif fact.subject in (Subject.RELEVANCE, Subject.CRIME):
            change = {"score": round(0.5 + (fact.score - 0.5) * FOREIGN_FACTOR, 4)}
        else:
            change = {"score": round(fact.score * FOREIGN_FACTOR, 4)}
        yield name, fact.model_copy(update=change)
