"""A drop folder of files that have something wrong in them, each with what must come of it."""

import io
import os
import socket
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.collectors.crafted import STORY, encrypted_pdf, nested_mail, page, pdf, warc, word
from tests.collectors.sets.test_aiid import INCIDENT_COLUMNS, PRESS_COLUMNS, incident, table

HTML = "text/html"
ATLAS = """id: ATLAS
matrices: []
case-studies:
- id: AML.CS0901
  name: A fictional exercise
  case-study-type: exercise
  incident-date: 2025-03-01
  incident-date-granularity: MONTH
  summary: A team studied a model.
  procedure: []
  references: []
- {id: ../../etc, name: Bad id, case-study-type: incident, summary: Text.}
- just a word
"""


@dataclass(frozen=True)
class Bad:
    """A file with something wrong in it: the code of its issue, if any, and how many reports it yields."""

    content: bytes
    expected: str = ""
    reports: int = 0


def tar(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:bz2") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # mode is a plain str here
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def member(name: str, content: str = "", *, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    if link:
        made.type, made.linkname = tarfile.SYMTYPE, link
    return made, content.encode()


def incidents(*numbers: str, columns: tuple[str, ...] = INCIDENT_COLUMNS) -> tuple[tarfile.TarInfo, bytes]:
    rows = [incident(number, title=f"Fictional incident {number}") for number in numbers]
    return member("backup/incidents.csv", table(columns, *rows))


def doubled() -> tuple[tarfile.TarInfo, bytes]:
    """A table that has a column twice."""
    rows = [[*incident("31", title="Fictional incident 31"), "again"]]
    return member("backup/incidents.csv", table((*INCIDENT_COLUMNS, "title"), *rows))


def torn_warc() -> bytes:
    addresses = (f"https://harbour.example/{name}" for name in "abc")
    return warc(*((address, HTML, page()) for address in addresses))[:-400]


FILES: dict[str, Bad] = {
    "empty.txt": Bad(b"", "empty"),
    "blank.html": Bad(b" \n\t \x00 \n", "empty"),
    "mark.txt": Bad(b"\xef\xbb\xbf", "empty"),
    "scans.pdf": Bad(pdf("", "", ""), "empty"),
    "locked.pdf": Bad(encrypted_pdf(), "encrypted"),
    "locked.docx": Bad(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99) + "EncryptedPackage".encode("utf-16le"), "encrypted"
    ),
    "half.pdf": Bad(pdf(STORY)[:200], "malformed"),
    "garbage.pdf": Bad(b"%PDF-1.7\n" + bytes(range(256)) * 500, "malformed"),
    "program.pdf": Bad(b"MZ\x90\x00\x03\x00\x00\x00" + bytes(500), "unsupported"),
    "picture.html": Bad(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "unsupported"),
    "noise.txt": Bad(bytes((n * 7919 + n // 3) % 256 for n in range(5000)), "unsupported"),
    "old.doc": Bad(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "unsupported"),
    "data.xml": Bad(b"<?xml version='1.0'?><feed><entry/></feed>", "unsupported"),
    "macros.docx": Bad(word(STORY, extra={"word/vbaProject.bin": b"x"}), "unsupported"),
    "bomb.docx": Bad(word(STORY, extra={"word/zeros.bin": bytes(20_000_000)}), "bomb-refused"),
    "members.docx": Bad(word(STORY, extra={f"word/{n}": b"" for n in range(10_100)}), "bomb-refused"),
    "torn.docx": Bad(word(STORY)[:5000], "malformed"),
    "torn.warc.gz": Bad(torn_warc(), "malformed", reports=2),
    "hollow.warc": Bad(b"WARC/1.0\r\n" + b"A: b\r\n" * 1000, "empty"),
    "outward.warc.gz": Bad(warc(("javascript:1", HTML, page())), "empty"),
    "way-out.tar.bz2": Bad(
        tar(member("../../etc/cron.d/x", "x"), member("/abs/reports.csv", "x"), incidents("11")),
        "unsafe-archive",
        1,
    ),
    "linked.tar.bz2": Bad(
        tar(incidents("12"), member("backup/reports.csv", link="/etc/passwd")), "unsafe-archive", 1
    ),
    "twice.tar.bz2": Bad(tar(incidents("13", "13")), "malformed", 1),
    "columns.tar.bz2": Bad(tar(doubled()), "", 1),
    "bomb.tar.bz2": Bad(tar(incidents("14"), member("backup/reports.csv", "x" * 60_000_000)), "bomb-refused"),
    "torn.tar.bz2": Bad(
        tar(incidents("15"), member("backup/reports.csv", table(PRESS_COLUMNS)), mode="w"), "", 1
    ),
    "noise.tar.bz2": Bad(b"BZh9garbage" * 99, "unsupported"),
    "deep.eml": Bad(nested_mail(500)),
    "latin.txt": Bad("Überschrift\nmit Umlaut".encode("cp1252"), "", 1),
    "line.txt": Bad(b"word " * 1_000_000, "", 1),
    "page.exe": Bad(page(title="A page all the same"), "", 1),
}
ODD_NAMES = {
    b"caf\xe9.txt": "caf\\xe9.txt",
    b"new\nline.txt": "new line.txt",
    "a\u202etxt.exe".encode(): "atxt.exe",
}


def write(folder: Path) -> Path:
    folder.mkdir()
    for name, bad in FILES.items():
        (folder / name).write_bytes(bad.content)
    for odd in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + odd)).write_bytes(b"A note called " + odd[:3])
    with (folder / "huge.pdf").open("wb") as file:
        file.truncate(200_000_000)
    (folder / "atlas").mkdir()
    (folder / "atlas" / "ATLAS.yaml").write_text(ATLAS)
    (folder / "folder.pdf").mkdir()
    (folder / "folder.pdf" / "inside.txt").write_bytes(b"A note in a folder called like a PDF")
    os.mkfifo(folder / "pipe.txt")
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / "socket.txt"))
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "secret.txt").symlink_to("/etc/passwd")
    (folder / "zz-vanishing.txt").write_bytes(b"Gone before it is read")
    return folder


OTHERS = {
    "huge.pdf": "too-large",
    "pipe.txt": "unsupported",
    "socket.txt": "unsupported",
    "zz-vanishing.txt": "unreadable",
}
"""What is no ordinary file, by the code of its issue."""
