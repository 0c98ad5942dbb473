"""What the embedded index stores of a card: names, types and how numbers are packed."""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from index.search.cards import Card, HitSource
from index.search.numbering import halves
from index.search.query import FACETS, By, Sort
from index.search.vectors import Extent, key
from index.search.vocabulary.analysis import clean as clean
from index.search.vocabulary.analysis import cut
from index.search.vocabulary.spelling import american, compounds

TEXTS = {"title": 1.0, "text": 1.0, "keywords": 1.0}
"""The fields words are searched in, and what a match there weighs.

A word scores by its best field, and ``text`` holds the title too: on real incidents this ranks better
than a heavier title or a sum over the fields (``tests/bench/retrieval.py``).
"""
IN_PLACE = ("title", "text")
"""Those in which words have a place, so that they may be some places apart."""
TIE = 0.02
"""How much the other fields add: so little that it only parts cards whose best fields are alike."""
WRITTEN = {False: "exact", True: "exact_title"}
"""Words as they are written, unstemmed, of all fields and of the title alone: for prefixes and near words."""
EXACT = ("id", "by", "refs", "state")
NUMBERS = ("key", "when", "month", "seq", "told", "front", "back")
SORTS = (Sort.NEWEST, Sort.OLDEST, Sort.LOSS)
"""Each packed in one number with the seq, because the engine sorts by one key alone."""
STATE = "~state"
LONGEST_VALUE = 500
SCHEMA = 17
"""Raised whenever cards are indexed differently; an index of another number is rebuilt."""
_SEQ_BITS = 28
_MOST_SEQ: int = 2**_SEQ_BITS - 1
_MOST_VALUE: int = 2**36 - 1
_LAST_DAY: int = 2**24 - 1
_JSON = json.JSONEncoder(separators=(",", ":"))


def searched(slop: int) -> dict[str, float]:
    """Return the fields that words are searched in, with what a match weighs: with a slop few."""
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
    """Return one number that sorts by value, highest first, then by seq, lowest first."""
    return (min(max(int(value), 0), _MOST_VALUE) << _SEQ_BITS) | (_MOST_SEQ - min(seq, _MOST_SEQ))


def bounds(least: int, most: int | None) -> tuple[int, int]:
    """Return the packed numbers from and to which the values lie, whatever the seq.

    Where no value can lie so, neither do the numbers: the first is above the second.
    """
    highest = _MOST_VALUE if most is None else min(most, _MOST_VALUE)
    if highest < 0:
        return 1, 0
    return min(max(least, 0), _MOST_VALUE) << _SEQ_BITS, (highest << _SEQ_BITS) | _MOST_SEQ


def unpacked_seq(number: int) -> int:
    """Return the seq in a packed number."""
    return int(_MOST_SEQ - (number & _MOST_SEQ))


@lru_cache(10_000)
def _spelt(keyword: str) -> tuple[str, str, list[str]]:
    """Return a keyword as it is written, in one spelling, and the compounds it writes apart.

    Many cards have the same.
    """
    written = cut(keyword)
    return written, american(written), compounds(clean(keyword))


@lru_cache(50_000)
def _values(values: tuple[str, ...]) -> list[str]:
    """Return a facet's values as they are counted; many cards have the same."""
    return list(dict.fromkeys(clean(value)[:LONGEST_VALUE] for value in values if value))


def fields(card: Card) -> dict[str, Any]:
    """Return a card as the index's fields."""
    day = card.when.toordinal() if card.when else 0
    title, text = cut(card.title), cut(card.text)
    keywords = [_spelt(keyword) for keyword in card.keywords]
    called = [*keywords, *map(_spelt, card.labels)]
    apart = dict.fromkeys(one for _, _, joined in called for one in joined)
    told: dict[str, Any] = {
        "id": card.id,
        "by": card.by.value,
        "refs": [clean(ref) for ref in card.refs],
        "title": (spelt := american(title)),
        "text": [spelt, american(text), *compounds(clean(card.title), clean(card.text))],
        "keywords": [spelt for _, spelt, _ in (*called, *map(_spelt, apart))],
        WRITTEN[False]: "\n".join((title, text, *(written for written, _, _ in keywords))),
        WRITTEN[True]: title,
        "key": key(card.id),
        "seq": card.seq,
        "told": card.told,
        Sort.NEWEST: packed(day, card.seq),
        Sort.OLDEST: packed(_LAST_DAY - day if day else 0, card.seq),
        Sort.LOSS: packed(card.loss, card.seq),
    }
    if own := halves(card.id):
        told["front"], told["back"] = own
    if card.when:
        told |= {"when": day, "month": card.when.year * 100 + card.when.month}
    return told | {name: _values(values) for name, values in card.facets.items()}


def stored(card: Card) -> dict[str, Any]:
    """Return a card as the index's fields, with what a hit shows of it."""
    told = fields(card)
    return told if card.shown is None else {**told, "shown": kept(card.shown)}


def kept(source: HitSource) -> bytes:
    """Return what a hit shows as the index keeps it: a line of JSON, then titles and texts as they are.

    The line has the values of the fields in order, and of each title and text the length: to escape and
    unescape long texts takes longer than all else of it.
    """
    *told, texts = vars(source).values()
    line = _JSON.encode([*told, [(report, len(title), len(text)) for report, title, text in texts]])
    written = (part for _, title, text in texts for part in (title, text))
    return "".join((line, "\n", *written)).encode("utf-8", "surrogatepass")


def read_kept(stored: bytes) -> HitSource:
    """Return what ``kept`` was given."""
    line, _, written = stored.decode("utf-8", "surrogatepass").partition("\n")
    *told, facets, lengths = json.loads(line)
    texts, start = [], 0
    for report, title, text in lengths:
        middle, end = start + title, start + title + text
        texts.append((report, written[start:middle], written[middle:end]))
        start = end
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in told]
    values += [{name: tuple(counted) for name, counted in facets.items()}, tuple(texts)]
    return HitSource(*values)


def state(applied: int, extents: dict[By, Extent]) -> dict[str, Any]:
    """Return what a commit covers, as the JSON of its ``~state`` document."""
    return {"applied": applied, "vectors": {by.value: asdict(extent) for by, extent in extents.items()}}


def read_state(told: dict[str, Any] | None) -> tuple[int, dict[By, Extent]]:
    """Return the outbox number and the extents of the vector files that a commit covers."""
    told = told or state(0, {})
    return int(told["applied"]), {by: Extent(**told["vectors"].get(by.value, {})) for by in By}
