"""Schema of the embedded index: field names and types, packed sort keys, stored display data."""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from index.search.cards import Card, HitSource
from index.search.id_encoding import encode_id
from index.search.query import FACETS, By, Sort
from index.search.vectors import Extent, key
from index.search.vocabulary.analysis import clean as clean
from index.search.vocabulary.analysis import cut
from index.search.vocabulary.spelling import american, compounds

TEXTS = {"title": 1.0, "text": 1.0, "keywords": 1.0}
"""Text fields with their boosts.

A word scores by its best field, and ``text`` holds the title too: on real incidents this ranks better
than a heavier title or a sum over the fields (``tests/bench/retrieval.py``).
"""
IN_PLACE = ("title", "text")
"""Text fields with word positions, in which a phrase may have a slop."""
TIE = 0.02
"""Tie breaker of the disjunction over fields: only separates cards whose best fields score the same."""
WRITTEN = {False: "exact", True: "exact_title"}
"""Unstemmed fields, for prefixes and near words: of all texts, and (True) of the title alone."""
EXACT = ("id", "by", "refs", "state")
NUMBERS = ("key", "when", "month", "seq", "told", "front", "back")
SORTS = (Sort.NEWEST, Sort.OLDEST, Sort.LOSS)
"""Sort keys, each packed with the seq into one number, because the engine sorts by a single field."""
STATE = "~state"
LONGEST_VALUE = 500
SCHEMA = 17
"""Schema version: raised when cards are indexed differently; an index of another version is rebuilt."""
_SEQ_BITS = 28
_MOST_SEQ: int = 2**_SEQ_BITS - 1
_MOST_VALUE: int = 2**36 - 1
_LAST_DAY: int = 2**24 - 1
_JSON = json.JSONEncoder(separators=(",", ":"))


def searched(slop: int) -> dict[str, float]:
    """Return the searched fields with their boosts; with a slop only those with positions."""
    return {name: TEXTS[name] for name in IN_PLACE} if slop else TEXTS


def declare(builder: Any) -> None:  # noqa: ANN401 (the engine's own, and this file knows no engine)
    """Add every field to the engine's schema builder."""
    for name in EXACT:
        builder.add_text_field(
            name, stored=name in ("id", "state"), tokenizer_name="raw", index_option="basic"
        )
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="stemmed")
    for name in WRITTEN.values():
        builder.add_text_field(name, tokenizer_name="plain", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="folded", index_option="basic", fast=True)
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=name == "key", fast=True)
    for name in SORTS:
        builder.add_unsigned_field(name, fast=True)
    builder.add_bytes_field("shown", stored=True)


def packed(value: float, seq: int) -> int:
    """Return a sort key that, descending, orders by value descending, then by seq ascending."""
    return (min(max(int(value), 0), _MOST_VALUE) << _SEQ_BITS) | (_MOST_SEQ - min(seq, _MOST_SEQ))


def bounds(least: int, most: int | None) -> tuple[int, int]:
    """Return the range of packed keys for a range of values, any seq; an empty range has first > last."""
    highest = _MOST_VALUE if most is None else min(most, _MOST_VALUE)
    if highest < 0:
        return 1, 0
    return min(max(least, 0), _MOST_VALUE) << _SEQ_BITS, (highest << _SEQ_BITS) | _MOST_SEQ


def unpacked_seq(number: int) -> int:
    """Return the seq in a packed number."""
    return int(_MOST_SEQ - (number & _MOST_SEQ))


@lru_cache(10_000)
def _spelt(keyword: str) -> tuple[str, str, list[str]]:
    """Return a keyword as written, in American spelling, and its compounds; cached, as cards share them."""
    written = cut(keyword)
    return written, american(written), compounds(clean(keyword))


@lru_cache(50_000)
def _values(values: tuple[str, ...]) -> list[str]:
    """Return a facet's values, cleaned and distinct; cached, as cards share them."""
    return list(dict.fromkeys(clean(value)[:LONGEST_VALUE] for value in values if value))


def fields(card: Card) -> dict[str, Any]:
    """Return a card as an index document: field names to values."""
    day = card.when.toordinal() if card.when else 0
    title, text = cut(card.title), cut(card.text)
    keywords = [_spelt(keyword) for keyword in card.keywords]
    names = [*keywords, *map(_spelt, card.labels)]
    joined_compounds = dict.fromkeys(compound for _, _, joined in names for compound in joined)
    document: dict[str, Any] = {
        "id": card.id,
        "by": card.by.value,
        "refs": [clean(ref) for ref in card.refs],
        "title": (spelt := american(title)),
        "text": [spelt, american(text), *compounds(clean(card.title), clean(card.text))],
        "keywords": [spelt for _, spelt, _ in (*names, *map(_spelt, joined_compounds))],
        WRITTEN[False]: "\n".join((title, text, *(written for written, _, _ in keywords))),
        WRITTEN[True]: title,
        "key": key(card.id),
        "seq": card.seq,
        "told": card.report_count,
        Sort.NEWEST: packed(day, card.seq),
        Sort.OLDEST: packed(_LAST_DAY - day if day else 0, card.seq),
        Sort.LOSS: packed(card.loss, card.seq),
    }
    if encoded := encode_id(card.id):
        document["front"], document["back"] = encoded
    if card.when:
        document |= {"when": day, "month": card.when.year * 100 + card.when.month}
    return document | {name: _values(values) for name, values in card.facets.items()}


def stored(card: Card) -> dict[str, Any]:
    """Return a card as an index document with its packed display data."""
    document = fields(card)
    return document if card.shown is None else {**document, "shown": pack_shown(card.shown)}


def pack_shown(source: HitSource) -> bytes:
    """Serialise display data: a line of JSON, then titles and texts without escaping.

    The line has the values of the fields in order, and the length of each title and text. Escaping long
    texts would take longer than everything else here.
    """
    *values, texts = vars(source).values()
    line = _JSON.encode([*values, [(report, len(title), len(text)) for report, title, text in texts]])
    written = (part for _, title, text in texts for part in (title, text))
    return "".join((line, "\n", *written)).encode("utf-8", "surrogatepass")


def unpack_shown(stored: bytes) -> HitSource:
    """Deserialise display data that ``pack_shown`` wrote."""
    line, _, written = stored.decode("utf-8", "surrogatepass").partition("\n")
    *plain, facets, lengths = json.loads(line)
    texts, start = [], 0
    for report, title, text in lengths:
        middle, end = start + title, start + title + text
        texts.append((report, written[start:middle], written[middle:end]))
        start = end
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in plain]
    values += [{name: tuple(counted) for name, counted in facets.items()}, tuple(texts)]
    return HitSource(*values)


def state(applied: int, extents: dict[By, Extent]) -> dict[str, Any]:
    """Return a commit's state for its ``~state`` document: outbox number and vector extents."""
    return {"applied": applied, "vectors": {by.value: asdict(extent) for by, extent in extents.items()}}


def read_state(stored: dict[str, Any] | None) -> tuple[int, dict[By, Extent]]:
    """Return the outbox number and vector extents of a commit; those of an empty index for None."""
    stored = stored or state(0, {})
    return int(stored["applied"]), {by: Extent(**stored["vectors"].get(by.value, {})) for by in By}
