"""The signature of one revision: its dictionary, what it covers, and its CMS (ISO 32000-2, 12.8; PAdES B-B)."""

import dataclasses
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from pkdocs.verification.algorithms import Key
from pkdocs.verification.cms import CmsError, CmsReader
from pkdocs.verification.field import Field
from pkdocs.verification.finding import Finding, Signatory, Step, Sub, Weight
from pkdocs.verification.layout import Layout
from pkdocs.verification.syntax import PdfSyntaxError, entry_spans
from pkdocs.verification.token import Token

MAX_CMS_BYTES: Final = 1_000_000

_REQUIRED: Final = frozenset({"Type", "Filter", "SubFilter", "ByteRange", "Contents", "M"})
_ALLOWED: Final = _REQUIRED | {"Name", "Reason", "Location", "Reference", "ContactInfo", "Prop_Build"}
_DATE: Final = re.compile(rb"D:(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that a file bears, by its field's name. ``claimed`` is /M: what the signer says, proven by nothing.

    ``role`` is as what somebody signed; None in another signer's own field without size while its owner is not known.
    ``certificate`` and ``chain`` (DER) are None and empty, ``digest`` and ``key`` None, where it was not intact.
    ``end`` is where its revision ends: what it covers. ``timestamp`` is over its value, None where there is none that
    holds. ``name`` and ``reason`` are for readers only.
    """

    field: str
    revision: int
    end: int
    role: Signatory | None = None
    claimed: datetime | None = None
    name: str = ""
    reason: str = ""
    certificate: bytes | None = dataclasses.field(default=None, repr=False)
    chain: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)
    digest: str | None = None
    key: Key | None = None
    timestamp: Token | None = None


def read_signature(layout: Layout, index: int, number: int, field: Field) -> tuple[Signature, tuple[Finding, ...]]:
    """Return the signature in object ``number`` of revision ``index``, and what is wrong with it.

    Its digest, signature and own certificates are checked; whether anybody believes them is not.
    """
    revision = layout.revisions[index]
    dictionary: dict[str, Any] = revision.objects[number]
    claimed = claimed_moment(dictionary.get("M"))
    signature = Signature(
        field=field.name,
        revision=index,
        end=revision.end,
        role=field.role,
        claimed=claimed,
        name=_text(dictionary.get("Name")),
        reason=_text(dictionary.get("Reason")),
    )
    wrong = _wrong_entries(dictionary, claimed)
    if dictionary.get("Reference") not in (None, [_lock(field, layout)]):
        wrong.append("Reference")
    findings = [_finding("SIGNATURE_DICTIONARY", field, what=what) for what in wrong]
    gap = gap_of(layout, index, number)
    if gap is None:
        return signature, (*findings, _finding("SIGNATURE_BYTE_RANGE", field))
    encoded = container_in(layout.data[gap[0] + 1 : gap[1] - 1])
    if encoded is None:
        return signature, (*findings, _finding("SIGNATURE_CONTENTS", field))
    covered = layout.data[: gap[0]] + layout.data[gap[1] : revision.end]
    reader = CmsReader(field)
    try:
        signed = reader.read(encoded, covered)
    except CmsError as fault:
        return signature, (*findings, *reader.findings, fault.finding)
    intact = replace(
        signature,
        certificate=signed.certificate,
        chain=signed.chain,
        digest=signed.digest,
        key=signed.key,
        timestamp=signed.timestamp,
    )
    return intact, (*findings, *reader.findings)


def _finding(code: str, field: Field, **params: str | int) -> Finding:
    return field.finding(code, Step.SIGNATURES, Weight.FAIL, params, sub=Sub.FORMAT_FAILURE)


def _wrong_entries(dictionary: dict[str, Any], claimed: datetime | None) -> list[str]:
    wrong = sorted(_REQUIRED - dictionary.keys()) + sorted(dictionary.keys() - _ALLOWED)
    expected = {"Type": "Sig", "Filter": "Adobe.PPKLite", "SubFilter": "ETSI.CAdES.detached"}
    wrong += [key for key, value in expected.items() if key in dictionary and dictionary[key] != value]
    if claimed is None and "M" in dictionary:
        wrong.append("M")
    return wrong


def _lock(field: Field, layout: Layout) -> dict[str, Any]:
    """Return the lock of the signed field on itself, which is for viewers: no verdict rests on it."""
    return {
        "Type": "SigRef",
        "TransformMethod": "FieldMDP",
        "Data": layout.issued.trailer["Root"],
        "TransformParams": {
            "Type": "TransformParams",
            "V": "1.2",
            "Action": "Include",
            "Fields": [field.name.encode()],
        },
    }


def gap_of(layout: Layout, index: int, number: int) -> tuple[int, int] | None:
    """Return where /Contents stands, if /ByteRange is everything else up to the revision's end, exactly."""
    revision = layout.revisions[index]
    start, _ = revision.spans[number]
    try:
        spans = entry_spans(layout.data, layout.data.index(b"obj", start) + len(b"obj"))
    except PdfSyntaxError:
        return None
    named = revision.objects[number].get("ByteRange")
    if "Contents" not in spans or not isinstance(named, list) or any(type(entry) is not int for entry in named):
        return None
    opening, closing = spans["Contents"]
    exact = [0, opening, closing, revision.end - closing]
    return (opening, closing) if named == exact and layout.data[opening : opening + 1] == b"<" else None


def container_in(written: bytes) -> bytes | None:
    """Return the DER in the hexadecimal digits of /Contents, if nothing but zeros follows it.

    One spelling only: digits in mixed case could be changed without a trace.
    """
    if written not in {written.lower(), written.upper()} or not 4 <= len(written) <= 2 * MAX_CMS_BYTES:
        return None
    data = bytes.fromhex(written.decode("ascii"))
    length = _der_length(data)
    return None if length is None or data[length:].strip(b"\0") else data[:length]


def _der_length(data: bytes) -> int | None:
    """Return the length of the DER SEQUENCE that ``data`` begins with."""
    if data[0] != 0x30:
        return None
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] & 0x7F
    if not 1 <= count <= 4 or len(data) < 2 + count:
        return None
    length = 2 + count + int.from_bytes(data[2 : 2 + count])
    return length if length <= len(data) else None


def claimed_moment(written: object) -> datetime | None:
    """Return the moment that /M states; None if that is none."""
    matched = _DATE.fullmatch(written) if isinstance(written, bytes) else None
    if matched is None:
        return None
    stamp, sign, hours, minutes = matched.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    month, day, hour, minute, second = (int(stamp[place : place + 2]) for place in range(4, 14, 2))
    try:
        zone = timezone(-offset if sign == b"-" else offset)
        return datetime(int(stamp[:4]), month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        return ""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", errors="replace")
    return value.decode("latin-1")
