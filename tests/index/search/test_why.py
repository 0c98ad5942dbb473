"""Why a hit matched, as its line says it: what it has, and the typology whose name was asked for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.cards.maker import Cards
from index.search.cards import HitSource
from index.search.embedded.backend import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.language.parser import parse
from index.search.query import By, Mode
from index.store import Store
from tests.index.room import TYPOLOGY, furnish
from tests.index.search.searching import card

NAMES = {"AB-03": "Sexual extortion", "FR-01": "Impersonated chief", "GB": "United Kingdom"}
MANUAL = HitSource(
    title="A manual for offenders",
    typologies=("AB-03", "FR-01"),
    countries=("GB", "US"),
    loss="HKD 200,000,000",
    keywords=("Sextortion Watch",),
    texts=(("rep-1", "A manual for offenders", "It was found on a forum."),),
)
Why = Callable[[str], str]


@pytest.fixture
def why(tmp_path: Path) -> Iterator[Why]:
    backend = EmbeddedBackend(tmp_path / "index")
    facets = {"country": MANUAL.countries, "typology": MANUAL.typologies}
    text = MANUAL.texts[0][2]
    backend.write(
        [card(1, text, title=MANUAL.title, keywords=MANUAL.keywords, loss=25_000_000.0, facets=facets)], (), 1
    )
    searcher = Searcher(
        backend,
        hydrate=lambda ids, by: dict.fromkeys(ids, MANUAL),
        label=lambda facet, value: NAMES.get(value, value),
    )

    def told(typed: str) -> str:
        [hit] = searcher.search(parse(typed, mode=Mode.KEYWORD)).hits
        return hit.why

    yield told
    backend.close()


def test_of_a_typology_its_label_is_said_by_whichever_of_its_names_it_is_found(why: Why) -> None:
    assert why("boss scam") == "typology: Impersonated chief"
    codes = "typology: Sexual extortion, Impersonated chief"
    assert why("sextortion BEC") == f"{codes}; filed under: Sextortion Watch"


@pytest.mark.parametrize("typed", ["boss", "urgent confidential transfer", '"boss forum"'])
def test_neither_a_part_of_a_name_nor_a_sign_of_a_code_finds_what_bears_it(why: Why, typed: str) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        why(typed)


def test_what_is_no_phrase_of_a_typology_is_still_named(why: Why) -> None:
    assert why("sextortion") == "typology: Sexual extortion; filed under: Sextortion Watch"
    assert why("manual watch") == "words: manual; filed under: Sextortion Watch"


def test_without_words_the_filters_that_it_meets_are_named(why: Why) -> None:
    assert why("loss>1000000 country:GB") == "country: United Kingdom; loss: HKD 200,000,000"
    assert why("typology:FR-01") == "typology: Impersonated chief"


def test_a_loss_about_a_sum_among_the_words_is_a_reason(why: Why) -> None:
    assert why("HK$205m manual") == "words: manual; loss: HKD 200,000,000"
    assert why("$26m") == "loss: HKD 200,000,000"
    assert why("HK$900m manual") == "words: manual"


def test_what_is_not_there_is_no_reason(why: Why) -> None:
    assert why("-deepfake") == ""
    assert why("manual -deepfake country:GB") == "words: manual"


@pytest.mark.parametrize("by", By)
def test_a_code_that_was_weighed_and_not_given_makes_nothing_match(store: Store, by: By) -> None:
    room = furnish(store, 1)
    one = room.incident() if by is By.INCIDENT else room.reports[0].id
    [made], _ = Cards(room.store, room.incidents, TYPOLOGY).make([(by, one)])
    assert made.facets["typology"] == ("FR-01",)
