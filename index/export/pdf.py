"""A case study as a PDF file: headings, tables that break across pages, and no link, script or file in it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from xml.sax.saxutils import escape

import fontpkg_fira_sans
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, LongTable, Paragraph, SimpleDocTemplate, TableStyle

from index.characters import xml_safe
from index.export.case_study import CaseStudy, Section

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
ACCENT, LINE, SHADE = colors.HexColor("#123a4a"), colors.HexColor("#c9d3d8"), colors.HexColor("#eef3f5")
BODY, BOLD = "FiraSans", "FiraSans-Bold"
CELL = 8
"""Size of the letters of tables, in points."""
LONGEST, WIDEST = 22 * mm, 60
"""Longest word that no column breaks, and most characters that count when columns share what is left."""
PADDING = 12.5
"""Points between the lines of a table and its text, left and right together."""
_GAP = 3 * mm
_MISSING = "\ufffd"


def write(study: CaseStudy) -> bytes:
    """Return the case study as a PDF file; the same input gives the same bytes.

    Characters that the typeface lacks become a replacement sign, and a line at the end says how many.
    """
    letters, styles = Letters(), _styles()
    story: list[Flowable] = [letters.paragraph(study.title, styles["title"])]
    if study.status:
        story.append(letters.paragraph(study.status, styles["status"]))
    for section in study.sections:
        story += _section(section, letters, styles)
    story += [letters.paragraph(line, styles["stamp"]) for line in study.stamp]
    if letters.missing:
        story.append(letters.paragraph(_lacking(len(letters.missing)), styles["stamp"]))
    buffer = io.BytesIO()
    foot = letters.drawn(" · ".join(study.stamp[:3]))
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=xml_safe(study.title)[:250],
        author="Moriarty",
        lang="en-GB",
        invariant=1,
        initialFontName=BODY,
    )

    def footer(canvas: Canvas, page: BaseDocTemplate) -> None:
        canvas.setFont(BODY, 8)
        canvas.drawString(MARGIN, MARGIN / 2, foot)
        canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, str(page.page))

    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


@dataclass
class Letters:
    """Writes text with what letters there are, and remembers which were missing."""

    missing: set[str] = field(default_factory=set)

    def drawn(self, text: str) -> str:
        """Return text in which each character without a letter is a replacement sign."""
        known = _typeface()
        lacking = {sign for sign in xml_safe(text) if ord(sign) not in known and not sign.isspace()}
        self.missing |= lacking - {_MISSING}
        sign = _MISSING if ord(_MISSING) in known else "?"
        return xml_safe(text).translate({ord(each): sign for each in lacking})

    def paragraph(self, text: str, style: ParagraphStyle) -> Paragraph:
        """Return text as a paragraph in which nothing is markup."""
        return Paragraph(escape(self.drawn(text)), style)


@cache
def _typeface() -> frozenset[int]:
    """Load the typeface, and return the characters it has letters for."""
    folder = fontpkg_fira_sans.ROOT / "files"
    for name, file in ((BODY, "FiraSans-Regular.ttf"), (BOLD, "FiraSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    return frozenset(pdfmetrics.getFont(BODY).face.charToGlyph)


@cache
def _styles() -> dict[str, ParagraphStyle]:
    body = ParagraphStyle("body", fontName=BODY, fontSize=10, leading=14, spaceAfter=4)
    heading = {"fontName": BOLD, "textColor": ACCENT, "keepWithNext": 1}
    return {
        "title": ParagraphStyle("title", fontSize=20, leading=25, spaceAfter=6, **heading),
        "status": ParagraphStyle("status", body, textColor=colors.HexColor("#44545c"), spaceAfter=8),
        "heading": ParagraphStyle(
            "heading", fontSize=13, leading=17, spaceBefore=12, spaceAfter=4, **heading
        ),
        "body": body,
        "bullet": ParagraphStyle("bullet", body, leftIndent=12, bulletIndent=2),
        "cell": ParagraphStyle("cell", fontName=BODY, fontSize=CELL, leading=10.5),
        "head": ParagraphStyle("head", fontName=BOLD, fontSize=CELL, leading=10.5),
        "stamp": ParagraphStyle("stamp", fontName=BODY, fontSize=8, leading=11),
    }


def _section(section: Section, letters: Letters, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    parts: list[Flowable] = [letters.paragraph(section.heading, styles["heading"])]
    parts += [letters.paragraph(paragraph, styles["body"]) for paragraph in section.paragraphs]
    parts += [
        Paragraph(escape(letters.drawn(bullet)), styles["bullet"], bulletText="•")
        for bullet in section.bullets
    ]
    if section.rows:
        parts.append(_table(section, letters, styles))
    return parts


def _table(section: Section, letters: Letters, styles: dict[str, ParagraphStyle]) -> Flowable:
    rows = [[letters.paragraph(cell, styles["head"]) for cell in section.header]]
    rows += [[letters.paragraph(cell, styles["cell"]) for cell in row.cells] for row in section.rows]
    look = [
        ("GRID", (0, 0), (-1, -1), 0.4, LINE),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    widths = _widths([section.header, *(row.cells for row in section.rows)])
    return LongTable(
        rows, widths, repeatRows=1, splitInRow=1, style=TableStyle(look), spaceBefore=2, spaceAfter=_GAP
    )


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the width of each column in points: room for its longest word, and of the rest the more, the
    longer its longest text; both within bounds."""
    columns = list(zip(*rows, strict=True))
    least = [min(max(map(_longest_word, column)), LONGEST) + PADDING for column in columns]
    shares = [min(max(len(cell) for cell in column), WIDEST) for column in columns]
    rest = max(WIDTH - sum(least), 0)
    wanted = [one + rest * share / sum(shares) for one, share in zip(least, shares, strict=True)]
    return [WIDTH * width / sum(wanted) for width in wanted]


def _longest_word(text: str) -> float:
    return max((pdfmetrics.stringWidth(word, BOLD, CELL) for word in text.split()), default=0.0)


def _lacking(count: int) -> str:
    signs = "1 character is" if count == 1 else f"{count} different characters are"
    return f"{signs} shown as a replacement sign, for want of a letter; Word and HTML files have them."
