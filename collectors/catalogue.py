"""The catalogue of sources: one TOML file each in ``collectors/sources``, named by the source's key."""

import re
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from collectors.errors import SourceRefused
from collectors.records import STARTER, Source, faults

KINDS = frozenset({"feed", "listing", STARTER, "aiid", "atlas", "files"})
"""The kinds that have a collector; a source of any other kind must be switched off, with a reason."""

LONGEST_PATTERN = 200
_NESTED_REPEAT = re.compile(r"[+*}]\)[+*{]")


def load(folder: Path | None = None) -> dict[str, Source]:
    """Return every source by key, sorted: the bundled ones and those an operator keeps in ``folder``.

    A file in ``folder`` named like a bundled source changes only the fields it states, so
    ``enabled = true`` alone switches one on. A folder that does not exist holds none. Raises
    ``SourceRefused`` naming the file and the field where a source is not well described.
    """
    described = _described(resources.files("collectors") / "sources")
    own = _described(folder) if folder is not None and folder.is_dir() else {}
    merged = {key: described.get(key, {}) | own.get(key, {}) for key in described.keys() | own.keys()}
    return {key: _source(key, merged[key]) for key in sorted(merged)}


def check_pattern(pattern: str) -> re.Pattern[str]:
    """Return the compiled link pattern; raises ``ValueError`` if it is invalid, long, or repeats a repeat.

    A repeated group that itself ends in a repeat can take time exponential in the length of a path.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"longer than {LONGEST_PATTERN} characters")
    if _NESTED_REPEAT.search(pattern):
        raise ValueError("a group that ends in a repeat must not be repeated itself")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def _described(folder: Traversable) -> dict[str, dict[str, Any]]:
    files = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return {file.name.removesuffix(".toml"): _fields(file) for file in files}


def _fields(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceRefused(f"{file.name}: cannot be opened: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceRefused(f"{file.name}: not readable as TOML: {error}") from error


def _source(key: str, fields: dict[str, Any]) -> Source:
    name = f"{key}.toml"
    try:
        source = Source.model_validate({"key": key, **fields}, strict=True)
    except ValidationError as error:
        raise SourceRefused(f"{name}: {faults(error)}") from error
    _check(name, source)
    return source


def _check(name: str, source: Source) -> None:
    if f"{source.key}.toml" != name:
        raise SourceRefused(f"{name}: field key: {source.key!r} is not the file's name")
    if source.enabled and source.kind not in KINDS:
        raise SourceRefused(f"{name}: field kind: no collector reads {source.kind!r}")
    if not source.enabled and not source.disabled_reason:
        raise SourceRefused(f"{name}: field disabled_reason: say why the source is switched off")
    if source.kind == "listing" and not source.link_pattern:
        raise SourceRefused(f"{name}: field link_pattern: a listing needs one")
    try:
        check_pattern(source.link_pattern)
    except ValueError as error:
        raise SourceRefused(f"{name}: field link_pattern: {error}") from error
