"""Sentences that tell the reader how to judge the text; they are left out when it is judged.

What is said to the reader is data: ``lexicon/aside.yaml`` has its words, ``facts_data/orders.yaml`` the forms
of orders to programs and about the fields they fill in; a page can word an order in other ways. What
offenders told an AI is news. In an English text sentences of other languages and runs of other scripts are
left out too: the models read neither.
"""

import re
from collections.abc import Iterator
from functools import cache

from enrichment.extraction.forms import FORM_WORD
from enrichment.extraction.phrases import load
from enrichment.judging.features import LEAD_CHARACTERS, Span, load_lexicon, sentences

ORDERS_CHARACTERS = 30_000
"""Characters in which such sentences are looked for."""
FOREIGN_WORDS = 2
"""Words of other languages from which a sentence with fewer English ones is not English."""
SHORT_WORDS = 3
"""Words of a sentence that says nothing alone and goes with an order beside it."""
CLAIM_WORDS = 9
"""Words of a sentence that only says what something is, and goes with an order beside it."""
_BREAK = re.compile(r"(?<=[.!?\"'”’)])\s+(?=[\[{<#*`@]|[^\W\d_\u0041-\u024f])|(?<=[\]}>)])\s+(?=[A-Z])")
_CODE = re.compile(r"\b[A-Z]{1,2}-0\d\b")
# What pages that were badly made into text still hold; nobody is told anything by it.
_PAGE = re.compile(
    r"</?(?:a|abbr|article|b|blockquote|br|caption|center|cite|code|dd|del|div|dl|dt|em|figcaption|figure|font"
    r"|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|q|s|section|small|span|strong|sub|sup|table|tbody|td|th|thead|time"
    r"|tr|u|ul)(?:\s[^<>]*)?/?>|\b(?:https?://|www\.)\S+",
    re.IGNORECASE,
)
# A turn of a conversation with an assistant, a tag, or a setting: prose has none of them.
_FOR_PROGRAMS = re.compile(
    r"^\W*(?:bot|robot|reviewer|analyst|annotator|coder|crawler|machine|computer|assistant|moderator)s?\s*,"
    r"|^\W*(?:assistant|user|system|human|ai|bot|admin|administrator|developer|instructions?|prompt)\s*[:\]>]"
    r"|\[\[|\]\]|</?[a-z]\w*[^<>]*>|[{,]\s*[\"']?\w+[\"']?\s*:|\b[a-z_]+\s?=\s?[\"'\w]",
    re.IGNORECASE,
)
_TOGETHER = (
    {"judge", "thing"},
    {"self", "process"},
    {"self", "flagging"},
    {"coder", "process"},
    {"you", "process"},
    {"agent", "act", "address"},
)
_QUOTED = re.compile(r"[\"“][^\"“”]{1,400}(?:[\"”]|$)|‘[^‘’]{1,400}(?:’|$)")
_OPENING = " \t([{<*#@>-–—\"'“‘!"
_CLAUSE = r"[^.:;!?]{0,60}?"
_GAP, _LIST = re.compile(r"<(\d+)-(\d+)>"), re.compile(r"<([a-z]+)>")
_OTHER_SCRIPT = re.compile(r"[^\W\d_\u0041-\u024f](?:[^A-Za-z\n]*[^\W\d_\u0041-\u024f]){5,}[.!?؟。．！？]?")
_PARAGRAPH = re.compile(r"[^\n]+")


def orders(text: str) -> list[Span]:
    """Return the sentences that say how to judge the text and, in an English text, those in other languages.

    A sentence between two of them goes with them, no more: orders around the news must not hide it.
    """
    ours, others = _languages(text[:LEAD_CHARACTERS])
    english = ours > others
    found = [match.span() for match in _OTHER_SCRIPT.finditer(text)] if english else []
    for paragraph in _PARAGRAPH.finditer(text):
        spans = [
            (paragraph.start() + start, paragraph.start() + end) for start, end in _pieces(paragraph.group())
        ]
        told = [text[start:end] for start, end in spans]
        marked = [place for place, said in enumerate(told) if _orders(said) or (english and _foreign(said))]
        marked = _with_neighbours(marked, told)
        found += [spans[place] for place in marked]
    return sorted(found)


def _pieces(paragraph: str) -> Iterator[Span]:
    """Yield the sentences, split also before tags and other scripts, which begin no sentence of prose."""
    for start, end in sentences(paragraph):
        for cut in _BREAK.finditer(paragraph, start, end):
            yield start, cut.start()
            start = cut.end()
        yield start, end


def _with_neighbours(marked: list[int], told: list[str]) -> list[int]:
    """Return the places marked and those beside them, one after the other, that speak to the reader too."""
    found = set(marked)
    for step in (1, -1):
        for place in marked:
            while 0 <= (place := place + step) < len(told) and _speaks(told[place]):
                found.add(place)
    found |= {place + 1 for place in found if place + 2 in found}
    return sorted(found)


def _speaks(sentence: str) -> bool:
    hits, length = load_lexicon("aside").hits(sentence), len(sentence.split())
    return length <= SHORT_WORDS or "you" in hits or (length <= CLAIM_WORDS and "claim" in hits)


def _foreign(text: str) -> bool:
    """Whether a text has more function words of other languages than English ones."""
    english, others = _languages(text)
    return others >= max(FOREIGN_WORDS, english + 1)


def _languages(text: str) -> tuple[int, int]:
    """Return the number of English function words in a text, and that of other languages."""
    hits = load_lexicon("aside").hits(text)
    return len(hits.get("english", ())), len(hits.get("foreign", ()))


def _orders(sentence: str) -> bool:
    said = _unprompted(sentence)
    hits = load_lexicon("aside").hits(said).keys()
    plain = bool(
        {"order", "about"} & hits or _CODE.search(said) or _FOR_PROGRAMS.search(_PAGE.sub(" ", said))
    )
    return plain or any(together <= hits for together in _TOGETHER) or _dictates(said)


def _unprompted(sentence: str) -> str:
    """Return a sentence without the quotation of what somebody told an AI, unless that is about a text."""
    told = _QUOTED.sub(" ", sentence)
    if told == sentence or not all(_forms()[each].search(told.lower()) for each in ("told", "ai")):
        return sentence
    if _forms()["judged"].search(" ".join(_QUOTED.findall(sentence)).lower()):
        return sentence
    return told


def _dictates(sentence: str) -> bool:
    """Whether a sentence tells a program what to read from the page, or names the values of its fields."""
    small = sentence.lower().replace("’", "'").lstrip(_OPENING)
    if _forms()["forms"].match(small) is not None:
        return True
    duty, entry = (_forms()[part].search(small) for part in ("machine", "entry"))
    return duty is not None and entry is not None


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    """Return the patterns of ``orders.yaml``: of the forms, of a duty, and of what was told to an AI."""
    data = load("orders")
    written = {"forms": "|".join(data["forms"]), **data["duty"], **data["prompted"]}
    return {name: re.compile(_spelt(form, data["lists"])) for name, form in written.items()}


def _spelt(written: str, lists: dict[str, list[str]]) -> str:
    """Return the pattern of a form, its lists and gaps spelt out."""
    spelt = _GAP.sub(lambda gap: rf"(?:{FORM_WORD}\s){{{gap[1]},{gap[2]}}}", written)
    spelt = spelt.replace("<any>", _CLAUSE)
    return _LIST.sub(lambda name: rf"(?:{'|'.join(lists[name[1]])})\b", spelt)
