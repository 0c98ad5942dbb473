"""What an analyst does with the graph, in a real browser over a real library."""

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "path",
    ["/graph", "/graph?node=platform%3AZoom", "/graph?part=path", "/graph?part=ties", "/graph?part=new"],
)
def test_every_part_opens_by_its_address(visit: Visit, path: str) -> None:
    visit.open(path)
    assert visit.page.locator("nav.tabs a[aria-current=page]").count() == 1
    assert visit.page.get_by_text("could not be drawn").count() == 0


def test_a_drawn_neighbour_becomes_the_centre_and_back_returns(visit: Visit) -> None:
    visit.open("/graph?node=platform%3AZoom")
    drawn = visit.page.locator("svg.drawing a")
    assert drawn.count() >= 2
    first = drawn.first
    title = first.locator("title").inner_html()
    first.click()
    visit.page.wait_for_url("**/graph?node=incident*")
    visit.page.locator("h2", has_text=title.partition(": ")[2][:30]).first.wait_for()
    visit.page.go_back()
    visit.page.wait_for_url("**/graph?node=platform%3AZoom")


def test_a_name_is_found_and_leads_to_its_neighbours_and_their_words(visit: Visit) -> None:
    visit.open("/graph")
    box = visit.page.get_by_placeholder("Find a tool")
    box.fill("zoom")
    box.press("Enter")
    visit.page.get_by_role("link", name="Zoom", exact=True).first.click()
    visit.page.locator("svg.drawing").wait_for()
    visit.drawn()
    visit.page.get_by_role("link", name="in the report").first.click()
    visit.page.wait_for_url("**/incident?id=*")
    visit.page.locator("mark.lit").first.wait_for()
    assert visit.page.locator("mark.lit").first.inner_text().strip()


def test_two_names_are_tied_step_by_step(visit: Visit) -> None:
    visit.open("/graph?part=path")
    visit.page.get_by_role("textbox", name="From").fill("Zoom")
    visit.page.get_by_role("textbox", name="To").fill("FR-01")
    visit.page.get_by_role("textbox", name="To").press("Enter")
    visit.page.get_by_text("Way 1").wait_for()
    assert "from=Zoom" in visit.page.url
    assert visit.page.locator(".steps .dot").count() >= 3


def test_hostile_names_stay_words(visit: Visit) -> None:
    visit.open("/graph?q=hostile")
    assert visit.page.locator(".surface img, .surface script, .surface iframe").count() == 0
    found = visit.page.get_by_role("link", name="Hostile").first
    found.click()
    visit.page.wait_for_url("**/graph?node=incident*")
    visit.drawn()
    assert visit.page.locator(".surface script, .surface image, .surface foreignObject").count() == 0
