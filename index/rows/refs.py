"""Outside ids of incidents, as rows; every function works on its caller's connection."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from index.tables import incident_refs, incidents


def keep(connection: Connection, refs: Mapping[str, Sequence[str]]) -> None:
    """Put these outside ids in the place of those kept for these incidents."""
    connection.execute(delete(incident_refs).where(incident_refs.c.incident.in_(refs)))
    rows = [{"incident": key, "ref": ref} for key, each in refs.items() for ref in each]
    if rows:
        connection.execute(insert(incident_refs), rows)


def oldest(connection: Connection, ref: str) -> str | None:
    """Return the oldest live incident with an outside id, or None."""
    query = select(incidents.c.id).join(incident_refs, incident_refs.c.incident == incidents.c.id)
    query = query.where(incident_refs.c.ref == ref, incidents.c.redirect_to.is_(None))
    found: str | None = connection.execute(query.order_by(incidents.c.seq).limit(1)).scalar()
    return found
