"""Sentences of a long text that tell of another case in passing: of years ago, or of somewhere else."""

import re

from enrichment.extraction.passage import Passage

LEAD_CHARACTERS = 800
"""Characters at the beginning of a text that tell its own story."""
_ANOTHER_CASE = re.compile(
    r"\W{0,5}(?:(?:\w{1,8}\s){1,2}(?:years?|months|decades)\s(?:ago|earlier|before)"
    r"|last\s(?:year|winter|spring|summer|autumn)|in\s(?:19|20)\d\d|in\s[a-zà-ÿ]{3,20}(?:\s[a-zà-ÿ]{3,20})?)"
    r",?\s(?:an?|another|one|two|three)\s"
)


def is_background(passage: Passage, position: int) -> bool:
    """Whether the sentence at a position behind the lead turns to another time or place and somebody new."""
    if position < LEAD_CHARACTERS:
        return False
    start, _ = passage.sentence(position)
    return _ANOTHER_CASE.match(passage.small, start) is not None
