"""Spans in which a text names AI as a means against crime: ``detectives used facial recognition``.

The words are data (``facts_data/lawful_ai.yaml``).
"""

import re
from functools import cache

from enrichment.extraction.forms import form
from enrichment.extraction.phrases import load
from enrichment.judging.features import Span


def lawful_uses(text: str) -> list[Span]:
    """Return the spans of AI in the hands of those who act against crime, in order; they may overlap."""
    small = text.lower()
    if len(small) != len(text):  # letters that change their length would shift every place
        return []
    return sorted(match.span() for match in _pattern().finditer(small))


@cache
def _pattern() -> re.Pattern[str]:
    data = load("lawful_ai")
    return form("|".join(data["forms"]), data["lists"], re.NOFLAG)
