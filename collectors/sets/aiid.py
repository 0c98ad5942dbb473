"""The AI Incident Database: a snapshot folder or its weekly archive → incidents and their press reports."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from collectors.errors import EmptyDocument, ItemError, Malformed, TooLarge, UnsafeArchive
from collectors.formats.encoding import clean, clean_line
from collectors.formats.tabular import calendar_day, read_table
from collectors.records import (
    Capture,
    Claim,
    Issue,
    Outcome,
    Reference,
    Report,
    report_id,
    report_version,
)
from collectors.sets import aiid_press
from collectors.sets.aiid_labels import duplicates, incident_id, labels
from collectors.sets.rows import gather, issue_of, outcome
from collectors.sets.tarball import pack, unpack

CITATION = "https://incidentdatabase.ai/cite/"
SNAPSHOT_BYTES = 1_000_000_000
"""Bytes of a snapshot taken; the weekly archive has about 105,000,000."""

_PARTIES = {
    "Alleged deployer of AI system": "deployer",
    "Alleged developer of AI system": "developer",
    "Alleged harmed or nearly harmed parties": "harmed",
}
# Outside stay submissions.csv and quickadd.csv, which are not under the database's licence, and the drafts of
# single annotators, whose names have a hyphen.
_WANTED = re.compile(r"(?:incidents|reports|duplicates|classifications_\w+)\.csv|(?:LICENSE|license)\.txt")


@dataclass(frozen=True)
class _Snapshot:
    claims: Mapping[str, Sequence[Claim]]
    cited: Mapping[str, Reference]
    true_ids: Mapping[str, str]
    absent: Mapping[str, Sequence[str]]
    """True incident → its duplicates that have no row of their own any more."""


def bundle(path: Path) -> bytes:
    """Return a snapshot as one archive: the file itself, or a folder's tables as a deterministic tar.

    Raises ``TooLarge`` past 1 GB, ``UnsafeArchive`` where a table is a link or no ordinary file, ``OSError``
    where a file cannot be read.
    """
    files = [path] if path.is_file() else [each for each in path.iterdir() if _WANTED.fullmatch(each.name)]
    size = sum(each.stat().st_size for each in files)
    if size > SNAPSHOT_BYTES:
        raise TooLarge(f"{path.name} has {size:,} bytes; the limit is {SNAPSHOT_BYTES:,}")
    if path.is_file():
        return path.read_bytes()
    for each in files:
        if each.is_symlink() or not each.is_file():
            raise UnsafeArchive(f"{path.name}: {each.name} is a link or no ordinary file")
    return pack(files)


def parse(payload: bytes, capture: Capture) -> Outcome:
    """Return a report for every incident and for every press report of a snapshot.

    A row that cannot be read, and a member refused, becomes an issue. A duplicate incident stays, with the
    true incident's ref beside its own. Raises ``Malformed`` where there is no table of incidents and
    ``BombRefused`` where the archive unpacks to more than is safe.
    """
    unpacked = unpack(payload, lambda name: _WANTED.fullmatch(name) is not None)
    tables: dict[str, bytes] = {}
    issues = [issue_of(error, name, capture) for name, error in unpacked.refused.items()]
    for name, data in unpacked.members.items():
        if tables.setdefault(PurePosixPath(name).name, data) is not data:
            issues.append(issue_of(Malformed("the archive has this table twice"), name, capture))
    if "incidents.csv" not in tables:
        raise Malformed("the snapshot has no incidents.csv")
    incidents = list(_numbered(tables["incidents.csv"]))
    press = list(read_table(tables.get("reports.csv", b""), "reports.csv", escaped=True))
    snapshot, unused = _beside(tables, press, {name for name, _ in incidents}, capture)
    reports, refused = gather(incidents, lambda row: _incident(row, snapshot, capture), capture)
    articles, unread = aiid_press.read(press, _listed_by(reports, incidents), capture)
    undated = [_undated(report, capture) for report in reports if not _has_date(report)]
    return outcome([*reports, *articles], [*issues, *unused, *refused, *undated, *unread], capture)


def _numbered(data: bytes) -> Iterator[tuple[str, dict[str, str] | ItemError]]:
    seen: set[str] = set()
    for where, row in read_table(data, "incidents.csv"):
        if isinstance(row, Malformed):
            yield where, row
        elif row.get("incident_id") in seen:
            yield where, Malformed(f"{where}: incident {row['incident_id']} is in the table twice")
        else:
            number = row.get("incident_id", "")
            seen.add(number)
            yield f"incident {number}" if number else where, row


def _beside(
    tables: Mapping[str, bytes], press: aiid_press.Rows, present: set[str], capture: Capture
) -> tuple[_Snapshot, list[Issue]]:
    coded = [read_table(tables[name], name) for name in sorted(tables) if name.startswith("classifications_")]
    claims, broken = labels(coded, capture)
    true_ids, unread = duplicates(read_table(tables.get("duplicates.csv", b""), "duplicates.csv"), capture)
    absent: dict[str, list[str]] = defaultdict(list)
    for duplicate, true_id in true_ids.items():
        if f"incident {duplicate}" not in present:
            absent[true_id].append(duplicate)
    unknown = [
        issue_of(Malformed(f"the snapshot has no incident {number}"), f"labels of incident {number}", capture)
        for number in claims
        if f"incident {number}" not in present and number not in true_ids
    ]
    return _Snapshot(claims, aiid_press.references(press), true_ids, absent), [*broken, *unread, *unknown]


def _incident(row: dict[str, str], snapshot: _Snapshot, capture: Capture) -> Report:
    number = incident_id(row["incident_id"])
    title, text = clean_line(row["title"]), clean(row["description"])
    if not title and not text:
        raise EmptyDocument(f"incident {number} has neither title nor description")
    cited = [snapshot.cited[key] for key in _numbers(row) if key in snapshot.cited]
    same = [snapshot.true_ids[number]] if number in snapshot.true_ids else snapshot.absent.get(number, ())
    return Report(
        id=report_id(f"aiid:{number}"),
        version=report_version(title, text),
        source=capture.source,
        capture=capture.id,
        url=CITATION + number,
        title=title,
        text=text,
        language="en",
        refs=tuple(f"aiid:{each}" for each in (number, *same)),
        references=tuple(cited),
        claims=(*_own_claims(row, number, snapshot), *snapshot.claims.get(number, ())),
    )


def _own_claims(row: dict[str, str], number: str, snapshot: _Snapshot) -> Iterator[Claim]:
    day = calendar_day(row["date"])
    if day is not None:
        yield Claim(subject="occurred", value=day)
    for column, role in _PARTIES.items():
        for slug in json.loads(row[column]):
            yield Claim(subject="organisation", value=slug, role=role)
    if numbers := _numbers(row):
        yield Claim(subject="press_reports", value=str(len(numbers)))
    if number in snapshot.true_ids:
        yield Claim(subject="duplicate_of", value=f"aiid:{snapshot.true_ids[number]}")


def _numbers(row: dict[str, str]) -> list[str]:
    return [str(number) for number in json.loads(row["reports"])]


def _listed_by(
    reports: Sequence[Report], incidents: Sequence[tuple[str, dict[str, str] | ItemError]]
) -> dict[str, list[str]]:
    read = {report.refs[0] for report in reports}
    listed: dict[str, list[str]] = defaultdict(list)
    for _, row in incidents:
        if isinstance(row, dict) and f"aiid:{row.get('incident_id')}" in read:
            for number in _numbers(row):
                listed[number].append(row["incident_id"])
    return listed


def _has_date(report: Report) -> bool:
    return any(claim.subject == "occurred" for claim in report.claims)


def _undated(report: Report, capture: Capture) -> Issue:
    error = Malformed("its date is not a calendar day; the incident is kept without it")
    return issue_of(error, f"incident {report.refs[0].removeprefix('aiid:')}", capture)
