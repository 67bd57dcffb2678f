"""A corpus of signed PDFs as anybody's: writers crossed with forms of signatures and with what was done later.

Each is made from the same page; what must pass and what must not is known from how it was made.
"""

import datetime
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import pikepdf
from asn1crypto import cms, core, keys, parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509.oid import NameOID
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Stream, String
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind
from tests.foreign import BOX, gap_of, page, resigned, revise, saved, sign, signer, stamp
from tests.foreign_changes import CHANGES, HARMLESS, annotation
from tests.verification.forge import revision

Make = Callable[[bytes], bytes]

SECOND: Final = Role.SECOND
FIELDS: Final[tuple[Mapping[str, Any], ...]] = ({}, {"V": String("100")})


@dataclass(frozen=True, slots=True)
class Specimen:
    """One file of the corpus, and whether it must be intact."""

    name: str
    is_good: bool
    make: Callable[[], bytes]


def _crypt(**options: Any) -> bytes:
    return page(*FIELDS, encryption=pikepdf.Encryption(owner="pemilik", user="", **options))


def _hybrid() -> bytes:
    """Return the page with one object that only a cross-reference stream names, as a word processor writes it."""
    pdf = page(*FIELDS)
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    start = len(pdf)
    pdf += b"%d 0 obj\n(hidden from old readers)\nendobj\n" % size
    entries = bytes([1]) + start.to_bytes(4) + bytes([0])
    place = len(pdf)
    header = b"<< /Type /XRef /Size %d /W [1 4 1] /Index [%d 1] /Length %d >>" % (size + 2, size, len(entries))
    pdf += b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (size + 1, header, entries)
    table = b"xref\n%d 2\n" % size + b"0000000000 65535 f \n" * 2
    hidden = revision(pdf, {}, xref=table, trailer=b"/XRefStm %d" % place)
    return hidden.replace(b"/Size %d /Root" % size, b"/Size %d /Root" % (size + 2))


def _tagged() -> bytes:
    with pikepdf.open(io.BytesIO(page(*FIELDS))) as document:
        root = document.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTreeNextKey=1))
        first = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=root))
        root.K = Array([first])
        root.ParentTree = document.make_indirect(Dictionary(Nums=Array([0, first])))
        document.Root.StructTreeRoot = root
        return saved(document)


def _many_pages() -> bytes:
    with pikepdf.open(io.BytesIO(page(*FIELDS))) as document:
        for number in range(40):
            document.add_blank_page(page_size=(595, 842))
            sheet = document.pages[-1].obj
            sheet.Resources = document.pages[0].obj.Resources
            sheet.Contents = Stream(document, b"BT /F1 12 Tf 72 700 Td (Halaman %d) Tj ET" % number)
        return saved(document, object_stream_mode=ObjectStreamMode.generate)


WRITERS: Final[dict[str, Callable[[], bytes]]] = {
    "table": partial(page, *FIELDS),
    "version 1.3": partial(page, *FIELDS, force_version="1.3"),
    "version 2.0": partial(page, *FIELDS, force_version="2.0"),
    "object streams": partial(page, *FIELDS, object_stream_mode=ObjectStreamMode.generate),
    "linearized": partial(page, *FIELDS, linearize=True),
    "linearized streams": partial(page, *FIELDS, linearize=True, object_stream_mode=ObjectStreamMode.generate),
    "hybrid": _hybrid,
    "tagged": _tagged,
    "many pages": _many_pages,
    "rewritten before": lambda: revise(page(*FIELDS), HARMLESS["page tidied"]),
    "RC4": partial(_crypt, R=3, aes=False, metadata=False),
    "AES-128": partial(_crypt, R=4, aes=True),
    "AES-256": partial(_crypt, R=6),
}


ENCRYPTED: Final = frozenset({"RC4", "AES-128", "AES-256"})


@cache
def stranger(kind: str) -> SimpleSigner:
    """Return a signer with a key of that kind and a certificate of its own."""
    made: dict[str, Callable[[], Any]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505 old files have such
        "brainpool": lambda: ec.generate_private_key(ec.BrainpoolP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
        "dsa": lambda: dsa.generate_private_key(2048),
    }
    key = made[kind]()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Penanda tangan {kind}")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    digest = None if kind.startswith("ed") else hashes.SHA256()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), day, day.replace(year=2030))
    ).sign(key, digest)
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=asn1.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(encoded),
        cert_registry=SimpleCertificateStore(),
    )


@cache
def _pss() -> SimpleSigner:
    plain = signer(kind=KeyKind.RSA2048)
    return SimpleSigner(plain.signing_cert, plain.signing_key, plain.cert_registry, prefer_pss=True)


def _indefinite(info: cms.ContentInfo) -> bytes:
    """Return a container whose outer parts have no length (X.690, 8.1.3.6)."""
    outer = parser.parse(info.dump(force=True))[4]
    kind = core.ObjectIdentifier.load(outer).dump()
    inside = parser.parse(parser.parse(outer[len(kind) :])[4])[4]
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80" + inside + b"\0\0" * 3


def _raw(pdf: bytes) -> bytes:
    """Return ``pdf`` with a value by PKCS #1 beside its certificate (ISO 32000-1, 12.8.3.2)."""
    made = stranger("rsa")
    key = rsa_private(made)
    room = b"/Reason (" + b"x" * 3000 + b")"
    pdf = sign(pdf, "Sig1", reason="x" * 3000, strict=False)
    beside = b"/Cert <" + made.signing_cert.dump().hex().encode() + b">"
    pdf = pdf.replace(room, beside.ljust(len(room))).replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ")
    opening, closing = gap_of(pdf)
    value = key.sign(pdf[:opening] + pdf[closing:], padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 the form is so old
    digits = core.OctetString(value).dump().hex().encode()
    return pdf[: opening + 1] + digits.ljust(closing - opening - 2, b"0") + pdf[closing - 1 :]


def rsa_private(made: SimpleSigner) -> rsa.RSAPrivateKey:
    """Return the key of a signer with an RSA key."""
    key = load_der_private_key(made.signing_key.dump(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _signed(**options: Any) -> Make:
    return partial(sign, strict=False, **options)


def _resigned(**options: Any) -> Make:
    return lambda pdf: resigned(sign(pdf, strict=False), **options)


def _wrong_algorithm(info: cms.ContentInfo) -> None:
    (made,) = info["content"]["signer_infos"]
    made["digest_algorithm"] = {"algorithm": "1.2.840.113549.1.1.11"}


def _sha1(text: bytes) -> bytes:
    made = hashes.Hash(hashes.SHA1())  # noqa: S303 the form is so old
    made.update(text)
    return made.finalize()


ADOBE: Final = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
FORMS: Final[dict[str, Make]] = {
    "PAdES": _signed(),
    "PAdES visible": _signed(box=BOX),
    "PAdES timed": _signed(timed=True),
    "PAdES RSA": _signed(kind=KeyKind.RSA2048),
    "PSS": _signed(by=_pss()),
    "detached": _signed(subfilter=ADOBE),
    "SHA-1": _signed(subfilter=ADOBE, md_algorithm="sha1"),
    "SHA-512": _signed(md_algorithm="sha512"),
    "SHA3-256": _signed(md_algorithm="sha3_256"),
    "brainpool": _signed(by=stranger("brainpool")),
    "Ed25519": _signed(by=stranger("ed25519"), md_algorithm="sha512"),
    "Ed448": _signed(by=stranger("ed448"), md_algorithm="shake256"),
    "DSA": _signed(by=stranger("dsa")),
    "RSA 1024": _signed(by=stranger("rsa"), subfilter=ADOBE),
    "signed digest": _resigned(kind=b"/adbe.pkcs7.sha1", carried=_sha1),
    "raw": _raw,
    "without length": _resigned(encoded=_indefinite),
    "digest named as signature": _resigned(change=_wrong_algorithm),
    "brackets covered": _resigned(byte_range=lambda old: [0, old[1] + 1, old[2] - 1, old[3] + 1]),
    "form may be filled": _signed(certify=True, docmdp_permissions=MDPPerm.FILL_FORMS),
    "annotations allowed": _signed(certify=True, docmdp_permissions=MDPPerm.ANNOTATE),
    "another field locked": _signed(spec={"field_mdp_spec": FieldMDPSpec(FieldMDPAction.INCLUDE, ["lain"])}),
}


def _later(change: Callable[[Any], None]) -> Make:
    return partial(revise, change=change, strict=False)


GOOD: Final[dict[str, Make]] = {
    "nothing": bytes,
    "white space": lambda pdf: pdf + b"\r\n\0\n",
    "document timestamp": partial(stamp, strict=False),
    "validation data, timestamp, twice": lambda pdf: _proved(_proved(pdf)),
    "second signature": partial(sign, field="Sig2", role=SECOND, strict=False),
    "third signature": lambda pdf: sign(sign(pdf, "Sig2", SECOND, strict=False), "Sig3", strict=False),
    **{name: _later(change) for name, change in HARMLESS.items()},
    "filled in and signed": lambda pdf: sign(_later(HARMLESS["field filled in"])(pdf), "Sig2", SECOND, strict=False),
}


def _proved(pdf: bytes) -> bytes:
    return stamp(_later(HARMLESS["validation data"])(pdf), strict=False)


def _objects_without_references(pdf: bytes) -> bytes:
    return pdf + b"1 0 obj\n<< /Type /Catalog >>\nendobj\n"


def _another_start(pdf: bytes) -> bytes:
    return pdf + b"1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def _no_start(pdf: bytes) -> bytes:
    return pdf + b"1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 0\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def _moved(pdf: bytes) -> bytes:
    """Wrap: move the signed end behind new objects, with a byte range that says so (SWA)."""
    opening, closing = gap_of(pdf)
    forged = b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    rest = len(pdf) - closing
    written = max(re.finditer(rb"/ByteRange\s*(\[[\d ]+\])", pdf), key=lambda found: found.end() - found.start())
    numbers = b"[0 %d %d %d" % (opening, closing + len(forged), rest)
    said = numbers.ljust(len(written[1]) - 1) + b"]"
    changed = pdf[: written.start(1)] + said + pdf[written.end(1) :]
    return changed[:closing] + forged + changed[closing:]


def _at(pdf: bytes, place: int, more: bytes) -> bytes:
    return pdf[:place] + more + pdf[place + len(more) :]


def _other_value(pdf: bytes) -> bytes:
    opening, closing = gap_of(pdf)
    digits = pdf[opening + 1 : closing - 1].lower()
    container = bytes.fromhex(digits.decode())
    try:
        (made,) = cms.ContentInfo.load(container)["content"]["signer_infos"]
        value = made["signature"].native
    except ValueError:
        value = container[:40]
    place = opening + 1 + digits.index(value.hex().encode()) + 20
    return _at(pdf, place, b"0" if pdf[place : place + 1] != b"0" else b"1")


def _spoilt(entry: bytes, written: bytes) -> Make:
    """Take the content of an entry of the signature away (USF)."""

    def change(pdf: bytes) -> bytes:
        found = list(re.finditer(rb"%s\s*(\[[\d ]*\]|<[0-9A-Fa-f]{200,}>)" % entry, pdf))[-1]
        return pdf[: found.start(1)] + written.ljust(len(found[1])) + pdf[found.end(1) :]

    return change


_RANGES: Final = (b"[]", b"null", b"[0 1 2 3]", b"[0 0 0 0]")
_CONTAINERS: Final = (b"<>", b"<00>", b"null", b"<" + b"00" * 90 + b">")
BAD: Final[dict[str, Make]] = {
    "1 byte of the page changed": lambda pdf: _at(pdf, pdf.index(b"endobj") - 2, b"?"),
    "2 value changed": _other_value,
    "7 rubbish behind": lambda pdf: pdf + b"rubbish",
    "11 wrapped": _moved,
    "12 objects without references": _objects_without_references,
    "12 another start": _another_start,
    "12 no start": _no_start,
    **{
        f"8 byte range {word.decode()}": _spoilt(rb"/ByteRange", word)
        for word in (b"[]", b"null", b"[0 1 2 3]", b"[0 0 0 0]")
    },
    **{
        f"8 contents {word.decode()}": _spoilt(rb"/Contents", word)
        for word in (b"<>", b"<00>", b"null", b"<" + b"00" * 90 + b">")
    },
    **{name: _later(change) for name, (change, _) in CHANGES.items()},
    **{
        f"{name}, signed again": lambda pdf, change=change: sign(_later(change)(pdf), "Sig8", SECOND, strict=False)
        for name, (change, _) in CHANGES.items()
        if not name.startswith(("17", "30 form", "26 page removed"))
    },
}

LENIENT: Final = ("form may be filled", "annotations allowed")
"""Forms under which values may change."""
CERTIFIED: Final[dict[str, Make]] = {
    "22 annotation": _later(annotation),
    "23 signature shown": partial(sign, field="Sig2", role=SECOND, strict=False, box=BOX),
    "23 signature over the page": partial(sign, field="Sig2", role=SECOND, strict=False, box=(0, 0, 595, 842)),
}


def specimens() -> Iterator[Specimen]:
    """Yield every writer with every good change, every form with every third, and each bad one in four crossings."""
    yield from _good()
    yield from _bad()


def _good() -> Iterator[Specimen]:
    forms, writers = list(FORMS), list(WRITERS)
    plain = [writer for writer in writers if writer not in ENCRYPTED]
    for place, later in enumerate(GOOD):
        for number, writer in enumerate(writers):
            form = forms[(number + 3 * place) % len(forms)]
            if form == "raw" and writer in ENCRYPTED:
                # its certificate would have to be encrypted
                form = "PAdES"
            yield _specimen(writer, form, later, GOOD[later], is_good=True)
        for number, form in enumerate(forms):
            if place % 3 == number % 3:
                writer = plain[(number + place) % len(plain)]
                yield _specimen(writer, form, later, GOOD[later], is_good=True)


def _bad() -> Iterator[Specimen]:
    forms, writers = [form for form in FORMS if form not in LENIENT], list(WRITERS)
    for number, later in enumerate(BAD):
        for turn in range(4):
            writer, form = writers[(number + 5 * turn) % len(writers)], forms[(number + 7 * turn) % len(forms)]
            yield _specimen(writer, form, later, BAD[later], is_good=False)
    for form in LENIENT:
        for later, change in CERTIFIED.items():
            for writer in writers[:6]:
                yield _specimen(writer, form, later, change, is_good=False)


def _specimen(writer: str, form: str, later: str, change: Make, *, is_good: bool) -> Specimen:
    return Specimen(f"{writer} / {form} / {later}", is_good, lambda: change(FORMS[form](WRITERS[writer]())))
