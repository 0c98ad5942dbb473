"""Values between a parser's process and ours, without pickle: a subverted parser can send data, never code.

A message is JSON in which bytes and records are numbered parts that follow it:
count, length of each part (big-endian), then the parts, the JSON first.
"""

import importlib
import json
import struct
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, BinaryIO, Final

from collectors.records import Record

MAX_PARTS: Final = 1_000_000
MAX_BYTES: Final = 4_000_000_000
_PLAIN: Final = (type(None), bool, int, float, str)
_GATHERED: Final = {"tuple": tuple, "set": set, "frozenset": frozenset}


def write(stream: BinaryIO, value: object) -> None:
    """Send plain values, bytes, dates, collections, and the records, dataclasses and enums of ``collectors``.

    Nothing is sent of anything else: TypeError; nor of a record that is no text: ValueError.
    """
    parts: list[bytes] = []
    skeleton = json.dumps(_flat(value, parts)).encode()
    parts.insert(0, skeleton)
    stream.write(struct.pack(f">I{len(parts)}Q", len(parts), *map(len, parts)))
    for part in parts:
        stream.write(part)
    stream.flush()


def read(stream: BinaryIO) -> Any:  # noqa: ANN401 - whatever the other side sent
    """Receive a value, records validated again. Raises EOFError at the end, ValueError for a broken one."""
    (count,) = struct.unpack(">I", _exactly(stream, 4))
    if not 1 <= count <= MAX_PARTS:
        raise ValueError(f"a message of {count} parts")
    lengths = struct.unpack(f">{count}Q", _exactly(stream, 8 * count))
    if sum(lengths) > MAX_BYTES:
        raise ValueError(f"a message of {sum(lengths)} bytes")
    skeleton, *parts = [_exactly(stream, length) for length in lengths]
    try:
        return _whole(json.loads(skeleton), parts)
    except (AttributeError, ImportError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(f"not a message of ours: {error}") from error


def name_of(function: Callable[..., object]) -> str:
    """Return the name under which another process finds a module-level function. Raises TypeError."""
    name = f"{function.__module__}:{function.__qualname__}"
    try:
        found = function_named(name)
    except (ImportError, AttributeError):
        found = None
    if found is not function:
        raise TypeError(f"not a function at the top of a module: {name}")
    return name


def function_named(name: str) -> Any:  # noqa: ANN401 - a function of any signature
    """Return the module-level function of this name. Raises ImportError or AttributeError."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _flat(value: Any, parts: list[bytes]) -> Any:  # noqa: ANN401 - any value is looked at
    if isinstance(value, Enum):
        return {"enum": [_class_name(type(value)), value.value]}
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (bytes, bytearray)):
        parts.append(bytes(value))
        return {"bytes": len(parts) - 1}
    if isinstance(value, Record):
        parts.append(value.model_dump_json().encode())
        return {"record": [_class_name(type(value)), len(parts) - 1]}
    if isinstance(value, (datetime, date)):
        return {type(value).__name__: value.isoformat()}
    return _flat_collection(value, parts)


def _flat_collection(value: Any, parts: list[bytes]) -> Any:  # noqa: ANN401 - any value is looked at
    if is_dataclass(value) and not isinstance(value, type):
        members = [_flat(getattr(value, field.name), parts) for field in fields(value)]
        return {"made": [_class_name(type(value)), members]}
    if isinstance(value, tuple) and type(value) is not tuple:
        return {"made": [_class_name(type(value)), [_flat(member, parts) for member in value]]}
    if type(value) is list:
        return [_flat(member, parts) for member in value]
    if type(value) is dict:
        return {"dict": [[_flat(key, parts), _flat(held, parts)] for key, held in value.items()]}
    if type(value).__name__ in _GATHERED:
        return {type(value).__name__: [_flat(member, parts) for member in value]}
    raise TypeError(f"not a value to send to or from a parser: {type(value).__name__}")


def _whole(flat: Any, parts: list[bytes]) -> Any:  # noqa: ANN401 - any value may come out
    if isinstance(flat, list):
        return [_whole(member, parts) for member in flat]
    if not isinstance(flat, dict):
        return flat
    ((kind, held),) = flat.items()
    if kind == "bytes":
        return parts[held]
    if kind == "record":
        return _class_named(held[0]).model_validate_json(parts[held[1]])
    if kind == "enum":
        return _class_named(held[0])(held[1])
    if kind == "made":
        return _class_named(held[0])(*(_whole(member, parts) for member in held[1]))
    if kind == "dict":
        return {_whole(key, parts): _whole(value, parts) for key, value in held}
    if kind in _GATHERED:
        return _GATHERED[kind](_whole(member, parts) for member in held)
    return {"date": date, "datetime": datetime}[kind].fromisoformat(held)


def _class_name(kind: type) -> str:
    if not kind.__module__.startswith("collectors."):
        raise TypeError(f"not a class of collectors: {kind.__module__}.{kind.__qualname__}")
    return f"{kind.__module__}:{kind.__qualname__}"


def _class_named(name: str) -> Any:  # noqa: ANN401 - a record, dataclass, named tuple or enum
    """Return a class that only holds data; nothing else of ours may be called by a message."""
    found = function_named(name) if name.startswith("collectors.") else None
    holds_data = isinstance(found, type) and (
        is_dataclass(found)
        or (issubclass(found, (Record, Enum, tuple)) and found.__module__ == name.partition(":")[0])
    )
    if not holds_data:
        raise ValueError(f"not a class of data: {name}")
    return found
