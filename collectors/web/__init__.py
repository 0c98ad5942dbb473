"""One guarded and polite exchange with a host outside."""
