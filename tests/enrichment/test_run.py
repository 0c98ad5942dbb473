from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from collectors.errors import ModelRefused
from collectors.records import Claim, Report
from enrichment import embedder, run
from enrichment.judging import linear
from enrichment.judging.reading import PASSAGE_WORDS
from enrichment.passages import PASSAGES, passages
from enrichment.records import Subject
from enrichment.run import Enricher
from enrichment.summary import summary
from tests.enrichment.model_room import CALL, FAILURE, NO_AI, SCHOOL, enricher, told

WORDINGS = (CALL, SCHOOL, NO_AI, FAILURE)


def test_reports_come_back_in_order_with_their_vectors() -> None:
    reports = [told(WORDINGS[place % 4], key=str(place)) for place in range(run.BATCH + 3)]
    found = list(enricher().enrich(iter(reports)))
    assert [(each.report, each.version) for each in found] == [(each.id, each.version) for each in reports]
    for each in found:
        assert each.vectors.shape == (len(each.passages), 384) and each.vectors.dtype == np.float32
        assert len({finding.id for finding in each.findings}) == len(each.findings)


def test_results_come_batch_by_batch_not_all_at_the_end() -> None:
    taken = 0

    def endless() -> Iterator[Report]:
        nonlocal taken
        while True:
            taken += 1
            yield told(NO_AI, key=str(taken))

    next(enricher().enrich(endless()))
    assert taken == run.BATCH


def test_the_same_report_gives_the_same_findings() -> None:
    first, second = (next(enricher().enrich([told(CALL)])) for _ in range(2))
    assert len(first.findings) > 5 and first.findings == second.findings
    np.testing.assert_array_equal(first.vectors, second.vectors)


def test_every_quote_is_verbatim() -> None:
    for wording in WORDINGS:
        report = told(wording)
        findings = next(enricher().enrich([report])).findings
        assert sum(finding.start is not None for finding in findings) >= 3
        for finding in findings:
            if finding.start is None:
                assert finding.quote == "" and finding.end is None
            else:
                whole = report.text if finding.field == "text" else report.title
                assert whole[finding.start : finding.end] == finding.quote


def test_hostile_texts_are_read_without_harm() -> None:
    for text in ("", "\n" * 9000, "a" * 200_000, "💥 deepfake\x00 ﷽ " * 500, ". . . ! ? " * 4000):
        found = next(enricher().enrich([told(("", text))]))
        assert 1 <= len(found.passages) <= PASSAGES


def test_what_is_curated_stands_and_borrows_the_words_of_the_text() -> None:
    claims = (
        Claim(subject="typology", value="FR-01", role="primary"),
        Claim(subject="event_kind", value="trend_or_warning"),
        Claim(subject="ai_involvement", value="doubtful"),
    )
    findings = next(enricher().enrich([told(CALL, source="starter", claims=claims)])).findings
    (code,) = [finding for finding in findings if finding.value == "FR-01"]
    assert (code.origin, code.score, code.role) == ("starter", 1.0, "primary") and code.quote
    assert [finding.role for finding in findings].count("primary") == 1
    kinds = [finding.value for finding in findings if finding.subject is Subject.EVENT_KIND]
    assert kinds == ["trend_or_warning"]


def test_without_an_embedder_words_still_classify_and_the_fingerprint_says_so() -> None:
    plain = Enricher.load(embedder=None)
    found = next(plain.enrich([told(CALL)]))
    assert found.passages == () and found.vectors.shape == (0, 0)
    assert summary(found)["primary"] == "FR-01"
    assert plain.fingerprint.endswith("/words-only") and plain.fingerprint != enricher().fingerprint


def test_another_embedders_vectors_are_kept_but_not_classified_by() -> None:
    class Other:
        fingerprint = "other/1/mean/none"
        dimensions = 3

        def encode(self, texts: Sequence[str], kind: str) -> NDArray[np.float32]:
            return np.full((len(texts), 3), 3**-0.5, dtype=np.float32)

    other = Enricher.load(embedder=Other())
    assert "words alone" in other.notice
    found = next(other.enrich([told(CALL)]))
    assert found.vectors.shape == (1, 3)
    plain = next(Enricher.load(embedder=None).enrich([told(CALL)]))
    assert found.findings == plain.findings


def test_a_refused_embedder_leaves_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "MODEL_SHA256", "0" * 64)
    fallen = Enricher.load()
    assert fallen.embedder is None and "not the file expected" in fallen.notice


def spoilt(folder: Path) -> Path:
    """Return a copy of the shipped models with one bit changed."""
    for path in linear.FOLDER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    assert linear.load(folder).fingerprint == linear.load().fingerprint
    victim = folder / "topic.bias.npy"
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.write_bytes(bytes(data))
    return folder


def test_changed_or_missing_models_are_refused_and_rules_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ModelRefused, match="not the file the manifest names"):
        linear.load(spoilt(tmp_path))
    encoder = enricher().embedder
    cold = Enricher.load(model_folder=tmp_path, embedder=encoder)
    assert "not the file the manifest names" in cold.notice and "rules" in cold.notice
    assert "not the file the manifest names" in caplog.text
    assert cold.fingerprint not in (enricher().fingerprint, Enricher.load(embedder=None).fingerprint)
    found = next(cold.enrich([told(CALL)]))
    assert summary(found)["primary"] == "FR-01"
    coded = [each for each in found.findings if each.subject in (Subject.TYPOLOGY, Subject.RELEVANCE)]
    assert coded and all("@rules-" in each.origin for each in coded)
    (tmp_path / linear.MANIFEST).unlink()
    bare = Enricher.load(model_folder=tmp_path, embedder=None)
    assert "cannot be read" in bare.notice
    assert summary(next(bare.enrich([told(NO_AI)])))["primary"] in ("X-01", None)


def test_copies_are_read_once_and_all_get_their_findings() -> None:
    class Counting:
        fingerprint = "counting/1/mean/none"
        dimensions = 3
        texts = 0

        def encode(self, texts: Sequence[str], kind: str) -> NDArray[np.float32]:
            self.texts += len(texts)
            return np.full((len(texts), 3), 3**-0.5, dtype=np.float32)

    encoder = Counting()
    copying = Enricher.load(embedder=encoder)
    first = told(CALL)
    reports = (first.model_copy(update={"id": f"rep-{place}"}) for place in range(5_000))
    found = list(copying.enrich(reports))
    assert encoder.texts == 1 and len({each.report for each in found}) == 5_000
    assert all(finding.report == found[-1].report for finding in found[-1].findings)
    values = [each.value for each in found[0].findings]
    assert len(values) > 5 and values == [each.value for each in found[-1].findings]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deepfake",
        "A deepfake of a director was used. " * 150_000,
        "a" * 5_000_000,
        "".join(chr(place % 0xD7FF) for place in range(200_000)),
        "\ufffd\x00\x01" * 20_000,
        "Мошенники deepfake 视频 نصيحة हिन्दी голос " * 3_000,
        "( [ { " * 100_000,
    ],
    ids=[
        "empty",
        "word",
        "5 MB of news",
        "5 MB without a space",
        "all letters",
        "binary",
        "scripts",
        "brackets",
    ],
)
def test_any_text_gets_an_answer(text: str) -> None:
    found = next(enricher().enrich([told(("", text))]))
    for finding in found.findings:
        if finding.start is not None:
            assert text[finding.start : finding.end] == finding.quote


def test_a_language_the_models_do_not_read_is_said_and_nothing_is_decided() -> None:
    title, text = (
        "Betrug mit Deepfake",
        "Ein Finanzchef überwies Millionen nach einem Anruf mit geklonter Stimme.",
    )
    german = told((title, text)).model_copy(update={"language": "de"})
    unknown = told((title, text)).model_copy(update={"language": "und"})
    found, plain = (next(enricher().enrich([report])) for report in (german, unknown))
    assert "in de" in found.notice and plain.notice == ""
    assert summary(found)["abstained"] is True and "in de" in str(summary(found)["notice"])
    scores = summary(plain)["scores"], summary(found)["scores"]
    assert all(isinstance(each, dict) for each in scores)
    assert max(scores[1].values()) < max(scores[0].values())  # type: ignore[attr-defined]  # shown above
    assert not any(each.value == "absent" for each in found.findings), "its words for AI are not known"


def test_a_reader_of_many_languages_judges_by_meaning() -> None:
    base = embedder.load()

    class Many:
        fingerprint = "many/1/mean/none"
        dimensions = base.dimensions
        languages = ("*",)

        def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> NDArray[np.float32]:
            return base.encode(texts, kind)

    many = Enricher.load(embedder=Many())
    report = told(CALL).model_copy(update={"language": "de"})
    found = next(many.enrich([report]))
    assert "nearness" in found.notice
    codes = [each for each in found.findings if each.subject is Subject.TYPOLOGY]
    assert codes[0].value == "FR-01" and {each.role for each in codes} == {"sibling"}
    assert all("@rules-" in each.origin for each in codes)


def test_a_long_text_becomes_passages_of_whole_sentences() -> None:
    line = "This is sentence number {} of a long report about a court case."
    text = " ".join(line.format(place) for place in range(300))
    places = passages(text)
    assert len(places) == PASSAGES
    for (_, end), (start, _) in pairwise(places):
        assert end <= start
    for start, end in places:
        assert text[start:end].startswith("This is") and text[start:end].endswith("case.")
        assert len(text[start:end].split()) <= PASSAGE_WORDS
    assert passages("") == ((0, 0),)


def test_the_summary_has_exactly_the_keys_that_programs_read() -> None:
    found = summary(next(enricher().enrich([told(CALL)])))
    contract = {"relevant", "primary", "others", "scores", "evidence", "facts", "abstained"}
    assert set(found) == contract | {"reason", "notice"}
    assert found["reason"] == found["notice"] == ""
    assert found["primary"] == "FR-01" and found["abstained"] is False
    relevant, scores, evidence, facts = (found[key] for key in ("relevant", "scores", "evidence", "facts"))
    assert isinstance(relevant, float) and relevant > 0.5
    assert isinstance(scores, dict) and max(scores, key=lambda code: scores[code]) == "FR-01"
    assert isinstance(evidence, list)
    assert all(set(item) == {"quote", "start", "end", "field", "subject"} for item in evidence)
    assert isinstance(facts, dict)
    assert set(facts["loss"][0]) == {"value", "quote", "start", "end", "field"}
