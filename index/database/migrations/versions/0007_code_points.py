"""In PostgreSQL text sorts by code point and whole numbers have 64 bits, as they do in SQLite.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the columns of every table, and the sequences that number rows."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table) if table != "alembic_version" else ():
            if isinstance(column["type"], sa.String):
                kind = column["type"].__class__(collation="C")
                op.alter_column(table, column["name"], type_=kind)
            elif isinstance(column["type"], sa.Integer):
                op.alter_column(table, column["name"], type_=sa.BigInteger())
    for sequence in inspector.get_sequence_names():
        op.execute(f"ALTER SEQUENCE {sequence} AS bigint")


def downgrade() -> None:
    """Refuse: the record is never taken back."""
    raise NotImplementedError("restore a backup instead")
