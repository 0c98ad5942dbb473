"""Close groups of crimes that no leaf fits."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from enrichment.network.days import day_of
from enrichment.network.emerging import clusters, fits_no_leaf
from enrichment.network.records import Cluster
from enrichment.records import Code, CodeRole, Incident, Subject
from enrichment.typology import Typology
from tests.enrichment.stories import coded, dated, finding

TYPOLOGY = Typology.load()
AS_OF = date(2025, 12, 31)
SIZE = 24
STRANGE = "Tarot chatbot drains the purse of Wilhelmina Fictional after a séance over the parrot feeder"


def unfit(id: str, when: str = "2025-10-01", title: str = "") -> Incident:
    crime = finding(Subject.CRIME, "yes", score=0.9, report=f"rep-{id}")
    return dated(id, when, (), title or f"Matter {id}", findings=[crime])


def around(centre: int, generator: np.random.Generator, noise: float) -> NDArray[np.float32]:
    row = noise * generator.standard_normal(SIZE)
    row[centre] += 1
    return (row / np.linalg.norm(row)).astype(np.float32)


def known(generator: np.random.Generator) -> tuple[list[Incident], dict[str, NDArray[np.float32]]]:
    """Two years of ten leaves, each around its own direction."""
    leaves = [leaf.id for leaf in TYPOLOGY.leaves()][:10]
    incidents = [coded(f"k{n}", leaves[n % 10], when=f"202{4 + n % 2}-0{1 + n % 9}-10") for n in range(200)]
    return incidents, {one.id: around(n % 10, generator, 0.12) for n, one in enumerate(incidents)}


def grouped(
    incidents: Sequence[Incident], vectors: Mapping[str, NDArray[np.float32]]
) -> tuple[list[Cluster], tuple[str, ...]]:
    days = {one.id: day for one in incidents if (day := day_of(one)) is not None}
    return clusters(incidents, vectors, TYPOLOGY, AS_OF, days)


def test_clusters_find_a_planted_group_unlikely_by_chance() -> None:
    generator = np.random.default_rng(0)
    incidents, vectors = known(generator)
    planted = [unfit(f"p{n}", title=f"{STRANGE} number {n}") for n in range(5)]
    scattered = [unfit(f"s{n}") for n in range(6)]
    vectors |= {one.id: around(20, generator, 0.05) for one in planted}
    vectors |= {one.id: around(11 + n, generator, 0.12) for n, one in enumerate(scattered)}
    found, unfitting = grouped([*incidents, *planted, *scattered], vectors)
    assert set(unfitting) == {one.id for one in (*planted, *scattered)}
    assert [set(cluster.incidents) for cluster in found] == [{one.id for one in planted}]
    assert found[0].chance <= 0.05
    assert found[0].likeness > found[0].nearest_likeness
    assert "wilhelmina" not in found[0].words and "fictional" not in found[0].words
    assert {"chatbot", "parrot", "purse"} & set(found[0].words)


def test_clusters_leave_out_what_is_old_or_later() -> None:
    generator = np.random.default_rng(0)
    incidents, vectors = known(generator)
    planted = [unfit(f"p{n}", when) for n, when in enumerate(("2023-05-01", "2026-02-01", "2025-06"))]
    vectors |= {one.id: around(20, generator, 0.05) for one in planted}
    assert grouped([*incidents, *planted], vectors) == ([], ("p2",))
    lately = {"p0": AS_OF}  # it became known late
    assert clusters([*incidents, *planted], vectors, TYPOLOGY, AS_OF, lately) == ([], ("p0",))


def test_clusters_go_by_words_without_vectors() -> None:
    planted = [unfit(f"p{n}", title=f"{STRANGE} number {n}") for n in range(4)]
    others = [coded(f"k{n}", "FR-01" if n % 2 else "CY-01") for n in range(30)]
    found, _ = grouped([*others, *planted], {})
    assert [set(cluster.incidents) for cluster in found] == [{one.id for one in planted}]


def test_the_same_input_gives_the_same_answer() -> None:
    incidents, vectors = known(np.random.default_rng(0))
    planted = [unfit(f"p{n}") for n in range(4)]
    vectors |= {one.id: around(20, np.random.default_rng(n), 0.05) for n, one in enumerate(planted)}
    first, again = (grouped([*incidents, *planted], vectors) for _ in range(2))
    assert first == again
    assert first[0]


def test_fits_no_leaf_unless_a_code_is_sure_or_judged() -> None:
    sure = Code(concept="FR-01", role=CodeRole.PRIMARY, score=0.9)
    for codes, expected in (
        ((), True),
        ((sure,), False),
        ((sure.model_copy(update={"score": 0.3}),), True),
        ((sure.model_copy(update={"score": 0.3, "judged": True}),), False),
        ((Code(concept="X-02", role=CodeRole.PRIMARY, score=0.3),), False),
        ((sure.model_copy(update={"role": "sibling"}),), True),
    ):
        assert fits_no_leaf(dated("a", "2025-01", codes), TYPOLOGY) is expected


def test_clusters_leave_out_what_is_no_crime() -> None:
    failures = [
        dated(
            f"f{n}",
            "2025-10-01",
            (),
            "The same words again",
            findings=[finding(Subject.CRIME, "no", score=0.1)],
        )
        for n in range(5)
    ]
    assert grouped(failures, {}) == ([], ())
    assert grouped([], {}) == ([], ())
