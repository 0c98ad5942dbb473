"""Runs migrations on the connection that ``index.database.upgrading`` hands in, inside its transaction."""

from alembic import context

from index.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
