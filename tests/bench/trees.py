"""Asks the embedded index random boolean trees and compares every answer with set algebra.

    python -m tests.bench.trees [--trees 10000] [--seed 1]

Half of the trees are asked of an index of one segment, half of one of five, with rewritten and deleted cards.
Prints the number of wrong answers; leaves with 1 where there is any. To be run at every change of engine.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from index.search.cards import Card
from index.search.embedded.backend import EmbeddedBackend
from index.search.language.parser import parse
from index.search.query import By
from tests.index.search.oracle import Oracle, random_query
from tests.index.search.searching import make_card


def fill(backend: EmbeddedBackend, chance: random.Random, commits: int) -> dict[str, Card]:
    """Write 200 cards in so many commits, by each a tenth of those before rewritten, a twentieth deleted."""
    cards: dict[str, Card] = {}
    for start in range(1, 201, 200 // commits):
        batch = [make_card(number, chance) for number in range(start, start + 200 // commits)]
        known = list(cards.values())
        gone = [card.id for card in chance.sample(known, k=len(known) // 20)]
        again = [
            make_card(card.seq, chance, 1) for card in known if card.id not in gone and card.seq % 10 == 1
        ]
        backend.write([*batch, *again], gone, start)
        cards = {key: card for key, card in cards.items() if key not in gone}
        cards |= {card.id: card for card in [*batch, *again]}
    return cards


def wrong(backend: EmbeddedBackend, cards: dict[str, Card], chance: random.Random, trees: int) -> list[str]:
    """Return the queries that the index answers otherwise than set algebra does."""
    oracle = Oracle(cards)
    incidents = {card.id for card in cards.values() if card.by is By.INCIDENT}
    found = []
    for _ in range(trees):
        typed, node = random_query(chance)
        answer = backend.words(parse(f"({typed})", strict=True), 1_000)
        expected = oracle.matching(node) & incidents
        if set(answer.ids) != expected or len(answer.ids) != answer.total:
            found.append(typed)
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the number of wrong answers of each index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    mistakes = 0
    for commits in (1, 5):
        chance = random.Random(options.seed + commits)
        with tempfile.TemporaryDirectory() as folder:
            backend = EmbeddedBackend(Path(folder) / "index")
            cards = fill(backend, chance, commits)
            segments = len(list((Path(folder) / "index").glob("*.store")))
            found = wrong(backend, cards, chance, options.trees // 2)
            backend.close()
        mistakes += len(found)
        print(f"{segments} segments: {len(found)} wrong of {options.trees // 2}", *found[:5], sep="\n  ")  # noqa: T201 - a report to the terminal
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
