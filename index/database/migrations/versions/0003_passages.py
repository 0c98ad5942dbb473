"""Which passage of a report tells an incident, where a person divided the report.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep whole reports as they are: their part is empty."""
    op.create_table(
        "membership_by_part",
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("part", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"]),
        sa.ForeignKeyConstraint(["report"], ["reports.id"]),
        sa.PrimaryKeyConstraint("incident", "report", "part"),
    )
    op.execute("INSERT INTO membership_by_part (incident, report) SELECT incident, report FROM membership")
    op.drop_table("membership")
    op.rename_table("membership_by_part", "membership")
    op.create_index("membership_report", "membership", ["report"], unique=False)


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
