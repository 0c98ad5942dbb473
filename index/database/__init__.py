"""Opening the record on SQLite or PostgreSQL, and bringing its tables to the present version."""
