"""What words that no card has are taken for: replaced where that is sure, else offered. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from collectors.language import another_language
from index.search.folding import folded
from index.search.query import Mode, Query
from index.search.syntax import Term, respelt, wanted

LETTERS_A_SLIP = 4
"""Letters of a word for each slip in it that is taken for one without asking."""
MOST_ANY = 2
"""Words of which a query in another language may have any; of more it must have most."""
FOREIGN = "This is not read as English, for which search by meaning is made"

_ADDRESS = re.compile(r"(?:https?://(?:www\.)?|www\.)([^\s/?#]+[^\s?#]*?)/?(?:[?#]\S*)?", re.IGNORECASE)

Near = Mapping[str, str]
"""Words as they were typed, with near ones that some card has; an empty string where there is none."""


@dataclass(frozen=True)
class Spelt:
    """A query as it is searched, and what else may have been meant."""

    query: Query
    notes: tuple[str, ...] = ()
    offered: str = ""
    """The query with near words for those that were left as they are."""
    foreign: bool = False
    """Whether it is in another language than English."""


def spelt(query: Query, unknown: Near) -> Spelt:
    """Return how a query is searched whose ``unknown`` words no card has.

    A word with a slip for each four letters is replaced; further away, only what may have been meant is told.
    Of a hyphenated word the parts that are known stay.
    Of a query in another language every word stays, since what it is near to in English means something else,
    and in place of its meaning, which an English model cannot tell, its words decide.
    """
    if (by_address := _addresses(query)) is not None:
        return by_address
    sure = {typed: word for typed, word in unknown.items() if word and _sure(typed, word)}
    if _foreign(query, [typed for typed in unknown if typed not in sure]):
        return _as_typed(query, sure)
    used = _with(query, sure)
    offered = {typed: word for typed, word in unknown.items() if word}
    told = "" if len(offered) == len(sure) else _with(query, offered).text
    return Spelt(used, _replaced(query, used), told)


def _addresses(query: Query) -> Spelt | None:
    """Return how a query for nothing but addresses is searched: by host and path, since they mean nothing."""
    named = [_ADDRESS.fullmatch(term.text) for term in wanted_of(query)]
    hosts = [match[1] for match in named if match]
    if not hosts or len(hosts) < len(named):
        return None
    bare = {match[0]: match[1] for match in named if match}
    used = _with(query, bare).model_copy(update={"mode": Mode.KEYWORD, "text": query.text})
    return Spelt(used, (f"Searched are texts that name the address {', '.join(dict.fromkeys(hosts))}.",))


def wanted_of(query: Query) -> list[Term]:
    """Return the terms that a card should have."""
    terms = [term for term in query.terms if not term.negated]
    return terms + [term for clause in query.where for term in wanted(clause)]


def _foreign(query: Query, strange: Sequence[str]) -> bool:
    """Return whether a query is in another language: one strange word in Latin letters may be a name."""
    whole = " ".join(term.text for term in wanted_of(query))
    return (len(strange) > 1 or another_language(" ".join(strange))) and another_language(whole)


def _as_typed(query: Query, sure: Near) -> Spelt:
    used = query
    if query.mode is Mode.HYBRID:
        several = len(query.terms) > MOST_ANY
        used = query.model_copy(update={"mode": Mode.KEYWORD, "strict": query.strict or several})
    told = {Mode.HYBRID: (f"{FOREIGN}; its words alone are searched.",), Mode.SEMANTIC: (f"{FOREIGN}.",)}
    return Spelt(used, told.get(query.mode, ()), _with(query, sure).text if sure else "", foreign=True)


def _sure(typed: str, word: str) -> bool:
    if set(folded(word)) < set(folded(typed)):  # what is known of a hyphenated word
        return True
    letters = "".join(folded(typed))
    slips = DamerauLevenshtein.distance(letters, word)
    return slips * LETTERS_A_SLIP <= len(letters)


def _with(query: Query, better: Near) -> Query:
    """Return the query with words in place of others."""
    if not better:
        return query
    typed = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, better))})(?!\w)")
    return query.model_copy(
        update={
            "terms": tuple(respelt(term, better) for term in query.terms),
            "where": tuple(respelt(clause, better) for clause in query.where),
            "text": typed.sub(lambda match: better[match[0]], query.text),
        }
    )


def _replaced(asked: Query, used: Query) -> tuple[str, ...]:
    """Return a note on each word that is searched in place of what was typed."""
    return tuple(
        f"Nothing has “{typed.text}”; “{word.text}” is searched (at {typed.start + 1})."
        for typed, word in zip(wanted_of(asked), wanted_of(used), strict=True)
        if typed.text != word.text
    )
