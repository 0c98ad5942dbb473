import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from collectors.errors import IndexDamaged, LibraryBusy, WrongUse
from index.search.analysis import analyse, tokenise
from index.search.cards import Card
from index.search.embedded import EmbeddedBackend
from index.search.parser import parse
from index.search.query import By, Query, Sort, Stamp, Term
from tests.index.searching import COUNTRIES, TYPES, WORDS, make_card, unit

FACETED = ("country", "typology", "year", "tool")


def card(number: int, text: str = "", **changes: object) -> Card:
    plain = Card(id=f"inc-{number:020x}", by=By.INCIDENT, seq=number, title="", text=text)
    return replace(plain, **changes)  # type: ignore[arg-type]  # each test names fields of Card


def numbers(ids: tuple[str, ...]) -> list[int]:
    return [int(one.removeprefix("inc-"), 16) for one in ids]


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[EmbeddedBackend]:
    opened = EmbeddedBackend(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedBackend, dict[str, Card]]]:
    """Two hundred cards written in seven commits, some rewritten, some deleted."""
    folder = tmp_path_factory.mktemp("library") / "index"
    opened = EmbeddedBackend(folder)
    chance = random.Random(7)
    cards: dict[str, Card] = {}
    for start in range(1, 246, 35):
        batch = [make_card(number, chance) for number in range(start, start + 35)]
        again = [
            make_card(card.seq, chance, version=1)
            for card in chance.sample(list(cards.values()), k=len(cards) // 10)
        ]
        gone = [card.id for card in chance.sample(list(cards.values()), k=len(cards) // 20)]
        opened.write(batch + again, gone, start)
        cards |= {card.id: card for card in batch + again}
        # A card both deleted and written in one call is written.
        for one in set(gone) - {card.id for card in again}:
            del cards[one]
    assert len(list(folder.glob("*.store"))) >= 4, "several segments are the point"
    yield opened, cards
    opened.close()


class Oracle:
    """Says by brute force what matches; knows nothing of the engine but how it cuts and stems words."""

    def __init__(self, cards: dict[str, Card]) -> None:
        self.cards = cards
        self.fields = {
            card.id: [analyse(card.title), analyse(card.text), *map(analyse, card.keywords)]
            for card in cards.values()
        }

    def has(self, card: Card, text: str) -> bool:
        wanted = analyse(text)
        return any(
            field[at : at + len(wanted)] == wanted
            for field in self.fields[card.id]
            for at in range(len(field))
        )

    def passes(self, card: Card, query: Query, without: str = "") -> bool:
        return (
            card.by is query.by
            and all(
                {value.lower() for value in values} & {value.lower() for value in card.facets.get(name, ())}
                for name, values in query.filters.items()
                if name != without
            )
            and (query.since is None or (card.when is not None and card.when >= query.since))
            and (query.until is None or (card.when is not None and card.when <= query.until))
            and all(self.has(card, term.text) for term in query.terms if term.phrase and not term.negated)
            and not any(self.has(card, term.text) for term in query.terms if term.negated)
        )

    def matches(self, query: Query, without: str = "") -> set[str]:
        fenced = [card for card in self.cards.values() if self.passes(card, query, without)]
        words = {term.text for term in query.terms if not term.phrase and not term.negated}
        assert len(words) <= 2, "more words bring scores into it"
        if not words:
            return {card.id for card in fenced}
        both = {card.id for card in fenced if all(self.has(card, word) for word in words)}
        return both or {card.id for card in fenced if any(self.has(card, word) for word in words)}

    def counts(self, query: Query, name: str) -> dict[str, int]:
        matching = self.matches(query, without=name)
        return dict(Counter(value for one in matching for value in self.cards[one].facets.get(name, ())))

    def months(self, query: Query) -> dict[str, int]:
        dates = [card.when for card in map(self.cards.__getitem__, self.matches(query)) if card.when]
        return dict(Counter(f"{when:%Y-%m}" for when in dates))


def random_query(chance: random.Random) -> Query:
    vocabulary = [*WORDS, "invoice", "acme", "nowhere"]
    terms = [Term(text=chance.choice(vocabulary)) for _ in range(chance.choice((0, 1, 1, 2, 2)))]
    if chance.random() < 0.25:
        terms.append(Term(text=" ".join(chance.choices(vocabulary, k=2)), phrase=True))
    if chance.random() < 0.3:
        phrase = chance.random() < 0.3
        terms.append(
            Term(text=" ".join(chance.choices(vocabulary, k=1 + phrase)), phrase=phrase, negated=True)
        )
    filters: dict[str, tuple[str, ...]] = {}
    if chance.random() < 0.4:
        filters["country"] = tuple(chance.sample([*COUNTRIES, "gb", "XX"], k=chance.randint(1, 3)))
    if chance.random() < 0.3:
        filters["typology"] = (chance.choice(TYPES),)
    if chance.random() < 0.1:
        filters["tool"] = ("dreamvoice",)
    ends = sorted(
        date(2020 + chance.randrange(6), chance.randint(1, 12), chance.randint(1, 28)) for _ in range(2)
    )
    return Query(
        terms=tuple(terms),
        filters=filters,
        by=chance.choice((By.INCIDENT, By.INCIDENT, By.REPORT)),
        since=ends[0] if chance.random() < 0.2 else None,
        until=ends[1] if chance.random() < 0.2 else None,
        facets=FACETED,
    )


def test_random_queries_agree_with_set_algebra(library: tuple[EmbeddedBackend, dict[str, Card]]) -> None:
    backend, cards = library
    oracle, chance = Oracle(cards), random.Random(11)
    answered = 0
    for _ in range(300):
        query = random_query(chance)
        found, expected = backend.words(query, 1000), oracle.matches(query)
        assert set(found.ids) == expected, query
        assert (len(found.ids), found.total) == (len(expected), len(expected)), query
        assert found.facets == {name: oracle.counts(query, name) for name in FACETED}, query
        assert found.months == oracle.months(query), query
        answered += bool(expected)
    assert answered > 100


def test_more_words_need_three_in_five_but_the_best_few_count_too(
    library: tuple[EmbeddedBackend, dict[str, Card]],
) -> None:
    backend, cards = library
    oracle, words = Oracle(cards), WORDS[:6]
    found = backend.words(Query(terms=tuple(Term(text=word) for word in words), facets=("country",)), 1000)
    having = {
        one.id: sum(oracle.has(one, word) for word in words)
        for one in cards.values()
        if one.by is By.INCIDENT
    }
    enough = {one for one, count in having.items() if count >= 4}
    assert enough <= set(found.ids) <= {one for one, count in having.items() if count}
    assert len(set(found.ids) - enough) <= 50
    assert found.total == len(found.ids)
    assert found.facets["country"] == dict(
        Counter(value for one in found.ids for value in cards[one].facets["country"])
    )


def test_limits_cut_one_stable_order_with_ties_by_seq(
    library: tuple[EmbeddedBackend, dict[str, Card]],
) -> None:
    backend, _ = library
    for sort in Sort:
        query = Query(terms=(Term(text="deepfake"),), sort=sort)
        everything = backend.words(query, 1000)
        for limit in (1, 2, 3, 7, 20, 50):
            assert backend.words(query, limit).ids == everything.ids[:limit]
        ranked = list(zip(everything.scores, everything.seqs, strict=True))
        if sort is Sort.RELEVANCE:
            assert ranked == sorted(ranked, key=lambda one: (-one[0], one[1]))


def test_equal_scores_are_ordered_by_seq_across_commits(backend: EmbeddedBackend) -> None:
    order = random.Random(3).sample(range(1, 201), k=200)
    for start in range(0, 200, 40):
        backend.write([card(number, "the same words") for number in order[start : start + 40]], [], start)
    found = backend.words(parse("same words"), 30)
    assert numbers(found.ids) == list(range(1, 31))
    assert found.total == 200


def test_sorting(library: tuple[EmbeddedBackend, dict[str, Card]]) -> None:
    backend, cards = library
    incidents = [one for one in cards.values() if one.by is By.INCIDENT]
    dated = [one for one in incidents if one.when]
    undated = [one.id for one in sorted(incidents, key=lambda one: one.seq) if not one.when]

    def order(sort: Sort) -> list[str]:
        return list(backend.words(Query(sort=sort), 1000).ids)

    def day(one: Card) -> int:
        assert one.when is not None
        return one.when.toordinal()

    newest = [one.id for one in sorted(dated, key=lambda one: (-day(one), one.seq))] + undated
    assert order(Sort.NEWEST) == newest
    assert order(Sort.RELEVANCE) == newest, "without words there is only browsing"
    assert (
        order(Sort.OLDEST) == [one.id for one in sorted(dated, key=lambda one: (day(one), one.seq))] + undated
    )
    assert order(Sort.LOSS) == [one.id for one in sorted(incidents, key=lambda one: (-one.loss, one.seq))]


def test_where_no_card_has_both_words_either_will_do(backend: EmbeddedBackend) -> None:
    backend.write([card(1, "deepfake"), card(2, "robocall"), card(3, "other")], [], 1)
    assert sorted(numbers(backend.words(parse("deepfake robocall"), 10).ids)) == [1, 2]


def test_stop_words_count_only_where_there_is_nothing_else(backend: EmbeddedBackend) -> None:
    backend.write([card(1, "to be or not to be"), card(2, "fraud"), card(3, "the fraud of the year")], [], 1)
    assert sorted(numbers(backend.words(parse("what is the fraud"), 10).ids)) == [2, 3]
    assert numbers(backend.words(parse("to be"), 10).ids) == [1]
    assert numbers(backend.words(parse('"not to be"'), 10).ids) == [1]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("scammers", [1]),
        ("SCAMMING", [1]),
        ("cafe", [2]),
        ("CAFÉ", [2]),
        ("обман", [3]),
        ("gpt-4", [4]),
        ('"gpt 4"', [4]),
        ("hxxps://evil[.]example/login", [5]),
        ("evil.example", [5]),
        ('"voice clones"', [1]),
        ('"clone voice"', []),
        ("-scam", [2, 3, 4, 5]),
        ('scam -"voice clone"', []),
        ("invoice", [2]),
        ("aiid:3", [3]),
        ("id:aiid:3,inc-00000000000000000004", [3, 4]),
        ("deepfake", []),
    ],
)
def test_what_matches(backend: EmbeddedBackend, typed: str, expected: list[int]) -> None:
    backend.write(
        [
            card(1, "A scammer scammed them with a voice clone."),
            card(2, "Le café 🙂 a été trompé.", keywords=("Invoice fraud",)),
            card(3, "Обман по телефону", refs=("aiid:3",)),
            card(4, "Written by GPT-4; 4 people, GPT."),
            card(5, "It led to https://evil.example/login there."),
        ],
        [],
        1,
    )
    assert sorted(numbers(backend.words(parse(typed), 10).ids)) == expected


def test_extra_cards_count_but_do_not_rank(backend: EmbeddedBackend) -> None:
    backend.write(
        [
            card(number, "scam" if number < 3 else "other", facets={"year": ("2024",)})
            for number in range(1, 6)
        ],
        [],
        1,
    )
    also = [f"inc-{number:020x}" for number in (2, 4, 99)]
    found = backend.words(parse("scam", facets=("year",)), 10, also=also)
    assert (numbers(found.ids), found.total, found.facets) == ([1, 2], 3, {"year": {"2024": 3}})
    newest = backend.words(parse("scam", sort=Sort.NEWEST), 10, also=also)
    assert numbers(newest.ids) == [1, 2, 4]


def test_a_misspelt_word_has_a_near_one(backend: EmbeddedBackend) -> None:
    backend.write([card(1, "deepfakes deepfake robocall"), card(2, "deepfake transfer")], [], 1)
    assert backend.corrections(parse("deepfkae of a transfer")) == {"deepfkae": "deepfake"}
    assert backend.corrections(parse("xeepfake OR rbocall")) == {
        "xeepfake": "deepfake",
        "rbocall": "robocall",
    }
    assert backend.corrections(parse('deepfake zzzzzz "deepfkae" deepfkae* -deepfkae')) == {}


def test_a_rewritten_card_has_only_its_new_words_and_passages(backend: EmbeddedBackend) -> None:
    before, after = unit(np.random.default_rng(1), 2), unit(np.random.default_rng(2), 1)
    backend.write([card(1, "before", vectors=before), card(2, "other", vectors=before[:1])], [], 1)
    backend.write([card(1, "after", vectors=after)], [], 2)
    assert backend.words(parse("before"), 5).total == 0
    assert numbers(backend.words(parse("after"), 5).ids) == [1]
    found = backend.nearest(before[1], Query(), 5)
    assert dict(zip(numbers(found.ids), found.scores, strict=True))[1] == pytest.approx(
        float(after[0] @ before[1]), abs=1e-5
    )
    assert backend.stamp() == Stamp(generation=1, cards=2, applied=2)
    backend.write([], [f"inc-{1:020x}", f"inc-{1:020x}", "inc-unknown"], 3)
    assert numbers(backend.nearest(before[0], Query(), 5).ids) == [2]
    assert backend.stamp() == Stamp(generation=1, cards=1, applied=3)


def test_nearest_obeys_filters_dates_phrases_and_unwanted_words(
    library: tuple[EmbeddedBackend, dict[str, Card]],
) -> None:
    backend, cards = library
    oracle, chance = Oracle(cards), random.Random(5)
    vector = unit(np.random.default_rng(9), 1)[0]
    for _ in range(100):
        query = random_query(chance)
        fences = query.model_copy(
            update={"terms": tuple(term for term in query.terms if term.phrase or term.negated)}
        )
        passages = {one: cards[one].vectors for one in oracle.matches(fences)}
        scores = {
            one: float((rows @ vector).max())
            for one, rows in passages.items()
            if rows is not None and len(rows)
        }
        found = backend.nearest(vector, query, 10)
        best = sorted(scores.items(), key=lambda one: -one[1])[:10]
        assert list(found.ids) == [one for one, _ in best]
        assert found.scores == pytest.approx([score for _, score in best], abs=1e-5)


def test_similar_to_a_card_by_its_id(library: tuple[EmbeddedBackend, dict[str, Card]]) -> None:
    backend, cards = library
    one = next(card for card in cards.values() if card.vectors is not None and len(card.vectors) == 1)
    assert backend.nearest(one.id, Query(by=one.by), 3).ids[0] == one.id


def test_an_unknown_facet_is_wrong_use(backend: EmbeddedBackend) -> None:
    with pytest.raises(WrongUse, match="colour"):
        backend.words(Query(filters={"colour": ("red",)}), 5)


def test_an_empty_index_answers_everything_with_nothing(backend: EmbeddedBackend) -> None:
    for typed in ("", "scam", '"a b"', "country:GB", "a b c d e f", "aiid:1"):
        assert backend.words(parse(typed, facets=FACETED), 5).total == 0
    assert backend.nearest(unit(np.random.default_rng(1), 1)[0], Query(), 5).ids == ()
    assert backend.stamp() == Stamp(generation=1, cards=0, applied=0)


def test_hostile_cards_and_queries(backend: EmbeddedBackend) -> None:
    vast = "x" * 70_000
    hostile = "\ud800\x00'\"; DROP TABLE cards; --"
    backend.write(
        [
            card(
                1,
                f"{hostile} {vast} findable",
                title=hostile,
                keywords=(hostile,),
                facets={"tool": (hostile, vast, "")},
            )
        ],
        [],
        1,
    )
    assert backend.words(parse("findable", facets=("tool",)), 5).total == 1
    many = Query(terms=tuple(Term(text=f"word{number} findable") for number in range(2_000)))
    assert backend.words(many, 5).total == 0
    backend.words(Query(terms=(Term(text=hostile), Term(text=vast, phrase=True))), 5)
    backend.words(Query(filters={"tool": (hostile, "", vast)}), 5)
    assert backend.words(Query(ids=(hostile,)), 5).total == 0


def test_a_failed_write_leaves_nothing_behind(backend: EmbeddedBackend) -> None:
    vectors = unit(np.random.default_rng(1), 1)
    backend.write([card(1, "first", vectors=vectors)], [], 1)

    def failing() -> Iterator[Card]:
        yield card(2, "second", vectors=vectors)
        raise RuntimeError("the record broke off")

    with pytest.raises(RuntimeError):
        backend.write(failing(), [card(1).id], 2)
    with pytest.raises(WrongUse):
        backend.write([card(3, "third", vectors=np.ones((1, 3), np.float32))], [], 2)
    assert backend.stamp() == Stamp(generation=1, cards=1, applied=1)
    backend.write([card(4, "fourth", vectors=vectors)], [], 2)
    assert numbers(backend.nearest(vectors[0], Query(), 5).ids) == [1, 4]
    assert backend.words(parse("second"), 5).total == 0


def test_readers_see_whole_commits_while_a_writer_works(tmp_path: Path) -> None:
    writer, reader = EmbeddedBackend(tmp_path / "index"), EmbeddedBackend(tmp_path / "index")
    vectors = unit(np.random.default_rng(1), 1)
    wrong: list[tuple[int, int, int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            total = reader.words(parse("scam"), 5).total
            near = len(reader.nearest(vectors[0], Query(), 100).ids)
            if total % 5 or near % 5 or reader.stamp().cards % 5:
                wrong.append((total, near, reader.stamp().cards))

    thread = threading.Thread(target=read)
    thread.start()
    for batch in range(8):
        writer.write([card(batch * 5 + one, "scam", vectors=vectors) for one in range(5)], [], batch)
    done.set()
    thread.join()
    assert wrong == []
    assert reader.words(parse("scam"), 5).total == 40


def test_a_second_writer_is_told_that_the_index_is_busy(tmp_path: Path) -> None:
    one, other = EmbeddedBackend(tmp_path / "index"), EmbeddedBackend(tmp_path / "index")

    def cards() -> Iterator[Card]:
        yield card(1, "scam")
        with pytest.raises(LibraryBusy):
            other.write([card(2, "scam")], [], 9)

    one.write(cards(), [], 1)
    assert other.stamp() == Stamp(generation=1, cards=1, applied=1)


def _cut(folder: Path) -> None:
    for path in folder.glob("*.rows"):
        path.write_bytes(path.read_bytes()[:-1])


def _garble(folder: Path) -> None:
    (folder / "meta.json").write_text("garbage")


def _lose(folder: Path) -> None:
    (folder / "meta.json").unlink()


def _lose_vectors(folder: Path) -> None:
    for path in folder.glob("*.rows"):
        path.unlink()


def _lose_segments(folder: Path) -> None:
    for path in folder.glob("*.store"):
        path.unlink()


@pytest.mark.parametrize("damage", [_cut, _garble, _lose, _lose_vectors, _lose_segments])
def test_a_damaged_index_says_so(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "index"
    backend = EmbeddedBackend(folder)
    backend.write([card(1, "scam", vectors=unit(np.random.default_rng(1), 1))], [], 1)
    backend.close()
    damage(folder)
    with pytest.raises(IndexDamaged):
        EmbeddedBackend(folder)


WRITER = """
    import sys
    from pathlib import Path
    import numpy as np
    from index.search.cards import Card
    from index.search.embedded import EmbeddedBackend
    from index.search.query import By
    backend = EmbeddedBackend(Path(sys.argv[1]))
    number = backend.stamp().applied
    while True:
        number += 1
        vectors = np.zeros((1, 2048), np.float32)
        vectors[0, number] = 1
        text = f"scam w{number}"
        card = Card(id=f"c{number}", by=By.INCIDENT, seq=number, title="", text=text, vectors=vectors)
        backend.write([card], [f"c{number - 10}"], number)
        print(number, flush=True)
"""


def test_killed_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    folder, chance, acknowledged = tmp_path / "index", random.Random(2), 0
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(folder)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )
        assert child.stdout is not None
        timer: threading.Timer | None = None
        for line in child.stdout:
            acknowledged = int(line)
            if timer is None:
                timer = threading.Timer(chance.uniform(0.05, 0.5), os.kill, (child.pid, signal.SIGKILL))
                timer.start()
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        backend = EmbeddedBackend(folder)
        applied = backend.stamp().applied
        assert applied in (acknowledged, acknowledged + 1)
        kept = [f"c{number}" for number in range(max(1, applied - 9), applied + 1)]
        assert backend.words(parse("scam", sort=Sort.OLDEST), 100).ids == tuple(kept)
        vector = np.zeros(2048, np.float32)
        vector[applied] = 1
        assert backend.nearest(vector, Query(), 100).ids[0] == f"c{applied}"
        assert sorted(backend.nearest(vector, Query(), 100).ids) == sorted(kept)
        backend.close()


def test_tokens_say_where_they_stand_in_characters() -> None:
    text = "🙂 Café’s deepfakes, é GPT-4"
    assert [(token.text, text[token.start : token.end]) for token in tokenise(text)] == [
        ("cafe", "Café"),
        ("s", "s"),
        ("deepfak", "deepfakes"),
        ("e", "é"),
        ("gpt", "GPT"),
        ("4", "4"),
    ]
