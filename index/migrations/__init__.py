"""Versions of the record's tables, applied by ``index.database`` when a library is opened."""
