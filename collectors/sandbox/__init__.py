"""Parsers in processes of their own that are limited, watched and killed."""
