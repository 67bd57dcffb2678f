"""What a signature dictionary says beside contents and byte range (ISO 32000-2, 12.8.1; ETSI EN 319 142-1, 6.3)."""

import re
from datetime import datetime
from typing import Final

MOMENT: Final = re.compile(rb"\(D:(\d{14}[+-]\d\d'\d\d')\)")

_ESCAPED: Final = re.compile(r"[()\\]")


def signature_entries(root: int, field: str, at: bytes, *, name: str, location: str | None, reason: str) -> bytes:
    """Return the entries of the signature in ``field``: PAdES, claimed ``at`` that moment, with a lock on the field.

    ``root`` is the number of the catalog, which a lock has to name.
    """
    lock = b"<< /Action /Include /Fields [%s] /Type /TransformParams /V /1.2 >>" % text_string(field)
    reference = b"<< /Type /SigRef /TransformMethod /FieldMDP /Data %d 0 R /TransformParams %s >>" % (root, lock)
    entries = (
        b"/Type /Sig",
        b"/Filter /Adobe.PPKLite",
        b"/SubFilter /ETSI.CAdES.detached",
        b"/M " + at,
        b"/Name " + text_string(name),
        *(() if location is None else (b"/Location " + text_string(location),)),
        b"/Reason " + text_string(reason),
        b"/Reference [%s]" % reference,
    )
    return b"\n".join(entries)


def moment(at: datetime) -> bytes:
    """Return an aware moment as a date of ISO 32000-2, 7.9.4, with the offset of its zone."""
    offset = f"{at:%z}"
    return f"(D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}')".encode("ascii")


def text_string(text: str) -> bytes:
    """Return ``text`` as a string object: plain where it is printable ASCII, else UTF-16BE in hexadecimal."""
    if text.isascii() and text.isprintable():
        return b"(%s)" % _ESCAPED.sub(r"\\\g<0>", text).encode("ascii")
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode("ascii")
