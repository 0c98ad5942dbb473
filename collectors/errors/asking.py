"""A request that cannot be met as it was made."""

from collectors.errors.root import RunError


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


class SourceRefused(WrongUse):
    """A source's file does not describe a source."""

    code = "source-refused"
    advice = "Correct the file named in the message, or take it out of the folder of sources."
