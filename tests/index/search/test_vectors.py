import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, WrongUse
from index.search.embedded import appender
from index.search.embedded.appender import Appender
from index.search.vectors import Extent, Vectors, key
from tests.index.search.searching import DIMENSIONS, unit

Kept = dict[str, tuple[int, NDArray[np.float32]]]


def written(folder: Path, extent: Extent, cards: Kept) -> Extent:
    one = Appender(folder, "incident", extent)
    for name, (seq, rows) in cards.items():
        one.put(name, seq, rows)
    return one.finish()


def expected(cards: Kept, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
    scores = [
        (round(float((rows @ vector).max()), 6), seq, name)
        for name, (seq, rows) in cards.items()
        if len(rows)
    ]
    best = sorted(scores, key=lambda one: (-one[0], one[1]))[:limit]
    return [(key(name), score) for score, _, name in best]


def answered(
    vectors: Vectors, vector: NDArray[np.float32], limit: int, allowed: list[str] | None = None
) -> list[tuple[int, float]]:
    keys = None if allowed is None else np.array([key(one) for one in allowed], np.int64)
    near = vectors.nearest(vector, limit, keys)
    return list(zip(near.keys.tolist(), near.scores.tolist(), strict=True))


def same(left: list[tuple[int, float]], right: list[tuple[int, float]]) -> bool:
    return [one for one, _ in left] == [one for one, _ in right] and np.allclose(
        [score for _, score in left], [score for _, score in right], atol=1e-5
    )


def test_nearest_agrees_with_brute_force_through_rewrites_and_deletions(tmp_path: Path) -> None:
    chance, generator = random.Random(1), np.random.default_rng(1)
    extent, cards = Extent(), Kept()
    for _ in range(12):
        batch: Kept = {}
        for _ in range(30):
            number = chance.randrange(150)
            batch[f"c{number}"] = (number, unit(generator, chance.choice((0, 1, 1, 2, 5))))
        extent = written(tmp_path, extent, batch)
        cards |= batch
        vectors = Vectors(tmp_path, "incident", extent)
        assert vectors.live_rows == sum(len(rows) for _, rows in cards.values())
        for limit in (1, 5, 1000):
            vector = unit(generator, 1)[0]
            assert same(answered(vectors, vector, limit), expected(cards, vector, limit))
            for share in (0.05, 0.5, 0.95):
                allowed = chance.sample(list(cards), k=int(share * len(cards)))
                inside = {name: cards[name] for name in allowed}
                assert same(
                    answered(vectors, vector, limit, [*allowed, "unknown"]), expected(inside, vector, limit)
                )


def test_equal_scores_are_ordered_by_seq(tmp_path: Path) -> None:
    rows = unit(np.random.default_rng(1), 1)
    names = random.Random(1).sample(range(500), k=500)
    extent = written(tmp_path, Extent(), {f"c{number}": (number, rows) for number in names})
    near = Vectors(tmp_path, "incident", extent).nearest(rows[0], 20)
    assert near.seqs.tolist() == list(range(20))


def test_what_was_never_committed_is_cut_off(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    first = {"a": (1, unit(generator, 2))}
    extent = written(tmp_path, Extent(), first)
    lost = Appender(tmp_path, "incident", extent)
    lost.put("b", 2, unit(generator, 3))
    lost.put("a", 1, None)
    lost.finish()
    again = written(tmp_path, extent, {"c": (3, unit(generator, 1))})
    vectors = Vectors(tmp_path, "incident", again)
    assert sorted(vectors.keys.tolist()) == sorted([key("a"), key("c")])
    assert again.rows == 3


def test_compaction_keeps_what_lives_and_readers_of_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender, "WASTE", 10)
    generator, cards = np.random.default_rng(1), Kept()
    extent = Extent()
    readers: list[tuple[Vectors, Kept]] = []
    for _ in range(8):
        batch: Kept = {f"c{number}": (number, unit(generator, 2)) for number in range(6)}
        extent = written(tmp_path, extent, batch)
        cards |= batch
        readers.append((Vectors(tmp_path, "incident", extent), dict(cards)))
    assert extent.epoch > 0
    assert extent.rows < 8 * 12
    vector = unit(generator, 1)[0]
    for reader, then in readers:
        assert same(answered(reader, vector, 6), expected(then, vector, 6))


def test_the_mean_is_a_unit_vector(tmp_path: Path) -> None:
    rows = unit(np.random.default_rng(1), 3)
    vectors = Vectors(tmp_path, "incident", written(tmp_path, Extent(), {"a": (1, rows), "b": (2, rows[:0])}))
    mean = vectors.mean(key("a"))
    assert mean is not None
    assert mean == pytest.approx(rows.mean(axis=0) / np.linalg.norm(rows.mean(axis=0)), abs=1e-6)
    assert vectors.mean(key("b")) is None
    assert vectors.mean(key("unknown")) is None


@pytest.mark.parametrize("rows", [np.ones((1, 3)), np.ones(DIMENSIONS), np.full((1, DIMENSIONS), np.nan)])
def test_rows_that_do_not_fit_are_refused(tmp_path: Path, rows: NDArray[np.float32]) -> None:
    extent = written(tmp_path, Extent(), {"a": (1, unit(np.random.default_rng(1), 1))})
    one = Appender(tmp_path, "incident", extent)
    with pytest.raises(WrongUse):
        one.put("b", 2, rows)
    one.close()


def test_a_vector_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    extent = written(tmp_path, Extent(), {"a": (1, unit(np.random.default_rng(1), 1))})
    with pytest.raises(WrongUse):
        Vectors(tmp_path, "incident", extent).nearest(np.ones(3, np.float32), 1)


def test_short_files_say_so(tmp_path: Path) -> None:
    extent = written(tmp_path, Extent(), {"a": (1, unit(np.random.default_rng(1), 1))})
    (tmp_path / "incident-0.rows").write_bytes(b"")
    with pytest.raises(IndexDamaged):
        Vectors(tmp_path, "incident", extent)
    with pytest.raises(IndexDamaged):
        Appender(tmp_path, "incident", extent)
