"""Documents made by script for the tests of the parsers: ordinary ones and hostile ones."""

import io
import zipfile

import docx
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

STORY = (
    "A finance officer of a harbour company joined a video call in which all other faces were made up. "
    "She moved money to five accounts before she rang the real director. The bank froze a part in time. "
    "Detectives say the callers had copied the voices from recordings of a public meeting held in the spring."
)
PARAGRAPHS = (
    STORY,
    STORY.replace("harbour", "shipping").replace("five", "six"),
    STORY.replace("She", "The officer"),
)


def page(
    head: str = "", body: str = "", title: str = "Voices copied | Harbour Post", lang: str = "en"
) -> bytes:
    """Return an ordinary article page with navigation."""
    article = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f'<body><nav><ul><li><a href="/a">Home</a></li><li><a href="/b">Markets</a></li></ul></nav>'
        f"<article><h1>Voices copied</h1>{article}{body}</article>"
        f"<footer>All rights reserved</footer></body></html>"
    ).encode()


def pdf(*pages: str, info: str = "", trailer: str = "", kids: str = "") -> bytes:
    """Return a PDF with a line of text on each page; ``kids`` replaces the list of pages."""
    count = len(pages)
    numbers = range(4, 4 + 2 * count, 2)
    listed = kids or " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{listed}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in zip(numbers, pages, strict=True):
        lines = " ".join(f"({line}) Tj 0 -14 Td" for line in text.split("\n")) if text else ""
        stream = f"BT /F1 11 Tf 40 700 Td {lines} ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {resources} /Contents {number + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< {info} >>")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    ids = f"/Size {size} /Root 1 0 R /Info {size - 1} 0 R"
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< {ids} {trailer} >>"
    return bytes(out) + f"{end}\nstartxref\n{len(out)}\n%%EOF".encode("latin-1")


def encrypted_pdf() -> bytes:
    """Return a PDF that asks for a password nobody knows."""
    secret = "<" + "5a" * 32 + ">"
    handler = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {secret} /U {secret} /P -4 >> /ID [<00> <00>]"
    return pdf("secret", trailer=handler)


def word(
    *paragraphs: str, title: str = "", extra: dict[str, bytes] | None = None, without: str = ""
) -> bytes:
    """Return a Word document; ``extra`` adds members to its package, ``without`` leaves one out."""
    document = docx.Document()
    document.core_properties.title = title
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    saved = io.BytesIO()
    document.save(saved)
    changed = io.BytesIO()
    with zipfile.ZipFile(saved) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.namelist():
            if member != without:
                after.writestr(member, before.read(member))
        for name, content in (extra or {}).items():
            after.writestr(name, content)
    return changed.getvalue()


def nested_mail(depth: int) -> bytes:
    """Return a mail whose parts hold parts, ``depth`` deep."""
    opening = "".join(
        f'--b{level - 1}\nContent-Type: multipart/mixed; boundary="b{level}"\n\n' for level in range(1, depth)
    )
    return (
        "From: press@example.org\nSubject: Deep\nDate: Fri, 14 Mar 2025 10:00:00 +0000\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b0"\n\n{opening}'
        f"--b{depth - 1}\nContent-Type: text/plain\n\n{STORY}\x00\n--b{depth - 1}--\n"
    ).encode()


def warc(*pages: tuple[str, str, bytes], status: str = "200 OK") -> bytes:
    """Return a web archive of pages, each an address, a content type and a body."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for url, content_type, body in pages:
        headers = StatusAndHeaders(status, [("Content-Type", content_type)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=headers
            )
        )
    return out.getvalue()


def mail(*headers: str, body: str = STORY) -> bytes:
    """Return an e-mail with these headers beside those that every one has."""
    return "\n".join([*headers, "From: press@example.org", "MIME-Version: 1.0", "", body]).encode()
