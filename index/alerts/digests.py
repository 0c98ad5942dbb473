"""Alerts as a digest: text for people, JSON for programs, an Atom feed (RFC 4287) for feed readers."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from collectors.errors import WrongUse
from index.characters import visible, xml_safe
from index.records import Alert

ATOM = "http://www.w3.org/2005/Atom"
FORMATS = ("text", "json", "atom")
_OWN = uuid5(NAMESPACE_URL, "https://moriarty.invalid/alerts")


def write(alerts: Sequence[Alert], format_name: str, reader: str) -> bytes:
    """Return alerts, newest first, in one of ``FORMATS``; ``reader`` is whose digest it is.

    The same alerts give the same bytes. Raises ``WrongUse`` for another format.
    """
    if format_name == "text":
        return _text(alerts).encode("utf-8", "replace")
    if format_name == "json":
        return json.dumps(
            [alert.model_dump(mode="json") for alert in alerts], ensure_ascii=True, indent=2
        ).encode()
    if format_name == "atom":
        return _atom(alerts, reader)
    raise WrongUse(f"{format_name!r} is no format of a digest; there are {', '.join(FORMATS)}")


def _text(alerts: Sequence[Alert]) -> str:
    by_search: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        by_search.setdefault((alert.owner, alert.search), []).append(alert)
    lines: list[str] = []
    for (owner, name), mine in by_search.items():
        lines += [f"{name} ({owner}): {len(mine)}", *(_entry(alert) for alert in mine), ""]
    return "\n".join(lines)


def _entry(alert: Alert) -> str:
    mark = "changed" if alert.changed else "new"
    first = "  ".join(filter(None, (f"{alert.at:%Y-%m-%d %H:%M}", mark, alert.date, _line(alert.title))))
    return f"  {first}\n    {alert.incident}  {_line(alert.reason)}"


def _line(text: str) -> str:
    """Return text that stays on its line and cannot move a cursor."""
    return visible(" ".join(text.split()))


def _atom(alerts: Sequence[Alert], reader: str) -> bytes:
    feed = ElementTree.Element("feed", xmlns=ATOM)
    newest = max((alert.at for alert in alerts), default=datetime.fromtimestamp(0, UTC))
    _add(feed, "id", uuid5(_OWN, f"feed of {reader}").urn)
    _add(feed, "title", f"Moriarty: alerts for {reader}")
    _add(feed, "updated", newest.isoformat())
    _add(ElementTree.SubElement(feed, "author"), "name", "Moriarty")
    for alert in alerts:
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "id", uuid5(_OWN, alert.id).urn)
        _add(entry, "title", alert.title or "Untitled")
        _add(entry, "updated", alert.at.isoformat())
        _add(entry, "published", alert.at.isoformat())
        ElementTree.SubElement(entry, "category", term=_xml(alert.search), label=_xml(alert.search))
        said = (alert.search, "changed" if alert.changed else "", alert.date, alert.incident, alert.reason)
        _add(entry, "content", "\n".join(filter(None, said)))
    ElementTree.indent(feed)
    return bytes(ElementTree.tostring(feed, "utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    kind = {"type": "text"} if tag in ("title", "content") else {}
    ElementTree.SubElement(parent, tag, kind).text = _xml(text)


def _xml(text: str) -> str:
    """Return text with no character that XML cannot hold or that reverses the reading direction."""
    return xml_safe(text)
