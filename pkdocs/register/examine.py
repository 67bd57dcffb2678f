"""One head's file to facts: what it proves by itself, before anybody is trusted."""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from pkdocs.register.head import SCHEMA, Head, Registrar, parse_head
from pkdocs.register.page import ATTACHED, render_head
from pkdocs.register.wording import places_of
from pkdocs.schema import SchemaError
from pkdocs.verification import Finding, Signature, Step, Sub, Weight, find
from pkdocs.verification.attestation import Attestation
from pkdocs.verification.border import Border
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.field import Field
from pkdocs.verification.filled import read_filled
from pkdocs.verification.finding import Keeper
from pkdocs.verification.layout import FileError, Layout, read_layout
from pkdocs.verification.stamp import Stamp
from pkdocs.verification.syntax import Stream

_MAX_QUOTED: Final = 80
_NAME, _VERSION = SCHEMA.split("/")
_SCHEMA: Final = re.compile(rb'"schema":"%s/([1-9]\d{0,3})"' % _NAME.encode("ascii"))


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """Facts of one file. ``sha256`` is of all of it; ``head`` is None where none could be read.

    ``signatures`` are those in the registrars' fields; one that is not intact, or not by the certificate that the
    head names, has none. ``stamps``, ``evidence`` and ``records`` are as those of an agreement's facts.
    All findings are of the set (step 9).
    """

    sha256: str
    findings: tuple[Finding, ...]
    head: Head | None = None
    signatures: tuple[Signature, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    records: tuple[Attestation, ...] = ()

    @property
    def digest(self) -> str | None:
        """The digest of the head, None where there is none."""
        return self.head.digest if self.head else None

    @property
    def signed(self) -> tuple[tuple[Registrar, Signature], ...]:
        """Each signature with the registrar in whose field it is, in the order of the revisions."""
        places = places_of(self.head) if self.head else {}
        return tuple((places[signature.field], signature) for signature in self.signatures)


def unexamined_head(cause: str) -> HeadFacts:
    """Return the facts of a file that could not be examined; ``cause`` is a code of the catalogue."""
    return HeadFacts("", (_fail("HEAD_FILE", cause=cause),))


def examine_head(pdf: bytes) -> HeadFacts:
    """Return what ``pdf`` proves by itself; it never raises for what is in the file, and needs no clock.

    The first revision must be exactly what ``render_head`` makes of the attached head; each later one fills in one
    registrar's field by a signature with the registrar's certificate, or adds validation data or a timestamp.
    """
    border = Border()
    facts = HeadFacts(hashlib.sha256(pdf).hexdigest(), ())
    facts = border(Step.SET, partial(_examine, pdf, facts, border)) or facts
    findings = tuple(replace(finding, step=Step.SET) for finding in dict.fromkeys(border.findings))
    return replace(facts, findings=findings)


def _examine(pdf: bytes, facts: HeadFacts, border: Border) -> HeadFacts:
    try:
        layout = read_layout(pdf)
    except FileError as fault:
        # its own sentence speaks of agreements
        border.findings.append(_fail("HEAD_FILE", cause=fault.finding.code))
        return facts
    head = _read_head(layout, border)
    if head is None:
        return facts
    facts = replace(facts, head=head)
    if render_head(head) != pdf[: layout.issued.end]:
        border.findings.append(_fail("HEAD_PAGE"))
        return facts
    return _read_updates(layout, head, facts, border)


def _fail(code: str, **params: str | int) -> Finding:
    return Finding.of(code, Step.SET, Weight.FAIL, params, sub=Sub.FORMAT_FAILURE)


def _read_head(layout: Layout, border: Border) -> Head | None:
    attached = layout.issued.objects.get(ATTACHED)
    data = attached.raw if isinstance(attached, Stream) else b""
    try:
        return parse_head(data)
    except SchemaError as fault:
        named = _SCHEMA.search(data)
        if named and int(named[1]) > int(_VERSION):
            border.findings.append(
                find("HEAD_SCHEMA_NEWER", Step.SET, Weight.UNKNOWN, schema=f"{_NAME}/{int(named[1])}")
            )
        else:
            border.findings.append(_fail("HEAD_CONTENT", why=str(fault)[:_MAX_QUOTED]))
    return None


def _read_updates(layout: Layout, head: Head, facts: HeadFacts, border: Border) -> HeadFacts:
    """Return ``facts`` with what the later revisions are; the first is known to be what ``render_head`` made."""
    places = places_of(head)

    def accepted(signature: Signature, field: Field) -> Signature:
        named = places[field.name].certificate
        if signature.certificate is None or hashlib.sha256(signature.certificate).hexdigest() == named:
            return signature
        border.findings.append(field.finding("HEAD_SIGNER", Step.SET, Weight.FAIL, {}))
        return replace(signature, certificate=None, chain=())

    holders = [(name, registrar.name) for name, registrar in places.items()]
    filled = read_filled(layout, holders, Keeper.REGISTRAR, border, accepted)
    return replace(facts, signatures=filled.signatures, stamps=filled.stamps, evidence=filled.evidence)
