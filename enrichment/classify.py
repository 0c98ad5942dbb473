"""Typology codes of a report, with scores, the words they rest on, near misses, and abstention.

Four opinions are mixed: a model trained on coded incidents, rules over word groups, how near the report lies
to the typology's own words, and the codes of the texts nearest to it. Rules and words carry the many leaves
that few coded incidents show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

import numpy as np

from enrichment.judging import evidence
from enrichment.judging.features import Match, Span
from enrichment.judging.linear import Models, Scores, softmax, tempered
from enrichment.judging.nearness import Nearness
from enrichment.judging.pooling import pool
from enrichment.judging.reading import DENIAL_GROUPS, Reading
from enrichment.records import CodeRole, Fact, Subject
from enrichment.typology import Typology

__all__ = ["LEARNT", "Classifier", "Opinion", "inputs", "leaf_odds", "pool"]

OTHERS = 3
LEAST_OTHER = 0.05
"""Probability below which no code is a further code, whatever the rules say."""
SHOWN = 5
"""Codes reported at least, so that a reader sees what else was considered."""
LEARNT = "learnt"
"""The head a release learnt from judgements adds; its classes are all codes, in their order."""
NO_AI_CRIME = ("X-01", "X-02", "X-03", "X-04")
"""The scope codes of texts that tell of no AI crime at all, and so bear no leaf beside them."""
NO_AI = "X-01"
"""The scope code of texts that give no reason to think AI was used."""
RULED_OUT = -30.0
"""Log-odds of a code that the words of a report rule out."""
AI_RULE = 1.0
"""Log-odds to X-01 where nothing names AI, and from it where a sentence tells of an offence with AI.

Rule 1 of the coding guide, but no more than a hint: no list of words for AI is complete. By folds of the
invented reports, of leaves whose AI goes by a name that is not listed 17 % lead with X-01, with 2 it is 28 %.
``surety`` is fitted on what it changes, so probabilities are calibrated with it.
"""


@dataclass(frozen=True)
class Opinion:
    """The probabilities of all codes for one reading, and the rules that hold for it."""

    probabilities: dict[str, float]
    matches: Mapping[str, Match]

    def ranked(self) -> list[str]:
        """Return all codes, most probable first."""
        return sorted(self.probabilities, key=lambda code: (-self.probabilities[code], code))


class Classifier:
    """Codes readings with one set of models and one typology."""

    def __init__(self, models: Models, typology: Typology) -> None:
        self._models = models
        self._typology = typology
        self._codes = tuple(models.settings["codes"])

    def opinion(self, reading: Reading) -> Opinion:
        """Return the probability of every code; they sum to 1."""
        chances = tempered(softmax(self.scores(reading)), self.surety(reading)).tolist()
        return Opinion(dict(zip(self._codes, chances, strict=True)), reading.matches)

    def scores(self, reading: Reading) -> Scores:
        """Return the log-odds of every code, in the models' order, before ``surety`` corrects them."""
        return self._allowed(self._logits(reading) + ai_rule(reading, self._codes), reading)

    def surety(self, reading: Reading) -> tuple[float, ...]:
        """Return the settings by which ``linear.tempered`` makes the leader as sure as it proves to be."""
        return tuple(self._models.settings["surety" if reading.vector is not None else "surety-words"])

    def leaf_odds(self, reading: Reading) -> float:
        """Return the log-odds that some leaf applies rather than a scope code, between -8 and 8."""
        logits = self._allowed(self._logits(reading), reading)
        return float(leaf_odds(logits[None, :], self._codes)[0])

    def _allowed(self, logits: Scores, reading: Reading) -> Scores:
        """Return the log-odds without X-01 where a sentence tells of an offence with AI."""
        if not reading.ai_in_offence:
            return logits
        return np.where([code == NO_AI for code in self._codes], RULED_OUT, logits)

    def _logits(self, reading: Reading) -> Scores:
        name = "mix" if reading.vector is not None else "mix-words"
        weighed = inputs(self._models, reading) @ np.array(self._models.settings[name])
        return np.asarray(weighed) + self._learnt(reading)

    def _learnt(self, reading: Reading) -> Scores:
        """Return the log-odds that judgements add to every code; zeros for the models as shipped."""
        if LEARNT not in self._models.heads:
            return np.zeros(len(self._codes))
        return self._models.head(LEARNT, reading).logits(reading, self._models.terms)

    def facts(self, reading: Reading) -> list[Fact]:
        """Return the primary code unless unsure, other codes that apply too, and near misses."""
        opinion = self.opinion(reading)
        ranked = opinion.ranked()
        settings = self._models.settings
        roles = dict.fromkeys(self._shown(ranked, opinion), CodeRole.NEAR_MISS)
        if opinion.probabilities[ranked[0]] >= settings["abstain_below"]:
            roles |= dict.fromkeys(self._others(ranked, opinion), CodeRole.OTHER)
            roles[ranked[0]] = CodeRole.PRIMARY
        return [self._fact(reading, opinion, code, roles[code]) for code in ranked if code in roles]

    def _shown(self, ranked: Sequence[str], opinion: Opinion) -> list[str]:
        """Return the codes to show: the likeliest, and confusable ones a rule spoke for."""
        near = [code for code in self._typology.siblings(ranked[0]) if code in opinion.matches]
        return [*ranked[:SHOWN], *near]

    def _others(self, ranked: Sequence[str], opinion: Opinion) -> list[str]:
        """Return leaves beside the primary: likely ones, and less likely ones that a rule names outright.

        None is less likely than a leaf that is not among them.
        """
        if ranked[0] in NO_AI_CRIME:
            return []
        settings = self._models.settings

        def fits(code: str) -> bool:
            chance, match = opinion.probabilities[code], opinion.matches.get(code)
            named = match is not None and match.weight >= settings["other_rule"]
            least = max(LEAST_OTHER, settings["other_with_rule_from"])
            return chance >= settings["other_from"] or (named and chance >= least)

        leaves = filter(self._typology.is_leaf, ranked[1:])
        return list(islice(takewhile(fits, leaves), OTHERS))

    def _fact(self, reading: Reading, opinion: Opinion, code: str, role: str) -> Fact:
        match = opinion.matches.get(code)
        spans = match.spans if match else ()
        head = self._models.head("topic", reading)
        quote = evidence.best(
            reading, spans, head, code, self._models.terms, needed=_needed(code, spans, reading)
        )
        return Fact(
            subject=Subject.TYPOLOGY,
            value=code,
            role=role,
            score=round(opinion.probabilities[code], 4),
            **vars(quote),
        )


def _needed(code: str, spans: Sequence[Span], reading: Reading) -> Sequence[Span] | None:
    """Return spans of which a quote for the code must contain at least one; None if any sentence will do.

    That AI was not used is shown by words of denial or doubt alone; any other code by those of its rule, if
    one holds.
    """
    if code == "X-01":
        return [span for group in (*DENIAL_GROUPS, "doubt_ai") for span in reading.hits.get(group, ())]
    return spans or None


def inputs(models: Models, reading: Reading) -> Scores:
    """Return the opinions that are mixed, float64 of shape (codes, 5).

    The columns are: log probability by the trained head, weight of the rules, nearness to the typology's
    own words, 1 for a leaf and 0 for a scope code, and log share among the nearest texts.
    """
    codes = models.settings["codes"]
    head = models.head("topic", reading)
    trained = dict(zip(head.classes, np.log(softmax(head.logits(reading, models.terms)) + 1e-6), strict=True))
    near = Nearness(models, reading)
    columns = [
        [trained.get(code, np.log(1e-6)) for code in codes],
        [reading.matches[code].weight if code in reading.matches else 0.0 for code in codes],
        near.nearest(),
        [float(not code.startswith("X")) for code in codes],
        near.neighbours(),
    ]
    return np.array(columns, dtype=np.float64).T


def ai_rule(reading: Reading, codes: Sequence[str]) -> Scores:
    """Return the log-odds that the words for AI add to every code, float64 of shape (codes,)."""
    told = reading.names_ai or reading.ai_hints
    for_x01 = float(not told) - float(reading.ai_in_offence)
    return np.array([AI_RULE * for_x01 * (code == "X-01") for code in codes], dtype=np.float64)


def leaf_odds(logits: Scores, codes: Sequence[str]) -> Scores:
    """Return for logits (rows, codes) the log-odds of leaves against scope codes, between -8 and 8."""
    leaf = np.array([not code.startswith("X") for code in codes])
    for_leaf, for_scope = (np.logaddexp.reduce(logits[:, part], axis=1) for part in (leaf, ~leaf))
    return np.asarray(np.clip(for_leaf - for_scope, -8, 8))
