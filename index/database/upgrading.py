"""Brings the tables of a record to the newest revision, with the files in ``migrations``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from collectors.errors import LibraryNewer

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, current: str | None) -> None:
    """Bring tables at the revision ``current``, None for none, to the newest one.

    Raises ``LibraryNewer`` for a revision that is not among the files.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise LibraryNewer(f"the library is at revision {current}, which this version does not know")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
