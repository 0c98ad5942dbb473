"""Measure how well near copies are folded, over several seeds: ``python -m tests.bench.nearcopy [seed…]``.

The measure is the one of ``moriarty evaluate``, on the texts of the AI Incident Database; besides, this tells
how many forms and how many copies of other texts were folded wrongly.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence

from enrichment.evaluation.nearcopies import Trial, distinct, snapshot
from tests.shared import shared


def measure(texts: Sequence[str], seed: int) -> dict[str, object]:
    """Return recall over the copies, precision over all that is folded, and what was folded wrongly."""
    trial = Trial.of(texts, seed)
    found, folded = trial.folded_with_source(), trial.folded()
    wrong = Counter(trial.kind[place] for place, right in folded.items() if not right)
    return {
        "seed": seed,
        "texts": dict(Counter(trial.kind)),
        "recall": round(sum(found.values()) / len(found), 4),
        "precision": round(sum(folded.values()) / max(1, len(folded)), 4),
        "folded wrongly": dict(wrong),
    }


def main() -> None:
    """Print a JSON line a seed."""
    texts = distinct(snapshot(shared("aiid")))
    for seed in [int(argument) for argument in sys.argv[1:]] or [1, 2, 3]:
        sys.stdout.write(json.dumps(measure(texts, seed)) + "\n")


if __name__ == "__main__":
    main()
