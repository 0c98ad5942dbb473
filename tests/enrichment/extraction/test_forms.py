from pathlib import Path
from typing import Any

import pytest
import yaml

from enrichment.extraction.facets import LISTS
from enrichment.extraction.forms import Forms, form, needs
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load

FOUND_IN: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "facets.yaml").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They took a man, 40, and a woman into custody.", "took a man, 40, and a woman into custody"),
        ("They TOOK him\ninto custody.", "TOOK him\ninto custody"),
        ("They took one two three four five six seven eight into custody.", None),
        ("They mistook him into custody.", None),
    ],
)
def test_a_form_passes_over_so_many_words(text: str, found: str | None) -> None:
    match = form("<verbs> <1-7>into custody", {"verbs": ("took", "takes")}).search(text)
    assert (match and match[0]) == found


@pytest.mark.parametrize(
    ("written", "needed"),
    [
        ("sold <0-3>to criminals", [{"sold"}, {"to"}, {"criminals"}]),
        ("(videos?|clip\\w{0,3}) of <verbs>", [{"video", "clip"}, {"of"}, {"took", "takes"}]),
        ("(an? |the )?(sites?|shops?)", []),
        ("took (an? |the )?bribe", [{"took"}]),
        ("ai-?(made|drawn)? art", [{"ai"}, {"art"}]),
        ("\\d{2}-year-old (man|woman)", [{"man", "woman"}]),
        ("robo ?calls?", [{"robo"}]),
        ("launder|wash the money", []),
        ("(?<!no )malware found", [{"found"}]),
        ("((a|b)c|d) e", [{"a", "b", "d"}, {"e"}]),
    ],
)
def test_a_form_needs_the_words_that_it_cannot_leave_out(written: str, needed: list[set[str]]) -> None:
    assert needs(written, {"verbs": ("took", "takes")}) == needed


def test_a_form_whose_words_a_text_lacks_is_not_tried() -> None:
    forms = Forms([("bribe", "took <0-2>bribes?"), ("pass", "passed \\w{2,9}")], {})
    assert [key for key, _ in forms.fitting(Passage("He took nothing and passed it on."))] == ["pass"]
    assert [key for key, _ in forms.fitting(Passage("HE TOOK BRIBES"))] == ["bribe"]


def test_no_form_of_the_word_lists_is_left_out_where_it_is_found() -> None:
    lists = {
        "words": [one for name in LISTS.values() for entry in load(name) for one in entry.get("forms", ())],
        "outcome": [
            one
            for stage in load("outcome")["stages"]
            for one in (*stage.get("forms", ()), *stage.get("weak_forms", ()))
        ],
    }
    passages = [Passage(case["text"]) for cases in FOUND_IN.values() for case in cases]
    seen = 0
    for written, members in ((lists["words"], load("words")), (lists["outcome"], load("outcome")["lists"])):
        forms = Forms(((one, one) for one in written), members)
        for passage in passages:
            fitting = {key for key, _ in forms.fitting(passage)}
            found = {
                one
                for one, pattern in zip(written, forms.patterns, strict=True)
                if pattern.search(passage.small)
            }
            assert found <= fitting
            seen += len(found)
    assert seen > 100
