"""What waits for a person is kept, so that it can be counted and shown without reading every finding.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with every report as one that is yet to be weighed."""
    key = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "waiting",
        sa.Column("report", key, nullable=False),
        sa.Column("why", key, nullable=False),
        sa.Column("finding", key, nullable=False),
        sa.Column("margin", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["reports.id"]),
        sa.PrimaryKeyConstraint("report"),
    )
    op.create_index("waiting_why", "waiting", ["why"], unique=False)
    op.execute("INSERT INTO waiting (report, why, finding, margin) SELECT id, '', '', 0 FROM reports")


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
