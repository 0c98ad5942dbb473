"""What a handed-out case study says of its own standing: who decided, and whose words it copies."""

import csv
import io

import pytest

from collectors.records import STARTER
from enrichment.records import Subject
from enrichment.typology import Typology
from index import wording
from index.export.data import COLUMNS
from index.export.statements import LIKELY
from index.library import Library
from index.records import IncidentView, JudgedFinding, State
from tests.index.exportables import finding, said, view, write
from tests.index.stories import ANALYST

CONVICTED = wording.value("outcome", "convicted")


@pytest.fixture(scope="module")
def typology() -> Typology:
    return Typology.load()


def with_findings(*items: JudgedFinding) -> IncidentView:
    return view().model_copy(update={"findings": items})


def claim(subject: Subject, value: str, score: float = 0.9, by: str = "", role: str = "") -> JudgedFinding:
    made = finding(subject, value, role=role).model_copy(update={"score": score})
    return JudgedFinding(finding=made, state=State.ACCEPTED if by else State.SUGGESTED, by=by)


@pytest.mark.parametrize("name", ["md", "docx"])
@pytest.mark.parametrize(
    ("by", "standing"),
    [
        ("", "machine suggestion, checked by nobody"),
        (STARTER, "coded by the starter library"),
        ("maria", "checked in part by a person"),
    ],
)
def test_case_study_says_under_its_title_who_checked_it(
    name: str, by: str, standing: str, typology: Typology
) -> None:
    text = said(name, typology, with_findings(claim(Subject.OUTCOME, "convicted", by=by)))
    assert standing in text
    assert f"people of this library decided {int(by == 'maria')}" in text


def test_weak_suggestion_is_no_subtitle_and_stays_a_fact(typology: Typology) -> None:
    weak = with_findings(claim(Subject.OUTCOME, "convicted", score=LIKELY - 0.1))
    sure = with_findings(claim(Subject.OUTCOME, "convicted", score=LIKELY))
    subtitles = [said("md", typology, one).split("\n\n")[1] for one in (weak, sure)]
    assert [CONVICTED in subtitle for subtitle in subtitles] == [False, True]
    assert CONVICTED in said("md", typology, weak)


def test_use_of_ai_has_one_answer(typology: Typology) -> None:
    answers = (claim(Subject.AI_INVOLVEMENT, "confirmed"), claim(Subject.AI_INVOLVEMENT, "doubtful", 0.3))
    text = said("md", typology, with_findings(*answers))
    assert "onfirmed" in text
    assert "oubtful" not in text


def test_copied_text_names_its_licence(typology: Typology) -> None:
    text = said("md", typology)
    assert "Text: A publisher, x." in text
    assert "| Licence |" in text


def test_date_and_sum_say_of_what(typology: Typology) -> None:
    facts = with_findings(
        claim(Subject.DATE, "2024-02", role="occurred"), claim(Subject.LOSS, "USD 5", role="equivalent")
    )
    text = said("md", typology, facts)
    assert "(when it happened)" in text
    assert "(the same sum in another currency)" in text


def cells(payload: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(payload.decode("utf-8-sig"))))


def test_sums_that_would_count_twice_are_no_loss_of_a_table(typology: Typology) -> None:
    facts = with_findings(
        claim(Subject.LOSS, "HKD 200", role="loss"),
        claim(Subject.LOSS, "USD 25", role="equivalent"),
        claim(Subject.LOSS, "USD 9000", role="statistic"),
    )
    [row] = cells(write("csv", typology, facts))
    assert row["loss"] == "HKD 200"


def test_a_sum_that_was_decided_stands_alone_in_a_table(typology: Typology) -> None:
    facts = with_findings(
        claim(Subject.LOSS, "USD 25000000", role="loss"),
        claim(Subject.LOSS, "HKD 200000000", role="loss", by=STARTER),
    )
    [row] = cells(write("csv", typology, facts))
    assert row["loss"] == "HKD 200000000"


def test_table_gives_one_answer_to_whether_ai_was_used_the_decided_one(typology: Typology) -> None:
    facts = with_findings(
        claim(Subject.AI_INVOLVEMENT, "alleged_by_authority"),
        claim(Subject.AI_INVOLVEMENT, "confirmed", score=0.5, by="maria"),
    )
    [row] = cells(write("csv", typology, facts))
    assert row["ai_involvement"] == "confirmed"


def test_a_case_study_says_what_its_number_of_statements_counts(typology: Typology) -> None:
    facts = with_findings(
        claim(Subject.TYPOLOGY, "FR-01", role="primary"),
        claim(Subject.COUNTRY, "HK"),
        claim(Subject.TOOL, "X"),
    )
    told = said("md", typology, facts)
    assert "3 statements on this incident: 1 on its codes and 2 on its facts" in told
    assert "What several reports state counts once for each" in told


def test_table_says_who_decided_and_has_an_incident_once(library: Library) -> None:
    key = library.incident("case:case-0002", actor=ANALYST).incident.id
    [row] = cells(library.export(["case:case-0002", key, "case:case-0002"], "csv", actor=ANALYST))
    assert row["id"] == key
    assert row["decided_by"] == "starter library"
    assert "decided_by" in COLUMNS
