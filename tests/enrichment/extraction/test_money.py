import pytest

from enrichment.extraction.money import find
from enrichment.extraction.passage import Passage
from enrichment.facts import extract
from enrichment.records import Fact, Subject


def sums(text: str, title: str = "") -> list[tuple[str, str]]:
    return [(fact.value, fact.role) for fact in find((Passage(text), Passage(title, "title")))]


def loss(text: str, title: str = "") -> str | None:
    return next((value for value, role in sums(text, title) if role == "loss"), None)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("HK$200m", "HKD 200000000"),
        ("£1.2 million", "GBP 1200000"),
        ("£1.2bn", "GBP 1200000000"),
        ("RM5,800", "MYR 5800"),
        ("A$39 million", "AUD 39000000"),
        ("C$7.50", "CAD 7.5"),
        ("S$670,000", "SGD 670000"),
        ("NT$10,000", "TWD 10000"),
        ("US$25.6 million", "USD 25600000"),
        ("$499,000", "USD 499000"),
        ("$243 000", "USD 243000"),
        ("€1,5 Mio", "EUR 1500000"),
        ("1234,50 euros", "EUR 1234.5"),
        ("10.000 euros", "EUR 10000"),
        ("¥4.3 million yuan", "CNY 4300000"),
        ("620,000 yuan", "CNY 620000"),
        ("¥30,000", "JPY 30000"),
        ("₹12,34,567", "INR 1234567"),
        ("₹2 lakh", "INR 200000"),
        ("Rs 3.5 crore", "INR 35000000"),
        ("200 million won", "KRW 200000000"),
        ("300,000 baht", "THB 300000"),
        ("5 million dirhams", "AED 5000000"),
        ("50,000 naira", "NGN 50000"),
        ("R1,000", "ZAR 1000"),
        ("2 billion rupiah", "IDR 2000000000"),
        ("0.5 BTC", "BTC 0.5"),
        ("10 bitcoins", "BTC 10"),
        ("55.5 ETH", "ETH 55.5"),
        ("200 million Hong Kong dollars", "HKD 200000000"),
        ("25.6 million dollars", "USD 25600000"),
        ("thirty-five million dollars", "USD 35000000"),
        ("half a million pounds", "GBP 500000"),
        ("two hundred thousand euros", "EUR 200000"),
        ("nearly a million euros", "EUR 1000000"),
        ("1.9 billion guaraníes", "PYG 1900000000"),
        ("RD$450,000", "DOP 450000"),
        ("3 million meticais", "MZN 3000000"),
    ],
)
def test_sum_is_read_in_the_form_it_is_written(written: str, value: str) -> None:
    assert [one for one, _ in sums(f"They spoke of {written} there.")] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "In 2023 won the prize.",
        "R2D2 and 4x4",
        "20 pounds of cocaine were found",
        "a 25m pool",
        "95% of 1,000 people",
        "section 12.5 applies",
    ],
)
def test_figures_that_are_no_sums_are_left_alone(text: str) -> None:
    assert sums(text) == []


def test_peso_without_a_country_is_left_out() -> None:
    assert sums("He named 500 pesos.") == []
    assert sums("In Mexico he named 500 pesos.") == [("MXN 500", "")]
    assert sums("In Monterrey he named 500 pesos.") == [("MXN 500", "")]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("An Australian couple in Sydney lost $50,000.", "AUD"),
        ("Toronto police say a Canadian woman lost $50,000.", "CAD"),
        ("Auckland police, New Zealand: a man lost $50,000.", "NZD"),
        ("A Hong Kong clerk lost $50,000.", "USD"),
        ("A Sydney man in Australia told the FBI he lost $50,000.", "USD"),
        ("An Australian firm in Sydney lost A$80,000, that is $50,000.", "USD"),
    ],
)
def test_bare_dollar_takes_the_country_only_where_the_text_is_clear(text: str, currency: str) -> None:
    assert f"{currency} 50000" in [value for value, _ in sums(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The company, valued at $2bn, lost £3 million to the callers.", "GBP 3000000"),
        ("He was fined £500 after he conned pensioners out of £40,000.", "GBP 40000"),
        ("Bail was set at $10,000 for the man who stole $900,000.", "USD 900000"),
        ("They demanded a ransom of $5m and got nothing.", None),
        ("The market is worth $40 billion and revenue rose to $3bn.", None),
        ("It promised £1000 a day; one victim handed over £7,000.", "GBP 7000"),
        ("Police seized HK$100 million after a gang netted HK$34 million.", "HKD 34000000"),
        ("The bank is owed £41,000 by borrowers whose faces were drawn.", "GBP 41000"),
        ("The thefts added up to €7,400.", "EUR 7400"),
        ("He drained loyalty cards of stamps worth $3,100.", "USD 3100"),
        ("The trick set the museum back £8,000.", "GBP 8000"),
        ("It is about the £52,000 that vanished from a chapel.", "GBP 52000"),
        ("Some £52,000 is unaccounted for.", "GBP 52000"),
        ("The ruse left a widow £900 out of pocket.", "GBP 900"),
        ("Ferries lost nothing, but lorries dodged €6,000 in fares.", "EUR 6000"),
    ],
)
def test_loss_is_what_victims_lost_or_offenders_gained(text: str, value: str | None) -> None:
    assert loss(text) == value


def test_same_loss_in_another_currency_is_an_equivalent() -> None:
    assert sums("Staff transferred HK$200 million (US$25 million) to five accounts.") == [
        ("HKD 200000000", "loss"),
        ("USD 25000000", "equivalent"),
    ]


@pytest.mark.parametrize("text", ["between $1m and $2m", "from $1m to $2m", "$1m-$2m", "some $1-2 million"])
def test_loss_given_as_a_range_is_its_lower_end(text: str) -> None:
    assert sums(f"Victims lost {text}.") == [("USD 1000000", "loss"), ("USD 2000000", "upper")]
    assert sums(f"They were fined {text}.") == [("USD 1000000", "range"), ("USD 2000000", "upper")]


def test_headline_decides_which_of_the_texts_losses_is_meant() -> None:
    text = "In 2019 another firm lost $243,000. This time $35 million had to be moved."
    assert loss(text, "Deepfake 'director' takes $35m") == "USD 35000000"


def test_spans_are_verbatim_and_in_the_text_before_the_title() -> None:
    text = "Somebody lost £9,000."
    facts: list[Fact] = find((Passage(text), Passage("Fraudsters steal £9,000", "title")))
    assert [(fact.field, fact.quote) for fact in facts] == [("text", "£9,000")]
    assert text[facts[0].start : facts[0].end] == "£9,000"


@pytest.mark.parametrize(
    "text",
    [
        "Identity theft cost Canadians C$560 million last year, the bureau reported.",
        "Reported losses rose 12 per cent to £88 million, according to figures of the insurers.",
        "Households lost €1.2 billion to such scams in 2023.",
        "Losses through romance scams reached £93 million in the year to March.",
    ],
)
def test_sum_of_a_statistic_is_no_loss(text: str) -> None:
    assert [role for _, role in sums(text)] == ["statistic"]


def test_sum_of_one_case_beside_a_statistic_is_the_loss() -> None:
    text = (
        "Romance fraud cost Britons £92 million last year. A widower in Poole lost £14,200 to a cloned voice."
    )
    assert loss(text) == "GBP 14200"


def test_survey_repeats_the_losses_of_other_cases() -> None:
    text = "The poll recalls a brewery that lost £900,000 to a cloned voice."
    assert loss(text, "Two thirds of firms have met a deepfake, poll finds") is None
    assert loss(text, "Brewery still waits for its money") == "GBP 900000"


@pytest.mark.parametrize(
    "text",
    [
        "The false alarm cost the ambulance service €4,100.",
        "She spent £2,700 on cameras after strangers rang her bell.",
        "The cost of the evacuation came to $12,000.",
        "His defence costs of £31,000 were not repaid.",
        "The trial cost the comedian £55,000.",
        "The tool is expected to save banks £40 million.",
        "The bank opened a £40 million fraud prevention centre.",
        "The robot drove into a kitchen. Its owner put the damage at £6,000.",
        "They had bought a cloning program for $900.",
        "Officers arrested the wrong man over a robbery in which £80 was taken.",
        "The rumour wiped £70 million off the value of the airline.",
        "It was a swindle: buyers paid £15 to £40 for brooches of glass.",
    ],
)
def test_costs_prices_and_savings_are_no_loss(text: str) -> None:
    assert loss(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "We wrote that a farmer had lost £66,000 to a cloned voice. In fact he lost £6,600.",
        "Correction: the farmer lost £6,600 to a cloned voice, not £66,000 as we reported.",
        "The farmer lost £6,600, rather than £66,000, to a cloned voice.",
    ],
)
def test_corrected_sum_is_the_loss(text: str) -> None:
    assert loss(text) == "GBP 6600"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A dairy lost more than £300,000. Its clerk had sent £342,000 to thieves.", "GBP 342000"),
        ("A dairy lost nearly £350,000. Its clerk had sent £342,000 to thieves.", "GBP 342000"),
        ("A dairy lost about £350,000. Its clerk had sent £342,000 to thieves.", "GBP 342000"),
        ("A dairy lost more than £300,000. Its rival lost £842,000 to thieves.", "GBP 300000"),
        ("A dairy lost £300,000. Its clerk had sent £342,000 to thieves.", "GBP 300000"),
    ],
)
def test_rounded_loss_gives_way_to_the_exact_one(text: str, value: str) -> None:
    assert loss(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "A baker nearly gave £20,000 to a cloned voice.",
        "A widow was minutes from sending £8,500 to a stranger when a clerk stepped in.",
        "Officers stopped a teacher from handing over $40,000 to a courier.",
        "The firm narrowly avoided losing €1.2 million to a fake director.",
    ],
)
def test_what_was_nearly_paid_is_no_loss(text: str) -> None:
    assert loss(text) is None


def test_what_was_nearly_lost_may_have_been_paid_and_got_back() -> None:
    assert loss("A baker nearly lost £20,000 to a cloned voice; the bank got it back.") == "GBP 20000"


def test_who_stopped_answering_has_lost_all_the_same() -> None:
    assert loss("A widow stopped answering his calls after sending £14,000.") == "GBP 14000"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Thieves took two thirds of a million pounds.", "GBP 666667"),
        ("Thieves took nearly three-quarters of a billion rupees.", "INR 750000000"),
        ("Thieves took half a million euros.", "EUR 500000"),
        ("Police charged a man over a $2.1 million investment scam.", "USD 2100000"),
        ("A widow lost €8,000, fraud prevention officers said.", "EUR 8000"),
        ("Thieves took a fifth of a million dollars.", "USD 200000"),
        ("Thieves took half a bitcoin.", "BTC 0.5"),
    ],
)
def test_parts_of_a_million_are_read(text: str, value: str) -> None:
    assert loss(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Police in Brisbane said a baker lost $31,000 to a cloned voice.", "AUD 31000"),
        ("Police in Calgary said a baker lost $31,000 to a cloned voice.", "CAD 31000"),
        ("Singapore police said a baker lost $31,000 to a cloned voice.", "SGD 31000"),
        ("Police in Dunedin said a baker lost $31,000 to a cloned voice.", "NZD 31000"),
        ("Police in Brisbane said a baker lost $31,000 to callers in Florida.", "USD 31000"),
        ("Hong Kong police said a bank lost $31 million to a cloned voice.", "USD 31000000"),
        ("Police in Lisbon said a baker lost $31,000 to a cloned voice.", "USD 31000"),
    ],
)
def test_bare_dollar_is_that_of_the_only_country(text: str, value: str) -> None:
    found = extract("", text)
    assert [fact.value for fact in found if fact.subject is Subject.LOSS] == [value]


def test_both_ends_of_a_range_quote_it_as_stated() -> None:
    text = "Losses are put at between $800,000 and $1.1 million, police said."
    found = find((Passage(text),))
    assert [(fact.value, fact.role) for fact in found] == [("USD 800000", "loss"), ("USD 1100000", "upper")]
    assert {fact.quote for fact in found} == {"$800,000 and $1.1 million"}
