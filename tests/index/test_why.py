"""Why a hit matched, as its line says it: what it has, never what its typology only gives as examples."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.cards.maker import Cards
from index.search.cards import HitSource
from index.search.embedded import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.parser import parse
from index.search.query import By, Mode
from index.store import Store
from tests.index.room import TYPOLOGY, furnish
from tests.index.searching import card

PHRASES = {"AB-03": ("boy died after sextortion", "teenager blackmailed"), "FR-01": ("CEO fraud",)}
NAMES = {"AB-03": "Sexual extortion", "FR-01": "Impersonated chief", "GB": "United Kingdom"}
MANUAL = HitSource(
    title="A manual for offenders",
    typologies=("AB-03", "FR-01"),
    countries=("GB", "US"),
    loss="HKD 200,000,000",
    keywords=(*PHRASES["AB-03"], *PHRASES["FR-01"], "Sextortion Watch"),
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
        phrases=PHRASES.__getitem__,
    )

    def told(typed: str) -> str:
        [hit] = searcher.search(parse(typed, mode=Mode.KEYWORD)).hits
        return hit.why

    yield told
    backend.close()


def test_of_a_typology_its_name_is_said_and_none_of_its_examples(why: Why) -> None:
    assert why("boy died") == "typology: Sexual extortion"
    assert why("blackmailed fraud") == "typology: Sexual extortion, Impersonated chief"


def test_what_is_no_phrase_of_a_typology_is_still_named(why: Why) -> None:
    assert why("sextortion") == "typology: Sexual extortion; labels: Sextortion Watch"
    assert why("manual watch") == "words: manual; labels: Sextortion Watch"


def test_without_words_the_filters_that_it_meets_are_named(why: Why) -> None:
    assert why("loss>1000000 country:GB") == "country: United Kingdom; loss: HKD 200,000,000"
    assert why("typology:FR-01") == "typology: Impersonated chief"


def test_what_is_not_there_is_no_reason(why: Why) -> None:
    assert why("-deepfake") == ""
    assert why("manual -deepfake country:GB") == "words: manual"


@pytest.mark.parametrize("by", By)
def test_a_code_that_was_weighed_and_not_given_makes_nothing_match(store: Store, by: By) -> None:
    room = furnish(store, 1)
    one = room.incident() if by is By.INCIDENT else room.reports[0].id
    [made], _ = Cards(room.store, room.incidents, TYPOLOGY).make([(by, one)])
    given, weighed = (set(TYPOLOGY.words(code)) for code in ("FR-01", "FR-02"))
    assert given <= set(made.keywords)
    assert not (weighed - given) & set(made.keywords)
    assert made.facets["typology"] == ("FR-01",)
