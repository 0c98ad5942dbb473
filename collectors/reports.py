"""From what a parser read to a Report of a source."""

from collectors.records import Capture, Document, Report, Source, report_id, report_version


def as_report(document: Document, capture: Capture, source: Source, key: str) -> Report:
    """Return the report known by ``key`` (a canonical address, an outside id or ``file:`` and a digest).

    Its version changes with title and text only. A page without a language of its own takes the source's;
    a capture that was cut short makes a truncated report.
    """
    title = document.title or document.text.split("\n", 1)[0][:200]
    return Report(
        id=report_id(key),
        version=report_version(title, document.text),
        source=source.key,
        capture=capture.id,
        url=document.url,
        title=title,
        text=document.text,
        published=document.published,
        language=source.language if document.language == "und" else document.language,
        truncated=document.truncated or capture.truncated,
    )
