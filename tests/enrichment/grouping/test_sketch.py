"""New reports find all they may belong with, and grouping those alone ends as grouping everything does."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from collectors.records import PartialDate
from enrichment.facts import extract
from enrichment.group import Groupable, Grouping, group
from enrichment.grouping.candidates import LIKE_AT, NEIGHBOURS
from enrichment.grouping.nearcopy import Signatures
from enrichment.grouping.rarity import Rarity
from enrichment.grouping.sketch import ID_PREFIX, NOWHERE, Sketch, alike
from enrichment.records import as_finding, report_of

TOLD = [
    "Fraudsters copied the voice of {person}, head of {firm}, and a clerk in {town} sent {sum} {money} to an "
    "account that was emptied within the hour. Police look for three men, said inspector {officer}.",
    "A clerk in {town} believed that {person} was on the line. {firm} now says that {sum} {money} went to "
    "men whom inspector {officer} has yet to find; the voice was a machine's.",
    "{officer} of the police in {town} warns firms after a call: whoever spoke was not {person} of {firm}, "
    "and {sum} {money} are gone.",
]
STARTS = ["Quist", "Vandel", "Oster", "Lind", "Hark", "Brun", "Feld", "Tarn", "Wex", "Yel", "Zand", "Mor"]
ENDS = ["gaard", "horst", "brandt", "qvara", "stow", "ley", "mere", "wick", "burg", "dal"]


def library(events: int, seed: int, money: str = "crowns") -> list[Groupable]:
    """Return reports of invented events, each told up to three times, some printed again, some with ids.

    Bare crowns are of no known currency, so only of other ``money`` the sums are compared as losses.
    """
    chance, generator = random.Random(seed), np.random.default_rng(seed)
    topics = generator.standard_normal((4, 32))
    items: list[Groupable] = []
    for number in range(events):
        names = {slot: chance.choice(STARTS) + chance.choice(ENDS) for slot in ("person", "firm", "town")}
        names |= {"officer": chance.choice(STARTS) + "son", "sum": f"{chance.randrange(100, 999)},000"}
        names["money"] = money
        texts = [form.format(**names) for form in chance.sample(TOLD, chance.randint(1, 3))]
        texts += [f"{texts[0]} Share this story."] * (chance.random() < 0.3)
        own = topics[number % 4] + 0.8 * generator.standard_normal(32)
        refs = (f"case:{number}",) if chance.random() < 0.3 else ()
        for text in texts:
            vector = own + 0.3 * generator.standard_normal(32)
            items.append(reported(f"r{len(items):04}", text, refs, vector / np.linalg.norm(vector)))
    return items


def reported(key: str, text: str, refs: tuple[str, ...], vector: NDArray[np.float64]) -> Groupable:
    published = PartialDate(value="2025-03-02")
    facts = tuple(as_finding(fact, key, "v1", "facts@1") for fact in extract("", text, published))
    return Groupable(key, "", text, published, refs, facts, vector.astype(np.float32))


class Growing:
    """A library that takes reports in batches, and groups each with what it may belong with alone."""

    def __init__(self, rarity: Rarity) -> None:
        self.rarity = rarity
        self.items: dict[str, Groupable] = {}
        self.sketches: dict[str, Sketch] = {}
        self.home: dict[str, tuple[str, ...]] = {}
        self.links: set[tuple[str, str]] = set()
        self.read: list[int] = []

    def take(self, batch: Sequence[Groupable]) -> None:
        """Group a batch with all it touches."""
        self.items |= {each.report: each for each in batch}
        fresh = [Sketch.alone(each) for each in batch]
        found = alike(fresh, list(self.sketches.values()), self.rarity)
        among = {each.report for each in batch} | self._whole(found)
        self.read.append(len(among) - len(batch))
        self._place(group([self.items[each] for each in among], rarity=self.rarity), among)

    def _whole(self, found: set[str]) -> set[str]:
        while (
            more := {each for one in found if one in self.home for each in self.home[one]} - found
            | {end for pair in self.links if found & set(pair) for end in pair} - found
        ):
            found |= more
        return found

    def _place(self, grouping: Grouping, among: set[str]) -> None:
        self.home |= {report: cluster for cluster in grouping.clusters for report in cluster}
        self.links = {pair for pair in self.links if not among & {report_of(end) for end in pair}}
        self.links |= {(each.left, each.right) for each in grouping.links}
        for each in grouping.sketches:
            before = self.sketches.get(each.unit)
            self.sketches[each.unit] = each.reaching(before.reach if before else 0.0)


@pytest.mark.parametrize("money", ["crowns", "Norwegian kroner"])
@pytest.mark.parametrize("seed", range(3))
def test_growing_by_batches_in_any_order_ends_as_grouping_everything(seed: int, money: str) -> None:
    items = library(70, 1, money)
    whole = group(items)
    assert 20 < sum(len(cluster) > 1 for cluster in whole.clusters) < len(whole.clusters)
    chance, growing = random.Random(seed), Growing(whole.rarity)
    arriving = chance.sample(items, len(items))
    while arriving:
        size = chance.randint(1, 30)
        growing.take(arriving[:size])
        del arriving[:size]
    assert set(growing.home.values()) == set(whole.clusters)
    assert growing.links == {(each.left, each.right) for each in whole.links}


def test_a_batch_reads_little_of_a_library_that_it_has_nothing_to_do_with() -> None:
    items = library(120, 2)
    growing = Growing(group(items).rarity)
    growing.take(items)
    other = "Thieves had {} write letters to the museum of {}, which paid {} crowns."
    batch = [
        replace(
            each, report=f"n{place}", text=other.format(f"Ada{place}", f"Elm{place}", place + 11), vector=None
        )
        for place, each in enumerate(items[:5])
    ]
    growing.take([replace(each, refs=(), findings=()) for each in batch])
    assert growing.read == [0, 0]


def test_each_kind_of_tie_finds_its_report() -> None:
    first, other = library(2, 3)[0], library(2, 4)[0]
    apart = np.zeros(32, dtype=np.float32)
    known = replace(first, refs=("case:1",))
    ties = {
        "printed alike": replace(other, text=first.text),
        "outside id": replace(other, refs=("case:1",)),
        "near": replace(other, vector=known.vector),
        "nothing": other,
    }
    rarity = Rarity(1_000, {})
    for name, tie in ties.items():
        fresh = replace(tie, report="new", vector=tie.vector if name == "near" else apart)
        found = alike([Sketch.alone(fresh)], [Sketch.alone(known)], rarity)
        assert found == (set() if name == "nothing" else {known.report}), name


def test_two_rare_words_find_a_report_and_one_or_common_ones_do_not() -> None:
    def said(key: str, *words: str) -> Sketch:
        return replace(Sketch.alone(library(1, 1)[0]), unit=key, keys=words, vector=None, signature=blank())

    known = [said("k", "arup", "tarnwick", f"{ID_PREFIX}case:1")]
    assert alike([said("n", "arup", "tarnwick")], known, Rarity(1_000, {})) == {"k"}
    assert alike([said("n", "arup")], known, Rarity(1_000, {})) == set()
    assert alike([said("n", "arup", "tarnwick")], known, Rarity(1_000, {"arup": 400})) == set()


def blank() -> Signatures:
    return Sketch.alone(replace(library(1, 1)[0], text="")).signature


def test_a_report_is_found_by_one_that_is_nearer_than_those_it_had() -> None:
    items = library(40, 5)
    vectors = np.stack([each.vector for each in items if each.vector is not None])
    sketches = {each.unit: each for each in group(items).sketches}
    cosines = np.sort(vectors @ vectors.T, axis=1)[:, ::-1]
    for place, each in enumerate(items):
        reach = sketches[each.report].reach
        assert reach == NOWHERE or reach <= max(LIKE_AT, cosines[place, NEIGHBOURS]) + 1e-6
