"""The pages on a telephone: answers come first, words and figures stay whole, nothing sticks out."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/search?q=police",
    "/typology?id=FR-01",
    "/graph?node=platform:Zoom",
    "/graph?part=ties",
    "/graph?part=new",
    "/review",
    "/review?part=grouping",
    "/review?part=decisions",
    "/review?part=learning",
    "/sources",
    "/about",
    "/incident?id=case:case-0002",
    "/incident?id=case:case-0002&tab=reports",
)
STICKING_OUT = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  return main.scrollWidth - main.clientWidth;
}"""
BROKEN_WORDS = """() => [...document.querySelectorAll('[data-testid=stMain] *')]
  .filter((found) => found.shadowRoot)
  .flatMap((found) => [...found.shadowRoot.querySelectorAll('td, th, dd')])
  .filter((cell) => cell.offsetParent && cell.innerText.trim() && cell.clientWidth < 30)
  .map((cell) => cell.innerText)"""


@pytest.fixture
def narrow(visit: Visit) -> Iterator[Visit]:
    """The tab, as narrow as a telephone."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    yield visit


@pytest.mark.parametrize("path", PATHS)
def test_nothing_sticks_out_and_no_word_is_broken(narrow: Visit, path: str) -> None:
    narrow.open(path)
    assert narrow.page.evaluate(STICKING_OUT) <= 0
    assert narrow.page.evaluate(BROKEN_WORDS) == []


SIDEWAYS = """() => [...document.querySelectorAll('[data-testid=stMain] *')]
  .filter((found) => found.shadowRoot)
  .flatMap((found) => [...found.shadowRoot.querySelectorAll('.scroll')])
  .filter((box) => box.offsetParent && box.scrollWidth > box.clientWidth)
  .map((box) => box.innerText.slice(0, 60))"""


def test_what_is_as_before_stands_below_each_other_with_its_headings(narrow: Visit) -> None:
    narrow.open("/graph?part=new")
    rows = narrow.page.locator("table.stacks tbody tr")
    if not rows.count():
        pytest.skip("the library tells of too little to compare")
    assert narrow.page.evaluate(SIDEWAYS) == []
    assert "Two years before: " in rows.first.inner_text()
    narrow.page.set_viewport_size({"width": 1440, "height": 900})
    assert "Two years before: " not in rows.first.inner_text()


def test_answers_come_before_filters_which_unfold(narrow: Visit) -> None:
    narrow.open("/search?q=police")
    box = narrow.page.locator(".card h3").first.bounding_box()
    assert box is not None
    assert box["y"] < 844
    country = narrow.page.locator("a.value", has_text="United Kingdom").first
    assert not country.is_visible()
    narrow.page.locator("summary", has_text="Filters").click()
    country.click()
    narrow.page.locator(".chip").first.wait_for()
    assert "country=GB" in narrow.page.url


def test_filters_stand_open_on_a_wide_screen(visit: Visit) -> None:
    visit.open("/search?q=police")
    assert visit.page.locator("a.value", has_text="United Kingdom").first.is_visible()
    assert not visit.page.locator("summary", has_text="Filters").is_visible()
