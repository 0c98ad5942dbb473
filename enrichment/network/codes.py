"""Which codes of an incident are believed enough to be drawn and counted."""

from enrichment.records import Code, Incident
from enrichment.typology import Typology

FURTHER = 0.15
"""A machine's further code below this score is not drawn: it holds in one case of three."""
SURE = 0.3
"""A machine's further code below this score is drawn as uncertain.

By folds of the training data (``tests/bench/further.py``; 166 further codes, from coders whose lists are not
complete): from 0.30 on 88 in 100 hold, from 0.15 to 0.30 58, below that 32.
"""


def believed(incident: Incident, typology: Typology) -> tuple[Code, ...]:
    """Return the leaves an incident is a case of, the primary first; what a person accepted always is one."""
    return tuple(
        code
        for code in incident.codes
        if typology.is_leaf(code.concept)
        and (code.role == "primary" or (code.role == "other" and (code.judged or code.score >= FURTHER)))
    )


def surety(code: Code) -> float:
    """Return how sure a code is, between 0 and 1: one that a person decided is certain."""
    return 1.0 if code.judged else code.score
