"""A second corpus of signed PDFs, independent of the first: written byte by byte as other writers and attackers do."""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

ROOM = 4000
"""Hexadecimal digits for a container."""
CATALOG, PAGES, PAGE, TEXT, FONT, FORM, NAME, PREPARED, INFO, XMP, CHECK, TOTAL, SECOND, SECOND_TEXT = range(1, 15)
"""The objects of the first revision."""
_BLANK = b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Length 13 >> stream\n/Tx BMC EMC \n\nendstream"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (entries, len(data), data)


def shape(drawing: bytes, size: str = "200 60", resources: bytes = b"<< /Font << /F1 5 0 R >> >>") -> bytes:
    """Return an appearance."""
    return stream(drawing, b"/Type /XObject /Subtype /Form /BBox [0 0 %s] /Resources %s" % (size.encode(), resources))


@cache
def _key() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Siti Rahayu")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    return key, made.not_valid_after(datetime(2040, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())


def first(**objects: bytes) -> dict[int, bytes]:
    """Return the objects of a form of two pages; ``objects`` replace those of the same name in lower case."""
    made = {
        CATALOG: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /Metadata 10 0 R >>",
        PAGES: b"<< /Type /Pages /Kids [3 0 R 13 0 R] /Count 2 /MediaBox [0 0 595 842] >>",
        PAGE: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"
        b" /Annots [7 0 R 8 0 R 11 0 R 12 0 R] >>",
        TEXT: stream(b"BT /F1 14 Tf 72 760 Td (Perjanjian: dibayar Rp 1.000.000) Tj ET"),
        FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        FORM: b"<< /Fields [7 0 R 8 0 R 11 0 R 12 0 R] /DA (/F1 0 Tf 0 g) /DR << /Font << /F1 5 0 R >> >> >>",
        NAME: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (nama) /F 4 /Rect [72 600 272 620] /P 3 0 R >>",
        PREPARED: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (pihak2) /F 4 /Rect [300 100 500 160] /P 3 0 R >>",
        INFO: b"<< /Producer (A) /ModDate (D:20260101000000Z) >>",
        XMP: stream(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", b"/Type /Metadata /Subtype /XML"),
        CHECK: b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (setuju) /F 4 /Rect [72 560 84 572] /P 3 0 R /AS /Off >>",
        TOTAL: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (jumlah) /V (100) /F 4 /Rect [72 500 272 520] /P 3 0 R"
        b" /AP << /N 15 0 R >> >>",
        SECOND: b"<< /Type /Page /Parent 2 0 R /Contents 14 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        SECOND_TEXT: stream(b"BT /F1 14 Tf 72 700 Td (Halaman kedua) Tj ET"),
        15: shape(b"BT /F1 12 Tf 2 5 Td (100) Tj ET", "200 20"),
    }
    named = {name.lower(): number for name, number in globals().items() if isinstance(number, int)}
    return made | {named[name]: body for name, body in objects.items()}


@dataclass(frozen=True)
class Paper:
    """A PDF as far as it was written; ``size`` is the next free object number."""

    pdf: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    size: int = 200
    previous: int = -1
    root: int = CATALOG
    style: str = "table"

    def write(
        self,
        objects: Mapping[int, bytes],
        *,
        free: tuple[int, ...] = (),
        trailer: bytes = b"",
        end: bytes = b"",
        root: int = 0,
        prev: int | None = None,
        tail: bytes = b"",
    ) -> "Paper":
        """Append a revision with tables, or with object and cross-reference streams as Acrobat writes them."""
        out, places, packed = bytearray(self.pdf), {}, {}
        size = max(self.size, *(number + 1 for number in objects), 1) if objects else self.size
        streams = self.style == "stream"
        for number, body in objects.items():
            if streams and b"stream\n" not in body and b"/ByteRange" not in body:
                packed[number] = body
                continue
            places[number] = (1, len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        if packed:
            holder, size = size, size + 1
            heads, bodies = [], b""
            for place, (number, body) in enumerate(packed.items()):
                places[number] = (2, holder, place)
                heads.append(b"%d %d" % (number, len(bodies)))
                bodies += body + b" "
            head = b" ".join(heads) + b" "
            places[holder] = (1, len(out), 0)
            entries = b"/Type /ObjStm /Filter /FlateDecode /N %d /First %d" % (len(packed), len(head))
            out += b"%d 0 obj\n%s\nendobj\n" % (holder, stream(zlib.compress(head + bodies), entries))
        places |= dict.fromkeys(free, (0, 0, 1))
        if self.previous < 0:
            places[0] = (0, 0, 65535)
        start = len(out)
        linked = self.previous if prev is None else prev
        said = b"/Root %d 0 R /Info 9 0 R %s" % (root or self.root, trailer)
        said += b" /Prev %d" % linked if linked >= 0 else b""
        if streams:
            places[size] = (1, start, 0)
            rows = [(number, places[number]) for number in sorted(places)]
            index = b" ".join(b"%d 1" % number for number, _ in rows)
            data = b"".join(bytes([k]) + a.to_bytes(4) + b.to_bytes(2) for _, (k, a, b) in rows)
            entries = b"/Type /XRef /W [1 4 2] /Index [%s] /Size %d %s" % (index, size + 1, said)
            out += b"%d 0 obj\n%s\nendobj\n" % (size, stream(data, entries))
            size += 1
        else:
            out += b"xref\n0 0\n" if not places else b"xref\n"
            for number in sorted(places):
                kind, place, generation = places[number]
                out += b"%d 1\n%010d %05d %s \n" % (number, place, generation, b"fn"[kind : kind + 1])
            out += b"trailer\n<< /Size %d %s >>\n" % (size, said)
        out += b"%sstartxref\n%d\n%%%%EOF\n" % (tail, start) + end
        return replace(self, pdf=bytes(out), size=size, previous=start, root=root or self.root)

    def sign(
        self,
        objects: Mapping[int, bytes],
        value: int,
        *,
        entries: bytes = b"",
        digest: hashes.HashAlgorithm | None = None,
        placed: Callable[[list[int]], list[int]] = list,
        **options: object,
    ) -> "Paper":
        """Append a revision in which ``value`` is a signature's dictionary."""
        held = (
            b"<< /Type /Sig /Filter /A.PPKLite /SubFilter /adbe.pkcs7.detached %s /ByteRange [0 %s] /Contents <%s> >>"
        )
        body = held % (entries, b"*" * 40, b"0" * ROOM)
        made = self.write({**objects, value: body}, **options)  # type: ignore[arg-type]
        return replace(made, pdf=sealed(made.pdf, digest, placed))


def sealed(
    pdf: bytes, digest: hashes.HashAlgorithm | None = None, placed: Callable[[list[int]], list[int]] = list
) -> bytes:
    """Return ``pdf`` with its last empty container filled."""
    opening = pdf.rindex(b"<" + b"0" * ROOM)
    closing = opening + ROOM + 2
    numbers = placed([0, opening, closing, len(pdf) - closing])
    listed = (b"[" + b" ".join(b"%d" % number for number in numbers)).ljust(43) + b"]"
    pdf = re.sub(rb"\[0 \*{40}\]", lambda _: listed, pdf)
    covered = pdf[:opening] + pdf[closing : closing + numbers[3]]
    key, certificate = _key()
    builder = PKCS7SignatureBuilder().set_data(covered).add_signer(certificate, key, digest or hashes.SHA256())
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities]
    made = builder.sign(Encoding.DER, options).hex().encode()
    return pdf[: opening + 1] + made.ljust(ROOM, b"0") + pdf[closing - 1 :]
