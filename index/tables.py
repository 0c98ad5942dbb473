"""The tables of the record, in types that SQLite and PostgreSQL share.

Ids are digests of content and carry the references; ``seq`` numbers are the record's own, never reused.
Times are ISO 8601 in UTC as text. Text sorts by code point and whole numbers have 64 bits in every database.
"""

import sqlalchemy
from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, LargeBinary, MetaData, Table
from sqlalchemy.schema import SchemaItem

Integer = BigInteger().with_variant(sqlalchemy.Integer(), "sqlite")
String = sqlalchemy.String().with_variant(sqlalchemy.String(collation="C"), "postgresql")
LongText = sqlalchemy.Text().with_variant(sqlalchemy.Text(collation="C"), "postgresql")
metadata = MetaData()


def _table(name: str, *items: SchemaItem) -> Table:
    return Table(name, metadata, *items, sqlite_autoincrement=True)


def _seq() -> Column[int]:
    return Column("seq", Integer, primary_key=True, autoincrement=True)


sources = _table(
    "sources",
    Column("key", String, primary_key=True),
    Column("body", LongText, nullable=False),
)
runs = _table(
    "runs",
    _seq(),
    Column("source", String, nullable=False),
    Column("started", String, nullable=False),
    Column("ended", String),
    Column("yielded", Integer, nullable=False),
    Column("error", LongText, nullable=False),
    Index("runs_source", "source", "seq"),
)
captures = _table(
    "captures",
    _seq(),
    Column("id", String, nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("requested_url", LongText, nullable=False),
    Column("disposition", String),
    Column("started", String, nullable=False),
    Column("body", LongText, nullable=False),
    Index("captures_url", "requested_url", "seq"),
    Index("captures_disposition", "disposition", "source"),
)
reports = _table(
    "reports",
    _seq(),
    Column("id", String, nullable=False, unique=True),
    Column("version", String, nullable=False),
    Column("source", String, nullable=False),
    Column("added", String, nullable=False),
    Index("reports_source", "source", "added"),
)
report_versions = _table(
    "report_versions",
    _seq(),
    Column("report", String, ForeignKey("reports.id"), nullable=False),
    Column("version", String, nullable=False),
    Column("captured", String, nullable=False),
    Column("body", LongText, nullable=False),
    Index("report_versions_report", "report", "version", unique=True),
)
seen = _table(
    "seen",
    Column("capture", String, ForeignKey("captures.id"), primary_key=True),
    Column("report", String, ForeignKey("reports.id"), primary_key=True),
    Index("seen_report", "report"),
)
findings = _table(
    "findings",
    Column("id", String, primary_key=True),
    Column("report", String, ForeignKey("reports.id"), nullable=False),
    Column("version", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("value", LongText, nullable=False),
    Column("role", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("field", String, nullable=False),
    Column("start", Integer),
    Column("end", Integer),
    Column("quote", LongText, nullable=False),
    Column("origin", String, nullable=False),
    Index("findings_report", "report"),
    Index("findings_subject", "subject", "value"),
)
enriched = _table(
    "enriched",
    Column("report", String, ForeignKey("reports.id"), primary_key=True),
    Column("version", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("passages", LongText, nullable=False),
    Column("dimensions", Integer, nullable=False),
    Column("vectors", LargeBinary, nullable=False),
)
incidents = _table(
    "incidents",
    _seq(),
    Column("id", String, nullable=False, unique=True),
    Column("redirect_to", String),
    Column("stale", Boolean, nullable=False),
    Column("body", LongText, nullable=False),
    Column("changed", Integer, nullable=False, server_default="0"),
    Index("incidents_redirect", "redirect_to"),
    Index("incidents_changed", "changed"),
)
incident_codes = _table(
    "incident_codes",
    Column("incident", String, ForeignKey("incidents.id"), primary_key=True),
    Column("concept", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("judged", Boolean, nullable=False),
    Index("incident_codes_concept", "concept"),
)
incident_refs = _table(
    "incident_refs",
    Column("incident", String, ForeignKey("incidents.id"), primary_key=True),
    Column("ref", String, primary_key=True),
    Index("incident_refs_ref", "ref"),
)
membership = _table(
    "membership",
    Column("incident", String, ForeignKey("incidents.id"), primary_key=True),
    Column("report", String, ForeignKey("reports.id"), primary_key=True),
    Column("part", String, primary_key=True, server_default=""),
    Index("membership_report", "report"),
)
links = _table(
    "links",
    Column("id", String, primary_key=True),
    Column("left", String, nullable=False),
    Column("right", String, nullable=False),
    Column("body", LongText, nullable=False),
    Index("links_left", "left"),
    Index("links_right", "right"),
)
sketches = _table(
    "sketches",
    Column("unit", String, primary_key=True),
    Column("report", String, ForeignKey("reports.id"), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("keys", LongText, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("reach", Float, nullable=False),
    Index("sketches_report", "report"),
)
judgements = _table(
    "judgements",
    _seq(),
    Column("id", String, nullable=False, unique=True),
    Column("verdict", String, nullable=False),
    Column("target", String, nullable=False),
    Column("body", LongText, nullable=False),
    Index("judgements_target", "target"),
)
waiting = _table(
    "waiting",
    Column("report", String, ForeignKey("reports.id"), primary_key=True),
    Column("why", String, nullable=False),
    Column("finding", String, nullable=False),
    Column("margin", Float, nullable=False),
    Index("waiting_why", "why"),
)
judged = _table(
    "judged",
    Column("judgement", Integer, ForeignKey("judgements.seq"), primary_key=True),
    Column("object", String, primary_key=True),
    Column("report", String, nullable=False),
    Index("judged_object", "object"),
    Index("judged_report", "report"),
)
audit = _table(
    "audit",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("entry", LongText, nullable=False),
    Column("head", String, nullable=False),
)
outbox = _table(
    "outbox",
    _seq(),
    Column("by", String, nullable=False),
    Column("object", String, nullable=False),
)
saved_searches = _table(
    "saved_searches",
    _seq(),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("changes", Boolean, nullable=False),
    Column("body", LongText, nullable=False),
    Column("at", String, nullable=False),
    Column("forgotten", String),
    Index("saved_searches_owner", "owner", "name"),
)
alerts = _table(
    "alerts",
    _seq(),
    Column("saved", Integer, ForeignKey("saved_searches.seq"), nullable=False),
    Column("incident", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", LongText, nullable=False),
    Column("at", String, nullable=False),
    Index("alerts_saved", "saved", "incident", "number", unique=True),
)
opened = _table(
    "opened",
    Column("saved", Integer, ForeignKey("saved_searches.seq"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("up_to", Integer, nullable=False),
)
issues = _table(
    "issues",
    _seq(),
    Column("id", String, nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("item", LongText, nullable=False),
    Column("body", LongText, nullable=False),
    Index("issues_item", "source", "item"),
)
meta = _table(
    "meta",
    Column("key", String, primary_key=True),
    Column("value", LongText, nullable=False),
)
