"""The empty answer of the search page: the reason, and the next step."""

from dataclasses import replace

from index import wording
from index.search.query import Mode, Results
from ui.addresses import Search
from ui.asking import not_english
from ui.nodes import Node, el, link
from ui.widgets import empty


def nothing(asked: Search, results: Results) -> Node:
    """Return why a search has no hits to show, and what to try next."""
    if not results.stamp.cards:
        return empty(
            "The library is empty",
            el("p", "Fill it with ", el("code", "moriarty run"), ", then reload this page."),
        )
    if asked.page > 1 and results.total:
        first = link(replace(asked, page=1).address(), "Go to the first page")
        return empty("There is no such page", el("p", first))
    if asked.narrowed:
        clear = link(asked.bare().address(), "Clear the filters")
        return empty(
            "Nothing matches with these filters",
            el("p", "Nothing has all of the words and all of the filters above."),
            el("p", clear, " and keep the words, or remove one above."),
        )
    if limits := wording.filters(results.query):
        return empty("Nothing matches within these limits", el("p", f"{limits}."), _without(asked, results))
    if advice := not_english(results):
        return empty("Nothing in the library has these words", el("p", advice), _other_ways(asked))
    return empty("Nothing in the library matches", el("p", _missing(asked.mode)), _other_ways(asked))


def _without(asked: Search, results: Results) -> Node | None:
    """Return the way to the same words without the fields typed among them; None where there are no words."""
    words = results.query.text.strip()
    if not words:
        return el("p", link("/search", "Search everything"))
    return el("p", link(replace(asked, text=words, page=1).address(), f"Search for {words} without them"))


def _missing(mode: Mode) -> str:
    return {
        Mode.KEYWORD: "No report has these words.",
        Mode.SEMANTIC: "No report is close to this in meaning.",
        Mode.HYBRID: "No report has these words, and none is close in meaning.",
    }[mode]


def _other_ways(asked: Search) -> Node:
    everything = link(replace(asked, mode=Mode.HYBRID, page=1).address(), "Search by words and meaning")
    return el(
        "ul",
        el("li", everything) if asked.mode is not Mode.HYBRID else None,
        el("li", "Try fewer or other words, or leave out a minus or a quotation mark."),
        el("li", link("/typology", "Browse the typology"), " for the conduct."),
        el("li", link("/alike", "Paste a text"), " to find incidents like it."),
    )
