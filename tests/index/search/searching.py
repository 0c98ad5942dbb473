"""Fictional cards and a brute-force oracle for the search tests."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Backend
from index.search.cards import Card, HitSource
from index.search.hybrid import Searcher
from index.search.language.parser import parse
from index.search.query import By

Collection = tuple[Backend, dict[str, Card]]

WORDS = (
    "deepfake",
    "voice",
    "clone",
    "bank",
    "transfer",
    "romance",
    "scam",
    "chatbot",
    "phishing",
    "malware",
    "ransom",
    "germany",
    "british",
)
COUNTRIES = ("GB", "US", "DE", "FR", "JP")
TYPES = ("FR-01", "FR-02", "IM-01", "CY-01")
DIMENSIONS = 16


def unit(generator: np.random.Generator, rows: int) -> NDArray[np.float32]:
    vectors = generator.standard_normal((rows, DIMENSIONS)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def make_card(number: int, chance: random.Random, version: int = 0) -> Card:
    generator = np.random.default_rng(number * 1000 + version)
    words = chance.choices(WORDS, k=chance.randint(3, 25))
    when = date(2020 + chance.randrange(6), 1 + chance.randrange(12), 1 + chance.randrange(28))
    return Card(
        id=f"inc-{number:020x}",
        by=By.INCIDENT if number % 5 else By.REPORT,
        seq=number,
        title=" ".join(chance.choices(WORDS, k=3)),
        text=" ".join(words) + ".",
        keywords=("Acme Voice",) * chance.randrange(2),
        labels=tuple(chance.sample(("Invoice fraud", "Sham investment"), k=chance.randrange(3))),
        refs=(f"aiid:{number}",),
        when=when if chance.random() > 0.1 else None,
        loss=float(chance.choice((0, 0, 1_000, 25_000_000))),
        report_count=1 + number % 7,
        facets={
            "country": tuple(sorted(chance.sample(COUNTRIES, k=chance.randrange(3)))),
            "typology": (chance.choice(TYPES),),
            "year": (str(when.year),),
            "tool": ("DreamVoice",) if chance.random() < 0.2 else (),
        },
        vectors=unit(generator, chance.randrange(4)),
    )


def source_of(card: Card) -> HitSource:
    return HitSource(
        title=card.title,
        keywords=card.keywords,
        typologies=card.facets.get("typology", ()),
        own_codes=card.facets.get("typology", ()),
        facets=card.facets,
        refs=card.refs,
        texts=((card.id, card.title, card.text),),
    )


def card(number: int, text: str = "", **changes: object) -> Card:
    plain = Card(id=f"inc-{number:020x}", by=By.INCIDENT, seq=number, title="", text=text)
    return replace(plain, **changes)  # type: ignore[arg-type]  # each test names fields of Card


def numbers(ids: tuple[str, ...]) -> list[int]:
    return [int(one.removeprefix("inc-"), 16) for one in ids]


def found(backend: Backend, typed: str, **overrides: Any) -> list[int]:  # noqa: ANN401 -- any field of a Query
    """Return the numbers of the cards that match, in order."""
    return numbers(backend.words(parse(typed, **overrides), 100).ids)


def searcher(backend: Backend, *cards: Card) -> Searcher:
    shown = {one.id: source_of(one) for one in cards}
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[0] = 1
    return Searcher(
        backend,
        hydrate=lambda ids, by: {one: shown[one] for one in ids},
        encode=lambda text: vector,
    )


def axis(number: int, *others: int) -> NDArray[np.float32]:
    rows = np.zeros((1 + len(others), DIMENSIONS), np.float32)
    rows[range(1 + len(others)), (number, *others)] = 1
    return rows


TEXTS = {
    1: "A deepfake of the director tricked the bank.",
    2: "A deepfake deepfake deepfake.",
    3: "The bank refused the transfer.",
    4: "Romance scam with a cloned voice.",
    5: "Voice of a bank clerk; the clone called.",
    6: "Ransom.",
}


def filled(backend: Backend) -> Backend:
    backend.write([card(number, text) for number, text in TEXTS.items()], (), 1)
    return backend
