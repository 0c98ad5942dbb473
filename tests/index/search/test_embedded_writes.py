"""What the embedded index keeps of writes that fail, meet, or are killed, and of damaged files."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from collectors.errors import IndexDamaged, LibraryBusy, WrongUse
from index.search.cards import Card, HitSource
from index.search.embedded.backend import EmbeddedBackend
from index.search.language.parser import parse
from index.search.query import Query, Sort, Stamp, Term
from tests.index.search.searching import (
    card,
    numbers,
    unit,
)


def test_a_rewritten_card_has_only_its_new_words_and_passages(embedded: EmbeddedBackend) -> None:
    before, after = unit(np.random.default_rng(1), 2), unit(np.random.default_rng(2), 1)
    embedded.write([card(1, "before", vectors=before), card(2, "other", vectors=before[:1])], [], 1)
    embedded.write([card(1, "after", vectors=after)], [], 2)
    assert embedded.words(parse("before"), 5).total == 0
    assert numbers(embedded.words(parse("after"), 5).ids) == [1]
    found = embedded.nearest(before[1], Query(), 5)
    assert dict(zip(numbers(found.ids), found.scores, strict=True))[1] == pytest.approx(
        float(after[0] @ before[1]), abs=1e-5
    )
    assert embedded.stamp() == Stamp(generation=1, cards=2, applied=2)
    embedded.write([], [f"inc-{1:020x}", f"inc-{1:020x}", "inc-unknown"], 3)
    assert numbers(embedded.nearest(before[0], Query(), 5).ids) == [2]
    assert embedded.stamp() == Stamp(generation=1, cards=1, applied=3)


def test_hostile_cards_and_queries(embedded: EmbeddedBackend) -> None:
    vast = "x" * 70_000
    hostile = "\ud800\x00'\"; DROP TABLE cards; --"
    embedded.write(
        [
            card(
                1,
                f"{hostile} {vast} findable",
                title=hostile,
                keywords=(hostile,),
                facets={"tool": (hostile, vast, "")},
            )
        ],
        [],
        1,
    )
    assert embedded.words(parse("findable", facets=("tool",)), 5).total == 1
    many = Query(terms=tuple(Term(text=f"word{number} findable") for number in range(2_000)))
    assert embedded.words(many, 5).total == 0
    embedded.words(Query(terms=(Term(text=hostile), Term(text=vast, phrase=True))), 5)
    embedded.words(Query(filters={"tool": (hostile, "", vast)}), 5)
    assert embedded.words(Query(ids=(hostile,)), 5).total == 0


def test_a_failed_write_leaves_nothing_behind(embedded: EmbeddedBackend) -> None:
    vectors = unit(np.random.default_rng(1), 1)
    embedded.write([card(1, "first", vectors=vectors)], [], 1)

    def failing() -> Iterator[Card]:
        yield card(2, "second", vectors=vectors)
        raise RuntimeError("the record broke off")

    with pytest.raises(RuntimeError):
        embedded.write(failing(), [card(1).id], 2)
    with pytest.raises(WrongUse):
        embedded.write([card(3, "third", vectors=np.ones((1, 3), np.float32))], [], 2)
    assert embedded.stamp() == Stamp(generation=1, cards=1, applied=1)
    embedded.write([card(4, "fourth", vectors=vectors)], [], 2)
    assert numbers(embedded.nearest(vectors[0], Query(), 5).ids) == [1, 4]
    assert embedded.words(parse("second"), 5).total == 0


def test_readers_see_whole_commits_while_a_writer_works(tmp_path: Path) -> None:
    writer, reader = EmbeddedBackend(tmp_path / "index"), EmbeddedBackend(tmp_path / "index")
    vectors = unit(np.random.default_rng(1), 1)
    wrong: list[tuple[int, int, int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            total = reader.words(parse("scam"), 5).total
            near = len(reader.nearest(vectors[0], Query(), 100).ids)
            if total % 5 or near % 5 or reader.stamp().cards % 5:
                wrong.append((total, near, reader.stamp().cards))

    thread = threading.Thread(target=read)
    thread.start()
    for batch in range(8):
        writer.write([card(batch * 5 + one, "scam", vectors=vectors) for one in range(5)], [], batch)
    done.set()
    thread.join()
    assert wrong == []
    assert reader.words(parse("scam"), 5).total == 40


def test_a_second_writer_is_told_that_the_index_is_busy(tmp_path: Path) -> None:
    one, other = EmbeddedBackend(tmp_path / "index"), EmbeddedBackend(tmp_path / "index")

    def cards() -> Iterator[Card]:
        yield card(1, "scam")
        with pytest.raises(LibraryBusy):
            other.write([card(2, "scam")], [], 9)

    one.write(cards(), [], 1)
    assert other.stamp() == Stamp(generation=1, cards=1, applied=1)


def _cut(folder: Path) -> None:
    for path in folder.glob("*.rows"):
        path.write_bytes(path.read_bytes()[:-1])


def _garble(folder: Path) -> None:
    (folder / "meta.json").write_text("garbage")


def _lose(folder: Path) -> None:
    (folder / "meta.json").unlink()


def _lose_vectors(folder: Path) -> None:
    for path in folder.glob("*.rows"):
        path.unlink()


def _lose_segments(folder: Path) -> None:
    for path in folder.glob("*.store"):
        path.unlink()


@pytest.mark.parametrize("damage", [_cut, _garble, _lose, _lose_vectors, _lose_segments])
def test_a_damaged_index_says_so(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "index"
    backend = EmbeddedBackend(folder)
    backend.write([card(1, "scam", vectors=unit(np.random.default_rng(1), 1))], [], 1)
    backend.close()
    damage(folder)
    with pytest.raises(IndexDamaged):
        EmbeddedBackend(folder)


WRITER = """
    import sys
    from pathlib import Path
    import numpy as np
    from index.search.cards import Card
    from index.search.embedded.backend import EmbeddedBackend
    from index.search.query import By
    backend = EmbeddedBackend(Path(sys.argv[1]))
    number = backend.stamp().applied
    while True:
        number += 1
        vectors = np.zeros((1, 2048), np.float32)
        vectors[0, number] = 1
        text = f"scam w{number}"
        card = Card(id=f"c{number}", by=By.INCIDENT, seq=number, title="", text=text, vectors=vectors)
        backend.write([card], [f"c{number - 10}"], number)
        print(number, flush=True)
"""


def test_killed_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    folder, chance, acknowledged = tmp_path / "index", random.Random(2), 0
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(folder)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            text=True,
        )
        assert child.stdout is not None
        timer: threading.Timer | None = None
        for line in child.stdout:
            acknowledged = int(line)
            if timer is None:
                timer = threading.Timer(chance.uniform(0.05, 0.5), os.kill, (child.pid, signal.SIGKILL))
                timer.start()
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        backend = EmbeddedBackend(folder)
        applied = backend.stamp().applied
        assert applied in (acknowledged, acknowledged + 1)
        kept = [f"c{number}" for number in range(max(1, applied - 9), applied + 1)]
        assert backend.words(parse("scam", sort=Sort.OLDEST), 100).ids == tuple(kept)
        vector = np.zeros(2048, np.float32)
        vector[applied] = 1
        assert backend.nearest(vector, Query(), 100).ids[0] == f"c{applied}"
        assert sorted(backend.nearest(vector, Query(), 100).ids) == sorted(kept)
        backend.close()


def test_what_hits_show_is_kept_as_it_was_for_the_state_that_holds_it(embedded: EmbeddedBackend) -> None:
    shown = HitSource(
        title="Odd \ud800 “title”",
        typologies=("FR-01", "FR-02"),
        reports=2,
        judged=True,
        texts=(("rep-1", "", "one\u2028two"), ("rep-2", "\ud800", "🙂")),
    )
    embedded.write([card(1, shown=shown), card(2), card(3, id="case:3", shown=shown)], [], 7)
    ids = [card(1).id, card(2).id, "case:3", "inc-unknown"]
    assert embedded.shown(ids, 7) == {ids[0]: shown, "case:3": shown}
    assert embedded.shown([], 7) == embedded.shown(ids, 6) == embedded.shown(ids, 8) == {}
    embedded.write([card(1)], ["case:3"], 8)
    assert embedded.shown(ids, 8) == {}
