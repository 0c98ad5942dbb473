"""Models without training: rules and the typology's own words, for when no trained model can be read."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.data_files import read_yaml
from enrichment.embedder import Embedder
from enrichment.examples import Example, of_typology
from enrichment.judging.features import LEXICON
from enrichment.judging.linear import Head, Models
from enrichment.judging.reading import sign_names
from enrichment.judging.terms import Terms
from enrichment.typology import Typology


def models(typology: Typology, encoder: Embedder | None) -> Models:
    """Return models that no data trained; their fingerprint says so, so that findings are made again."""
    data = _data()
    codes = typology.codes()
    heads = {"topic": _head(codes, {})}
    heads |= {name: _head(_classes(weights), weights) for name, weights in data["heads"].items()}
    own, prototypes, centre = _prototypes(typology, encoder)
    settings = {
        "codes": list(codes),
        "prototypes": own,
        "cases": [],
        "embedder": encoder.fingerprint if encoder else "",
        "typology": typology.version,
        "mix": data["mix"],
        "mix-words": data["mix-words"],
        "surety": [1.0, 0.0, 0.0],
        "surety-words": [1.0, 0.0, 0.0],
        "abstain_below": data["abstain_below"],
        "absent_without_ai_words": data["absent_without_ai_words"],
        "other_from": 0.2,
        "other_rule": 2.0,
        "other_with_rule_from": 0.05,
    }
    for ending in ("", "-words"):
        settings[f"relevant-calibration{ending}"] = data["relevance"]
        settings[f"temperature{ending}"] = dict.fromkeys(data["heads"], 1.0)
    heads |= {f"{name}-words": head for name, head in list(heads.items())}
    digest = hashlib.sha256((LEXICON / "cold.yaml").read_bytes() + typology.version.encode()).hexdigest()
    return Models(
        Terms((), np.zeros(0, dtype=np.float32)),
        heads,
        prototypes,
        prototypes[:0],
        centre,
        settings,
        f"rules-{digest[:6]}",
    )


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(LEXICON / "cold.yaml")
    return data


def _classes(weights: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    return tuple(sorted({answer for answers in weights.values() for answer in answers}))


def _head(classes: Sequence[str], weights: Mapping[str, Mapping[str, float]]) -> Head:
    """Return a head over word groups alone."""
    names = sign_names()
    signs = np.zeros((len(names), len(classes)), dtype=np.float16)
    bias = np.zeros(len(classes), dtype=np.float32)
    for group, answers in weights.items():
        for answer, weight in answers.items():
            if group:
                signs[names.index(group), classes.index(answer)] = weight
            else:
                bias[classes.index(answer)] = weight
    return Head(tuple(classes), np.zeros((0, len(classes)), dtype=np.float16), signs, None, bias)


def _prototypes(
    typology: Typology, encoder: Embedder | None
) -> tuple[list[str], NDArray[np.float16], NDArray[np.float32]]:
    """Return codes of the typology's own words, their centred vectors (rows, dimensions), and the mean."""
    if encoder is None:
        return [], np.zeros((0, 0), dtype=np.float16), np.zeros(0, dtype=np.float32)
    own = list(of_typology(typology))
    vectors = encoder.encode([_wording(example) for example in own], "passage")
    centre = vectors.mean(axis=0)
    centred = vectors - centre
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    codes = [str(example.primary) for example in own]
    return codes, centred.astype(np.float16), np.asarray(centre, dtype=np.float32)


def _wording(example: Example) -> str:
    return f"{example.title}. {example.text}"
