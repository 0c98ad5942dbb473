"""Learning from what people decided: what to learn, how, and when not to."""
