"""The graph through the library: kept while nothing changes, made of what may be seen, safe to let out."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import networkx as nx
import pytest

from collectors.errors import NotFound
from enrichment.network.drawing import JOIN
from index.export.data import to_graphml
from index.library import Library
from index.records import Decision, Verdict
from tests.index.stories import ANALYST, judge, suggestion


def test_graph_is_kept_until_the_record_changes(library: Library) -> None:
    first = library.analysis.graph(actor=ANALYST)
    assert library.analysis.graph(actor=ANALYST) is first
    waiting = suggestion(library).finding
    library.judge(Decision(verdict=Verdict.REJECT, target=waiting.id, reason="no"), actor=ANALYST)
    changed = library.analysis.graph(actor=ANALYST)
    assert changed is not first
    incident = library.report(waiting.report, actor=ANALYST).incidents[0]
    gone = (f"incident:{incident}", f"technique:{waiting.value}")
    assert not changed.has_edge(*gone)


def test_shared_graph_cannot_be_changed(library: Library) -> None:
    with pytest.raises(nx.NetworkXError):
        library.analysis.graph(actor=ANALYST).remove_node("technique:FR-01")


def test_surroundings_take_a_key_an_id_an_outside_id_or_words(library: Library) -> None:
    by_ref = library.analysis.surroundings("case:case-0002", actor=ANALYST).centre
    assert library.analysis.surroundings(by_ref.id, actor=ANALYST).centre == by_ref
    assert library.analysis.surroundings(by_ref.id.partition(":")[2], actor=ANALYST).centre == by_ref
    assert library.analysis.surroundings("zoom", actor=ANALYST).centre.id == "platform:Zoom"
    for unknown in ("inc-0000000000", "case:none", "zzqqxx", ""):
        with pytest.raises(NotFound):
            library.analysis.surroundings(unknown, actor=ANALYST)


def test_edges_rest_on_findings_of_their_reports(library: Library) -> None:
    around = library.analysis.surroundings("platform:Zoom", actor=ANALYST)
    for edge in around.edges:
        assert edge.reports
        for finding in edge.evidence:
            report = library.report(finding.report, actor=ANALYST)
            assert finding.id in {held.finding.id for held in report.findings}
            if finding.start is not None:
                text = report.report.title if finding.field == "title" else report.report.text
                assert text[finding.start : finding.end] == finding.quote


def test_outlook_of_a_past_day_holds_nothing_later(library: Library) -> None:
    then = library.analysis.emerging(actor=ANALYST, as_of=date(2024, 6, 30))
    assert then.as_of == date(2024, 6, 30)
    named = {key for rise in then.rises for key in rise.incidents}
    named |= {key for incidents in then.unheard.values() for key in incidents} | {*then.unfit_incidents}
    assert named and all(rise.since <= date(2024, 6, 30) for rise in then.rises)
    told = [library.incident(key, actor=ANALYST).incident.first_published for key in named]
    assert all(day is not None and day.value <= "2024-06-30" for day in told)
    assert library.analysis.emerging(actor=ANALYST, as_of=date(1990, 1, 1)).rises == ()


def test_graphml_of_a_sensitive_incident_holds_no_words_of_others(library: Library) -> None:
    hits = library.search(library.parse("", filters={"family": ("CS",)}), actor=ANALYST).hits
    sensitive = [hit.id for hit in hits][:5]
    assert sensitive
    made = library.export(sensitive, "graphml", actor=ANALYST)
    graph = nx.read_graphml(io.BytesIO(made), force_multigraph=True)
    views = [library.incident(key, actor=ANALYST) for key in sensitive]
    told = {item.report.title for view in views for item in view.reports if item.report.source != "starter"}
    labels = {label for _, label in graph.nodes(data="label")}
    assert not told & labels
    assert {kind for _, kind in graph.nodes(data="type")} >= {"Incident", "Technique", "Report"}
    assert all("quote" not in held for _, _, held in graph.edges(data=True))


def test_graphml_survives_control_characters_and_surrogates() -> None:
    graph = nx.MultiDiGraph(typology="1")
    graph.add_node("tool:a\x00b", label="\x0b\ud800 <&> \U0001f9ff\ufffe", type="Tool")
    graph.add_edge("tool:a\x00b", "tool:c", key="follows", note="\x1b[31m", confidence=0.5)
    again = nx.read_graphml(io.BytesIO(to_graphml(graph)), force_multigraph=True)
    assert again.nodes["tool:a\ufffdb"]["label"] == "\ufffd\ufffd <&> \U0001f9ff\ufffd"
    assert again.edges["tool:a\ufffdb", "tool:c", "follows"]["note"] == "\ufffd[31m"


def ties(library: Library) -> list[tuple[str, str, str]]:
    """Return which incident is tied to which tool by which finding, where one finding alone says so."""
    return [
        (incident, tool, held["evidence"])
        for incident, tool, held in library.analysis.graph(actor=ANALYST).edges(data=True)
        if held["type"] == "uses_tool" and JOIN not in held["evidence"]
    ]


def test_graph_shows_a_decision_at_once_in_every_open_library(library: Library) -> None:
    incident, tool, evidence = ties(library)[0]
    with Library.open(library.settings) as other:
        for deciding, looking in ((library, other), (other, library)):
            assert all(one.analysis.graph(actor=ANALYST).has_edge(incident, tool) for one in (library, other))
            rejected = judge(deciding, Verdict.REJECT, evidence)
            for one in (looking, deciding):
                assert not one.analysis.graph(actor=ANALYST).has_edge(incident, tool)
                around = one.analysis.surroundings(incident, actor=ANALYST)
                assert tool not in {node.id for node in around.layers[0]}
            judge(looking, Verdict.UNDO, rejected.id)


def test_graph_shows_concurrent_decisions_to_each_who_decided(library: Library) -> None:
    def still_drawn(tie: tuple[str, str, str]) -> object:
        incident, tool, evidence = tie
        judge(library, Verdict.REJECT, evidence)
        return library.analysis.graph(actor=ANALYST).has_edge(incident, tool)

    with ThreadPoolExecutor(4) as sessions:
        drawn = list(sessions.map(still_drawn, ties(library)[:12]))
    assert len(drawn) == 12
    assert not any(drawn)
