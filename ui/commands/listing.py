"""The output of commands for people: tables, hits, and one incident or report."""

from collections.abc import Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from enrichment.records import Incident
from enrichment.typology import Typology
from index import wording
from index.records import IncidentView, JudgedFinding, ReportView
from index.search.query import Hit, Mode, Passage, Results
from ui.asking import not_english
from ui.commands.printing import line, out, plain
from ui.terms import count, near_miss, place, standing

EMPTY = "The library is empty. `moriarty run` collects; `moriarty add PATH` takes in files."
_INSTEAD = {
    Mode.HYBRID: "Try fewer or other words, or --typology CODE alone.",
    Mode.KEYWORD: "Try fewer words, or --mode hybrid, which also finds what is close in meaning.",
    Mode.SEMANTIC: "Try --mode hybrid, which also finds words.",
}


def table(*headings: str) -> Table:
    """Return an empty table with these headings."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def hits(found: Sequence[Hit], typology: Typology) -> None:
    """List hits with their passages, the matching words underlined."""
    for hit in found:
        codes = ", ".join(f"{code} {typology.label(code)}" for code in hit.typologies[:2])
        out.print(plain(hit.title, "bold"))
        places = ", ".join(wording.country(code) for code in hit.countries)
        facts = " · ".join(
            part for part in (hit.id, hit.date, places, codes, wording.money(hit.loss)) if part
        )
        out.print(plain(f"  {facts}", "dim"))
        if hit.passage:
            out.print(plain("  ") + lit(hit.passage))
        if hit.why:
            out.print(plain(f"  {hit.why}", "dim italic"))
        out.print()


def lit(passage: Passage) -> Text:
    """Return a passage on one line, the matching words underlined."""
    made = plain(passage.text.replace("\n", " "))
    for span in passage.spans:
        made.stylize("underline", span.start, span.end)
    return made


def notes(found: Results, *, as_json: bool) -> None:
    """Print on stderr how the query was read, and what was searched for in its place.

    The latter stands before the hits on stdout, unless that is to hold JSON: a list that is saved to a file
    or piped on must say whose hits it holds.
    """
    for note in dict.fromkeys((*found.query.notes, *found.notes)):
        line(note)
    if found.suggestion:
        replaced = f"Searched for: {found.suggestion}"
        line(replaced) if as_json else out.print(plain(f"{replaced} (typed: {found.query.text})"))
    if found.offered:
        line(f"Did you mean: {found.offered}")


def results(found: Results, typology: Typology) -> None:
    """List the answers to a query, or say what to try where there are none and no note tells why."""
    if not found.stamp.cards:
        line(EMPTY)
    elif not found.hits and found.total:
        line(f"There are {count(found.total, 'hit')}: --offset passes over all of them.")
    elif not found.hits:
        advice = not_english(found) or ("" if found.query.notes else _INSTEAD[found.query.mode])
        line(f"Nothing found. {advice}".rstrip())
    else:
        hits(found.hits, typology)
        first = found.query.offset + 1
        where = f"{first} to {first + len(found.hits) - 1}" if found.query.offset else f"{len(found.hits)}"
        line(f"{where} of {found.total} shown")


def view(shown_view: IncidentView | ReportView, typology: Typology) -> None:
    """Show one incident or report with its findings and their quotes."""
    if isinstance(shown_view, IncidentView):
        incident = shown_view.incident
        heading, text, where = incident.title, incident.summary, _known(incident, typology)
    else:
        heading, text, where = shown_view.report.title, shown_view.report.text, shown_view.report.id
    out.print(plain(heading, "bold"))
    out.print(plain(where, "dim"))
    out.print(plain(text))
    out.print()
    for item in sorted(shown_view.findings, key=_order):
        _claim(item, typology)


def _claim(judged: JudgedFinding, typology: Typology) -> None:
    """Show one claim on a line, and the words it rests on below it at full width."""
    finding = judged.finding
    coded = finding.subject == "typology"
    named = typology.label(finding.value) if coded else wording.value(finding.subject, finding.value)
    who = "Near miss" if near_miss(judged) else standing(judged)
    asks = wording.subject(finding.subject)
    told = plain(f"{asks} " if asks.endswith("?") else f"{asks}: ")
    told.append_text(plain(f"{finding.value} {named}" if coded else named, "bold"))
    out.print(told.append_text(plain(f"  {finding.score:.2f} · {who}", "dim")))
    if finding.quote:
        out.print(Padding(plain(" ".join(finding.quote.split()), "italic"), (0, 0, 0, 4), expand=False))


def _known(incident: Incident, typology: Typology) -> str:
    """Return an incident's id, when it was, its codes, and how many reports tell it, on one line."""
    when = incident.occurred or incident.first_published
    codes = (
        f"{code.concept} {typology.label(code.concept)}" for code in incident.codes if not code.near_miss
    )
    reports = count(len(incident.reports), "report")
    return " · ".join((incident.id, *([when.value] if when else []), *codes, reports))


def _order(judged: JudgedFinding) -> tuple[bool, int, float]:
    """Return where a claim comes in a list: by its kind, the surest first, and the near misses last."""
    return near_miss(judged), place(judged.finding.subject), -judged.finding.score
