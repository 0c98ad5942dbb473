"""Versions of the record's tables, applied by ``index.database.engine`` when a library is opened."""
