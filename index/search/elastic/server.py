"""Where a search server is, and how to be let in."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, repr=False)
class Server:
    """An Elasticsearch cluster's address; shows as its host alone, because the rest is secret."""

    url: str
    api_key: str | None = None
    ca: Path | None = None
    """Certificates to trust instead of the system's."""
    prefix: str = "moriarty"
    """What the names of its indexes begin with."""
    seconds: float = 10.0
    """Longest wait for one answer."""
    search_seconds: float = 15.0
    """Longest wait for all the answers that one search needs."""

    def __repr__(self) -> str:
        return f"Server({self.host})"

    @property
    def host(self) -> str:
        """Return host and port."""
        return urlsplit(self.url).netloc.rpartition("@")[2]
