"""Reads the YAML that is shipped beside the code: typology, lexicons, word lists."""

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml builds the same values in a fraction of the time; not every PyYAML has it."""


def read_yaml(path: Path | Traversable) -> Any:  # noqa: ANN401 - the shape of YAML is each file's own
    """Return the content of a file. Raises ``OSError`` and ``yaml.YAMLError``."""
    return yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506 - both loaders are safe
