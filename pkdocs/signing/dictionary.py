"""What a signature dictionary says beside contents and byte range (ISO 32000-2, 12.8.1; ETSI EN 319 142-1, 6.3)."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

from pkdocs.content import Content, Party

MOMENT: Final = re.compile(rb"\(D:\d{14}[+-]\d\d'\d\d'\)")

_KIND: Final = b"/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n"
_ESCAPED: Final = re.compile(r"[()\\]")


def signature_entries(root: int, field: str, at: bytes, *, name: str, location: str | None, reason: str) -> bytes:
    """Return the entries of the signature in ``field``: PAdES, claimed ``at`` that moment, with a lock on the field.

    ``root`` is the number of the catalog, which a lock has to name.
    """
    return b"%s\n%s" % (unlocked_entries(at, name=name, location=location, reason=reason), _reference(root, field))


def unlocked_entries(at: bytes, *, name: str, location: str | None, reason: str) -> bytes:
    """Return the same without a lock, as a seal has them."""
    where = b"" if location is None else b"/Location %s\n" % text_string(location)
    return b"%s/M %s\n/Name %s\n%s/Reason %s" % (_KIND, at, text_string(name), where, text_string(reason))


@lru_cache(maxsize=64)
def _reference(root: int, field: str) -> bytes:
    lock = b"<< /Action /Include /Fields [%s] /Type /TransformParams /V /1.2 >>" % text_string(field)
    return b"/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /Data %d 0 R /TransformParams %s >>]" % (
        root,
        lock,
    )


def reason_of(content: Content, party: Party) -> str:
    """Return why a party signs an agreement."""
    return f"{content.id} sebagai {party.label}"


def moment(at: datetime) -> bytes:
    """Return an aware moment as a date of ISO 32000-2, 7.9.4, with the offset of its zone."""
    day, _, rest = at.isoformat(timespec="seconds").partition("T")
    clock, zone = rest[:8], rest[8:14]
    return f"(D:{day.replace('-', '')}{clock.replace(':', '')}{zone.replace(':', chr(39))}')".encode("ascii")


@lru_cache(maxsize=1024)
def text_string(text: str) -> bytes:
    """Return ``text`` as a string object: plain where it is printable ASCII, else UTF-16BE in hexadecimal."""
    if text.isascii() and text.isprintable():
        return b"(%s)" % _ESCAPED.sub(r"\\\g<0>", text).encode("ascii")
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode("ascii")
