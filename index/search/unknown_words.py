"""Near words for query words that no card has, the same in every engine."""

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import DamerauLevenshtein

from index.search.language.syntax import WORD
from index.search.lexical import Engine
from index.search.plan import Plan, is_stopword_stem, stopwords
from index.search.tree import MatchAll, Node, Words
from index.search.vocabulary import concepts
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded
from index.search.vocabulary.slips import likely, nearest_word

SHORTEST_PART = 3
"""Least letters of each of two words that were run together."""
RARE = 500
"""A word two edits away replaces the typed one only if at least 1 in ``RARE`` cards has it."""
MOST_PLACES = 30
"""Limit on the positions at which a word is split in two."""
MOST_QUOTED = 8
"""Limit on the words of phrases that are looked up."""
MOST_WORDS = 64
"""Limit on the words of a query that are looked up; further ones are never corrected."""

Pair = tuple[str, str]


def corrections(plan: Plan, engine: Engine) -> dict[str, str]:
    """Map each query word that no card has, as typed, to an indexed near word, or to an empty string.

    Words within phrases are included.
    """
    found = [(leaf.tokens, typed) for leaf, typed in plan.condition_leaves.items() if isinstance(leaf, Words)]
    single = [(tokens, typed) for tokens, typed in (*plan.words.items(), *found) if not typed.startswith('"')]
    phrases = (*plan.phrases.values(), *(typed for _, typed in found if typed.startswith('"')))
    hyphened = [typed for tokens, typed in plan.words.items() if len(tokens) > 1][:MOST_WORDS]
    looked_up = [
        (Words(tokens), typed)
        for tokens, typed in [*single, *_quoted(phrases)][:MOST_WORDS]
        if len(tokens) == 1 and not (plan.named("typology", Words(tokens)) or tokens in plan.sums)
    ]
    others = _others(plan, [word for word, _ in looked_up])
    engine.prefetch(
        [word for word, _ in looked_up]
        + [part for typed in hyphened for part in _tokens(typed)]
        + [other for nodes in others.values() for other in nodes]
    )
    unknown = [
        typed
        for word, typed in looked_up
        if is_stopword_stem(typed)
        or not (engine.known(word.tokens[0]) or any(map(engine.count, others[word])))
    ]
    parts = {typed: _parts(typed, engine) for typed in hyphened}
    return _better(unknown, engine) | {typed: known for typed, known in parts.items() if known is not None}


def _others(plan: Plan, words: Iterable[Words]) -> dict[Words, list[Node]]:
    """Map each word to its synonyms and the countries it names; a word of which any has cards is known."""
    return {
        word: [
            *(other for other, original in plan.synonym_of.items() if original == word),
            *(label for label in plan.labels.get(word, ()) if label.facet == "country"),
        ]
        for word in words
    }


def _quoted(phrases: Iterable[str]) -> list[tuple[tuple[str, ...], str]]:
    """Return the first words of phrases as (tokens, word), stop words left out."""
    words = dict.fromkeys(word for phrase in phrases for word in WORD.findall(phrase))
    telling = [word for word in words if word.lower() not in stopwords()]
    return [(tuple(analyse(word)), word) for word in telling[:MOST_QUOTED]]


def _better(unknown: Sequence[str], engine: Engine) -> dict[str, str]:
    """Map words to corrections: a word one edit away, else two words run together, else one further away."""
    if not unknown:
        return {}
    near = {typed: word if word and likely(typed, word) else "" for typed, word in _nearest(unknown, engine)}
    far = [typed for typed, word in near.items() if not word or _distance(typed, word) > 1]
    apart = _apart(far, {typed: near[typed] for typed in far}, engine)
    return {
        typed: word if typed not in apart else apart[typed] or (word if _common(word, engine) else "")
        for typed, word in near.items()
    }


def _distance(typed: str, word: str) -> int:
    return DamerauLevenshtein.distance(folded(typed)[0], word)


def _nearest(unknown: Sequence[str], engine: Engine) -> list[tuple[str, str]]:
    """Return (word, nearest indexed word) pairs; words of typology names win ties."""
    names = [(name, 1) for name in sorted(concepts.words())]
    own = {typed: nearest_word("".join(folded(typed)), names) for typed in unknown}
    engine.prefetch([Words((token,)) for name in own.values() for token in analyse(name)[:1]], unknown)
    nearest = []
    for typed, name in own.items():
        word, near = "".join(folded(typed)), engine.correction(typed)
        farther = DamerauLevenshtein.distance(word, name) > DamerauLevenshtein.distance(word, near)
        named = name and near and not farther and engine.known(*analyse(name)[:1])
        nearest.append((typed, name if named else near))
    return nearest


def _common(word: str, engine: Engine) -> bool:
    """Whether a word is common enough to be the correction of a word two edits away."""
    matching = engine.count(Words(tuple(analyse(word)))) if word else 0
    return matching * RARE >= engine.count(MatchAll())


def _tokens(typed: str) -> list[Words]:
    """Return the tokens of the parts of a hyphenated word, and of the word run together."""
    forms = (*typed.split("-"), typed.replace("-", ""))
    return [Words((token,)) for form in forms for token in analyse(form)]


def _parts(typed: str, engine: Engine) -> str | None:
    """Return the compound form or the known parts of a hyphenated word; None if every part is known."""
    parts = typed.split("-")
    known = [part for part in parts if _has(part, engine)]
    if len(known) == len(parts):
        return None
    whole = "".join(parts)
    if any(map(engine.known, analyse(whole))):
        return whole
    return " ".join(part for part in known if len(part) >= SHORTEST_PART)


def _has(part: str, engine: Engine) -> bool:
    """Whether any card has any token of a word; in a script without spaces, all of them as a phrase."""
    tokens = tuple(analyse(part))
    if part.isascii() or len(tokens) < 2:
        return any(map(engine.known, tokens))
    return engine.count(Words(tokens)) > 0


def _apart(unknown: Sequence[str], near: Mapping[str, str], engine: Engine) -> dict[str, str]:
    """Map each word to the two indexed words it is run together from, or to an empty string.

    The counts that ``_common`` needs for the ``near`` words are prefetched too.
    """
    halves = {typed: _halves(typed) for typed in unknown}
    tokens = {half: analyse(half) for pairs in halves.values() for pair in pairs for half in pair}
    engine.prefetch([Words(tuple(own)) for own in tokens.values() if len(own) == 1])
    known = {half for half, own in tokens.items() if len(own) == 1 and engine.known(*own)}
    pairs = {typed: [pair for pair in split if known.issuperset(pair)] for typed, split in halves.items()}
    words = [_phrase(pair) for candidates in pairs.values() for pair in candidates]
    likely_words = [Words(tuple(analyse(word))) for word in near.values() if word]
    engine.prefetch([*words, *likely_words, *([MatchAll()] if unknown else [])])
    return {typed: _commonest(candidates, engine) for typed, candidates in pairs.items()}


def _halves(typed: str) -> list[Pair]:
    word = "".join(folded(typed))
    positions = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1) if word.isalpha() else ()
    return [(word[:position], word[position:]) for position in positions[:MOST_PLACES]]


def _phrase(pair: Pair) -> Words:
    return Words(tuple(analyse(" ".join(pair))))


def _commonest(pairs: Sequence[Pair], engine: Engine) -> str:
    counts = {pair: engine.count(_phrase(pair)) for pair in pairs}
    best = max(counts, key=lambda pair: counts[pair], default=("", ""))
    return " ".join(best) if counts.get(best) else ""
