"""Only a checked address is connected to, whatever the name service says and when, and under its own name."""

import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import which

import pytest

from collectors.errors import (
    AddressRefused,
    DeadlineExceeded,
    Unreachable,
)
from collectors.fetch import Exchange, Fetcher
from collectors.web.names import Resolver
from collectors.web.transport import system_trust
from tests.collectors.fetching import LIMITS, SHORT, fetcher, source
from tests.collectors.hostile import reply, serving


class Names:
    """A name service that gives one answer after another, the last one for ever."""

    def __init__(self, *answers: list[str] | OSError) -> None:
        self.left = list(answers)
        self.asked: list[str] = []

    def __call__(self, hostname: str, port: int) -> list[str]:
        self.asked.append(hostname)
        answer = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(answer, OSError):
            raise answer
        return answer


def visit(
    folder: Path,
    url: str,
    resolver: Resolver,
    trust: Callable[[], ssl.SSLContext] = system_trust,
    allowed: str = "",
    seconds: float = LIMITS.seconds,
) -> Exchange:
    """Fetch an address whose name only the given name service knows."""
    hosts = frozenset({allowed} - {""})
    limits = replace(LIMITS, seconds=seconds)
    with Fetcher(folder, limits=limits, resolver=resolver, trust=trust, allowed_hosts=hosts) as client:
        return client.get(url, source())


@pytest.mark.parametrize(
    "answer",
    [["127.0.0.1"], ["::1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"]],
    ids=" ".join,
)
def test_a_name_leading_inside_is_refused(tmp_path: Path, answer: list[str]) -> None:
    names = Names(answer)
    with pytest.raises(AddressRefused, match="not a public address"):
        visit(tmp_path, "http://example.org/", names)
    assert names.asked == ["example.org"]


def test_the_checked_address_is_the_one_connected_to(tmp_path: Path) -> None:
    # Each request rests on one answer of the name service; there is no second lookup to connect.
    names = Names(["127.0.0.1"], ["192.0.2.1"])
    with serving({"/page": reply(b"hello")}) as server:
        host = f"rebound.example:{server.server_address[1]}"
        with pytest.raises((Unreachable, DeadlineExceeded)):
            visit(tmp_path, f"http://{host}/page", names, allowed=host, seconds=SHORT)
        assert [request.path for request in server.requests] == ["/robots.txt"]
        assert server.requests[0].headers["host"] == host
    assert len(names.asked) == 2


def test_a_second_address_is_tried_where_the_first_is_dead(tmp_path: Path) -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    with serving({"/page": reply(b"hello")}) as server:
        host = f"two.example:{server.server_address[1]}"
        assert visit(tmp_path, f"http://{host}/page", names, allowed=host).peer == "127.0.0.1"


def test_an_unknown_name_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="no such name"):
        visit(tmp_path, "http://unknown.example/", Names(OSError("no such name")))


def test_a_stalling_lookup_is_cut(tmp_path: Path) -> None:
    release = threading.Event()

    def stall(hostname: str, port: int) -> list[str]:
        release.wait(10)
        return ["192.0.2.1"]

    with pytest.raises(DeadlineExceeded, match="name service"):
        visit(tmp_path, "http://slow.example/", stall, seconds=SHORT)
    release.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate, with its key, for secure.example."""
    if which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem"
    )
    names = [
        "-out",
        "cert.pem",
        "-subj",
        "/CN=secure.example",
        "-addext",
        "subjectAltName=DNS:secure.example",
    ]
    subprocess.run([*command.split(), *names], cwd=path.parent, check=True, capture_output=True)
    path.write_text((path.parent / "cert.pem").read_text() + (path.parent / "key.pem").read_text())
    return path


@pytest.mark.parametrize(
    ("hostname", "trusted", "problem"),
    [
        ("secure.example", True, None),
        ("secure.example", False, "CERTIFICATE_VERIFY_FAILED"),
        ("other.example", True, "Hostname mismatch"),
    ],
)
def test_the_certificate_must_be_for_the_name_though_the_address_is_pinned(
    tmp_path: Path, certificate: Path, hostname: str, trusted: bool, problem: str | None
) -> None:
    serves = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serves.load_cert_chain(certificate)
    own = partial(ssl.create_default_context, cafile=certificate)
    with serving({"/page": reply(b"hello")}, tls=serves) as server:
        host = f"{hostname}:{server.server_address[1]}"
        expected = nullcontext() if problem is None else pytest.raises(Unreachable, match=problem)
        with expected:
            page = visit(
                tmp_path, f"https://{host}/page", Names(["127.0.0.1"]), own if trusted else system_trust, host
            )
            assert page.wire == b"hello"


def test_a_stalling_tls_handshake_is_unreachable(tmp_path: Path) -> None:
    with serving() as server, fetcher(tmp_path, server, limit={"seconds": SHORT}) as client:
        address = server.url("/page").replace("http:", "https:")
        with pytest.raises(Unreachable):
            client.get(address, source())
