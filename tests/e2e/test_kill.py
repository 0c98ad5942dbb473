"""A run killed at any moment loses nothing it acknowledged and doubles nothing."""

import random
import signal
import sqlite3
import subprocess
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from tests.collectors.hostile import HostileServer, reply, serving
from tests.e2e.commands import answer, command, environment, moriarty

KILLS = 30
ARTICLES = 40
RUN = ("run", "starter", "press")


def article(number: int) -> bytes:
    told = f"In case {number} the fictional firm Ashdown {number} paid £{number},000 after a cloned voice called. "
    body = f"<html lang=en><body><article><h1>Voice clone case {number}</h1><p>{told * 6}</p></article></body></html>"
    return reply(body.encode())


def described(home: Path, server: HostileServer) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True)
    (folder / "press.toml").write_text(
        f'title = "Press"\npublisher = "Press"\nurl = "{server.url("/feed")}"\nkind = "feed"\n'
        f"gap_seconds = 0.0\nitems_per_run = {ARTICLES}\n"
    )


def pages(server: HostileServer) -> None:
    links = "".join(f"<item><link>{server.url(f'/a/{n}')}</link></item>" for n in range(ARTICLES))
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{links}</channel></rss>'
    server.routes["/feed"] = reply(feed.encode(), content_type="application/rss+xml")
    for number in range(ARTICLES):
        server.routes[f"/a/{number}"] = article(number)


def acknowledged(home: Path) -> dict[str, set[str]]:
    database = home / "library.sqlite"
    if not database.exists():
        return {"captures": set(), "reports": set()}
    with sqlite3.connect(database) as connection:
        known = {row[0] for row in connection.execute("select name from sqlite_master")}
        return {
            table: {row[0] for row in connection.execute(f"select id from {table}")}
            if table in known
            else set()
            for table in ("captures", "reports")
        }


def killed(home: Path, after: float, allowed: str) -> None:
    child = subprocess.Popen(
        command(home, *RUN),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(MORIARTY_ALLOWED_HOSTS=allowed),
        start_new_session=True,
    )
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()


def test_thirty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(6962)
    with serving() as server:
        pages(server)
        described(tmp_path, server)
        before = acknowledged(tmp_path)
        for _ in range(KILLS):
            killed(tmp_path, chance.uniform(0.8, 6.0), server.host)
            now = acknowledged(tmp_path)
            assert before["captures"] <= now["captures"]
            assert before["reports"] <= now["reports"]
            before = now
        last = moriarty(tmp_path, *RUN, MORIARTY_ALLOWED_HOSTS=server.host)
    assert last.returncode == 0, last.stderr
    status = answer(tmp_path, "status", "--json")
    assert status["balanced"]
    assert status["pending"] == status["unenriched"] == status["outbox"] == 0
    assert status["reports"] == len(acknowledged(tmp_path)["reports"]) == 95 + ARTICLES
    assert status["indexed"] == status["reports"] + status["incidents"]
    assert readable(tmp_path / "evidence") >= status["captured"]


def readable(folder: Path) -> int:
    """Return how many payload records the evidence holds; raises where one cannot be read to its end."""
    assert not list(folder.glob("*.open"))
    count = 0
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                count += record.rec_type in ("response", "resource", "revisit")
    return count


def test_a_second_run_redoes_nothing(tmp_path: Path) -> None:
    moriarty(tmp_path, "run", "starter")
    first = answer(tmp_path, "status", "--json")
    again = moriarty(tmp_path, "run", "starter")
    assert again.returncode == 0, again.stderr
    assert "0 new reports, 0 changed" in again.stderr
    assert "0 reports judged" in again.stderr
    second = answer(tmp_path, "status", "--json")
    assert {key: first[key] for key in ("reports", "incidents", "findings")} == {
        key: second[key] for key in ("reports", "incidents", "findings")
    }
