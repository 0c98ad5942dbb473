"""The words that name a country, each with the kind of name it is: towns, courts, peoples, public figures."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from babel import Locale

from enrichment.extraction.agencies import owner
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, Scanner, load

NO_PLACE = "nothing -"
"""The value of names that contain a place but locate nothing, such as a newspaper's."""
AS_NAMED = "as named"
"""The country of an organisation that places a report by the place in its name and no further."""
_COUNTIES = "US"
"""The country whose towns and their counties share names: Baltimore, and Baltimore County."""
_KINDS = {
    "names": "name",
    "demonyms": "demonym",
    "residents": "demonym",
    "cities": "city",
    "regions": "region",
    "seats": "seat",
    "institutions": "institution",
    "hints": "hint",
}
"""The kind of name that each listing of ``places.yaml`` has: seats before institutions."""


def hits(passage: Passage) -> list[Hit]:
    """Return the names in a passage in order, with the value ``kind code``.

    A state of the United States is found as in ``Mesa, AZ`` too. A name is left out where it is a person's
    (``Lord London``, ``Steve Burton``), of a town elsewhere (``Plymouth, Massachusetts``, ``Peru, Indiana``)
    or part of a longer one (``New Hanover County``).
    """
    found = list(_scanner().scan(passage))
    taken = {hit.start for hit in found}
    states = (
        Hit("region US", match.start(), match.end(), match[0])
        for match in patterns()["state"].finditer(passage.text)
        if match.start() not in taken
    )
    found = sorted((_with_owner(passage.text, hit) for hit in (*found, *states)), key=lambda hit: hit.start)
    bearers = {hit.alias for hit in found if _is_surname(passage.text, hit)}
    kept = [hit for hit in found if hit.alias not in bearers and not _is_something_else(passage.text, hit)]
    elsewhere = {first.start for first, second in pairwise(kept) if _lies_in(passage.text, first, second)}
    return [hit for hit in kept if hit.start not in elsewhere and hit.value != NO_PLACE]


def _with_owner(text: str, hit: Hit) -> Hit:
    """Return an institution with the country it stands with: ``Ireland's Department of Justice``."""
    kind, _, code = hit.value.partition(" ")
    owned = owner(text, hit.start, hit.end) if kind == "institution" else None
    if owned is None or owned[0].partition("-")[0] == code.partition("-")[0]:
        return hit
    return Hit(f"institution {owned[0]}", hit.start, hit.end, hit.alias)


@cache
def _scanner() -> Scanner:
    data = load("places")
    scanner = Scanner()
    doubtful = {name for rule in data["doubtful"].values() for name in rule["names"]}
    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and code not in data["never"] and name not in doubtful:
            scanner.add(f"name {code}", [name.replace("&", "and"), name])
    for listing, kind in _KINDS.items():
        for code, words in data[listing].items():
            scanner.add(f"{kind} {code}", words)
            scanner.add(f"{kind} {code}", _plain_forms(words))
    for code, rule in data["doubtful"].items():
        scanner.add(f"name {code}", rule["names"], doubtful=True, needs=rule["needs"])
    scanner.add(NO_PLACE, data["nothing"])
    _add_organisations(scanner)
    return scanner


def _plain_forms(words: Sequence[str]) -> list[str]:
    """Return the names without the marks on their letters, ``Malmo``, where these are no other word."""
    marked = [word for word in words if not word.isascii() and word not in load("places")["only_with_marks"]]
    plain = (unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode() for word in marked)
    return [form for form in plain if form not in words]


def _add_organisations(scanner: Scanner) -> None:
    """Add the organisations to the scanner; those without a country locate nothing."""
    for group in load("organisations"):
        for entry in group["entries"]:
            listed = {"name": entry} if isinstance(entry, str) else entry
            code = listed.get("country", group.get("country"))
            if code == AS_NAMED:
                continue
            value = f"institution {code}" if code else NO_PLACE
            doubtful = listed.get("doubtful", [])
            names = [listed["name"], *listed.get("aliases", [])]
            scanner.add(value, [name for name in names if name not in doubtful])
            if code:
                needs = listed.get("needs", [])
                scanner.add(value, doubtful, doubtful=True, needs=needs)
                scanner.add(value, listed.get("likely", []), needs=needs)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns that tell a town from a person of its name and from a town elsewhere."""
    data = load("places")
    states = "|".join(re.escape(form) for form in data["state_forms"])
    first_names = "|".join(name.title() for name in data["first_names"])
    return {
        "state": re.compile(rf"(?<=[a-z],\s)(?:{states})(?![\w.])"),
        "first_name": re.compile(rf"\b(?:{first_names})\s(?:[A-Z]\.\s)?$"),
        "list_goes_on": re.compile(r"(?:,\s(?:and\s)?|\s(?:and|or)\s)(?:the\s)?[A-Z]"),
        "longer_before": re.compile(rf"\b(?:{'|'.join(data['longer_before'])})\s$"),
        "longer_after": re.compile(rf"\s(?:{'|'.join(data['longer_after'])})\b(?!\s(?:Court|Council))"),
        "firm": re.compile(rf"(?:\s[A-Z][\w’'-]{{1,20}}){{0,2}}\s(?:{'|'.join(data['firm_endings'])})\b"),
        "title": re.compile(r"(?:^|[\s“\"])(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|Prince|Princess)\.?\s$"),
    }


def _is_surname(text: str, hit: Hit) -> bool:
    """Whether a town's name stands behind a first name; it is a person's wherever else it stands."""
    return hit.value.startswith("city") and bears_name(text, hit.start)


def bears_name(text: str, start: int) -> bool:
    """Whether a first name stands before a position: what begins there is a person's surname."""
    return patterns()["first_name"].search(text[max(0, start - 24) : start]) is not None


def is_first_name(word: str) -> bool:
    """Whether a word is one of the listed first names of people."""
    return word.lower() in _first_names()


@cache
def _first_names() -> frozenset[str]:
    return frozenset(load("places")["first_names"])


def _is_something_else(text: str, hit: Hit) -> bool:
    """Whether a town's or country's name is a person's, a sum's (``US$5``) or part of a longer name."""
    if not hit.value.startswith(("city", "name")):
        return False
    if text[hit.end : hit.end + 1] == "$":
        return True
    before = text[max(0, hit.start - 12) : hit.start]
    if hit.value.startswith("city") and patterns()["firm"].match(text, hit.end):
        return True
    return (
        patterns()["title"].search(before) is not None
        or patterns()["longer_before"].search(before) is not None
        or (patterns()["longer_after"].match(text, hit.end) is not None and not hit.value.endswith(_COUNTIES))
    )


def _lies_in(text: str, hit: Hit, following: Hit) -> bool:
    """Whether the name of a region elsewhere follows that of a town or country: a town there bears it too."""
    (kind, code), (larger, its_code) = hit.value.split(), following.value.split()
    if following.alias in load("places")["counties"]:
        larger = "region"
    return (
        ((kind == "city" and larger in ("region", "name")) or (kind == "name" and larger == "region"))
        and text[hit.end : following.start] == ", "
        and patterns()["list_goes_on"].match(text, following.end) is None
        and code.partition("-")[0] != its_code.partition("-")[0]
    )
