"""Why a hit matched, as its line says it: what it has, and the typology whose name was asked for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.cards.maker import Cards
from index.search.cards import HitSource
from index.search.embedded.backend import EmbeddedBackend
from index.search.hits.reasons import SUGGESTED
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
    date="2024-05",
    own_codes=("AB-03", "FR-01"),
    facets={
        "tool": ("VoiceMaker",),
        "organisation": ("Example Bank",),
        "source": ("starter",),
        "year": ("2024",),
        "family": ("FR", "AB"),
        "modality": ("audio",),
        "status": ("judged",),
        "event_kind": ("crime",),
        "country": ("GB", "US"),
        "typology": ("AB-03", "FR-01"),
        "outcome": ("succeeded",),
    },
    texts=(("rep-1", "A manual for offenders", "It was found on a forum."),),
)
Why = Callable[[str], str]


def explaining(folder: Path, source: HitSource) -> Iterator[Why]:
    """Give what explains the one card that a hit shows so."""
    backend = EmbeddedBackend(folder / "index")
    labels = ("Sextortion", "Boss scam", "Business email compromise")
    told = card(
        1,
        source.texts[0][2],
        title=source.title,
        keywords=source.keywords,
        labels=labels,
        when=date(2024, 5, 3),
        loss=25_000_000.0,
        facets=source.facets,
    )
    backend.write([told], (), 1)
    searcher = Searcher(
        backend,
        hydrate=lambda ids, by: dict.fromkeys(ids, source),
        label=lambda facet, value: NAMES.get(value, value),
        names={"AB-03": labels[:1], "FR-01": labels[1:]}.__getitem__,
    )

    def why(typed: str) -> str:
        [hit] = searcher.search(parse(typed, mode=Mode.KEYWORD)).hits
        return hit.why

    yield why
    backend.close()


@pytest.fixture
def why(tmp_path: Path) -> Iterator[Why]:
    yield from explaining(tmp_path, MANUAL)


@pytest.fixture
def why_suggested(tmp_path: Path) -> Iterator[Why]:
    """The same card, its second code merely suggested by the machine."""
    yield from explaining(tmp_path, replace(MANUAL, own_codes=("AB-03",)))


@pytest.fixture
def why_scottish(tmp_path: Path) -> Iterator[Why]:
    """The same card, its matter in Scotland."""
    facets = {**MANUAL.facets, "country": ("GB-SCT", "GB")}
    yield from explaining(tmp_path, replace(MANUAL, countries=("GB-SCT",), facets=facets))


def test_of_a_typology_its_label_is_said_by_whichever_of_its_names_it_is_found(why: Why) -> None:
    assert why("boss scam") == "typology: Impersonated chief"
    codes = "typology: Sexual extortion, Impersonated chief"
    assert why("sextortion BEC") == f"{codes}; filed under: Sextortion Watch"


def test_country_is_said_where_only_the_place_of_the_matter_matches(why_scottish: Why) -> None:
    assert why_scottish("british manual") == "words: manual; country: GB-SCT"
    assert why_scottish("Scottish") == "country: GB-SCT"


def test_part_of_a_synonym_is_told_as_the_label_of_its_code(why: Why) -> None:
    assert why("compromise manual") == "words: manual; typology: Impersonated chief"


@pytest.mark.parametrize("typed", ["boss scam", "compromise"])
def test_code_that_is_only_suggested_is_never_named(why_suggested: Why, typed: str) -> None:
    assert why_suggested(typed) == SUGGESTED
    assert why_suggested(f"{typed} manual") == "words: manual"
    assert why_suggested("sextortion").startswith("typology: Sexual extortion")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("tool:voicemaker", "tool: VoiceMaker"),
        ('org:"Example Bank"', "organisation: Example Bank"),
        ("source:starter year:2024", "source: starter; year: 2024"),
        ("family:FR", "family: FR"),
        ("modality:audio status:judged", "modality: audio; status: judged"),
        ("outcome:succeeded", "outcome: succeeded"),
        ("date:2024-05", "date: 2024-05"),
        ("tool:VoiceMaker OR tool:Other", "tool: VoiceMaker"),
        ("NOT zebra", "has none of: zebra"),
        ("-zebra tool:VoiceMaker", "tool: VoiceMaker"),
    ],
)
def test_every_filter_that_a_hit_meets_is_named(why: Why, typed: str, reason: str) -> None:
    assert why(typed) == reason


@pytest.mark.parametrize("typed", ["urgent confidential transfer", '"boss forum"'])
def test_sign_of_a_code_or_broken_phrase_of_its_names_finds_nothing(why: Why, typed: str) -> None:
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
    assert why("") == ""
    assert why("manual -deepfake country:GB") == "words: manual"


@pytest.mark.parametrize("by", By)
def test_a_code_that_was_weighed_and_not_given_makes_nothing_match(store: Store, by: By) -> None:
    room = furnish(store, 1)
    one = room.incident() if by is By.INCIDENT else room.reports[0].id
    [made], _ = Cards(room.store, room.incidents, TYPOLOGY).make([(by, one)])
    assert made.facets["typology"] == ("FR-01",)
