"""Case studies as PDF, slides and HTML: whole, inert, and fit to be read."""

import io
import re
import textwrap
import zipfile

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation

from enrichment.typology import Typology
from index.export import page, pdf, slides, word
from index.export.case_study import CaseStudy, Row, Section
from tests.index.exportables import HOSTILE, pdf_text, read, view, write

WORDS = [f"word{number}" for number in range(4000)]
WRITERS = {"docx": word.write, "pptx": slides.write, "pdf": pdf.write, "html": page.write}


@pytest.fixture(scope="module")
def typology() -> Typology:
    return Typology.load()


def study(*sections: Section, title: str = "A firm is deceived") -> CaseStudy:
    return CaseStudy(title, "Succeeded", sections, ("Incident inc-1", "Typology 1", "Moriarty 1"))


LONG = study(
    Section("Summary", paragraphs=(" ".join(WORDS[:1000]),)),
    Section("Lessons", bullets=(" ".join(WORDS[1000:2000]), "x" * 600)),
    Section("Sources", header=("Title", "Published"), rows=(Row((" ".join(WORDS[2000:]), "2024-05")),)),
)


@pytest.mark.parametrize("name", WRITERS)
def test_no_word_of_a_long_case_study_is_lost(name: str) -> None:
    told = read(name, WRITERS[name](LONG))
    assert re.findall(r"word\d+", told) == WORDS
    assert len(re.findall("x", re.sub(r"[^x]*(x{20,})", r"\1", told))) >= 600


def test_a_slide_holds_no_more_than_fits_it() -> None:
    deck = Presentation(io.BytesIO(slides.write(LONG)))
    assert len(deck.slides) > 10
    for slide in deck.slides:
        [box] = [shape for shape in slide.shapes if shape != slide.shapes.title and shape.text_frame.text]
        lines = [line for line in box.text_frame.paragraphs if line.runs]
        [size] = {run.font.size.pt for line in lines for run in line.runs if run.font.size}
        needed = sum(len(textwrap.wrap(line.text, int(slides.LETTERS / size))) + 0.5 for line in lines)
        assert (needed - 0.5) * size <= slides.LINES
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= slides.WIDE
            assert shape.top >= 0 and shape.top + shape.height <= slides.HIGH


def test_an_address_on_a_slide_is_whole() -> None:
    url = f"https://www.example.org/{'a-long-name/' * 20}end"
    section = Section("Sources", header=("Title", "Address"), rows=(Row(("A title", url)),))
    assert url in read("pptx", slides.write(study(section)))


def test_slides_that_go_on_say_so(typology: Typology) -> None:
    deck = Presentation(io.BytesIO(write("pptx", typology)))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides if slide.shapes.title]
    assert titles[0] == "A firm is deceived"
    assert titles[1] == "Summary" and "Timeline" in titles and titles[-1] == "About this case study"
    assert "Summary (continued)" in [
        slide.shapes.title.text_frame.text for slide in Presentation(io.BytesIO(slides.write(LONG))).slides
    ]


@pytest.mark.parametrize("name", ["docx", "pptx"])
def test_an_office_file_points_to_nothing_outside(name: str, typology: Typology) -> None:
    with zipfile.ZipFile(io.BytesIO(write(name, typology, view(title=HOSTILE)))) as archive:
        for member in archive.namelist():
            assert b'TargetMode="External"' not in archive.read(member)


def test_a_pdf_holds_no_action_link_or_file(typology: Typology) -> None:
    payload = write("pdf", typology, view(title=HOSTILE))
    active = rb"/(URI|JavaScript|JS|Launch|EmbeddedFile|AA|OpenAction|SubmitForm)\b(?!\+)"
    assert not re.search(active, payload)
    assert "<script>alert(1)</script>" in " ".join(pdf_text(payload).split())


def test_a_pdf_says_what_it_is_on_every_page() -> None:
    with pypdfium2.PdfDocument(pdf.write(LONG)) as document:
        assert document.get_metadata_dict()["Title"] == "A firm is deceived"
        assert len(document) > 3
        for number, each in enumerate(document, 1):
            told = each.get_textpage().get_text_range()
            assert "Incident inc-1 · Typology 1 · Moriarty 1" in told
            assert str(number) in told.split()


@pytest.mark.parametrize("text", ["Łódź, Škoda, Gießen, Ñandú", "Київ и Москва", "€5m, £6m, ¥7m – “all”"])
def test_a_pdf_has_the_letters_of_european_languages(text: str) -> None:
    told = pdf_text(pdf.write(study(title=text)))
    assert text in told
    assert "replacement sign" not in told


def test_a_pdf_says_which_letters_it_lacks() -> None:
    lacking = pdf_text(pdf.write(study(title="被害者 of a scam")))
    assert "of a scam" in lacking and "被" not in lacking
    assert "3 different characters are shown as a replacement sign" in lacking


def test_an_html_case_study_loads_runs_and_links_to_nothing(typology: Typology) -> None:
    made = BeautifulSoup(write("html", typology, view(title=HOSTILE)), "html.parser")
    assert {tag.name for tag in made.find_all()} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "section", "footer", "div"),
        *("h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
    }
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}
    assert {name for tag in made.find_all() for name in tag.attrs} <= allowed
    style, heading, policy = (made.select(each) for each in ("style", "h1", "meta[http-equiv]"))
    assert "url(" not in style[0].get_text()
    assert "<script>alert(1)</script>" in heading[0].get_text()
    assert str(policy[0]["content"]).startswith("default-src 'none'")
