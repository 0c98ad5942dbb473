"""Makes a clause of each piece of a query: a word, ``name:value``, or several in brackets."""

import re
from collections.abc import Iterator

from enrichment.typology import Typology
from index.search.language import marks, sums, words
from index.search.language.filters import ALIASES, FIELDS, NEGATED, Filters, Note, near_field
from index.search.language.grammar import Token, Tree, trees
from index.search.language.syntax import Clause, Facet, Ids, Not, Term, joined

MOST_NEAR = 64
"""Words of one query that may differ by some letters: each is compared with every word of the index."""
_CODE = r"(?:[A-Za-z]{1,2}-\d\d|[A-Za-z]{2}\d\d|[A-Z]{2}-?\d)"
_CODES = re.compile(rf"({_CODE}(?:[,/]{_CODE})*)[.,;:!?]*")
_SCALED = re.compile(r"\d[\d.,]*(?:k|m|mn|bn)", re.IGNORECASE)
_DISTANCE = re.compile(r"~(\d+)$")


class Clauses:
    """Makes clauses of the trees that ``grammar.lark`` describes; ``note`` takes what cannot be used.

    Typology codes by themselves are filters where a ``typology`` is given, else words.
    """

    def __init__(self, note: Note, typology: Typology | None) -> None:
        self._note, self._typology, self._filters = note, typology, Filters(note)
        self._near = 0

    def clause(self, tree: Tree[Token], field: str = "", nested: bool = False) -> Clause | None:
        """Return the clause of a tree, None if it has no meaning; ``field`` is the name before its bracket.

        An id is a clause where it is ``nested`` below an operator, else a word: only a query of nothing but
        ids asks for them.
        """
        match tree.data, tree.children:
            case "word" | "phrase", [Token() as typed]:
                return self._valued(field, typed, typed, nested) if field else self._word(typed, nested)
            case "loss", [Token() as typed]:
                return self._filters.by_loss(
                    typed[4:].strip().removeprefix(":").replace('"', ""), typed.start_pos or 0
                )
            case "dated", [Token() as typed]:
                name, _, value = typed.partition(":")
                return self._filters.by_dates(name.lower(), value.strip(), typed.start_pos or 0)
            case "field", [Token() as name, Token() as typed]:
                return self._signed(name[:-1].lower(), typed, name, nested)
            case "field_group", [Token() as name, _, Tree() as inner, _]:
                return self.clause(inner, name[:-1].lower(), nested=True)
            case "group", [_, Tree() as inner, _]:
                return self.clause(inner, field, nested=True)
            case "not_", [*negations, Tree() as inner]:
                part = self.clause(inner, field, nested=True)
                return part if part is None or len(negations) % 2 == 0 else Not(part=part)
            case _:
                return joined(str(tree.data), list(self._parts(tree, field)))

    def _parts(self, tree: Tree[Token], field: str) -> Iterator[Clause]:
        for child in trees(tree):
            if (clause := self.clause(child, field, nested=True)) is not None:
                yield clause

    def _word(self, typed: Token, nested: bool) -> Clause | None:
        if (coded := self._coded(typed)) is not None:
            return coded
        if typed.endswith(":") and typed[:-1].lower() in FIELDS:
            return self._note(f"{typed.lower()} needs a value; ignored", typed.start_pos or 0)
        ids = words.identifiers(typed)
        if len(ids) > 1 or (ids and nested):
            return Ids(values=ids)
        start, end = typed.start_pos or 0, (typed.start_pos or 0) + len(typed)
        if typed.startswith('"') and (beginnings := marks.starred_words(typed)):
            return self._apart(beginnings, start)
        text, note = marks.translate(typed.rstrip(words.AFTER_IDS) if ids else typed)
        if note:
            self._note(note, start)
        made = words.read_term(text, start, end)
        if made is None:
            return None
        self._note_limits(made, text, start)
        return self._with_sum(self._bounded(made))

    def _apart(self, typed: list[tuple[str, int]], start: int) -> Clause | None:
        """Return the words of a phrase with ``*`` as single words: no index finds them beside each other."""
        self._note("* is not understood in quotation marks; the words are searched apart", start)
        made = (words.read_term(word, start + place, start + place + len(word)) for word, place in typed)
        return joined("and_", [term for term in made if term is not None])

    def _bounded(self, made: Term) -> Term:
        """Return a near word, or beyond ``MOST_NEAR`` the word as it stands."""
        self._near += bool(made.edits)
        if not made.edits or self._near <= MOST_NEAR:
            return made
        if self._near == MOST_NEAR + 1:
            self._note(f"Only the first {MOST_NEAR} words with ~ may differ by letters", made.start)
        return made.model_copy(update={"edits": 0})

    def _note_limits(self, made: Term, typed: str, start: int) -> None:
        """Note a word or a distance that an index cannot search for."""
        if not made.phrase and "*" in made.text:
            self._note("* is understood at the end of a word alone", start + typed.index("*"))
        used = made.slop if made.phrase else made.edits
        if (asked := _DISTANCE.search(typed)) and asked[1].lstrip("0") != str(used or ""):
            self._note(f"~{asked[1][:20]} is read as ~{used}, the most there is", start + asked.start())
        if words.is_too_long(made.text):
            self._note("Nothing has a word so long: the index leaves it out", start)

    def _with_sum(self, made: Term) -> Term:
        """Return a word with the losses that it means where it is a sum of money."""
        stated = None if made.phrase else sums.only_sum(made.text)
        if stated is None:
            if _SCALED.fullmatch(made.text) and sums.read_range(made.text):
                self._note(
                    f"{made.text} is searched as a word; loss:{made.text} finds losses about that sum",
                    made.start,
                )
            return made
        asked = f'loss:"{made.text}"' if " " in made.text else f"loss:{made.text}"
        dollars = sums.between(stated.loss.least, stated.loss.most)
        what = f"{made.text} is searched as it stands and as a loss of {dollars} US dollars"
        self._note(f"{what}; {asked} asks for such a loss alone", made.start)
        return made.model_copy(update={"loss": stated.loss, "ways": stated.ways})

    def _coded(self, typed: Token) -> Facet | None:
        """Return the filter of a bare code; several may be written ``FR-01/FR-02``."""
        if self._typology is None or not (match := _CODES.fullmatch(typed)):
            return None
        start, codes = typed.start_pos or 0, tuple(map(words.code, re.split("[,/]", match[1])))
        known = self._typology.codes()
        for code in codes:
            if code not in known:
                family = [one for one in known if one.partition("-")[0] == code.partition("-")[0]]
                if family and code in typed.upper():
                    self._note(f"The typology has no {code}, only {family[0]} to {family[-1]}", start)
                return None
        labels = " or ".join(self._typology.label(code) for code in codes)
        self._note(f"{match[1].upper()} is read as typology:{','.join(codes)} {labels}", start)
        return Facet(name="typology", values=codes)

    def family(self, typed: str) -> Facet | None:
        """Return the filter of a family's code in capitals, such as ``FR``; None for anything else."""
        families = self._typology.families() if self._typology else ()
        for family in families:
            if family.id == typed.rstrip(words.AFTER_IDS):
                self._note(f"{family.id} is read as family:{family.id} {family.label}", 0)
                return Facet(name="family", values=(family.id,))
        return None

    def _signed(self, name: str, typed: Token, whole: Token, nested: bool) -> Clause | None:
        """Return the clause of ``name:value``, or the opposite for ``name:-value``."""
        sign = NEGATED.match(typed)
        if sign is None or name not in ("title", "id", "date"):
            return self._valued(name, typed, whole, nested)
        start = (typed.start_pos or 0) + sign.end()
        part = self._valued(name, Token("VALUE", typed[sign.end() :], start_pos=start), whole, nested=True)
        return None if part is None else Not(part=part)

    def _valued(self, name: str, typed: Token, whole: Token, nested: bool) -> Clause | None:
        """Return the clause of ``name:value``; if the name is unknown, both are words."""
        start = whole.start_pos or 0
        value = typed[1:].rpartition('"')[0] if typed.startswith('"') else str(typed)
        if name in FIELDS and not value.strip(" ,"):
            return self._note(f"{name}: needs a value; ignored", start)
        if words.identifiers(f"{name}:{typed}"):
            return self._word(Token("WORD", f"{name}:{typed}", start_pos=start), nested)
        match name:
            case "title":
                made = words.read_term(typed, start, (typed.start_pos or 0) + len(typed))
                return made.model_copy(update={"title": True}) if made is not None else None
            case "date" | "after" | "before" | "since" | "until":
                return self._filters.by_dates(name, value, start)
            case "loss":
                return self._filters.by_loss(value, start)
            case "id":
                return self._filters.by_ids(value, start)
            case _ if name in ALIASES:
                return self._filters.by_facet(name, value, typed.startswith('"'), start)
        if near := near_field(name):
            self._note(f"{name}: is not a filter, {near}: is one; the value is searched as words", start)
            value_start = typed.start_pos or 0
            return words.read_term(typed, value_start, value_start + len(typed))
        self._note(f"{name}: is not a filter; searched as words", start)
        text = f"{name} {value}" if any(map(str.isalnum, value)) else name
        end = (typed.start_pos or 0) + len(typed)
        return Term(text=text, phrase=typed.startswith('"'), start=start, end=end)
