"""Signed PDFs of somebody else: plain pages, signed by pyHanko's own signer with keys of the training PKI."""

import asyncio
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pikepdf
from asn1crypto import cms, keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields as sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind
from tests.factory import head_content
from tests.signed import authorities, credential

STAMPED = datetime(2026, 1, 23, 3, 0, tzinfo=UTC)
"""What timestamps say."""
TEXT = "Surat tugas nomor 7"
BOX = (300, 50, 500, 110)


def _load(certificate: Any) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


@cache
def signer(role: Role = Role.FIRST, kind: KeyKind = KeyKind.P256) -> SimpleSigner:
    """Return pyHanko's signer with the key of a party of the usual content."""
    party = head_content().party(role)
    assert party is not None
    key, certificate = credential(party, kind)
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    registry = SimpleCertificateStore()
    registry.register_multiple(_load(authority.certificate) for authority in authorities(kind))
    return SimpleSigner(
        signing_cert=_load(certificate), signing_key=keys.PrivateKeyInfo.load(encoded), cert_registry=registry
    )


@cache
def stamper() -> DummyTimeStamper:
    """Return a timestamp authority that is at hand; its certificate is a person's, which nobody judges here."""
    made = signer(Role.SECOND, KeyKind.RSA2048)
    return DummyTimeStamper(made.signing_cert, made.signing_key, fixed_dt=STAMPED)


def saved(document: Pdf, **options: Any) -> bytes:
    output = io.BytesIO()
    document.save(output, **({"static_id": True, "object_stream_mode": ObjectStreamMode.disable} | options))
    return output.getvalue()


def page(*values: Mapping[str, Any], text: str = TEXT, **options: Any) -> bytes:
    """Return one page with ``text``, and with a text field for each of ``values``: its entries, ``V`` among them.

    What is ``shown`` there is ``V``, if nothing else is said.
    """
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        sheet = document.pages[0].obj
        font = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        sheet.Resources = Dictionary(Font=Dictionary(F1=font))
        sheet.Contents = Stream(document, f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode())
        sheet.Annots = Array([])
        document.docinfo["/Title"] = String("Surat")
        form = Dictionary(Fields=Array([]), DA=String("/F1 12 Tf 0 g"), DR=Dictionary(Font=Dictionary(F1=font)))
        for number, entries in enumerate(values):
            field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(f"isian{number}"), F=4)
            field.Rect = Array([72, 600 - 40 * number, 300, 620 - 40 * number])
            field.P = sheet
            for key in entries.keys() - {"shown"}:
                field[f"/{key}"] = entries[key]
            shown = entries.get("shown", entries.get("V"))
            if isinstance(shown, str | String):
                field.AP = Dictionary(N=drawing(document, str(shown)))
            made = document.make_indirect(field)
            form.Fields.append(made)
            sheet.Annots.append(made)
        document.Root.AcroForm = document.make_indirect(form)
        return saved(document, **options)


def drawing(document: Pdf, text: str) -> pikepdf.Object:
    """Return an appearance that shows ``text``."""
    stream = Stream(document, f"BT /F1 12 Tf 1 0 0 1 2 5 Tm ({text}) Tj ET".encode())
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    stream.Resources = Dictionary(Font=Dictionary(F1=font))
    stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, Array([0, 0, 228, 20])
    return document.make_indirect(stream)


def sign(
    pdf: bytes,
    field: str = "Sig1",
    role: Role = Role.FIRST,
    *,
    kind: KeyKind = KeyKind.P256,
    box: tuple[int, int, int, int] | None = None,
    timed: bool = False,
    spec: Mapping[str, Any] | None = None,
    strict: bool = True,
    by: SimpleSigner | None = None,
    **metadata: Any,
) -> bytes:
    """Return ``pdf`` with a signature appended; ``metadata`` and ``spec`` are pyHanko's, of signature and field."""
    writer = open_writer(pdf, strict=strict)
    chosen = {"subfilter": sig_fields.SigSeedSubFilter.PADES, "md_algorithm": "sha256"} | metadata
    new_field = sig_fields.SigFieldSpec(field, box=box, **(spec or {})) if box or spec else None
    made = PdfSigner(
        PdfSignatureMetadata(field_name=field, **chosen),
        by or signer(role, kind),
        timestamper=stamper() if timed else None,
        new_field_spec=new_field,
    ).sign_pdf(writer)
    return bytes(made.getvalue())


def open_writer(pdf: bytes, *, strict: bool) -> IncrementalPdfFileWriter:
    """Return what appends a revision; no password is asked."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=strict)
    if writer.prev.encrypted:
        writer.encrypt("")
    return writer


def stamp(pdf: bytes, *, strict: bool = True) -> bytes:
    """Return ``pdf`` with a document timestamp appended."""
    writer = open_writer(pdf, strict=strict)
    made = PdfTimeStamper(stamper()).timestamp_pdf(writer, "sha256", validation_context=None)
    return bytes(made.getvalue())


def revise(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None], *, strict: bool = True) -> bytes:
    """Return ``pdf`` with a revision of whatever ``change`` does."""
    writer = open_writer(pdf, strict=strict)
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def store(writer: IncrementalPdfFileWriter) -> None:
    """Put a document security store in place, with two streams that nobody reads here."""
    certificate, crl = (
        writer.add_object(generic.StreamObject(stream_data=data)) for data in (b"certificate", b"revocation")
    )
    entries = {pdf_name("/Certs"): generic.ArrayObject([certificate]), pdf_name("/CRLs"): generic.ArrayObject([crl])}
    writer.root[pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject(entries))
    writer.update_root()


def field_of(writer: IncrementalPdfFileWriter, name: str) -> generic.DictionaryObject:
    """Return the field of that name, marked as changed."""
    listed = (entry.get_object() for entry in writer.root["/AcroForm"]["/Fields"])
    found = next(entry for entry in listed if entry["/T"] == name)
    writer.update_container(found)
    return found


def fill(name: str, value: str | None, *, drawn: str | None = None) -> Callable[[IncrementalPdfFileWriter], None]:
    """Return the change that fills a text field in with ``value``, and shows ``drawn`` there."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        entry = field_of(writer, name)
        if value is not None:
            entry[pdf_name("/V")] = pdf_string(value)
        appearance = writer.add_object(form_stream(b"BT 2 5 Td (" + (drawn or value or "").encode() + b") Tj ET"))
        entry[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): appearance})

    return change


def form_stream(drawing: bytes) -> generic.StreamObject:
    """Return an appearance of 228 by 20 points, in Helvetica."""
    named = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in named.items()})
    fonts = generic.DictionaryObject({pdf_name("/F1"): font})
    entries = {
        "/Type": pdf_name("/XObject"),
        "/Subtype": pdf_name("/Form"),
        "/BBox": generic.ArrayObject(map(generic.NumberObject, (0, 0, 228, 20))),
        "/Resources": generic.DictionaryObject({pdf_name("/Font"): fonts}),
    }
    made = {pdf_name(key): value for key, value in entries.items()}
    return generic.StreamObject(made, stream_data=b"/F1 12 Tf " + drawing)


def numbers_of(pdf: bytes) -> tuple[int, int]:
    """Return the object numbers of the catalog and of the first page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return document.Root.objgen[0], document.pages[0].obj.objgen[0]


def gap_of(pdf: bytes) -> tuple[int, int]:
    """Return where the container of the last signature stands, brackets included."""
    found = list(re.finditer(rb"/Contents\s*(<[0-9a-fA-F]{200,}>)", pdf))[-1]
    return found.span(1)


def resigned(
    pdf: bytes,
    *,
    kind: bytes = b"/ETSI.CAdES.detached",
    prepare: Callable[[bytearray], None] | None = None,
    byte_range: Callable[[list[int]], list[int]] = list,
    carried: Callable[[bytes], bytes] | None = None,
    change: Callable[[cms.ContentInfo], None] | None = None,
    encoded: Callable[[cms.ContentInfo], bytes] = lambda info: info.dump(force=True),
    md: str = "sha256",
    key: KeyKind = KeyKind.P256,
    by: SimpleSigner | None = None,
) -> bytes:
    """Return ``pdf`` with its last signature made anew after ``prepare``, over whatever ``byte_range`` says.

    ``carried`` gives what the container carries inside, ``change`` changes it once it is signed, ``encoded`` writes it.
    """
    output = bytearray(pdf)
    output[:] = output.replace(b"/ETSI.CAdES.detached", kind.ljust(20))
    if prepare:
        prepare(output)
    opening, closing = gap_of(output)
    written = max(re.finditer(rb"/ByteRange\s*(\[[\d ]+\])", output), key=lambda found: found.end() - found.start())
    numbers = byte_range([0, opening, closing, len(output) - closing])
    listed = b"[" + b" ".join(b"%d" % number for number in numbers)
    output[slice(*written.span(1))] = listed.ljust(len(written[1]) - 1) + b"]"
    first, second = (bytes(output[start : start + length]) for start, length in (numbers[:2], numbers[2:]))
    inside = carried(first + second) if carried else None
    digest = hashlib.new(md, first + second if inside is None else inside).digest()
    content = cms.ContentInfo({"content_type": "data", "content": inside}) if inside is not None else None
    info = asyncio.run((by or signer(kind=key)).async_sign(digest, md, use_pades=True, encap_content_info=content))
    if change:
        change(info)
    digits = encoded(info).hex().encode()
    output[opening + 1 : closing - 1] = digits.ljust(closing - opening - 2, b"0")
    return bytes(output)
