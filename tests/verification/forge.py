"""Forging tools: well-formed revisions and signatures with one thing wrong, made without the code under test."""

import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from asn1crypto import algos, cms, core, tsp, x509
from pikepdf import Pdf

from pkdocs.signing import Signer

_RESERVED = 6144
_DICTIONARY = (
    b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260122091500+07'00')"
    b" /ByteRange [0 0000000000 0000000000 0000000000] /Contents <" + b"0" * 2 * _RESERVED + b"> >>"
)


def object_bytes(pdf: bytes, number: int) -> bytes:
    """Return the last ``number 0 obj`` ... ``endobj`` body of ``pdf``."""
    bodies = re.findall(rb"(?:^|\n)%d 0 obj\n(.*?)\nendobj" % number, pdf, re.DOTALL)
    return bodies[-1]


def last_size(pdf: bytes) -> int:
    return int(re.findall(rb"/Size (\d+)", pdf)[-1])


def root_of(pdf: bytes) -> int:
    return int(re.findall(rb"/Root (\d+)", pdf)[-1])


def revision(
    pdf: bytes, objects: Mapping[int, bytes], *, trailer: bytes = b"", xref: bytes | None = None, comment: bytes = b""
) -> bytes:
    """Return ``pdf`` with a well-formed revision of ``objects`` appended."""
    output = bytearray(pdf)
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(output)
        output += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(output)
    output += xref if xref is not None else _section(offsets)
    size = max(last_size(pdf), *(number + 1 for number in objects), 1)
    previous = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    root, info = (re.findall(rb"/%s (\d+ 0 R)" % key, pdf)[-1] for key in (b"Root", b"Info"))
    output += b"trailer\n<< /Size %d /Root %s /Info %s /Prev %d %s >>\n" % (size, root, info, previous, trailer)
    output += comment + b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(output)


def _section(offsets: Mapping[int, int]) -> bytes:
    entries = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offsets[number]) for number in sorted(offsets))
    return b"xref\n0 1\n0000000000 65535 f \n" + entries


def altered(pdf: bytes, change: Callable[[Pdf], None]) -> bytes:
    """Return the issued ``pdf`` after ``change``, written in the issued form again."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        output = io.BytesIO()
        document.save(
            output, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False
        )
    return output.getvalue()


def no_change(entries: dict[str, Any]) -> None:
    """Leave it as it is."""


@dataclass
class Hand:
    """A hand that signs, with every place where it may err."""

    signer: Signer
    attributes: Callable[[dict[str, Any]], None] = no_change
    """Changes the signed attributes by name; each value is a list of values."""
    content_info: Callable[[Any], None] = no_change
    """Changes the ContentInfo before it is encoded."""
    container: Callable[[bytes], bytes] = bytes
    """Changes it when it is encoded."""
    certificates: tuple[bytes, ...] | None = None
    digest: str = "sha256"
    objects: Mapping[int, bytes] = field(default_factory=dict)
    """More objects in the revision; numbers count from the first free one when negative: -1 is the next."""
    field_change: Callable[[bytes], bytes] = bytes
    dictionary_change: Callable[[bytes], bytes] = bytes
    byte_range: Callable[[list[int]], list[int]] = list
    contents: Callable[[bytes], bytes] = bytes
    """Changes the hexadecimal digits between the angle brackets; they keep their length."""
    spoil: Callable[[bytearray], None] = no_change
    """Changes the whole file after signing."""

    def sign(self, pdf: bytes, field: str) -> bytes:
        """Return ``pdf`` with a signature in the field of that name, which in an agreement is the role's."""
        name = field.encode()
        number = next(
            int(found[1])
            for found in re.finditer(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)
            if b"/FT /Sig" in found[2]
            and (b"(%s)" % name in found[2] or b"(%s)" % name.replace(b"-", b"\\055") in found[2])
        )
        value = last_size(pdf)
        dictionary = self.dictionary_change(_DICTIONARY)
        body = object_bytes(pdf, number).replace(b"/Subtype /Widget", b"/Subtype /Widget /V %d 0 R" % value)
        extra = {value - key if key < 0 else key: text for key, text in self.objects.items()}
        return self._filled(revision(pdf, {number: self.field_change(body), value: dictionary, **extra}), len(pdf))

    def _filled(self, pdf: bytes, start: int) -> bytes:
        """Return ``pdf`` with the container and the byte range of the revision at ``start`` filled in."""
        output = bytearray(pdf)
        opening = output.rindex(b"<" + b"0" * 2 * _RESERVED + b">")
        closing = opening + 2 * _RESERVED + 2
        exact = self.byte_range([0, opening, closing, len(output) - closing])
        written = (b"[" + b" ".join(b"%d" % number for number in exact)).ljust(36) + b"]"
        place = output.find(b"[0 0000000000", start)
        if place >= 0:
            output[place : place + 37] = written
        covered = bytes(output[:opening] + output[closing:])
        digits = self._container(covered).hex().encode().ljust(2 * _RESERVED, b"0")
        output[opening + 1 : closing - 1] = self.contents(digits)
        self.spoil(output)
        return bytes(output)

    def _container(self, covered: bytes) -> bytes:
        certificate = x509.Certificate.load(self.signer.certificate)
        hashed = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": self.digest})}
        attributes: dict[str, Any] = {
            "content_type": ["data"],
            "message_digest": [hashlib.new(self.digest, covered).digest()],
            "signing_certificate_v2": [
                tsp.SigningCertificateV2(
                    {"certs": [{**hashed, "cert_hash": hashlib.new(self.digest, self.signer.certificate).digest()}]}
                )
            ],
        }
        self.attributes(attributes)
        signed = cms.CMSAttributes(
            [cms.CMSAttribute({"type": name, "values": values}) for name, values in attributes.items()]
        )
        [signature] = self.signer.sign_raw([signed.dump()])
        kind = "ecdsa" if certificate.public_key.algorithm == "ec" else "rsassa_pkcs1v15"
        algorithm = {"algorithm": "sha256_ecdsa"} if kind == "ecdsa" else {"algorithm": "sha256_rsa"}
        chain = self.certificates if self.certificates is not None else (self.signer.certificate, *self.signer.chain)
        info = cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v1",
                        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": self.digest})],
                        "encap_content_info": {"content_type": "data"},
                        "certificates": [x509.Certificate.load(entry) for entry in chain],
                        "signer_infos": [
                            cms.SignerInfo(
                                {
                                    "version": "v1",
                                    "sid": cms.SignerIdentifier(
                                        {
                                            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                                                {
                                                    "issuer": certificate.issuer,
                                                    "serial_number": certificate.serial_number,
                                                }
                                            )
                                        }
                                    ),
                                    "digest_algorithm": algos.DigestAlgorithm({"algorithm": self.digest}),
                                    "signed_attrs": signed,
                                    "signature_algorithm": algos.SignedDigestAlgorithm(algorithm),
                                    "signature": core.OctetString(signature),
                                }
                            )
                        ],
                    }
                ),
            }
        )
        self.content_info(info)
        encoded: bytes = info.dump(force=True)
        return self.container(encoded)


@dataclass
class Beside(Hand):
    """A hand that signs in a field of its own: without size, or within ``box`` on the page where ours are."""

    name: bytes = b"Tanda1"
    box: tuple[float, float, float, float] | None = None
    catalog_change: Callable[[bytes], bytes] = bytes
    page_change: Callable[[bytes], bytes] = bytes
    comment: bytes = b""

    def append(self, pdf: bytes) -> bytes:
        """Return ``pdf`` with the field and its signature appended."""
        number = last_size(pdf)
        page = int(re.findall(rb"\n(\d+) 0 obj\n(?:(?!endobj).)*?/Annots", pdf, re.DOTALL)[0])
        catalog = root_of(pdf)
        rectangle = b" ".join(b"%g" % edge for edge in self.box or (0, 0, 0, 0))
        field = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /P %d 0 R /Rect [%s] /V %d 0 R >>" % (
            self.name,
            page,
            rectangle,
            number + 1,
        )
        root = re.sub(rb"(/Fields \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % number, object_bytes(pdf, catalog))
        objects = {catalog: self.catalog_change(root)}
        if self.box:
            listed = re.sub(rb"(/Annots \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % number, object_bytes(pdf, page))
            objects[page] = self.page_change(listed)
        objects |= {number: self.field_change(field), number + 1: self.dictionary_change(_DICTIONARY)}
        extra = {number + 1 - key if key < 0 else key: text for key, text in self.objects.items()}
        return self._filled(revision(pdf, {**objects, **extra}, comment=self.comment), len(pdf))
