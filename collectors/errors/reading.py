"""A file, a document or a source that could not be read, or not in full."""

from collectors.errors.root import ItemError


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
    advice = "If it holds text, save it as PDF, DOCX, HTML or plain text and add that."


class ParserKilled(ParseError):
    """Its parser ran out of time or memory and was stopped."""

    code = "parser-killed"
    advice = "Treat the item with care; it may have been made to exhaust readers. The bytes are kept."


class UnsafeArchive(ParseError):
    """A member would land outside the folder, or is a link or a device."""

    code = "unsafe-archive"
    advice = "Treat the archive as hostile; ask its sender for a clean one."
