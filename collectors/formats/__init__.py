"""Readers of one format each: bytes in, text and what a document says about itself out."""
