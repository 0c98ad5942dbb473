"""E-mail files (EML, and web pages saved as MHTML) to a Document; attachments are named, never opened."""

import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import islice
from typing import Final

from collectors.errors import EmptyDocument, Malformed, ParseError
from collectors.formats.dates import partial_date
from collectors.formats.encoding import clean, clean_line, decode
from collectors.language import language_of
from collectors.records import Document, PartialDate
from collectors.text import read_html
from collectors.web.addresses import canonical_url

MAX_PARTS: Final = 500


def read_mail(payload: bytes) -> Document:
    """Read an e-mail's subject, date and body; each attachment becomes one line with its name and type.

    Who sent it to whom is left out: it is rarely public. Raises Malformed or EmptyDocument.
    """
    try:
        message = BytesParser(policy=email.policy.default).parsebytes(payload)
        parts = list(islice(_leaves(message), MAX_PARTS + 1))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise Malformed(f"not a readable e-mail: {type(error).__name__}") from error
    body = _body(parts[:MAX_PARTS])
    text = "\n".join(
        [*([body.text] if body else []), *(_named(part) for part in parts if _is_attached(part))]
    )
    if not text:
        raise EmptyDocument("the e-mail holds no text")
    return Document(
        title=clean_line(_header(message, "subject")) or (body.title if body else ""),
        text=text,
        published=_date(message) or (body.published if body else None),
        language=language_of(text),
        url=canonical_url(_header(message, "snapshot-content-location")) or None,
        truncated=len(parts) > MAX_PARTS or (body.truncated if body else False),
    )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that hold no others; a message within the message is one part, never opened."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
        return
    for part in message.iter_parts():
        yield from _leaves(part)  # type: ignore[arg-type]  # the default policy makes EmailMessages


def _body(parts: list[EmailMessage]) -> Document | None:
    """Return the first readable plain text part, else the first readable HTML part."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not part.is_attachment():
                found = _read(part, kind)
                if found is not None:
                    return found
    return None


def _read(part: EmailMessage, kind: str) -> Document | None:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return None
    content_type = f"{kind}; charset={part.get_param('charset', '')}"
    if kind == "text/plain":
        text = clean(decode(content, content_type))
        return Document(text=text) if text else None
    try:
        return read_html(content, content_type, None)
    except ParseError:
        return None


def _is_attached(part: EmailMessage) -> bool:
    return part.is_attachment() or part.get_content_maintype() == "message"


def _named(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or "without a name"
    except (ValueError, LookupError, AttributeError, TypeError):  # malformed parameters of a hostile mail
        name = "with an unreadable name"
    return f"Attachment: {clean_line(name, 200)} ({part.get_content_type()})"


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):  # known to happen on malformed headers
        return ""


def _date(message: EmailMessage) -> PartialDate | None:
    return partial_date(_header(message, "date"), "file")
