"""Clusters of reports that grow by allowed unions only: what people and outside ids keep apart stays so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

Refs = dict[str, set[str]]
_FIRST = 12
"""Members of a cluster that stand for it where clusters are compared."""


class Partition:
    """A partition of the places 0 … n-1, with the ids each place carries and the pairs kept apart."""

    def __init__(
        self, refs: Sequence[Iterable[str]], apart: Collection[tuple[int, int]], frozen: Collection[int]
    ) -> None:
        self._of = list(range(len(refs)))
        self._members = {place: [place] for place in range(len(refs))}
        self._first = {place: [place] for place in range(len(refs))}
        self._refs = {place: _by_scheme(told) for place, told in enumerate(refs) if told}
        self._apart: dict[int, set[int]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)
        self._frozen = frozenset(frozen)

    def same(self, left: int, right: int) -> bool:
        """Whether two places are in one cluster."""
        return self._of[left] == self._of[right]

    def first(self, place: int) -> list[int]:
        """Return the first members that stand for a place's cluster, in order."""
        return self._first[self._of[place]]

    def stand(self, places: Iterable[int]) -> None:
        """Let these places alone stand for their clusters: of many copies of a text, one tells all."""
        self._first = {cluster: [] for cluster in self._members}
        for place in sorted(places):
            standing = self._first[self._of[place]]
            standing += [place] if len(standing) < _FIRST else []

    def allowed(self, left: int, right: int, *, decided: bool = False) -> bool:
        """Whether the clusters of two places may become one."""
        one, other = self._of[left], self._of[right]
        if one in self._frozen or other in self._frozen:
            return False
        if self._apart and self._enemies(one, other):
            return False
        return decided or not _conflict(self._refs.get(one, {}), self._refs.get(other, {}))

    def join(self, left: int, right: int, *, decided: bool = False) -> bool:
        """Make two clusters one where that is allowed; return whether they now are."""
        one, other = self._of[left], self._of[right]
        if one == other:
            return True
        if not self.allowed(left, right, decided=decided):
            return False
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        for place in self._members[other]:
            self._of[place] = one
        self._members[one] += self._members.pop(other)
        self._first[one] = sorted(self._first[one] + self._first.pop(other))[:_FIRST]
        if refs := self._refs.pop(other, None):
            self._refs[one] = _union(self._refs.get(one, {}), refs)
        if enemies := self._apart.pop(other, None):
            self._apart[one] |= enemies
        return True

    def all(self) -> list[list[int]]:
        """Return every cluster, its members in order, those that are frozen left out."""
        return sorted(sorted(places) for first, places in self._members.items() if first not in self._frozen)

    def _enemies(self, one: int, other: int) -> bool:
        """Whether some member of the one cluster is kept apart from some of the other."""
        smaller, larger = sorted((one, other), key=lambda each: len(self._apart.get(each, ())))
        return any(self._of[place] == larger for place in self._apart.get(smaller, ())) or any(
            self._of[place] == smaller for place in self._apart.get(larger, ())
        )


def _by_scheme(refs: Iterable[str]) -> Refs:
    schemes: Refs = {}
    for ref in refs:
        schemes.setdefault(ref.partition(":")[0], set()).add(ref)
    return schemes


def _conflict(one: Refs, other: Refs) -> bool:
    return any(not one[scheme] & other[scheme] for scheme in one.keys() & other.keys())


def _union(one: Refs, other: Refs) -> Refs:
    return {scheme: one.get(scheme, set()) | other.get(scheme, set()) for scheme in one.keys() | other.keys()}
