"""How far a file has come: an issued agreement, and who has signed it so far.

This is what a signer must know before he adds his name, and what ``status`` shows. It is not verification:
certificates are not judged, and whether the page says what the content says is not read.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

from cryptography import x509
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, Reference, StreamObject
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionType

from pkdocs.content import Content, Role, parse_content
from pkdocs.errors import SigningError
from pkdocs.issue import ATTACHMENT, electronic_roles
from pkdocs.pki import person_of
from pkdocs.schema import NewerSchemaError, SchemaError
from pkdocs.signing.cms import open_cms

_END: Final = re.compile(rb"startxref\s{1,2}\d{1,10}\s{1,2}%%EOF(?:\r\n|\n|\r)?")
_APPEND_ONLY: Final = 3
_SIGNED_ENTRIES: Final = frozenset({"/V", "/AP"})
"""What a signature changes in its field."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One intact signature: in which role, by whom (the content's person), with which certificate (DER).

    ``end`` is where its revision ends, in bytes.
    """

    role: Role
    person: str
    certificate: bytes
    end: int


@dataclass(frozen=True, slots=True)
class SignedForm:
    """An issued file with its signatures, in the order in which they were added.

    ``issue_digest`` is SHA-256 of the issued revision, to be compared with the index or the register: whether
    that revision is the one that was issued, nothing in the file can say.
    """

    content: Content
    signatures: tuple[Signature, ...]
    issue_digest: str

    @property
    def signed(self) -> tuple[Role, ...]:
        """The roles that have signed, in the order of the revisions."""
        return tuple(signature.role for signature in self.signatures)

    @property
    def open(self) -> tuple[Role, ...]:
        """The roles whose signature is awaited, in the order of the content; those who sign on paper are not."""
        return tuple(role for role in electronic_roles(self.content) if role not in self.signed)


def read_form(pdf: bytes, *, owners: Mapping[bytes, str] = MappingProxyType({})) -> SignedForm:
    """Return what ``pdf`` holds, if it is an issued file followed by signatures of its parties alone.

    Checked are the structure of the revisions, digests and raw signatures, and that each signer is the party:
    ``owners`` says whose certificates (DER) are, else they name their person themselves.

    Raises:
        SigningError: not a PDF that pkdocs issued, or changed since.
    """
    try:
        return _read(pdf, owners)
    except SigningError:
        raise
    except Exception as fault:
        # the reader raises whatever a damaged file leads it to
        raise SigningError("SIGN_DAMAGED") from fault


def _read(pdf: bytes, owners: Mapping[bytes, str]) -> SignedForm:
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    revisions = reader.xrefs.total_revisions
    ends = [_end(pdf, reader, revision) for revision in range(revisions)]
    _demand(ends[-1] == len(pdf), "something follows the last revision")
    content = _read_content(reader.get_historical_resolver(0))
    fields = _read_fields(reader.get_historical_resolver(0), content)
    signatures: list[Signature] = []
    for revision in range(1, revisions):
        role, field = _signed_field(reader, revision, fields)
        certificate = _read_signature(pdf, field, ends[revision - 1], ends[revision])
        person = owners.get(certificate) or person_of(x509.load_der_x509_certificate(certificate))
        signatures.append(_attribute(content, role, person, certificate, ends[revision]))
    return SignedForm(content, tuple(signatures), hashlib.sha256(pdf[: ends[0]]).hexdigest())


def _demand(fulfilled: object, detail: str) -> None:
    if not fulfilled:
        raise SigningError("SIGN_ALTERED", detail=detail)


def _end(pdf: bytes, reader: PdfFileReader, revision: int) -> int:
    section = reader.xrefs.get_xref_container_info(revision)
    _demand(section.xref_section_type is XRefSectionType.STANDARD, "not a plain cross-reference table")
    matched = _END.search(pdf, section.end_location)
    _demand(matched, "a revision without an end")
    return matched.end() if matched else 0


def _read_content(issued: HistoricalResolver) -> Content:
    try:
        files = issued.root["/Names"]["/EmbeddedFiles"]["/Names"]
        embedded = files[1]["/EF"]["/F"]
    except (KeyError, IndexError, TypeError) as fault:
        raise SigningError("SIGN_NOT_ISSUED") from fault
    if len(files) != 2 or str(files[0]) != ATTACHMENT or not isinstance(embedded, StreamObject):
        raise SigningError("SIGN_NOT_ISSUED")
    try:
        return parse_content(embedded.data)
    except NewerSchemaError as fault:
        raise SigningError("SCHEMA_NEWER", fault.params, file=ATTACHMENT) from fault
    except SchemaError as fault:
        raise SigningError("SIGN_NOT_ISSUED") from fault


def _read_fields(issued: HistoricalResolver, content: Content) -> dict[int, Role]:
    """Return the object number of each role's field; they are the electronic roles', and empty."""
    names: dict[str, int] = {}
    form = issued.root["/AcroForm"]
    _demand(form["/SigFlags"] == _APPEND_ONLY and "/NeedAppearances" not in form, "another form than the issued one")
    for field in _references(form["/Fields"]):
        entries = issued(field)
        _demand(isinstance(entries, DictionaryObject) and "/V" not in entries, "issued with a filled field")
        names[str(entries["/T"])] = field.idnum
    expected = {role.value: role for role in electronic_roles(content)}
    _demand(names.keys() == expected.keys(), "other fields than the content's roles")
    return {number: expected[name] for name, number in names.items()}


def _references(array: ArrayObject) -> Iterator[Reference]:
    for position in range(len(array)):
        entry = array.raw_get(position)
        _demand(isinstance(entry, IndirectObject), "a field that is not an object of its own")
        yield entry.reference


def _signed_field(reader: PdfFileReader, revision: int, fields: dict[int, Role]) -> tuple[Role, DictionaryObject]:
    """Return the field that the revision fills; it may change nothing else that was there."""
    before, after = reader.get_historical_resolver(revision - 1), reader.get_historical_resolver(revision)
    for entry in ("/Root", "/Info"):
        _demand(before.trailer_view.raw_get(entry) == after.trailer_view.raw_get(entry), f"another {entry}")
    _demand(not reader.xrefs.refs_freed_in_revision(revision), "an object taken away")
    written = reader.xrefs.explicit_refs_in_revision(revision)
    changed = [ref for ref in written if reader.xrefs.get_introducing_revision(ref) < revision]
    _demand(len(changed) == 1 and changed[0].idnum in fields, "more than a field changed")
    old, new = before(changed[0]), after(changed[0])
    _demand("/V" not in old and "/V" in new, "not a signature added")
    _demand(_others(old) == _others(new), "the field changed")
    return fields[changed[0].idnum], new


def _others(field: DictionaryObject) -> dict[str, bytes]:
    return {str(name): _written(field.raw_get(name)) for name in field if name not in _SIGNED_ENTRIES}


def _written(entry: PdfObject) -> bytes:
    output = BytesIO()
    entry.write_to_stream(output, None)
    return output.getvalue()


def _read_signature(pdf: bytes, field: DictionaryObject, start: int, end: int) -> bytes:
    """Return the certificate of a signature that covers all of ``pdf`` up to ``end`` but itself."""
    value = field["/V"]
    first, length, second, rest = (int(number) for number in value["/ByteRange"])
    _demand(first == 0 and start < length < second and second + rest == end, "not all is covered")
    gap = pdf[length:second]
    _demand(re.fullmatch(rb"<(?:[0-9A-Fa-f]{2})+>", gap), "more than the signature is left out")
    contents = bytes.fromhex(gap[1:-1].decode("ascii"))
    _demand(value["/Contents"].original_bytes == contents, "another signature than the one left out")
    digest = hashlib.sha256(pdf[:length])
    digest.update(pdf[second:end])
    certificate = open_cms(contents, digest.digest())
    _demand(certificate, "the signature does not fit the bytes")
    return certificate or b""


def _attribute(content: Content, role: Role, person: str, certificate: bytes, end: int) -> Signature:
    party = content.party(role)
    if party is None or party.person != person:
        raise SigningError("SIGN_FOREIGN_SIGNATURE", id=content.id, role=role.value)
    return Signature(role, person, certificate, end)
