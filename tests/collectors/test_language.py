"""The language of a text, and whether a question is in another than English."""

import pytest

from collectors.language import another_language, language_of

GERMAN = (
    "Die Polizei warnt vor Anrufen, bei denen die Stimme eines Angehörigen mit Software nachgeahmt wird. "
    "Die Täter bitten um Geld und setzen ihre Opfer unter Druck, damit niemand nachfragt. Wer einen solchen "
    "Anruf erhält, soll auflegen und die bekannte Nummer zurückrufen."
)


def test_the_words_of_a_text_decide_about_its_language() -> None:
    assert language_of(GERMAN, "en") == "de"
    assert language_of("Kurz", "de") == "de"
    assert language_of("Kurz") == "und"


@pytest.mark.parametrize(
    "asked",
    [
        "estafa con voz clonada",
        "vidéo truquée arnaque",
        "Betrug mit geklonter Stimme",
        "truffa con voce clonata",
        "oszustwo na wnuczka głos",
        "深度伪造",
        "мошенничество",
        "صوت مزيف",
    ],
)
def test_a_question_in_another_language_is_known(asked: str) -> None:
    assert another_language(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "deepfke zelenskky surender",
        "fkae vidoe meting enginering firm hong kong",
        "seuxal aubse mateial",
        "Kowalczyk",
        "kowalczyk",
        "Société Générale fraud",
        "Karol Nawrocki deepfake",
        "malaysia macau scam",
        "WeChat 微信 scam",
        "12345 67",
    ],
)
def test_slips_and_names_make_no_question_foreign(asked: str) -> None:
    assert not another_language(asked)
