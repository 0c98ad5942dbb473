"""From here on judgements may say that a person states a fact, which older programs cannot read.

Revision ID: 0006
Revises: 0005
"""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table: the new number alone keeps older programs from a log they would stumble over."""


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
