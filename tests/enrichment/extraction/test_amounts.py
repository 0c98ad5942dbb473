import pytest

from enrichment.extraction.amounts import only, sums
from enrichment.extraction.phrases import load


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("HK$200m", ["HKD 200000000"]),
        ("HK$200 million", ["HKD 200000000"]),
        ("HKD200m", ["HKD 200000000"]),
        ("HK$ 200 million", ["HKD 200000000"]),
        ("200m Hong Kong dollars", ["HKD 200000000"]),
        ("25 million Hong Kong dollars", ["HKD 25000000"]),
        ("£1.2 million", ["GBP 1200000"]),
        ("£1.2m", ["GBP 1200000"]),
        ("£1.2M", ["GBP 1200000"]),
        ("£1,200,000", ["GBP 1200000"]),
        ("1.2 million pounds", ["GBP 1200000"]),
        ("1.2 million pounds sterling", ["GBP 1200000"]),
        ("£17k", ["GBP 17000"]),
        ("£17K", ["GBP 17000"]),
        ("17,000 quid", ["GBP 17000"]),
        ("£950.50", ["GBP 950.5"]),
        ("RM5,800", ["MYR 5800"]),
        ("RM 5,800", ["MYR 5800"]),
        ("RM5.8k", ["MYR 5800"]),
        ("RM1.3mil", ["MYR 1300000"]),
        ("5,800 ringgit", ["MYR 5800"]),
        ("0.5 BTC", ["BTC 0.5"]),
        ("BTC 0.5", ["BTC 0.5"]),
        ("half a bitcoin", ["BTC 0.5"]),
        ("two bitcoins", ["BTC 2"]),
        ("$224,000 in a Bitcoin scam", ["USD 224000"]),
        ("DeepSeek-R1", []),
        ("₿2", ["BTC 2"]),
        ("$25.6m", ["USD 25600000"]),
        ("US$25.6 million", ["USD 25600000"]),
        ("USD 25.6 million", ["USD 25600000"]),
        ("25.6 million US dollars", ["USD 25600000"]),
        ("USD25.6M", ["USD 25600000"]),
        ("$25.6 mn", ["USD 25600000"]),
        ("25.6 million dollars", ["USD 25600000"]),
        ("25.6 million U.S. dollars", ["USD 25600000"]),
        ("$3bn", ["USD 3000000000"]),
        ("$3 billion", ["USD 3000000000"]),
        ("$1.5 trillion", ["USD 1500000000000"]),
        ("$4-billion", ["USD 4000000000"]),
        ("$35-million", ["USD 35000000"]),
        ("a $35 million", ["USD 35000000"]),
        ("$8,091,843.64", ["USD 8091843.64"]),
        ("₹2 lakh", ["INR 200000"]),
        ("Rs 40,000", ["INR 40000"]),
        ("Rs. 3.5 crore", ["INR 35000000"]),
        ("₹5.85 lakh", ["INR 585000"]),
        ("₹1.5 cr", ["INR 15000000"]),
        ("5 crore rupees", ["INR 50000000"]),
        ("Rs 2 lakh crore", ["INR 2000000000000"]),
        ("£4 hundred thousand", ["GBP 400000"]),
        ("$2 thousand million", ["USD 2000000000"]),
        ("$2 trn", ["USD 2000000000000"]),
        ("€7 miljoen", ["EUR 7000000"]),
        ("R$ 2,5 bilhões", ["BRL 2500000000"]),
        ("7 milhões de reais", ["BRL 7000000"]),
        ("four hundred thousand pounds", ["GBP 400000"]),
        ("Rs.2,00,000", ["INR 200000"]),
        ("INR 50 lakh", ["INR 5000000"]),
        ("40,000 rupees", ["INR 40000"]),
        ("Rs 80 lakhs", ["INR 8000000"]),
        ("€220,000", ["EUR 220000"]),
        ("220.000 €", ["EUR 220000"]),
        ("€220k", ["EUR 220000"]),
        ("220 000 €", ["EUR 220000"]),
        ("€1.2 million", ["EUR 1200000"]),
        ("1,5 Millionen Euro", ["EUR 1500000"]),
        ("€ 1,5 million", ["EUR 1500000"]),
        ("almost €1 million", ["EUR 1000000"]),
        ("nearly a million euros", ["EUR 1000000"]),
        ("EUR 19 million", ["EUR 19000000"]),
        ("¥4.3 million", ["JPY 4300000"]),
        ("4.3 million yuan", ["CNY 4300000"]),
        ("RMB 4.3 million", ["CNY 4300000"]),
        ("500 million yuan", ["CNY 500000000"]),
        ("620,000 renminbi", ["CNY 620000"]),
        ("100 million yen", ["JPY 100000000"]),
        ("¥7,500,000", ["JPY 7500000"]),
        ("¥100m", ["JPY 100000000"]),
        ("200 million won", ["KRW 200000000"]),
        ("₩200 million", ["KRW 200000000"]),
        ("S$670,000", ["SGD 670000"]),
        ("SGD 4.9 million", ["SGD 4900000"]),
        ("A$39 million", ["AUD 39000000"]),
        ("AU$39m", ["AUD 39000000"]),
        ("AUD 2 million", ["AUD 2000000"]),
        ("NZ$375,000", ["NZD 375000"]),
        ("C$21,000", ["CAD 21000"]),
        ("CA$13,000", ["CAD 13000"]),
        ("13,000 Canadian dollars", ["CAD 13000"]),
        ("NT$10 million", ["TWD 10000000"]),
        ("R$20 million", ["BRL 20000000"]),
        ("20 million reais", ["BRL 20000000"]),
        ("1 trillion dong", ["VND 1000000000000"]),
        ("VND1 trillion", ["VND 1000000000000"]),
        ("300,000 baht", ["THB 300000"]),
        ("THB 300,000", ["THB 300000"]),
        ("Dh5 million", ["AED 5000000"]),
        ("AED 5 million", ["AED 5000000"]),
        ("₦50,000", ["NGN 50000"]),
        ("R1.5 million", ["ZAR 1500000"]),
        ("KSh 50,000", ["KES 50000"]),
        ("Sh50,000", ["KES 50000"]),
        ("1.5 million lira", ["TRY 1500000"]),
        ("CHF 2 million", ["CHF 2000000"]),
        ("several million Swiss francs", []),
        ("2 million Swiss francs", ["CHF 2000000"]),
        ("P50,000", []),
        ("₱50,000", ["PHP 50000"]),
        ("PHP 50,000", ["PHP 50000"]),
        ("Rp 2 billion", ["IDR 2000000000"]),
        ("20 million roubles", ["RUB 20000000"]),
        ("50,000 hryvnias", ["UAH 50000"]),
        ("500 ETH", ["ETH 500"]),
        ("55.5 ether", ["ETH 55.5"]),
        ("1.2 million USDT", ["USD 1200000"]),
        ("thirty-five million dollars", ["USD 35000000"]),
        ("two million euros", ["EUR 2000000"]),
        ("six hundred thousand pounds", ["GBP 600000"]),
        ("half a million dollars", ["USD 500000"]),
        ("a quarter of a million pounds", ["GBP 250000"]),
        ("one and a half million dollars", ["USD 1500000"]),
        ("ten thousand pounds", ["GBP 10000"]),
        ("eighteen thousand dollars", ["USD 18000"]),
        ("$1.4 million-plus", ["USD 1400000"]),
        ("kr 500,000", []),
        ("500,000 kronor", ["SEK 500000"]),
        ("500.000 kroner", ["DKK 500000"]),
        ("NOK 500,000", ["NOK 500000"]),
        ("10 lakh taka", ["BDT 1000000"]),
        ("Tk 10 lakh", ["BDT 1000000"]),
        ("60,000 shekels", ["ILS 60000"]),
        ("50 cents", []),
        ("$0.99", ["USD 0.99"]),
        ("£500-£1,000", ["GBP 500", "GBP 1000"]),
        ("between $3,000 and $8,000", ["USD 3000", "USD 8000"]),
        ("$3,000 to $8,000", ["USD 3000", "USD 8000"]),
        ("$3-8 million", ["USD 3000000", "USD 8000000"]),
        ("£10,000–£15,000", ["GBP 10000", "GBP 15000"]),
        ("€10-15 million", ["EUR 10000000", "EUR 15000000"]),
        ("HK$200m ($25.6m)", ["HKD 200000000", "USD 25600000"]),
        ("$25.6m (HK$200m)", ["USD 25600000", "HKD 200000000"]),
        ("£20m ($25m; €23m)", ["GBP 20000000", "USD 25000000", "EUR 23000000"]),
        ("more than $10 million", ["USD 10000000"]),
        ("upwards of £40,000", ["GBP 40000"]),
        ("US$46 million (HK$360m)", ["USD 46000000", "HKD 360000000"]),
        ("￥620,000 yuan", ["CNY 620000"]),
        ("4.3 million-yuan", ["CNY 4300000"]),
        ("a 25-million-dollar", ["USD 25000000"]),
        ("$ 25 million", ["USD 25000000"]),
        ("USD$5,000", ["USD 5000"]),
        ("$5,000 USD", ["USD 5000"]),
        ("$720,000 USD", ["USD 720000"]),
        ("5,000 USD", ["USD 5000"]),
        ("NZ$375K", ["NZD 375000"]),
        ("£1.2 m", ["GBP 1200000"]),
        ("£2.3bn", ["GBP 2300000000"]),
        ("$25,6 million", ["USD 25600000"]),
        ("€1.234 million", ["EUR 1234000"]),
        ("1.234 euros", ["EUR 1234"]),
    ],
)
def test_sum_is_read_however_it_is_written(written: str, values: list[str]) -> None:
    text = f"They spoke of {written} there."
    assert [one.value for one in sums(text, text.lower())] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("£1.2 to £1.5 million", ["GBP 1200000", "GBP 1500000"]),
        ("between 10 and 12 lakh rupees", ["INR 1000000", "INR 1200000"]),
        ("Rs 90 lakh to 1.2 crore", ["INR 9000000", "INR 12000000"]),
        ("2,3 to 2,5 million euros", ["EUR 2300000", "EUR 2500000"]),
        ("between $900 and $1 million", ["USD 900", "USD 1000000"]),
        ("1 million yen to 2 million yen", ["JPY 1000000", "JPY 2000000"]),
    ],
)
def test_both_ends_of_a_range_have_the_scale_that_is_written_once(text: str, values: list[str]) -> None:
    found = sums(f"They spoke of {text} there.", "")
    assert [one.value for one in found] == values
    assert [one.bound for one in found] == ["lower", "upper"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("$500 to 3 million people", ["USD 500"]),
        ("£5m to 30 accounts", ["GBP 5000000"]),
        ("losses rose from £5m to £8m", ["GBP 5000000", "GBP 8000000"]),
        ("£40 and 20 million people", ["GBP 40"]),
        ("cut from $1m to $50,000", ["USD 1000000", "USD 50000"]),
        ("$5m - $2m", ["USD 5000000", "USD 2000000"]),
    ],
)
def test_two_figures_are_no_range_where_the_second_is_a_change_a_count_or_smaller(
    text: str, values: list[str]
) -> None:
    found = sums(f"They spoke of {text} there.", "")
    assert [(one.value, one.bound) for one in found] == [(value, "") for value in values]


def test_sum_is_an_end_of_one_range_only() -> None:
    found = sums("They named £1m-£2m-£3m there.", "")
    assert [(one.value, one.bound) for one in found] == [
        ("GBP 1000000", "lower"),
        ("GBP 2000000", "upper"),
        ("GBP 3000000", ""),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Lagos traders paid N2.5m.", "NGN 2500000"),
        ("The EFCC named N850,000.", "NGN 850000"),
        ("A Davao shop lost P45,000.", "PHP 45000"),
        ("A Gaborone shop lost P45,000.", "BWP 45000"),
        ("A Lusaka shop lost K45,000.", "ZMW 45000"),
    ],
)
def test_letter_is_money_in_its_country(text: str, value: str) -> None:
    assert [one.value for one in sums(text, text.lower())] == [value]


@pytest.mark.parametrize(
    "text", ["The N12 to Lagos", "N95 masks in Abuja", "P2.5m of it", "the K2 in Lusaka"]
)
def test_letter_before_a_small_figure_or_in_no_such_country_is_none(text: str) -> None:
    assert sums(text, text.lower()) == []


def test_every_currency_that_is_read_has_a_worth() -> None:
    money = load("money")
    hinted = {code for form in money["shared"] for code in form.get("by_hint", {})}
    assert {*money["currencies"], *hinted, *money["local_dollars"]} <= {*load("rates")}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("hk$2M", "HKD 2000000"),
        ("€1.234,56", "EUR 1234.56"),
        ("$1.500", "USD 1500"),
        ("btc 1.500", "BTC 1.5"),
    ],
)
def test_sum_alone_is_read_in_letters_of_either_case(typed: str, value: str) -> None:
    read = only(typed)
    assert read is not None and read.value == value


@pytest.mark.parametrize("typed", ["£1,2,3", "£5 or so", "£1m-£2m", "2500", "N500", ""])
def test_only_refuses_more_or_less_than_one_sum(typed: str) -> None:
    assert only(typed) is None


@pytest.mark.parametrize("text", ["won 3-2", "ten pounds heavier", "Sh! 5", "RM", "$", "€-", "£m"])
def test_text_without_a_sum_yields_none(text: str) -> None:
    assert sums(text, text.lower()) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Police in Oslo say 14 million kroner went.", "NOK 14000000"),
        ("Police in Aarhus say 14 million kroner went.", "DKK 14000000"),
        ("Rs 1.2 million went, Karachi police said.", "PKR 1200000"),
        ("Rs 1.2 million went, Mumbai police said.", "INR 1200000"),
        ("A shop in Senegal lost 2 million francs.", "XOF 2000000"),
        ("A Basel shop lost 2 million francs.", "CHF 2000000"),
        ("A Kampala bank lost 5 million shillings.", "UGX 5000000"),
        ("A Doha bank lost 5 million riyals.", "QAR 5000000"),
        ("A Brno bank lost 5 million crowns.", "CZK 5000000"),
    ],
)
def test_name_that_several_currencies_have_is_read_by_the_named_country(text: str, value: str) -> None:
    assert [one.value for one in sums(text, text.lower())] == [value]


def test_crowns_of_no_country_are_no_money() -> None:
    text = "A clerk sent 583,000 crowns."
    assert sums(text, text.lower()) == []
