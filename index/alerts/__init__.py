"""Saved searches, and what they found since somebody last looked."""
