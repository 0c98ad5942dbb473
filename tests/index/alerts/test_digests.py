"""A digest of alerts, read back by the programs it is meant for."""

import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from lxml import etree

from collectors.errors import WrongUse
from index.alerts.digests import ATOM, write
from index.records import Alert

HOSTILE = "<script>alert(1)</script> & ]]> \x00\x1b[2J\u202e \ud800 <![CDATA[ &amp; \n‘ünï’"
WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def alert(number: int, **said: object) -> Alert:
    plain = {
        "id": f"alr-{number:020x}",
        "search": "Voices",
        "owner": "ada",
        "incident": f"inc-{number:020x}",
        "title": f"A fictional firm loses {number} pounds",
        "date": "2026-02",
        "reason": "words: voice",
        "at": WHEN - timedelta(hours=number),
    }
    return Alert.model_validate(plain | said)


ALERTS = [alert(1), alert(2, title=HOSTILE, reason=HOSTILE, search="R&D <b>"), alert(3, changed=True)]


def test_atom_feed_is_read_by_a_feed_reader() -> None:
    feed = feedparser.parse(write(ALERTS, "atom", "ada"))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.title == "Moriarty: alerts for ada"
    assert feed.feed.author == "Moriarty"
    assert feed.feed.updated == ALERTS[0].at.isoformat()
    assert [entry.title for entry in feed.entries][::2] == [ALERTS[0].title, ALERTS[2].title]
    assert all(entry.content[0].type == "text/plain" for entry in feed.entries)
    assert "words: voice" in feed.entries[0].content[0].value
    assert ALERTS[0].incident in feed.entries[0].content[0].value
    assert "changed" in feed.entries[2].content[0].value
    assert [entry.tags[0].term for entry in feed.entries] == ["Voices", "R&D <b>", "Voices"]


def test_atom_feed_has_what_rfc_4287_requires_and_stable_ids() -> None:
    payload = write(ALERTS, "atom", "ada")
    root = etree.fromstring(payload, etree.XMLParser(resolve_entities=False, no_network=True))
    assert root.tag == f"{{{ATOM}}}feed"
    for element in (root, *root.findall(f"{{{ATOM}}}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{{{ATOM}}}{name}")) == 1
    ids = [found.text for found in root.iter(f"{{{ATOM}}}id")]
    assert len(set(ids)) == 1 + len(ALERTS)
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert payload == write(ALERTS, "atom", "ada")
    later = etree.fromstring(write([alert(0), *ALERTS], "atom", "ada"))
    assert [found.text for found in later.iter(f"{{{ATOM}}}id")][2:] == ids[1:]


def test_atom_feed_keeps_hostile_text_as_text() -> None:
    root = etree.fromstring(write(ALERTS, "atom", "ada"))
    assert {element.tag.removeprefix(f"{{{ATOM}}}") for element in root.iter()} == {
        *("feed", "id", "title", "updated", "author", "name", "entry", "published", "category", "content")
    }
    title = root.findall(f"{{{ATOM}}}entry")[1].find(f"{{{ATOM}}}title")
    assert title.get("type") == "text"
    assert title.text.startswith("<script>alert(1)</script> & ]]> \ufffd\ufffd[2J")


def test_atom_feed_without_alerts_is_valid() -> None:
    feed = feedparser.parse(write([], "atom", "<ada>"))
    assert not feed.bozo
    assert feed.entries == []
    assert feed.feed.title == "Moriarty: alerts for <ada>"


def test_json_digest_equals_the_alerts() -> None:
    assert [Alert.model_validate(row) for row in json.loads(write(ALERTS[::2], "json", "ada"))] == ALERTS[::2]
    assert json.loads(write([], "json", "ada")) == []


def test_text_digest_groups_by_search_and_cannot_move_the_cursor() -> None:
    said = write(ALERTS, "text", "ada").decode()
    assert said.index("Voices (ada): 2") < said.index("R&D <b> (ada): 1")
    assert "2026-03-01 11:30  new  2026-02  A fictional firm loses 1 pounds" in said
    assert not set("\x00\x1b\u202e") & set(said)
    assert len(said.splitlines()) == 2 + 2 * len(ALERTS) + 1
    assert write([], "text", "ada") == b""


def test_digest_refuses_another_format() -> None:
    with pytest.raises(WrongUse, match="text, json, atom"):
        write(ALERTS, "rss", "ada")
