"""The model card and the transparency record, made from a scorecard's values and templates of our own words.

Same values, same bytes: nothing is taken from the clock or the machine.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from enrichment.data_files import read_yaml
from enrichment.evaluation.figure import as_json
from enrichment.evaluation.scorecard import Scorecard
from enrichment.typology import SOURCE

FIGURES = "figures.json"
TEMPLATES = Path(__file__).with_name("templates")
PAGES = ("model-card.md", "transparency-record.md")

Value = Mapping[str, Any]


def publish(card: Scorecard, folder: Path) -> list[Path]:
    """Write the figures and the pages made from them to a folder, and return their paths."""
    kept = as_json(card.value())
    texts = {FIGURES: kept, **pages(json.loads(kept))}  # read back: pages are made from the file alone
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]


def pages(value: Value) -> dict[str, str]:
    """Return the text of each page by its name."""
    told = {
        **value["models"],
        "typology_date": str(read_yaml(SOURCE)["date"]),
        "files": _files(value["files"]),
        "goals": _figures([each for each in value["figures"] if each["goal"] is not None]),
        "figures": _figures(value["figures"]),
        "reliability": _reliability(value["reliability"]),
        "humans": _humans(value["human"]["agreement"]),
        "caveat": value["human"]["caveat"],
        "skipped": "\n".join(f"- {each['what']}: {each['why']}" for each in value["skipped"]) or "Nothing.",
        "failures": _template("failures.md").template.strip(),
    }
    return {name: _template(name).substitute(told) for name in PAGES}


def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text("utf-8"))


def _files(files: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in files.items()) or "nothing"


def _figures(figures: Sequence[Value]) -> str:
    rows = [
        (
            each["name"],
            _number(each["value"]),
            f"{_number(each['low'])} to {_number(each['high'])}",
            str(each["n"]),
            _goal(each),
            {True: "yes", False: "**no**", None: ""}[each["met"]],
            each["human"],
            each["data"],
        )
        for each in figures
    ]
    return _table(("Figure", "Value", "95 % interval", "n", "Goal", "Met", "People", "Data"), rows)


def _goal(each: Value) -> str:
    return "" if each["goal"] is None else f"{'≤' if each['at_most'] else '≥'} {each['goal']:g}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _reliability(tables: Mapping[str, Sequence[Value]]) -> str:
    rows = [
        (
            name,
            f"{each['low']:.1f} to {each['high']:.1f}",
            str(each["n"]),
            _number(each["score"]),
            _number(each["right"]),
        )
        for name, table in tables.items()
        for each in table
    ]
    return _table(("Data", "Score", "n", "Mean score", "Right"), rows)


def _humans(agreement: Sequence[Value]) -> str:
    return _table(("Question", "Agreement"), [(each["figure"], each["agreement"]) for each in agreement])


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "None."
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)
