"""Which codes of an incident are credible enough to be drawn and counted."""

from enrichment.records import Code, CodeRole, Incident
from enrichment.typology import Typology

FURTHER = 0.15
"""A machine's further code below this score is not drawn: it holds in one case of three."""
SURE = 0.3
"""A machine's further code below this score is drawn as uncertain.

By folds of the training data (``tests/bench/further.py``; 166 further codes, from coders whose lists are not
complete): from 0.30 on 88 in 100 hold, from 0.15 to 0.30 58, below that 32.
"""


def credible_codes(incident: Incident, typology: Typology) -> tuple[Code, ...]:
    """Return the codes of the leaves an incident is a case of, the primary first.

    A code that a person accepted is always among them.
    """
    return tuple(
        code
        for code in incident.codes
        if typology.is_leaf(code.concept)
        and not code.near_miss
        and (code.role == CodeRole.PRIMARY or code.judged or code.score >= FURTHER)
    )


def confidence_of(code: Code) -> float:
    """Return the confidence in a code, from 0 to 1; in one that a person decided it is 1."""
    return 1.0 if code.judged else code.score
