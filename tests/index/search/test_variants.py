"""A question in another spelling finds the same first hit, over real incidents and by words alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from index.library import Library
from index.search.embedded.backend import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.language.parser import parse
from index.search.query import Mode
from tests.bench import retrieval
from tests.bench.variants import variants
from tests.index.hardship import LEAD
from tests.index.search.searching import source_of
from tests.shared import shared


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    shared("aiid"), shared("retrieval-gold")
    cards = [
        replace(retrieval.card(row, np.zeros(1, np.float32)), vectors=None) for row in retrieval.incidents()
    ]
    shown = {card.id: source_of(card) for card in cards}
    backend = EmbeddedBackend(tmp_path_factory.mktemp("variants") / "index")
    backend.write(cards, (), 1)
    yield Searcher(backend, hydrate=lambda ids, by: {one: shown[one] for one in ids})
    backend.close()


def test_every_spelling_of_a_question_finds_the_same_first_hit(searcher: Searcher) -> None:
    def first(question: str) -> str:
        return searcher.search(parse(question, mode=Mode.KEYWORD, limit=1)).hits[0].id

    asked: Counter[str] = Counter()
    elsewhere: dict[str, list[str]] = {}
    for question, _ in retrieval.queries():
        told = first(question)
        for kind, other in variants(question):
            asked[kind] += 1
            if first(other) != told:
                elsewhere.setdefault(kind, []).append(other)
    assert {"deletion", "transposition", "split", "hyphen", "spelling"} <= set(asked)
    assert elsewhere == {}


@pytest.mark.parametrize(
    "typed",
    [
        "fake video meeting engineering firm hong kong",
        "fkae vidoe meting enginering firm hong kong",
        "fake video-meeting engineering firm Hong Kon",
        "arup deep fake",
        "arpu deepfake",
        "Arup's deep-fake metings",
    ],
)
def test_half_a_memory_finds_the_case(library: Library, typed: str) -> None:
    hits = library.search(library.parse(typed), actor=LEAD).hits
    assert hits[0].refs == ("case:case-0002",)
