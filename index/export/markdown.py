"""A case study as Markdown in which no fetched text can act as markup."""

import re

from index.characters import visible
from index.export.case_study import CaseStudy, Section

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~^$&])")
_LEADING = re.compile(r"^(\s*)([-=]|\d+[.)])", re.MULTILINE)
_BREAK = "\u200b"
"""A zero-width space: keeps readers from turning an address inside a text into a link."""
_SCHEME = re.compile(r"(?i)\b(https?|ftp|www\.)")


def plain(text: str) -> str:
    """Return text that every Markdown reader shows as written: no link, image, HTML or list comes of it."""
    one_line = " ".join(visible(text).split())
    escaped = _LEADING.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", one_line))
    return _SCHEME.sub(lambda match: match[0][0] + _BREAK + match[0][1:], escaped)


def address(url: str) -> str:
    """Return an address as a code span, so that it is copied by a person and never followed by a program."""
    return f"`{visible(url).replace('`', '%60')}`" if "://" in url else plain(url)


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
        table += [_line(tuple(address(cell) for cell in row.cells)) for row in section.rows]
        lines.append("\n".join(table))
    return "\n\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
