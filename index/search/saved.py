"""Matches kept queries against a batch of cards: search the other way round.

The batch is indexed in memory, and each kept query searches it, so a query matches exactly the cards that a
strict search over the whole index would find. A strict search needs both of two words, and about three in
five of more, because a batch cannot tell what else the library holds. A plain search also counts the fifty
best cards with fewer words, and one of two words where no card has both. Cards that are near in meaning
alone do not match a kept query, for the same reason.
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
from index.search.lexical import strictly
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
    """Return the search that finds exactly what matching finds: words and filters alone, newest first."""
    shown = {name: Query.model_fields[name].get_default() for name in _SHOWING}
    return query.model_copy(update=shown | {"mode": Mode.KEYWORD, "sort": Sort.NEWEST, "strict": True})


def kept(query: Query) -> str:
    """Return the JSON a query is kept as; ``read`` makes it a strict query again."""
    return query.model_dump_json(exclude=_SHOWING)


def read(body: str) -> Query:
    """Return a kept query, strict; one that another version wrote is parsed again from its text."""
    try:
        return strict(Query.model_validate_json(body))
    except ValidationError:
        told = json.loads(body)
        return strict(
            parse(told.get("text", ""), **{name: told[name] for name in _TYPED[1:] if name in told})
        )


def wanted(query: Query) -> Node:
    """Return the tree that a card must match. Raises ``WrongUse`` where a filter names no facet."""
    return strictly(query, plan(query))


@lru_cache(4096)
def prepared(body: str) -> tuple[Query, Node]:
    """Return a kept query with what it wants, made once however many batches it is matched against."""
    query = read(body)
    return query, wanted(query)


def matches(wishes: Mapping[Name, Node], cards: Sequence[Card]) -> Iterator[tuple[Name, tuple[str, ...]]]:
    """Yield each wish that any of the cards meets, by its name, with the ids of those in no order.

    A wish that the engine cannot search is logged and left out, so that it keeps no other from its cards.
    """
    ids, batch = {key(card.id): card.id for card in cards}, in_memory(cards)
    for name, wish in wishes.items():
        try:
            found = batch.keys(wish)
        except BaseException as error:
            # The engine promises no kind of error for what an older version let people keep.
            if not is_engine_failure(error):
                raise
            logger.exception("saved search %r cannot be matched", name)
            continue
        if len(found):
            yield name, tuple(ids[number] for number in found.tolist())


def state(card: Card) -> str:
    """Return a digest of what a card says; it changes when anything does that can be searched."""
    said = (
        card.title,
        card.text,
        card.keywords,
        card.labels,
        card.refs,
        card.when,
        card.loss,
        sorted(card.facets.items()),
    )
    return digest("card", repr(said))
