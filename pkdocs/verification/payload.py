"""What the issued file says of itself: the attached content, and whether metadata and pages agree with it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pkdocs.content import MAX_CONTENT_BYTES, Content, parse_content, qr_text
from pkdocs.issue import NAMESPACE, PROPERTIES, Toolchain, electronic_roles
from pkdocs.page import join_pages, printed_values
from pkdocs.schema import NewerSchemaError, SchemaError
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.form import Form
from pkdocs.verification.pages import Reading
from pkdocs.verification.printed import PageText
from pkdocs.verification.syntax import PdfSyntaxError, Stream, inflate

_MAX_METADATA_BYTES: Final = 1_000_000
_MAX_QUOTED: Final = 80
_FIRM_HYPHEN: Final = "\u2011"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PROPERTY: Final = re.compile(r"<pkdocs:([A-Za-z]+)>([^<>]*)</pkdocs:\1>")
_LONG_NUMBER: Final = re.compile(r"\d{10,}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Our properties in the XMP packet."""

    id: str
    content_digest: str
    template_digest: str
    toolchain: Toolchain


def read_content(form: Form) -> tuple[Content | None, tuple[Finding, ...]]:
    """Return the attached content, or None and why not."""
    if form.attachment is None:
        return None, (_fail("CONTENT_ABSENT"),)
    try:
        return parse_content(inflate(form.attachment, MAX_CONTENT_BYTES)), ()
    except NewerSchemaError as fault:
        newer = find("CONTENT_NEWER", Step.CONTENT, Weight.UNKNOWN, found=fault.found, known=fault.known)
        return None, (newer,)
    except (PdfSyntaxError, SchemaError) as fault:
        return None, (_fail("CONTENT_UNREADABLE", why=str(fault.args[0])[:_MAX_QUOTED]),)


def read_metadata(stream: Stream | None) -> Metadata | None:
    """Return our properties; None unless each stands in the packet exactly once."""
    try:
        packet = "" if stream is None else inflate(stream, _MAX_METADATA_BYTES).decode()
    except (PdfSyntaxError, UnicodeDecodeError):
        return None
    found = [(name, value) for name, value in _PROPERTY.findall(packet) if name in PROPERTIES]
    values = dict(found)
    if f'xmlns:pkdocs="{NAMESPACE}"' not in packet or not len(found) == len(values) == len(PROPERTIES):
        return None
    toolchain = Toolchain(values["program"], values["office"], values["fonts"])
    return Metadata(values["id"], values["contentDigest"], values["templateDigest"], toolchain)


def check_agreement(fields: Iterable[Field], content: Content, metadata: Metadata | None) -> Iterator[Finding]:
    """Yield where fields and metadata say something else than the content."""
    if {field.role for field in fields} != set(electronic_roles(content)):
        yield _fail("CONTENT_FIELDS")
    named = None if metadata is None else (metadata.id, metadata.content_digest)
    if metadata is None or named != (content.id, content.digest) or not _DIGEST.fullmatch(metadata.template_digest):
        yield _fail("CONTENT_METADATA")


def check_pages(reading: Reading, content: Content) -> Iterator[Finding]:
    """Yield where the pages say something else than the content.

    Every printed value must stand there in its order. Whether there is *other* text is not judged here.
    """
    # pdfium tells no hyphen from the one at which no line breaks, nor does a reader
    runs = tuple(tuple(value.replace(_FIRM_HYPHEN, "-") for value in run) for run in printed_values(content))
    value = PageText(join_pages(reading.text.replace(_FIRM_HYPHEN, "-"), runs)).missing(runs)
    if value is not None:
        # reports go further than files: no number of a person in them
        yield _fail("PAGE_TEXT_MISSING", value=_LONG_NUMBER.sub("…", value)[:_MAX_QUOTED])
    if not reading.codes:
        yield _fail("QR_ABSENT")
    tail = qr_text("/", content.id, content.digest)
    short = qr_text("", content.id, content.digest)
    for code in reading.codes:
        if code != short and not code.endswith(tail):
            yield _fail("QR_OTHER", text=code[:_MAX_QUOTED])
            return


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.CONTENT, Weight.FAIL, params, sub=Sub.FORMAT_FAILURE)
