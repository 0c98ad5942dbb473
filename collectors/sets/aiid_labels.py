"""What the AI Incident Database's own coders said about an incident, as claims."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from collectors.errors import Malformed
from collectors.formats.tabular import unique
from collectors.records import Capture, Claim, Issue
from collectors.sets.rows import gather

Table = Iterable[tuple[str, dict[str, str] | Malformed]]

LONGEST_VALUE = 120
"""Longer cells are discussion, not a code."""

_NOT_CODES = re.compile(r"snippet|discussion|notes|annotat|review|quality|status|description|number", re.I)
_ROW_FIELDS = frozenset({"Namespace", "Incident ID", "Published"})
_SHORT = {"risk_domain": "domain", "risk_subdomain": "subdomain"}
_NO_VALUE = frozenset({"", "null", "nan", "none"})
_INCIDENT_ID = re.compile(r"[1-9]\d{0,6}")


def incident_id(text: str) -> str:
    """Return the number of an incident; raises ``Malformed`` for anything else."""
    if _INCIDENT_ID.fullmatch(text) is None:
        raise Malformed(f"{text!r:.60} is not the number of an incident")
    return text


def labels(tables: Iterable[Table], capture: Capture) -> tuple[dict[str, list[Claim]], list[Issue]]:
    """Return the claims of every classification table by incident number, and the rows that are broken.

    A claim's subject is the table's namespace and the column, ``mit_domain``; a classification its coders
    have not published has the role ``unpublished``.
    """
    rows = (row for table in tables for row in table)
    coded, issues = gather(rows, lambda row: (incident_id(row["Incident ID"]), tuple(_claims(row))), capture)
    claims: dict[str, list[Claim]] = defaultdict(list)
    for number, stated in coded:
        claims[number].extend(stated)
    return claims, issues


def duplicates(table: Table, capture: Capture) -> tuple[dict[str, str], list[Issue]]:
    """Return duplicate incident number → true incident number, and the rows that are broken."""
    pairs, issues = gather(table, _pair, capture)
    return dict(pairs), issues


def _pair(row: dict[str, str]) -> tuple[str, str]:
    return incident_id(row["duplicate_incident_number"]), incident_id(row["true_incident_number"])


def _claims(row: dict[str, str]) -> Iterator[Claim]:
    columns = [name for name in row if name not in _ROW_FIELDS and not _NOT_CODES.search(name)]
    role = "unpublished" if row.get("Published", "True").strip().lower() == "false" else ""
    namespace = _slug(row["Namespace"])
    for column, distinct in zip(columns, unique([_slug(name) for name in columns]), strict=True):
        subject = _slug(distinct)
        for value in _values(row[column]):
            yield Claim(subject=f"{namespace}_{_SHORT.get(subject, subject)}", value=value, role=role)


def _values(cell: str) -> list[str]:
    try:
        listed = json.loads(cell) if cell.startswith("[") else [cell]
    except ValueError:
        listed = [cell]
    texts = [value.strip() for value in listed if isinstance(value, str)]
    return [text for text in texts if text.lower() not in _NO_VALUE and len(text) <= LONGEST_VALUE]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
