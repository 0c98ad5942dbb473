"""Emerging signals of a whole library: what one source adds moves no signal of the others."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from collectors.records import PartialDate, Report
from enrichment.classify import pool
from enrichment.network.records import Outlook
from enrichment.typology import Typology
from index.incidents import Incidents
from index.library import Library
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, outcome, report, told
from tests.index.hardship import LEAD, settings

END = date(2025, 9, 30)
"""The last day that the established source tells of."""
Story = tuple[int, str]
"""How many days before ``END`` something was told, and its leaf; empty for none."""


def established() -> Iterator[Story]:
    """Three years, every second day; in the last ninety days one leaf rises."""
    for age in range(0, 1095, 2):
        often = 3 if age < 90 else 30
        yield age, "FR-01" if age // 2 % often == 0 else "ID-01" if age // 2 % 7 == 1 else ""


def new_feed() -> Iterator[Story]:
    """Four stories a day, all of one leaf, from a month before the others end until two months after."""
    return ((30 - number // 4, "CS-02") for number in range(360))


def old_archive() -> Iterator[Story]:
    """More than the established source told, over a long time, but nothing of the last year."""
    return ((400 + number, "MK-02" if number % 3 else "FR-01") for number in range(650))


def feed_with_few_older_items() -> Iterator[Story]:
    """A flood of one leaf, after two years in which hardly anything was told."""
    yield from ((100 + 22 * number, "") for number in range(32))
    yield from ((number // 2, "AB-02") for number in range(160))


@pytest.fixture
def fill(tmp_path: Path) -> Iterator[Callable[..., Library]]:
    opened: list[Library] = []

    def filled(**sources: Iterator[Story]) -> Library:
        library = Library.open(settings(tmp_path / "-".join(sources)))
        opened.append(library)
        with closing(Store(library.settings.database_url)) as store:
            incidents = Incidents(store, Typology.load(), pool)
            for number, (key, stories) in enumerate(sources.items(), 1):
                reports = keep(store, key, list(stories), number * 10_000)
                incidents.regroup([[one.id] for one in reports], [], ANALYST)
        return library

    yield filled
    for library in opened:
        library.close()


def keep(store: Store, key: str, stories: list[Story], first: int) -> list[Report]:
    """Save one report a story, coded as the story says."""
    taken = capture(first, key=key)
    reports = []
    enriched = []
    for number, (age, leaf) in enumerate(stories, first):
        day = PartialDate(value=(END - timedelta(days=age)).isoformat())
        reports.append(report(number, taken, published=day))
        enriched.append(told(reports[-1], *[finding(reports[-1], leaf)] if leaf else []))
    store.save(taken, ANALYST)
    store.save(outcome(taken, reports), ANALYST)
    store.save_enriched(enriched, "one", ANALYST)
    return reports


def signals(outlook: Outlook) -> list[object]:
    rises = [
        (one.concept, one.days, one.recent, one.before, one.chance, one.flagged) for one in outlook.rises
    ]
    return [outlook.as_of, outlook.compared, outlook.smallest, rises]


@pytest.mark.parametrize("added", [new_feed, old_archive, feed_with_few_older_items])
def test_emerging_signals_stay_whatever_one_new_source_adds(
    fill: Callable[..., Library], added: Callable[[], Iterator[Story]]
) -> None:
    before = fill(gazette=established()).analysis.emerging(actor=LEAD)
    after = fill(gazette=established(), added=added()).analysis.emerging(actor=LEAD)
    assert [one.concept for one in before.rises if one.flagged] == ["FR-01"]
    assert before.as_of == END
    assert signals(after) == signals(before)
    assert after.new_sources == (() if added is old_archive else ("added",))


def test_emerging_signals_look_at_the_same_day_beside_an_archive_that_ends_earlier(
    fill: Callable[..., Library],
) -> None:
    archive = ((age - 250, leaf) for age, leaf in old_archive())
    outlook = fill(gazette=established(), archive=archive).analysis.emerging(actor=LEAD)
    assert outlook.as_of == END
    assert [one.concept for one in outlook.rises if one.flagged] == ["FR-01"]


def test_emerging_signals_of_a_small_library_count_to_the_last_day_of_its_largest_source(
    fill: Callable[..., Library],
) -> None:
    few = [story for story in established() if story[0] % 20 == 0]
    assert fill(gazette=iter(few)).analysis.emerging(actor=LEAD).as_of == END
