"""What holds of every word list, whoever reads it."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
import yaml

NAMES = sorted(path.name for path in (files("enrichment") / "facts_data").iterdir())


def keys_said_twice(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        yield from (f"{key}, line {node.start_mark.line + 1}" for key in keys if keys.count(key) > 1)
        for _, value in node.value:
            yield from keys_said_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from keys_said_twice(item)


@pytest.mark.parametrize("name", NAMES)
def test_no_list_is_overwritten_by_another_of_its_name(name: str) -> None:
    written = (files("enrichment") / "facts_data" / name).read_text("utf-8")
    assert list(keys_said_twice(yaml.compose(written))) == []


def test_a_list_said_twice_is_noticed() -> None:
    assert list(keys_said_twice(yaml.compose("a: 1\nb: [{c: 1, c: 2}]")))
