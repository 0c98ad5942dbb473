"""What Elasticsearch can do wrong, and that it ends in a typed error, in bounded time, with nothing lost."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from collectors.errors import IndexDamaged, MoriartyError, SearchDown, SearchFull, WrongUse
from index.search.elastic.backend import ElasticBackend
from index.search.elastic.client import Cluster
from index.search.elastic.mapping import alias
from index.search.elastic.server import Server
from index.search.elastic.states import HELD
from index.search.language.parser import parse
from index.search.query import Query, Stamp
from tests.index.search import elastic_server
from tests.index.search.elastic_faults import FULL, Faulty, Reply
from tests.index.search.searching import DIMENSIONS, card, numbers

pytestmark = pytest.mark.skipif(bool(elastic_server.missing()), reason=elastic_server.missing())
KEY = "c2VjcmV0LWtleQ=="


@pytest.fixture
def backend(between: Faulty, elastic_url: str) -> Iterator[ElasticBackend]:
    """Two cards, and a server that may be told to fail."""
    prefix = f"test{uuid.uuid4().hex[:10]}"
    key = elastic_server.server(elastic_url, prefix).api_key or KEY
    opened = ElasticBackend(Server(between.url, key, None, prefix, seconds=1), dimensions=DIMENSIONS)
    opened.rebuild([card(1, "scam"), card(2, "other")], 1)
    yield opened
    opened.close()
    elastic_server.drop(elastic_url, prefix)


def found(backend: ElasticBackend) -> list[int]:
    return numbers(backend.words(parse("scam"), 5).ids)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_and_then_given_up(
    backend: ElasticBackend, between: Faulty, status: int
) -> None:
    between.failing(Reply(status), times=2)
    assert found(backend) == [1]
    between.failing(Reply(status), times=3, where="_bulk")
    backend.write([card(3, "scam")], [], 2)
    assert found(backend) == [1, 3]
    between.failing(Reply(status))
    before = len(between.asked)
    with pytest.raises(SearchDown, match=str(status)):
        found(backend)
    assert len(between.asked) - before == 4


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(200, "<html>", product=False), SearchDown, "not Elasticsearch"),
        (Reply(200, '{"hits": 1}', product=False), SearchDown, "not Elasticsearch"),
        (Reply(404, "<html>", product=False), SearchDown, "not Elasticsearch"),
        (Reply(200, "this is no JSON"), SearchDown, "not Elasticsearch"),
        (Reply(401, '{"error": {"type": "security_exception"}}'), SearchDown, "401 security_exception"),
        (Reply(403, '{"error": {"type": "security_exception"}}'), SearchDown, "403 security_exception"),
        (Reply(500, '{"error": "broken"}'), SearchDown, "500"),
        (Reply(200, "{}", delay=2.5), SearchDown, "in time"),
        (Reply(404, '{"error": {"type": "index_not_found_exception"}}'), IndexDamaged, "no search index"),
        (Reply(400, '{"error": {"type": "x", "reason": "too_many_clauses"}}'), WrongUse, "too_many_clauses"),
    ],
)
def test_every_failure_of_a_search_has_its_error(
    backend: ElasticBackend, between: Faulty, reply: Reply, error: type[MoriartyError], says: str
) -> None:
    between.failing(reply)
    with pytest.raises(error, match=says) as raised:
        backend.words(parse("scam"), 5)
    assert KEY not in repr(raised.value)
    between.fault = lambda method, path: None
    assert found(backend) == [1]


def test_requests_for_corrections_do_not_grow_with_the_words(
    backend: ElasticBackend, between: Faulty
) -> None:
    backend.write([card(3, "a ransom was demanded of the hospital by telephone")], (), 2)

    def corrected(*words: str) -> tuple[dict[str, str], int]:
        before = len(between.asked)
        return backend.corrections(parse(" OR ".join(words))), len(between.asked) - before

    slips = {"hopsital": "hospital", "telehpone": "telephone", "demandde": "demanded"}
    run_together, strange = {"ransomwas": "ransom was"}, {f"qzqzq{letter * 5}": "" for letter in "bcdfghjk"}
    alone, few = corrected("ransomwas")
    assert alone == run_together
    together, many = corrected(*slips, *run_together, *strange, "scam")
    assert together == slips | run_together | strange
    assert many <= few <= 4


def test_a_search_that_meets_a_dropped_generation_follows_the_alias(
    backend: ElasticBackend, between: Faulty
) -> None:
    between.failing(Reply(404, '{"error": {"type": "index_not_found_exception"}}'), times=1)
    assert found(backend) == [1]


@pytest.mark.parametrize("status", [403, 429])
def test_a_full_disk_takes_no_writes_and_loses_none(
    backend: ElasticBackend, between: Faulty, status: int
) -> None:
    between.failing(Reply(status, FULL % status), where="_bulk")
    with pytest.raises(SearchFull, match="disk"):
        backend.write([card(3, "scam")], [], 2)
    assert backend.stamp().applied == 1
    assert found(backend) == [1], "it still answers"
    between.fault = lambda method, path: None
    backend.write([card(3, "scam")], [], 2)
    assert (backend.stamp().applied, found(backend)) == (2, [1, 3])


@pytest.mark.parametrize("where", ["_bulk", "_doc", "_refresh"])
def test_a_write_that_breaks_off_is_not_claimed_and_can_be_done_again(
    backend: ElasticBackend, between: Faulty, where: str
) -> None:
    between.failing(Reply(500, '{"error": "broken"}'), where=where)
    with pytest.raises(SearchDown):
        backend.write([card(3, "scam")], [card(2).id], 2)
    between.fault = lambda method, path: None
    backend.write([card(3, "scam")], [card(2).id], 2)
    assert (backend.stamp().applied, backend.stamp().cards, found(backend)) == (2, 2, [1, 3])


def test_a_document_refused_for_the_servers_sake_ends_the_write(
    backend: ElasticBackend, between: Faulty
) -> None:
    item = '{"index": {"_id": "x", "status": 503, "error": {"type": "unavailable"}}}'
    refused = f'{{"errors": true, "items": [{item}]}}'
    between.failing(Reply(200, refused), where="_bulk")
    with pytest.raises(SearchDown, match="unavailable"):
        backend.write([card(3, "scam")], [], 2)
    assert backend.stamp().applied == 1


def test_another_kind_of_server_is_told(between: Faulty) -> None:
    between.failing(Reply(200, product=False))
    backend = ElasticBackend(Server(between.url, KEY))
    with pytest.raises(SearchDown, match="not Elasticsearch"):
        backend.stamp()
    with pytest.raises(SearchDown, match="not Elasticsearch"):
        backend.rebuild((), 1)
    backend.close()


def test_nobody_there_is_told_at_once() -> None:
    server = Server(f"http://127.0.0.1:{elastic_server.free_port()}", KEY)
    backend = ElasticBackend(server)
    for call in (backend.stamp, lambda: backend.words(Query(), 5), lambda: backend.rebuild((), 1)):
        with pytest.raises(SearchDown, match=r"127\.0\.0\.1"):
            call()
    backend.close()


def test_the_key_is_sent_and_never_shown(backend: ElasticBackend, between: Faulty) -> None:
    backend.stamp()
    assert between.keys
    assert all(key is not None and key.startswith("ApiKey ") for key in between.keys)
    server = Server("https://somebody:secret@es.example:9200", KEY)
    assert repr(server) == "Server(es.example:9200)"


@pytest.mark.parametrize("wrong", ["es.example", "ftp://es.example:21", "http://", "https://es.example:port"])
def test_an_address_that_is_none_is_wrong_use(wrong: str) -> None:
    with pytest.raises(WrongUse):
        ElasticBackend(Server(wrong))


def test_a_state_that_the_cluster_lets_go_of_is_told_and_the_newest_answers(
    backend: ElasticBackend, between: Faulty
) -> None:
    first = backend.stamp()
    asked = parse("scam", as_of=first)
    assert backend.words(asked, 5).stamp == first
    backend.write([card(3, "scam")], [], 2)
    assert (backend.words(asked, 5).stamp, numbers(backend.words(asked, 5).ids)) == (first, [1])
    gone = '{"error": {"root_cause": [{"type": "search_context_missing_exception"}]}}'
    between.failing(Reply(404, gone), times=1, where="/_search")
    ranked = backend.words(asked, 5)
    assert (ranked.stamp, numbers(ranked.ids)) == (backend.stamp(), [1, 3])
    between.failing(Reply(404, gone), where="/_search?")
    between.failing(Reply(500, '{"error": "broken"}'), where="_pit")
    assert numbers(backend.words(parse("scam", as_of=backend.stamp()), 5).ids) == [1, 3], "it is held already"
    with pytest.raises(SearchDown):
        backend.words(parse("scam", as_of=first), 5)


def test_few_states_are_held_and_all_are_let_go_of(backend: ElasticBackend, between: Faulty) -> None:
    for applied in range(2, HELD + 5):
        backend.write([card(applied, "scam")], [], applied)
        backend.words(parse("scam", as_of=backend.stamp()), 5)
    backend.close()
    held = [method for method, path in between.asked if "_pit" in path]
    assert held.count("POST") == held.count("DELETE") == HELD + 3


def test_one_bad_document_of_five_hundred_is_refused_and_the_others_are_taken(
    backend: ElasticBackend, between: Faulty
) -> None:
    many = [card(number, "scam") for number in range(10, 510)]
    many[250] = card(260, "scam", facets={"colour": ("red",)})  # a field that the mapping does not know
    backend.write(many, [], 2)
    assert list(backend.refused()) == [card(260).id]
    assert backend.stamp() == Stamp(generation=1, cards=501, applied=2)


def test_an_index_of_another_mapping_under_our_name_is_damaged_and_made_anew(
    between: Faulty, elastic_url: str
) -> None:
    prefix = f"test{uuid.uuid4().hex[:10]}"
    opened = ElasticBackend(Server(between.url, KEY, None, prefix, seconds=1), dimensions=DIMENSIONS)
    name, cluster = alias(prefix, DIMENSIONS, ""), Cluster(Server(between.url, KEY, None, prefix))
    foreign = {"dynamic": "strict", "properties": {"colour": {"type": "keyword"}}}
    cluster.create(f"{name}-7", {"number_of_shards": 1}, foreign, name)
    with pytest.raises((IndexDamaged, WrongUse)):
        opened.words(parse("scam"), 5)
        opened.stamp()
    with pytest.raises(IndexDamaged):
        opened.write([card(1, "scam")], [], 1)
    assert opened.rebuild([card(1, "scam")], 1).cards == 1
    assert found(opened) == [1]
    cluster.close()
    opened.close()
    elastic_server.drop(elastic_url, prefix)


@pytest.mark.parametrize("where", ["_bulk", "_doc", "_search", "_pit"])
def test_a_slow_server_is_given_up_in_bounded_time_and_nothing_is_lost(
    backend: ElasticBackend, between: Faulty, where: str
) -> None:
    between.failing(Reply(200, "{}", delay=1.5), where=where)
    calls: dict[str, Callable[[], object]] = {
        "_bulk": lambda: backend.write([card(3, "scam")], [], 2),
        "_doc": lambda: backend.write([card(3, "scam")], [], 2),
        "_search": lambda: backend.words(parse("scam"), 5),
        "_pit": lambda: backend.words(parse("scam", as_of=Stamp(generation=1, cards=2, applied=0)), 5),
    }
    with pytest.raises(SearchDown):
        calls[where]()
    between.fault = lambda method, path: None
    assert backend.stamp().applied == 1
    backend.write([card(3, "scam")], [], 2)
    assert found(backend) == [1, 3]


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("where", ["_doc", "_refresh"])
def test_a_disk_that_fills_at_the_end_of_a_write_claims_nothing(
    backend: ElasticBackend, between: Faulty, status: int, where: str
) -> None:
    between.failing(Reply(status, FULL % status), where=where)
    with pytest.raises(SearchFull):
        backend.write([card(3, "scam")], [], 2)
    between.fault = lambda method, path: None
    backend.write([card(3, "scam")], [], 2)
    assert (backend.stamp().applied, found(backend)) == (2, [1, 3])


def test_a_full_disk_breaks_a_rebuild_off_and_keeps_the_old_index(
    backend: ElasticBackend, between: Faulty
) -> None:
    between.failing(Reply(403, FULL % 403), where="_bulk")
    with pytest.raises(SearchFull):
        backend.rebuild([card(number, "scam") for number in range(1, 9)], 2)
    between.fault = lambda method, path: None
    assert (backend.stamp().applied, found(backend)) == (1, [1])
    assert backend.rebuild([card(number, "scam") for number in range(1, 9)], 2).cards == 8
