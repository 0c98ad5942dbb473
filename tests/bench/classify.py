"""Typology and its calibration by folds of the training data; no gold row is read.

    python -m tests.bench.classify [SHARED] [--quick]

Like reports are kept in one fold; mixing weights come from the other folds. Rows: as shipped; with the
database's hedging words left in; with the invented reports left out; trained on the past and tested on the
future; trained on the database and tested on the starter cases; and reports that tell of one event, alone
and pooled.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment import embedder
from enrichment.classify import inputs
from enrichment.embedder import Embedder
from enrichment.examples import Example
from enrichment.judging.linear import Models, softmax, tempered
from enrichment.judging.pooling import pool
from enrichment.judging.reading import Reading
from enrichment.learning import calibrate
from enrichment.learning.corpus import collect
from enrichment.learning.trainer import FOLDS, Trainer
from enrichment.records import Fact, Finding, Subject, as_finding
from enrichment.train import draft, held_out_inputs, unseen
from enrichment.typology import Typology

SPLIT = "2024-07-01"
PAIR = 0.72
"""Cosine from which a starter case and an incident with the same primary code count as one event."""
Floats = NDArray[np.float64]


class Hedged(Reading):
    """A reading that keeps the words by which editors hedge."""

    masked = False


class Bench:
    """One training set with its vectors."""

    def __init__(self, shared: Path) -> None:
        self.typology = Typology.load()
        self.encoder: Embedder = embedder.load()
        self.examples = collect(shared, self.typology)
        self.vectors = self.encoder.encode(
            [f"{each.title}. {each.text}" for each in self.examples], "passage"
        )
        with (shared / "data" / "aiid" / "incidents.csv").open(encoding="utf-8", newline="") as file:
            self.dates = {f"aiid:{row['incident_id']}": row["date"] for row in csv.DictReader(file)}
        self.codes = self.typology.codes()

    def trainer(self, keep: Sequence[bool] | None = None, reading: type[Reading] = Reading) -> Trainer:
        """Return a trainer of the examples to keep."""
        kept = [True] * len(self.examples) if keep is None else list(keep)
        examples = [each for each, stays in zip(self.examples, kept, strict=True) if stays]
        return Trainer(examples, self.vectors[np.array(kept)], self.typology, reading)

    def bare(self, trainer: Trainer) -> Models:
        """Return models without heads."""
        vectors = np.stack([np.asarray(reading.vector) for reading in trainer.readings])
        return draft(trainer, vectors, self.encoder.fingerprint, {})

    def folds(self, trainer: Trainer) -> tuple[list[Example], Floats, Floats]:
        """Return held-out examples with a code, their opinions, and their probabilities."""
        parts = held_out_inputs(trainer, self.bare(trainer), dense=True)
        held = [
            (each, fold)
            for each, fold in zip(trainer.examples, trainer.folds, strict=True)
            if fold is not None
        ]
        rows = [
            row for row, (each, _) in enumerate(held) if each.primary and each.kind in ("aiid", "starter")
        ]
        parts, held = parts[rows], [held[row] for row in rows]
        given = np.zeros(parts.shape[:2])
        number = np.array([fold for _, fold in held])
        learn = np.array([each.kind == "aiid" for each, _ in held])
        truth = np.array([str(each.primary) for each, _ in held])
        for fold in range(FOLDS):
            use = learn & (number != fold)
            mix = calibrate.mix(parts[use], truth[use].tolist(), self.codes)
            surety = calibrate.surety(softmax(parts[use] @ mix), truth[use].tolist(), self.codes)
            given[number == fold] = tempered(softmax(parts[number == fold] @ mix), surety)
        return [each for each, _ in held], parts, given

    def apart(self, trainer: Trainer, test: Sequence[int], mix: Floats) -> Floats:
        """Return the probabilities of some examples by a head that has seen none of them."""
        trainer.folds = [0 if place in set(test) else None for place in range(len(trainer.examples))]
        models = unseen(self.bare(trainer), trainer, "topic", trainer.fit("topic", 0), 0)
        readings = [trainer.readings[place] for place in test]
        parts = np.array([inputs(models, reading) for reading in readings])
        return softmax(parts @ mix)


def line(name: str, bench: Bench, truth: Sequence[str], given: Floats) -> None:
    """Print the figures of one setting."""
    place = np.array([bench.codes.index(code) for code in truth])
    family = np.array([bench.typology.family_of(code) for code in bench.codes])
    leaf = np.array([bench.typology.is_leaf(code) for code in truth])
    share = np.where(leaf, 0.5 / max(leaf.sum(), 1), 0.5 / max((~leaf).sum(), 1))
    share /= share.sum()
    order, sure = given.argsort(axis=1)[:, ::-1], given.max(axis=1)
    right = order[:, 0] == place
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(float((share * (sure - right))[bins == step].sum())) for step in range(10))
    by_sure = np.argsort(-sure)
    most = by_sure[: int(np.searchsorted(np.cumsum(share[by_sure]), 0.7)) + 1]
    figures = {
        "top-1": share @ right,
        "top-3": share @ (order[:, :3] == place[:, None]).any(axis=1),
        "family": share @ (family[order[:, 0]] == family[place]),
        "macro-F1": macro(place, order[:, 0], share, len(bench.typology.leaves())),
        "top-1 at 70 %": (share * right)[most].sum() / share[most].sum(),
        "ECE": error,
    }
    told = "  ".join(f"{key} {float(value):.3f}" for key, value in figures.items())
    sys.stdout.write(f"{name:34} n {len(truth):5}  {told}\n")
    sys.stdout.flush()


def macro(place: NDArray[np.intp], led: NDArray[np.intp], share: Floats, leaves: int) -> float:
    """Return the mean F1 of the leaves with three cases at least."""
    scores = []
    for code in range(leaves):
        if (place == code).sum() >= 3:
            both = 2 * share[(place == code) & (led == code)].sum()
            scores.append(both / (share[place == code].sum() + share[led == code].sum()))
    return float(np.mean(scores)) if scores else float("nan")


def found(bench: Bench, example: Example, chances: Floats) -> list[Finding]:
    """Return the findings that a report with these probabilities shows: five codes, the first decided."""
    ranked = np.argsort(-chances)[:5]
    return [
        as_finding(
            Fact(
                subject=Subject.TYPOLOGY,
                value=bench.codes[code],
                role="sibling" if place else "primary",
                score=round(float(chances[code]), 4),
            ),
            example.id,
            "v1",
            "classify@bench",
        )
        for place, code in enumerate(ranked.tolist())
    ]


def pairs(bench: Bench, examples: Sequence[Example], given: Floats) -> None:
    """Print how often single reports, and the two pooled, are right about a starter case's event."""
    at = {each.id: place for place, each in enumerate(bench.examples)}
    vectors = np.array([bench.vectors[at[each.id]] for each in examples])
    starter = [row for row, each in enumerate(examples) if each.kind == "starter"]
    coded = [row for row, each in enumerate(examples) if each.kind == "aiid"]
    alike = vectors[starter] @ vectors[coded].T
    right: list[tuple[bool, bool, bool]] = []
    for row, near in zip(starter, alike, strict=True):
        other = coded[int(near.argmax())]
        if near.max() < PAIR or examples[row].primary != examples[other].primary:
            continue
        both = found(bench, examples[row], given[row]) + found(bench, examples[other], given[other])
        primary = next((code.concept for code in pool(both, bench.typology) if code.role == "primary"), None)
        leading = [bench.codes[int(given[place].argmax())] for place in (row, other)]
        right.append((*(code == examples[row].primary for code in leading), primary == examples[row].primary))  # type: ignore[arg-type]  # two of them
    one, two, pooled = np.array(right).mean(axis=0) if right else (np.nan,) * 3
    sys.stdout.write(
        f"{'one event, two reports':34} n {len(right):5}  starter text {one:.3f}  database text {two:.3f}  "
        f"pooled {pooled:.3f}\n"
    )


def main(arguments: Sequence[str]) -> None:
    """Run it and print a line a setting."""
    plain = [word for word in arguments if not word.startswith("-")]
    bench = Bench(Path(plain[0]) if plain else Path(__file__).resolve().parents[3] / "shared")
    trainer = bench.trainer()
    examples, parts, given = bench.folds(trainer)
    coded = [row for row, each in enumerate(examples) if each.kind == "aiid"]
    truth = [str(examples[row].primary) for row in coded]
    line("five folds", bench, truth, given[coded])
    sure = [row for row in coded if not examples[row].doubted]
    line("  where the coder had no doubt", bench, [str(examples[row].primary) for row in sure], given[sure])
    pairs(bench, examples, given)
    if "--quick" in arguments:
        return
    mix = calibrate.mix(parts[coded], truth, bench.codes)
    hedged, _, with_hedges = bench.folds(bench.trainer(reading=Hedged))
    rows = [row for row, each in enumerate(hedged) if each.kind == "aiid"]
    line("  with the hedging words left in", bench, truth, with_hedges[rows])
    fewer, _, without = bench.folds(bench.trainer([each.kind != "told" for each in bench.examples]))
    rows = [row for row, each in enumerate(fewer) if each.kind == "aiid"]
    line("  without the invented reports", bench, truth, without[rows])
    split(bench, mix)


def split(bench: Bench, mix: Floats) -> None:
    """Print the splits by time and by source; starter cases are left out of training in both."""
    keep = [each.kind != "starter" for each in bench.examples]
    trainer = bench.trainer(keep)
    late = [
        place
        for place, each in enumerate(trainer.examples)
        if each.kind == "aiid" and bench.dates[each.id] >= SPLIT
    ]
    truth = [str(trainer.examples[place].primary) for place in late]
    line(f"tested from {SPLIT} on", bench, truth, bench.apart(trainer, late, mix))
    trainer = bench.trainer()
    cases = [place for place, each in enumerate(trainer.examples) if each.kind == "starter"]
    truth = [str(trainer.examples[place].primary) for place in cases]
    line("tested on starter cases", bench, truth, bench.apart(trainer, cases, mix))


if __name__ == "__main__":
    main(sys.argv[1:])
