"""Later revisions of agreements, by hand and by pyHanko's own habits: seals, validation data, document timestamps."""

import hashlib
import io
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from asn1crypto import tsp, x509
from asn1crypto.crl import CertificateList
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from tests.signed import AT, authorities, services
from tests.verification.forge import last_size, object_bytes, revision, root_of

_RESERVED = 8192


def token(covered: bytes) -> bytes:
    """Return the training authority's timestamp token (DER) over ``covered``."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(covered).digest()}
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
    answer = tsp.TimeStampResp.load(services().timestamps.answer(request.dump(), at=AT))
    encoded: bytes = answer["time_stamp_token"].dump()
    return encoded


@cache
def certificates() -> tuple[bytes, ...]:
    """Return the certificates of the authorities (DER)."""
    return tuple(authority.certificate.public_bytes(Encoding.DER) for authority in authorities())


@cache
def lists() -> tuple[bytes, ...]:
    """Return the authorities' revocation lists (DER)."""
    return tuple(services().get(path, at=AT).body for path in ("/root.crl", "/issuing.crl"))


def stream(data: bytes, *, packed: bool = True) -> bytes:
    """Return the body of a stream object with ``data``."""
    written = zlib.compress(data) if packed else data
    keys = b"/Filter /FlateDecode " if packed else b""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (keys, len(written), written)


def no_change(body: bytes) -> bytes:
    """Leave it as it is."""
    return body


@dataclass
class Extension:
    """A revision of validation data, a document timestamp or both, with every place where it may err.

    ``certificates``, ``lists`` are what the store has besides what was there before.
    """

    certificates: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    stamped: bool = False
    name: bytes = b"waktu-1"
    objects: Mapping[int, bytes] = field(default_factory=dict)
    """More objects; numbers count from the first free one when negative: -1 is the next."""
    catalog_change: Callable[[bytes], bytes] = no_change
    store_change: Callable[[bytes], bytes] = no_change
    field_change: Callable[[bytes], bytes] = no_change
    value_change: Callable[[bytes], bytes] = no_change
    stream_change: Callable[[bytes], bytes] = no_change

    def append(self, pdf: bytes) -> bytes:
        """Return ``pdf`` with the revision appended."""
        made: dict[int, bytes] = {}
        number = last_size(pdf)
        catalog = root_of(pdf)
        body = object_bytes(pdf, catalog)
        if self.certificates or self.lists:
            listed = {b"Certs": self._earlier(pdf, b"Certs"), b"CRLs": self._earlier(pdf, b"CRLs")}
            for key, entries in ((b"Certs", self.certificates), (b"CRLs", self.lists)):
                for entry in entries:
                    made[number] = self.stream_change(stream(entry))
                    listed[key] += b" %d 0 R" % number
                    number += 1
            arrays = b" ".join(b"/%s [%s ]" % (key, entries) for key, entries in listed.items() if entries)
            made[number] = self.store_change(b"<< /Type /DSS %s >>" % arrays)
            body = re.sub(rb"/DSS \d+ 0 R ", b"", body)
            body = body.rstrip()[:-2] + b"/DSS %d 0 R >>" % number
            number += 1
        if self.stamped:
            made[number] = self.field_change(
                b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /V %d 0 R >>"
                % (self.name, number + 1)
            )
            made[number + 1] = self.value_change(
                b"<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /Contents <"
                + b"0" * 2 * _RESERVED
                + b"> /ByteRange [0 0000000000 0000000000 0000000000] >>"
            )
            body = re.sub(rb"(/Fields \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % number, body)
            number += 2
        extra = {number - key - 1 if key < 0 else key: text for key, text in self.objects.items()}
        appended = revision(pdf, {catalog: self.catalog_change(body), **made, **extra})
        return _stamp(appended, len(pdf)) if self.stamped else appended

    def _earlier(self, pdf: bytes, key: bytes) -> bytes:
        found = re.findall(rb"/Type /DSS .*?/%s \[([^\]]*?) ?\]" % key, pdf)
        return found[-1] if found else b""


def _stamp(pdf: bytes, start: int) -> bytes:
    output = bytearray(pdf)
    opening = output.find(b"<" + b"0" * 2 * _RESERVED + b">", start)
    if opening < 0:
        return pdf
    closing = opening + 2 * _RESERVED + 2
    written = b"[0 %d %d %d" % (opening, closing, len(output) - closing)
    place = output.find(b"[0 0000000000", start)
    output[place : place + 37] = written.ljust(36) + b"]"
    digits = token(bytes(output[:opening] + output[closing:])).hex().encode()
    output[opening + 1 : closing - 1] = digits.ljust(2 * _RESERVED, b"0")
    return bytes(output)


class TrainingStamper(TimeStamper):
    """pyHanko's client of the training timestamp authority, without a network."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(services().timestamps.answer(req.dump(), at=AT))


def stamped_by_pyhanko(pdf: bytes) -> bytes:
    """Return ``pdf`` with a document timestamp, as pyHanko adds one by itself."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return bytes(PdfTimeStamper(TrainingStamper()).timestamp_pdf(writer, "sha256", None).getvalue())


def stored_by_pyhanko(pdf: bytes, *, lists_too: bool = True) -> bytes:
    """Return ``pdf`` with validation data, as pyHanko adds it by itself: with a part about one signature."""
    output = io.BytesIO(pdf)
    DocumentSecurityStore.add_dss(
        output,
        b"<00>",
        certs=[x509.Certificate.load(entry) for entry in certificates()],
        crls=list(map(_crl, lists())) if lists_too else [],
    )
    return output.getvalue()


def _crl(encoded: bytes) -> CertificateList:
    return CertificateList.load(encoded)


def context() -> ValidationContext:
    """Return what pyHanko needs to gather validation data without a network."""
    return ValidationContext(
        trust_roots=[x509.Certificate.load(certificates()[0])],
        other_certs=[x509.Certificate.load(entry) for entry in certificates()],
        crls=[_crl(entry) for entry in lists()],
        moment=AT,
        revocation_mode="hard-fail",
        allow_fetching=False,
    )
