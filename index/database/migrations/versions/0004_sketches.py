"""What finds the reports that a new one may belong with.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty: the next grouping is of everything and fills it."""
    op.create_table(
        "sketches",
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("reach", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["reports.id"]),
        sa.PrimaryKeyConstraint("unit"),
    )
    op.create_index("sketches_report", "sketches", ["report"], unique=False)


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
