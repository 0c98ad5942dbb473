"""Whether a question spelt otherwise finds the same first hit: slips, British and American, split and joined.

    python -m tests.bench.variants [--home LIBRARY] [--wrong]

Data: the graded questions and the AI Incident Database snapshot beside the project, enriched into a library
of its own, or into ``--home``. Each variant changes one word of a question: a letter left out, two neighbours
swapped (both in the middle of every word of five letters or more), the other spelling of ``spelling.toml``,
a compound written in two words, with a hyphen, or two words written as one.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from index.library import Library
from index.records import Actor, Role
from index.search.query import Mode
from index.search.vocabulary.spelling import compound_parts, pairs
from index.settings import Settings
from tests.bench.retrieval import SHARED, queries

BENCH = Actor(name="bench", role=Role.LEAD)
SHORTEST = 5
"""Letters of a word that is misspelt."""


def variants(question: str) -> Iterator[tuple[str, str]]:
    """Yield each kind of variant with the question so spelt."""
    words = question.split()
    for place, word in enumerate(words):
        for kind, other in forms(word.rstrip(",")):
            yield kind, " ".join([*words[:place], word.replace(word.rstrip(","), other), *words[place + 1 :]])
    for place, (first, second) in enumerate(pairwise(words)):
        if (first + second).lower() in compound_parts():
            yield "joined", " ".join([*words[:place], first + second, *words[place + 2 :]])


def forms(word: str) -> Iterator[tuple[str, str]]:
    """Yield each kind of variant of one word with the word so spelt."""
    middle = len(word) // 2
    if len(word) >= SHORTEST and word.isalpha():
        yield "deletion", word[:middle] + word[middle + 1 :]
        if word[middle - 1] != word[middle]:
            yield "transposition", word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    british = {american: british for british, american in pairs().items()}
    for known in (pairs(), british):
        if other := known.get(word.lower()):
            yield "spelling", other
    if parts := compound_parts().get(word.lower()):
        yield "split", " ".join(parts)
        yield "hyphen", "-".join(parts)


def first(library: Library, question: str, mode: Mode) -> str:
    """Return the first hit of a question, or nothing."""
    hits = library.search(library.parse(question, mode=mode, limit=1), actor=BENCH).hits
    return hits[0].id if hits else ""


def report(library: Library, wrong: bool) -> None:
    """Print for each mode and kind of variant how many find the first hit of the question they are of."""
    for mode in Mode:
        asked: Counter[str] = Counter()
        same: Counter[str] = Counter()
        for question, _ in queries():
            told = first(library, question, mode)
            for kind, other in variants(question):
                asked[kind] += 1
                if first(library, other, mode) == told:
                    same[kind] += 1
                elif wrong:
                    print(f"  {mode} {kind}: {other}")  # noqa: T201 - a report to the terminal
        cells = "  ".join(f"{kind} {same[kind]}/{asked[kind]}" for kind in asked)
        print(f"{mode:9} {cells}")  # noqa: T201 - a report to the terminal


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a library that holds the snapshot already")
    parser.add_argument("--wrong", action="store_true", help="print each variant that leads elsewhere")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Settings.load(home=options.home or Path(folder))) as library,
    ):
        if options.home is None:
            library.add([SHARED / "aiid"], actor=BENCH)
            library.enrich(actor=BENCH)
        library.refresh(actor=BENCH)
        report(library, options.wrong)


if __name__ == "__main__":
    main(sys.argv[1:])
