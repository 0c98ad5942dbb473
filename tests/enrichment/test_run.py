from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from collectors.errors import ModelRefused
from collectors.records import Claim, Report
from enrichment import embedder, linear, run
from enrichment.records import Subject
from enrichment.run import Enricher, passages, summary
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
    assert first.findings == second.findings
    np.testing.assert_array_equal(first.vectors, second.vectors)


def test_every_quote_is_verbatim() -> None:
    for wording in WORDINGS:
        report = told(wording)
        for finding in next(enricher().enrich([report])).findings:
            if finding.start is None:
                assert finding.quote == "" and finding.end is None
            else:
                whole = report.text if finding.field == "text" else report.title
                assert whole[finding.start : finding.end] == finding.quote


def test_hostile_texts_are_read_without_harm() -> None:
    for text in ("", "\n" * 9000, "a" * 200_000, "💥 deepfake\x00 ﷽ " * 500, ". . . ! ? " * 4000):
        found = next(enricher().enrich([told(("", text))]))
        assert 1 <= len(found.passages) <= run.PASSAGES


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


def test_changed_models_are_refused(tmp_path: Path) -> None:
    for path in linear.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert linear.load(tmp_path).fingerprint == linear.load().fingerprint
    victim = tmp_path / "topic.bias.npy"
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.write_bytes(bytes(data))
    with pytest.raises(ModelRefused, match="not the file the manifest names"):
        Enricher.load(model_folder=tmp_path, embedder=None)
    victim.unlink()
    with pytest.raises(ModelRefused):
        Enricher.load(model_folder=tmp_path, embedder=None)


def test_a_long_text_becomes_passages_of_whole_sentences() -> None:
    line = "This is sentence number {} of a long report about a court case."
    text = " ".join(line.format(place) for place in range(300))
    places = passages(text)
    assert len(places) == run.PASSAGES
    for (_, end), (start, _) in pairwise(places):
        assert end <= start
    for start, end in places:
        assert text[start:end].startswith("This is") and text[start:end].endswith("case.")
        assert len(text[start:end].split()) <= run.WORDS
    assert passages("") == ((0, 0),)


def test_the_summary_has_exactly_the_keys_that_programs_read() -> None:
    found = summary(next(enricher().enrich([told(CALL)])))
    assert set(found) == {"relevant", "primary", "others", "scores", "evidence", "facts", "abstained"}
    assert found["primary"] == "FR-01" and found["abstained"] is False
    relevant, scores, evidence, facts = (found[key] for key in ("relevant", "scores", "evidence", "facts"))
    assert isinstance(relevant, float) and relevant > 0.5
    assert isinstance(scores, dict) and max(scores, key=lambda code: scores[code]) == "FR-01"
    assert isinstance(evidence, list)
    assert all(set(item) == {"quote", "start", "end", "field", "subject"} for item in evidence)
    assert isinstance(facts, dict)
    assert set(facts["loss"][0]) == {"value", "quote", "start", "end", "field"}
