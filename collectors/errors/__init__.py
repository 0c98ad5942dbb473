"""Every error of Moriarty, and what to do about each.

MoriartyError
├── ItemError                 this item failed; the run goes on
│   ├── FetchError
│   │   ├── Unreachable       no connection, no such host, TLS refused
│   │   ├── DeadlineExceeded  the whole exchange took too long
│   │   ├── AddressRefused    the address is not public, or not one we may ask
│   │   ├── RobotsRefused     robots.txt says no
│   │   ├── ProtocolBroken    the reply is not valid HTTP, or was cut short
│   │   ├── TooManyRedirects
│   │   ├── RateLimited       429 or 503, with the time to come back
│   │   ├── HttpRefused       401, 403, 407, 451
│   │   ├── HttpGone          404, 410
│   │   ├── HttpFailed        any other status that is not a success
│   │   └── BudgetSpent       the host's or the run's budget is used up
│   ├── Unreadable            a file that cannot be opened
│   ├── TooLarge              more bytes than we take
│   ├── BombRefused           unpacks to far more than it weighs
│   ├── YieldLow              a source shows fewer items than it should
│   ├── CardRefused           the search server does not take one incident or report
│   └── ParseError
│       ├── Malformed         not what it says it is
│       ├── Encrypted         needs a password
│       ├── EmptyDocument     no text in it
│       ├── Unsupported       a type we do not read
│       ├── ParserKilled      its parser ran out of time or memory
│       └── UnsafeArchive     a member would land outside, or is a link or device
└── RunError                  the run cannot go on
    ├── StorageFull           no room to write
    ├── StorageRefused        the disk or its owner does not let us read or write
    │   └── RecordRefused     the database server does not let us read or write
    ├── RecordDown            the database server does not answer or does not let us in
    ├── EvidenceDamaged       a kept file does not match its digest
    ├── IndexDamaged          the search index cannot be read; a rebuild makes it anew
    │   └── IndexMissing      none is there yet, or another version made it
    ├── SearchDown            the search server does not answer as it should
    │   └── SearchFull        the search server has no room to write
    ├── SandboxDown           no process for the parsers can be started
    ├── LibraryBusy           another run holds the library
    ├── LibraryMissing        no library where one is to be read
    ├── LibraryNewer          written by a newer Moriarty
    ├── ModelRefused          a model file is missing or not the one expected
    │   ├── ReleaseDamaged    the record of how a release came to be cannot be read
    │   ├── ReleaseOutdated   a release rests on other models than this Moriarty's
    │   └── EmbedderMissing   the embedding model the settings name is not here
    ├── PortTaken             another program serves there
    ├── NotPermitted          this actor may not do this
    ├── NotFound              no such incident, report, finding or judgement
    ├── Stale                 somebody else changed it first
    └── WrongUse              the request itself makes no sense
        └── SourceRefused     a source's file does not describe a source
"""

from collections.abc import Iterator

from collectors.errors.asking import NotFound, NotPermitted, PortTaken, SourceRefused, Stale, WrongUse
from collectors.errors.fetching import (
    AddressRefused,
    BudgetSpent,
    DeadlineExceeded,
    FetchError,
    HttpFailed,
    HttpGone,
    HttpRefused,
    ProtocolBroken,
    RateLimited,
    RobotsRefused,
    TooManyRedirects,
    Unreachable,
)
from collectors.errors.library import (
    CardRefused,
    EmbedderMissing,
    EvidenceDamaged,
    IndexDamaged,
    IndexMissing,
    LibraryBusy,
    LibraryMissing,
    LibraryNewer,
    ModelRefused,
    RecordDown,
    RecordRefused,
    ReleaseDamaged,
    ReleaseOutdated,
    SandboxDown,
    SearchDown,
    SearchFull,
    StorageFull,
    StorageRefused,
)
from collectors.errors.reading import (
    BombRefused,
    EmptyDocument,
    Encrypted,
    Malformed,
    ParseError,
    ParserKilled,
    TooLarge,
    Unreadable,
    UnsafeArchive,
    Unsupported,
    YieldLow,
)
from collectors.errors.root import ItemError, MoriartyError, RunError

__all__ = [
    "AddressRefused",
    "BombRefused",
    "BudgetSpent",
    "CardRefused",
    "DeadlineExceeded",
    "EmbedderMissing",
    "EmptyDocument",
    "Encrypted",
    "EvidenceDamaged",
    "FetchError",
    "HttpFailed",
    "HttpGone",
    "HttpRefused",
    "IndexDamaged",
    "IndexMissing",
    "ItemError",
    "LibraryBusy",
    "LibraryMissing",
    "LibraryNewer",
    "Malformed",
    "ModelRefused",
    "MoriartyError",
    "NotFound",
    "NotPermitted",
    "ParseError",
    "ParserKilled",
    "PortTaken",
    "ProtocolBroken",
    "RateLimited",
    "RecordDown",
    "RecordRefused",
    "ReleaseDamaged",
    "ReleaseOutdated",
    "RobotsRefused",
    "RunError",
    "SandboxDown",
    "SearchDown",
    "SearchFull",
    "SourceRefused",
    "Stale",
    "StorageFull",
    "StorageRefused",
    "TooLarge",
    "TooManyRedirects",
    "Unreachable",
    "Unreadable",
    "UnsafeArchive",
    "Unsupported",
    "WrongUse",
    "YieldLow",
    "by_code",
]


def _tree(root: type[MoriartyError]) -> Iterator[type[MoriartyError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


def by_code(code: str) -> type[MoriartyError]:
    """Return the error class with this code, or the root where no class has it."""
    return next((kind for kind in _tree(MoriartyError) if kind.code == code), MoriartyError)
