"""Compare accounts that are written in their own words, and join the surest pairs first."""

from collections import defaultdict
from collections.abc import Sequence

from enrichment.grouping.candidates import neighbours, shared_rarities
from enrichment.grouping.likeness import SAME_INCIDENT_AT, Corpus, Likeness
from enrichment.grouping.partition import Partition
from enrichment.grouping.profile import Groupable, Profile
from enrichment.grouping.rarity import Rarity
from enrichment.records import Link, link_id

ORIGIN = "group@6"
MERGE_LIKENESS = 0.37
"""The mean likeness of all pairs across two clusters from which they become one: no chains form."""

Pair = tuple[int, int]


class Comparison:
    """Accounts in their own words, compared by facts; behind them the passages of undivided round-ups."""

    def __init__(
        self,
        accounts: Sequence[tuple[int, Groupable]],
        whole: int,
        rarity: Rarity | None,
        clusters: Partition,
    ) -> None:
        """Take accounts with their reports' places, of which the first so many are ``whole`` reports."""
        self._names = [account.report for _, account in accounts]
        self._places, self._clusters = [place for place, _ in accounts[:whole]], clusters
        self.corpus = Corpus([account for _, account in accounts], rarity)
        near, reach = neighbours([account.vector for _, account in accounts])
        self.reach = {accounts[account][0]: cosine for account, cosine in reach.items()}
        """For each place, the cosine from which a further report would be among its nearest."""
        self.told: dict[int, list[Profile]] = defaultdict(list)
        """For each place, the profiles of what its report tells."""
        for (place, _), told in zip(accounts, self.corpus.profiles, strict=True):
            self.told[place].append(told)
        pairs = near | set(shared_rarities(self.corpus))
        scored = ((pair, self.corpus.likeness(*pair)) for pair in pairs if self._worthwhile(pair))
        self._kept = sorted(
            ((pair, likeness) for pair, likeness in scored if likeness.score >= SAME_INCIDENT_AT),
            key=lambda one: (-one[1].score, one[0]),
        )

    def same_incident(self) -> list[Link]:
        """Join accounts that tell the same incident, the surest first; return the links within clusters."""
        own = {place: account for account, place in enumerate(self._places)}
        self._clusters.stand(self._places)
        between = [one for one in self._kept if one[0][1] < len(self._places)]
        for pair, _ in between:
            left, right = (self._places[account] for account in pair)
            if self._clusters.same(left, right):
                continue
            sides = ([own[each] for each in self._clusters.first(side)] for side in (left, right))
            if self.corpus.mean(*sides) >= MERGE_LIKENESS:
                self._clusters.join(left, right)
        return [
            link("same-incident", self._names[one], self._names[other], likeness)
            for (one, other), likeness in between
            if self._clusters.same(self._places[one], self._places[other])
        ]

    def passages(self) -> list[Link]:
        """Return, for each passage of a round-up, the link to the account most like it."""
        best: dict[int, Link] = {}
        for (one, other), likeness in self._kept:
            if one < len(self._places) <= other and other not in best:
                best[other] = link("passage", self._names[other], self._names[one], likeness)
        return list(best.values())

    def _worthwhile(self, pair: Pair) -> bool:
        """Whether two accounts may be linked; passages are compared with accounts only."""
        one, other = pair
        if other < len(self._places):
            return self._clusters.allowed(self._places[one], self._places[other])
        return one < len(self._places)


def link(kind: str, left: str, right: str, likeness: Likeness) -> Link:
    """Return the link that a likeness of two units makes."""
    return Link(
        id=link_id(kind, left, right),
        kind=kind,
        left=left,
        right=right,
        weight=round(likeness.score, 4),
        reasons=likeness.reasons,
        contradictions=likeness.contradictions,
        evidence=likeness.evidence,
        origin=ORIGIN,
    )
