"""What the tests of the façade share: fictional stories, and what people do with a library."""

import json
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from collectors.errors import NotFound, WrongUse
from enrichment.records import Subject
from index.library import Library
from index.records import Actor, Decision, JudgedFinding, Judgement, Role, Verdict
from index.search.query import By, Results
from index.store import Store
from index.tables import audit, enriched, reports
from tests.index.hardship import LEAD, all_reports
from tests.index.log import fault

ANALYST = Actor(name="ada", role=Role.ANALYST)

TRAINER = Actor(name="tom", role=Role.TRAINER)

INVESTIGATOR = Actor(name="ivo", role=Role.INVESTIGATOR)

TEXT = "fake video call finance worker Hong Kong"

STORIES = {  # fictional
    "Ashford": (
        "Cloned voice of a director robs a firm in Ashford",
        "Police in Ashford said that criminals cloned the voice of a director with artificial "
        "intelligence. A clerk paid £200,000 after the call. A man was arrested on suspicion of fraud "
        "by false representation.",
    ),
    "Bexley": (
        "Chatbot wrote phishing mails to parents in Bexley",
        "A court in Bexley heard how a student had a chatbot write thousands of phishing e-mails "
        "about school meals. Parents typed their bank details into a copied page. He was jailed for "
        "two years in May 2025.",
    ),
    "Corby": (
        "Deepfake advert for a coin costs pensioners in Corby their savings",
        "An advert with a deepfake of a well-known presenter led forty pensioners in Corby to a false "
        "trading site for a digital coin. They lost £1.3 million. The regulator closed the site and "
        "warned the public.",
    ),
    "Dorking": (
        "Generated passports opened bank accounts in Dorking",
        "A bank in Dorking found accounts opened with passports drawn by an image generator. Face "
        "checks were passed with a virtual camera. The accounts moved stolen money abroad, and two "
        "men were charged.",
    ),
    "Epsom": (
        "Swapped faces kept a false romance alive in Epsom",
        "A widow from Epsom met a false engineer on a dating app. Live face swapping made the video "
        "calls look real for months, and she sent him £90,000 for a ship that did not exist. "
        "Detectives traced a gang.",
    ),
    "Frome": (
        "Language model helped write ransomware that stopped a clinic in Frome",
        "A clinic in Frome could not open its files for a week. The ransomware was written with the "
        "help of a language model, the attacker told a forum. The clinic did not pay, and no patient "
        "came to harm.",
    ),
    "Guildford": (
        "Cloned landlord collects deposits in Guildford",
        "Tenants in Guildford paid deposits to a caller who used a synthetic voice of their landlord. "
        "The letting agent noticed the calls after nine payments, and officers are looking for the "
        "caller.",
    ),
    "Hythe": (  # too little to code it by
        "Criminals in Hythe used artificial intelligence",
        "Criminals in Hythe used artificial intelligence against a family, police said. They had a false "
        "voice, a false picture and a false letter. How they meant to gain by it is not known. Two people "
        "were arrested.",
    ),
}

LATE = "Guildford"
"""A story that only comes in while a test goes on."""

CALLS: dict[str, Callable[[Library, Actor], object]] = {
    "add": lambda library, actor: library.add([], actor=actor),
    "collect": lambda library, actor: library.collect(["starter"], actor=actor),
    "enrich": lambda library, actor: library.enrich(actor=actor),
    "refresh": lambda library, actor: library.refresh(actor=actor),
    "rebuild": lambda library, actor: library.rebuild(actor=actor),
    "search": lambda library, actor: library.search(library.parse("voice"), actor=actor),
    "save_search": lambda library, actor: library.subscriptions.save_search(
        actor.name, library.parse("voice"), actor=actor
    ),
    "saved_searches": lambda library, actor: library.subscriptions.saved_searches(actor=actor),
    "alerts": lambda library, actor: library.subscriptions.alerts(actor=actor),
    "digest": lambda library, actor: library.subscriptions.digest("text", actor=actor),
    "forget_search": lambda library, actor: library.subscriptions.forget_search(actor.name, actor=actor),
    "incident": lambda library, actor: library.incident("case:case-0002", actor=actor),
    "report": lambda library, actor: library.report(all_reports(library)[0].id, actor=actor),
    "similar": lambda library, actor: library.similar("case:case-0002", actor=actor),
    "graph": lambda library, actor: library.analysis.graph(actor=actor),
    "find_nodes": lambda library, actor: library.analysis.find_nodes("voice", actor=actor),
    "surroundings": lambda library, actor: library.analysis.surroundings("FR-01", actor=actor),
    "paths": lambda library, actor: library.analysis.paths("FR-01", "FR-02", actor=actor),
    "measures": lambda library, actor: library.analysis.measures(actor=actor),
    "emerging": lambda library, actor: library.analysis.emerging(actor=actor),
    "tree": lambda library, actor: library.tree(actor=actor),
    "status": lambda library, actor: library.status(actor=actor),
    "verify": lambda library, actor: library.verify(actor=actor),
    "queue": lambda library, actor: library.queue(actor=actor),
    "merge_candidates": lambda library, actor: library.analysis.merge_candidates(actor=actor),
    "judge": lambda library, actor: library.judge(
        Decision(verdict=Verdict.ACCEPT, target=suggestion(library).finding.id), actor=actor
    ),
    "judge_all": lambda library, actor: library.judge_all(
        [Decision(verdict=Verdict.ACCEPT, target=suggestion(library).finding.id)], actor=actor
    ),
    "decisions": lambda library, actor: library.decisions(actor=actor),
    "learnable": lambda library, actor: library.learning.learnable(actor=actor),
    "retrain": lambda library, actor: attempt(lambda: library.learning.retrain(actor=actor), WrongUse),
    "releases": lambda library, actor: library.learning.releases(actor=actor),
    "accept_release": lambda library, actor: attempt(
        lambda: library.learning.accept_release("none", actor=actor), NotFound
    ),
    "refuse_release": lambda library, actor: attempt(
        lambda: library.learning.refuse_release("none", "untested", actor=actor), NotFound
    ),
    "lift_refusal": lambda library, actor: attempt(
        lambda: library.learning.lift_refusal("none", actor=actor), NotFound
    ),
    "roll_back_release": lambda library, actor: attempt(
        lambda: library.learning.roll_back_release(actor=actor), NotFound
    ),
    "export": lambda library, actor: library.export(["case:case-0002"], "json", actor=actor),
}


def attempt(call: Callable[[], object], expected: type[Exception]) -> None:
    """Make a call that a bare library has no answer to."""
    with suppress(expected):
        call()


def keep(folder: Path, town: str) -> Path:
    path = folder / f"{town}.txt"
    path.write_text("\n\n".join(STORIES[town]), "utf-8")
    return path


def ask(library: Library, text: str = TEXT, **fields: Any) -> Results:  # noqa: ANN401  # the fields of a Query
    return library.search(library.parse(text, **fields), actor=ANALYST)


def incident_of(library: Library, town: str) -> str:
    [told] = [report for report in all_reports(library) if town in report.title]
    return library.report(told.id, actor=ANALYST).incidents[0]


def codes(library: Library, incident: str) -> dict[str, JudgedFinding]:
    found = library.incident(incident, actor=ANALYST).findings
    return {each.finding.value: each for each in found if each.finding.subject is Subject.TYPOLOGY}


def history(library: Library, town: str) -> tuple[Judgement, ...]:
    return library.incident(incident_of(library, town), actor=ANALYST).judgements


def suggestion(library: Library) -> JudgedFinding:
    with closing(Store(library.settings.database_url)) as store:
        ids = [report.id for report in store.all_reports() if report.source == "drop-folder"]
        found = store.findings(ids)
    return next(each for key in ids for each in found[key] if each.finding.subject is Subject.TYPOLOGY)


def judge(library: Library, verdict: Verdict, target: str, **said: object) -> Judgement:
    return library.judge(
        Decision.model_validate({"verdict": verdict, "target": target, "reason": "so it is", **said}),
        actor=ANALYST,
    )


def counted(library: Library, code: str) -> int:
    facets = ask(library, "", facets=("typology",)).facets["typology"]
    return next((each.count for each in facets if each.value == code), 0)


def entries(library: Library) -> list[dict[str, Any]]:
    with closing(Store(library.settings.database_url)) as store, store.reading() as connection:
        return [json.loads(row.entry) for row in connection.execute(audit.select().order_by(audit.c.seq))]


def sound(library: Library) -> None:
    with closing(Store(library.settings.database_url)) as store:
        assert fault(store) is None


def cards(library: Library) -> tuple[int, int]:
    status = library.status(actor=LEAD)
    return status.reports, status.incidents


def answers(library: Library) -> list[Any]:
    """Return what must not depend on which index answers."""
    found: list[Any] = []
    for text in (TEXT, "cloned voice", "", '"artificial intelligence"'):
        for by in By:
            results = ask(library, text, by=by, limit=200, facets=("family", "country", "source"))
            found.append((results.total, [hit.id for hit in results.hits], results.facets, results.months))
    return found


def forget(library: Library) -> None:
    """Make the record believe that another model judged the stories."""
    ours = select(reports.c.id).where(reports.c.source == "drop-folder")
    with closing(Store(library.settings.database_url)) as store, store.writing() as connection:
        connection.execute(update(enriched).where(enriched.c.report.in_(ours)).values(fingerprint="other"))


def reenrich(library: Library) -> int:
    """Judge the stories anew, as after a change of models, and return how many were."""
    forget(library)
    return library.enrich(actor=LEAD)
