"""The child's side of the sandbox: limits itself, then runs one function after another until its parent goes.

Run by path, in isolated mode, by ``collectors.sandbox.process``; not meant to be imported by anything else.
"""

import contextlib
import errno
import importlib
import json
import os
import signal
import sys
from typing import Any, BinaryIO, NoReturn

FORBIDDEN = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.getaddrinfo"),
        *("subprocess.Popen", "os.system", "os.fork", "os.kill"),
        *("os.remove", "os.rename", "os.truncate", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
        *("os.chmod", "os.chown", "os.utime"),
    }
)
"""What no parser has a reason to do; an audit hook refuses it even when a library does it by default."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _refuse(event: str, details: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(details[2], int) and details[2] & WRITING
    if writes or event in FORBIDDEN or event.startswith(("os.exec", "os.posix_spawn", "os.spawn")):
        raise PermissionError(f"a parser may not use {event}")


def _limit(megabytes: int) -> None:
    """Cap memory, open files and file writes; the kernel refuses what goes beyond."""
    try:
        import resource
    except ImportError:  # not on Windows, where only the parent's clock protects us
        return
    limits = {
        resource.RLIMIT_AS: megabytes * 1024 * 1024,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _allow_seconds(seconds: float) -> None:
    """Let the kernel end this process if its parent dies while a task runs away."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 2, resource.RLIM_INFINITY))


def _prepare(settings: dict[str, Any]) -> tuple[str, str]:
    """Import and warm up first, then close the doors; libraries load their data from files."""
    try:
        importlib.import_module(settings["module"]).warm_up()
    except ImportError as error:
        return "failed", str(error)
    except OSError as error:  # a library may unpack its data into a temporary file
        no_room = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        return "full" if no_room else "failed", str(error)
    _limit(settings["megabytes"])
    sys.addaudithook(_refuse)
    return "ready", ""


def _perform(name: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    from collectors.errors import ItemError
    from collectors.sandbox.wire import function_named

    try:
        return "done", function_named(name)(*arguments)
    except ItemError as error:
        return "refused", (error.code, str(error))
    except MemoryError:
        return "memory", ""
    except Exception as error:  # noqa: BLE001, RUF100 - whatever a hostile file provokes must reach the parent typed
        return "failed", f"{type(error).__name__}: {error}"[:500]


def _answer(replies: BinaryIO, reply: tuple[str, Any]) -> None:
    from collectors.sandbox.wire import write

    try:
        write(replies, reply)
    except TypeError as error:
        write(replies, ("unsendable", str(error)))
    except ValueError as error:
        write(replies, ("failed", f"{type(error).__name__}: {error}"[:500]))


def _serve(settings: dict[str, Any], requests: BinaryIO, replies: BinaryIO) -> NoReturn:
    from collectors.sandbox.wire import read

    _answer(replies, _prepare(settings))
    while True:
        try:
            name, arguments = read(requests)
        except EOFError:
            os._exit(0)
        _allow_seconds(settings["seconds"])
        _answer(replies, _perform(name, arguments))


def main() -> None:
    """Answer requests on standard input; whatever a parser prints goes nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    settings = json.loads(sys.argv[1])
    sys.path[:] = settings["path"]  # in isolated mode nothing of ours can be imported before this
    _serve(settings, sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
