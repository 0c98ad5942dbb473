"""Models learnt from what people decided, as releases that a lead accepts."""
