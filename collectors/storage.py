"""What it means when the library's own disk does not take or give what it should."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from collectors.errors import StorageFull, StorageRefused

NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


@contextmanager
def storing(name: str) -> Iterator[None]:
    """Turn an OSError about a file or folder of the library into ``StorageFull`` or ``StorageRefused``."""
    try:
        yield
    except OSError as error:
        said = error.strerror or type(error).__name__
        if error.errno in NO_ROOM:
            raise StorageFull(f"no room to write {name}: {said}") from error
        raise StorageRefused(f"{name} cannot be read or written: {said}") from error
