"""Zip files in which the same content is the same bytes: office files, and several files as one."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime

EPOCH = datetime(2000, 1, 1)
"""Every date inside a file that is written."""


def packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip file of members, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, payload in members:
            archive.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), payload, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def repacked(payload: bytes) -> bytes:
    """Return the same zip file with ``EPOCH`` as the date of each member."""
    with zipfile.ZipFile(io.BytesIO(payload)) as source:
        return packed((name, source.read(name)) for name in source.namelist())
