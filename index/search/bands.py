"""Bands of loss, to count and filter by."""

BANDS = {
    1_000: "under_1k",
    10_000: "1k_10k",
    100_000: "10k_100k",
    1_000_000: "100k_1m",
    10_000_000: "1m_10m",
}
"""Map each band's exclusive upper bound in US dollars to its name."""
HIGHEST = "over_10m"


def loss_band(dollars: float) -> tuple[str, ...]:
    """Return the loss's band as a facet value; empty for an unknown loss (0)."""
    if dollars <= 0:
        return ()
    return (next((name for limit, name in BANDS.items() if dollars < limit), HIGHEST),)
