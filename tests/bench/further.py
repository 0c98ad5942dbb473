"""How often a machine's further codes hold, by their score: ``python -m tests.bench.further [SHARED]``.

Every training incident and starter case is coded by heads that have seen neither it nor one like it, by the
shipped settings. A further code holds where a coder gave it, as the primary or a further one. Most coders
were alone and named few further codes, so the shares are low rather than high. No gold row is read.
"""

import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from enrichment.classify import OTHERS
from enrichment.examples import Example
from enrichment.judging.linear import load
from tests.bench.classify import Bench, Floats

STEPS = (0.0, 0.04, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 1.01)
NO_CRIME = ("X-02", "X-03", "X-04")
RULES = 1
"""The column of the opinions that holds what the rules weigh."""


def further(codes: Sequence[str], opinions: Floats, given: Floats, settings: Mapping[str, Any]) -> list[int]:
    """Return the places of the further codes of one text, as ``enrichment.classify`` gives them."""
    ranked = (-given).argsort()
    if codes[ranked[0]] in NO_CRIME or given[ranked[0]] < settings["abstain_below"]:
        return []
    fitting = [
        int(place)
        for place in ranked[1:]
        if not codes[place].startswith("X")
        and (
            given[place] >= settings["other_from"]
            or (
                opinions[place, RULES] >= settings["other_rule"]
                and given[place] >= settings["other_with_rule_from"]
            )
        )
    ]
    return fitting[:OTHERS]


def table(examples: Sequence[Example], opinions: Floats, given: Floats, codes: Sequence[str]) -> None:
    """Print a line a range of scores."""
    settings = load().settings
    rows = [
        (float(chances[place]), codes[place] in (each.primary, *each.others))
        for each, parts, chances in zip(examples, opinions, given, strict=True)
        for place in further(codes, parts, chances, settings)
    ]
    for low, high in pairwise(STEPS):
        holds = [right for score, right in rows if low <= score < high]
        least = [right for score, right in rows if score >= low]
        shares = [f"{np.mean(part) if part else 0.0:.2f} of {len(part):3}" for part in (holds, least)]
        sys.stdout.write(f"{low:.2f} to {min(high, 1.0):.2f}: {shares[0]} hold; from there on {shares[1]}\n")


def main(arguments: Sequence[str]) -> None:
    """Run it on the training incidents and starter cases."""
    bench = Bench(Path(arguments[0]) if arguments else Path(__file__).resolve().parents[3] / "shared")
    table(*bench.folds(bench.trainer()), bench.codes)


if __name__ == "__main__":
    main(sys.argv[1:])
