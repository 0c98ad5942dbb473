"""Elasticsearch mapping, documents and index names.

Words are cut, folded, spelt and stemmed here, by ``analysis`` as for the embedded index, and Elasticsearch
only splits them at spaces: so both engines hold the same words, whatever stemmer a cluster's version brings.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collectors.errors import WrongUse
from index.search import fields
from index.search.cards import Card
from index.search.query import FACETS
from index.search.vocabulary.analysis import FOLDED, analyse, clean, unstemmed
from index.search.vocabulary.spelling import compounds

WINDOW = 110_000
"""Hits that one answer may hold: the deepest page a query can ask for, and room for ties."""
SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,  # one set of word statistics, and counts that are exact
    "auto_expand_replicas": "0-1",
    "max_result_window": WINDOW,
    "refresh_interval": -1,  # a write shows all of itself at once, when it is done
    "analysis": {"analyzer": {"spaces": {"type": "custom", "tokenizer": "whitespace"}}},
}
FOLDED_NAMES = {name: f"{name}_folded" for name in FACETS}
"""Map each facet to the field with its case- and accent-folded values, for filters."""
MOST_LOSS = 2**36 - 1
"""US dollars; a higher loss counts as this, as it does in the embedded index."""
NO_WORD = "~"
"""Placeholder in a text without words: Elasticsearch weighs a word by the cards that have the field, the
embedded index by all cards. No query has such a word."""

_TEXT = {"type": "text", "analyzer": "spaces", "position_increment_gap": 1}
_UNSEARCHED = {"index": False, "doc_values": False}


def mapping(dimensions: int) -> dict[str, Any]:
    """Return the strict index mapping for passages of ``dimensions`` dimensions."""
    vector = {
        "type": "dense_vector",
        "dims": dimensions,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": "int8_hnsw"},  # the default differs between versions
    }
    properties: dict[str, Any] = dict.fromkeys(fields.TEXTS, _TEXT)
    properties |= {name: {"type": "keyword"} for name in ("id", "by", "refs", *fields.WRITTEN.values())}
    properties |= {name: {"type": "keyword", "index": False} for name in FACETS}
    properties |= {name: {"type": "keyword", "doc_values": False} for name in FOLDED_NAMES.values()}
    properties |= {name: {"type": "long"} for name in ("seq", "applied", "loss")}
    properties |= {
        "when": {"type": "date", "format": "strict_date"},
        "month": {"type": "integer", "index": False},
        "told": {"type": "integer", "index": False},
        "passages": {"type": "nested", "properties": {"vector": vector}},
        "mean": {"type": "binary"},
        "refused": {"type": "keyword", **_UNSEARCHED},
    }
    return {"dynamic": "strict", "properties": properties}


def alias(prefix: str, dimensions: int, fingerprint: str) -> str:
    """Return the alias for reads and writes; it differs by mapping, schema version and embedder."""
    made_by = json.dumps([SETTINGS, mapping(dimensions), fingerprint, fields.SCHEMA], sort_keys=True)
    return f"{prefix}-{hashlib.sha256(made_by.encode()).hexdigest()[:10]}"


def document(card: Card, dimensions: int) -> dict[str, Any]:
    """Return a card as an index document.

    Raises ``WrongUse`` if its vectors have other dimensions, or a number that is not finite.
    """
    names = (*card.keywords, *card.labels)
    body: dict[str, Any] = {
        "id": card.id,
        "by": card.by.value,
        "seq": card.seq,
        "told": card.report_count,
        "refs": [clean(ref) for ref in card.refs],
        "title": _tokens(card.title),
        "text": [_tokens(card.title), _tokens(card.text), *map(_tokens, compounds(card.title, card.text))],
        "keywords": [_tokens(word) for word in (*names, *compounds(*names))] or [NO_WORD],
        fields.WRITTEN[False]: _vocabulary(card.title, card.text, *card.keywords),
        fields.WRITTEN[True]: _vocabulary(card.title),
        "loss": min(max(int(card.loss), 0), MOST_LOSS),
    }
    if card.when:
        body |= {"when": card.when.isoformat(), "month": card.when.year * 100 + card.when.month}
    for name, values in card.facets.items():
        kept = [clean(value)[: fields.LONGEST_VALUE] for value in values if value]
        body |= {name: list(dict.fromkeys(kept)), FOLDED_NAMES.get(name, name): folded(kept)}
    if card.vectors is not None and len(card.vectors):
        body |= _vectors(card.vectors, dimensions)
    return body


def state(applied: int, refused: Mapping[str, str]) -> dict[str, Any]:
    """Return an index's ``~state`` document: outbox number and refused cards."""
    words = dict.fromkeys(fields.TEXTS, NO_WORD)
    return {
        "id": fields.STATE,
        "applied": applied,
        "refused": json.dumps(dict(sorted(refused.items()))),
        **words,
    }


def folded(values: list[str]) -> list[str]:
    """Return facet values, case- and accent-folded for filters."""
    return [token for value in values for token in FOLDED.analyze(clean(value))]


def read_mean(stored: str) -> NDArray[np.float32]:
    """Decode a card's stored mean passage, a unit vector, float32 of shape (dimensions,)."""
    return np.frombuffer(base64.b64decode(stored), "<f4")


def checked(rows: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """Return vectors, shape (n, dimensions), if the index can hold them, else raise ``WrongUse``."""
    if rows.ndim != 2 or rows.shape[1] != dimensions or not np.isfinite(rows).all():
        raise WrongUse(f"the index holds {dimensions} dimensions, not vectors of shape {rows.shape}")
    return np.asarray(rows, np.float32)


def _vectors(rows: NDArray[np.float32], dimensions: int) -> dict[str, Any]:
    """Return the passages, and their mean apart: newer versions keep vectors out of what they give back."""
    mean = checked(rows, dimensions).mean(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-12)
    nonzero = rows[np.linalg.norm(rows, axis=1) > 0]  # a zero vector has no cosine
    return {
        "passages": [{"vector": row.tolist()} for row in nonzero],
        "mean": base64.b64encode(mean.astype("<f4").tobytes()).decode(),
    }


def _vocabulary(*texts: str) -> list[str]:
    return sorted({word for text in texts for word in unstemmed(text)})


def _tokens(text: str) -> str:
    return " ".join(analyse(text)) or NO_WORD
