"""An address that could not be fetched."""

from collectors.errors.root import ItemError


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
