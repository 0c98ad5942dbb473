"""When each incident last changed, as what is held of it in memory must know.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number of the newest change, 0 for what changed before it was kept."""
    op.add_column("incidents", sa.Column("changed", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("incidents_changed", "incidents", ["changed"], unique=False)


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
