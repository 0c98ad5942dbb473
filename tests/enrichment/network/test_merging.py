"""Pairs of incidents that may be one event."""

import numpy as np
import pytest
from numpy.typing import NDArray

from enrichment.network.merging import merge_candidates
from enrichment.network.records import MergeCandidate
from enrichment.records import Incident, Subject
from tests.enrichment.stories import coded, finding

KIOSK = finding(Subject.ORGANISATION, "Kiosk Union")
FAR = np.asarray([0.0, 0.0, 1.0], dtype=np.float32)


def alike(cosine: float) -> NDArray[np.float32]:
    """Return a unit row of this likeness to (1, 0, 0)."""
    return np.asarray([cosine, np.sqrt(1 - cosine**2), 0], dtype=np.float32)


def pairs(
    one: Incident, *others: Incident, cosine: float = 0.8, apart: tuple[tuple[str, str], ...] = ()
) -> list[MergeCandidate]:
    vectors = {one.id: alike(1.0)} | {other.id: alike(cosine) for other in others}
    return list(merge_candidates([one, *others], vectors, apart, 10))


def test_two_told_alike_at_one_time_are_named_with_what_they_share() -> None:
    [found] = pairs(coded("a", "FR-01", KIOSK), coded("b", "FR-01", KIOSK, when="2025-01-19"))
    assert {found.left, found.right} == {"a", "b"}
    assert found.reasons == (
        "Their accounts are alike (likeness 0.80)",
        "Both name Kiosk Union",
        "Their dates are 9 days apart",
        "Both are coded FR-01",
    )


def test_no_reason_is_made_of_what_is_known_to_the_year_alone() -> None:
    [found] = pairs(coded("a", "FR-01"), coded("b", "CY-01", when="2025"))
    assert found.reasons == ("Their accounts are alike (likeness 0.80)",)


@pytest.mark.parametrize("when", ["2025-03-01", "2023", "2019-01-10"])
def test_what_happened_at_another_time_is_another_event(when: str) -> None:
    assert pairs(coded("a", "FR-01"), coded("b", "FR-01", when=when)) == []


def test_what_is_told_otherwise_is_not_named() -> None:
    assert pairs(coded("a", "FR-01"), coded("b", "FR-01"), cosine=0.4) == []


def test_what_people_or_outside_ids_know_as_two_is_not_named() -> None:
    one, other = coded("a", "FR-01"), coded("b", "FR-01")
    assert pairs(one, other, apart=(("rep-b", "rep-a"),)) == []
    assert pairs(one, other, apart=(("rep-b", "rep-c"),)) != []
    numbered = [
        each.model_copy(update={"refs": (ref,)}) for each, ref in ((one, "aiid:1"), (other, "aiid:2"))
    ]
    assert pairs(*numbered) == []
    assert pairs(numbered[0], other.model_copy(update={"refs": ("case:7",)})) != []
    assert pairs(one, other.model_copy(update={"reports": ("rep-a", "rep-b")})) == []


def test_the_most_alike_come_first_and_what_has_no_vector_in_no_pair() -> None:
    incidents = [coded(name, "FR-01") for name in "abcd"]
    vectors = {"a": alike(1.0), "b": alike(0.7), "c": alike(0.9)}
    found = merge_candidates(incidents, vectors, (), 10)
    assert {found[0].left, found[0].right} == {"b", "c"}
    assert {key for one in found for key in (one.left, one.right)} == {"a", "b", "c"}
    assert len(merge_candidates(incidents, vectors, (), 1)) == 1
    assert merge_candidates(incidents, {"a": FAR}, (), 10) == merge_candidates([], {}, (), 10) == ()
