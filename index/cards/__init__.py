"""From the record to the search index: the cards that are indexed, and the index kept level."""
