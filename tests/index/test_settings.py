"""Settings come from the environment once, and from nowhere else."""

from pathlib import Path

import pydantic
import pytest

from collectors.errors import WrongUse
from index.search.elastic.server import Server
from index.settings import Settings

NAMES = ("HOME", "DATABASE_URL", "EMBEDDER", "ALLOWED_HOSTS", "ELASTICSEARCH_URL")
ELASTIC = ("ELASTICSEARCH_API_KEY", "ELASTICSEARCH_CA", "ELASTICSEARCH_PREFIX")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES + ELASTIC:
        monkeypatch.delenv(f"MORIARTY_{name}", raising=False)


def test_everything_lives_under_one_folder(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'library.sqlite'}"
    assert {settings.evidence.parent, settings.index.parent, settings.state.parent} == {tmp_path}
    assert (settings.embedder, settings.allowed_hosts) == (None, frozenset())
    assert settings.actor_name


def test_the_environment_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = (
        str(tmp_path),
        "postgresql://db/moriarty",
        "./model",
        "127.0.0.1:8123, [::1]:9",
        "http://es:9200",
    )
    for name, value in zip(NAMES, values, strict=True):
        monkeypatch.setenv(f"MORIARTY_{name}", value)
    settings = Settings.load()
    assert settings.home == tmp_path
    assert settings.database_url == values[1]
    assert settings.embedder == values[2]
    assert settings.allowed_hosts == {"127.0.0.1:8123", "[::1]:9"}
    assert settings.elasticsearch_url == values[4]


def test_an_argument_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORIARTY_HOME", "/elsewhere")
    assert Settings.load(tmp_path).home == tmp_path


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORIARTY_HOME", " ")
    assert Settings.load().home.name == "moriarty"


def test_a_user_without_a_name_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(KeyError("uid 4242")))
    assert Settings.load(tmp_path).actor_name == "unknown"


def test_nobody_decides_under_the_name_of_the_bundled_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "starter")
    with pytest.raises(WrongUse, match="bundled cases"):
        Settings.load(tmp_path)


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(pydantic.ValidationError):
        setattr(Settings.load(tmp_path), "home", Path("/"))  # noqa: B010 (mypy refuses the plain form)


def test_a_search_server_is_named_with_its_key_which_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings.load(tmp_path).search_server is None
    monkeypatch.setenv("MORIARTY_ELASTICSEARCH_URL", "https://es.example:9200")
    assert Settings.load(tmp_path).search_server == Server("https://es.example:9200")
    for name, value in zip(ELASTIC, ("a-secret", "/etc/ca.pem", "unit7"), strict=True):
        monkeypatch.setenv(f"MORIARTY_{name}", value)
    settings = Settings.load(tmp_path)
    assert settings.search_server == Server(
        "https://es.example:9200", "a-secret", Path("/etc/ca.pem"), "unit7"
    )
    shown = repr(settings) + str(settings) + repr(settings.search_server) + settings.model_dump_json()
    assert "a-secret" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [("URL", "https://user:a-secret@es.example"), ("PREFIX", "Unit 7"), ("PREFIX", "*"), ("PREFIX", "a-b")],
)
def test_settings_of_a_search_server_that_make_no_sense_are_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("MORIARTY_ELASTICSEARCH_URL", "https://es.example")
    monkeypatch.setenv(f"MORIARTY_ELASTICSEARCH_{name}", value)
    with pytest.raises(WrongUse) as raised:
        Settings.load(tmp_path)
    assert "a-secret" not in str(raised.value)
