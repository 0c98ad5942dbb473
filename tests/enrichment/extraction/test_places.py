import pytest

from enrichment.extraction import money
from enrichment.extraction.passage import Passage
from enrichment.extraction.places import find


def where(text: str, title: str = "") -> set[str]:
    return {fact.value for fact in find((Passage(text), Passage(title, "title"))) if fact.role == "where"}


def named(text: str) -> set[str]:
    return {fact.value for fact in find((Passage(text),))}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Police in Hong Kong arrested six people.", "HK"),
        ("Spanish police arrested six people.", "ES"),
        ("A Wisconsin man was charged.", "US"),
        ("A man appeared at Bolton Crown Court.", "GB-ENG"),
        ("Police Scotland opened an inquiry.", "GB-SCT"),
        ("South Wales Police answered.", "GB-WLS"),
        ("The PSNI is looking into it.", "GB-NIR"),
        ("The Metropolitan Police said so.", "GB-ENG"),
        ("The Met arrested a man, officers said.", "GB-ENG"),
        ("The FBI is investigating.", "US"),
        ("Victims in South Korea came forward.", "KR"),
        ("A court in Seoul sentenced two men.", "KR"),
        ("Residents of Dubai were called.", "AE"),
        ("A call centre in Tbilisi, Georgia, was raided.", "GE"),
    ],
)
def test_the_place_of_the_matter_is_found(text: str, code: str) -> None:
    assert where(text) == {code}


def test_a_list_of_countries_counts_as_its_first() -> None:
    assert where("People in Taiwan, Singapore and Malaysia lost money.") == {"TW", "SG", "MY"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A Chinese state-sponsored group attacked agencies in Canada.", "CN"),
        ("Residents in Canada paid into a Dutch bank account.", "NL"),
        ("Police in Canada say he fled to Russia.", "RU"),
    ],
)
def test_a_passing_mention_is_kept_without_a_role(text: str, code: str) -> None:
    assert where(text) == {"CA"}
    assert code in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Michael Jordan and Georgia Meloni were impersonated.",
        "They ate turkey with Chad Smith in a jersey.",
        "It told us to pay us.",
        "Lord London spoke.",
        "They paid US$4 million.",
    ],
)
def test_names_that_only_look_like_places_are_not_taken(text: str) -> None:
    assert named(text) == set()


def test_georgia_is_the_state_where_the_text_says_so() -> None:
    assert named("Deputies in Fulton County, Georgia, made an arrest.") == {"US"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A French interior designer lost €830,000 to a fake actor.", "FR"),
        ("A UK energy company sent €220,000 to a supposed Hungarian supplier through Mexico.", "GB"),
        ("Scotland Yard arrested a man.", "GB-ENG"),
        ("He was fined at Glasgow Sheriff Court.", "GB-SCT"),
        ("A student in Mesa, AZ, was charged.", "US"),
        ("Bolivian prosecutors named a suspect.", "BO"),
        ("Police in Latin America and in Bolivia said so.", "BO"),
        ("The governor of California's ghost students took aid from Californian colleges.", "US"),
        ("The Bombay High Court ordered the clips down.", "IN"),
    ],
)
def test_towns_courts_and_what_victims_did_place_a_matter(text: str, code: str) -> None:
    assert where(text) == {code}


@pytest.mark.parametrize(
    "text",
    [
        "The New York Times and the South China Morning Post reported on it.",
        "Shares of American Express and Bank of America fell.",
        "They paid 13,000 Canadian dollars.",
        "A Vietnam War film was shown.",
    ],
)
def test_names_with_a_place_in_them_place_nothing(text: str) -> None:
    assert named(text) == set()


def test_helpers_and_those_who_were_told_are_not_the_place() -> None:
    text = "A man was jailed at Bolton Crown Court; police in Italy and France were told."
    assert where(text) == {"GB-ENG"}
    assert {"IT", "FR"} <= named(text)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A baker in Boston, Lincolnshire, lost £4,000.", {"GB-ENG"}),
        ("A baker in Perth, Scotland, was tricked.", {"GB-SCT"}),
        ("The Seanad voted on fakes.", {"IE"}),
        ("Gabon's foreign ministry says that its ambassador in Rome was imitated.", {"GA"}),
        (
            "An exchange was hacked. It is the group that the Federal Bureau of Investigation has described.",
            set(),
        ),
        ("A ring in Lagos was caught; servers were seized in Oslo.", {"NG"}),
        ("A note by York Sentinel Software tells of a false applicant.", set()),
    ],
)
def test_who_only_helps_or_lends_a_name_places_nothing(text: str, codes: set[str]) -> None:
    assert where(text) == codes


def test_a_possessive_or_a_pose_is_not_the_place() -> None:
    assert where("A clerk in Leeds obeyed his German boss.") == {"GB-ENG"}
    assert where("A woman in Michigan paid a man who posed as a French manager.") == {"US"}


def test_a_public_figure_places_a_matter_where_nothing_else_does() -> None:
    assert where("A fake clip of Joe Biden went round.") == {"US"}
    assert where("A court in Lagos ruled on a fake clip of Joe Biden.") == {"NG"}


def test_a_currency_places_a_matter_where_no_country_is_named() -> None:
    text = "A pensioner lost £9,000 to a copied voice."
    passages = (Passage(text),)
    found = find(passages, money.find(passages))
    assert [(fact.value, fact.role, fact.quote) for fact in found] == [("GB", "where", "£9,000")]
    assert find((Passage("A man lost $9,000."),), money.find((Passage("A man lost $9,000."),))) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Pensioners in Malta lost money to a fake video of the British prime minister.", {"MT"}),
        (
            "A deepfaked German chancellor urges viewers to invest. A man from Basel lost 90,000 francs.",
            {"CH"},
        ),
        ("In Ghana, a false clip of US President Donald Trump was shared.", {"GH"}),
        ("Scammers in Cambodia posed as Singapore's prime minister.", {"KH"}),
        ("A fake video of the British prime minister was shared.", {"GB"}),
        ("The British prime minister lost money to scammers in Malta.", {"GB", "MT"}),
        ("They wrote to staff of a Belgian hospital in faultless Dutch.", {"BE"}),
    ],
)
def test_the_country_of_somebody_imitated_counts_only_where_no_other_does(text: str, codes: set[str]) -> None:
    assert where(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Police in Osaka arrested a 25-year-old Vietnamese woman over deepfake calls.", {"JP"}),
        ("A Vietnamese woman, 25, was detained in Osaka over deepfake calls.", {"JP"}),
        ("A company in Texas sued two men from Vietnam.", {"US"}),
        ("Police in Bangkok freed 45 people from Ethiopia, Kenya and Brazil.", {"TH"}),
        ("In Bangkok 45 people from Ethiopia, Kenya and Brazil were freed.", {"TH"}),
        ("Two Chinese suspects ran the fraud from a flat in Accra.", {"GH"}),
        ("A councillor of Nigerian background was threatened in Dublin.", {"IE"}),
        ("A Malaysian woman in Penang lost her savings.", {"MY"}),
        ("A Malaysian woman and a court in Brunei lost patience.", {"MY", "BN"}),
    ],
)
def test_where_people_come_from_is_no_place_beside_one_that_is_told(text: str, codes: set[str]) -> None:
    assert where(text) == codes


def test_where_the_pursued_come_from_counts_where_no_place_is_told() -> None:
    assert where("A Vietnamese woman was detained over deepfake calls.") == {"VN"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Ireland's Department of Justice said that a woman was deceived by a copied voice.", {"IE"}),
        ("The Philippine Department of Justice charged five people.", {"PH"}),
        ("The Department of Justice of the Philippines charged five people.", {"PH"}),
        ("The Department of Justice charged five people.", {"US"}),
        ("Hong Kong police charged five people.", {"HK"}),
        ("Deputies told a federal court in Boise of it.", {"US"}),
        ("ASIC told the court. Federal Court: no AI was used, and the ACCC agreed.", {"AU"}),
    ],
)
def test_an_agency_belongs_to_the_country_it_stands_with(text: str, codes: set[str]) -> None:
    assert where(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("THE HAGUE, 3 May 2025. A ring was broken up, Europol said. It was led by Norway.", {"NO"}),
        ("THE HAGUE, 3 May 2025. A shopkeeper lost 9,000 euros.", {"NL"}),
        ("Europol said that a court in The Hague jailed two men.", {"NL"}),
    ],
)
def test_the_seat_of_an_international_body_dates_its_news_only(text: str, codes: set[str]) -> None:
    assert where(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Clinics in Malmo and Orebro were blackmailed.", {"SE"}),
        ("A bakery in Dusseldorf was cheated.", {"DE"}),
        ("Male pupils made it for a Family Reunion.", set()),
        ("Researchers at a university in Auckland played recordings.", set()),
    ],
)
def test_towns_are_known_without_the_marks_on_their_letters(text: str, codes: set[str]) -> None:
    assert where(text) == codes
