"""How good enrichment is: figures on gold data, with size, interval and what they are held to."""
