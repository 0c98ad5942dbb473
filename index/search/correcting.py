"""Spelling correction of unknown query words: replaces sure slips, offers other corrections. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from collectors.language import another_language
from index.search.language import addresses
from index.search.language.syntax import Term, respelt, wanted
from index.search.query import Mode, Query
from index.search.vocabulary import english
from index.search.vocabulary.folding import folded

LETTERS_A_SLIP = 4
"""Letters a word needs for each edit that is corrected without asking."""
FEW_WORDS = 2
"""Up to this many words, any match suffices for a query in another language; beyond it most must match."""
MOST_NAMED = 3
"""Words or ids that a note names."""
LONGEST_NAMED = 130
"""Letters of a word that a note names: the longest that an index keeps, and a little more."""
FOREIGN = "This is not read as English, for which search by meaning is made"

NearWords = Mapping[str, str]
"""Map of unknown words, as typed, to an indexed near word or an empty string."""


@dataclass(frozen=True)
class CorrectedQuery:
    """A query after spelling correction, with notes and a further correction that was not applied."""

    query: Query
    notes: tuple[str, ...] = ()
    offered: str = ""
    """The text with the less certain corrections too; empty if there are none."""
    foreign: bool = False
    """Whether it is in another language than English."""


def correct_words(query: Query, unknown: NearWords) -> CorrectedQuery:
    """Return the corrected query, given its ``unknown`` words, which no card has.

    A word with at most one edit for each four letters is replaced, unless its first letter differs. Words
    further away are only offered, and only where most words are known. English words, places and other names
    stay, whatever is near them. Known parts of a hyphenated word are kept. A query plainly in another
    language keeps every word, because a near English word means something else, and is searched by its words,
    because the embedder knows English.
    """
    if hosts := _addresses(query):
        return _page_reading(query, hosts)
    unknown = {typed: "" if _is_right(typed, word) else word for typed, word in unknown.items()}
    sure = {typed: word for typed, word in unknown.items() if word and _is_slip(typed, word)}
    if unknown and _is_foreign(query, [typed for typed in unknown if typed not in sure]):
        return _foreign_reading(query)
    used = _with_words(query, sure)
    notes = (*_replacement_notes(query, used), *_unknown_note(unknown))
    return CorrectedQuery(used, notes, _offered(query, unknown, sure))


def changes_phrase(query: Query, used: Query) -> bool:
    """Whether the corrected query ``used`` differs from ``query`` within a phrase."""
    return any(old.phrase and old != new for old, new in zip(query.terms, used.terms, strict=True))


def address_query(query: Query) -> CorrectedQuery | None:
    """Return a query of web addresses alone as a query by ids; None for any other query."""
    typed = _addresses(query)
    if not typed or query.ids or query.where or any(term.negated for term in query.terms):
        return None
    wanted = tuple(identifier for address in typed for identifier in addresses.ids(address))
    used = query.model_copy(update={"ids": wanted, "terms": (), "mode": Mode.KEYWORD})
    pages = ", ".join(dict.fromkeys(map(addresses.plain, typed)))
    return CorrectedQuery(used, (f"Searched is what was published at {pages}, or cites it.",))


def _addresses(query: Query) -> list[str]:
    """Return the web addresses of a query; none where it has other words too."""
    typed = [term.text for term in wanted_terms(query)]
    return typed if all(map(addresses.is_address, typed)) else []


def _page_reading(query: Query, typed: Sequence[str]) -> CorrectedQuery:
    """Return a keyword query for texts that name these addresses, which no card has."""
    pages = {address: addresses.plain(address).partition("?")[0] for address in typed}
    used = _with_words(query, pages).model_copy(update={"mode": Mode.KEYWORD, "text": query.text})
    named = ", ".join(dict.fromkeys(pages.values()))
    held = f"No report here was published at {named} or cites it; the page can be added as a file."
    return CorrectedQuery(used, (held, f"Searched are texts that name the address {named}."))


def wanted_terms(query: Query) -> list[Term]:
    """Return the terms that a card should have."""
    terms = [term for term in query.terms if not term.negated]
    return terms + [term for clause in query.where for term in wanted(clause)]


def _is_foreign(query: Query, strange: Sequence[str]) -> bool:
    """Whether a query is in another language; a single unknown word in Latin letters may be a name.

    A phrase in another language makes it so whatever its words are near to: phrases are mostly pasted.
    """
    terms = wanted_terms(query)
    several = len(strange) > 1 or another_language(" ".join(strange))
    several = several or any(another_language(term.text) for term in terms if term.phrase)
    return several and another_language(" ".join(term.text for term in terms))


def _offered(query: Query, unknown: NearWords, sure: NearWords) -> str:
    """Return the text of the query with near words for all unknown ones; empty where none is offered."""
    near = {typed: word for typed, word in unknown.items() if word}
    strange = len(unknown) - len(sure)
    words = [word for term in wanted_terms(query) for word in folded(term.text)]
    if len(near) == len(sure) or strange * 2 > len(words):
        return ""
    return _with_words(query, near).text


def _foreign_reading(query: Query) -> CorrectedQuery:
    used = query
    if query.mode is Mode.HYBRID:
        several = len(query.terms) > FEW_WORDS
        used = query.model_copy(update={"mode": Mode.KEYWORD, "strict": query.strict or several})
    notes = {Mode.HYBRID: (f"{FOREIGN}; its words alone are searched.",), Mode.SEMANTIC: (f"{FOREIGN}.",)}
    return CorrectedQuery(used, notes.get(query.mode, ()), foreign=True)


def _is_right(typed: str, word: str) -> bool:
    """Whether a typed word is correct: it is English or a name, and the near one is not part of it."""
    return english.is_word(typed) and not _is_of(word, typed)


def _is_of(word: str, typed: str) -> bool:
    """Whether a near word is some parts of a hyphenated one, or all of them run together."""
    parts, given = folded(word), folded(typed)
    return set(parts) < set(given) or "".join(parts) == "".join(given)


def _is_slip(typed: str, word: str) -> bool:
    """Whether the typed word is a sure slip for ``word``: few edits, and the same first letter."""
    if _is_of(word, typed):
        return True
    letters = "".join(folded(typed))
    slips = DamerauLevenshtein.distance(letters, word)
    same_beginning = letters[:1] == word[:1] or letters[1::-1] == word[:2] or letters == word[1:]
    return same_beginning and slips * LETTERS_A_SLIP <= len(letters)


def _with_words(query: Query, better: NearWords) -> Query:
    """Return the query with its words replaced by ``better`` ones."""
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


def _unknown_note(unknown: NearWords) -> tuple[str, ...]:
    """Return a note on the words without a near one, or nothing."""
    words = [typed for typed, word in unknown.items() if not word and len(typed) <= LONGEST_NAMED]
    named = " or ".join(f"“{typed}”" for typed in words[:MOST_NAMED])
    return (f"Nothing has {named}.",) if named else ()


def _replacement_notes(asked: Query, used: Query) -> tuple[str, ...]:
    """Return a note on each word that is searched in place of one that was typed."""
    return tuple(
        f"Nothing has “{typed.text}”; “{word.text}” is searched (at {typed.start + 1})."
        for typed, word in zip(wanted_terms(asked), wanted_terms(used), strict=True)
        if typed.text != word.text
    )
