"""The press reports of an AI Incident Database snapshot: third parties' texts, kept as evidence only."""

from collections.abc import Iterator, Mapping, Sequence

from collectors.errors import EmptyDocument, ItemError, Malformed
from collectors.formats.encoding import clean, clean_line
from collectors.formats.tabular import calendar_day
from collectors.records import (
    Capture,
    Claim,
    Issue,
    PartialDate,
    Reference,
    Report,
    report_id,
    report_version,
)
from collectors.sets.rows import gather
from collectors.web.addresses import absolute_url, canonical_url

SOURCE = "aiid-reports"
"""Their own source, because their licence is not the database's."""

Rows = Sequence[tuple[str, dict[str, str] | Malformed]]


def references(rows: Rows) -> dict[str, Reference]:
    """Return the press reports that incidents cite, by report number."""
    return {
        row["report_number"]: Reference(
            publisher=row.get("source_domain", ""),
            title=clean_line(row.get("title", "")),
            url=absolute_url(row.get("url", ""), "") or None,
            published=row.get("date_published", "")[:10],
            kind="news",
        )
        for _, row in rows
        if not isinstance(row, Malformed) and row.get("report_number")
    }


def read(
    rows: Rows, listed_by: Mapping[str, Sequence[str]], capture: Capture
) -> tuple[list[Report], list[Issue]]:
    """Return a report for each row, with the refs of all incidents that list its number.

    Rows of one address and the same text are one report; another text of an address already taken is
    known by its report number, so that neither replaces the other at every import.
    """
    reports, issues = gather(_named(rows), lambda row: _report(row, listed_by, capture), capture)
    merged: dict[str, Report] = {}
    for report in reports:
        known = merged.get(report.id)
        if known is None:
            merged[report.id] = report
        elif known.version == report.version:
            merged[report.id] = _union(known, report)
        else:
            number = next(claim.value for claim in report.claims if claim.subject == "aiid_report")
            own = report.model_copy(update={"id": report_id(f"aiid-report:{number}")})
            merged[own.id] = own
    return list(merged.values()), issues


def _named(rows: Rows) -> Iterator[tuple[str, dict[str, str] | ItemError]]:
    for where, row in rows:
        numbered = not isinstance(row, Malformed) and row.get("report_number", "").isdigit()
        yield f"{where}, report {row['report_number']}" if numbered and isinstance(row, dict) else where, row


def _report(row: dict[str, str], listed_by: Mapping[str, Sequence[str]], capture: Capture) -> Report:
    number, title, text = row["report_number"], clean_line(row["title"]), clean(row["text"])
    if not number.isascii() or not number.isdigit():
        raise Malformed(f"{number!r:.60} is not the number of a report")
    if not text:
        raise EmptyDocument(f"report {number} has no text")
    url = canonical_url(row["url"]) or None
    refs = tuple(f"aiid:{incident}" for incident in listed_by.get(number, ()))
    return Report(
        id=report_id(url or f"aiid-report:{number}"),
        version=report_version(title, text),
        source=SOURCE,
        capture=capture.id,
        url=url,
        title=title,
        text=text,
        published=_published(row.get("date_published", "")),
        language=row.get("language") or "und",
        refs=refs,
        claims=(
            Claim(subject="aiid_report", value=number),
            *(Claim(subject="incident", value=ref) for ref in refs),
        ),
    )


def _published(text: str) -> PartialDate | None:
    day = calendar_day(text)
    return PartialDate(value=day, origin="dataset") if day is not None else None


def _union(known: Report, repeat: Report) -> Report:
    return known.model_copy(
        update={
            "refs": tuple(dict.fromkeys(known.refs + repeat.refs)),
            "claims": tuple(dict.fromkeys(known.claims + repeat.claims)),
        }
    )
