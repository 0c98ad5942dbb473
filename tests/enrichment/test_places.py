import pytest

from enrichment.phrases import Passage
from enrichment.places import find


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
