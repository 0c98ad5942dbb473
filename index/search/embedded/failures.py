"""Translates errors of the engine and the disk into our own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from collectors.errors import IndexDamaged, LibraryBusy, MoriartyError, StorageFull

PANIC = "PanicException"
"""The engine's panics reach Python as this, which is no ``Exception`` and cannot be imported."""


def is_engine_failure(error: BaseException) -> bool:
    """Whether an error is a failure of the engine or of our code, unlike Ctrl-C."""
    return isinstance(error, Exception) or type(error).__name__ == PANIC


@contextmanager
def typed_errors(name: str) -> Iterator[None]:
    """Context manager: translate errors of the engine and the disk; ``name`` names the index."""
    try:
        yield
    except (OSError, ValueError) as error:
        if "LockBusy" in str(error):
            raise LibraryBusy("another process is writing the search index") from error
        if "No space left" in str(error):
            raise StorageFull(f"no room for the search index: {error}") from error
        raise IndexDamaged(f"{name}: {error}") from error


@contextmanager
def unreadable(name: str) -> Iterator[None]:
    """Context manager: turn any failure to open an index into ``IndexDamaged``; ``name`` names it."""
    try:
        with typed_errors(name):
            yield
    except MoriartyError:
        raise
    except BaseException as error:
        if not is_engine_failure(error):
            raise
        raise IndexDamaged(f"{name}: {type(error).__name__}: {error}") from error


@contextmanager
def damage_found(check: Callable[[], None]) -> Iterator[None]:
    """Context manager: on an error run ``check``, which raises ``IndexDamaged`` if files are damaged.

    Damaged files cause errors of any kind. Over sound files an error is a fault of the program and passes,
    since a rebuild would not repair it.
    """
    try:
        yield
    except MoriartyError:
        raise
    except BaseException as error:
        if is_engine_failure(error):
            check()
        raise
