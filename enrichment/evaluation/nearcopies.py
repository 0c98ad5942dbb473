"""How well near copies are folded: real texts, copies as newsrooms make them, and texts that only look alike.

Each text gets two copies with two to four edits each, and two refilled forms: the same words with all, and
with half, of the names and figures replaced. A copy belongs to its original, a form to nothing.
"""

import csv
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.records import PartialDate
from enrichment.evaluation.copies import filled_in, syndicated
from enrichment.evaluation.figure import SEED, Figure, mean
from enrichment.grouping.nearcopy import fold
from enrichment.grouping.profile import Groupable

SHORTEST = 300
"""Characters: in less, a cut and an insertion leave little of a text."""
SNAPSHOT = "aiid"
_COLUMNS = {"incidents.csv": "description", "submissions.csv": "text"}
_LONGEST = 10_000_000


def measure(texts: Iterable[str], data: str, seed: int = SEED) -> list[Figure]:
    """Return the recall over all copies made, and the precision over all that is folded.

    What is made of one text is drawn together for the intervals. No figures where no text is long enough.
    """
    kept = distinct(texts)
    if not kept:
        return []
    trial = Trial.of(kept, seed)
    found, folded = trial.folded_with_source(), trial.folded()
    name = f"{data} perturbed"
    return [
        mean("near-copy recall", list(found.values()), name, [trial.source[each] for each in found]),
        mean("near-copy precision", list(folded.values()), name, [trial.source[each] for each in folded]),
    ]


def snapshot(folder: Path) -> Iterator[str]:
    """Yield the incidents and full texts of an AIID snapshot; none where it is not there."""
    csv.field_size_limit(_LONGEST)
    for name, column in _COLUMNS.items():
        if (folder / name).is_file():
            with (folder / name).open(encoding="utf-8", newline="") as file:
                yield from (row[column] for row in csv.DictReader(file))


def distinct(texts: Iterable[str]) -> list[str]:
    """Return the texts that are long enough and hold no long stretch of an earlier one.

    Sets of real texts hold real copies: some pages were submitted twice.
    """
    long = [text for text in dict.fromkeys(texts) if len(text) >= SHORTEST]
    letters = [re.sub(r"\W+", "", text) for text in long]
    return [
        text
        for place, text in enumerate(long)
        if not any(
            letters[place][first : first + 80] in earlier
            for first in (150, 400, 900)
            for earlier in letters[:place]
            if letters[place][first:]
        )
    ]


@dataclass(frozen=True)
class Trial:
    """Originals, copies and forms by place: the text each was made of, and what each was folded under."""

    source: tuple[int, ...]
    kind: tuple[str, ...]
    """``original``, ``copy`` or ``form``."""
    leader: dict[int, int]
    """The place of the text that each folded one is folded under."""

    @classmethod
    def of(cls, texts: Sequence[str], seed: int) -> "Trial":
        """Return what becomes of everything made of these texts; the same for the same seed."""
        made = list(_made(texts, random.Random(seed)))  # noqa: S311 - a repeatable draw, no secret
        items = [
            Groupable(f"r{place:06}", "", text, PartialDate(value=_DAYS[kind]), (), (), None)
            for place, (kind, _, text) in enumerate(made)
        ]
        leader = {copy.place: copy.leader for copy in fold(items).copies}
        return cls(tuple(source for _, source, _ in made), tuple(kind for kind, _, _ in made), leader)

    def folded_with_source(self) -> dict[int, bool]:
        """Return for each copy whether it was folded with what was made of its text."""
        copies = (place for place, kind in enumerate(self.kind) if kind == "copy")
        return {place: place in self.leader and self._right(place) for place in copies}

    def folded(self) -> dict[int, bool]:
        """Return for each folded text whether it is a copy of that text."""
        return {place: self._right(place) for place in self.leader}

    def _right(self, place: int) -> bool:
        leader = self.leader[place]
        alike = self.source[place] == self.source[leader]
        return alike and "form" not in (self.kind[place], self.kind[leader])


_DAYS = {"original": "2025-03-01", "copy": "2025-03-02", "form": "2025-03-03"}


def _made(texts: Sequence[str], chance: random.Random) -> Iterator[tuple[str, int, str]]:
    """Yield the kind, the source and the words of everything that is made of these texts."""
    for source, text in enumerate(texts):
        yield "original", source, text
        for _ in range(2):
            yield "copy", source, syndicated(text, chance, chance.choice(texts))
        for share in (1.0, 0.5):
            if form := filled_in(text, chance, share):
                yield "form", source, form
