"""Of a divided report the index has for each incident the passage that tells it, and no other."""

from index.cards.maker import Cards
from index.incidents import Incidents
from index.records import Verdict
from index.search.query import By
from index.store import Store
from tests.enrichment.grouping.test_roundup import BAKERY, CHOIR, SHIPPING, TOGETHER
from tests.index.grouping.test_roundups import decide, keep, proposal
from tests.index.room import TYPOLOGY


def test_each_incident_is_searched_by_its_own_passage(incidents: Incidents, store: Store) -> None:
    [report] = keep(store, incidents, TOGETHER)
    cards = Cards(store, incidents, TYPOLOGY)
    [whole], _ = cards.make((By.INCIDENT, one.id) for one in incidents.all())
    assert TOGETHER in whole.text
    assert whole.vectors is not None
    assert len(whole.vectors) == 2, "both are of the beginning of the text"
    decide(incidents, Verdict.ACCEPT, proposal(incidents))
    made, _ = cards.make((By.INCIDENT, one.id) for one in incidents.all())
    told = {card.text: 0 if card.vectors is None else len(card.vectors) for card in made}
    assert told == {SHIPPING: 2, BAKERY: 0, CHOIR: 0}
    for card in made:  # where a passage stands is told by its place in the report
        assert card.shown is not None
        assert card.shown.texts == ((report.id, report.title, report.text),)
