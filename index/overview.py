"""What a library holds in numbers: its incidents by typology, and its state of health."""

from importlib.metadata import version

from enrichment.typology import Typology
from index.holdings import Holdings
from index.incidents import Incidents
from index.learning import measuring
from index.learning.releases import Releases
from index.records import ConceptCount, Status

VERSION = version("moriarty-library")
WORDS_ALONE = "the model that reads meaning could not be loaded, so words alone count"
SHOWN_ISSUES = 200


def concept_counts(incidents: Incidents, typology: Typology) -> tuple[ConceptCount, ...]:
    """Return the families with their leaves, then the scope codes, each with its number of incidents."""
    counted = incidents.tally()

    def count(concept_id: str, children: tuple[ConceptCount, ...] = ()) -> ConceptCount:
        total, judged = counted.get(concept_id, (0, 0))
        concept = typology.concept(concept_id)
        return ConceptCount(concept=concept, incidents=total, judged=judged, children=children)

    leaves = typology.leaves()
    families = tuple(
        count(family.id, tuple(count(leaf.id) for leaf in leaves if leaf.parent == family.id))
        for family in typology.families()
    )
    return families + tuple(count(scope.id) for scope in typology.scopes())


def status(holdings: Holdings) -> Status:
    """Return the state of health of a library."""
    store, finder, enricher = holdings.store, holdings.finder, holdings.enricher
    counts = store.counts()
    ends = sum(counts[end] for end in ("parsed", "quarantined", "unchanged", "pending"))
    stamp = finder.stamp()
    embedder = holdings.embedder
    return Status(
        home=str(holdings.settings.home),
        version=VERSION,
        **counts,
        balanced=counts["captured"] == ends,
        in_scope=finder.crimes(),
        queue=holdings.incidents.waiting_count(),
        unenriched=store.unenriched_count(enricher.fingerprint),
        generation=stamp.generation,
        indexed=stamp.cards,
        embedder=embedder.fingerprint if embedder else "none",
        model=enricher.fingerprint,
        audit_head=store.audit_head().root,
        last_run=store.last_run(),
        calibration=measuring.calibration(store, holdings.typology),
        release=Releases(holdings.settings.home).described(),
        notice=enricher.notice or ("" if embedder else WORDS_ALONE),
        sources=tuple(store.health()),
        issues=(*finder.issues(), *store.issues(SHOWN_ISSUES)),
    )
