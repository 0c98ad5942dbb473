"""The facts a text states, each with its span."""
