"""What was typed, read as a query."""

import random
from datetime import date

import pytest
from pydantic import ValidationError

from index.search.language.parser import MOST_TERMS, parse
from index.search.language.syntax import And, Clause, Dates, Facet, Ids, Loss, Not, Or, Term, wanted
from index.search.query import By, Mode, Query
from tests.index.room import TYPOLOGY


def texts(query: Query) -> list[str]:
    return [
        ("-" if term.negated else "") + (f'"{term.text}"' if term.phrase else term.text)
        for term in query.terms
    ]


def test_words_phrases_and_unwanted_words_with_their_places() -> None:
    typed = 'deepfake "voice clone" -election'
    query = parse(typed)
    assert texts(query) == ["deepfake", '"voice clone"', "-election"]
    assert [typed[term.start : term.end] for term in query.terms] == ["deepfake", '"voice clone"', "election"]
    assert query.text == typed
    assert query.notes == ()


def test_operators_are_written_in_capitals() -> None:
    assert texts(parse("bread and butter or not ANDROID ORDER NOTE x-OR")) == (
        ["bread", "and", "butter", "or", "not", "ANDROID", "ORDER", "NOTE", "x-OR"]
    )


def word(text: str, **told: object) -> Term:
    return Term.model_validate({"text": text, **told})


def placeless(clause: Clause) -> Clause:
    match clause:
        case Term():
            return clause.model_copy(update={"start": 0, "end": 0})
        case Not(part=part):
            return Not(part=placeless(part))
        case And(parts=parts) | Or(parts=parts):
            return clause.model_copy(update={"parts": tuple(map(placeless, parts))})
        case _:
            return clause


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("scam OR fraud", Or(parts=(word("scam"), word("fraud")))),
        ("scam AND fraud", And(parts=(word("scam"), word("fraud")))),
        ("(voice clone)", And(parts=(word("voice"), word("clone")))),
        ("a AND b OR c", Or(parts=(And(parts=(word("a"), word("b"))), word("c")))),
        ("a AND (b OR c)", And(parts=(word("a"), Or(parts=(word("b"), word("c")))))),
        ("a OR -b", Or(parts=(word("a"), Not(part=word("b"))))),
        ("a OR NOT b", Or(parts=(word("a"), Not(part=word("b"))))),
        ("NOT (a OR b)", Not(part=Or(parts=(word("a"), word("b"))))),
        ("deepf*", word("deepf", prefix=True)),
        ("-deepf*", Not(part=word("deepf", prefix=True))),
        ("vioce~", word("vioce", edits=1)),
        ("vioce~2", word("vioce", edits=2)),
        ('"a b"~5', word("a b", phrase=True, slop=5)),
        ("title:scam", word("scam", title=True)),
        ('title:"a b"', word("a b", phrase=True, title=True)),
        ("title:(a OR b*)", Or(parts=(word("a", title=True), word("b", title=True, prefix=True)))),
        ("NOT country:GB,US", Not(part=Facet(name="country", values=("GB", "US")))),
        (
            "country:(GB AND US)",
            And(parts=tuple(Facet(name="country", values=(one,)) for one in ("GB", "US"))),
        ),
        ("-org:(A OR B)", Not(part=Facet(name="organisation", values=("A", "B")))),
        ("a OR aiid:3", Or(parts=(word("a"), Ids(values=("aiid:3",))))),
        ("NOT id:aiid:3", Not(part=Ids(values=("aiid:3",)))),
        ("a OR after:2024", Or(parts=(word("a"), Dates(since=date(2024, 1, 1))))),
        ("loss>10k", Loss(least=10_001)),
        ("loss<=$1.5m", Loss(least=1, most=1_500_000)),
        ("loss:10,000..50000", Loss(least=10_000, most=50_000)),
        ("country:-IE", Not(part=Facet(name="country", values=("IE",)))),
        ("country:!IE", Not(part=Facet(name="country", values=("IE",)))),
        ("org:−Acme", Not(part=Facet(name="organisation", values=("Acme",)))),
        (
            "country:IE,-FR",
            And(
                parts=(
                    Facet(name="country", values=("IE",)),
                    Not(part=Facet(name="country", values=("FR",))),
                )
            ),
        ),
        ("title:-bank", Not(part=word("bank", title=True))),
        ("date:-2023", Not(part=Dates(since=date(2023, 1, 1), until=date(2023, 12, 31)))),
        ("id:-aiid:5", Not(part=Ids(values=("aiid:5",)))),
        ("!(a OR b)", Not(part=Or(parts=(word("a"), word("b"))))),
        ("a OR !b", Or(parts=(word("a"), Not(part=word("b"))))),
        ("loss>2 million", Loss(least=2_000_001)),
        ("loss >= 3 thousand", Loss(least=3_000)),
        ("loss>2e4", Loss(least=20_001)),
        (
            "(loss:1k..2k OR loss>1.5 billion)",
            Or(parts=(Loss(least=1_000, most=2_000), Loss(least=1_500_000_001))),
        ),
    ],
)
def test_operators_hold_to_the_letter(typed: str, where: Clause) -> None:
    query = parse(typed)
    assert [placeless(one) for one in query.where] == [where]
    assert (query.terms, query.filters, query.notes, query.text) == ((), {}, (), typed)


def test_words_and_filters_beside_operators_stay_what_they_are() -> None:
    typed = "scam country:(GB OR IE) (bank OR transfer) -election after:2024 loss>1m"
    query = parse(typed)
    assert texts(query) == ["scam", "-election"]
    assert query.filters == {"country": ("GB", "IE")}
    assert query.since == date(2024, 1, 1)
    assert [one.kind for one in query.where] == ["or", "loss"]
    assert query.text == "scam (bank OR transfer) -election loss>1m"
    again = parse(query.text)
    assert (len(again.terms), len(again.where)) == (2, 2)


def test_terms_say_where_they_stand() -> None:
    typed = 'one (two OR "three four") NOT title:fi*'
    query = parse(typed)
    terms = [*query.terms, *(term for clause in query.where for term in wanted(clause))]
    assert [typed[term.start : term.end] for term in terms] == ["one", "two", '"three four"']


@pytest.mark.parametrize(
    ("typed", "least", "most", "currency"),
    [
        ("loss>£2m", 2_540_001, None, "GBP"),
        ("loss>=€5k", 5_400, None, "EUR"),
        ("loss>GBP 1m", 1_270_001, None, "GBP"),
        ("loss>=2 crore rupees", 240_000, None, "INR"),
        ("loss:10k..20k EUR", 10_800, 21_600, "EUR"),
        ("loss:£10k..20k", 12_700, 25_400, "GBP"),
        ("loss<1.5 million pounds", 1, 1_904_999, "GBP"),
    ],
)
def test_losses_in_other_currencies_are_compared_in_dollars(
    typed: str, least: int, most: int | None, currency: str
) -> None:
    query = parse(f"{typed} bank")
    assert query.where == (Loss(least=least, most=most),)
    assert texts(query) == ["bank"]
    ends = f"from {least:,}" if most is None else f"{least:,}"
    assert query.notes[0].startswith(f"{currency} is compared at a rough rate: {ends}")


@pytest.mark.parametrize(
    ("typed", "least", "most", "says"),
    [
        ("loss:20m", 18_000_000, 22_000_000, "read as about that sum: 18,000,000 to 22,000,000 US dollars"),
        ("loss: 3k", 2_700, 3_300, "read as about that sum"),
        ('loss:"HK$30m"', 3_456_000, 4_224_000, "at a rough rate of HKD, 3,456,000 to 4,224,000"),
        ("loss:£2m+", 2_540_000, None, "GBP is compared at a rough rate: from 2,540,000"),
        ("loss:1m-2m", 1_000_000, 2_000_000, ""),
        ('loss:"1m to 2m"', 1_000_000, 2_000_000, ""),
        ("loss:30k..30k", 30_000, 30_000, ""),
        ("loss<0", 1, 0, "No known loss is below 1 US dollar"),
        ("loss<=0", 1, 0, "No known loss is below 1 US dollar"),
        ("loss<1", 1, 0, "No known loss is below 1 US dollar"),
        ("loss:..0", 1, 0, "No known loss is below 1 US dollar"),
        ("loss:0", 1, 0, "No known loss is below 1 US dollar"),
    ],
)
def test_loss_ranges(typed: str, least: int, most: int | None, says: str) -> None:
    query = parse(f"bank {typed}")
    assert query.where == (Loss(least=least, most=most),)
    assert [says in note for note in query.notes] == ([True] if says else [])


def test_a_query_survives_json() -> None:
    query = parse('a (b OR NOT "c d"~2) loss>5 country:GB NOT year:2024 x* after:2024 OR id:aiid:1')
    assert Query.model_validate_json(query.model_dump_json()) == query


def test_random_texts_are_read_within_bounds() -> None:
    chance = random.Random(4)
    pieces = (
        *'()"-+~*:<>.,\u2013 \n',
        *(
            " AND ",
            " OR ",
            "NOT ",
            "title:",
            "country:",
            "loss>",
            "loss:",
            "id:",
            "aiid:",
            "after:",
            "colour:",
        ),
        *("scam", "GB", "10k", "..", "2024", "hxxp[:]//", "é", "🙂", "(dot)", "inc-0123456789ab", "~2", '" '),
    )
    for _ in range(1_500):
        typed = "".join(chance.choices(pieces, k=chance.choice((3, 10, 40, 3_000))))
        query = parse(typed)
        assert len(query.terms) <= MOST_TERMS
        assert len(query.notes) <= 20


def test_filters_leave_the_text() -> None:
    query = parse('scam country:GB,US country:de org:"Acme Bank" typology:FR-01 status:judged year:2024')
    assert query.text == "scam"
    assert query.filters == {
        "country": ("GB", "US", "de"),
        "organisation": ("Acme Bank",),
        "typology": ("FR-01",),
        "status": ("judged",),
        "year": ("2024",),
    }


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("after:2024", date(2024, 1, 1), None),
        ("after:2024-02 before:2024-03", date(2024, 2, 1), date(2024, 2, 29)),
        ("before:2024-03-01", None, date(2024, 2, 29)),
        ("AFTER:2024-2-9", date(2024, 2, 9), None),
        ("date:2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("Date:2024-2", date(2024, 2, 1), date(2024, 2, 29)),
        ("date:2024-02-09", date(2024, 2, 9), date(2024, 2, 9)),
        ("date:2023..2024-02", date(2023, 1, 1), date(2024, 2, 29)),
        ('date:"2024-05-03..2024-05-20"', date(2024, 5, 3), date(2024, 5, 20)),
        ("date:2024..", date(2024, 1, 1), None),
        ("date:..2024-12", None, date(2024, 12, 31)),
        ("date:9999", date(9999, 1, 1), date(9999, 12, 31)),
    ],
)
def test_dates(typed: str, since: date | None, until: date | None) -> None:
    query = parse(typed)
    assert (query.since, query.until) == (since, until)


@pytest.mark.parametrize(
    "typed",
    [
        "after:soon",
        "before:2024-13",
        "after:2024-02-30",
        "before:0001",
        "after:99999",
        "date:soon",
        "date:..",
        "date:2024..soon",
        "date:2024-13..",
        "date:2024-01...2024-02",
        "date:2023-02-29",
    ],
)
def test_a_wrong_date_becomes_a_note_and_the_words_are_searched(typed: str) -> None:
    query = parse(f"scam {typed}")
    assert texts(query) == ["scam"]
    assert (query.since, query.until) == (None, None)
    assert query.notes[0].endswith("(at 6).")


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("aiid:147", ("aiid:147",)),
        ("case:case-0001", ("case:case-0001",)),
        (
            "inc-0123456789abcdef0123 rep-0123456789abcdef0123",
            ("inc-0123456789abcdef0123", "rep-0123456789abcdef0123"),
        ),
        ("id:aiid:147,aiid:200", ("aiid:147", "aiid:200")),
        ("AIID:147 atlas:AML.CS0001", ("aiid:147", "atlas:AML.CS0001")),
        ("INC-0123456789ABCDEF0123", ("inc-0123456789abcdef0123",)),
        ("aiid:147, aiid:634", ("aiid:147", "aiid:634")),
        ("aiid:147,634", ("aiid:147", "aiid:634")),
        ("inc-0123456789ab,rep-0123456789ab;", ("inc-0123456789ab", "rep-0123456789ab")),
        ("AIID 147", ("aiid:147",)),
        ("aiid #147", ("aiid:147",)),
        ("Case-0012", ("case:case-0012",)),
    ],
)
def test_nothing_but_ids_asks_for_those_cards(typed: str, ids: tuple[str, ...]) -> None:
    query = parse(typed)
    assert query.ids == ids
    assert query.terms == ()


def test_what_was_typed_is_kept_piece_by_piece() -> None:
    query = parse("bank country:IE id:aiid:3 after:2024 (a OR b) -c loss>1k org:Acme country:FR")
    assert tuple((piece.text, piece.filters) for piece in query.pieces) == (
        ("bank", ""),
        ("country:IE", "country"),
        ("id:aiid:3", "id"),
        ("after:2024", "date"),
        ("(a OR b)", ""),
        ("-c", ""),
        ("loss>1k", ""),
        ("org:Acme", "organisation"),
        ("country:FR", "country"),
    )
    assert query.text == "bank (a OR b) -c loss>1k"


def test_an_id_filter_beside_words_keeps_the_words() -> None:
    query = parse("id:aiid:147 scam")
    assert (query.ids, texts(query)) == (("aiid:147",), ["scam"])


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("hxxps[:]//evil[.]example/x", "https://evil.example/x"),
        ("hxxp://evil[dot]example", "http://evil.example"),
        ("somebody[@]evil(.)example", "somebody@evil.example"),
        ("http://evil.example/a:b", "http://evil.example/a:b"),
    ],
)
def test_defanged_addresses_are_searched_as_they_are_live(typed: str, understood: str) -> None:
    assert texts(parse(typed)) == [understood]


def test_overrides_add_filters_and_win_over_dates() -> None:
    query = parse(
        "scam country:GB after:2020",
        filters={"country": ("US",), "source": ("aiid",)},
        since=date(2024, 1, 1),
        mode=Mode.KEYWORD,
        by=By.REPORT,
        limit=5,
        facets=("country",),
    )
    assert query.filters == {"country": ("US", "GB"), "source": ("aiid",)}
    assert query.since == date(2024, 1, 1)
    assert (query.mode, query.by, query.limit, query.facets) == (Mode.KEYWORD, By.REPORT, 5, ("country",))


def test_an_override_of_none_leaves_what_was_typed() -> None:
    assert parse("after:2020", since=None).since == date(2020, 1, 1)


def test_only_a_wrong_override_raises() -> None:
    with pytest.raises(ValidationError):
        parse("scam", limit=0)


@pytest.mark.parametrize(
    ("typed", "codes", "words"),
    [
        ("fr-04", ("FR-04",), []),
        ("FR-04 country:(IE OR FR) bail", ("FR-04",), ["bail"]),
        ("FR-01/FR-02", ("FR-01", "FR-02"), []),
        ("FR-01, FR-02?", ("FR-01", "FR-02"), []),
        ("(FR-01 OR FR-02) bail", ("FR-01", "FR-02"), ["bail"]),
        ("FR-77", (), ["FR-77"]),
        ('"FR-04"', (), ['"FR-04"']),
        ("https://news.example/FR-04", (), ["https://news.example/FR-04"]),
        ("case-FR-04 FR-04-b GPT-40", (), ["case-FR-04", "FR-04-b", "GPT-40"]),
    ],
)
def test_a_code_by_itself_is_a_filter(typed: str, codes: tuple[str, ...], words: list[str]) -> None:
    query = parse(typed, typology=TYPOLOGY)
    assert query.filters.get("typology", ()) == codes
    assert texts(query) == words
    if codes:
        assert f"is read as typology:{codes[0]}" in query.notes[0]
        assert parse(typed).filters.get("typology") is None, "without a typology it is a word"


def test_an_unwanted_code_and_those_below_an_operator() -> None:
    code = Facet(name="typology", values=("X-05",))
    assert parse("-x-05", typology=TYPOLOGY).where == (Not(part=code),)
    assert [placeless(one) for one in parse("bail OR X-05", typology=TYPOLOGY).where] == [
        Or(parts=(word("bail"), code))
    ]
    assert [placeless(one) for one in parse("title:FR-04", typology=TYPOLOGY).where] == [
        word("FR-04", title=True)
    ]


@pytest.mark.parametrize(
    ("typed", "text", "least", "most", "ways"),
    [
        ("£300k mandate", "£300k", 342_900, 419_100, ("300 thousand", "300k", "300,000")),
        ("hk$34m", "hk$34m", 3_916_800, 4_787_200, ("34 million", "34m", "34,000,000")),
        ("lost 1.5 million pounds.", "1.5 million pounds", 1_714_500, 2_095_500, ("1.5 million", "1.5m")),
        ("(bail OR €40,000)", "€40,000", 38_880, 47_520, ("40 thousand", "40k", "40,000")),
        ("$2m-$4m", "$2m-$4m", 1_800_000, 4_400_000, ()),
        ("a million dollars", "a million dollars", 900_000, 1_100_000, ("1 million", "1m", "1,000,000")),
    ],
)
def test_a_sum_among_the_words_is_one_word_with_the_losses_about_it(
    typed: str, text: str, least: int, most: int, ways: tuple[str, ...]
) -> None:
    query = parse(typed)
    [term] = [
        term for term in (*query.terms, *(one for part in query.where for one in wanted(part))) if term.loss
    ]
    assert (term.text, term.loss) == (text, Loss(least=least, most=most))
    assert term.ways[: len(ways)] == ways
    assert typed[term.start : term.end].startswith(text)
    [note] = query.notes
    assert f"{text} is searched as it stands and as a loss of {least:,} to {most:,} US dollars" in note
    assert not ways or parse(note.partition("; ")[2].partition(" asks")[0]).where == (term.loss,)


@pytest.mark.parametrize(
    "typed", ['"£300k"', "£300k-bond", "title:£300k", "300k", "30 won", "all 500 victims", "N95", "50 XYZ"]
)
def test_what_is_no_sum_of_money_stays_words(typed: str) -> None:
    query = parse(typed)
    assert not [term for term in query.terms if term.loss]
    assert not [note for note in query.notes if "as a loss of" in note]


@pytest.mark.parametrize("typed", ["300k", "1.5bn", "20M"])
def test_a_sum_without_a_currency_is_a_word_and_the_field_is_named(typed: str) -> None:
    query = parse(f"bail {typed}")
    assert texts(query) == ["bail", typed]
    [note] = query.notes
    assert note == f"{typed} is searched as a word; loss:{typed} finds losses about that sum (at 6)."
    assert isinstance(parse(f"loss:{typed}").where[0], Loss)


def test_an_unwanted_sum_is_read_too() -> None:
    [term] = parse("-£300k").terms
    assert term.negated and term.loss == Loss(least=342_900, most=419_100)
