"""Percolation: matches saved queries against a batch of cards.

The batch is indexed in memory, and each saved query searches it, so a query matches exactly the cards that a
strict search over the whole index would find. A strict search needs both of two words, and about three in
five of more, because a batch cannot tell what else the library holds. A plain search also counts the fifty
best cards with fewer words, and one of two words where no card has both. Cards that are near in meaning
alone do not match a saved query, for the same reason.
"""

import json
import logging
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from collectors.records import digest
from index.search.cards import Card
from index.search.embedded.backend import in_memory
from index.search.embedded.failures import is_engine_failure
from index.search.language.parser import parse
from index.search.lexical import strict_tree
from index.search.plan import plan
from index.search.query import Mode, Query, Sort
from index.search.tree import Node
from index.search.vectors import key

logger = logging.getLogger(__name__)

Name = TypeVar("Name", bound=Hashable)
_SHOWING = {"mode", "sort", "limit", "offset", "facets", "strict", "notes", "pieces", "conditions", "offered"}
"""The fields of a query that decide how its answers are shown, not which they are."""
_TYPED = ("text", "filters", "ids", "since", "until")


def strict(query: Query) -> Query:
    """Return the strict form of a query, which matches by words and filters alone, newest first."""
    shown = {name: Query.model_fields[name].get_default() for name in _SHOWING}
    return query.model_copy(update=shown | {"mode": Mode.KEYWORD, "sort": Sort.NEWEST, "strict": True})


def to_json(query: Query) -> str:
    """Serialise a query to be saved; ``from_json`` returns it as a strict query."""
    return query.model_dump_json(exclude=_SHOWING)


def from_json(body: str) -> Query:
    """Deserialise a saved query, strict; one that another version wrote is parsed again from its text."""
    try:
        return strict(Query.model_validate_json(body))
    except ValidationError:
        fields = json.loads(body)
        filters = {name: fields[name] for name in _TYPED[1:] if name in fields}
        return strict(parse(fields.get("text", ""), **filters))


def wanted(query: Query) -> Node:
    """Return the query tree that a card must match. Raises ``WrongUse`` if a filter names no facet."""
    return strict_tree(query, plan(query))


@lru_cache(4096)
def prepared(body: str) -> tuple[Query, Node]:
    """Return a saved query and its tree; cached, as it is matched against many batches."""
    query = from_json(body)
    return query, wanted(query)


def matches(queries: Mapping[Name, Node], cards: Sequence[Card]) -> Iterator[tuple[Name, tuple[str, ...]]]:
    """Yield the name of each query that any card matches, with the matching ids in no order.

    A query that the engine cannot run is logged and skipped; the others are still matched.
    """
    ids, batch = {key(card.id): card.id for card in cards}, in_memory(cards)
    for name, query in queries.items():
        try:
            keys = batch.keys(query)
        except BaseException as error:
            # The engine promises no kind of error for what an older version let people save.
            if not is_engine_failure(error):
                raise
            logger.exception("saved search %r cannot be matched", name)
            continue
        if len(keys):
            yield name, tuple(ids[number] for number in keys.tolist())


def state(card: Card) -> str:
    """Return a digest of a card's searchable content."""
    content = (
        card.title,
        card.text,
        card.keywords,
        card.labels,
        card.refs,
        card.when,
        card.loss,
        sorted(card.facets.items()),
    )
    return digest("card", repr(content))
