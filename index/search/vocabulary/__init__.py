"""The words of texts and queries: cutting, folding, spelling, synonyms and the names of codes."""
