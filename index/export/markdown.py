"""A case study as Markdown in which no fetched text can act as markup."""

import re

from index.characters import visible
from index.export.case_study import ADDRESS, CaseStudy, Row, Section

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~^$&])")
_LEADING = re.compile(r"^(\s*)([-=]|\d+[.)])", re.MULTILINE)
_BREAK = "\u200b"
"""A zero-width space: keeps readers from turning an address inside a text into a link."""
_LINKED = re.compile(r"(?i)\b(?:https?|ftp|mailto|xmpp)(?=:)|\bwww\.|(?<=\S)@(?=\S)")
"""Where readers of GitHub's Markdown begin to see an address, whatever stands around it."""
_ENDING = re.compile(r"[`|\\<>\s]", re.ASCII)


def plain(text: str) -> str:
    """Return text that every Markdown reader shows as written: no link, image, HTML or list comes of it."""
    one_line = " ".join(visible(text).split())
    escaped = _LEADING.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", one_line))
    return _LINKED.sub(lambda match: match[0][0] + _BREAK + match[0][1:], escaped)


def address(url: str) -> str:
    """Return an address as a code span of one cell, which a person may copy and no program makes a link of.

    What would end the span or the cell is percent-encoded; what is no address is plain text.
    """
    if "://" not in url:
        return plain(url)
    return f"`{_ENDING.sub(lambda end: f'%{ord(end[0]):02X}', visible(url))}`"


def write(study: CaseStudy) -> bytes:
    """Return the case study as UTF-8 Markdown; the same input gives the same bytes."""
    parts = [f"# {plain(study.title)}", f"*{plain(study.status)}*" if study.status else ""]
    parts += [_section(section) for section in study.sections]
    parts.append("---\n\n" + "  \n".join(plain(line) for line in study.stamp))
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8")


def _section(section: Section) -> str:
    lines = [f"## {plain(section.heading)}"]
    lines += [plain(paragraph) for paragraph in section.paragraphs]
    if section.bullets:
        lines.append("\n".join(f"- {plain(bullet)}" for bullet in section.bullets))
    if section.rows:
        table = [_line(tuple(plain(cell) for cell in section.header)), _line(("---",) * len(section.header))]
        table += [_line(_cells(section, row)) for row in section.rows]
        lines.append("\n".join(table))
    return "\n\n".join(lines)


def _cells(section: Section, row: Row) -> tuple[str, ...]:
    return tuple(
        address(cell) if heading == ADDRESS else plain(cell)
        for heading, cell in zip(section.header, row.cells, strict=True)
    )


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
