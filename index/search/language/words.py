"""Reads the single words and ids of a query. Pure."""

import re

from index.search.language.syntax import Term
from index.search.vocabulary.analysis import LONGEST_WORD
from index.search.vocabulary.folding import folded

MOST_EDITS = 2
"""Letters by which a near word may differ, at most."""
MOST_SLOP = 999
"""Places by which the words of a phrase may be moved, at most."""
AFTER_IDS = ",;."
"""Punctuation that may follow an id in running text."""

_PUNCTUATION = ".,;:!?…'’‘`"
_SCHEMES = "aiid|case|atlas|oecd|aiaaic"
ID = re.compile(rf"(?:inc|rep)-[0-9a-f]{{4,40}}|case-\d{{4}}|(?:{_SCHEMES}):[\w.-]{{1,80}}", re.IGNORECASE)
_SPACED_ID = re.compile(rf"(?:({_SCHEMES}) (?:incident )?#?|#|incident #?)(\d{{1,9}})", re.IGNORECASE)
_CODE = re.compile(r"([A-Za-z]{1,2})-?(\d{1,2})")
_NUMBERED_ID = re.compile(r"(aiid)[-–]?#?(\d{1,9})", re.IGNORECASE)
_SUFFIX = re.compile(r"(.+?)(?:(\*)|~(\d*))", re.DOTALL)
_DEFANGED = (
    (re.compile(r"\bh(?:xx|\*\*|tt)p(s?)(?=\[?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\[://\]|\[:\]//"), "://"),
    (re.compile(r"[\[({](?:\.|dot)[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({](?:@|at)[\])}]", re.IGNORECASE), "@"),
)


def read_term(typed: str, start: int, end: int) -> Term | None:
    """Return a word, or a phrase if it has quotation marks; None without a letter or digit."""
    if typed.startswith('"'):
        phrase, _, slop = typed[1:].rpartition('"')
        made = {
            "text": refang(phrase).strip(),
            "phrase": True,
            "slop": _distance(slop[1:], MOST_SLOP) if slop else 0,
        }
    elif match := _SUFFIX.fullmatch(typed):
        edits = 0 if match[2] else _distance(match[3], MOST_EDITS)
        made = {"text": _bare(refang(match[1])), "prefix": bool(match[2]), "edits": edits}
    else:
        made = {"text": _bare(refang(typed))}
    if not any(character.isalnum() for character in str(made["text"])):
        return None
    return Term.model_validate({**made, "start": start, "end": end})


def _bare(word: str) -> str:
    """Return a word without the punctuation around it; an abbreviation such as ``U.S.`` keeps its points."""
    bare = word.strip().strip(_PUNCTUATION)
    return f"{bare}." if "." in bare and word.strip().endswith(f"{bare}.") else bare


def _distance(digits: str, most: int) -> int:
    return min(int(digits[:20] or 1), most)


def is_too_long(text: str) -> bool:
    """Whether a word of a text is longer than those that an index keeps."""
    return any(len(word.encode("utf-8", "replace")) > LONGEST_WORD for word in folded(text))


def identifier(value: str) -> str:
    """Return an id as the record writes it, its scheme in lower case."""
    if match := _NUMBERED_ID.fullmatch(value):
        return f"{match[1].lower()}:{match[2]}"
    scheme, colon, rest = value.partition(":")
    if not colon and scheme.lower().startswith("case-"):
        return f"case:{scheme.lower()}"
    return scheme.lower() + colon + rest


def identifiers(typed: str) -> tuple[str, ...]:
    """Return the ids of ``aiid:147``, ``aiid:147,634`` or ``inc-…,rep-…``; nothing if a part is no id."""
    scheme, colon, _ = typed.partition(":")
    parts = [part for part in typed.rstrip(AFTER_IDS).split(",") if part]
    ids = [identifier(part) for part in parts]
    ids = [made if ID.fullmatch(made) else identifier(f"{scheme}{colon}{made}") for made in ids]
    return tuple(ids) if all(map(ID.fullmatch, ids)) else ()


def spaced_id(text: str) -> str:
    """Return the id of ``AIID 147``, ``AIID incident #147``, ``incident 147`` or ``#147``; else nothing.

    A number without the name of a database is one of the AI Incident Database.
    """
    match = _SPACED_ID.fullmatch(text)
    if match and (match[1] or "").lower() == "case":
        return identifier(f"case-{match[2]:0>4}")
    return f"{(match[1] or 'aiid').lower()}:{match[2]}" if match else ""


def code(typed: str) -> str:
    """Return ``FR-01`` for ``fr-01``, ``FR01`` or ``FR1``; empty for what is not written like a code."""
    match = _CODE.fullmatch(typed)
    return f"{match[1].upper()}-{match[2]:0>2}" if match else ""


def refang(word: str) -> str:
    """Undo the defanging of an address (``hxxp``, ``[.]``), so that it can be searched."""
    for pattern, live in _DEFANGED:
        word = pattern.sub(live, word)
    return word
