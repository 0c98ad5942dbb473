"""What the embedded index answers, held against brute force."""

import random
from collections import Counter

import numpy as np
import pytest

from collectors.errors import WrongUse
from index.search.cards import Card
from index.search.embedded.backend import EmbeddedBackend
from index.search.language.parser import parse
from index.search.query import By, Query, Sort, Stamp, Term
from index.search.vocabulary.analysis import tokenise
from tests.index.search.plain_oracle import FACETED, PlainOracle, plain_query
from tests.index.search.searching import (
    WORDS,
    card,
    numbers,
    unit,
)


def test_random_queries_agree_with_set_algebra(grown: tuple[EmbeddedBackend, dict[str, Card]]) -> None:
    backend, cards = grown
    oracle, chance = PlainOracle(cards), random.Random(11)
    answered = 0
    for _ in range(300):
        query = plain_query(chance)
        found, expected = backend.words(query, 1000), oracle.matches(query)
        assert set(found.ids) == expected, query
        assert (len(found.ids), found.total) == (len(expected), len(expected)), query
        assert found.facets == {name: oracle.counts(query, name) for name in FACETED}, query
        assert found.months == oracle.months(query), query
        answered += bool(expected)
    assert answered > 100


def test_more_words_need_three_in_five_but_the_best_few_count_too(
    grown: tuple[EmbeddedBackend, dict[str, Card]],
) -> None:
    backend, cards = grown
    oracle, words = PlainOracle(cards), WORDS[:6]
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
    grown: tuple[EmbeddedBackend, dict[str, Card]],
) -> None:
    backend, _ = grown
    for sort in Sort:
        query = Query(terms=(Term(text="deepfake"),), sort=sort)
        everything = backend.words(query, 1000)
        for limit in (1, 2, 3, 7, 20, 50):
            assert backend.words(query, limit).ids == everything.ids[:limit]
        ranked = list(zip(everything.scores, everything.seqs, strict=True))
        if sort is Sort.RELEVANCE:
            assert ranked == sorted(ranked, key=lambda one: (-one[0], one[1]))


def test_equal_scores_are_ordered_by_seq_across_commits(embedded: EmbeddedBackend) -> None:
    order = random.Random(3).sample(range(1, 201), k=200)
    for start in range(0, 200, 40):
        embedded.write([card(number, "the same words") for number in order[start : start + 40]], [], start)
    found = embedded.words(parse("same words"), 30)
    assert numbers(found.ids) == list(range(1, 31))
    assert found.total == 200


def test_sorting(grown: tuple[EmbeddedBackend, dict[str, Card]]) -> None:
    backend, cards = grown
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


def test_where_no_card_has_both_words_either_will_do(embedded: EmbeddedBackend) -> None:
    embedded.write([card(1, "deepfake"), card(2, "robocall"), card(3, "other")], [], 1)
    assert sorted(numbers(embedded.words(parse("deepfake robocall"), 10).ids)) == [1, 2]


def test_stop_words_count_only_where_there_is_nothing_else(embedded: EmbeddedBackend) -> None:
    embedded.write([card(1, "to be or not to be"), card(2, "fraud"), card(3, "the fraud of the year")], [], 1)
    assert sorted(numbers(embedded.words(parse("what is the fraud"), 10).ids)) == [2, 3]
    assert numbers(embedded.words(parse("to be"), 10).ids) == [1]
    assert numbers(embedded.words(parse('"not to be"'), 10).ids) == [1]


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
def test_what_matches(embedded: EmbeddedBackend, typed: str, expected: list[int]) -> None:
    embedded.write(
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
    assert sorted(numbers(embedded.words(parse(typed), 10).ids)) == expected


def test_extra_cards_count_but_do_not_rank(embedded: EmbeddedBackend) -> None:
    embedded.write(
        [
            card(number, "scam" if number < 3 else "other", facets={"year": ("2024",)})
            for number in range(1, 6)
        ],
        [],
        1,
    )
    extra_ids = [f"inc-{number:020x}" for number in (2, 4, 99)]
    found = embedded.words(parse("scam", facets=("year",)), 10, extra_ids=extra_ids)
    assert (numbers(found.ids), found.total, found.facets) == ([1, 2], 3, {"year": {"2024": 3}})
    newest = embedded.words(parse("scam", sort=Sort.NEWEST), 10, extra_ids=extra_ids)
    assert numbers(newest.ids) == [1, 2, 4]


def test_a_misspelt_word_has_a_near_one(embedded: EmbeddedBackend) -> None:
    embedded.write([card(1, "deepfakes deepfake robocall"), card(2, "deepfake transfer")], [], 1)
    assert embedded.corrections(parse("deepfkae of a transfer")) == {"deepfkae": "deepfake"}
    assert embedded.corrections(parse("xeepfake OR rbocall")) == {
        "xeepfake": "deepfake",
        "rbocall": "robocall",
    }
    quoted = parse('deepfake zzzzzz "deepfkae" deepfkae* -deepfkae')
    assert embedded.corrections(quoted) == {"zzzzzz": "", "deepfkae": "deepfake"}


def test_nearest_obeys_filters_dates_phrases_and_unwanted_words(
    grown: tuple[EmbeddedBackend, dict[str, Card]],
) -> None:
    backend, cards = grown
    oracle, chance = PlainOracle(cards), random.Random(5)
    vector = unit(np.random.default_rng(9), 1)[0]
    for _ in range(100):
        query = plain_query(chance)
        filter_tree = query.model_copy(
            update={"terms": tuple(term for term in query.terms if term.phrase or term.negated)}
        )
        passages = {one: cards[one].vectors for one in oracle.matches(filter_tree)}
        scores = {
            one: float((rows @ vector).max())
            for one, rows in passages.items()
            if rows is not None and len(rows)
        }
        found = backend.nearest(vector, query, 10)
        best = sorted(scores.items(), key=lambda one: -one[1])[:10]
        assert list(found.ids) == [one for one, _ in best]
        assert found.scores == pytest.approx([score for _, score in best], abs=1e-5)


def test_similar_to_a_card_by_its_id(grown: tuple[EmbeddedBackend, dict[str, Card]]) -> None:
    backend, cards = grown
    one = next(card for card in cards.values() if card.vectors is not None and len(card.vectors) == 1)
    assert backend.nearest(one.id, Query(by=one.by), 3).ids[0] == one.id


def test_an_unknown_facet_is_wrong_use(embedded: EmbeddedBackend) -> None:
    with pytest.raises(WrongUse, match="colour"):
        embedded.words(Query(filters={"colour": ("red",)}), 5)


def test_an_empty_index_answers_everything_with_nothing(embedded: EmbeddedBackend) -> None:
    for typed in ("", "scam", '"a b"', "country:GB", "a b c d e f", "aiid:1"):
        assert embedded.words(parse(typed, facets=FACETED), 5).total == 0
    assert embedded.nearest(unit(np.random.default_rng(1), 1)[0], Query(), 5).ids == ()
    assert embedded.stamp() == Stamp(generation=1, cards=0, applied=0)


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
