"""Text and date of files without a library: files in, documents out, nothing kept."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from collectors.documents import read_document
from collectors.errors import ItemError, TooLarge
from collectors.files import MAX_BYTES, find
from collectors.records import Document
from collectors.sandbox.pool import Sandbox


def extract(paths: Sequence[Path]) -> Iterator[tuple[Path, Document | ItemError]]:
    """Yield each file with the document read from it, or why it could not be read, in order."""
    with Sandbox() as sandbox:
        files = list(find(paths))
        readable = (_argument(path) for path in files)
        yield from zip(files, sandbox.map(_read, readable), strict=True)


def _argument(path: Path) -> tuple[str]:
    return (str(path),)


def _read(path: str) -> Document:
    file = Path(path)
    if (size := file.stat().st_size) > MAX_BYTES:
        raise TooLarge(f"{size:,} bytes; the limit is {MAX_BYTES:,}")
    return read_document(file.read_bytes(), file.name, "")
