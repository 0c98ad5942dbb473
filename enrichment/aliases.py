"""Other names of the organisations and tools that are on a list, as people write them."""

from collections.abc import Mapping
from functools import cache

from enrichment.extraction.phrases import load

_LISTS = {"organisation": "organisations", "tool": "tools"}


@cache
def aliases(subject: str) -> Mapping[str, tuple[str, ...]]:
    """Return the listed ``organisation`` or ``tool`` names with all that each is called, itself first.

    Abbreviations that a report must explain, such as ``SEC``, are among them. Other subjects have none.
    """
    if subject not in _LISTS:
        return {}
    listed = load(_LISTS[subject])
    entries = [entry for group in listed for entry in group.get("entries", [group])]
    return {
        str(entry["name"]): (str(entry["name"]), *entry.get("aliases", ()), *entry.get("doubtful", ()))
        for entry in entries
        if isinstance(entry, dict)
    }
