"""Where the real data lies that some tests read, and how they skip without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """Return a file or folder of the real data; skips the test where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not beside this checkout")
    return path
