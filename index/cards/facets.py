"""Facets of a card: its values to filter by and to count."""

from collections.abc import Sequence
from datetime import date

from collectors.records import Report
from enrichment.records import Code, CodeRole, Finding, Subject
from enrichment.typology import Typology
from index.cards.facts import dollars, loss, scope, territories, values
from index.search.bands import loss_band

_LISTED = {
    "country": Subject.COUNTRY,
    "modality": Subject.MODALITY,
    "tool": Subject.TOOL,
    "organisation": Subject.ORGANISATION,
}
_SINGLE = {"event_kind": Subject.EVENT_KIND, "outcome": Subject.OUTCOME}


def facets_of(
    codes: Sequence[Code],
    findings: Sequence[Finding],
    reports: Sequence[Report],
    day: date | None,
    by: str,
    typology: Typology,
) -> dict[str, tuple[str, ...]]:
    """Return the facets of an incident or report, values by the names in ``FACETS``.

    ``day`` is its sort date, ``by`` who decided its codes (``facts.status``).
    """
    firm = [code.concept for code in codes if not code.near_miss]
    leaves = [code for code in firm if typology.is_leaf(code)]
    main = tuple(code.concept for code in codes if code.role == CodeRole.PRIMARY)
    facets = {name: values(findings, subject) for name, subject in _LISTED.items()}
    facets |= {name: values(findings, subject)[:1] for name, subject in _SINGLE.items()}
    facets |= {
        "country": territories(facets["country"]),
        "scope": (scope(next(iter(main), None), next(iter(facets["event_kind"]), ""), typology),),
        "primary": main,
        "typology": tuple(firm),
        "family": tuple(dict.fromkeys(typology.family_of(code) for code in leaves)),
        "source": tuple(dict.fromkeys(report.source for report in reports)),
        "status": (by,),
        "year": (str(day.year),) if day else (),
        "loss_band": loss_band(dollars(loss(findings))),
    }
    return facets
