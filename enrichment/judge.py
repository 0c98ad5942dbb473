"""What one set of models makes of one report: relevance and codes, and how far both can be believed."""

from collections.abc import Iterator

from enrichment.classify import Classifier
from enrichment.linear import Models
from enrichment.reading import Reading
from enrichment.records import Fact, Subject
from enrichment.relevance import Relevance
from enrichment.typology import Typology

FOREIGN = 0.5
"""What is left of a score, or of its distance from even odds, in a language that the models do not read."""

Made = tuple[str, Fact]
"""A fact with the name of what made it."""


class Judge:
    """A classifier and the three questions over one set of models."""

    def __init__(self, models: Models, typology: Typology) -> None:
        self.fingerprint = models.fingerprint
        self._classifier = Classifier(models, typology)
        self._relevance = Relevance(models, self._classifier)

    def facts(self, reading: Reading, *, foreign: bool = False) -> list[Made]:
        """Return what is suggested; of a text in a language the models do not read, nothing is decided."""
        made = [
            *(("relevance", fact) for fact in self._relevance.facts(reading)),
            *(("classify", fact) for fact in self._classifier.facts(reading)),
        ]
        return list(_doubted(made)) if foreign else made


def _doubted(made: list[Made]) -> Iterator[Made]:
    """Yield facts with lowered scores and no code decided: a person who reads the language has to."""
    for name, fact in made:
        if fact.subject is Subject.TYPOLOGY:
            change: dict[str, object] = {"role": "sibling", "score": round(fact.score * FOREIGN, 4)}
        elif fact.subject in (Subject.RELEVANCE, Subject.CRIME):
            change = {"score": round(0.5 + (fact.score - 0.5) * FOREIGN, 4)}
        else:
            change = {"score": round(fact.score * FOREIGN, 4)}
        yield name, fact.model_copy(update=change)
