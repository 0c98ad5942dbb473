"""Saved queries against a batch, ours beside raw tantivy, in one run: time to index the batch and to match.

    python -m tests.bench.saved [--queries 1000] [--cards 100] [--rounds 9]

Synthetic cards of the search benchmark; queries of one word, two words, a phrase, a word and a filter, and
six words of which four must match. Raw is a plain program's way: an index of the two searched texts and the
filter in memory, the same trees built from ready stems, the numbers of all hits. Ours takes queries prepared
once for all batches, indexes all that an index has, and answers ids. Rounds take turns; the best of each is
shown. Read the ratios.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence

import tantivy

from index.search import saved
from index.search.cards import Card
from index.search.embedded.backend import in_memory
from index.search.language.parser import parse
from index.search.query import Query
from tests.bench.corpus import COUNTRIES, make_cards, vocabulary
from tests.bench.raw import STEM

Q, MUST, SHOULD = tantivy.Query, tantivy.Occur.Must, tantivy.Occur.Should
Asked = tuple[list[str], list[str], str]
"""Words, a phrase, a country."""


def asked(count: int) -> list[Asked]:
    """Return what the queries ask for."""
    chance, words = random.Random(4), vocabulary()[3:3000]

    def draw(number: int) -> list[str]:
        return [words[min(int(chance.paretovariate(0.6)), len(words)) - 1] for _ in range(number)]

    kinds: Sequence[Callable[[], Asked]] = (
        lambda: (draw(1), [], ""),
        lambda: (draw(2), [], ""),
        lambda: ([], draw(2), ""),
        lambda: (draw(1), [], chance.choice(COUNTRIES)),
        lambda: (list(dict.fromkeys(draw(12)))[:6], [], ""),
    )
    return [kinds[number % len(kinds)]() for number in range(count)]


def query(words: list[str], phrase: list[str], country: str) -> Query:
    """Return our query for it."""
    typed = " ".join([*words, f'"{" ".join(phrase)}"' if phrase else ""])
    return saved.strict(parse(typed, filters={"country": (country,)} if country else {}))


class Raw:
    """tantivy in memory as a plain program would use it."""

    def __init__(self, cards: Sequence[Card]) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("title", "text"):
            builder.add_text_field(name, tokenizer_name="stemmed")
        builder.add_text_field("country", tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("seq", fast=True)
        self.schema = builder.build()
        index = tantivy.Index(self.schema)
        index.register_tokenizer("stemmed", STEM)
        writer = index.writer(64_000_000, 1)
        for card in cards:
            told = {"title": card.title, "text": card.text, "seq": card.seq}
            told["country"] = list(card.facets["country"])
            writer.add_document(tantivy.Document.from_dict(told, self.schema))
        writer.commit()
        index.reload()
        self.searcher = index.searcher()

    def either(self, make: Callable[..., tantivy.Query], wanted: str | list[str]) -> tantivy.Query:
        """Return the query over both texts."""
        return Q.disjunction_max_query([make(self.schema, name, wanted) for name in ("title", "text")])

    def matches(self, words: list[str], phrase: list[str], country: str) -> list[int]:
        """Return the numbers of the cards that match; the words are stems."""
        parts = [self.either(Q.term_query, word) for word in words]
        least = len(words) if len(words) <= 2 else max(2, round(0.6 * len(words)))
        all_of: list[tuple[tantivy.Occur, tantivy.Query]] = []
        if words:
            either = [(SHOULD, part) for part in parts]
            all_of.append((MUST, Q.boolean_query(either, minimum_number_should_match=least)))
        if phrase:
            all_of.append((MUST, self.either(Q.phrase_query, list(phrase))))
        if country:
            all_of.append((MUST, Q.term_query(self.schema, "country", country)))
        found = self.searcher.search(Q.boolean_query(all_of), 1000, count=False, order_by_field="seq")
        return [int(number) for number, _ in found.hits]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (("--queries", 1000), ("--cards", 100), ("--rounds", 9)):
        parser.add_argument(name, type=int, default=default)
    options = parser.parse_args(arguments)
    cards = list(make_cards(options.cards))
    wanted = asked(options.queries)
    queries = [query(*one) for one in wanted]
    stems = [([STEM.analyze(w)[0] for w in ws], [STEM.analyze(p)[0] for p in ps], c) for ws, ps, c in wanted]
    times: dict[str, list[float]] = {"raw": [], "ours": [], "raw index": [], "our index": [], "prepare": []}
    for _ in range(options.rounds):
        start = time.perf_counter()
        raw = Raw(cards)
        times["raw index"].append(time.perf_counter() - start)
        theirs = sum(len(raw.matches(*one)) for one in stems)
        times["raw"].append(time.perf_counter() - start)
        start = time.perf_counter()
        in_memory(cards)
        times["our index"].append(time.perf_counter() - start)
        start = time.perf_counter()
        wishes = {number: saved.wanted(one) for number, one in enumerate(queries)}
        times["prepare"].append(time.perf_counter() - start)
        start = time.perf_counter()
        mine = sum(len(ids) for _, ids in saved.matches(wishes, cards))
        times["ours"].append(time.perf_counter() - start)
        if mine != theirs:
            raise SystemExit(f"ours matches {mine} times, raw {theirs}")
    took = {name: 1000 * min(each) for name, each in times.items()}
    out = sys.stdout.write
    out(f"{options.queries} queries, {options.cards} cards, {mine} matches, best of {options.rounds}\n")
    out(f"{'':12}{'raw ms':>10}{'ours ms':>10}{'ratio':>8}\n")
    for name, low, high in (
        ("index", took["raw index"], took["our index"]),
        ("match", took["raw"] - took["raw index"], took["ours"] - took["our index"]),
        ("both", took["raw"], took["ours"]),
    ):
        out(f"{name:12}{low:10.1f}{high:10.1f}{high / low:8.2f}\n")
    out(f"ours prepares queries once for all batches: {took['prepare']:.1f} ms\n")


if __name__ == "__main__":
    main()
