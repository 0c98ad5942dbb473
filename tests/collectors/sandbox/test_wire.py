"""What parsers and the run may say to each other: data, and nothing that runs."""

import io
import json
import struct
from datetime import UTC, date, datetime
from os.path import join
from pathlib import Path
from subprocess import Popen

import pytest

from collectors.errors import Malformed
from collectors.formats.web_archives import Page, Pages
from collectors.records import Capture, Disposition, Document, Hop, Outcome, PartialDate
from collectors.sandbox.wire import function_named, name_of, read, write

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
CAPTURE = Capture(
    id="cap-1", source="s", parser="page", requested_url="https://a.example/", final_url="https://a.example/b",
    redirects=(Hop(url="https://a.example/", status=301),), started=MOMENT, finished=MOMENT, status=200,
    headers=(("A", "é"),), length=3, sha256="0" * 64, warc="w", offset=0, tool="t",
)  # fmt: skip


def sent(value: object) -> object:
    stream = io.BytesIO()
    write(stream, value)
    stream.seek(0)
    return read(stream)


@pytest.mark.parametrize(
    "value",
    [
        None, True, -1.5, "", "text \u202e \ud800", b"", b"\x00\xff" * 99, [], [1, [b"x"]], (), ((1,), "a"),
        {"a": b"b", 1: None, (1, 2): [3]}, {1, 2}, frozenset({"a"}), date(2025, 3, 14), MOMENT,
        PartialDate(value="2025-03", origin="meta"), CAPTURE, Disposition.PARSED,
        Outcome(capture="c", disposition=Disposition.PARSED),
        Pages((Page("https://a.example/", "text/html", b"<p>", False),), "damaged"),
        [Document(text="a"), Document(text="b", title="t")],
    ],
)  # fmt: skip
def test_what_is_sent_arrives(value: object) -> None:
    arrived = sent(value)
    assert arrived == value
    assert type(arrived) is type(value)


@pytest.mark.parametrize("value", [object(), Path("x"), len, Malformed("x"), Document, 1j, [lambda: 1]])
def test_anything_else_is_refused_before_a_byte_is_sent(value: object) -> None:
    stream = io.BytesIO()
    with pytest.raises(TypeError):
        write(stream, value)
    assert not stream.getvalue()


def test_a_record_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        sent(Document(text="\ud800"))


def message(skeleton: object, *parts: bytes) -> io.BytesIO:
    everything = [json.dumps(skeleton).encode(), *parts]
    return io.BytesIO(
        struct.pack(f">I{len(everything)}Q", len(everything), *map(len, everything)) + b"".join(everything)
    )


@pytest.mark.parametrize(
    "skeleton",
    [
        {"made": ["subprocess:Popen", ["true"]]},
        {"made": ["collectors.sandbox.pool:subprocess.Popen", ["true"]]},
        {"made": ["collectors.sandbox.pool:subprocess", ["true"]]},
        {"made": ["collectors.sandbox.pool:Sandbox", []]},
        {"made": ["collectors.archive:repair", ["/"]]},
        {"made": ["collectors.files:Path", ["/"]]},
        {"enum": ["builtins:eval", "1"]},
        {"record": ["builtins:str", 1]},
    ],
)
def test_a_message_cannot_call_what_is_not_data(skeleton: object) -> None:
    with pytest.raises(ValueError):
        read(message(skeleton, b"{}"))


@pytest.mark.parametrize(
    "stream",
    [
        message({"record": ["collectors.records:Document", 1]}, b'{"text": 1, "more": 2}'),
        message({"record": ["collectors.records:PartialDate", 1]}, b'{"value": "2025-99"}'),
        message({"bytes": 7}),
        message({"surprise": 1}),
        message({"a": 1, "b": 2}),
        io.BytesIO(struct.pack(">I", 0)),
        io.BytesIO(struct.pack(">I", 2**31)),
        io.BytesIO(struct.pack(">IQ", 1, 2**60)),
        io.BytesIO(struct.pack(">IQ", 1, 3) + b"{]}"),
    ],
)
def test_broken_messages_are_noticed(stream: io.BytesIO) -> None:
    with pytest.raises(ValueError):
        read(stream)


@pytest.mark.parametrize("cut", [0, 2, 6, 15])
def test_the_end_is_noticed(cut: int) -> None:
    with pytest.raises(EOFError):
        read(io.BytesIO(message(["some", "text"]).getvalue()[:cut]))


def test_functions_go_by_name() -> None:
    assert function_named(name_of(join)) is join
    listed: list[int] = []
    with pytest.raises(TypeError):
        name_of(lambda: 1)
    with pytest.raises(TypeError):
        name_of(Popen.kill)
    with pytest.raises(TypeError):
        name_of(listed.append)
