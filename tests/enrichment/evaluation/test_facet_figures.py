import json
import tomllib
from pathlib import Path

from enrichment.evaluation.facets import CODES, measure
from enrichment.extraction import facets
from enrichment.typology import Typology
from tests.shared import shared

CASES = [
    {
        "title": "Voice of a mayor copied",
        "summary": "Callers with a cloned voice of the mayor rang donors.",
        "facets": {"ai_capability": ["voice_cloning"], "actor_type": ["unknown"]},
    },
    {
        "title": "A syndicate's chatbot",
        "summary": "A chatbot answered the victims. Police arrested 14 people.",
        "facets": {
            "ai_capability": ["translation", "voice_cloning"],
            "actor_type": ["organised_crime_group"],
        },
    },
]


def test_answers_are_pooled_over_the_cases_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "starter-cases").mkdir()
    (tmp_path / "starter-cases" / "cases.jsonl").write_text("\n".join(map(json.dumps, CASES)), "utf-8")
    found = {each.name: (each.value, each.n) for each in measure(tmp_path)}
    assert found["ai capability precision"] == (0.5, 2)  # voice cloning is right, a chatbot is not
    assert found["ai capability recall"] == (1 / 3, 3)
    assert found["actor type recall"] == (1.0, 1)  # what is not known is no answer
    assert not any(name.startswith("victim type") for name in found)  # which nobody coded


def test_a_folder_without_coded_texts_has_no_figures(tmp_path: Path) -> None:
    assert measure(tmp_path) == []


def test_the_codes_are_of_the_typology_and_of_incidents_that_may_be_read() -> None:
    typology = Typology.load()
    codes = tomllib.loads(CODES.read_text("utf-8"))
    rows = [*codes["read"], *codes["unread"]]
    named = {name for row in rows for name in row} - {"incident"}
    assert named <= {subject.value for subject in facets.LISTS}
    assert all(set(row[name]) <= set(typology.facet_values(name)) for row in rows for name in named)
    ids = [row["incident"] for row in rows]
    assert len(ids) == len(set(ids))
    train = shared("typology-train/train.jsonl").read_text("utf-8").splitlines()
    assert set(ids) <= {json.loads(line)["incident_id"] for line in train}


def test_facets_stay_as_well_read_as_they_are() -> None:
    found = {(each.name, each.data): each.value for each in measure(shared("starter-cases").parent)}
    starter = "starter-cases, facets, development"
    for subject in facets.LISTS:
        name = subject.value.replace("_", " ")
        assert found[f"{name} precision", starter] >= 0.83
        assert found[f"{name} recall", starter] >= 0.62
