"""What the command and the page say of learning in the same words."""

TEACHES = (
    "The machine learns which primary code, kind of event and use of AI people accepted or rejected, and "
    "whether there was a crime. What they say of relevance teaches which codes cannot be right. Decisions on "
    "further codes, facts and groupings stand as made, but teach nothing."
)
"""What judgements teach."""
GUARDED_BY = (
    "The bundled cases guard every release. Before and after are what models say of them that were trained "
    "without them; cases like a judged report are left out."
)
"""What a release is held against on every machine."""
IDLE = "What is decided of one report foretells no other yet, so nothing is learnt about:"
"""Said before the questions on which judgements change nothing."""
