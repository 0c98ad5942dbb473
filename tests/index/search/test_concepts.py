"""The names of the typology's codes are known among a query's words."""

import pytest

from index.search.language.parser import parse
from index.search.plan import plan
from index.search.tree import Words
from index.search.vocabulary.concepts import named, named_by_word


def found(typed: str, facet: str) -> dict[str, tuple[str, ...]]:
    """Return what values of a facet the words of a query name, by the word."""
    made = plan(parse(typed))
    by_word = {
        " ".join(leaf.tokens): made.named(facet, leaf) for leaf in made.labels if isinstance(leaf, Words)
    }
    return {word: values for word, values in by_word.items() if values}


X_05 = ("no", "incid", "research", "test", "warn", "or", "polici")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ceo frauds", {"ceo": "FR-01", "fraud": "FR-01"}),
        ("the boss scam in Hong Kong", {"boss": "FR-01", "scam": "FR-01"}),
        ("grand-parent virtual kidnapping", {"virtual": "FR-02", "kidnap": "FR-02"}),
        ("catfishing BEC", {"catfish": "FR-06", "bec": "FR-01"}),
        ("CEO of a fraud office", {}),
        ("-CEO -fraud Arup", {}),
        ("scam boss", {}),
        ("cases involving research", {}),
        ("No incident: research, test, warning or policy", dict.fromkeys(X_05, "X-05")),
        ("", {}),
    ],
)
def test_names_of_codes_are_found_in_any_form_of_their_words(typed: str, expected: dict[str, str]) -> None:
    assert found(typed, "typology") == {token: (code,) for token, code in expected.items()}


def test_longest_name_of_a_code_counts() -> None:
    short, long = [("nudifi",), ("app",)], [("fake",), ("trade",), ("platform",)]
    assert set(named_by_word("typology", short).values()) == {("AB-02",)}
    assert named_by_word("typology", long) == dict.fromkeys(long, ("FR-04",))
    assert named_by_word("typology", long[:2]) == {}


@pytest.mark.parametrize("sign", ["never met in person", "never", "boyfriend", "voice of my daughter"])
def test_indicator_of_a_code_is_no_name_of_it(sign: str) -> None:
    assert not found(sign, "typology")


def test_phrases_and_clauses_name_codes_by_whole_names() -> None:
    assert found('"pig butchering" ', "typology") == {"pig butcher": ("FR-06",)}
    clauses = plan(parse("vishing OR pig"))
    assert [clauses.named("typology", Words((word,))) for word in ("vish", "pig")] == [("FR-03",), ()]
    assert named("typology", ("pig",)) == ()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kenyan", {"kenyan": ("KE",)}),
        ("Kenya fraud", {"kenya": ("KE",)}),
        ("hong kong bank", {"hong": ("HK",), "kong": ("HK",)}),
        ('"South Korea"', {"south korea": ("KR",)}),
        ("korean boss", {"korean": ("KR", "KP")}),
        ("UK", {"uk": ("GB",)}),
        ("scottish widow", {"scottish": ("GB-SCT",)}),
        ("Deutschland", {}),
        ("they told us it is in the bank", {}),
        ("new scam, united kingdom of fraud", {"unit": ("GB",), "kingdom": ("GB",)}),
        ("Californian", {}),
    ],
)
def test_countries_and_their_peoples_are_found(typed: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert found(typed, "country") == expected
