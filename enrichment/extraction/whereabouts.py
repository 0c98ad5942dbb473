"""Mentions of countries, and how strongly the words around each say that the matter took place there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from enrichment.extraction.gazetteer import hits
from enrichment.extraction.origins import is_origin
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, load

CHARACTERS_BEFORE, CHARACTERS_AFTER, SENTENCE_CHARACTERS = 42, 48, 600
"""Characters looked at before and behind a mention, and of its sentence."""
WEIGHT = {
    "institution": 0.8,
    "region": 0.5,
    "city": 0.5,
    "hint": 0.45,
    "name": 0.4,
    "demonym": 0.3,
    "home": 0.15,
    "seat": 0.1,
}
"""How much each kind of word says by itself that the matter took place in its country."""
CUE_WEIGHT, TITLE_WEIGHT, PASSING_WEIGHT = 0.7, 0.4, -0.6
"""What a telling word and a place in the title add to a weight; the weight of a country named in passing."""

_FOR = ("pro-", "anti-")
_ONLY_SEEMING = {False: _FOR, True: (*_FOR, "fake ", "false ", "supposed ", "bogus ")}
"""Prefixes that say that a people (True) or a country (False) is only sided with or pretended."""
_PASSING_BEFORE = ("passing_before", "pose_before", "holder_before", "so_called")
_SAID_BY = re.compile(
    r"\b(?:said|says|according\sto)\s(?:an?|one|the)\s(?:[\w-]{1,14}\s){0,3}(?:from|in)\s(?:the\s)?$"
)
_SPOKEN = re.compile(r"\bin\s(?:(?:fluent|faultless|flawless|perfect|broken|accented|good|poor|natural)\s)?$")
_LANGUAGE = re.compile(r"\s?(?:(?:and|or|that|which|by|with|at|to|for|from|as|was|were|is|are)\b|[.,;:)]|$)")
_COMPOUND = re.compile(r"-[A-Z]")


@dataclass(frozen=True)
class Mention:
    """One word that names a country, and how strongly it says that the matter took place there."""

    code: str
    passage: Passage
    start: int
    end: int
    weight: float
    kind: str
    origin: bool = False
    """Whether it is only the origin of somebody pursued or brought away."""

    @property
    def word(self) -> str:
        """The word as it is written."""
        return self.passage.text[self.start : self.end]


def mentions(passage: Passage) -> Iterator[Mention]:
    """Yield the mentions of a passage; in a list (``in Italy and Spain``) all count like its first."""
    previous: Mention | None = None
    for hit in hits(passage):
        kind, code = hit.value.split()
        weight = _weight(passage, hit, kind)
        origin = is_origin(passage, hit, kind)
        between = passage.text[previous.end : hit.start] if previous else ""
        if previous is not None and patterns()["list"].fullmatch(between):
            weight = max(weight, previous.weight) if previous.weight > 0 else previous.weight
            origin = origin or previous.origin
        previous = Mention(code, passage, hit.start, hit.end, weight, kind, origin)
        yield previous


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the words around a mention."""
    data = load("places")

    def words(listing: str) -> str:
        return "|".join(re.escape(word.lower()) for word in sorted(data[listing], key=len, reverse=True))

    return {
        "speaks_after": re.compile(rf"(?:['’]s?|-based)?\s?(?:\w{{1,12}}\s)?(?:{words('speaks_after')})\b"),
        "home_after": re.compile(rf"(?:['’]s?)?\s?(?:\w{{1,12}}\s)?(?:{words('home_after')})\b"),
        "where_before": re.compile(rf"\b(?:{words('where_before')})\s(?:the\s|\w{{1,12}}\s)?$"),
        "neutral_before": re.compile(rf"\b(?:{words('neutral_before')})\s(?:the\s)?$"),
        "harmed_before": re.compile(
            rf"\b(?:{words('harmed_before')})\s(?:(?:the|some|many|most|older|elderly|young)\s)?$"
        ),
        "where_after": re.compile(rf"(?:['’]s?|-based)?\s(?:\w{{1,12}}\s)?(?:{words('where_after')})\b"),
        **{
            name: re.compile(rf"\b(?:{words(name)})\b")
            for name in ("cooperation", "fakes", "worldwide", "elsewhere")
        },
        "passing_before": re.compile(rf"\b(?:{words('passing_before')})\s(?:the\s|an?\s)?$"),
        "victim_verbs": re.compile(
            rf"(?:['’]s|-based)?(?:\s[\w-]{{1,14}}){{0,3}}\s(?:{words('victim_verbs')})\b"
        ),
        "office_after": re.compile(
            rf"(?:['’]s?|-based)?\s(?:(?:former|late|new|\w{{1,12}})\s)?(?:{words('offices')})\b"
        ),
        "passing_after": re.compile(rf"(?:['’]s?)?\s?(?:\w{{1,12}}\s)?(?:{words('passing_after')})\b"),
        "list": re.compile(
            r"\.?(?:,\s?|\s(?:and|or)\s|,\s(?:and|or)\s)(?:the\s|mainland\s|Europe(?:\sand\s|,\s)){0,2}"
        ),
        "speaker_before": re.compile(
            rf"\b(?:{words('speakers')})\s(?:\w{{1,12}}\s|(?:at|from|of|in)\san?\s(?:\w{{1,12}}\s)?(?:{words('speakers_seats')})\s)?"
            r"(?:in|from|at|of)\s(?:the\s)?$"
        ),
        "holder_before": re.compile(
            rf"\b(?:{words('holders')})\s(?:(?:with|at|of)\s(?:\w{{1,12}}\s){{1,2}}|(?:is|are|was|were)\s)?(?:in|at)\s(?:the\s)?$"
        ),
        "so_called": re.compile(
            r"\b(?:so-called|supposed|purported|self-styled|suspects?\s(?:is|are|was|were))"
            r"\s(?:\w{1,14}\s){1,3}(?:in|from)\s(?:the\s)?$"
        ),
        **_sides(words("asides"), words("relatives")),
        **_agencies(words("knows_after"), words("helps_before")),
        "run_after": re.compile(rf"-based\s(?:[\w-]{{1,14}}\s){{0,2}}(?:{words('run_after')})\b"),
        "pose_before": re.compile(
            rf"\b(?:{words('pose')})\s(?:[\w’'-]{{1,14}}\s){{0,3}}?[\w’'-]{{1,14}}(?:,|\s(?:or|and))\s(?:an?\s)?$"
        ),
        "address_before": re.compile(rf"\b[\w’']{{1,20}}\s(?:{words('streets')}),\s$"),
    }


def _sides(asides: str, relatives: str) -> dict[str, re.Pattern[str]]:
    """Return the pattern of words before a place where only a relative, a supplier or the like was."""
    doing = (
        r"(?:is|was|lives?|lived|living|works?|working|studies|studying|stationed)\s(?:[\w-]{1,14}\s){0,2}"
    )
    relative = rf"(?:{relatives}),?\s(?:who\s)?(?:{doing})?(?:in|from)"
    return {"aside_before": re.compile(rf"\b(?:(?:{asides})\s(?:in|at|from)|{relative})\s(?:the\s)?$")}


def _agencies(knows: str, helps: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of words by which somebody was caught, or an agency only knows or helps."""
    return {
        "caught_after": re.compile(
            r",\swhere\s(?:[\w’'-]{1,14}\s){1,4}(?:arrested|detained|charged|jailed|tried|convicted|sentenced|caught)\b"
        ),
        "knows_after": re.compile(rf"\s(?:{knows})\b"),
        "helps_before": re.compile(rf"\b(?:{helps})\s(?:the\s)?(?:[A-Z]?[\w]{{1,14}}\s)?$"),
    }


def _weight(passage: Passage, hit: Hit, kind: str) -> float:
    before, after = passage.around(hit.start, hit.end, CHARACTERS_BEFORE, CHARACTERS_AFTER)
    title = TITLE_WEIGHT if passage.field == "title" else 0.0
    if kind in ("hint", "seat"):
        return WEIGHT[kind] + (title if kind == "hint" else 0.0)
    if patterns()["run_after"].match(after):
        return WEIGHT[kind] + CUE_WEIGHT + title
    if _is_passing(passage, hit, kind, before, after):
        return PASSING_WEIGHT
    if patterns()["cooperation"].search(before + after):
        return min(WEIGHT[kind], WEIGHT["name"])
    if before.endswith(_ONLY_SEEMING[kind == "demonym"]) or _COMPOUND.match(passage.text, hit.end):
        return WEIGHT["home"]
    if patterns()["aside_before"].search(before) or _SAID_BY.search(before):
        return WEIGHT["home"]
    if kind == "institution":
        if patterns()["knows_after"].match(after) or patterns()["helps_before"].search(before):
            return 0.0
        telling = any(patterns()[name].match(after) for name in ("where_after", "victim_verbs"))
        return WEIGHT[kind] + (CUE_WEIGHT if telling else 0.0) + title
    return _place_weight(kind, before, after, title)


def _place_weight(kind: str, before: str, after: str, title: float) -> float:
    """Return the weight of a place or people by the words around it."""
    if _is_imitated(before, after):
        return WEIGHT[kind] + title
    telling = any(patterns()[name].match(after) for name in ("where_after", "victim_verbs", "caught_after"))
    if not telling and (
        patterns()["speaks_after"].match(after) or patterns()["speaker_before"].search(before)
    ):
        return 0.0
    if not telling and patterns()["home_after"].match(after):
        return WEIGHT["home"] + title
    weight = WEIGHT[kind] + (CUE_WEIGHT if telling else 0.0) + title
    # "In French" is said of a language; what is in a French town says so behind.
    if patterns()["neutral_before"].search(before) or (kind == "demonym" and before.endswith("in ")):
        return weight
    placed = any(
        patterns()[name].search(before) for name in ("where_before", "harmed_before", "address_before")
    )
    return weight + (CUE_WEIGHT if placed else 0.0)


def _is_imitated(before: str, after: str) -> bool:
    """Whether a country belongs to somebody who is only imitated: ``a deepfaked US senator``."""
    return (
        patterns()["office_after"].match(after) is not None and patterns()["fakes"].search(before) is not None
    )


def _is_passing(passage: Passage, hit: Hit, kind: str, before: str, after: str) -> bool:
    """Whether a country is only passed through, pretended, a language or part of another matter."""
    start, end = passage.sentence(hit.start)
    return (
        patterns()["passing_after"].match(after) is not None
        or (kind != "institution" and any(patterns()[name].search(before) for name in _PASSING_BEFORE))
        or (kind == "demonym" and _SPOKEN.search(before) and _LANGUAGE.match(after) is not None)
        or patterns()["elsewhere"].search(passage.text[start : min(end, start + SENTENCE_CHARACTERS)].lower())
        is not None
    )
