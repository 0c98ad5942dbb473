"""The query language: from what people type to a tree of what they ask."""
