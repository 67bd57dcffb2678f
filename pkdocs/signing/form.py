"""How far a file has come: an issued agreement, and who has signed it so far.

This is what a signer must know before he adds his name, and what ``status`` shows: steps 1 to 3 of judging, and that
each signer is the party. It is not verification: certificates are not judged, and whether the page says what the
content says is not read.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pkdocs.content import MAX_CONTENT_BYTES, Content, Role, parse_content
from pkdocs.errors import SigningError
from pkdocs.issue import ATTACHMENT, electronic_roles
from pkdocs.schema import NewerSchemaError, SchemaError
from pkdocs.verification import Finding, Weight
from pkdocs.verification import Signature as ReadSignature
from pkdocs.verification.attribution import attribute, owner_of
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.form import Form
from pkdocs.verification.form import read_form as read_issued_form
from pkdocs.verification.layout import FileError, Layout, read_layout
from pkdocs.verification.signature import read_signature
from pkdocs.verification.stamp import Stamp, read_stamp
from pkdocs.verification.syntax import PdfSyntaxError, inflate
from pkdocs.verification.updates import Filling, read_updates

_NOBODY: Final[Mapping[bytes, str]] = MappingProxyType({})
_ISSUED_HEADER: Final = b"%PDF-1.7\n"
_DAMAGED: Final = frozenset({"FILE_NOT_PDF", "FILE_STRUCTURE"})


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
    that revision is the one that was issued, nothing in the file can say. ``seal`` is the certificate (DER) of the
    organisation's seal, None without one; ``stamps`` are document timestamps, ``evidence`` is validation data.
    ``unknown`` are the findings about what contradicts nothing and cannot be judged. ``read`` are the signatures as
    verification reads them, in the same order; empty where the file was recognised without that (``read_known``).
    """

    content: Content
    signatures: tuple[Signature, ...]
    issue_digest: str
    seal: bytes | None = dataclasses.field(default=None, repr=False)
    stamps: tuple[Stamp, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown: tuple[Finding, ...] = ()
    read: tuple[ReadSignature, ...] = dataclasses.field(default=(), repr=False, compare=False)

    @property
    def signed(self) -> tuple[Role, ...]:
        """The roles that have signed, in the order of the revisions."""
        return tuple(signature.role for signature in self.signatures)

    @property
    def open(self) -> tuple[Role, ...]:
        """The roles whose signature is awaited, in the order of the content; those who sign on paper are not."""
        return tuple(role for role in electronic_roles(self.content) if role not in self.signed)


def read_form(pdf: bytes, *, owners: Mapping[bytes, str] | None = _NOBODY) -> SignedForm:
    """Return what ``pdf`` holds, if it is an issued file followed by what may follow it alone (docs/chain.md, 2).

    Checked are the structure of the revisions, digests and raw signatures, and that each signer is the party:
    ``owners`` says whose certificates (DER) are; a training certificate says so itself. None where only progress is
    shown: a certificate that nobody knows then counts as that of the party in whose field or slot it stands.

    Raises:
        SigningError: not a PDF that pkdocs issued, changed since, or signed by another or by nobody known.
    """
    try:
        return _read(pdf, owners)
    except SigningError:
        raise
    except FileError as fault:
        raise SigningError(_code(pdf, fault.finding), cause=fault.finding.code) from fault
    except Exception as fault:
        # libraries raise whatever a damaged file leads them to
        raise SigningError("SIGN_DAMAGED") from fault


def _code(pdf: bytes, finding: Finding) -> str:
    """Return what is said of a file that is not even of the closed form."""
    if pdf.startswith(b"%PDF-") and not pdf.startswith(_ISSUED_HEADER):
        return "SIGN_NOT_ISSUED"
    return "SIGN_DAMAGED" if finding.code in _DAMAGED else "SIGN_ALTERED"


def _read(pdf: bytes, owners: Mapping[bytes, str] | None) -> SignedForm:
    layout = read_layout(pdf)
    form, findings = read_issued_form(layout, is_thorough=False)
    content = _content(form)
    unknown = list(_passed(findings))
    if {field.role for field in form.fields} != set(electronic_roles(content)):
        raise SigningError("SIGN_ALTERED", cause="CONTENT_FIELDS")
    updates, findings = read_updates(layout, form.fields, form.pages, form.slots)
    unknown += _passed(findings)
    reader = _Reader(layout, unknown)
    signatures, findings = attribute(map(reader.signature, updates.signatures), content, owners or {})
    unknown += _passed(findings)
    return SignedForm(
        content=content,
        signatures=tuple(_attributed(content, signature, owners) for signature in signatures),
        issue_digest=hashlib.sha256(pdf[: layout.issued.end]).hexdigest(),
        seal=reader.signature(updates.seal).certificate if updates.seal else None,
        stamps=tuple(map(reader.stamp, updates.stamps)),
        evidence=updates.evidence,
        unknown=tuple(unknown),
        read=signatures,
    )


def _content(form: Form) -> Content:
    if form.attachment is None:
        raise SigningError("SIGN_NOT_ISSUED")
    try:
        return parse_content(inflate(form.attachment, MAX_CONTENT_BYTES))
    except NewerSchemaError as fault:
        raise SigningError("SCHEMA_NEWER", fault.params, file=ATTACHMENT) from fault
    except (PdfSyntaxError, SchemaError) as fault:
        raise SigningError("SIGN_NOT_ISSUED") from fault


def _passed(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what contradicts nothing.

    Raises:
        SigningError: something contradicts.
    """
    for finding in findings:
        if finding.weight is Weight.FAIL:
            raise SigningError("SIGN_ALTERED", cause=finding.code)
        yield finding


class _Reader:
    """Reads signatures and timestamps of one file; what is not known about them goes to ``unknown``."""

    def __init__(self, layout: Layout, unknown: list[Finding]) -> None:
        self._layout = layout
        self._unknown = unknown

    def signature(self, filling: Filling) -> ReadSignature:
        signature, findings = read_signature(self._layout, filling.revision, filling.number, filling.field)
        self._unknown += _passed(findings)
        return signature

    def stamp(self, filling: Filling) -> Stamp:
        stamp, findings = read_stamp(self._layout, filling.revision, filling.number, filling.field.name)
        self._unknown += _passed(findings)
        return stamp


def _attributed(content: Content, signature: ReadSignature, owners: Mapping[bytes, str] | None) -> Signature:
    """Return the signature as its party's."""
    certificate, role = signature.certificate or b"", signature.role
    party = content.party(role) if isinstance(role, Role) else None
    person = owner_of(certificate, owners or {}) or (party.person if party and owners is None else "")
    if not person:
        raise SigningError("SIGN_OWNER_UNKNOWN", id=content.id, field=signature.field)
    if not isinstance(role, Role) or party is None or party.person != person:
        raise SigningError("SIGN_FOREIGN_SIGNATURE", id=content.id, role=role.value if role else signature.field)
    return Signature(role, person, certificate, signature.end)
