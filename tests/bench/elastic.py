"""Our Elasticsearch backend beside the raw client, over HTTP: what our side of a search adds.

    python -m tests.bench.elastic [--reports 150] [--queries 30]

The server is noida-db, started on a free port of this machine and stopped at the end, or what ``ES_URL``
names. noida-db stands in for the protocol alone: it scans every document, so few are indexed, and what it
takes says nothing of Elasticsearch's speed. Raw sends the very bodies our backend sends for a question by the
plain client, and takes ids, scores and counts out of the replies. The ratio is what analysing, compiling,
checking, sorting and the care for failures add. Engines take turns; a question counts by the best of three.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from elasticsearch import Elasticsearch

from index.search.elastic.backend import ElasticBackend
from index.search.elastic.client import Body, Cluster
from index.search.elastic.server import Server
from tests.bench import cases
from tests.bench.corpus import DIMENSIONS, make_cards
from tests.bench.room import progress
from tests.bench.search import Run, Times, row, say, times
from tests.index.search import elastic_server

PREFIX = "bench"
MOST = 200
"""Reports that the stand-in can carry."""


class Heard(Cluster):
    """A connection that keeps what is asked for."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.asked: list[tuple[str, Body]] = []

    def search(self, name: str, body: Body) -> Body:
        """Search, and keep the question."""
        self.asked.append((name, body))
        return super().search(name, body)


class Listening(ElasticBackend):
    """Our backend, over a connection that keeps what is asked for."""

    def __init__(self, server: Server) -> None:
        super().__init__(server, dimensions=DIMENSIONS)
        self.heard = self._cluster = Heard(server)

    def bodies(self, ask: cases.Ask) -> list[tuple[str, Body]]:
        """Return the bodies of the requests that a question takes."""
        self.heard.asked.clear()
        self.words(ask.query(), cases.PAGE)
        return list(self.heard.asked)


def raw(client: Elasticsearch, bodies: Sequence[tuple[str, Body]]) -> Run:
    """Return what sends these bodies and reads the replies as a plain program would."""

    def search() -> object:
        told = []
        for name, body in bodies:
            reply = client.search(index=name, body=body).body
            hits = [(hit["_id"], hit["sort"]) for hit in reply["hits"]["hits"]]
            counts = {
                name: {one["key"]: one["doc_count"] for one in found["buckets"]}
                for name, found in reply.get("aggregations", {}).items()
            }
            told.append((hits, reply["hits"]["total"], counts))
        return told

    return search


def main(arguments: Sequence[str]) -> None:
    """Start the server, index, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=150, help=f"at most {MOST} without ES_URL")
    parser.add_argument("--queries", type=int, default=30, help="of each kind")
    options = parser.parse_args(arguments)
    if missing := elastic_server.missing():
        raise SystemExit(missing)
    count = options.reports if elastic_server.REAL else min(options.reports, MOST)
    with tempfile.TemporaryDirectory() as folder, elastic_server.elasticsearch(Path(folder)) as url:
        backend = Listening(elastic_server.server(url, PREFIX))
        client = Elasticsearch(url)
        try:
            backend.rebuild(make_cards(count), 1)
            table(backend, client, count, options.queries)
        finally:
            elastic_server.drop(url, PREFIX)
            client.close()
            backend.close()


def table(backend: Listening, client: Elasticsearch, count: int, queries: int) -> None:
    """Print a row for every kind of question."""
    say(f"{count} reports; {queries} questions a kind; milliseconds p50 / p95; ratios of ours to raw")
    say(row("kind", ("ours", "raw"), ("p50", "p95", "requests")))
    for name in cases.CASES:
        if name == "hybrid":
            continue
        ours, plain, requests = Times(), Times(), set[int]()
        for number, ask in enumerate(cases.asked(name, queries)):
            bodies, query = backend.bodies(ask), ask.query()
            requests.add(len(bodies))
            ours.take(lambda: backend.words(query, cases.PAGE))  # noqa: B023 - called at once
            plain.take(raw(client, bodies))
            progress(f"{name}, {number + 1} of {queries}")
        progress("")
        ratios = [times(ours.at(share) / plain.at(share)) for share in (0.5, 0.95)]
        sent = " or ".join(map(str, sorted(requests)))
        say(row(name, (ours.told(), plain.told()), [*ratios, sent]))


if __name__ == "__main__":
    main(sys.argv[1:])
