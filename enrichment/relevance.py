"""Three questions and their sum: is it crime, is AI in it, did it happen; and so: is it what we look for."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import yaml

from enrichment.classify import Classifier
from enrichment.judging import evidence
from enrichment.judging.features import LEXICON, Span
from enrichment.judging.linear import Models, softmax
from enrichment.judging.reading import Reading
from enrichment.records import Fact, Finding, Subject

NO_AI_PENALTY = 4.0
"""Log-odds taken where no word of the report means AI: such a report cannot evidence it."""
REFORM = 2
"""Words of law making from which a report of no crime and no event is one of law or policy."""
# Word groups to quote for a value; the first that is found is shown.
_GROUPS = {
    "alleged_by_authority": ("authority", "strong_ai"),
    "confirmed": ("strong_ai", "confirmed_word"),
    "doubtful": ("doubt_ai",),
    "inferred": ("inferred_ai",),
    "attempted": ("attempted_word",),
    "suspected_under_investigation": ("suspected_word",),
    "trend_or_warning": ("trend_word",),
    "research_or_demonstration": ("research_word",),
    "policy_or_law": ("policy_word",),
    "criminal_incident": ("event_word", "offence"),
}


class Relevance:
    """Answers the three questions for readings with one set of models."""

    def __init__(self, models: Models, classifier: Classifier) -> None:
        self._models = models
        self._classifier = classifier

    def probability(self, reading: Reading) -> float:
        """Return the probability that the report tells of, warns of or counts crime in which AI was used."""
        own, leaf, shift = self._models.settings[_variant("relevant-calibration", reading)]
        logit = own * self.logit(reading) + leaf * self._classifier.leaf_odds(reading) + shift
        logit -= NO_AI_PENALTY * ("ai_word" not in reading.hits)
        return float(1 / (1 + np.exp(-logit)))

    def logit(self, reading: Reading) -> float:
        """Return the trained head's log-odds of relevance, before calibration and the rule about AI."""
        no, yes = self._models.head("relevant", reading).logits(reading, self._models.terms)
        return float(yes - no)

    def facts(self, reading: Reading) -> list[Fact]:
        """Return one fact each for relevance, crime, AI involvement and kind of event."""
        relevant = self.probability(reading)
        # Crime in which AI was used is crime, whatever the two heads make of it apart.
        crime = max(self._probabilities("crime", reading)["yes"], relevant)
        ai_value, ai_score = self._ai_involvement(reading)
        event_value, event_score = self._event(reading, relevant)
        # A reason to call something crime is also the reason to call it relevant; there is none to say no.
        value = "relevant" if relevant >= 0.5 else "not-relevant"
        return [
            self._fact(
                Subject.RELEVANCE, value, relevant, reading, "relevant", "yes", ("strong_ai", "offence")
            ),
            self._fact(
                Subject.CRIME, "yes" if crime >= 0.5 else "no", crime, reading, "crime", "yes", ("offence",)
            ),
            self._fact(Subject.AI_INVOLVEMENT, ai_value, ai_score, reading, "ai_involvement", ai_value),
            self._fact(Subject.EVENT_KIND, event_value, event_score, reading, "event_kind", event_value),
        ]

    def _event(self, reading: Reading, relevant: float) -> tuple[str, float]:
        """Return the kind of event; law reform by its words alone, since no coded incident is one."""
        reform = len(reading.hits.get("reform", ()))
        if relevant < 0.5 and reform >= REFORM and "event_word" not in reading.hits:
            return "policy_or_law", 1 - relevant
        event = self._probabilities("event_kind", reading)
        value = max(sorted(event), key=lambda value: event[value])
        return value, event[value]

    def _ai_involvement(self, reading: Reading) -> tuple[str, float]:
        if "ai_word" not in reading.hits:
            return "absent", 0.9
        involvement = self._probabilities("ai_involvement", reading)
        involvement.pop("absent", None)
        value = max(sorted(involvement), key=lambda value: involvement[value])
        return value, involvement[value]

    def _probabilities(self, name: str, reading: Reading) -> dict[str, float]:
        head = self._models.head(name, reading)
        heat = self._models.settings[_variant("temperature", reading)][name]
        scores = softmax(head.logits(reading, self._models.terms) / heat)
        return dict(zip(head.classes, scores.tolist(), strict=True))

    def _fact(
        self,
        subject: Subject,
        value: str,
        score: float,
        reading: Reading,
        head: str,
        code: str,
        groups: Sequence[str] = (),
    ) -> Fact:
        kinds = [reading.hits.get(group, []) for group in groups or _GROUPS.get(value, ("ai_word",))]
        spans: list[Span] = [] if len(kinds) > 1 else kinds[0]
        if value in ("absent", "no", "not-relevant", "not_applicable"):
            quote = evidence.Quote()  # nothing in a text says what is not in it
        else:
            trained = self._models.head(head, reading)
            quote = evidence.best(
                reading, spans, trained, code, self._models.terms, kinds if len(kinds) > 1 else ()
            )
        return Fact(subject=subject, value=value, score=round(score, 4), **vars(quote))


def reason(findings: Sequence[Finding]) -> str:
    """Return why these findings of one report make it no AI crime, in a sentence; empty where they do not.

    The sentence (``lexicon/reasons.yaml``) follows the primary scope code and the answers to the questions,
    and closes with the words of the text that the code or an answer rests on.
    """
    by_subject = {finding.subject: finding for finding in findings if finding.subject in _QUESTIONS}
    primary = next(
        (each for each in findings if each.role == "primary" and each.value.startswith("X-")), None
    )
    if primary is None:
        return ""
    wordings = _reasons()[primary.value]
    answers = [by_subject[subject].value for subject in _QUESTIONS if subject in by_subject]
    told = next((wordings[answer] for answer in answers if answer in wordings), wordings[""])
    return f"{told} “{primary.quote}”" if primary.quote else str(told)


_QUESTIONS = (Subject.AI_INVOLVEMENT, Subject.EVENT_KIND)


@cache
def _reasons() -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = yaml.safe_load((LEXICON / "reasons.yaml").read_text("utf-8"))
    return data


def _variant(name: str, reading: Reading) -> str:
    return name if reading.vector is not None else f"{name}-words"
