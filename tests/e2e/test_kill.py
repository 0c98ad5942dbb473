"""A run killed at any moment loses nothing it acknowledged and doubles nothing."""

import random
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import IO

import pytest
from warcio.archiveiterator import ArchiveIterator

from collectors.archive import Archive, verify
from collectors.records import Capture
from index.store import Store
from tests.collectors.hostile import HostileServer, reply, serving
from tests.e2e.commands import answer, command, environment, moriarty
from tests.index.log import fault

KILLS = 30
ATTEMPTS = 50
"""Runs at most; some end before their kill."""
NEW_ARTICLES = 2
"""Articles that come up before each run, so that every run has something to do in every stage."""
STARTER_CASES = 95
RUN = ("run", "starter", "press")
STAGES = ("", "collecting sources", "grouping into incidents", "building the search index")
"""What a run says, in order; a kill falls some time after one of these, however busy the machine is."""
MOMENTS = ((STAGES[0], 3.0), (STAGES[1], 1.5), (STAGES[1], 4.0), (STAGES[2], 0.3), (STAGES[2], 0.8))
"""After which stage a kill falls, and how many seconds later at most."""
KEPT = {
    "captures": "select id, body from captures",
    "reports": "select report, version, body from report_versions",
    "ends": "select id, disposition from captures where disposition is not null",
    "enriched": "select report, version, fingerprint from enriched",
    "audit": "select seq, entry, head from audit",
}
"""What a killed run may not take back once it is in the record."""


def article(number: int) -> bytes:
    told = f"In case {number} the fictional firm Ashdown {number} lost £{number},000 to a cloned voice. "
    head = f"<h1>Voice clone case {number}</h1>"
    return reply(f"<html lang=en><body><article>{head}<p>{told * 6}</p></article></body></html>".encode())


def described(home: Path, server: HostileServer) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True)
    (folder / "press.toml").write_text(
        f'title = "Press"\npublisher = "Press"\nurl = "{server.url("/feed")}"\nkind = "feed"\n'
        f"gap_seconds = 0.0\nitems_per_run = {ATTEMPTS * NEW_ARTICLES}\n"
    )


def publish(server: HostileServer, count: int) -> None:
    """Make the feed announce that many articles."""
    links = "".join(f"<item><link>{server.url(f'/a/{n}')}</link></item>" for n in range(count))
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{links}</channel></rss>'
    for number in range(count):
        server.routes.setdefault(f"/a/{number}", article(number))
    server.routes["/feed"] = reply(feed.encode(), content_type="application/rss+xml")


def acknowledged(home: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return everything in the record that may never go again."""
    database = home / "library.sqlite"
    kept: dict[str, set[tuple[object, ...]]] = {name: set() for name in KEPT}
    if not database.exists():
        return kept
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("select 1 from sqlite_master where name = 'captures'").fetchone():
            kept = {name: set(connection.execute(query)) for name, query in KEPT.items()}
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    return kept


@dataclass
class Running:
    """A run with the stages it has named so far."""

    child: subprocess.Popen[str]
    lines: "SimpleQueue[str]"
    stage: str = ""

    def reach(self, stage: str) -> None:
        """Wait until it names a stage or has ended."""
        while stage and self.stage != stage and not (self.child.poll() is not None and self.lines.empty()):
            self.listen(0.1)

    def last(self, seconds: float) -> None:
        """Let it go on for so long at most."""
        end = monotonic() + seconds
        while self.child.poll() is None and (left := end - monotonic()) > 0:
            sleep(min(left, 0.02))
        while not self.lines.empty():
            self.listen(0)

    def listen(self, seconds: float) -> None:
        try:
            line = self.lines.get(timeout=seconds) if seconds else self.lines.get_nowait()
        except Empty:
            return
        self.stage = next((stage for stage in STAGES[1:] if stage in line), self.stage)


def _relay(told: IO[str], lines: "SimpleQueue[str]") -> None:
    for line in told:
        lines.put(line)


@contextmanager
def started(home: Path, allowed: str) -> Iterator[Running]:
    with subprocess.Popen(
        command(home, "-v", *RUN),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(MORIARTY_ALLOWED_HOSTS=allowed),
    ) as child:
        lines: SimpleQueue[str] = SimpleQueue()
        assert child.stderr is not None
        reader = threading.Thread(target=_relay, args=(child.stderr, lines))
        reader.start()
        try:
            yield Running(child, lines)
        finally:
            child.send_signal(signal.SIGKILL)
            reader.join()


def killed(home: Path, moment: tuple[str, float], allowed: str) -> str:
    """Kill a run; return the last stage it named, or ``done`` where it was over before."""
    stage, seconds = moment
    with started(home, allowed) as running:
        running.reach(stage)
        running.last(seconds)
        return running.stage if running.child.poll() is None else "done"


@pytest.mark.timeout(600)
def test_thirty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(6962)
    fell: Counter[str] = Counter()
    with serving() as server:
        described(tmp_path, server)
        before = acknowledged(tmp_path)
        number = 0
        while fell.total() - fell["done"] < KILLS and number < ATTEMPTS:
            publish(server, (number + 1) * NEW_ARTICLES)
            stage, longest = MOMENTS[number % len(MOMENTS)]
            fell[killed(tmp_path, (stage, chance.uniform(0, longest)), server.host)] += 1
            now = acknowledged(tmp_path)
            for name, kept in before.items():
                assert kept <= now[name], (number, name)
            before = now
            number += 1
        last = moriarty(tmp_path, *RUN, MORIARTY_ALLOWED_HOSTS=server.host)
    print(dict(fell))  # noqa: T201  # shown where the test fails or output is asked for
    assert last.returncode == 0, last.stderr
    assert fell.total() - fell["done"] == KILLS, fell
    assert min(fell[STAGES[1]], fell[STAGES[2]]) > 0, fell
    check(tmp_path, number * NEW_ARTICLES)


def check(home: Path, articles: int) -> None:
    """Everything is there, once, and agrees with everything else."""
    status = answer(home, "status", "--json")
    assert status["balanced"]
    assert status["pending"] == status["unenriched"] == status["outbox"] == status["quarantined"] == 0
    assert status["reports"] == STARTER_CASES + articles
    assert status["indexed"] == status["reports"] + status["incidents"]
    assert verify(home / "evidence") == []
    assert readable(home / "evidence") >= status["captured"]
    with closing(Store(f"sqlite:///{home / 'library.sqlite'}")) as store:
        assert fault(store) is None
        assert store.ungrouped() == 0
        titles = Counter(report.title for report in store.all_reports())
    assert set(titles.values()) == {1}
    assert {f"Voice clone case {number}" for number in range(articles)} <= set(titles)
    captures = [Capture.model_validate_json(str(body)) for _, body in acknowledged(home)["captures"]]
    asked = Counter(capture.requested_url for capture in captures if "/a/" in capture.requested_url)
    assert set(asked.values()) == {1}, "an article whose capture was acknowledged is not asked for again"
    archive = Archive(home / "evidence", "none")
    assert all(archive.payload(capture) is not None for capture in captures)


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
    assert "0 reports enriched" in again.stderr
    second = answer(tmp_path, "status", "--json")
    for key in ("reports", "incidents", "findings", "parsed", "generation", "indexed"):
        assert first[key] == second[key], key
