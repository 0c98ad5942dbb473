import importlib.util
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from collectors.errors import ModelRefused
from enrichment import embedder
from enrichment.embedder import TransformerEmbedder


@pytest.fixture(scope="module")
def default() -> TransformerEmbedder:
    return embedder.load()


def test_vectors_are_unit_rows_in_the_order_given(default: TransformerEmbedder) -> None:
    texts = ["short", "a much longer text about a cloned voice " * 12, "", "middle sized text here"]
    rows = default.encode(texts, "passage")
    assert rows.shape == (4, default.dimensions) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for place, text in enumerate(texts):
        assert float(rows[place] @ default.encode([text], "query")[0]) > 0.999


def test_no_texts_give_no_rows(default: TransformerEmbedder) -> None:
    assert default.encode([], "passage").shape == (0, default.dimensions)


def test_meaning_is_nearer_than_wording(default: TransformerEmbedder) -> None:
    asked, paraphrase, unrelated = default.encode(
        [
            "A fake voice of the boss asked for money",
            "Cloned speech of a director demanded a transfer",
            "Bake the bread",
        ],
        "query",
    )
    assert asked @ paraphrase > asked @ unrelated + 0.2


def test_text_past_the_limit_is_cut_not_refused(default: TransformerEmbedder) -> None:
    assert default.encode(["word " * 5000], "passage").shape == (1, default.dimensions)


def test_fingerprint_names_model_digest_pooling_and_quantisation(default: TransformerEmbedder) -> None:
    assert default.fingerprint == "all-minilm-l6-v2/8199be6f699a/mean/int8"


def test_a_changed_tokenizer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "tokenizer.json"
    copy.write_bytes(embedder.TOKENIZER.read_bytes() + b" ")
    monkeypatch.setattr(embedder, "TOKENIZER", copy)
    with pytest.raises(ModelRefused, match="not the file expected"):
        embedder.load()


def test_a_missing_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "MODEL_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelRefused, match="not installed"):
        embedder.load()


def test_an_unknown_model_is_refused_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(ModelRefused, match="nothing is downloaded"):
        embedder.load("somebody/some-model")


def test_a_local_folder_serves_as_a_model(tmp_path: Path, default: TransformerEmbedder) -> None:
    spec = importlib.util.find_spec(embedder.MODEL_PACKAGE)
    assert spec is not None and spec.origin is not None
    shutil.copy(embedder.TOKENIZER, tmp_path / "tokenizer.json")
    (tmp_path / "onnx").mkdir()
    shutil.copy(Path(spec.origin).with_name("model.onnx"), tmp_path / "onnx" / "model.onnx")
    local = embedder.load(str(tmp_path))
    assert local.fingerprint == f"{tmp_path.name}/8199be6f699a/mean/onnx"
    np.testing.assert_allclose(local.encode(["one text"]), default.encode(["one text"]), atol=1e-6)


def test_a_model_is_used_as_its_row_in_the_table_says(tmp_path: Path, default: TransformerEmbedder) -> None:
    spec = importlib.util.find_spec(embedder.MODEL_PACKAGE)
    assert spec is not None and spec.origin is not None
    folder = tmp_path / "multilingual-e5-tiny"
    folder.mkdir()
    shutil.copy(embedder.TOKENIZER, folder / "tokenizer.json")
    shutil.copy(Path(spec.origin).with_name("model.onnx"), folder / "model.onnx")
    local = embedder.load(str(folder))
    assert local.languages == ("*",) and default.languages == ("en",)
    for kind, prefix in (("query", "query: "), ("passage", "passage: ")):
        expected = default.encode([f"{prefix}a cloned voice"])
        given = local.encode(["a cloned voice"], kind)  # type: ignore[arg-type]  # the two literals, in a loop
        np.testing.assert_allclose(given, expected, atol=1e-6)
    assert local.fingerprint.startswith("multilingual-e5-tiny/8199be6f699a/mean/onnx/")


def test_pooling_by_the_first_token_gives_other_vectors_and_another_name(
    tmp_path: Path, default: TransformerEmbedder
) -> None:
    spec = importlib.util.find_spec(embedder.MODEL_PACKAGE)
    assert spec is not None and spec.origin is not None
    folder = tmp_path / "bge-m3"
    folder.mkdir()
    shutil.copy(embedder.TOKENIZER, folder / "tokenizer.json")
    shutil.copy(Path(spec.origin).with_name("model.onnx"), folder / "model.onnx")
    first = embedder.load(str(folder))
    assert "/first/" in first.fingerprint
    assert float(first.encode(["a cloned voice"])[0] @ default.encode(["a cloned voice"])[0]) < 0.99


def test_a_broken_table_of_uses_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "embedders.toml"
    table.write_text("[[model]]\nmatch = 'x'\nflavour = 'sweet'\n", "utf-8")
    with pytest.raises(ModelRefused, match="cannot be read"):
        embedder.use_of("model-x", table)
    assert embedder.use_of("some/unknown-model") == embedder.Use()


def test_a_broken_local_model_is_refused(tmp_path: Path) -> None:
    shutil.copy(embedder.TOKENIZER, tmp_path / "tokenizer.json")
    with pytest.raises(ModelRefused, match="no ONNX file"):
        embedder.load(str(tmp_path))
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelRefused, match="not a readable ONNX"):
        embedder.load(str(tmp_path))
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelRefused, match="not a readable tokenizer"):
        embedder.load(str(tmp_path))


def test_short_texts_are_filled_up_with_the_token_that_a_model_names(tmp_path: Path) -> None:
    spec = importlib.util.find_spec(embedder.MODEL_PACKAGE)
    assert spec is not None and spec.origin is not None
    shutil.copy(Path(spec.origin).with_name("model.onnx"), tmp_path / "model.onnx")
    told = json.loads(embedder.TOKENIZER.read_text("utf-8"))
    texts = ["a cloned voice", "a cloned voice told the clerk to pay"]
    expected = embedder.load().encode(texts)
    for padding in (None, {**told["padding"], "pad_id": 100, "pad_token": "[UNK]"}):
        (tmp_path / "tokenizer.json").write_text(json.dumps({**told, "padding": padding}), "utf-8")
        np.testing.assert_allclose(embedder.load(str(tmp_path)).encode(texts), expected, atol=1e-6)
    unfilled = {**told, "padding": {**told["padding"], "pad_token": "[NONE]"}}
    (tmp_path / "tokenizer.json").write_text(json.dumps(unfilled), "utf-8")
    with pytest.raises(ModelRefused, match="no token to fill up"):
        embedder.load(str(tmp_path))


def test_importing_is_light_and_loading_says_nothing() -> None:
    code = (
        "import sys; from enrichment import embedder; "
        "assert not {'transformers', 'onnxruntime', 'torch'} & set(sys.modules); "
        "embedder.load().encode(['x']); "
        "assert 'transformers' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
