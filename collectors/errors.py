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
    ├── EvidenceDamaged       a kept file does not match its digest
    ├── IndexDamaged          the search index cannot be read; a rebuild makes it anew
    ├── SearchDown            the search server does not answer as it should
    │   └── SearchFull        the search server has no room to write
    ├── LibraryBusy           another run holds the library
    ├── LibraryNewer          written by a newer Moriarty
    ├── ModelRefused          a model file is missing or not the one expected
    ├── PortTaken             another program serves there
    ├── NotPermitted          this actor may not do this
    ├── NotFound              no such incident, report, finding or judgement
    ├── Stale                 somebody else changed it first
    └── WrongUse              the request itself makes no sense
"""

from datetime import UTC, datetime

from collectors.records import Issue


class MoriartyError(Exception):
    """Something Moriarty refuses or cannot do; ``str()`` says what happened, to what."""

    code = "error"
    advice = "Look at the log for the details."


class ItemError(MoriartyError):
    """One item failed; the run goes on without it."""

    def issue(self, source: str, item: str, capture: str | None = None) -> Issue:
        """Return this error as an Issue about one item of a source."""
        return Issue(
            source=source,
            item=item,
            code=self.code,
            detail=str(self)[:500],
            advice=self.advice,
            at=datetime.now(UTC),
            capture=capture,
        )


class FetchError(ItemError):
    """An exchange over the network did not yield a usable reply."""

    code = "fetch-failed"


class Unreachable(FetchError):
    """No connection: no such host, nobody answering, or TLS refused."""

    code = "unreachable"
    advice = (
        "Check that this machine has internet and that the address is still right; the next run tries again."
    )


class DeadlineExceeded(FetchError):
    """The whole exchange took longer than allowed."""

    code = "deadline"
    advice = "The host is slow or stalling; the next run tries again."


class AddressRefused(FetchError):
    """The address is not a public one, or not one Moriarty may ask."""

    code = "address-refused"
    advice = "The page points at a private or unusual address; look at the source before trusting it."


class RobotsRefused(FetchError):
    """The host's robots.txt does not allow this address."""

    code = "robots-refused"
    advice = "Ask the publisher for permission or another way in; Moriarty does not go round robots.txt."


class ProtocolBroken(FetchError):
    """The reply was not valid HTTP or ended early."""

    code = "protocol-broken"
    advice = "The reply was cut or malformed; what arrived is kept. The next run tries again."


class TooManyRedirects(FetchError):
    """The address redirects without end."""

    code = "too-many-redirects"
    advice = "Open the address in a browser and update the source's url."


class RateLimited(FetchError):
    """The host asked to be left alone for a while."""

    code = "rate-limited"
    advice = "Nothing to do: the host named a time to come back, and it is kept."


class HttpRefused(FetchError):
    """The host refuses this reader (401, 403, 407, 451)."""

    code = "http-refused"
    advice = "The publisher blocks automated readers; ask for access or disable the source."


class HttpGone(FetchError):
    """The address no longer exists (404, 410)."""

    code = "http-gone"
    advice = "Find the source's new address and update its url, or disable it."


class HttpFailed(FetchError):
    """The host answered with another failure."""

    code = "http-failed"
    advice = "The host has trouble; the next run tries again."


class BudgetSpent(FetchError):
    """The host's daily budget or the run's time is used up."""

    code = "budget-spent"
    advice = "Nothing to do: the rest is collected on the next run."


class Unreadable(ItemError):
    """A file cannot be opened: gone, or not ours to read."""

    code = "unreadable"
    advice = "Check that the file is still there and that you may read it, then add it again."


class TooLarge(ItemError):
    """More bytes than Moriarty takes from one item."""

    code = "too-large"
    advice = "Split the file, or raise the size limit if you trust where it comes from."


class BombRefused(ItemError):
    """Unpacks to far more than it weighs."""

    code = "bomb-refused"
    advice = "Treat the item as hostile; do not unpack it by hand."


class YieldLow(ItemError):
    """A source was read and shows fewer items than it is expected to."""

    code = "yield-low"
    advice = "Open the source's address; if its pages have moved or changed form, update the source's file."


class CardRefused(ItemError):
    """The search server takes all but this incident or report."""

    code = "card-refused"
    advice = "It is kept in the record and tried again at every refresh; report the reason if it stays."


class ParseError(ItemError):
    """The captured bytes could not be turned into a report."""

    code = "parse-failed"
    advice = "The bytes are kept; a later version may read them."


class Malformed(ParseError):
    """Not what it says it is."""

    code = "malformed"
    advice = "The bytes are kept; open the original to see whether the publisher changed its format."


class Encrypted(ParseError):
    """Needs a password."""

    code = "encrypted"
    advice = "Save a copy without the password and add it again."


class EmptyDocument(ParseError):
    """No text in it."""

    code = "empty"
    advice = "If it is a scan, run text recognition first and add the result."


class Unsupported(ParseError):
    """A type Moriarty does not read."""

    code = "unsupported"
    advice = "Convert it to PDF, DOCX, HTML or text and add it again."


class ParserKilled(ParseError):
    """Its parser ran out of time or memory and was stopped."""

    code = "parser-killed"
    advice = "Treat the item with care; it may have been made to exhaust readers. The bytes are kept."


class UnsafeArchive(ParseError):
    """A member would land outside the folder, or is a link or a device."""

    code = "unsafe-archive"
    advice = "Treat the archive as hostile; ask its sender for a clean one."


class RunError(MoriartyError):
    """The run cannot go on."""


class StorageFull(RunError):
    """No room to write; nothing acknowledged was lost."""

    code = "storage-full"
    advice = "Free space on the library's disk and run the same command again."


class EvidenceDamaged(RunError):
    """A kept file does not match its digest."""

    code = "evidence-damaged"
    advice = "Restore the file from a backup; do not edit the evidence folder."


class IndexDamaged(RunError):
    """The search index is missing, torn or of another make."""

    code = "index-damaged"
    advice = "Run `moriarty rebuild`: the record can make every card again."


class SearchDown(RunError):
    """The search server cannot be reached, is overloaded, refuses the key, or is something else."""

    code = "search-down"
    advice = "Check the MORIARTY_ELASTICSEARCH_ settings and the server; nothing is lost, it catches up."


class SearchFull(SearchDown):
    """The search server has no room to write; it still answers, without the newest changes."""

    code = "search-full"
    advice = "Free space on the Elasticsearch cluster; nothing is lost, the index catches up by itself."


class LibraryBusy(RunError):
    """Another run holds the library."""

    code = "library-busy"
    advice = "Wait for the other run to end, or stop it."


class LibraryNewer(RunError):
    """The library was written by a newer Moriarty."""

    code = "library-newer"
    advice = "Install the newer version; an older one must not write to this library."


class ModelRefused(RunError):
    """A model file is missing or is not the one expected."""

    code = "model-refused"
    advice = "Reinstall Moriarty; never replace model files by hand."


class PortTaken(RunError):
    """Another program serves at this port."""

    code = "port-taken"
    advice = "Choose another with --port (or `make run PORT=…`), or stop the other program."


class NotPermitted(RunError):
    """This actor may not do this."""

    code = "not-permitted"
    advice = "Ask somebody with the role named in the message."


class NotFound(RunError):
    """No such thing in this library."""

    code = "not-found"
    advice = "Check the id; a search finds the current one."


class Stale(RunError):
    """Somebody else changed it first."""

    code = "stale"
    advice = "Reload the page and decide again."


class WrongUse(RunError):
    """The request itself makes no sense."""

    code = "wrong-use"
    advice = "See the command's --help."


def _concrete(root: type[MoriartyError]) -> list[type[MoriartyError]]:
    return [root] + [deeper for child in root.__subclasses__() for deeper in _concrete(child)]


def by_code(code: str) -> type[MoriartyError]:
    """Return the error class with this code, or the root where no class has it."""
    return next((kind for kind in _concrete(MoriartyError) if kind.code == code), MoriartyError)
