"""Turns cards that were found into hits for people."""
