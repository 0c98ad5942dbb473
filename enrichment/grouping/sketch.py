"""Sketches of reports: enough to find those a new report may belong with, without reading all again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from enrichment.grouping.candidates import COMMON_AT, LIKE_AT, NEIGHBOURS, is_rare, marks, ties
from enrichment.grouping.nearcopy import BANDS, EMPTY, ROWS, Signatures, printed, signature
from enrichment.grouping.profile import Groupable, Profile, Vector, profile
from enrichment.grouping.rarity import Rarity
from enrichment.grouping.shingles import Text

ID_PREFIX = "id "
"""The prefix of the key of an outside id."""
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
"""Odd factors, one a row of a band, so that their order counts."""
NOWHERE = 2.0
"""The reach of a report that is not compared by meaning: above any cosine."""
_BLOCK = 256


@dataclass(frozen=True)
class Sketch:
    """The signature, keys and vector by which a report, or a passage of it, is found."""

    unit: str
    signature: Signatures
    """The smallest hashes of its text, shape (BANDS * ROWS,)."""
    keys: tuple[str, ...]
    """Its names and figures, its marks, and its outside ids."""
    vector: Vector | None
    reach: float
    """The cosine from which a further report is among its nearest; never more than it really is."""

    @classmethod
    def of(
        cls, item: Groupable, printed: Signatures, told: Iterable[Profile], reach: float = NOWHERE
    ) -> "Sketch":
        """Return the sketch of a report with the signature of its text and the profiles of what it tells."""
        keys = [key for one in told for key in (*one.words, *marks(one))]
        keys += [f"{ID_PREFIX}{ref}" for ref in item.refs]
        return cls(item.report, printed, tuple(dict.fromkeys(keys)), item.vector, reach)

    @classmethod
    def alone(cls, item: Groupable) -> "Sketch":
        """Return the sketch of a report that was not compared with others yet."""
        return cls.of(item, signature(Text.of(printed(item))), [profile(item)])

    def reaching(self, before: float) -> "Sketch":
        """Return the sketch with no less reach than before: among more reports the nearest are nearer."""
        return replace(self, reach=max(self.reach, before if before < NOWHERE else 0.0))


def alike(fresh: Sequence[Sketch], known: Sequence[Sketch], rarity: Rarity) -> set[str]:
    """Return the known units that new ones may copy, or tell the same incident as.

    These print much of the same words, share an outside id, a mark or two rare words, or are among the
    nearest in meaning from either side.
    """
    if not fresh or not known:
        return set()
    found = {*_printed_alike(fresh, known), *_sharing(fresh, known, rarity), *_near(fresh, known)}
    return {known[place].unit for place in found}


def _printed_alike(fresh: Sequence[Sketch], known: Sequence[Sketch]) -> Iterator[int]:
    new, old = (_bands(np.stack([each.signature for each in some])) for some in (fresh, known))
    told = np.array([bool((each.signature != EMPTY).any()) for each in known])
    for band in range(BANDS):
        yield from np.flatnonzero(told & np.isin(old[:, band], new[:, band])).tolist()


def _bands(signatures: Signatures) -> NDArray[np.uint64]:
    """Return a number for each band of each text, shape (texts, BANDS)."""
    rows = signatures.reshape(len(signatures), BANDS, ROWS).astype(np.uint64)
    mixed: NDArray[np.uint64] = (rows * _FACTORS).sum(axis=2, dtype=np.uint64)
    return mixed


def _sharing(fresh: Sequence[Sketch], known: Sequence[Sketch], rarity: Rarity) -> Iterator[int]:
    had = Counter(key for each in (*fresh, *known) for key in each.keys)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(fresh):
        for key in each.keys:
            if key.startswith(ID_PREFIX) or (had[key] <= COMMON_AT and is_rare(rarity, key)):
                holders[key].append(place)
    for place, each in enumerate(known):
        shared = [key for key in each.keys if key in holders]
        met: Counter[int] = Counter()
        for key in shared:
            met.update(dict.fromkeys(holders[key], ties(key)))
        if any(key.startswith(ID_PREFIX) for key in shared) or max(met.values(), default=0) > 1:
            yield place


def _near(fresh: Sequence[Sketch], known: Sequence[Sketch]) -> Iterator[int]:
    new = [each.vector for each in fresh if each.vector is not None]
    places = [place for place, each in enumerate(known) if each.vector is not None]
    if not new or not places:
        return
    matrix = np.stack([each.vector for each in known if each.vector is not None])
    reach = np.array([known[place].reach for place in places], dtype=np.float32)
    for start in range(0, len(new), _BLOCK):
        scores = np.stack(new[start : start + _BLOCK]) @ matrix.T
        keep = min(NEIGHBOURS, len(places))
        least = np.partition(scores, -keep, axis=1)[:, -keep, None]
        near = (scores >= LIKE_AT) & ((scores >= least) | (scores >= reach))
        yield from (places[column] for column in np.flatnonzero(near.any(axis=0)))
