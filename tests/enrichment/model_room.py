"""Fictional reports, the shipped models, and gold data beside the project."""

from functools import cache
from pathlib import Path

import pytest

from collectors.records import Claim, Report, report_id, report_version
from enrichment.run import Enricher

SHARED = Path(__file__).resolve().parents[2] / "../shared"

CALL = (
    "Building firm lost £3 million after fake video meeting",
    "Police are investigating after a finance employee of a building firm was tricked into a transfer. The "
    "fraudsters used a deepfake of the chief executive in a video call. No arrests have been made.",
)
SCHOOL = (
    "Pupils made fake nudes of classmates",
    "Police questioned two boys of a secondary school. They are said to have used an AI undressing app on "
    "photographs of girls at the school and passed the pictures round a chat group.",
)
NO_AI = (
    "Shop burgled at night",
    "Burglars broke the back door of a bakery and took the till. Officers ask anybody who saw a "
    "grey van to call.",
)
FAILURE = (
    "Robot taxi stops on crossing",
    "A software error made a self-driving taxi stop on a crossing for ten minutes. Nobody was hurt and the "
    "maker apologised for the malfunction of the autonomous vehicle.",
)


def told(
    wording: tuple[str, str], source: str = "files", claims: tuple[Claim, ...] = (), key: str = "one"
) -> Report:
    """Return a report with this title and text."""
    title, text = wording
    return Report(
        id=report_id(f"{key}:{title}"),
        version=report_version(title, text),
        source=source,
        capture="cap-1",
        title=title,
        text=text,
        claims=claims,
    )


@cache
def enricher() -> Enricher:
    """Return the enricher with the shipped models and the default embedder."""
    return Enricher.load()


def shared_data() -> Path:
    """Return the folder of real data beside the project; skips where it is not there."""
    folder = SHARED / "data"
    if not (folder / "typology-train").is_dir():
        pytest.skip("the shared data folder is not beside the project")
    return folder
