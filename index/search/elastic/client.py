"""The connection to Elasticsearch: the few calls the backend makes, bounded in time, with our own errors.

The only file that knows the client library. No message names more of a server than its host.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeVar

from elasticsearch import (
    ApiError,
    ConflictError,
    ConnectionTimeout,
    Elasticsearch,
    NotFoundError,
    SerializationError,
    TransportError,
    UnsupportedProductError,
)
from elasticsearch.helpers import streaming_bulk

from collectors.errors import IndexDamaged, IndexMissing, SearchDown, SearchFull, WrongUse
from index.search.deadline import seconds_left
from index.search.elastic.server import Server

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Body = dict[str, Any]
BUSY = (429, 502, 503, 504)
PAUSES = (0.1, 0.3, 0.9)
"""Seconds between the tries of a request that the server was too busy for."""
BULK_SECONDS = 60
BULK: Body = {
    "chunk_size": 500,
    "max_chunk_bytes": 5_000_000,
    "max_retries": 5,
    "initial_backoff": 0.1,
    "max_backoff": 2,
    "retry_on_status": BUSY,
    "raise_on_error": False,
    "require_alias": True,  # or a write that meets no index would make one, with a mapping of its own
}


KEPT = "5m"
"""How long after its last search the cluster holds a state open."""


class StateGone(Exception):
    """The cluster holds a state of an index no more."""


class Failure(NamedTuple):
    """Why one document was not taken."""

    id: str
    reason: str


class Cluster:
    """An open connection; safe to share between threads.

    Every call raises ``SearchDown`` where the server cannot be reached, is too busy for four tries, refuses
    the key or is something else, ``SearchFull`` where it has no room, ``IndexDamaged`` where it has no such
    index, and ``WrongUse`` where it does not understand the request.
    """

    def __init__(self, server: Server) -> None:
        self.host, self._seconds = server.host, server.seconds
        if not server.url.startswith(("http://", "https://")):
            raise WrongUse("the address of Elasticsearch must begin with http:// or https://")
        if server.ca is not None and not server.ca.is_file():
            raise WrongUse(f"there are no certificates for Elasticsearch at {server.ca}")
        trusted: Body = {"ca_certs": str(server.ca)} if server.ca else {}
        try:
            self._client = Elasticsearch(
                server.url,
                api_key=server.api_key,
                **trusted,
                request_timeout=server.seconds,
                max_retries=0,
            )
        except (ValueError, TransportError) as error:
            raise WrongUse(f"the settings for Elasticsearch make no sense: {type(error).__name__}") from error

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def hold(self, name: str) -> str:
        """Hold the present state of an index open; return the name it can be searched by."""
        return self._tried(lambda client: str(client.open_point_in_time(index=name, keep_alive=KEPT)["id"]))

    def release(self, state: str) -> None:
        """Hold a state no longer."""
        with self._typed(), suppress(NotFoundError):
            self._client.close_point_in_time(id=state)

    def search_state(self, state: str, body: Body) -> Body:
        """Return the reply to a search of a held state. Raises ``StateGone`` where it is held no more."""
        asked = {**body, "pit": {"id": state, "keep_alive": KEPT}}
        return self._tried(
            lambda client: dict(client.search(body=asked, allow_partial_search_results=False).body)
        )

    def search(self, name: str, body: Body) -> Body:
        """Return the reply to a search, from all of the index or not at all."""

        def ask(client: Elasticsearch) -> Body:
            return dict(client.search(index=name, body=body, allow_partial_search_results=False).body)

        try:
            told = self._tried(ask)
        except IndexDamaged:  # a rebuild may just have dropped the generation that the alias led to
            told = self._tried(ask)
        if not isinstance(told.get("hits"), dict):
            raise SearchDown(f"what answers at {self.host} is not Elasticsearch")
        return told

    def write(self, actions: Iterable[Body]) -> list[Failure]:
        """Write in bulk by an alias; return what was refused for the document's own sake.

        A version already there that is newer, or a document to delete that is not there, is as good as done.
        """
        failures = []
        with self._typed(), self._whole():
            client = self._client.options(request_timeout=BULK_SECONDS)
            for good, told in streaming_bulk(client, actions, **BULK):
                ((operation, one),) = told.items()
                gone = operation == "delete" and one["status"] == 404 and "error" not in one
                if not (good or gone or one["status"] == 409):
                    failures.append(self._failure(one))
        return failures

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Turn what the client raises at a reply to a bulk without its items into our error."""
        try:
            yield
        except KeyError as error:
            if error.args != ("items",):
                raise
            raise SearchDown(f"what answers at {self.host} is not Elasticsearch") from error

    def _failure(self, one: Body) -> Failure:
        told = one["error"] if isinstance(one["error"], dict) else {"reason": one["error"]}
        kind, reason = str(told.get("type", "")), str(told.get("reason", ""))[:300]
        if one["status"] != 400:
            raise self._named(one["status"], kind, reason)
        return Failure(one["_id"], f"{kind}: {reason}")

    def put(self, name: str, identifier: str, document: Body, version: int) -> None:
        """Write one document by an alias unless a newer version is there, and show everything written."""
        try:
            self._tried(
                lambda client: client.index(
                    index=name, id=identifier, document=document, version=version,
                    version_type="external_gte", require_alias=True,
                ).body
            )  # fmt: skip
        except ConflictError:
            logger.info("a newer %s is there", identifier)
        self._tried(lambda client: client.indices.refresh(index=name).body)

    def indexes(self, pattern: str) -> dict[str, frozenset[str]]:
        """Return the indexes whose names match, with their aliases."""
        told = self._tried(lambda client: client.indices.get_alias(index=pattern, allow_no_indices=True).body)
        return {name: frozenset(one["aliases"]) for name, one in told.items()}

    def create(self, index: str, settings: Body, mapping: Body, alias: str) -> None:
        """Make an index with one alias."""
        self._tried(
            lambda client: (
                client.indices.create(
                    index=index, settings=settings, mappings=mapping, aliases={alias: {}}
                ).body
            )
        )

    def swap(self, alias: str, index: str, old: Mapping[str, Iterable[str]]) -> None:
        """Point an alias to an index, and take these aliases from these indexes, all in one step."""
        actions: list[Body] = [{"add": {"index": index, "alias": alias}}]
        actions += [
            {"remove": {"index": name, "alias": one}} for name, aliases in old.items() for one in aliases
        ]
        self._tried(lambda client: client.indices.update_aliases(actions=actions).body)

    def drop(self, indexes: Sequence[str]) -> None:
        """Delete indexes; missing ones are ignored."""
        if names := list(indexes):
            self._tried(lambda client: client.indices.delete(index=names, ignore_unavailable=True).body)

    def _tried(self, call: Callable[[Elasticsearch], Answer]) -> Answer:
        """Make a call, again after a pause while the server is too busy, all within the ``deadline``."""
        with self._typed():
            for pause in PAUSES:
                try:
                    return call(self._timely())
                except ApiError as error:
                    if error.status_code not in BUSY:
                        raise
                time.sleep(seconds_left(pause))
            return call(self._timely())

    def _timely(self) -> Elasticsearch:
        """Return the client, which waits no longer than a search has left; raises ``SearchDown``."""
        if not (left := seconds_left(self._seconds)):
            raise SearchDown(f"Elasticsearch at {self.host} did not answer a whole search in time")
        return self._client if left == self._seconds else self._client.options(request_timeout=left)

    @contextmanager
    def _typed(self) -> Iterator[None]:
        """Turn the client's errors within into ours."""
        try:
            yield
        except (UnsupportedProductError, SerializationError) as error:
            raise SearchDown(f"what answers at {self.host} is not Elasticsearch") from error
        except ConflictError:
            raise
        except ApiError as error:
            if "search_context_missing" in str(error.body):
                raise StateGone from error
            body = error.body if isinstance(error.body, dict) else {}
            raise self._named(error.status_code, _type(body.get("error")), _reason(body)) from error
        except ConnectionTimeout as error:
            raise SearchDown(f"Elasticsearch at {self.host} did not answer in time") from error
        except TransportError as error:
            raise SearchDown(
                f"no connection to Elasticsearch at {self.host}: {type(error).__name__}"
            ) from error

    def _named(self, status: int, kind: str, reason: str) -> Exception:
        """Return our error for a reply that is not a success."""
        said = f"Elasticsearch at {self.host} answers {status} {kind}: {reason}".rstrip(": ")
        if "disk" in reason or "flood" in reason:
            return SearchFull(said)
        if status == 404 and (kind.startswith("index_not_found") or "alias" in kind + reason):
            return IndexMissing(f"there is no search index yet at {self.host}")
        return WrongUse(said) if status == 400 else SearchDown(said)


def _type(error: object) -> str:
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def _reason(body: Body) -> str:
    error = body.get("error")
    if not isinstance(error, dict):
        return ""
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("reason", ""))[:300]
