import json
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from collectors.errors import IndexDamaged, LibraryBusy, StorageRefused
from index.search.cards import Card
from index.search.embedded.generations import HELD_GENERATIONS, WORN, Generations
from index.search.language.parser import parse
from index.search.query import Query, Stamp
from tests.index.search.searching import make_card


def cards(first: int, last: int) -> list[Card]:
    chance = random.Random(1)
    return [make_card(number, chance) for number in range(first, last + 1)]


def numbered(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_nothing_is_there_before_the_first_rebuild(tmp_path: Path) -> None:
    index = Generations(tmp_path / "generations")
    with pytest.raises(IndexDamaged):
        index.stamp()
    assert index.rebuild(cards(1, 10), 3) == Stamp(generation=1, cards=10, applied=3)
    assert index.stamp() == Stamp(generation=1, cards=10, applied=3)


def test_a_rebuild_swaps_and_every_reader_follows(tmp_path: Path) -> None:
    index, other = Generations(tmp_path), Generations(tmp_path)
    index.rebuild(cards(1, 10), 1)
    assert other.stamp().cards == 10
    index.write(cards(11, 12), [cards(1, 1)[0].id], 2)
    assert other.stamp() == Stamp(generation=1, cards=11, applied=2)
    index.rebuild(cards(1, 30), 3)
    assert other.stamp() == index.stamp() == Stamp(generation=2, cards=30, applied=3)
    assert numbered(tmp_path) == ["1", "2"], "the one before stays for whoever still reads it"
    index.rebuild(cards(1, 5), 4)
    assert numbered(tmp_path) == ["2", "3"]
    assert other.words(Query(), 100).total == index.words(Query(), 100).total == 4


def test_a_query_for_a_state_is_answered_from_it_while_it_is_held(tmp_path: Path) -> None:
    index = Generations(tmp_path)
    old = index.rebuild(cards(1, 10), 1)
    assert index.words(Query(as_of=old), 100).total == 8
    Generations(tmp_path).rebuild(cards(1, 30), 2)
    assert index.words(Query(as_of=old), 100).stamp == old
    new = index.stamp()
    assert (new.generation, index.words(Query(as_of=new), 100).total) == (2, 24)
    assert index.words(Query(as_of=old), 100).stamp == old, "it is kept for whoever pages through its hits"
    for applied in range(3, 3 + HELD_GENERATIONS):
        Generations(tmp_path).rebuild(cards(1, 30 + applied), applied)
        newest = index.stamp()
    assert not (tmp_path / str(old.generation)).exists()
    assert index.words(Query(as_of=new), 100).total == 24, "open files outlive their deletion"
    assert index.words(Query(as_of=old), 100).stamp == newest, "only so many are kept"


def test_a_rebuild_that_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    index = Generations(tmp_path)
    index.rebuild(cards(1, 10), 1)

    def failing() -> Iterator[Card]:
        yield from cards(1, 5)
        raise RuntimeError("the record broke off")

    with pytest.raises(RuntimeError):
        index.rebuild(failing(), 2)
    with pytest.raises(IndexDamaged, match="9 of 10"):
        index.rebuild([*cards(1, 9), *cards(1, 1)], 2)
    assert index.stamp() == Stamp(generation=1, cards=10, applied=1)
    assert numbered(tmp_path) == ["1"]


def test_an_index_of_another_embedder_is_refused_until_rebuilt(tmp_path: Path) -> None:
    Generations(tmp_path, "model-a").rebuild(cards(1, 3), 1)
    other = Generations(tmp_path, "model-b")
    with pytest.raises(IndexDamaged, match="embedding model"):
        other.words(Query(), 5)
    assert other.rebuild(cards(1, 4), 1).generation == 2
    assert other.stamp().cards == 4


@pytest.mark.parametrize(
    "told", ["garbage", "{}", json.dumps({"generation": 9, "schema": 1, "fingerprint": ""}), ""]
)
def test_a_broken_pointer_is_refused_until_rebuilt(tmp_path: Path, told: str) -> None:
    index = Generations(tmp_path)
    index.rebuild(cards(1, 3), 1)
    (tmp_path / "current").write_text(told)
    with pytest.raises(IndexDamaged):
        index.stamp()
    index.rebuild(cards(1, 4), 1)
    assert index.stamp().cards == 4


def test_a_torn_index_is_refused_until_rebuilt(tmp_path: Path) -> None:
    Generations(tmp_path).rebuild(cards(1, 3), 1)
    (tmp_path / "1" / "meta.json").write_text("garbage")
    index = Generations(tmp_path)
    with pytest.raises(IndexDamaged):
        index.stamp()
    index.rebuild(cards(1, 4), 1)
    assert index.stamp().cards == 4


def test_a_file_in_place_of_the_folder_is_refused_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.write_text("not ours")
    index = Generations(folder)
    with pytest.raises(IndexDamaged):
        index.words(Query(), 10)
    with pytest.raises(StorageRefused, match="index"):
        index.rebuild(cards(1, 3), 1)
    assert folder.read_text() == "not ours"


def test_searches_go_on_through_rebuilds(tmp_path: Path) -> None:
    index = Generations(tmp_path)
    index.rebuild(cards(1, 50), 1)
    expected = {index.words(parse("deepfake"), 5).total}
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        other = Generations(tmp_path)
        while not done.is_set():
            try:
                if (total := other.words(parse("deepfake"), 5).total) not in expected:
                    wrong.append(total)
            except IndexDamaged as error:
                wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for applied in range(2, 8):
        index.rebuild(cards(1, 50), applied)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_rebuilds_at_once_are_one_too_many(tmp_path: Path) -> None:
    def watching() -> Iterator[Card]:
        with pytest.raises(LibraryBusy):
            Generations(tmp_path).rebuild(cards(1, 2), 9)
        yield from cards(1, 3)

    assert Generations(tmp_path).rebuild(watching(), 1).cards == 3


def test_closed_it_opens_again(tmp_path: Path) -> None:
    index = Generations(tmp_path)
    index.rebuild(cards(1, 3), 1)
    assert index.stamp().cards == 3
    index.close()
    index.close()
    assert index.stamp().cards == 3


def test_a_rebuild_gives_way_to_what_is_written_meanwhile(tmp_path: Path) -> None:
    """Another process writes and acknowledges changes that the rebuild's cards do not hold."""
    index = Generations(tmp_path)
    index.rebuild(cards(1, 3), 1)

    def interrupted() -> Iterator[Card]:
        yield from cards(1, 3)
        Generations(tmp_path).write(cards(4, 5), (), 2)

    with pytest.raises(LibraryBusy, match="written to"):
        index.rebuild(interrupted(), 1)
    assert index.stamp() == Stamp(generation=1, cards=5, applied=2)
    assert numbered(tmp_path) == ["1"]
    assert index.rebuild(cards(1, 5), 2).generation == 2


def test_a_write_that_waits_for_a_swap_goes_to_the_new_generation(tmp_path: Path) -> None:
    index, other = Generations(tmp_path), Generations(tmp_path)
    index.rebuild(cards(1, 3), 1)
    assert other.stamp().generation == 1
    with FileLock(tmp_path / "write.lock"):
        writing = threading.Thread(target=other.write, args=(cards(4, 4), (), 2))
        writing.start()
        pointer = json.loads((tmp_path / "current").read_text())
        shutil.copytree(tmp_path / "1", tmp_path / "2")
        swapped = tmp_path / "swapped"
        swapped.write_text(json.dumps({**pointer, "generation": 2}))
        swapped.replace(tmp_path / "current")
    writing.join()
    assert other.stamp() == Stamp(generation=2, cards=4, applied=2)


def test_an_index_of_many_replaced_cards_is_worn(tmp_path: Path) -> None:
    index = Generations(tmp_path)
    index.rebuild(cards(1, 2 * WORN), 1)
    index.write(cards(1, WORN // 2), (), 2)
    assert not index.is_worn()
    index.write(cards(1, WORN + 1), (), 3)
    assert index.is_worn()
    index.rebuild(cards(1, 2 * WORN), 4)
    assert not index.is_worn()
