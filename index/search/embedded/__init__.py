"""The index inside the process, on tantivy."""
