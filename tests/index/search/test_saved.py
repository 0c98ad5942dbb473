"""A saved search matches exactly what a strict search finds among the batch."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import pytest

from collectors.errors import WrongUse
from index.search import saved
from index.search.cards import Card
from index.search.embedded.backend import EmbeddedBackend
from index.search.language.parser import parse
from index.search.language.syntax import Loss
from index.search.query import By, Mode, Query, Sort
from index.search.tree import Node, Words
from tests.index.search.searching import COUNTRIES, TYPES, WORDS, make_card

CARDS = 240
Name = TypeVar("Name", str, int)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedBackend, list[Card]]]:
    """Cards written in six commits, so that the index has several segments."""
    opened = EmbeddedBackend(tmp_path_factory.mktemp("library") / "index")
    chance = random.Random(11)
    cards = [make_card(number, chance) for number in range(1, CARDS + 1)]
    for start in range(0, CARDS, 40):
        opened.write(cards[start : start + 40], (), start)
    yield opened, cards
    opened.close()


def typed(chance: random.Random) -> str:
    """Return something a person might type, of up to nine pieces."""
    pieces: tuple[Callable[[], str], ...] = (
        lambda: chance.choice(WORDS),
        lambda: chance.choice(WORDS),
        lambda: chance.choice(("invoices", "nowhere", "the", "déepfake", "ACME")),
        lambda: f'"{chance.choice(WORDS)} {chance.choice(WORDS)}"',
        lambda: f"-{chance.choice(WORDS)}",
        lambda: f"country:{chance.choice(COUNTRIES)}",
        lambda: f"typology:{chance.choice(TYPES)},{chance.choice(TYPES)}",
        lambda: f"after:{2020 + chance.randrange(6)}-{1 + chance.randrange(12):02}",
        lambda: f"before:{2020 + chance.randrange(6)}",
        lambda: f"({chance.choice(WORDS)} OR {chance.choice(WORDS)})",
        lambda: f"{chance.choice(WORDS)[:4]}*",
        lambda: f"id:aiid:{chance.randint(1, CARDS)}",
    )
    weights = (6, 6, 2, 2, 2, 1, 1, 1, 1, 2, 1, 0.3)
    return " ".join(piece() for piece in chance.choices(pieces, weights, k=chance.randint(0, 9)))


def wishes(queries: Mapping[Name, Query]) -> dict[Name, Node]:
    return {name: saved.wanted(query) for name, query in queries.items()}


def found(backend: EmbeddedBackend, query: Query) -> set[str]:
    return set(backend.words(query, CARDS).ids)


@pytest.mark.parametrize("seed", range(8))
def test_matching_a_batch_is_searching_the_index_and_keeping_the_batch(
    library: tuple[EmbeddedBackend, list[Card]], seed: int
) -> None:
    backend, cards = library
    chance = random.Random(seed)
    batch = chance.sample(cards, k=chance.choice((1, 7, 60)))
    queries = {number: saved.strict(parse(typed(chance))) for number in range(120)}
    matched = {number: set(ids) for number, ids in saved.matches(wishes(queries), batch)}
    assert any(matched.values()) and len(matched) < len(queries), "some match and some do not"
    ids = {card.id for card in batch}
    for number, query in queries.items():
        assert matched.get(number, set()) == found(backend, query) & ids, query


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_matched_a_plain_search_finds_too(
    library: tuple[EmbeddedBackend, list[Card]], seed: int
) -> None:
    backend, cards = library
    chance = random.Random(100 + seed)
    for _ in range(60):
        query = parse(typed(chance), mode=Mode.KEYWORD)
        matched = dict(saved.matches(wishes({"it": saved.strict(query)}), cards))
        assert set(matched.get("it", ())) <= found(backend, query), query


def test_what_only_rank_or_the_rest_of_the_library_decides_is_no_match() -> None:
    card = Card(id="inc-1", by=By.INCIDENT, seq=1, title="", text="a cloned voice")
    assert dict(saved.matches(wishes({"two": saved.strict(parse("voice bank"))}), [card])) == {}
    assert dict(saved.matches(wishes({"many": saved.strict(parse("voice bank loan fraud"))}), [card])) == {}
    most = saved.strict(parse("cloned voice bank"))
    assert dict(saved.matches(wishes({"most": most}), [card])) == {"most": ("inc-1",)}


def test_reports_and_other_filters_are_no_match_of_an_incident_search() -> None:
    card = Card(id="rep-1", by=By.REPORT, seq=1, title="voice", text="voice", facets={"country": ("GB",)})
    asked = {"incidents": saved.strict(parse("voice")), "all": saved.strict(parse("voice", by=By.REPORT))}
    assert dict(saved.matches(wishes(asked), [card])) == {"all": ("rep-1",)}
    assert dict(saved.matches(wishes(asked), [])) == {}


def test_a_kept_query_is_read_as_it_was(library: tuple[EmbeddedBackend, list[Card]]) -> None:
    chance = random.Random(5)
    for _ in range(200):
        query = parse(typed(chance), sort=Sort.OLDEST, limit=7, offset=3, facets=("country",))
        again = saved.from_json(saved.to_json(query))
        assert again == saved.strict(query)
        assert (again.limit, again.offset, again.facets, again.notes) == (25, 0, (), ())


def test_a_query_that_another_version_kept_is_parsed_again() -> None:
    body = '{"text": "cloned voice", "filters": {"country": ["GB"]}, "since": "2024-01-01", "moons": 3}'
    again = saved.from_json(body)
    assert [term.text for term in again.terms] == ["cloned", "voice"]
    assert again.filters == {"country": ("GB",)}
    assert str(again.since) == "2024-01-01"
    assert again.strict


def test_a_filter_that_does_not_exist_is_refused() -> None:
    with pytest.raises(WrongUse, match="moon"):
        saved.wanted(Query(filters={"moon": ("full",)}, strict=True))


def test_the_state_of_a_card_changes_with_what_it_says_and_not_with_its_vectors() -> None:
    card = make_card(1, random.Random(1))
    assert saved.state(card) == saved.state(replace(card, vectors=None, seq=99))
    changes = (
        {"text": "other"},
        {"refs": ()},
        {"loss": 1.0},
        {"facets": {"country": ("IS",)}},
        {"when": None},
    )
    assert len({saved.state(card), *(saved.state(replace(card, **change)) for change in changes)}) == 6


def test_wish_that_the_engine_cannot_search_keeps_no_other_from_matching() -> None:
    card = Card(id="inc-1", by=By.INCIDENT, seq=1, title="", text="a cloned voice")
    impossible = Query(where=(Loss(least=1, most=-1),))  # no whole number of dollars is below 0
    asked = {"impossible": saved.strict(impossible), "voice": saved.strict(parse("cloned voice"))}
    assert dict(saved.matches(wishes(asked), [card])) == {"voice": ("inc-1",)}


class PanicException(BaseException):
    """As the engine raises it."""


class Trap(tuple[str, ...]):
    """Tokens that fail while the engine compiles them."""

    error: type[BaseException] = PanicException

    def __len__(self) -> int:
        raise self.error


def test_panic_of_the_engine_keeps_no_other_wish_from_matching_and_a_wish_to_stop_stops() -> None:
    card = Card(id="inc-1", by=By.INCIDENT, seq=1, title="", text="a cloned voice")
    trap = Trap(("voice",))
    asked: dict[str, Node] = {"panics": Words(trap), "voice": Words(("voic",))}
    assert dict(saved.matches(asked, [card])) == {"voice": ("inc-1",)}
    trap.error = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        dict(saved.matches(asked, [card]))
