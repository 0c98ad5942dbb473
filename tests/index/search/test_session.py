"""Finding and counting in one pass: the order of ties, and totals, hold however many cards score alike."""

import random
from collections.abc import Iterator

import pytest

from index.search.cards import Card
from index.search.embedded.backend import EmbeddedBackend, in_memory
from index.search.embedded.session import SearchSession
from index.search.language.parser import parse
from index.search.lexical import HEAD
from index.search.query import By, Mode, Sort
from index.search.tree import (
    All,
    AtLeast,
    BestOf,
    ConstantScore,
    DateRange,
    Fuzzy,
    HasValue,
    MatchAll,
    Node,
    Prefix,
    Words,
    has_constant_score,
)

ALIKE = 5 * HEAD
"""Cards of one wording: more than the first two fetches bring."""


def card(seq: int, text: str) -> Card:
    return Card(id=f"inc-{seq:020x}", by=By.INCIDENT, seq=seq, title="", text=text)


def made() -> list[Card]:
    """Cards with the odd numbers saying more of fraud than the even ones, in no order."""
    cards = [card(seq, "fraud fraud bank" if seq % 2 else "fraud bank bank") for seq in range(1, 2 * ALIKE)]
    random.Random(1).shuffle(cards)
    return cards


@pytest.fixture(scope="module", params=[1, 5])
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedBackend]:
    opened, cards = EmbeddedBackend(tmp_path_factory.mktemp("alike") / "index"), made()
    for part in range(request.param):
        opened.write(cards[part :: request.param], [], part + 1)
    yield opened
    opened.close()


@pytest.mark.parametrize("limit", [1, 10, HEAD, ALIKE, 3 * ALIKE])
@pytest.mark.parametrize("typed", ["fraud", "frau*", "frayd~1", "fraud OR frau*", "frau* -absent"])
def test_what_scores_alike_comes_by_its_number(backend: EmbeddedBackend, typed: str, limit: int) -> None:
    found = backend.words(parse(typed, mode=Mode.KEYWORD), limit)
    every = range(1, 2 * ALIKE)
    order = sorted(every, key=lambda seq: (seq % 2 == 0, seq)) if "fraud" in typed else list(every)
    assert list(found.seqs) == order[:limit]
    assert found.total == len(order)
    assert list(found.scores) == sorted(found.scores, reverse=True)


@pytest.mark.parametrize("typed", ["frau*", "frayd~1"])
def test_what_scores_alike_says_what_it_scores(backend: EmbeddedBackend, typed: str) -> None:
    assert set(backend.words(parse(typed, mode=Mode.KEYWORD), 5).scores) == {1.0}
    assert backend.words(parse(f"{typed} absent*", mode=Mode.KEYWORD), 5).scores == ()


def test_totals_are_the_same_before_and_after_the_best_are_asked_for() -> None:
    state = in_memory(made())
    node = Words(("fraud",))
    counted, found = SearchSession(state), SearchSession(state)
    rows = found.by_score(node, 10)
    assert counted.count(node) == found.count(node) == state.count(node) == 2 * ALIKE - 1
    assert counted.by_score(node, 10) == rows
    assert counted.by_score(node, ALIKE)[:10] == rows
    newest = SearchSession(state)
    assert len(newest.by_field(node, Sort.NEWEST, 3)) == 3
    assert newest.count(node) == 2 * ALIKE - 1
    assert newest.by_score(node, 10) == rows


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (MatchAll(), True),
        (Prefix("a"), True),
        (Fuzzy("a"), True),
        (Words(("a",)), False),
        (BestOf(Words(("a",)), (Words(("b",)),)), False),
        (All((Prefix("a"), HasValue("by", ("incident",)))), True),
        (All((Prefix("a"), Words(("b",)))), False),
        (All((Prefix("a"),), (Words(("b",)),)), True),
        (AtLeast((Prefix("a"),)), True),
        (AtLeast((Prefix("a"), Prefix("b"))), False),
        (All((DateRange(None, None),)), True),
        (ConstantScore(DateRange(None, None), 2.0), True),
    ],
)
def test_a_tree_says_whether_its_matches_score_alike(node: Node, expected: bool) -> None:
    assert has_constant_score(node) is expected
