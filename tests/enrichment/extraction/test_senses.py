"""Sentences with a phrase in the sense that a word list gives it, and in others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from enrichment.facts import extract
from enrichment.records import Subject

WRITTEN: dict[str, dict[str, bool | str]] = yaml.safe_load(
    Path(__file__).with_name("senses.yaml").read_text("utf-8")
)
COUNTRY = "country where"


def rows() -> Iterator[tuple[str, str, bool]]:
    for kind, sentences in WRITTEN.items():
        for text, meant in sentences.items():
            if isinstance(meant, bool):
                yield kind, text, meant


@pytest.mark.parametrize(("kind", "text", "meant"), [*rows()])
def test_a_phrase_names_a_value_only_in_its_sense(kind: str, text: str, meant: bool) -> None:
    subject, value = kind.split()
    found = {fact.value for fact in extract("", text) if fact.subject == subject}
    assert (value in found) is meant


@pytest.mark.parametrize(("text", "places"), WRITTEN[COUNTRY].items())
def test_a_matter_is_placed_by_no_stray_word(text: str, places: str) -> None:
    facts = [fact for fact in extract("", text) if fact.subject is Subject.COUNTRY and fact.role == "where"]
    assert {fact.value for fact in facts} == {places} - {"-"}
