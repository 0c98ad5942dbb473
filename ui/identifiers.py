"""Ids that people type: which incidents and reports they name, and where those are shown."""

from collectors.errors import NotFound
from index.library import Library
from index.records import Actor
from ui import addresses

LONGEST_TOLD = 60
"""Characters of what was typed that a complaint repeats at most."""


def named(library: Library, typed: str) -> tuple[str, ...]:
    """Return the ids that were typed, as the record writes them; none where anything else was typed, too."""
    query = library.parse(typed)
    besides = query.terms or query.where or query.filters or query.since or query.until
    return () if besides else query.ids


def required(library: Library, typed: str) -> tuple[str, ...]:
    """Return the ids that were typed; raises ``NotFound`` where something else was."""
    if ids := named(library, typed):
        return ids
    told = typed if len(typed) <= LONGEST_TOLD else f"{typed[:LONGEST_TOLD]}…"
    raise NotFound(f"{told!r} is no id of an incident or report")


def destination(library: Library, typed: str, actor: Actor) -> str:
    """Return the address of what the library holds under the one id that was typed; empty for all else."""
    ids = named(library, typed)
    if len(ids) != 1:
        return ""
    try:
        if ids[0].startswith("rep-"):
            library.report(ids[0], actor=actor)
            return addresses.address("incident", {"report": ids[0]})
        return addresses.incident(library.incident(ids[0], actor=actor).incident.id)
    except NotFound:
        return ""
