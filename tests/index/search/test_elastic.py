"""The Elasticsearch backend over HTTP, against the stand-in or the server that ``ES_URL`` names."""

import logging
import random
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from collectors.errors import IndexDamaged, LibraryBusy, MoriartyError, NotFound, WrongUse
from index.search.cards import Card
from index.search.elastic.backend import EXACT, ElasticBackend
from index.search.embedded.backend import EmbeddedBackend
from index.search.language.parser import parse
from index.search.query import By, Query, Sort, Stamp
from tests.index.search import elastic_server
from tests.index.search.plain_oracle import plain_query
from tests.index.search.searching import DIMENSIONS, card, make_card, numbers, unit

pytestmark = pytest.mark.skipif(bool(elastic_server.missing()), reason=elastic_server.missing())


@pytest.fixture
def prefix(elastic_url: str) -> Iterator[str]:
    name = f"test{uuid.uuid4().hex[:10]}"
    yield name
    elastic_server.drop(elastic_url, name)


def client(elastic_url: str, prefix: str, exact: int = EXACT) -> ElasticBackend:
    server = elastic_server.server(elastic_url, prefix)
    return ElasticBackend(server, dimensions=DIMENSIONS, exact=exact)


@pytest.fixture
def backend(elastic_url: str, prefix: str) -> Iterator[ElasticBackend]:
    opened = client(elastic_url, prefix)
    opened.rebuild((), 0)
    yield opened
    opened.close()


def cards(first: int, last: int) -> list[Card]:
    chance = random.Random(1)
    return [make_card(number, chance) for number in range(first, last + 1)]


def test_it_answers_as_the_embedded_index_does(backend: ElasticBackend, tmp_path: Path) -> None:
    embedded, chance, answered = EmbeddedBackend(tmp_path / "index"), random.Random(11), 0
    for one in (backend, embedded):
        one.write(cards(1, 150), [], 1)
        one.write([make_card(number, random.Random(number), version=1) for number in range(1, 30)], [], 2)
    for number in range(40):
        query = plain_query(chance).model_copy(update={"sort": chance.choice(list(Sort))})
        found, expected = backend.words(query, 30), embedded.words(query, 30)
        assert (found.total, found.facets, found.months) == (
            expected.total,
            expected.facets,
            expected.months,
        ), query
        assert set(backend.words(query, 500).ids) == set(embedded.words(query, 500).ids), query
        if query.sort is not Sort.RELEVANCE:
            assert (found.ids, found.seqs) == (expected.ids, expected.seqs), query
        vector = unit(np.random.default_rng(number), 1)[0]
        near, nearest = backend.nearest(vector, query, 10), embedded.nearest(vector, query, 10)
        assert near.ids == nearest.ids, query
        assert near.scores == pytest.approx(nearest.scores, abs=2e-6)
        answered += bool(expected.ids)
    assert answered > 15
    embedded.close()


def test_scores_of_a_fresh_index_are_those_of_the_embedded_one(
    backend: ElasticBackend, tmp_path: Path
) -> None:
    embedded = EmbeddedBackend(tmp_path / "index")
    for one in (backend, embedded):
        one.write([replace(card, keywords=("Acme Voice",), labels=()) for card in cards(1, 100)], [], 1)
    for typed in ("deepfake", "voice clone", '"bank transfer"', "romance scam chatbot malware", "acme"):
        found, expected = backend.words(parse(typed), 20), embedded.words(parse(typed), 20)
        assert found.ids, typed
        assert found.ids == expected.ids, typed
        assert found.scores == pytest.approx(expected.scores, rel=0.05), typed
    embedded.close()


def test_a_write_is_visible_on_return_and_its_number_kept(backend: ElasticBackend) -> None:
    backend.write([card(1, "before"), card(2, "other")], [], 5)
    assert backend.stamp() == Stamp(generation=1, cards=2, applied=5)
    backend.write([card(1, "after"), card(3, "after")], [card(2).id, card(3).id, "inc-unknown"], 6)
    assert numbers(backend.words(parse("after"), 5).ids) == [1, 3]
    assert backend.words(parse("before"), 5).total == backend.words(parse("other"), 5).total == 0
    assert backend.stamp() == Stamp(generation=1, cards=2, applied=6)


def test_a_stale_write_changes_nothing(backend: ElasticBackend) -> None:
    backend.write([card(1, "newer")], [card(2).id], 9)
    backend.write([card(1, "older"), card(2, "older")], [], 8)
    assert numbers(backend.words(parse("newer"), 5).ids) == [1]
    assert 1 not in numbers(backend.words(parse("older"), 5).ids)
    backend.write([], [card(1).id], 7)
    assert numbers(backend.words(parse("newer"), 5).ids) == [1]
    assert backend.stamp().applied == 9


def test_one_bad_card_of_many_is_named_and_the_others_go_in(
    backend: ElasticBackend, caplog: pytest.LogCaptureFixture
) -> None:
    bad = card(77, "scam", facets={"colour": ("red",)})
    with caplog.at_level(logging.ERROR):
        backend.write([*(card(number, "scam") for number in range(1, 150)), bad], [], 4)
    assert bad.id in caplog.text
    assert "colour" in caplog.text
    assert list(backend.refused()) == [bad.id]
    assert "colour" in backend.refused()[bad.id]
    assert backend.stamp() == Stamp(generation=1, cards=149, applied=4)
    backend.write([card(77, "scam mended")], [], 5)
    assert backend.refused() == {}
    assert numbers(backend.words(parse("mended"), 5).ids) == [77]


def test_vectors_that_do_not_fit_are_wrong_use(backend: ElasticBackend) -> None:
    for wrong in (np.ones((1, 3), np.float32), np.full((1, DIMENSIONS), np.nan, np.float32)):
        with pytest.raises(WrongUse):
            backend.write([card(1, "scam"), card(2, "scam", vectors=wrong)], [], 1)
    with pytest.raises(WrongUse):
        backend.nearest(np.ones(3, np.float32), Query(), 5)
    assert backend.stamp().applied == 0
    with pytest.raises(NotFound):
        backend.nearest(card(1).id, Query(), 5)


def test_a_passage_without_direction_is_left_out(backend: ElasticBackend) -> None:
    passages = np.concatenate([np.zeros((1, DIMENSIONS), np.float32), unit(np.random.default_rng(1), 1)])
    backend.write([card(1, "scam", vectors=passages)], [], 1)
    assert backend.refused() == {}
    assert backend.nearest(passages[1], Query(), 5).scores == pytest.approx([1.0], abs=1e-6)
    assert backend.nearest(card(1).id, Query(), 5).ids == (card(1).id,)


def test_of_many_cards_the_graph_chooses_candidates_and_the_scores_are_exact(
    elastic_url: str, prefix: str
) -> None:
    many, few = (client(elastic_url, prefix, exact=exact) for exact in (0, 1000))
    many.rebuild(cards(1, 80), 1)
    vector = unit(np.random.default_rng(4), 1)[0]
    for query in (Query(), Query(filters={"country": ("gb",)}), Query(by=By.REPORT)):
        assert many.nearest(vector, query, 5) == few.nearest(vector, query, 5)
    many.close()
    few.close()


def test_a_rebuild_swaps_and_drops_the_generation_before(elastic_url: str, prefix: str) -> None:
    one, other = (client(elastic_url, prefix) for _ in range(2))
    with pytest.raises(IndexDamaged):
        one.stamp()
    with pytest.raises(IndexDamaged):
        one.write(cards(1, 2), [], 1)
    assert elastic_server.indexes(elastic_url, prefix) == [], "a write that meets no index makes none"
    assert one.rebuild(cards(1, 10), 3) == Stamp(generation=1, cards=10, applied=3)
    assert other.stamp().cards == 10
    other.write([], [cards(1, 1)[0].id], 4)
    assert one.rebuild(cards(1, 30), 5) == other.stamp() == Stamp(generation=2, cards=30, applied=5)
    assert [name.rpartition("-")[2] for name in elastic_server.indexes(elastic_url, prefix)] == ["2"]
    one.close()
    other.close()


def test_a_rebuild_that_breaks_off_leaves_the_old_generation(elastic_url: str, prefix: str) -> None:
    backend = client(elastic_url, prefix)
    backend.rebuild(cards(1, 10), 1)

    def failing() -> Iterator[Card]:
        yield from cards(1, 5)
        raise RuntimeError("the record broke off")

    with pytest.raises(RuntimeError):
        backend.rebuild(failing(), 2)
    with pytest.raises(IndexDamaged, match="9 of 10"):
        backend.rebuild([*cards(1, 9), *cards(1, 1)], 2)
    assert backend.stamp() == Stamp(generation=1, cards=10, applied=1)
    assert len(elastic_server.indexes(elastic_url, prefix)) == 1
    backend.close()


def test_a_write_during_a_rebuild_is_not_lost(elastic_url: str, prefix: str) -> None:
    one, other = (client(elastic_url, prefix) for _ in range(2))
    one.rebuild(cards(1, 5), 1)

    def meanwhile() -> Iterator[Card]:
        yield from cards(1, 5)
        other.write([card(99, "meanwhile")], [], 2)

    with pytest.raises(LibraryBusy):
        one.rebuild(meanwhile(), 1)
    assert one.stamp() == Stamp(generation=1, cards=6, applied=2)
    assert numbers(one.words(parse("meanwhile"), 5).ids) == [99]
    one.close()
    other.close()


def test_an_index_of_another_embedder_is_another_index(elastic_url: str, prefix: str) -> None:
    server = elastic_server.server(elastic_url, prefix)
    one, other = (ElasticBackend(server, dimensions=DIMENSIONS, fingerprint=name) for name in ("a", "b"))
    one.rebuild(cards(1, 3), 1)
    with pytest.raises(IndexDamaged):
        other.words(Query(), 5)
    other.rebuild(cards(1, 4), 1)
    assert (one.stamp().cards, other.stamp().cards) == (3, 4)
    one.close()
    other.close()


def test_searches_go_on_through_rebuilds(elastic_url: str, prefix: str) -> None:
    writer = client(elastic_url, prefix)
    writer.rebuild(cards(1, 40), 1)
    expected = writer.words(parse("deepfake"), 5).total
    assert expected
    wrong: list[object] = []
    done = threading.Event()
    reads = 0

    def read() -> None:
        nonlocal reads
        reader = client(elastic_url, prefix)
        while not done.is_set():
            reads += 1
            try:
                if (total := reader.words(parse("deepfake"), 5).total) != expected:
                    wrong.append(total)
            except MoriartyError as error:
                wrong.append(error)
        reader.close()

    thread = threading.Thread(target=read)
    thread.start()
    for applied in range(2, 10):
        writer.rebuild(cards(1, 40), applied)
    done.set()
    thread.join()
    writer.close()
    assert wrong == []
    assert reads > 10


def test_an_index_that_does_not_say_what_it_holds_is_damaged(elastic_url: str, prefix: str) -> None:
    backend = client(elastic_url, prefix)
    backend.rebuild(cards(1, 3), 1)
    elastic_server.drop(elastic_url, prefix)
    with pytest.raises(IndexDamaged):
        backend.stamp()
    assert backend.rebuild(cards(1, 3), 1).cards == 3
    backend.close()


def test_deep_pages_neither_repeat_nor_skip(backend: ElasticBackend) -> None:
    backend.write([card(number, "scam") for number in range(1, 121)], [], 1)
    whole = backend.words(parse("scam"), 120).ids
    assert numbers(whole) == list(range(1, 121))
    for limit in (1, 10, 33, 119, 20_000, 101_000):
        assert backend.words(parse("scam"), limit).ids == whole[:limit]
        assert len(backend.words(Query(), limit).ids) == min(limit, 120)
