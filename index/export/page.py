"""A case study as one HTML file that loads nothing, runs nothing and links nowhere."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from index.characters import visible
from index.export.case_study import CaseStudy

_TEMPLATES = Environment(
    loader=PackageLoader("index.export"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def write(study: CaseStudy) -> bytes:
    """Return the case study as a UTF-8 HTML page in which every text is text; same input, same bytes."""
    return visible(_TEMPLATES.get_template("case_study.html").render(study=study)).encode("utf-8")
