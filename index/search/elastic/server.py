"""Connection settings of a search server."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, repr=False)
class Server:
    """Connection settings of an Elasticsearch cluster; ``repr`` shows the host alone, the rest is secret."""

    url: str
    api_key: str | None = None
    ca: Path | None = None
    """Certificates to trust instead of the system's."""
    prefix: str = "moriarty"
    """Prefix of index names."""
    seconds: float = 10.0
    """Timeout of one request."""
    search_seconds: float = 15.0
    """Timeout of all requests of one search together."""

    def __repr__(self) -> str:
        return f"Server({self.host})"

    @property
    def host(self) -> str:
        """Return host and port."""
        return urlsplit(self.url).netloc.rpartition("@")[2]
