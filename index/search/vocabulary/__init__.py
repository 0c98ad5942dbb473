"""Words: how they are cut, folded, spelled, and what else they are called."""
