"""Nothing a report says can become anything but text, and spans light exactly their words."""

from index.characters import visible
from index.search.query import Span
from ui.nodes import el, marked, texts


def test_marked_lights_exactly_the_spans_and_loses_no_character() -> None:
    text = "A cloned voice asked for money."
    pieces = marked(text, [Span(start=2, end=14), (25, 30)])
    lit = [texts(piece) for piece in pieces if not isinstance(piece, str)]
    assert lit == ["cloned voice", "money"]
    assert "".join(texts(piece) for piece in pieces) == text


def test_marked_leaves_broken_spans_unlit() -> None:
    pieces = marked("short", [(3, 2), (-1, 2), (1, 99), (2, 2), (0, 3)])
    assert [texts(piece) for piece in pieces if not isinstance(piece, str)] == ["sho"]
    assert "".join(texts(piece) for piece in pieces) == "short"


def test_where_spans_overlap_each_finds_all_of_its_own_words() -> None:
    text = "The firm Arup lost money."
    pieces = marked(text, [(0, 18), (9, 13), (14, 24)], ["sentence", "firm", "loss"])
    found = {
        name: "".join(
            texts(piece)
            for piece in pieces
            if isinstance(piece, dict) and name in piece.get("name", "").split()
        )
        for name in ("sentence", "firm", "loss")
    }
    assert found == {"sentence": "The firm Arup lost", "firm": "Arup", "loss": "lost money"}
    assert "".join(texts(piece) for piece in pieces) == text


def test_each_mark_keeps_the_name_of_its_own_span() -> None:
    pieces = marked("one two", [(4, 7), (0, 3)], ["second", "first"])
    named = {piece["name"]: texts(piece) for piece in pieces if isinstance(piece, dict)}
    assert named == {"first": "one", "second": "two"}


def test_characters_that_hide_or_turn_text_are_shown_and_lengths_hold() -> None:
    text = "pay\u202eevil\x00\u2066x\ud800"
    shown = visible(text)
    assert len(shown) == len(text)
    assert not set(shown) & set("\u202e\x00\u2066\ud800")
    assert visible("tab\tand\nline") == "tab\tand\nline"


def test_an_element_holds_markup_only_as_text() -> None:
    node = el("p", "<script>alert(1)</script>", title="\u202etitle")
    assert isinstance(node, dict)
    assert node["k"] == ["<script>alert(1)</script>"]
    assert node["title"] == "\ufffdtitle"
