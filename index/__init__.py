"""The record of everything durable, and the search index derived from it."""
