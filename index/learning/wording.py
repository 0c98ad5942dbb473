"""What the command and the page say of learning in the same words."""

TEACHES = (
    "The machine learns which primary code people accepted or rejected, and nothing else. Decisions on "
    "relevance, crime, AI use, further codes, facts and groupings stand as made, but teach nothing."
)
GUARDED_BY_STARTER = (
    "No gold sets were given, so the starter cases alone guard this release. The shipped models were trained "
    "on them: a fall shows that something was unlearnt, no fall says nothing about new cases."
)
