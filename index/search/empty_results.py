"""Explains empty results: finds the parts of a query that leave it without hits."""

from collections.abc import Callable, Iterator
from itertools import islice

from index.search.language.syntax import And, Clause, Dates, Facet, Ids, Loss, Not, Or, Term
from index.search.query import Query

MOST_COUNTS = 6
"""Limit on the parts that are left out one by one to count the query again."""
MOST_NAMED = 3
"""Parts that a note names."""


def emptied(query: Query, count: Callable[[Query], int], *, noted: bool = False) -> tuple[str, ...]:
    """Return notes for a query without hits, naming each part whose removal alone gives hits.

    ``count`` returns how many cards match a query; it is called at most ``MOST_COUNTS`` times. A query of a
    single part gets no note if there is another note already (``noted``).
    """
    parts = list(islice(_parts(query.model_copy(update={"facets": (), "offset": 0})), MOST_COUNTS))
    if len(parts) < 2:
        return () if noted else tuple(f"Nothing matches {name}." for name, _ in parts)
    to_blame = [name for name, rest in parts if count(rest)]
    if not to_blame:
        return ("Nothing matches all of this, nor all but one part of it.",)
    without = " or without ".join(to_blame[:MOST_NAMED])
    return (f"Nothing matches all of this; without {without} something does.",)


def _parts(query: Query) -> Iterator[tuple[str, Query]]:
    """Yield each part of a query as text, with the query without that part."""
    for name, values in query.filters.items():
        others = {other: wanted for other, wanted in query.filters.items() if other != name}
        yield (
            _typed(query, name) or f"{name}:{','.join(values)}",
            query.model_copy(update={"filters": others}),
        )
    if query.since or query.until:
        dates = _written(Dates(since=query.since, until=query.until))
        yield _typed(query, "date") or dates, query.model_copy(update={"since": None, "until": None})
    for index, clause in enumerate(query.where):
        rest = (*query.where[:index], *query.where[index + 1 :])
        typed = query.conditions[index] if index < len(query.conditions) else _written(clause)
        yield typed, query.model_copy(update={"where": rest})
    words = tuple(term for term in query.terms if not (term.phrase or term.negated))
    for term in query.terms:
        if term not in words:
            yield _written(term), _with_terms(query, [other for other in query.terms if other is not term])
    if words:
        yield (
            " ".join(map(_written, words)),
            _with_terms(query, [term for term in query.terms if term not in words]),
        )


def _with_terms(query: Query, terms: list[Term]) -> Query:
    return query.model_copy(update={"terms": tuple(terms)})


def _typed(query: Query, name: str) -> str:
    return " ".join(piece.text for piece in query.pieces if piece.filters == name)


def _written(clause: Clause) -> str:
    """Return a clause in query syntax."""
    match clause:
        case Term(text=text, phrase=phrase, prefix=prefix, edits=edits):
            mark = "*" if prefix else f"~{edits}" if edits else ""
            word = f'"{text}"' if phrase else f"{text}{mark}"
            return ("-" if clause.negated else "") + ("title:" if clause.title else "") + word
        case Facet(name=name, values=values):
            return f"{name}:{','.join(values)}"
        case Ids(values=values):
            return " ".join(values)
        case Dates(since=since, until=until):
            return f"date:{since or ''}..{until or ''}"
        case Loss(least=least, most=None):
            return f"loss>={least:,}"
        case Loss(least=least, most=most):
            return f"loss:{least:,}..{most:,}"
        case Not(part=part):
            return f"-{_written(part)}"
        case And(parts=parts) | Or(parts=parts):
            joint = " OR " if isinstance(clause, Or) else " "
            return f"({joint.join(map(_written, parts))})"
