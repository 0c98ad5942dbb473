"""A case study as a Word document: headings, real tables, no links, fields or pictures from outside."""

import io

import docx
from docx.document import Document as WordDocument
from docx.shared import Pt, RGBColor

from index.characters import xml_safe
from index.export.case_study import CaseStudy, Section
from index.export.packing import EPOCH, repacked


def write(study: CaseStudy) -> bytes:
    """Return the case study as a DOCX file; the same input gives the same bytes."""
    document = docx.Document()
    _style(document)
    _properties(document, study)
    document.add_heading(_clean(study.title), level=0)
    if study.status:
        document.add_paragraph(_clean(study.status), style="Subtitle")
    for section in study.sections:
        _section(document, section)
    footer = document.sections[0].footer.paragraphs[0]
    footer.text = _clean(" · ".join(study.stamp[:3]))
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue())


def _style(document: WordDocument) -> None:
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    for name in ("Title", "Heading 1"):
        document.styles[name].font.color.rgb = RGBColor(0x12, 0x3A, 0x4A)


def _properties(document: WordDocument, study: CaseStudy) -> None:
    properties = document.core_properties
    properties.title = _clean(study.title)[:250]
    properties.author = "Moriarty"
    properties.comments = ""
    properties.created = properties.modified = EPOCH


def _section(document: WordDocument, section: Section) -> None:
    document.add_heading(_clean(section.heading), level=1)
    for paragraph in section.paragraphs:
        document.add_paragraph(_clean(paragraph))
    for bullet in section.bullets:
        document.add_paragraph(_clean(bullet), style="List Bullet")
    if section.rows:
        _table(document, section)


def _table(document: WordDocument, section: Section) -> None:
    table = document.add_table(rows=1, cols=len(section.header), style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, section.header, strict=True):
        cell.text = _clean(text)
    for row in section.rows:
        for cell, text in zip(table.add_row().cells, row.cells, strict=True):
            cell.text = _clean(text)
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(9)


def _clean(text: str) -> str:
    """Return text with no character that XML forbids or that reverses the reading direction."""
    return xml_safe(text)
