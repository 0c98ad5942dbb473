"""A PostgreSQL of our own for tests, on a free port of this machine, with databases that sort by language."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tests.index.search.elastic_server import free_port

ADMIN, PASSWORD = "keeper", "s3cret-of-tests"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # no test takes the power away
    "synchronous_commit": "off",  # which the record must not put up with
    "shared_buffers": "32MB",
    "max_connections": "60",
    "logging_collector": "off",
}


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where Debian keeps several, or None."""
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    found = kept[-1] if kept else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing() -> str:
    """Return why no server can be started, or an empty string."""
    return "" if programs() else "no PostgreSQL server is installed"


class Server:
    """A server in a folder of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.certificate: Path | None = None
        """What vouches for its address; None where there is no openssl."""
        self._made = 0

    def create(self) -> None:
        """Make an empty cluster whose text sorts as in a dictionary where nobody asks for another order."""
        secret = self.folder / "secret"
        secret.write_text(PASSWORD, "utf-8")
        os.chown(secret, *_owner())
        locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
        arguments = ("-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync", "-E", "UTF8")
        self._run("initdb", "-D", str(self.folder / "data"), *arguments, *locale)

        self.certificate = certificate(self.folder)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {**SETTINGS, "port": str(self._port), "unix_socket_directories": str(self.folder)}
        if self.certificate is not None:
            options |= {"ssl": "on", "ssl_cert_file": str(self.certificate)}
            options |= {"ssl_key_file": str(self.certificate.with_suffix(".key"))}
        command = [str(_programs() / "postgres"), "-D", str(self.folder / "data")]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        for _ in range(600):
            # It ends at once while what a killed one left behind still ends.
            if self._process is None or self._process.poll() is not None:
                with log.open("ab") as file:
                    self._process = subprocess.Popen(command, stdout=file, stderr=file, **self._as_owner())
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(log.read_text("utf-8"))

    def stop(self) -> None:
        """End it without waiting for anybody, if it runs."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it in the middle of what it does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def url(self, database: str, role: str = ADMIN, password: str = PASSWORD) -> str:
        """Return the address of a database."""
        return f"postgresql://{role}:{password}@127.0.0.1:{self._port}/{database}"

    @contextmanager
    def copied(self, template: str = "template1") -> Iterator[str]:
        """Give the name of a copy of a database, which is gone with the block."""
        name = self.database(template)
        try:
            yield name
        finally:
            self._order("DROP DATABASE {} WITH (FORCE)", name)

    def database(self, template: str = "template1") -> str:
        """Make a copy of a database that nobody uses and return its name."""
        self._made += 1
        name = f"test{self._made}"
        self._order("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def dump(self, address: str, file: Path) -> None:
        """Write what an address holds into a file, as an administrator backs it up."""
        self._run("pg_dump", "--format=custom", f"--file={file}", address)

    def restore(self, file: Path, name: str) -> None:
        """Read such a file into an empty database."""
        self._run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={self.url(name)}", str(file))

    def _order(self, order: LiteralString, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(order).format(*map(sql.Identifier, names)))

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_programs() / program), *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_owner())
        assert ended.returncode == 0, ended.stderr

    def _as_owner(self) -> dict[str, Any]:
        who, group = _owner()
        change = {"user": who, "group": group, "extra_groups": ()} if os.getuid() == 0 else {}
        return {"cwd": self.folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, **change}


def certificate(folder: Path) -> Path | None:
    """Make a certificate for this machine's address that vouches for itself, with its key beside it."""
    if shutil.which("openssl") is None:
        return None
    made = folder / "server.pem"
    key = made.with_suffix(".key")
    about = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    command = ("openssl", "req", "-x509", *kind, *about, "-keyout", str(key), "-out", str(made))
    subprocess.run(command, check=True, capture_output=True)
    for file in (made, key):
        file.chmod(0o600)
        os.chown(file, *_owner())
    return made


@contextmanager
def postgresql() -> Iterator[Server]:
    """Give a running server that is gone with the block."""
    folder = Path(tempfile.mkdtemp(prefix="moriarty-postgresql-"))
    os.chown(folder, *_owner())
    server = Server(folder)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _programs() -> Path:
    found = programs()
    assert found is not None
    return found


def _owner() -> tuple[int, int]:
    """Return whose the server is: it refuses to run as root."""
    if os.getuid():
        return os.getuid(), os.getgid()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise AssertionError("there is nobody but root to run PostgreSQL")
