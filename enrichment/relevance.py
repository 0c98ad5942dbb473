"""Three questions about a report (is it crime, was AI used, did it happen), and its relevance."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

import numpy as np

from enrichment.classify import NO_AI, Classifier, Opinion
from enrichment.data_files import read_yaml
from enrichment.judging import evidence
from enrichment.judging.features import LEXICON, Span
from enrichment.judging.linear import Models, softmax
from enrichment.judging.reading import Reading
from enrichment.records import CodeRole, Fact, Finding, Subject

EXPECTED = {2: -6.0, 3: -3.0, 4: -3.0, 5: 1.0}
"""Weights of the signs among ``relevance_inputs`` that the coding guide makes expect; training moves them."""
REFORM = 2
"""Words of law making from which a report without a word for an event is one of law or policy."""
NOT_OF_OFFENDERS = 0.49
"""The greatest probability of relevance where AI is named only to deny it, or as a means against crime."""
_WARNING = {"trend_word", "offence", "strong_ai"}
_NO_EVENT = ("defence", "deal", "award")
_NO_CRIME = ("X-02", "X-03", "X-04", "X-05")
"""Scope codes of what is no crime."""
OF_AI = ("X-02", "X-03", "X-04")
"""Scope codes that say what an AI system or its user did: where one leads, AI is not absent."""
_AI_USED = ("confirmed", "alleged_by_authority", "alleged_by_victim_or_media", "inferred")
_OFFENCE = ("criminal_incident", "attempted", "suspected_under_investigation")
_NO_OFFENCE = ("not_applicable", "policy_or_law")
# Word groups to quote for a value; the first that is found is shown.
_GROUPS = {
    "alleged_by_authority": ("authority_said", "strong_ai"),
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
        """Return the probability that the report tells of, warns of or counts crime in which AI was used.

        It is at most ``NOT_OF_OFFENDERS`` where AI is named only to deny its use or as a means against crime.
        """
        *weights, shift = self._models.settings[_variant("relevant-calibration", reading)]
        opinions = relevance_inputs(self.logit(reading), self._classifier.leaf_odds(reading), reading)
        probability = float(1 / (1 + np.exp(-(np.dot(weights, opinions) + shift))))
        of_others = reading.denies_ai or reading.only_lawful_ai
        return min(probability, NOT_OF_OFFENDERS) if of_others else probability

    def logit(self, reading: Reading) -> float:
        """Return the trained head's log-odds of relevance, before calibration."""
        no, yes = self._models.head("relevant", reading).logits(reading, self._models.terms)
        return float(yes - no)

    def facts(self, reading: Reading) -> list[Fact]:
        """Return one fact each for relevance, crime, AI involvement and kind of event."""
        relevant = self.probability(reading)
        opinion = self._classifier.opinion(reading)
        crime = self._crime(reading, relevant, opinion.ranked()[0])
        ai_value, ai_score = self._ai_involvement(reading, relevant, opinion)
        event_value, event_score = self._event(reading, crime)
        # Words that speak for crime also speak for relevance; no words speak for a denial.
        value = "relevant" if relevant >= 0.5 else "not-relevant"
        affirmed = self._fact(
            Subject.RELEVANCE, value, relevant, reading, "relevant", "yes", ("strong_ai", "offence")
        )
        criminal = self._fact(
            Subject.CRIME, "yes" if crime >= 0.5 else "no", crime, reading, "crime", "yes", ("offence",)
        )
        used = self._fact(Subject.AI_INVOLVEMENT, ai_value, ai_score, reading, "ai_involvement", ai_value)
        happened = self._fact(
            Subject.EVENT_KIND, event_value, event_score, reading, "event_kind", event_value
        )
        criminal = criminal if criminal.quote or criminal.value == "no" else _quoting(criminal, affirmed)
        return [
            affirmed,
            criminal,
            used if used.quote or used.value == "absent" else _quoting(used, affirmed),
            happened if happened.quote or happened.value not in _OFFENCE else _quoting(happened, criminal),
        ]

    def _crime(self, reading: Reading, relevant: float, leading: str) -> float:
        """Return the probability of crime: at least that of crime in which AI was used.

        Without an event, or where the likeliest code is not one of crime, no other crime is assumed; that no
        event is told (X-05) is no reason where words for one and an offence with AI stand in the text.
        """
        told = leading == "X-05" and reading.ai_in_offence and "event_word" in reading.hits
        if (leading in _NO_CRIME and not told) or _without_event(reading):
            return relevant
        return max(self._probabilities("crime", reading)["yes"], relevant)

    def _event(self, reading: Reading, crime: float) -> tuple[str, float]:
        """Return the kind of event and its probability among those that fit the answer about crime.

        Law reform is known by its words alone, since no coded incident is one.
        """
        if _of_law(reading) and crime < 0.5:
            return "policy_or_law", 1 - crime
        unfit = _NO_OFFENCE if crime >= 0.5 else _OFFENCE
        return _likeliest(self._probabilities("event_kind", reading.foreground), without=unfit)

    def _ai_involvement(self, reading: Reading, relevant: float, opinion: Opinion) -> tuple[str, float]:
        """Return the answer on AI use and its probability among the answers that fit the likeliest code.

        It is doubtful where AI is named only to deny its use, with doubt's share of doubt and absence.
        It is absent where AI is named only as a means against crime, as surely as the report is irrelevant.
        It is absent too where nothing names AI, unless the code is one of an AI system's own doing, or the
        report is relevant all the same: no list of words for AI is complete. Its probability is the share
        in training data.
        """
        leading = opinion.ranked()[0]
        if reading.denies_ai:
            answers = self._probabilities("ai_involvement", reading)
            return "doubtful", answers["doubtful"] / (answers["doubtful"] + answers["absent"])
        if relevant < 0.5 and leading not in OF_AI:
            if not reading.names_ai:
                return "absent", self._models.settings["absent_without_ai_words"]
            if reading.only_lawful_ai:
                return "absent", 1 - relevant
        sure = opinion.probabilities[leading] >= self._models.settings["abstain_below"]
        without = _AI_USED if leading == NO_AI and sure and relevant < 0.5 else ("absent",)
        return _likeliest(self._probabilities("ai_involvement", reading), without=without)

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
        if value == "doubtful" and reading.denies_ai:
            ends = [(end - 1, end) for _, end in reading.denials]
            quote = evidence.best(reading, ends, needed=ends)
        elif value in ("absent", "no", "not-relevant", "not_applicable"):
            quote = evidence.Quote()  # nothing in a text says what is not in it
        else:
            trained = self._models.head(head, reading)
            together = kinds if len(kinds) > 1 else ()
            needed = None
            if subject is Subject.AI_INVOLVEMENT:
                needed = [*reading.ai_named, *reading.hits.get("ai_system", ())] or reading.ai_hints or None
            if subject is Subject.EVENT_KIND:
                needed = [span for group in kinds for span in group] or None
            quote = evidence.best(reading, spans, trained, code, self._models.terms, together, needed)
        return Fact(subject=subject, value=value, score=round(score, 4), **vars(quote))


def _quoting(fact: Fact, other: Fact) -> Fact:
    """Return the fact with the words that another rests on."""
    span = {name: getattr(other, name) for name in ("field", "start", "end", "quote")}
    return fact.model_copy(update=span)


def relevance_inputs(own: float, leaf: float, reading: Reading) -> list[float]:
    """Return what relevance is calibrated on: the log-odds of the trained head and those of leaves against
    scope codes, then 1 or 0 for each of four signs.

    They are that nothing names AI or hints at it; that something hints at AI, such as *software* or *never
    filmed*, but nothing names it; that a report of law, deals, prizes or AI against crime has no word for an
    event; and that there are words for a trend, an offence and AI.
    """
    unnamed = not reading.ai_named
    hinted = unnamed and bool(reading.ai_hints)
    return [
        own,
        leaf,
        float(unnamed and not hinted),
        float(hinted),
        float(_without_event(reading)),
        float(reading.hits.keys() >= _WARNING),
    ]


def reason(findings: Sequence[Finding]) -> str:
    """Return why these findings of one report make it no AI crime, in a sentence; empty where they do not.

    The sentence (``lexicon/reasons.yaml``) follows the primary scope code and the answers to the questions,
    and closes with the words of the text that the deciding answer, or else the code, rests on.
    """
    by_subject = {finding.subject: finding for finding in findings if finding.subject in _QUESTIONS}
    primary = next(
        (each for each in findings if each.role == CodeRole.PRIMARY and each.value.startswith("X-")), None
    )
    if primary is None:
        return ""
    wordings = _reasons()[primary.value]
    answers = [by_subject[subject] for subject in _QUESTIONS if subject in by_subject]
    deciding = next((answer for answer in answers if answer.value in wordings), None)
    told = wordings[deciding.value if deciding else ""]
    quote = (deciding.quote if deciding else "") or primary.quote
    return f"{told} “{quote}”" if quote else str(told)


_QUESTIONS = (Subject.AI_INVOLVEMENT, Subject.EVENT_KIND)


@cache
def _reasons() -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = read_yaml(LEXICON / "reasons.yaml")
    return data


def _likeliest(answers: Mapping[str, float], *, without: Collection[str]) -> tuple[str, float]:
    """Return the likeliest answer but those left out, and its share of what the others have."""
    fitting = {value: answers[value] for value in sorted(answers) if value not in without} or dict(answers)
    value = max(fitting, key=lambda value: fitting[value])
    return value, fitting[value] / sum(fitting.values())


def _without_event(reading: Reading) -> bool:
    """Whether a report of law, deals, prizes or AI against crime has no word for an event."""
    return "event_word" not in reading.hits and (
        _of_law(reading) or any(group in reading.hits for group in _NO_EVENT)
    )


def _of_law(reading: Reading) -> bool:
    return "event_word" not in reading.hits and len(reading.hits.get("reform", ())) >= REFORM


def _variant(name: str, reading: Reading) -> str:
    return name if reading.vector is not None else f"{name}-words"
