"""Finding the phrases of a word list in a text, in one pass whatever the length of the list.

A word list is YAML under ``facts_data``. An alias written in lower case matches any case; one with a capital
must appear as written or all in capitals. An alias in a ``doubtful`` list counts only where it does not touch
another capitalised word (a surname) and, where the entry has ``needs``, only near one of those words. One in
a ``likely`` list is a common word and counts only near one of ``needs`` and not near one of ``unless``.
``<name>`` in a phrase stands for each member of that list of ``words.yaml``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import Any

from enrichment.data_files import read_yaml
from enrichment.extraction.passage import WORD, Passage
from enrichment.records import Fact

NEAR_CHARACTERS = 90
"""The distance within which a needed word is looked for."""
_GAP = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "\u00a0": " ", "\n": " ", "\t": " "})


@lru_cache(maxsize=32)
def load(name: str) -> Any:  # noqa: ANN401 - the shape of YAML is each file's own
    """Return the content of ``facts_data/<name>.yaml``. Callers must not change it."""
    return read_yaml(files("enrichment") / "facts_data" / f"{name}.yaml")


@dataclass(frozen=True)
class Hit:
    """A phrase of a word list, found."""

    value: str
    start: int
    end: int
    alias: str


@dataclass(frozen=True)
class _Pattern:
    alias: str
    value: str
    gaps: tuple[str, ...]
    doubtful: bool
    needs: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass
class Scanner:
    """A word list ready to be looked for."""

    patterns: dict[tuple[str, ...], list[_Pattern]] = field(default_factory=dict)
    """The aliases by their words in lower case."""
    lengths: dict[str, list[int]] = field(default_factory=dict)
    """How many words the aliases that begin with a word have, the most first."""

    def add(
        self,
        value: str,
        aliases: Iterable[str],
        *,
        doubtful: bool = False,
        needs: Iterable[str] = (),
        unless: Iterable[str] = (),
    ) -> None:
        """Add aliases of a value; they count only near one of ``needs`` and not near one of ``unless``.

        Doubtful ones do not count inside a longer name.
        """
        for alias in aliases:
            spans = [match.span() for match in WORD.finditer(alias)]
            words = tuple(alias[start:end].lower() for start, end in spans)
            gaps = tuple(alias[left[1] : right[0]].translate(_GAP) for left, right in pairwise(spans))
            pattern = _Pattern(alias, value, gaps, doubtful, tuple(needs), tuple(unless))
            self.patterns.setdefault(words, []).append(pattern)
            lengths = self.lengths.setdefault(words[0], [])
            if len(words) not in lengths:
                lengths.append(len(words))
                lengths.sort(reverse=True)

    def scan(self, passage: Passage) -> Iterator[Hit]:
        """Yield what is found, left to right, the longest alias first and without overlaps."""
        free = 0
        known = [passage.places[word] for word in passage.places if word in self.lengths]
        for position in sorted(chain.from_iterable(known)):
            hit = self._at(passage, position) if position >= free else None
            if hit is not None:
                free = position + hit[1]
                yield hit[0]

    def _at(self, passage: Passage, position: int) -> tuple[Hit, int] | None:
        for count in self.lengths[passage.lowered[position]]:
            patterns = self.patterns.get(tuple(passage.lowered[position : position + count]))
            if patterns is None:
                continue
            found = passage.words[position : position + count]
            for pattern in patterns:
                start, end = found[0][1], found[-1][2]
                if _gaps_fit(passage.text, found, pattern.gaps) and _stands(
                    passage.text, start, end, pattern
                ):
                    return Hit(pattern.value, start, end, pattern.alias), count
        return None


def _gaps_fit(text: str, found: list[tuple[str, int, int]], gaps: tuple[str, ...]) -> bool:
    between = zip(found, found[1:], gaps, strict=False)
    return all(text[left[2] : right[1]].translate(_GAP) == gap for left, right, gap in between)


def _stands(text: str, start: int, end: int, pattern: _Pattern) -> bool:
    written = text[start:end].translate(_GAP)
    if not pattern.alias.islower() and written not in (pattern.alias.translate(_GAP), pattern.alias.upper()):
        return False
    if pattern.doubtful and _touches_name(text, start, end):
        return False
    if not pattern.needs and not pattern.unless:
        return True
    near = text[max(0, start - NEAR_CHARACTERS) : end + NEAR_CHARACTERS].lower()
    needed = not pattern.needs or any(need in near for need in pattern.needs)
    return needed and not any(word in near for word in pattern.unless)


def _touches_name(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 24) : start], text[end : end + 2]
    if re.match(r" [A-Z]|-\w", after):
        return True
    word = re.search(r"(?:^|[^\w])([A-Z][\w’'-]{0,20}) $", before)
    # A capital at the start of a sentence is no name.
    return word is not None and not re.search(r"(^|[.!?:\n]\s?)[\"“']?$", before[: word.start(1)])


def scanner(entries: Iterable[Mapping[str, Any]], *, names: bool = True) -> Scanner:
    """Return a scanner over entries: ``name``, ``aliases``, ``doubtful``, ``likely``, ``needs``, ``unless``.

    With ``names`` a name counts as an alias of itself unless it is a single letter or listed otherwise.
    """
    built = Scanner()
    for entry in entries:
        doubtful = entry.get("doubtful", [])
        own = [entry["name"]] if names and len(entry["name"]) > 1 else []
        likely = entry.get("likely", [])
        sure = [alias for alias in [*own, *entry.get("aliases", [])] if alias not in (*doubtful, *likely)]
        needs, unless = (tuple(spelt_out(entry.get(listing, []))) for listing in ("needs", "unless"))
        built.add(entry["name"], dict.fromkeys(spelt_out(sure)))
        built.add(entry["name"], doubtful, doubtful=True, needs=needs)
        built.add(entry["name"], spelt_out(likely), needs=needs, unless=unless)
    return built


def spelt_out(phrases: Iterable[str]) -> Iterator[str]:
    """Yield the phrases with each ``<name>`` in them replaced by every member of that list of words."""
    for phrase in phrases:
        first = re.search(r"<([a-z_]+)>", phrase)
        if first is None:
            yield phrase
            continue
        for word in load("words")[first[1]]:
            yield from spelt_out([f"{phrase[: first.start()]}{word}{phrase[first.end() :]}"])


def one_per_value(facts: Iterable[Fact]) -> list[Fact]:
    """Return the first fact of each value, with the first role and the best score that any of them has."""
    kept: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.subject, fact.value)
        first = kept.get(key)
        if first is None:
            kept[key] = fact
        elif (fact.role and not first.role) or fact.score > first.score:
            kept[key] = first.model_copy(
                update={"role": first.role or fact.role, "score": max(first.score, fact.score)}
            )
    return list(kept.values())
