"""Which technique sets up which: where incidents show it in their words, else where the typology says so."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import Any

import networkx as nx

from enrichment.extraction.names import developer
from enrichment.network.codes import confidence_of, credible_codes
from enrichment.network.drawing import JOIN, Basis, add_edge, date_range, from_list, node_key
from enrichment.network.incident_edges import is_crime
from enrichment.records import Code, CodeRole, Finding, Incident, Subject
from enrichment.typology import Typology

SOURCE = Path(__file__).with_name("enables.toml")
"""Which conduct is a step to which other, and who says so."""
BY = "enabling"

Pair = tuple[str, str]
"""A leaf and one that it sets up."""
_Coded = tuple[Incident, tuple[Code, ...]]
_Steps = Mapping[Pair, "Step"]


@dataclass(frozen=True)
class Step:
    """Why one leaf can set up another: the typology's own words in the entry ``of``, or else ours."""

    known: bool
    """Whether the typology says so of this very pair."""
    said: str
    supplies: bool
    """Whether the first leaf is about those who offer a tool."""


@dataclass(frozen=True)
class Case:
    """Incidents that show one leaf setting up another, and the findings that say so."""

    incidents: tuple[Incident, ...]
    findings: tuple[Finding, ...]
    sure: float
    tool: str = ""
    """What was offered in the first incident and used in the second; empty where one incident is both."""


@lru_cache(maxsize=2)
def steps(typology: Typology) -> Mapping[Pair, Step]:
    """Return every pair of leaves of which the first can set up the second."""
    found: dict[Pair, Step] = {}
    for entry in tomllib.loads(SOURCE.read_text("utf-8"))["step"]:
        for target in entry["then"]:
            leaf = typology.is_leaf(target)
            for then in [target] if leaf else [one.id for one in typology.leaves() if one.parent == target]:
                found.setdefault((entry["first"], then), _step(entry, named=leaf))
    return found


def _step(entry: Mapping[str, Any], *, named: bool) -> Step:
    said = f'the typology says of {entry["of"]}: "{entry["words"]}"' if "words" in entry else entry["why"]
    return Step(known=named and "words" in entry, said=said, supplies=bool(entry.get("supplies")))


def cases(incidents: Sequence[Incident], typology: Typology) -> dict[Pair, tuple[Case, ...]]:
    """Return the incidents that show one leaf setting up another, by pair.

    An incident shows it that is a case of both and quoted for it; so do an incident about those who offer a
    tool, and one of another kind that names that tool. Tools of known developers tie nothing: they serve
    everybody.
    """
    crimes = [(one, credible_codes(one, typology)) for one in incidents if is_crime(one)]
    found: dict[Pair, list[Case]] = defaultdict(list)
    known = steps(typology)
    for pair, case in (*_of_both(crimes, known), *_offered(crimes, known)):
        found[pair].append(case)
    return {pair: tuple(held) for pair, held in sorted(found.items())}


def _of_both(crimes: Sequence[_Coded], known: _Steps) -> Iterator[tuple[Pair, Case]]:
    for incident, codes in crimes:
        for first, then in permutations(codes, 2):
            if (first.concept, then.concept) in known:
                quotes = tuple(quote for code in (first, then) for quote in _quoted(code, incident))
                if quotes:
                    sure = min(confidence_of(first), confidence_of(then))
                    yield (first.concept, then.concept), Case((incident,), quotes, sure)


def _quoted(code: Code, incident: Incident) -> Sequence[Finding]:
    """Return the best finding of a code that quotes its report, if there is one."""
    order = {finding: place for place, finding in enumerate(code.findings)}
    held = [one for one in incident.findings if one.id in order and one.quote]
    return sorted(held, key=lambda one: order[one.id])[:1]


def _offered(crimes: Sequence[_Coded], known: _Steps) -> Iterator[tuple[Pair, Case]]:
    naming: dict[str, list[tuple[_Coded, Finding]]] = defaultdict(list)
    for incident, codes in crimes:
        for tool, finding in _tools(incident).items():
            naming[tool].append(((incident, codes), finding))
    for tool, told in naming.items():
        if len(told) > 1 and developer(tool) is None:
            for (offering, offer), (using, use) in permutations(told, 2):
                for pair, sure in _supplied(offering[1], using[1], known):
                    both = offering[0], using[0]
                    yield pair, Case(both, (offer, use), min(sure, offer.score, use.score), tool)


def _supplied(offering: Sequence[Code], using: Sequence[Code], known: _Steps) -> Iterator[tuple[Pair, float]]:
    """Yield what the leaf of an offer sets up in another incident, unless that is about the offer too."""
    offer = next((code for code in offering if code.role == CodeRole.PRIMARY), None)
    if offer is None or any(code.concept == offer.concept for code in using):
        return
    for then in using:
        pair = offer.concept, then.concept
        if pair in known and known[pair].supplies:
            yield pair, min(confidence_of(offer), confidence_of(then))


def _tools(incident: Incident) -> dict[str, Finding]:
    """Return the tools an incident names in its reports' words, each with the best finding."""
    return {
        finding.value: finding
        for finding in reversed(incident.findings)
        if finding.subject is Subject.TOOL and finding.quote
    }


def add_enabling(
    graph: nx.MultiDiGraph,
    techniques: Sequence[str],
    shown: Mapping[Pair, Sequence[Case]],
    typology: Typology,
) -> None:
    """Add ``enables`` between techniques: on the evidence of cases, else on the typology's own words."""
    for (first, then), step in steps(typology).items():
        ends = node_key("Technique", first), node_key("Technique", then)
        if ends[0] in techniques and ends[1] in techniques:
            if held := shown.get((first, then)):
                add_edge(graph, (*ends, "enables"), _evidenced(held, step))
            elif step.known:
                add_edge(graph, (*ends, "enables"), from_list(graph, step.said))


def _evidenced(shown: Sequence[Case], step: Step) -> Basis:
    incidents = [incident for case in shown for incident in case.incidents]
    both = sum(not case.tool for case in shown)
    tools = sorted({case.tool for case in shown if case.tool})
    notes = [f"{both} incident{'s are cases' if both > 1 else ' is a case'} of both"] if both else []
    notes += [f"{tool}, offered in one incident, is named in another" for tool in tools]
    return Basis(
        by=[BY],
        confidence=max(case.sure for case in shown),
        evidence=[finding.id for case in shown for finding in case.findings],
        reports=[finding.report for case in shown for finding in case.findings],
        seen=date_range(*incidents),
        note=JOIN.join([*notes, step.said]),
    )
