"""Outside ids of incidents have rows of their own, so that an incident is found by one of them.

Revision ID: 0008
Revises: 0007
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PAGE = 500


def upgrade() -> None:
    """Add the table, with the ids that the kept fields of incidents hold."""
    key = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    refs = op.create_table(
        "incident_refs",
        sa.Column("incident", key, nullable=False),
        sa.Column("ref", key, nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("incident", "ref"),
    )
    op.create_index("incident_refs_ref", "incident_refs", ["ref"], unique=False)
    connection = op.get_bind()
    incidents = sa.table("incidents", sa.column("seq"), sa.column("id"), sa.column("body"))
    after = 0
    while page := connection.execute(
        sa.select(incidents).where(incidents.c.seq > after).order_by(incidents.c.seq).limit(PAGE)
    ).all():
        after = page[-1].seq
        rows = [
            {"incident": row.id, "ref": ref}
            for row in page
            if row.body
            for ref in dict.fromkeys(json.loads(row.body).get("refs", ()))
        ]
        if rows:
            connection.execute(refs.insert(), rows)


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
