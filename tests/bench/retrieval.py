"""How well the search ranks real incidents for an investigator's questions: nDCG@10, recall@20 and latency.

    python -m tests.bench.retrieval [--cache vectors.npy] [--queries] [--train | --remembered] [--lookups]

Data: the AI Incident Database snapshot (title and description as the card of an incident) and graded answers,
both beside the project. nDCG has linear gains (2 on topic, 1 partly) and a log2 discount; unjudged counts 0.

``--train`` asks the definitions and examples of the typology instead, with the coded training incidents as
the answers (2 where a leaf is the main one, 1 where it is another): settings are chosen on these.
``--remembered`` asks with five words of an incident's description, drawn at random, for that one incident.
The last row is what reciprocal rank fusion would make of the keyword and the semantic answers.
``--lookups`` asks for each leaf by each of its names, in a library of the snapshot, and tells the share of
the first three hits that carry it, where at least three incidents do.
"""

import argparse
import csv
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import log2
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment import embedder
from enrichment.typology import Typology
from index.library import Library
from index.records import Actor, Role
from index.search.cards import Card, HitSource
from index.search.embedded.backend import EmbeddedBackend
from index.search.hybrid import Searcher
from index.search.language.parser import parse
from index.search.query import By, Mode, Results
from index.settings import Settings

BENCH = Actor(name="bench", role=Role.LEAD)
FEWEST = 3
"""Incidents of a leaf that is asked for."""
RANK_CONSTANT = 60
"""Of reciprocal rank fusion, as Cormack, Clarke and Büttcher (SIGIR 2009) set it."""
DEPTH = 200
"""How many answers of each mode it fuses."""
REMEMBERED, WORDS_REMEMBERED = 250, 5
"""Incidents that are asked for by words of theirs, and by how many words."""
SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


def incidents() -> list[dict[str, str]]:
    """Return the rows of the snapshot, by id."""
    with (SHARED / "aiid/incidents.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: int(row["incident_id"]))


def queries() -> list[tuple[str, dict[str, int]]]:
    """Return each question with the grades of its answers."""
    told = json.loads((SHARED / "retrieval-gold/dev.json").read_text("utf-8"))
    return [(one["query"], one["relevant"]) for one in told["queries"]]


def card(row: Mapping[str, str], vector: NDArray[np.float32]) -> Card:
    """Return a row as the card of an incident with one passage."""
    number = row["incident_id"]
    return Card(
        id=f"aiid:{number}",
        by=By.INCIDENT,
        seq=int(number),
        title=row["title"],
        text=row["description"],
        when=date.fromisoformat(row["date"]),
        refs=(f"aiid:{number}",),
        report_count=max(1, len(json.loads(row["reports"]))),
        facets={"year": (row["date"][:4],)},
        vectors=vector[None],
    )


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Return the normalised discounted cumulative gain of a ranking, linear gains."""
    gained = sum(grades.get(one, 0) / log2(place + 2) for place, one in enumerate(ranked[:depth]))
    best = sorted(grades.values(), reverse=True)[:depth]
    return gained / sum(grade / log2(place + 2) for place, grade in enumerate(best))


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 20) -> float:
    """Return the share of the relevant that is in the first ``depth``, of as many as fit there."""
    return len(set(ranked[:depth]) & set(grades)) / min(depth, len(grades))


def vectors(
    rows: Sequence[Mapping[str, str]], model: embedder.Embedder, cache: Path | None
) -> NDArray[np.float32]:
    """Return a row of the embedder for each incident, from the cache where there is one."""
    if cache is not None and cache.exists():
        return np.asarray(np.load(cache), np.float32)
    made = model.encode([f"{row['title']}. {row['description']}" for row in rows], "passage")
    if cache is not None:
        np.save(cache, made)
    return made


def searcher(folder: Path, cache: Path | None) -> Callable[[], Searcher]:
    """Return what makes searchers over all incidents of the snapshot, each with nothing cached."""
    rows, model = incidents(), embedder.load()
    made = vectors(rows, model, cache)
    backend = EmbeddedBackend(folder)
    backend.write((card(row, vector) for row, vector in zip(rows, made, strict=True)), (), 1)
    shown = {
        f"aiid:{row['incident_id']}": HitSource(
            title=row["title"], texts=((row["incident_id"], row["title"], row["description"]),)
        )
        for row in rows
    }
    return lambda: Searcher(
        backend,
        hydrate=lambda ids, by: {one: shown[one] for one in ids},
        encode=lambda text: model.encode([text], "query")[0],
    )


def timed(search: Searcher, text: str, mode: Mode) -> tuple[Results, float]:
    """Return the answers and the milliseconds they took."""
    query = parse(text, mode=mode, limit=20, facets=("year", "country", "typology"))
    begun = time.perf_counter()
    found = search.search(query)
    return found, (time.perf_counter() - begun) * 1000


def training() -> list[tuple[str, dict[str, int]]]:
    """Return the definition and examples of each leaf with the grades of the incidents coded with it."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (SHARED / "typology-train/train.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        grades[row["primary"]][row["incident_id"]] = 2
        for other in row["others"]:
            grades[other].setdefault(row["incident_id"], 1)
    return [
        (text, grades[leaf.id])
        for leaf in Typology.load().leaves()
        if sum(grade == 2 for grade in grades[leaf.id].values()) >= FEWEST
        for text in (leaf.definition, *leaf.examples)
    ]


def remembered() -> list[tuple[str, dict[str, int]]]:
    """Return for some incidents a few words of each one's description, with that incident as the answer."""
    chance = random.Random(5)
    asked = []
    for row in chance.sample(incidents(), REMEMBERED):
        words = list(dict.fromkeys(re.findall(r"[A-Za-z]{4,}", row["description"])))
        if len(words) >= WORDS_REMEMBERED:
            kept = sorted(chance.sample(range(len(words)), WORDS_REMEMBERED))
            asked.append((" ".join(words[place] for place in kept), {row["incident_id"]: 2}))
    return asked


def by_ranks(search: Searcher, asked: Sequence[tuple[str, dict[str, int]]]) -> None:
    """Print the figures of fusing keyword and semantic answers by their reciprocal ranks."""
    gains, found = [], []
    for text, grades in asked:
        scores: dict[str, float] = defaultdict(float)
        for mode in (Mode.KEYWORD, Mode.SEMANTIC):
            for place, hit in enumerate(search.search(parse(text, mode=mode, limit=DEPTH)).hits, 1):
                scores[hit.id.removeprefix("aiid:")] += 1 / (RANK_CONSTANT + place)
        ranked = sorted(scores, key=lambda one: -scores[one])
        gains.append(ndcg(ranked, grades))
        found.append(recall(ranked, grades))
    print(  # noqa: T201 - a report to the terminal
        f"by ranks  nDCG@10 {statistics.mean(gains):.3f}  recall@20 {statistics.mean(found):.3f}"
    )


def lookups() -> None:
    """Print for each mode what share of the first three hits of a leaf's names carries the leaf."""
    with tempfile.TemporaryDirectory() as folder, Library.open(Settings.load(home=Path(folder))) as library:
        library.add([SHARED / "aiid"], actor=BENCH)
        library.enrich(actor=BENCH)
        library.refresh(actor=BENCH)
        for mode in Mode:
            shares = {leaf.id: _shares(library, leaf.id, mode) for leaf in library.typology.leaves()}
            every = [share for of_leaf in shares.values() for share in of_leaf]
            weak = ", ".join(leaf for leaf, told in shares.items() if told and statistics.mean(told) < 1)
            leaves = sum(map(bool, shares.values()))
            print(  # noqa: T201 - a report to the terminal
                f"{mode:9} {leaves} leaves, {len(every)} names: {statistics.mean(every):.3f} of the first "
                f"three carry the leaf; not all of {weak or 'none'}"
            )


def _shares(library: Library, leaf: str, mode: Mode) -> list[float]:
    coded = library.parse(f"primary:{leaf}", mode=Mode.KEYWORD, limit=1)
    if library.search(coded, actor=BENCH).total < FEWEST:
        return []
    asked = [library.parse(name, mode=mode, limit=3) for name in library.typology.names(leaf)]
    found = [library.search(query, actor=BENCH).hits for query in asked]
    return [sum(leaf in hit.typologies for hit in hits) / 3 for hits in found]


def report(search: Searcher, mode: Mode, asked: Sequence[tuple[str, dict[str, int]]], verbose: bool) -> None:
    """Print one mode's figures."""
    gains, found, spent, totals = [], [], [], []
    for text, grades in asked:
        results, milliseconds = timed(search, text, mode)
        ranked = [hit.id.removeprefix("aiid:") for hit in results.hits]
        gains.append(ndcg(ranked, grades))
        found.append(recall(ranked, grades))
        totals.append(results.total)
        spent.append(milliseconds)
        if verbose:
            print(f"  {gains[-1]:.3f} {results.total:5} {text}")  # noqa: T201 - a report to the terminal
    spent.sort()
    print(  # noqa: T201 - a report to the terminal
        f"{mode:9} nDCG@10 {statistics.mean(gains):.3f}  recall@20 {statistics.mean(found):.3f}  "
        f"p50 {spent[len(spent) // 2]:5.1f} ms  p95 {spent[int(len(spent) * 0.95)]:5.1f} ms  "
        f"median total {statistics.median(totals):.0f}"
    )


def main(arguments: Sequence[str]) -> None:
    """Print the figures of every mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, help="keep the incidents' vectors here")
    parser.add_argument("--queries", action="store_true", help="print each question's figures too")
    parser.add_argument("--train", action="store_true", help="ask what settings are chosen on")
    parser.add_argument("--lookups", action="store_true", help="ask for every leaf by each of its names")
    parser.add_argument("--remembered", action="store_true", help="ask for incidents by words of theirs")
    options = parser.parse_args(arguments)
    if options.lookups:
        lookups()
        return
    asked = training() if options.train else remembered() if options.remembered else queries()
    with tempfile.TemporaryDirectory() as folder:
        fresh = searcher(Path(folder) / "index", options.cache)
        for mode in (Mode.KEYWORD, Mode.SEMANTIC, Mode.HYBRID):
            report(fresh(), mode, asked, options.queries)
        by_ranks(fresh(), asked)


if __name__ == "__main__":
    main(sys.argv[1:])
