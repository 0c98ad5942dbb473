"""Lines without a library: what a line of input is taken for."""

import pytest

from index.batch import report_of

WORDINGS = [
    ("en", "A clerk paid after a call with a cloned voice."),
    ("fr", "Un homme a imité par intelligence artificielle la voix d'un directeur."),
    ("es", "Los estafadores utilizaron inteligencia artificial para clonar la voz de su hija."),
    ("zh", "詐騙集團利用人工智能冒充主管,騙走兩億港元,警方正在調查。"),
]


@pytest.mark.parametrize(("language", "text"), WORDINGS)
def test_the_language_of_a_line_is_found_unless_it_is_said(language: str, text: str) -> None:
    assert report_of({"id": "a", "title": "", "text": text}).language == language
    assert report_of({"id": "a", "title": "", "text": text, "language": "pl"}).language == "pl"
