"""The names of the typology's codes are known among a query's words."""

import pytest

from index.search.language.parser import parse
from index.search.plan import plan
from index.search.tree import Words
from index.search.vocabulary.concepts import codes, codes_by_word

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
    found = {leaf: of for leaf, of in plan(parse(typed)).codes.items() if of}
    assert found == {Words((token,)): (code,) for token, code in expected.items()}


def test_longest_name_of_a_code_counts() -> None:
    short, long = [("nudifi",), ("app",)], [("fake",), ("trade",), ("platform",)]
    assert set(codes_by_word(short).values()) == {("AB-02",)}
    assert codes_by_word(long) == dict.fromkeys(long, ("FR-04",))
    assert codes_by_word(long[:2]) == {}


@pytest.mark.parametrize("sign", ["never met in person", "never", "boyfriend", "voice of my daughter"])
def test_indicator_of_a_code_is_no_name_of_it(sign: str) -> None:
    assert not any(plan(parse(sign)).codes.values())


def test_phrases_and_clauses_name_codes_by_whole_names() -> None:
    assert plan(parse('"pig butchering" ')).codes[Words(("pig", "butcher"))] == ("FR-06",)
    assert plan(parse("vishing OR pig")).codes == {Words(("vish",)): ("FR-03",), Words(("pig",)): ()}
    assert codes(("pig",)) == ()
