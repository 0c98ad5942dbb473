import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from collectors.errors import WrongUse
from enrichment.examples import TOLD, told
from enrichment.learning.corpus import SETTLED, collect, forbidden
from enrichment.learning.trainer import folds
from enrichment.typology import Typology
from tests.enrichment.model_room import shared_data

TYPOLOGY = Typology.load()
NAMES = ("aiid/incidents.csv", "typology-train/train.jsonl", "typology-gold/dev.jsonl")
MORE = ("typology-gold/holdout-ids.txt", "starter-cases/cases.jsonl")


def copied(tmp_path: Path) -> Path:
    """Return a copy of the data training reads, so that a test may change it."""
    for name in NAMES + MORE:
        target = tmp_path / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shared_data() / name, target)
    return tmp_path


def test_nothing_kept_for_testing_is_trained_on() -> None:
    examples = collect(shared_data().parent, TYPOLOGY)
    kept = forbidden(shared_data())
    assert len(kept) > 250
    assert not kept & {example.id for example in examples}
    assert sum(example.kind == "aiid" for example in examples) > 1000


@pytest.mark.parametrize("kept_in", ["holdout-ids.txt", "dev.jsonl"])
def test_a_test_incident_among_the_training_rows_stops_training(tmp_path: Path, kept_in: str) -> None:
    shared = copied(tmp_path)
    gold = shared / "data" / "typology-gold"
    first = (gold / kept_in).read_text("utf-8").splitlines()[0]
    number = json.loads(first)["incident_id"] if kept_in.endswith("jsonl") else first
    rows = shared / "data" / "typology-train" / "train.jsonl"
    leaked = json.loads(rows.read_text("utf-8").splitlines()[0]) | {"incident_id": number}
    rows.write_text(rows.read_text("utf-8") + json.dumps(leaked) + "\n", "utf-8")
    with pytest.raises(WrongUse, match=f"aiid:{number}"):
        collect(shared, TYPOLOGY)


def test_settled_codes_are_of_training_incidents_alone() -> None:
    settled = [json.loads(line) for line in SETTLED.read_text("utf-8").splitlines()]
    ids = {f"aiid:{row['incident_id']}" for row in settled}
    assert len(ids) == len(settled) > 1000
    assert not ids & forbidden(shared_data())
    assert all(row["primary"] in TYPOLOGY and 0 <= row["sure"] <= 1 for row in settled)


def test_a_settled_code_replaces_the_first_and_doubt_is_the_last_coders() -> None:
    rows = (shared_data() / "typology-train" / "train.jsonl").read_text("utf-8").splitlines()
    first = {f"aiid:{row['incident_id']}": row["primary"] for row in map(json.loads, rows)}
    settled = [json.loads(line) for line in SETTLED.read_text("utf-8").splitlines()]
    learnt = {each.id: each for each in collect(shared_data().parent, TYPOLOGY)}
    changed = [
        row for row in settled if row["coders"] == 3 and first[f"aiid:{row['incident_id']}"] != row["primary"]
    ]
    assert changed and all(learnt[f"aiid:{row['incident_id']}"].primary == row["primary"] for row in changed)
    unsure = [row for row in settled if row["sure"] < 0.5]
    assert unsure and all(learnt[f"aiid:{row['incident_id']}"].doubted for row in unsure)


def test_every_code_has_invented_reports_and_none_is_in_a_fold() -> None:
    counts = Counter(example.primary for example in told())
    assert set(counts) == set(TYPOLOGY.codes()) and min(counts.values()) >= 15
    invented = list(told())[:3]
    assert folds(invented, np.eye(3, dtype=np.float32)) == [None, None, None]


@pytest.mark.parametrize("path", sorted(TOLD.glob("*.yaml")), ids=lambda path: path.stem)
def test_invented_reports_have_words_and_legal_values(path: Path) -> None:
    for code, entries in yaml.safe_load(path.read_text("utf-8")).items():
        assert code.split("-")[0] == path.stem
        for entry in entries:
            assert len(entry["text"].split()) >= 8
            assert all(other in TYPOLOGY and other != code for other in entry.get("others", ()))
            for facet in ("event_kind", "ai_involvement"):
                assert entry.get(facet) in (None, *TYPOLOGY.facet_values(facet))


def test_no_invented_report_is_told_twice() -> None:
    texts = Counter(f"{example.title} {example.text}" for example in told())
    assert texts.most_common(1)[0][1] == 1
