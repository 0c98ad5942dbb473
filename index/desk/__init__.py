"""What people decide: the queue that waits for them, their judgements, and what follows from these."""
