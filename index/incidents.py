"""Incidents: stable names for what machines group, and what people decide about them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, bindparam, select, update

from enrichment.records import CodeRole, Incident, Link, report_of
from enrichment.typology import Typology
from index import audit
from index.deriving import Derived, Pool, as_incident, derive, keep_codes, standing_findings
from index.desk import deciding, judgements, merging, weighing
from index.desk.decisions import QueueItem
from index.desk.drafting import Decided
from index.grouping import constraints, members, parts, roundups, settling
from index.records import (
    Actor,
    Decision,
    IncidentView,
    JudgedFinding,
    Judgement,
)
from index.rows import outbox, reading, refs, viewing, waiting
from index.rows.outbox import chunks
from index.search.language import words
from index.store import PAGE, Store
from index.tables import incident_codes, incidents

RENEWED_AT_ONCE = 200
"""Incidents derived in one transaction of a regrouping, which takes a fraction of a second."""


class Incidents:
    """The incidents of a store; ``pool`` makes their codes from the findings that stand."""

    def __init__(self, store: Store, typology: Typology, pool: Pool) -> None:
        self._store, self._typology, self._pool = store, typology, pool

    def regroup(
        self,
        found: Sequence[Sequence[str]],
        why: Sequence[Link],
        actor: Actor,
        among: Collection[str] | None = None,
    ) -> int:
        """Make the clusters the incidents, and return how many incidents changed.

        An incident keeps its id with the cluster that holds most of its reports. If a cluster joins several
        incidents, the oldest keeps its id and the others redirect to it. What people merged or split holds,
        whatever the clusters say; an incident none of whose reports is in a cluster stays as it is. Links are
        replaced: all, or those of the reports ``among`` which the clusters were found.

        Grouping is one transaction; what incidents derive from their reports follows in several short ones,
        because every search waits for a writer. Until then readers derive it themselves.
        """
        with self._store.writing() as connection:
            changed = settling.settle(connection, found)
            folded = members.replace_links(connection, why, among)
            outbox.note_reports(connection, folded)
            audit.append(connection, actor, "group", f"{len(found)} clusters", after=f"{changed} changed")
        stale = True
        while stale:
            with self._store.writing() as connection:
                stale = bool(ids := _stale(connection, RENEWED_AT_ONCE))
                self._renew(connection, ids)
        weighing.weigh_all(self._store, self._typology)
        return changed

    def judge(self, decision: Decision, actor: Actor) -> Judgement:
        """Record what a person decided, in one transaction with its effects.

        Raises ``NotFound``, ``Stale`` and ``WrongUse``; the library checks who may judge.
        """
        return self.judge_all([decision], actor)[0]

    def judge_all(self, decisions: Sequence[Decision], actor: Actor) -> list[Judgement]:
        """Record several decisions as ``judge`` does one: all of them or, where one cannot be, none."""
        with self._store.writing() as connection:
            made = [deciding.decide(connection, each, actor, self._typology) for each in decisions]
            if any(each.regroups for each in made):
                # What machines did since may contradict decisions that count again.
                settling.settle(connection, list(members.everything(connection).values()))
            for decided in made:
                _note(connection, decided, actor)
            self._renew(connection, _stale(connection))
            weighing.weigh(connection, self._typology)
        return [each.judgement for each in made]

    def _renew(self, connection: Connection, ids: Sequence[str]) -> None:
        """Derive these incidents anew from their reports, findings and judgements."""
        for part in chunks(ids):
            derived = self._derived(connection, members.units(connection, part))
            connection.execute(
                update(incidents).where(incidents.c.id == bindparam("which")).values(stale=False),
                [{"which": key, "body": what.model_dump_json()} for key, (what, _) in derived.items()],
            )
            refs.keep(connection, {key: what.refs for key, (what, _) in derived.items()})
            codes = {key: what.codes for key, (what, _) in derived.items()}
            told = members.members(connection, keep_codes(connection, part, codes))
            outbox.note(connection, "report", sorted({report for each in told.values() for report in each}))

    def _derived(
        self, connection: Connection, told: dict[str, list[str]]
    ) -> dict[str, tuple[Derived, list[JudgedFinding]]]:
        ids = list(dict.fromkeys(report_of(unit) for each in told.values() for unit in each))
        found = reading.reports_by_id(connection, ids)
        judged = reading.judged_findings(connection, ids)
        sources = reading.sources_by_key(connection)
        several = [report_of(unit) for each in told.values() if len(each) > 1 for unit in each]
        leaders = members.leaders(connection, several)
        result = {}
        for key, each in told.items():
            findings = parts.pooled(each, judged)
            texts = [parts.told_by(unit, found[report_of(unit)]) for unit in each]
            copies = parts.by_text(each, leaders)
            derived = derive(texts, findings, sources, self._typology, self._pool, copies)
            result[key] = (derived, findings)
        return result

    def _load(self, connection: Connection, ids: Sequence[str]) -> list[Incident]:
        rows: dict[str, tuple[bool, str]] = {}
        for part in chunks(ids):
            query = select(incidents.c.id, incidents.c.stale, incidents.c.body)
            rows.update(
                (row.id, (row.stale, row.body))
                for row in connection.execute(query.where(incidents.c.id.in_(part)))
            )
        told = members.units(connection, ids)
        # Between enrichment and grouping the kept fields may lag behind; reading then derives them.
        fresh = self._derived(connection, {key: told[key] for key, (stale, _) in rows.items() if stale})
        kept = [report_of(unit) for key, (stale, _) in rows.items() if not stale for unit in told[key]]
        judged = reading.judged_findings(connection, list(dict.fromkeys(kept)))
        loaded = []
        for key in ids:
            if key in fresh:
                what, findings = fresh[key]
            else:
                what = Derived.model_validate_json(rows[key][1])
                findings = parts.pooled(told[key], judged)
            reports = dict.fromkeys(map(report_of, told[key]))
            loaded.append(as_incident(key, reports, standing_findings(findings), what))
        return loaded

    def resolve(self, key: str) -> str:
        """Return the id an incident has today; raises ``NotFound``."""
        with self._store.reading() as connection:
            return members.resolve(connection, key)

    def incident(self, key: str) -> Incident:
        """Return an incident, or the one it was merged into; raises ``NotFound``."""
        with self._store.reading() as connection:
            return self._load(connection, [members.resolve(connection, key)])[0]

    def many(self, ids: Sequence[str]) -> dict[str, Incident]:
        """Return these incidents by the ids asked for, each as what it is today; raises ``NotFound``."""
        with self._store.reading() as connection:
            current = {key: members.resolve(connection, key) for key in ids}
            loaded = self._load(connection, list(dict.fromkeys(current.values())))
        by_id = {incident.id: incident for incident in loaded}
        return {key: by_id[now] for key, now in current.items()}

    def all(self) -> Iterator[Incident]:
        """Yield every live incident, oldest first."""
        after = 0
        live = select(incidents.c.seq, incidents.c.id).where(incidents.c.redirect_to.is_(None))
        while True:
            with self._store.reading() as connection:
                query = live.where(incidents.c.seq > after).order_by(incidents.c.seq).limit(PAGE)
                rows = list(connection.execute(query))
                page = self._load(connection, [row.id for row in rows])
            yield from page
            if len(rows) < PAGE:
                return
            after = rows[-1].seq

    def view(self, key: str) -> IncidentView:
        """Return an incident with its reports, findings, links and history; raises ``NotFound``."""
        with self._store.reading() as connection:
            current = members.resolve(connection, key)
            incident = self._load(connection, [current])[0]
            found = reading.report_views(connection, incident.reports)
            views = tuple(found[report] for report in incident.reports)
            units = members.units(connection, [current])[current]
            links = viewing.links_within(connection, incident.reports)
            history = merging.history(connection, current)
            return IncidentView(
                incident=incident,
                reports=views,
                findings=tuple(parts.pooled(units, {key: view.findings for key, view in found.items()})),
                links=links,
                accounts=viewing.accounts(views, links),
                passages=tuple(unit for unit in units if unit not in found),
                references=viewing.references(views),
                timeline=viewing.timeline(views),
                lessons=viewing.lessons(views),
                judgements=tuple(reversed(history)),
                decided=max((each.at for each in history), default=None),
                redirected_from=key if key != current else None,
            )

    def of_reports(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the incidents that each of these reports tells, oldest first; none for a report in none."""
        with self._store.reading() as connection:
            told = members.of_reports(connection, ids)
        return {key: tuple(told.get(key, ())) for key in ids}

    def by_ref(self, ref: str) -> str | None:
        """Return the oldest incident with an outside id, such as ``aiid:147``, or None."""
        if not words.ID.fullmatch(ref):  # a database may refuse what is no text, or raise over it
            return None
        with self._store.reading() as connection:
            return refs.oldest(connection, words.identifier(ref))

    def constraints(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return the pairs of reports people put together, and those they took apart."""
        with self._store.reading() as connection:
            return constraints.constraints(judgements.about_grouping(connection))

    def divisions(self) -> dict[str, tuple[str, ...]]:
        """Return the passages of each report that people divided."""
        with self._store.reading() as connection:
            return parts.divided(judgements.standing_judgements(judgements.about_grouping(connection)))

    def queue(self, limit: int = 50, offset: int = 0, why: str | None = None) -> tuple[QueueItem, ...]:
        """Return the suggestions that most need a person, round-ups first; ``why`` keeps one kind."""
        weighing.weigh_all(self._store, self._typology)
        with self._store.reading() as connection:
            return roundups.before_others(connection, limit, offset, why)

    def waiting_count(self) -> int:
        """Return how many suggestions wait for a person."""
        weighing.weigh_all(self._store, self._typology)
        with self._store.reading() as connection:
            return waiting.count(connection) + len(roundups.queue(connection))

    def tally(self) -> dict[str, tuple[int, int]]:
        """Return for each code and family how many incidents carry it, and how many a person decided."""
        table = incident_codes.c
        query = select(table.incident, table.concept, table.judged).where(table.role != CodeRole.NEAR_MISS)
        carried: dict[str, set[str]] = defaultdict(set)
        decided: dict[str, set[str]] = defaultdict(set)
        with self._store.reading() as connection:
            for incident, concept, judged in connection.execute(query):
                for key in {concept, self._typology.family_of(concept)}:
                    carried[key].add(incident)
                    if judged:
                        decided[key].add(incident)
        return {key: (len(incidents), len(decided[key])) for key, incidents in carried.items()}


def _stale(connection: Connection, limit: int | None = None) -> list[str]:
    """Return the ids of incidents whose reports, findings or judgements changed since they were derived."""
    query = select(incidents.c.id).where(incidents.c.stale).order_by(incidents.c.seq).limit(limit)
    return list(connection.execute(query).scalars())


def _note(connection: Connection, decided: Decided, actor: Actor) -> None:
    """Leave an entry of what was decided, and let the index know what it changed."""
    judgement = decided.judgement
    audit.append(
        connection,
        actor,
        judgement.verdict,
        judgement.target,
        before=decided.before,
        after=" ".join((judgement.subject or "", judgement.value, *judgement.members)).strip(),
        reason=judgement.reason,
    )
    told = members.members(connection, decided.incidents)
    outbox.note(connection, "incident", decided.incidents)
    outbox.note_reports(connection, sorted({report for each in told.values() for report in each}))
