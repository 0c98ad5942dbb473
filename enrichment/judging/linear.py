"""Linear models as plain arrays in a folder: loading them checks every file's digest."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collectors.errors import ModelRefused
from enrichment.judging.reading import Floats, Reading, sign_names
from enrichment.judging.terms import Terms

FOLDER = Path(__file__).parents[1] / "model"
MANIFEST = "manifest.json"
SHIPPED = "8b3b1550257e71ce3f395a56e18c5c2057069cd990683fd95fb8eddb79ce22b4"
"""SHA-256 of the manifest in ``FOLDER``: models edited together with their manifest are refused.

``python -m enrichment.train`` prints the digest of what it built.
"""
_LEAST = 1e-9

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """A logistic regression over words, signs and, where trained with it, the vector."""

    classes: tuple[str, ...]
    words: NDArray[np.float16]
    """(terms, classes)"""
    signs: NDArray[np.float16]
    """(word groups and rules, classes)"""
    dense: NDArray[np.float16] | None
    """(dimensions, classes), or None for a head that needs no embedder."""
    bias: Floats
    """(classes,)"""

    def logits(self, reading: Reading, terms: Terms) -> Scores:
        """Return one float64 score a class, before softmax."""
        places, weights = terms.weigh(reading.words)
        scores = self.bias.astype(np.float64)
        scores = scores + weights.astype(np.float64) @ self.words[places].astype(np.float64)
        scores = scores + reading.signs.astype(np.float64) @ self.signs.astype(np.float64)
        if self.dense is not None and reading.vector is not None:
            scores = scores + reading.vector.astype(np.float64) @ self.dense.astype(np.float64)
        return np.asarray(scores)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, as they are stored."""
        stored: dict[str, NDArray[Any]] = {"words": self.words, "signs": self.signs, "bias": self.bias}
        return stored if self.dense is None else {**stored, "dense": self.dense}


@dataclass(frozen=True)
class Models:
    """Everything training leaves behind."""

    terms: Terms
    heads: Mapping[str, Head]
    prototypes: NDArray[np.float16]
    """(rows, dimensions): centred unit vectors of the typology's own words."""
    cases: NDArray[np.float16]
    """(rows, dimensions): centred unit vectors of coded reports."""
    centre: Floats
    """(dimensions,): the mean vector that prototypes, cases and reports are centred on."""
    settings: Mapping[str, Any]
    """Calibration, mixing weights, codes of prototypes and cases, versions, digests of the training data."""
    fingerprint: str

    @cached_property
    def known(self) -> Floats:
        """The prototypes, then the cases, float32 of shape (rows, dimensions)."""
        return np.concatenate([self.prototypes, self.cases]).astype(np.float32)

    @cached_property
    def known_codes(self) -> NDArray[np.intp]:
        """The place of the code of each row of ``known`` among the codes, shape (rows,)."""
        places = {code: place for place, code in enumerate(self.settings["codes"])}
        codes = (*self.settings["prototypes"], *self.settings["cases"])
        return np.array([places[code] for code in codes], dtype=np.intp)

    def head(self, name: str, reading: Reading) -> Head:
        """Return the head that fits what is known of this reading: with or without a vector."""
        return self.heads[name if reading.vector is not None else f"{name}-words"]


def softmax(logits: Scores) -> Scores:
    """Return probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def tempered(probabilities: Scores, surety: Sequence[float]) -> Scores:
    """Recalibrate the greatest of probabilities (…, codes); the rest is scaled, the ranking unchanged.

    ``surety`` weighs the two columns of ``lead`` and ends with a shift (Platt 1999); the other codes share
    the remainder in proportion.
    """
    *weights, shift = surety
    second, top = _leading(probabilities)
    sure = 1 / (1 + np.exp(-(lead(probabilities) @ np.array(weights) + shift)))
    level = second / (second + 1 - top)
    sure, top = np.maximum(sure, level * (1 + _LEAST))[..., None], top[..., None]
    leads = np.arange(probabilities.shape[-1]) == probabilities.argmax(axis=-1)[..., None]
    return np.asarray(np.where(leads, sure, probabilities * (1 - sure) / (1 - top)))


def lead(probabilities: Scores) -> Scores:
    """Return the lead of the greatest of probabilities (…, codes), float64 of shape (…, 2).

    The columns are its log-odds against all others and against the second alone: one sure rival is another
    doubt than many faint ones.
    """
    second, top = _leading(probabilities)
    return np.stack([np.log(top / (1 - top)), np.log(top / second)], axis=-1)


def _leading(probabilities: Scores) -> tuple[Scores, Scores]:
    """Return the second and the greatest of probabilities (…, codes), neither of them quite 0 or 1."""
    greatest = np.partition(probabilities, -2, axis=-1)[..., -2:]
    second, top = np.moveaxis(np.clip(greatest, _LEAST, 1 - _LEAST), -1, 0)
    return second, top


def save(models: Models, folder: Path) -> None:
    """Write the models as .npy and .json files with a manifest of digests; same in, same bytes out."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "vocabulary.json": _json(list(models.terms.vocabulary)),
        "idf.npy": _npy(models.terms.idf),
        "prototypes.npy": _npy(models.prototypes),
        "cases.npy": _npy(models.cases),
        "centre.npy": _npy(models.centre),
    }
    for name, head in sorted(models.heads.items()):
        files |= {f"{name}.{part}.npy": _npy(array) for part, array in head.arrays().items()}
    manifest = {
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
        "heads": {name: list(head.classes) for name, head in sorted(models.heads.items())},
        "signs": list(sign_names()),
        "settings": dict(models.settings),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(_json(manifest))


def load(folder: Path = FOLDER, digest: str | None = None) -> Models:
    """Read models back; raises ModelRefused where a file is missing, changed, or not for these lexicons.

    ``digest`` is the SHA-256 that the manifest must have; for ``FOLDER`` it is ``SHIPPED`` unless told.
    """
    expected = SHIPPED if digest is None and folder == FOLDER else digest
    try:
        raw = (folder / MANIFEST).read_bytes()
        if expected is not None and hashlib.sha256(raw).hexdigest() != expected:
            raise ModelRefused(f"{MANIFEST} is not the one expected (sha256 {expected[:12]}…)")
        manifest = json.loads(raw)
        files = {name: _checked(folder / name, digest) for name, digest in manifest["files"].items()}
        if tuple(manifest["signs"]) != sign_names():
            raise ModelRefused("the models were trained with other words or rules; run enrichment.train")
        heads = {name: _head(files, name, tuple(classes)) for name, classes in manifest["heads"].items()}
        terms = Terms(json.loads(files["vocabulary.json"]), _array(files["idf.npy"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"the models in {folder.name} cannot be read: {error}") from error
    fingerprint = hashlib.sha256(raw).hexdigest()[:12]
    return Models(
        terms,
        heads,
        _array(files["prototypes.npy"]),
        _array(files["cases.npy"]),
        _array(files["centre.npy"]),
        manifest["settings"],
        fingerprint,
    )


def _head(files: Mapping[str, bytes], name: str, classes: tuple[str, ...]) -> Head:
    parts = {
        part: _array(files[f"{name}.{part}.npy"])
        for part in ("words", "signs", "dense", "bias")
        if f"{name}.{part}.npy" in files
    }
    return Head(classes, parts["words"], parts["signs"], parts.get("dense"), parts["bias"])


def _checked(path: Path, digest: str) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ModelRefused(f"{path.name} is not the file the manifest names")
    return data


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> NDArray[Any]:
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False))


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
