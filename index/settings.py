"""Where a library lives and what it runs on; the only place that reads the environment."""

import getpass
import os
import re
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr

from collectors.errors import WrongUse
from collectors.records import STARTER, Record
from index.records import Actor, Role
from index.search.elastic.server import Server

_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Settings(Record):
    """Everything a deployment can set."""

    home: Path
    """The folder that holds everything."""
    database_url: str = Field(repr=False)  # it may hold a password
    """SQLite under ``home`` unless another SQLAlchemy URL is set."""
    embedder: str | None = None
    """A hub id or a local folder; None for the model that comes with Moriarty."""
    allowed_hosts: frozenset[str] = frozenset()
    """``host:port`` entries the address guard lets pass, for tests and local deployments."""
    fetch_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    """Longest time on the network for one address."""
    elasticsearch_url: str | None = None
    """A cluster to search instead of the index under ``home``, which then stands in while it is down."""
    elasticsearch_api_key: SecretStr | None = None
    elasticsearch_ca: Path | None = None
    """Certificates to trust for it instead of the system's."""
    elasticsearch_prefix: str = "moriarty"
    """What the names of its indexes begin with."""
    actor_name: str = "unknown"
    """Who is acting where nobody signs in: the name of the operating-system user."""
    role: Role = Role.LEAD
    """The role that this user acts in; ``index.access`` lists the calls each role may make."""

    @property
    def actor(self) -> Actor:
        """Return the user as the library's calls take one."""
        return Actor(name=self.actor_name, role=self.role)

    @classmethod
    def load(cls, home: Path | None = None) -> "Settings":
        """Return the settings of the environment; ``home`` overrides ``MORIARTY_HOME``.

        Raises ``WrongUse`` where a number or the role is invalid, the user is called as the bundled cases'
        authors are, or the address of Elasticsearch holds a password or its prefix more than small letters,
        digits and underscores.
        """
        where = home or Path(_value("MORIARTY_HOME") or platformdirs.user_data_path("moriarty"))
        where = where.expanduser().resolve()
        hosts = (_value("MORIARTY_ALLOWED_HOSTS") or "").split(",")
        return cls(
            home=where,
            database_url=_value("MORIARTY_DATABASE_URL") or f"sqlite:///{where / 'library.sqlite'}",
            embedder=_value("MORIARTY_EMBEDDER"),
            allowed_hosts=frozenset(host.strip() for host in hosts if host.strip()),
            fetch_seconds=_seconds("MORIARTY_FETCH_SECONDS", default=30.0),
            **_elasticsearch(),
            actor_name=_user(),
            role=_role("MORIARTY_ROLE"),
        )

    @property
    def search_server(self) -> Server | None:
        """Return the Elasticsearch cluster to search, if one is set."""
        if self.elasticsearch_url is None:
            return None
        key = self.elasticsearch_api_key
        return Server(
            self.elasticsearch_url,
            key.get_secret_value() if key else None,
            self.elasticsearch_ca,
            self.elasticsearch_prefix,
        )

    @property
    def evidence(self) -> Path:
        """Return the folder of WARC files."""
        return self.home / "evidence"

    @property
    def index(self) -> Path:
        """Return the folder of the search index, which can be deleted and rebuilt."""
        return self.home / "index"

    @property
    def sources(self) -> Path:
        """Return the folder of the operator's own source files, which may replace bundled ones by key."""
        return self.home / "sources"

    @property
    def state(self) -> Path:
        """Return the folder of what collection remembers between runs, such as host budgets."""
        return self.home / "state"


def _value(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _elasticsearch() -> dict[str, Any]:
    names = ("url", "api_key", "ca", "prefix")
    set_ones = {
        f"elasticsearch_{name}": value
        for name in names
        if (value := _value(f"MORIARTY_ELASTICSEARCH_{name.upper()}"))
    }
    if "@" in set_ones.get("elasticsearch_url", ""):
        raise WrongUse("no password in Elasticsearch's address: set MORIARTY_ELASTICSEARCH_API_KEY")
    if not _PREFIX.fullmatch(set_ones.get("elasticsearch_prefix", "moriarty")):
        raise WrongUse("MORIARTY_ELASTICSEARCH_PREFIX must be small letters, digits and underscores")
    return set_ones


def _seconds(name: str, default: float) -> float:
    value = _value(name)
    try:
        seconds = default if value is None else float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise WrongUse(f"{name} is {value!r}, which is no number of seconds")
    return seconds


def _role(name: str) -> Role:
    value = (_value(name) or Role.LEAD).lower()
    if value not in set(Role):
        raise WrongUse(f"{name} is {value!r}; the roles are {', '.join(Role)}")
    return Role(value)


def _user() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
    if name == STARTER:  # what they decided would pass for the bundled coding
        raise WrongUse(f"no user may be called {STARTER!r}, the name of the bundled cases' authors")
    return name
