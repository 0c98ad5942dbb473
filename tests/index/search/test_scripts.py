"""Words are found however a text writes them: hyphens, initials, invisible signs, scripts without spaces."""

import pytest

from index.search.backend import Backend
from index.search.language.parser import parse
from index.search.query import Hit, Mode
from index.search.vocabulary.analysis import analyse, tokenise, unstemmed
from index.search.vocabulary.folding import folded
from index.search.vocabulary.scripts import initials, normalise, plain_signs
from index.search.vocabulary.spelling import compounds, joined_words, run_together
from tests.index.search.searching import card, searcher

TEXTS = {
    "chinese": "广东警方通报一起利用换脸技术冒充公司老板的诈骗案",
    "japanese": "大阪府警は偽の社長メールで送金させたグループを摘発した。",
    "thai": "ศาลจำคุกแก๊งหลอกลงทุนด้วยวิดีโอปลอม",
    "lao": "ຕຳຫຼວດຈັບຜູ້ຫລອກລວງ",
    "marked": "The N.C.A. found far\u2011reaching cyber\u00adstalking, anti\u2010fraud staff, key-loggers.",
    "run": "The NCA found farreaching cyberstalking, antifraud staff, keyloggers.",
}
CARDS = [card(number, text, title=title) for number, (title, text) in enumerate(TEXTS.items(), start=1)]


def hits(backend: Backend, typed: str) -> list[Hit]:
    backend.write(CARDS, (), 1)
    return list(searcher(backend, *CARDS).search(parse(typed, mode=Mode.KEYWORD)).hits)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("chinese", ["换脸", "诈骗案", "冒充公司老板", "广东警方", "老板*", "title:chinese 技术"]),
        ("japanese", ["社長メール", "大阪府警", "グループ", "摘発", '"送金させた"']),
        ("thai", ["จำคุก", "ลงทุน", "วิดีโอปลอม", "ศาล"]),
        ("lao", ["ຕຳຫຼວດ", "ຫລອກລວງ"]),
    ],
)
def test_word_in_a_sentence_without_spaces_is_found_and_marked(
    backend: Backend, title: str, words: list[str]
) -> None:
    for typed in words:
        found = hits(backend, typed)
        assert [hit.title for hit in found] == [title], typed
        passage = found[0].passage
        assert passage is not None
        marked = "".join(passage.text[span.start : span.end] for span in passage.spans)
        sought = typed.split()[-1].strip('"*')
        assert marked.startswith(sought), (typed, marked)


@pytest.mark.parametrize("typed", ["脸换", "板老司公", "诈骗技术", "送金メール", "จำศาล", "电信网络"])
def test_letters_in_another_order_or_apart_are_not_that_word(backend: Backend, typed: str) -> None:
    assert hits(backend, typed) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NCA", "n.c.a."),
        ("farreaching", "far-reaching"),
        ("cyberstalking", "cyber\u00adstalk\u200bing"),
        ("antifraud", "anti\u2011fraud"),
        ("keyloggers", "key-logger"),
        ("keylogger OR zebra", "key-logger OR zebra"),
    ],
)
def test_word_is_found_in_either_writing_by_either(backend: Backend, one: str, other: str) -> None:
    for typed in (one, other):
        found = hits(backend, typed)
        assert {hit.title for hit in found} == {"marked", "run"}, typed
        assert all(hit.passage and hit.passage.spans for hit in found if " OR " not in typed), typed
    assert not {hit.title for hit in hits(backend, f"found -{other.split()[0]}")}


def test_every_word_of_the_index_has_its_place_in_the_text() -> None:
    for text in TEXTS.values():
        tokens = tokenise(text)
        assert [token.text for token in tokens] == analyse(text)
        assert all(0 <= token.start < token.end <= len(text) for token in tokens)
        assert all(analyse(text[token.start : token.end]) == [token.text] for token in tokens), text
        assert folded(text) == unstemmed(text)


def test_only_initials_lose_their_full_stops() -> None:
    text = (
        "U.S.-made, e.g. by J.R.R. Tolkien for N.H.S.; 1.2.A, v2.B, a.example, https://b.c/d and A.I.powered"
    )
    assert [word for word, _, _ in initials(text)] == ["US", "eg", "JRR", "NHS"]
    assert all(text[start:end].replace(".", "") == word for word, start, end in initials(text))
    for unchanged in ("end. A start", "Ltd.Co", "3.5", "a.b.example", ""):
        assert normalise(unchanged).text == unchanged


def test_only_words_of_two_or_three_parts_are_run_together() -> None:
    joined = ["co-ordinated", "Two\u2010year-old", "state-of-the-art", "2024-01-21", "email", "/a-b", "x-"]
    assert [run_together(word) for word in joined] == ["coordinated", "twoyearold", "", "", "", "", ""]
    text = "A neigh-bour's deep fake at https://a.example/some-page-here, a follow\u2011up"
    assert compounds(text) == ["deepfake", "neighbor", "followup"]
    assert [text[start:end] for word, start, end in joined_words(text) if word] == [
        "neigh-bour",
        "follow\u2011up",
    ]


def test_plain_text_is_returned_as_it_is() -> None:
    for text in ("plain", "“quotes” – and dashes — of a naïve café", "Привет", ""):
        assert plain_signs(text) is text
        assert normalise(text).text is text
    assert plain_signs("a\u2011b\u00adc\ufeff") == "a-bc"
