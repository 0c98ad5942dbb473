"""Texts that try to act stay texts: on every page, in every field, and in the address itself."""

from urllib.parse import quote

import pytest

from tests.e2e.conftest import Visit
from tests.e2e.payloads import MARK, PAYLOADS

pytestmark = pytest.mark.browser


def _harmless(visit: Visit) -> None:
    page = visit.page
    page.wait_for_timeout(150)
    assert page.evaluate(f"typeof window.{MARK}") == "undefined"
    assert (
        page.locator(
            "iframe, form, meta[http-equiv=refresh], .surface img, .surface svg, .surface input"
        ).count()
        == 0
    )
    leading = page.locator("a[href], [src]").evaluate_all("found => found.map(one => one.href || one.src)")
    assert [to for to in leading if not to.startswith((visit.address, "data:image/", "blob:"))] == []
    assert page.locator(".katex").count() == 0
    assert page.locator(".foot").is_visible()


def test_hostile_reports_are_shown_and_do_nothing(visit: Visit) -> None:
    visit.open("/search?q=hostile+deepfake+director&by=report")
    assert visit.page.locator(".card", has_text="Hostile").count() >= 5
    _harmless(visit)
    hrefs = [
        link.get_attribute("href") or ""
        for link in visit.page.locator(".card h3 a", has_text="Hostile").all()
    ]
    for href in hrefs:
        visit.open(href)
        _harmless(visit)
    incident = visit.page.locator(".tabs a", has_text="Overview")
    if incident.count():
        incident.click()
        visit.page.get_by_text("Facts", exact=False).first.wait_for()
        _harmless(visit)


def test_hostile_titles_are_shown_as_they_were_written(visit: Visit) -> None:
    visit.open("/search?q=hostile+beacon&by=report")
    assert visit.page.get_by_text("![beacon]").count() >= 1
    visit.open("/search?q=hostile+material+delete&by=report")
    assert visit.page.get_by_text(":material/delete:").count() >= 1


@pytest.mark.parametrize("path", ["/", "/saved", "/sources", "/about", "/review", "/graph", "/alike"])
def test_every_other_page_over_them_does_nothing(visit: Visit, path: str) -> None:
    visit.open(path)
    _harmless(visit)


@pytest.mark.parametrize(
    "path", ["/search?q={0}&typ={0}&country={0}", "/incident?id={0}", "/typology?id={0}"]
)
def test_hostile_addresses_do_nothing(visit: Visit, path: str) -> None:
    for payload in PAYLOADS:
        visit.open(path.format(quote(payload.replace("\x00", ""))))
        _harmless(visit)


def test_hostile_titles_do_nothing_in_choices(visit: Visit) -> None:
    visit.open("/review?part=grouping")
    visit.page.get_by_label("Merge this incident").fill("hostile deepfake director")
    visit.page.get_by_label("Merge this incident").press("Enter")
    visit.page.get_by_label("Found").click()
    visit.page.get_by_role("option").first.wait_for()
    _harmless(visit)
    visit.page.get_by_role("option").first.click()
    visit.page.locator(".box").first.wait_for()
    _harmless(visit)


def test_every_reply_forbids_the_browser_to_ask_anybody_else(visit: Visit) -> None:
    reply = visit.page.request.get(visit.address)
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
