"""The machine's accuracy on a library's own reports: those drawn at random that people judged."""

from enrichment.evaluation.calibration import calibration_error
from enrichment.evaluation.figure import Figure, mean
from enrichment.typology import Typology
from index.desk import review, weighing
from index.records import Calibration, Judgement, Verdict
from index.rows import waiting
from index.store import Store

DATA = "this library, drawn at random"


def calibration(store: Store, typology: Typology) -> Calibration:
    """Return the machine's accuracy and calibration on the judged part of the random draw."""
    judged, waiting = _draw(store, typology)
    right, error = accuracy_figures(judged)
    said = {"drawn": len(judged) + waiting, "judged": len(judged)}
    if not judged:
        return Calibration(**said)
    return Calibration(
        **said,
        accuracy=right.value,
        accuracy_low=right.low,
        accuracy_high=right.high,
        error=error.value,
        error_low=error.low,
        error_high=error.high,
    )


def figures(store: Store, typology: Typology) -> list[Figure]:
    """Return the same as figures to publish; none if nothing drawn was judged."""
    judged, _ = _draw(store, typology)
    return list(accuracy_figures(judged)) if judged else []


def accuracy_figures(judged: list[Judgement]) -> tuple[Figure, Figure]:
    """Return the share of leading codes that people accepted, and the calibration error of their scores."""
    right = [each.verdict is Verdict.ACCEPT for each in judged]
    scores = [each.score or 0.0 for each in judged]
    return mean("leading code accepted", right, DATA), calibration_error(
        "leading code ECE", scores, right, DATA
    )


def _draw(store: Store, typology: Typology) -> tuple[list[Judgement], int]:
    weighing.weigh_all(store, typology)
    with store.reading() as connection:
        return review.decided(connection), waiting.count(connection, waiting.SAMPLE)
