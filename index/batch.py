"""The stages without a library: lines in, answers out, nothing kept."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from collectors.errors import Unsupported
from collectors.language import language_of
from collectors.records import PartialDate, Report, report_id, report_version
from enrichment.run import Enricher
from enrichment.summary import summary
from index import stages
from index.settings import Settings

_LONE = re.compile("[\ud800-\udfff]")
"""Halves of a character, which JSON can hold and no tokenizer, file or hash takes."""


def enricher(settings: Settings) -> Enricher:
    """Return the models these settings name; without a usable embedder they work on words alone."""
    return Enricher.load(embedder=stages.load_embedder(settings.embedder))


def report_of(row: Mapping[str, object]) -> Report:
    """Return a line of input as a Report; raises ``Unsupported`` where it has no id, or no title and no text.

    Half a character becomes a replacement sign, so that spans into the given title and text hold; an id that
    holds one is refused, as answers are told apart by it.
    """
    title, text, url = (_LONE.sub("\ufffd", str(row.get(name) or "")) for name in ("title", "text", "url"))
    key = str(row.get("id") or "")
    if not key or not (title or text):
        raise Unsupported("a line needs an id, and a title or a text")
    if _LONE.search(key):
        raise Unsupported("an id must be whole characters, and this one holds half of one")
    published = str(row.get("published") or "")[:10]
    return Report(
        id=key,
        version=report_version(title, text),
        source="stdin",
        capture="",
        url=url or None,
        title=title,
        text=text,
        published=PartialDate.read(published),
        language=str(row.get("language") or language_of(f"{title}. {text}")),
    )


def classify(reports: Iterable[Report], enricher: Enricher) -> Iterator[dict[str, object]]:
    """Yield the machine's suggestions for each report, in order."""
    for enriched in enricher.enrich(reports):
        yield {"id": enriched.report, **summary(enriched)}


def cluster(reports: Sequence[Report], enricher: Enricher) -> Iterator[dict[str, object]]:
    """Yield the cluster of each report, in order; reports of one incident share one. No id is in it twice."""
    from enrichment.group import Groupable, group  # here: it loads scipy, which the others do without

    by_id = {report.id: report for report in reports}
    items = [
        Groupable.of(by_id[item.report], item.findings, item.vectors) for item in enricher.enrich(reports)
    ]
    names = {
        report: report_id(sorted(members)[0]).replace("rep-", "c-")
        for members in group(items).clusters
        for report in members
    }
    for report in reports:
        yield {"id": report.id, "cluster": names[report.id]}
