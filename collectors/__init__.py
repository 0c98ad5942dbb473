"""Open-source reports in, every byte kept as evidence."""
