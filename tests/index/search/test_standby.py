"""A library on Elasticsearch: the same answers, and answers all the same while it is down."""

import json
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.errors import SearchDown
from index.cards.finder import Finder
from index.library import Library
from index.search.language.parser import parse
from index.search.query import Results
from index.settings import Settings
from index.store import Store
from index.tables import outbox
from tests.index.hardship import LEAD, settings
from tests.index.search import elastic_server
from tests.index.search.elastic_faults import FULL, Faulty, Reply
from tests.index.stories import LATE, keep

pytestmark = pytest.mark.skipif(bool(elastic_server.missing()), reason=elastic_server.missing())
QUERY = parse("voice clone scam", facets=("typology", "country"))
DOWN = Reply(503)


@pytest.fixture
def served(home: Path, between: Faulty, elastic_url: str) -> Iterator[Settings]:
    """The settings of a copied library that searches Elasticsearch."""
    prefix, key = f"test{uuid.uuid4().hex[:10]}", elastic_server.server(elastic_url, "").api_key
    changes = {"elasticsearch_url": between.url, "elasticsearch_prefix": prefix, "elasticsearch_api_key": key}
    yield Settings(**{**dict(settings(home)), **changes})
    elastic_server.drop(elastic_url, prefix)


@pytest.fixture
def library(served: Settings) -> Iterator[Library]:
    with Library.open(served) as opened:
        yield opened


def asked(library: Library) -> tuple[list[str], int, object]:
    found = library.search(QUERY, actor=LEAD)
    return [hit.id for hit in found.hits], found.total, found.facets


def stands_in(results: Results) -> bool:
    return any("Answered by the index on this machine" in note for note in results.notes)


def told(library: Library, tmp_path: Path) -> int:
    """Add a story, and return how many changes the index has yet to learn."""
    library.add([keep(tmp_path, LATE)], actor=LEAD)
    library.enrich(actor=LEAD)
    return waiting(library)


def waiting(library: Library) -> int:
    store = Store(library.settings.database_url)
    try:
        return len(store.changes(0, 1000))
    finally:
        store.close()


def test_the_same_library_answers_the_same_on_both(home: Path, library: Library) -> None:
    with Library.open(settings(home)) as embedded:
        assert asked(library) == asked(embedded)
        stamps = [one.refresh(actor=LEAD) for one in (library, embedded)]
        assert stamps[0].cards == stamps[1].cards > 50
        one = library.search(QUERY, actor=LEAD).hits[0].id
        likes = [[hit.id for hit in each.similar(one, actor=LEAD)] for each in (library, embedded)]
        assert likes[0] == likes[1]
    assert not library.search(QUERY, actor=LEAD).notes


@pytest.mark.parametrize("reply", [DOWN, Reply(401), Reply(200, "<html>", product=False)])
def test_while_it_is_down_the_embedded_index_answers_and_says_so(
    library: Library, between: Faulty, reply: Reply
) -> None:
    before = asked(library)
    between.failing(reply)
    assert asked(library) == before
    results = library.search(QUERY, actor=LEAD)
    assert stands_in(results)
    assert sum("because" in note for note in results.notes) == 1
    count = len(between.asked)
    library.search(QUERY, actor=LEAD)
    assert len(between.asked) == count, "a server that is down is left alone for a while"
    between.fault = lambda method, path: None
    library.refresh(actor=LEAD)
    assert not stands_in(library.search(QUERY, actor=LEAD))


def test_search_that_a_slow_server_drags_out_is_answered_by_the_embedded_index(
    library: Library, served: Settings, between: Faulty
) -> None:
    before, quick = asked(library), len(between.asked)
    asked(library)
    whole = len(between.asked) - quick
    server = served.search_server
    assert server is not None
    impatient = replace(server, search_seconds=1.0)
    finder = Finder(
        served.index,
        library.holdings.store,
        library.holdings.cards,
        library.typology,
        library.holdings.embedder,
        impatient,
    )

    def slow(method: str, path: str) -> None:
        """Let every request pass, long before it is given up itself, but not at once."""
        time.sleep(0.4)

    between.fault, count = slow, len(between.asked)
    results = finder.search(QUERY)
    finder.close()
    assert ([hit.id for hit in results.hits], results.total, results.facets) == before
    assert stands_in(results)
    assert len(between.asked) - count <= 4 < whole


def test_without_an_embedded_index_one_is_built(library: Library, between: Faulty, home: Path) -> None:
    before = asked(library)
    shutil.rmtree(home / "index")
    between.failing(DOWN)
    assert asked(library) == before


@pytest.mark.parametrize("reply", [DOWN, Reply(403, FULL % 403)])
def test_the_outbox_waits_and_drains_afterwards(
    library: Library, between: Faulty, tmp_path: Path, reply: Reply
) -> None:
    library.refresh(actor=LEAD)
    assert waiting(library) == 0
    between.failing(reply, where="_bulk" if reply.status == 403 else "")
    changes = told(library, tmp_path)
    assert changes
    assert library.refresh(actor=LEAD).cards > 0
    assert waiting(library) == changes, "what the server has not got stays in the outbox"
    late = parse(LATE)
    results = library.search(late, actor=LEAD)
    assert stands_in(results)
    assert any(LATE in hit.title for hit in results.hits), "the index that stands in has it already"
    between.fault = lambda method, path: None
    library.refresh(actor=LEAD)
    assert waiting(library) == 0
    results = library.search(late, actor=LEAD)
    assert not stands_in(results)
    assert any(LATE in hit.title for hit in results.hits)


def test_an_index_that_missed_forgotten_changes_is_built_again(
    library: Library, home: Path, tmp_path: Path
) -> None:
    told(library, tmp_path)
    library.refresh(actor=LEAD)
    with Library.open(settings(home)) as embedded:
        embedded.refresh(actor=LEAD)
        assert any(LATE in hit.title for hit in embedded.search(parse(LATE), actor=LEAD).hits)


def test_a_rebuild_while_it_is_down_says_why_not(library: Library, between: Faulty) -> None:
    between.failing(DOWN)
    with pytest.raises(SearchDown):
        library.rebuild(actor=LEAD)


def test_a_card_the_server_does_not_take_is_told_of_and_tried_again(
    library: Library, between: Faulty, home: Path, tmp_path: Path
) -> None:
    one = library.search(QUERY, actor=LEAD).hits[0].id
    store = Store(library.settings.database_url)
    with store.writing() as connection:
        connection.execute(outbox.insert().values(by="incident", object=one))
    store.close()
    failed = {"_id": one, "status": 400, "error": {"type": "mapper_parsing_exception", "reason": "not so"}}
    refusal = json.dumps({"errors": True, "items": [{"index": failed}]})
    between.failing(Reply(200, refusal), where="_bulk")
    library.refresh(actor=LEAD)
    [issue] = [one for one in library.status(actor=LEAD).issues if one.code == "card-refused"]
    assert (issue.item, issue.source) == (one, "search index")
    assert "not so" in issue.detail
    assert waiting(library) == 0, "the others are not held up"
    library.refresh(actor=LEAD)
    assert "card-refused" in {one.code for one in library.status(actor=LEAD).issues}, "it is refused again"
    between.fault = lambda method, path: None
    library.refresh(actor=LEAD)
    assert "card-refused" not in {one.code for one in library.status(actor=LEAD).issues}
    assert one in {hit.id for hit in library.search(QUERY, actor=LEAD).hits}
    between.failing(DOWN)
    assert library.status(actor=LEAD).indexed, "nothing is told of while it is down, and nothing fails"
