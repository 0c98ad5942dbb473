"""Reports in, findings and links out: pure, with no network and no database."""
