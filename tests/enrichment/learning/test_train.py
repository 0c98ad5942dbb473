import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from collectors.errors import ModelRefused
from enrichment import train
from enrichment.examples import Example
from enrichment.judging import linear
from enrichment.judging.features import load_lexicon
from enrichment.judging.reading import HEDGES, group_names
from enrichment.learning.corpus import collect
from enrichment.learning.trainer import FOLDS, Trainer, folds
from enrichment.typology import Typology
from tests.enrichment.model_room import enricher, shared_data

TYPOLOGY = Typology.load()


def test_two_builds_are_equal_byte_for_byte_and_load_again(tmp_path: Path) -> None:
    encoder = enricher().embedder
    assert encoder is not None
    # A few codes are enough for all folds, and quick.
    codes = ("FR-04", "CS-02", "X-02", "X-03", None)
    examples = [each for each in collect(shared_data().parent, TYPOLOGY) if each.primary in codes]
    few = [each for place, each in enumerate(examples) if place % 6 == 0 or each.primary != "X-02"][::3]
    for name in ("one", "two"):
        linear.save(train.build(few, TYPOLOGY, encoder), tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    models = linear.load(tmp_path / "one")
    assert models.settings["embedder"] == encoder.fingerprint
    assert 0.2 <= models.settings["abstain_below"] <= 0.6


def test_the_shipped_models_are_small_and_hold_no_pickle_and_no_names() -> None:
    files = list(linear.FOLDER.iterdir())
    assert sum(path.stat().st_size for path in files) < 11_000_000
    assert {path.suffix for path in files} == {".npy", ".json"}
    vocabulary = set(json.loads((linear.FOLDER / "vocabulary.json").read_text("utf-8")))
    assert "voice" in vocabulary and "fake video" in vocabulary
    assert not {"taylor swift", "elon musk", "alleged", "purportedly", "reportedly"} & vocabulary


def test_the_shipped_models_belong_to_the_shipped_word_lists_and_typology() -> None:
    models = linear.load()
    assert models.settings["typology"] == TYPOLOGY.version
    assert models.settings["inputs"] == train.input_digests(), "run python -m enrichment.train again"


def test_opinions_on_a_report_of_a_fold_rest_on_no_case_of_that_fold() -> None:
    codes = ("FR-01", "CS-01", "AB-01", "X-02")
    examples = [Example(f"aiid:{place}", "aiid", "", "", codes[place % 4]) for place in range(20)]
    examples.append(Example("told:1", "told", "", "", "FR-01"))
    trainer = Trainer(examples, np.eye(21, dtype=np.float32), TYPOLOGY)
    models, head = train.draft(trainer, np.eye(21, dtype=np.float32), "", {}), linear.load().heads["topic"]
    assert models.settings["cases"] == [codes[place % 4] for place in range(20)]
    for fold in range(FOLDS):
        blind = train.unseen(models, trainer, "topic", head, fold)
        others = [place for place in range(20) if trainer.folds[place] != fold]
        assert blind.settings["cases"] == [codes[place % 4] for place in others]
        assert np.array_equal(blind.cases, models.cases[others])
        assert np.array_equal(blind.prototypes, models.prototypes) and blind.heads["topic"] is head


def test_only_the_question_of_ai_use_sees_how_a_text_hedges() -> None:
    hedges = [group_names().index(group) for group in load_lexicon(HEDGES).groups]
    for name, head in linear.load().heads.items():
        assert bool(np.abs(head.signs[hedges]).max() > 0) is name.startswith("ai_involvement")


def test_reports_that_are_alike_share_a_fold() -> None:
    examples = [Example(f"aiid:{place}", "aiid", "", "") for place in range(40)]
    vectors = np.repeat(np.eye(20, dtype=np.float32), 2, axis=0)
    found = folds(examples, vectors)
    assert found[::2] == found[1::2] and len(set(found)) > 1


def test_models_edited_with_their_manifest_are_not_the_shipped_ones(tmp_path: Path) -> None:
    shutil.copytree(linear.FOLDER, tmp_path / "copy")
    assert linear.load(tmp_path / "copy", linear.SHIPPED).fingerprint == linear.load().fingerprint
    models = linear.load()
    bias = np.ones_like(models.heads["crime"].bias)
    linear.save(
        train.with_head(models, "crime", replace(models.heads["crime"], bias=bias)), tmp_path / "copy"
    )
    linear.load(tmp_path / "copy")
    with pytest.raises(ModelRefused, match="not the one expected"):
        linear.load(tmp_path / "copy", linear.SHIPPED)
