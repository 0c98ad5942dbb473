"""Web addresses as ids: one spelling of each, for what was published there and what cites it."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.library import Library
from index.search.correcting import address_query
from index.search.embedded.backend import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.language.addresses import ids, is_address, plain
from index.search.language.parser import parse
from index.search.query import Mode
from tests.index.search.searching import card, numbers, source_of
from tests.index.stories import ANALYST

CITED = "https://www.harbour.example/news/2024/ferry-fraud/"


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        (CITED, "harbour.example/news/2024/ferry-fraud"),
        ("HTTP://Harbour.Example:443/news/2024/ferry-fraud#top", "harbour.example/news/2024/ferry-fraud"),
        ("m.harbour.example/a?b=2&a=1", "harbour.example/a?a=1&b=2"),
        ("https://reader:key@harbour.example/", "harbour.example"),
        ("www.gov.example", "gov.example"),
        ("https://[::1/x", ""),
        ("no address", ""),
        ("localhost/x", ""),
    ],
)
def test_an_address_has_one_spelling(typed: str, spelt: str) -> None:
    assert plain(typed) == spelt
    assert plain(spelt) == spelt


@pytest.mark.parametrize(
    "typed", ["24/7", "and/or", "FR-01/FR-04", "U.S./UK", "v1.2/3", "e.g.", "gov.uk", "x" * 3000]
)
def test_what_only_looks_like_an_address_is_none(typed: str) -> None:
    assert not is_address(typed)


def test_a_page_of_another_database_stands_for_its_id() -> None:
    assert ids("https://incidentdatabase.ai/es/cite/12/?lang=es#r3") == (
        "aiid:12",
        "incidentdatabase.ai/es/cite/12?lang=es",
        "incidentdatabase.ai/es/cite/12",
    )
    assert ids("https://atlas.mitre.org/studies/AML.CS0007")[0] == "atlas:AML.CS0007"
    assert ids("incidentdatabase.ai/apps/cite/12") == ("incidentdatabase.ai/apps/cite/12",)


@pytest.fixture
def backend(tmp_path: Path) -> EmbeddedBackend:
    return EmbeddedBackend(tmp_path / "index")


CARDS = (
    card(1, "A ferry company paid twice.", refs=("aiid:12", "harbour.example/news/2024/ferry-fraud")),
    card(2, "See harbour.example/news/2024/ferry-fraud for more.", refs=("quay.example/a?id=5",)),
    card(3, "Nothing.", refs=("quay.example/a?id=6",)),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://harbour.example/news/2024/ferry-fraud?utm_source=mail", [1]),
        ("hxxps://www[.]harbour[.]example/news/2024/ferry-fraud", [1]),
        ("harbour.example/news/2024/ferry-fraud", [1]),
        ("https://incidentdatabase.ai/cite/12", [1]),
        ("hxxp://quay[.]example/a?id=5", [2]),
        ("https://quay.example/a", []),
        ("https://harbour.example/news/2024/ferry-fraud https://quay.example/a?id=6", [1, 3]),
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_an_address_finds_what_has_it_in_every_mode(
    backend: EmbeddedBackend, typed: str, expected: list[int], mode: Mode
) -> None:
    backend.write(CARDS, (), 1)
    shown = {one.id: replace(source_of(one), refs=one.refs[:1] if one.seq == 1 else ()) for one in CARDS}
    search = Searcher(backend, hydrate=lambda found, by: {one: shown[one] for one in found}).search
    results = search(parse(typed, mode=mode))
    assert sorted(numbers(tuple(hit.id for hit in results.hits))) == expected
    missing = [note for note in results.notes if "the page can be added" in note]
    assert len(missing) == (0 if expected else 1)
    assert len(results.notes) == 1 + len(missing)
    if "incidentdatabase" in typed:
        assert [hit.why for hit in results.hits] == ["its id"]
    elif expected:
        assert {hit.why for hit in results.hits} == {"its address, or one that it cites"}


def test_an_address_beside_words_is_searched_as_words(backend: EmbeddedBackend) -> None:
    assert address_query(parse(f"ferry {CITED}")) is None
    assert address_query(parse(f"-{CITED}")) is None
    assert address_query(parse("ferry")) is None


def test_what_reports_cite_is_found_but_for_what_must_not_be_shown(library: Library) -> None:
    """Of incidents of sexual offending nobody learns by asking which sources they cite."""
    shown, withheld = [], []
    for report in library.holdings.store.all_reports():
        cited = {plain(each.url) for each in report.references if each.url} - {plain(report.url or "")}
        for incident in library.holdings.incidents.of_reports([report.id])[report.id]:
            view = library.incident(incident, actor=ANALYST)
            kept = {plain(each.url) for each in view.references if each.url}
            shown += [(incident, one) for one in cited & kept]
            withheld += [(incident, one) for one in cited - kept]
    assert shown and withheld

    def found(address: str) -> set[str]:
        results = library.search(library.parse(f"https://{address}", limit=50), actor=ANALYST)
        return {hit.id for hit in results.hits}

    assert all(incident in found(address) for incident, address in shown[:20])
    assert not any(incident in found(address) for incident, address in withheld[:20])
