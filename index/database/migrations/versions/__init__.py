"""One file a revision; the names say what changed."""
