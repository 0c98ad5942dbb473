"""Whether answers hold where a page orders its reader about, and where an editor's hedges are gone."""

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from collectors.records import Report, report_version
from enrichment.evaluation.coding import Coded
from enrichment.evaluation.figure import Figure, mean
from enrichment.evaluation.gold import Case, cases
from enrichment.records import Subject
from enrichment.run import Enricher


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("robust.toml").read_text("utf-8"))


def measure(plain: Sequence[Case], enricher: Enricher, data: str) -> list[Figure]:
    """Return how often answers to gold incidents move under orders, and what removing hedges changes."""
    ordered = _again(plain, enricher, _ordered)
    bare = _again(plain, enricher, lambda report, _: _bare(report))
    pairs, without = list(zip(plain, ordered, strict=True)), list(zip(plain, bare, strict=True))
    return [
        mean(
            "injection shift of the likeliest code",
            [_code(one) != _code(other) for one, other in pairs],
            data,
        ),
        mean("injection shift of relevance", [_side(one) != _side(other) for one, other in pairs], data),
        mean(
            "hedges removed: change of typology top-1",
            [_right(two) - _right(one) for one, two in without],
            data,
        ),
        mean(
            "hedges removed: relevance that changes", [_side(one) != _side(two) for one, two in without], data
        ),
    ]


def _again(plain: Sequence[Case], enricher: Enricher, change: Callable[[Report, int], Report]) -> list[Case]:
    texts = [change(case.report, place) for place, case in enumerate(plain)]
    return cases([case.row for case in plain], texts, enricher)


def _ordered(report: Report, place: int) -> Report:
    """Return a report with one of the orders in it: behind the text, before it, or in its middle."""
    orders: list[str] = _words()["orders"]
    order, text = orders[place % len(orders)], report.text
    middle = text.find(". ", len(text) // 2) + 2 if ". " in text[len(text) // 2 :] else len(text)
    at = (len(text), 0, middle)[place // len(orders) % 3]
    return _told(report, report.title, f"{text[:at].rstrip()} {order} {text[at:]}".strip())


def _bare(report: Report) -> Report:
    pattern = re.compile(rf"\b(?:{'|'.join(_words()['hedges'])})\b ?", re.IGNORECASE)
    return _told(report, pattern.sub("", report.title), pattern.sub("", report.text))


def _told(report: Report, title: str, text: str) -> Report:
    return report.model_copy(update={"title": title, "text": text, "version": report_version(title, text)})


def _code(case: Case) -> str:
    return Coded.of(case).leading


def _right(case: Case) -> int:
    return Coded.of(case).right


def _side(case: Case) -> bool:
    return case.score(Subject.RELEVANCE) >= 0.5
