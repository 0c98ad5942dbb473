"""What currencies are roughly worth in US dollars."""

from enrichment.extraction.phrases import load


def in_dollars(currency: str, amount: float) -> float:
    """Return an amount in rough US dollars; 0.0 where the worth of its currency is not known."""
    return amount * float(load("rates").get(currency, 0.0))
