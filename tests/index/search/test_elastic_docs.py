"""The configuration that docs/elasticsearch.md shows works as it stands."""

import json
import re
import shutil
import subprocess
import uuid
from fnmatch import fnmatch
from pathlib import Path

import pytest

from collectors.errors import SearchDown, WrongUse
from index.search.elastic.backend import ElasticBackend
from index.search.elastic.server import Server
from index.search.language.parser import parse
from index.search.query import Stamp
from index.settings import Settings
from tests.index.search import elastic_server
from tests.index.search.elastic_faults import faulty
from tests.index.search.searching import DIMENSIONS, card, numbers

MANUAL = (Path(__file__).resolve().parents[3] / "docs" / "elasticsearch.md").read_text("utf-8")
pytestmark = pytest.mark.skipif(bool(elastic_server.missing()), reason=elastic_server.missing())


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)
    assert found
    return found[1]


def configured(monkeypatch: pytest.MonkeyPatch, home: Path) -> Settings:
    """Return the settings of the example's environment."""
    for line in block("sh").splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value)
    return Settings.load(home)


def test_every_setting_is_shown_and_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = configured(monkeypatch, tmp_path)
    assert settings.search_server == Server(
        "https://search.example:9200", "ZW5jb2RlZDprZXk=", Path("/etc/moriarty/ca.pem"), "moriarty"
    )
    shown = set(re.findall(r"MORIARTY_ELASTICSEARCH_(\w+)=", MANUAL))
    assert shown == {
        name.removeprefix("elasticsearch_").upper()
        for name in Settings.model_fields
        if name.startswith("elasticsearch_")
    }


def test_the_key_reaches_the_indexes_that_are_made_and_no_others() -> None:
    (granted,) = json.loads(block("json"))["role_descriptors"]["moriarty"]["indices"]
    with pytest.MonkeyPatch.context() as patched:
        server = configured(patched, Path("/")).search_server
    assert server is not None
    (pattern,) = granted["names"]
    assert fnmatch(f"{server.prefix}-0123456789-1", pattern)
    assert not fnmatch("payroll-1", pattern)
    assert set(granted["privileges"]) == {"read", "write", "manage"}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate, and is not here")
def test_the_example_works_over_tls_and_only_with_its_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = tmp_path / "ca.pem"
    request = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    files = ["-keyout", str(certificate), "-out", str(tmp_path / "only.pem")]
    subprocess.run(["openssl", *request.split(), *files], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + (tmp_path / "only.pem").read_text())
    prefix = f"test{uuid.uuid4().hex[:10]}"
    with elastic_server.elasticsearch(tmp_path) as url, faulty(url, certificate) as secured:
        settings = configured(monkeypatch, tmp_path)
        changed = {"elasticsearch_url": secured.url, "elasticsearch_prefix": prefix}
        real_key = elastic_server.server(url, prefix).api_key
        changed |= {"elasticsearch_api_key": real_key} if real_key else {}
        here = Settings(**{**dict(settings), **changed, "elasticsearch_ca": tmp_path / "only.pem"})
        assert here.search_server is not None
        backend = ElasticBackend(here.search_server, dimensions=DIMENSIONS)
        assert backend.rebuild([card(1, "scam")], 1) == Stamp(generation=1, cards=1, applied=1)
        assert numbers(backend.words(parse("scam"), 5).ids) == [1]
        backend.close()
        stranger = ElasticBackend(Server(secured.url, prefix=prefix), dimensions=DIMENSIONS)
        with pytest.raises(SearchDown, match="TlsError"):
            stranger.stamp()
        stranger.close()
        elastic_server.drop(url, prefix)


def test_certificates_that_are_not_there_are_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="certificates"):
        ElasticBackend(Server("https://search.example:9200", ca=tmp_path / "none.pem"))
