"""Features of a text: cleaned words, word groups with their places, and sentences.

Word groups and rules are data (``lexicon/*.yaml``); this file only knows how to find and join them.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from collectors.errors import ModelRefused
from enrichment.data_files import read_yaml

LEXICON = Path(__file__).parents[1] / "lexicon"
NEAR_CHARACTERS = 450
"""Characters within which word groups count as said together: about three sentences."""
LEAD_CHARACTERS = 6000
"""Characters of a report that words are looked for in; news says early what it is about."""
FURTHER_RULE_SHARE = 0.5
"""Share that a second rule for the same code adds to the best one."""

# One database's editors hedge newer, crime-heavy entries with these, so they give the answer away there
# and mean nothing elsewhere.
_HEDGES = re.compile(
    r"\b(?:purport(?:ed|edly|s)?|alleg(?:ed|edly|es|ations?)|report(?:ed|edly|s|ing)?|apparent(?:ly)?|claim(?:s|ed)?"
    r"|suppos(?:ed|edly)|suspected|said|according)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'-]*[A-Za-z0-9]")
_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"'”’)]*(?=\s+[\"'“‘(A-Z0-9£$€])|\n|$)", re.DOTALL)

Span = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """All of some groups near each other, any of some more, none of others: then a weight."""

    all: tuple[str, ...]
    any: tuple[str, ...]
    none: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Match:
    """The rules that hold for one code: their summed weight, and the places of the words they rest on."""

    weight: float
    spans: tuple[Span, ...]


class Lexicon:
    """Word groups and the rules over them, as one YAML file tells them."""

    def __init__(self, groups: Mapping[str, re.Pattern[str]], rules: Mapping[str, tuple[Rule, ...]]) -> None:
        self._groups = groups
        self._rules = rules

    @classmethod
    def load(cls, path: Path) -> "Lexicon":
        """Read and check a lexicon; raises ModelRefused where it is broken or a rule names no group."""
        try:
            data = read_yaml(path)
            groups = {name: _pattern(phrases) for name, phrases in data["groups"].items()}
            rules = {code: tuple(map(_rule, lines)) for code, lines in data.get("rules", {}).items()}
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, re.error) as error:
            raise ModelRefused(f"{path.name} cannot be read: {error}") from error
        for code, lines in rules.items():
            for line in lines:
                if unknown := {*line.all, *line.any, *line.none} - set(groups):
                    raise ModelRefused(
                        f"{path.name}: the rules of {code} name unknown groups {sorted(unknown)}"
                    )
        return cls(groups, rules)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the names of the groups in file order."""
        return tuple(self._groups)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes that have rules."""
        return tuple(self._rules)

    def hits(self, text: str) -> dict[str, list[Span]]:
        """Return where each group is found; absent groups are left out."""
        plain = _folded(text)
        found = {
            name: [match.span() for match in pattern.finditer(plain)]
            for name, pattern in self._groups.items()
        }
        return {name: spans for name, spans in found.items() if spans}

    def matches(self, hits: Mapping[str, Sequence[Span]]) -> dict[str, Match]:
        """Return the codes whose rules hold for these hits."""
        held = {code: _matched(lines, hits) for code, lines in self._rules.items()}
        return {code: match for code, match in held.items() if match is not None}


def _matched(lines: Sequence[Rule], hits: Mapping[str, Sequence[Span]]) -> Match | None:
    holding = [(line.weight, spans) for line in lines if (spans := _holds(line, hits))]
    if not holding:
        return None
    holding.sort(key=lambda pair: -pair[0])
    further = sum(weight * (FURTHER_RULE_SHARE if weight > 0 else 1) for weight, _ in holding[1:])
    return Match(holding[0][0] + further, holding[0][1])


def _holds(rule: Rule, hits: Mapping[str, Sequence[Span]]) -> tuple[Span, ...]:
    """Return the first place where the rule holds, as the spans of its words; empty where it does not."""
    if any(group not in hits for group in rule.all):
        return ()
    for anchor in hits[rule.all[0]]:
        together = [_nearest(hits[group], anchor) for group in rule.all]
        if None in together or any(_nearest(hits.get(group, ()), anchor) for group in rule.none):
            continue
        either = [span for group in rule.any if (span := _nearest(hits.get(group, ()), anchor))]
        if either or not rule.any:
            return tuple(span for span in [*together, *either[:1]] if span)
    return ()


def _nearest(spans: Sequence[Span], anchor: Span) -> Span | None:
    """Return the span closest to the anchor, or None where none is within reach."""
    place = bisect_left(spans, anchor)
    around = [
        span for span in spans[max(0, place - 1) : place + 1] if abs(span[0] - anchor[0]) <= NEAR_CHARACTERS
    ]
    return min(around, key=lambda span: abs(span[0] - anchor[0]), default=None)


def _rule(line: Mapping[str, Any]) -> Rule:
    return Rule(
        tuple(line["all"]), tuple(line.get("any", ())), tuple(line.get("not", ())), float(line["weight"])
    )


def _pattern(phrases: Collection[str]) -> re.Pattern[str]:
    # Longest first, so that the quote shown is the fullest phrase.
    parts = sorted((_phrase(str(phrase).lower()) for phrase in phrases), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")")


def _folded(text: str) -> str:
    """Return a text of the same length in small letters, in which patterns are found at half the cost."""
    plain = text.replace("’", "'").replace("‘", "'")
    low = plain.lower()
    if len(low) == len(plain):
        return low
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in plain)


def _phrase(phrase: str) -> str:
    pieces = [
        r"[\s-]+".join(
            re.escape(word).replace(r"\*", r"\w*").replace(r"\-", "[-\\s]?") for word in part.split()
        )
        for part in phrase.split(" .. ")
    ]
    ending = (
        ""
        if not phrase[-1].isalnum() and phrase[-1] != "*"
        else (r"(?!\w)" if phrase[-1] == "*" else r"s?(?!\w)")
    )
    return r"(?:\W+\w+){0,3}?\W+".join(pieces) + ending


@cache
def load_lexicon(name: str) -> Lexicon:
    """Return one of the shipped lexicons by name."""
    return Lexicon.load(LEXICON / f"{name}.yaml")


def words(text: str, *, lower: bool = True, masked: bool = True) -> list[str]:
    """Return the words models are trained on, without hedges that give a database's style away."""
    plain = text.replace("’", "'")
    plain = _HEDGES.sub(" ", plain) if masked else plain
    return [word.removesuffix("'s") for word in _WORD.findall(plain.lower() if lower else plain)]


def sentences(text: str) -> Iterator[Span]:
    """Yield the spans of the sentences of a text, in order."""
    for match in _SENTENCE.finditer(text):
        end = match.start() + len(match.group().rstrip())
        if end > match.start():
            yield match.start(), end
