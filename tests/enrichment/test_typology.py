from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from collectors.errors import ModelRefused
from enrichment.records import ConceptKind
from enrichment.typology import SOURCE, Typology


@pytest.fixture(scope="module")
def typology() -> Typology:
    return Typology.load()


def test_every_concept_of_the_file_is_there(typology: Typology) -> None:
    assert (len(typology.families()), len(typology.leaves()), len(typology.scopes())) == (11, 61, 5)
    assert typology.version == "0.2.0"
    assert {leaf.parent for leaf in typology.leaves()} == {family.id for family in typology.families()}


def test_confusable_is_symmetric(typology: Typology) -> None:
    for leaf in typology.leaves():
        assert leaf.id not in leaf.confusable
        for other in leaf.confusable:
            assert leaf.id in typology.siblings(other)


def test_lookups_agree(typology: Typology) -> None:
    assert typology.family_of("FR-01") == "FR"
    assert typology.family_of("X-02") == "X"
    assert typology.is_leaf("CS-02") and not typology.is_leaf("CS") and not typology.is_leaf("ZZ-99")
    assert typology.in_scope("CS-02") and not typology.in_scope("X-04") and not typology.in_scope("FA06-1")
    assert all(offence.kind is ConceptKind.OFFENCE for offence in typology.offences("FR-01"))
    assert typology.countermeasures("FR-01")[0].label.startswith("Call back")
    assert "criminal_incident" in typology.facet_values("event_kind")
    with pytest.raises(KeyError):
        typology.concept("ZZ-99")


@pytest.mark.parametrize(
    ("words", "leaf"),
    [
        ("CEO fraud", "FR-01"),
        ("grandparent scam", "FR-02"),
        ("pig butchering", "FR-06"),
        ("nudify app", "AB-02"),
        ("swatting", "JP-02"),
        ("FR-04", "FR-04"),
    ],
)
def test_plain_words_find_the_leaf(typology: Typology, words: str, leaf: str) -> None:
    assert typology.find(words)[0].id == leaf


def test_unknown_or_no_words_find_nothing(typology: Typology) -> None:
    assert typology.find("xylophone repair") == ()
    assert typology.find("   ") == ()


def test_synonyms_are_among_the_words(typology: Typology) -> None:
    assert "deepfake porn" in typology.words("AB-01")
    assert typology.words("FR") == (typology.label("FR"),)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data["techniques"].append(dict(data["techniques"][0])),
        lambda data: data["techniques"][0].update(confusable=["ZZ-99"]),
        lambda data: data["techniques"][0].update(offences=["NO-LAW"]),
        lambda data: data["techniques"][0].update(modality=["smell"]),
        lambda data: data["techniques"][0]["maps"].update(mit=["99.9"]),
        lambda data: data["techniques"][0]["maps"].update(nowhere=["1"]),
        lambda data: data.pop("facets"),
    ],
    ids=["twice", "confusable", "offence", "modality", "item", "scheme", "no facets"],
)
def test_a_broken_typology_is_refused(tmp_path: Path, damage: Callable[[dict[str, Any]], object]) -> None:
    data = yaml.safe_load(SOURCE.read_text("utf-8"))
    damage(data)
    path = tmp_path / "typology.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    with pytest.raises(ModelRefused):
        Typology.load(path)
