"""A case study as slides for teaching: large letters, and as many slides as the text needs."""

import io
import textwrap
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.util import Inches, Length, Pt

from index.characters import xml_safe
from index.export.case_study import CaseStudy, Section
from index.export.packing import EPOCH, repacked

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN, TOP, TITLE_HIGH, TEXT_TOP = Inches(0.7), Inches(0.4), Inches(1.1), Inches(1.75)
TEXT_WIDE, TEXT_HIGH = Length(WIDE - 2 * MARGIN), Length(HIGH - TEXT_TOP - TOP)
SIZES = (26, 22, 18)
"""Sizes of the body's letters, in points; the largest at which a section fits one slide is taken."""
LETTERS, LINES = 92 * 18, 13 * 18
"""Letters that fit one line, and lines that fit one slide, each times the size of the letters. A gap between
texts counts as half a line."""
ACCENT = RGBColor(0x12, 0x3A, 0x4A)  # type: ignore[no-untyped-call] # the library leaves it untyped
LONGEST_LEAD = 80
"""Letters up to which the first cell of a row is what its text begins with."""
_TITLE_ONLY = 5
"""Place of the layout that has a title and nothing else in the library's own template."""


@dataclass(frozen=True)
class Text:
    """One paragraph of a slide."""

    lead: str
    """What it begins with, in bold; empty for most."""
    rest: str


def write(study: CaseStudy) -> bytes:
    """Return the case study as a PPTX file; the same input gives the same bytes.

    No text is cut: what does not fit a slide goes on on the next, whose title says so.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    _properties(deck, study)
    _slide(deck, study.title, [Text("", study.status)] if study.status else [], SIZES[0])
    for section in (*study.sections, Section("About this case study", paragraphs=study.stamp)):
        said = texts(section)
        size, pages = next(fit for fit in _fits(said) if len(fit[1]) == 1 or fit[0] == SIZES[-1])
        for number, page in enumerate(pages):
            _slide(deck, section.heading + (" (continued)" if number else ""), page, size)
    buffer = io.BytesIO()
    deck.save(buffer)
    return repacked(buffer.getvalue())


def texts(section: Section) -> list[Text]:
    """Return what a section says, a text for each paragraph, bullet and row of its table."""
    rows = [[cell for cell in row.cells if cell] for row in section.rows]
    return [
        *(Text("", paragraph) for paragraph in section.paragraphs),
        *(Text("", f"• {bullet}") for bullet in section.bullets),
        *(_row(cells) for cells in rows if cells),
    ]


def _row(cells: Sequence[str]) -> Text:
    lead = cells[0] if len(cells[0]) <= LONGEST_LEAD else ""
    return Text(lead, " · ".join(cells[1:] if lead else cells))


def slides(said: Sequence[Text], size: int) -> Iterator[list[Text]]:
    """Yield the texts of one slide after another, in letters of this size; a text too long is divided."""
    held: list[Text] = []
    most = LINES // size
    room = float(most)
    for text in said:
        for part in _parts(text, most, size):
            needed = lines(part, size)
            if held and needed > room:
                yield held
                held, room = [], float(most)
            held.append(part)
            room -= needed + 0.5
    if held:
        yield held


def lines(text: Text, size: int) -> int:
    """Return how many lines a text fills in letters of this size."""
    return len(textwrap.wrap(f"{text.lead} {text.rest}", LETTERS // size)) or 1


def _parts(text: Text, most: int, size: int) -> Iterator[Text]:
    """Yield a text in parts of so many lines at most, divided between words."""
    words = text.rest.split()
    lead = text.lead
    while lines(Text(lead, " ".join(words)), size) > most and len(words) > 1:
        fits = bisect_right(
            range(1, len(words)), most, key=lambda end: lines(Text(lead, " ".join(words[:end])), size)
        )
        yield Text(lead, " ".join(words[: max(fits, 1)]))
        words, lead = words[max(fits, 1) :], ""
    yield Text(lead, " ".join(words))


def _fits(said: Sequence[Text]) -> Iterator[tuple[int, list[list[Text]]]]:
    return ((size, list(slides(said, size))) for size in SIZES)


def _slide(deck: Deck, title: str, said: Sequence[Text], size: int) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    head = slide.shapes.title
    assert head is not None  # noqa: S101 - the layout has one
    head.left, head.top, head.width, head.height = MARGIN, TOP, TEXT_WIDE, TITLE_HIGH
    head.text_frame.text = xml_safe(title)
    head.text_frame.word_wrap, head.text_frame.vertical_anchor = True, MSO_ANCHOR.BOTTOM
    head.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    for run in head.text_frame.paragraphs[0].runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(30 if len(title) <= 90 else 22), True, ACCENT
    rule = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, MARGIN, Inches(1.58), TEXT_WIDE, Pt(2))
    rule.fill.solid()
    rule.fill.fore_color.rgb = ACCENT
    rule.line.fill.background()
    frame = slide.shapes.add_textbox(MARGIN, TEXT_TOP, TEXT_WIDE, TEXT_HIGH).text_frame
    frame.word_wrap = True
    for number, text in enumerate(said):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size / 2)
        for words, bold in ((text.lead, True), (text.rest, False)):
            if words:
                run = paragraph.add_run()
                run.text = xml_safe(words if bold or not text.lead else f"  {words}")
                run.font.size, run.font.bold = Pt(size), bold


def _properties(deck: Deck, study: CaseStudy) -> None:
    properties = deck.core_properties
    properties.title = xml_safe(study.title)[:250]
    properties.author = properties.last_modified_by = "Moriarty"
    properties.created = properties.modified = EPOCH
