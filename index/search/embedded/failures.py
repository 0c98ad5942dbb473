"""What goes wrong with index files, as our own errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from collectors.errors import IndexDamaged, LibraryBusy, StorageFull


@contextmanager
def typed_errors(name: str) -> Iterator[None]:
    """Turn the engine's and the disk's errors within into ours; ``name`` says which index it was."""
    try:
        yield
    except (OSError, ValueError) as error:
        if "LockBusy" in str(error):
            raise LibraryBusy("another process is writing the search index") from error
        if "No space left" in str(error):
            raise StorageFull(f"no room for the search index: {error}") from error
        raise IndexDamaged(f"{name}: {error}") from error
