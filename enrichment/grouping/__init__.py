"""Which reports tell of the same event: candidates, likeness, near copies and round-ups."""
