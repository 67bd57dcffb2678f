"""In which role somebody signed who made a field of his own without size: that of his certificate's owner."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cryptography import x509

from pkdocs.content import Content, Role
from pkdocs.pki import is_training, person_of
from pkdocs.verification.finding import Finding, Step, Sub, Weight, find
from pkdocs.verification.signature import Signature


def owner_of(certificate: bytes, owners: Mapping[bytes, str]) -> str:
    """Return whose ``certificate`` (DER) is: by ``owners``, or as a training certificate itself says; '' nobody's.

    It may say so falsely: whether it is believed is judged elsewhere.
    """
    if certificate in owners:
        return owners[certificate]
    return person_of(x509.load_der_x509_certificate(certificate)) if is_training(certificate) else ""


def attribute(
    signatures: Iterable[Signature], content: Content, owners: Mapping[bytes, str]
) -> tuple[tuple[Signature, ...], tuple[Finding, ...]]:
    """Return ``signatures`` with the roles that their owners have in ``content``, and what is wrong with that.

    One whose owner is not known stays without a role.
    """
    found = list(signatures)
    taken = {signature.role for signature in found}
    findings: list[Finding] = []
    for place, signature in enumerate(found):
        owner = owner_of(signature.certificate, owners) if signature.role is None and signature.certificate else ""
        if not owner:
            continue
        role = _role_of(content, owner)
        if role is None or role in taken:
            findings.append(_failure("REVISION_ROLE_TWICE" if role else "REVISION_STRANGER", signature, role))
        else:
            taken.add(role)
            found[place] = replace(signature, role=role)
    return tuple(found), tuple(findings)


def unassigned(signatures: Iterable[Signature]) -> Iterator[Finding]:
    """Yield a finding for each intact signature without a role: nobody knows whose it is."""
    for signature in signatures:
        if signature.role is None and signature.certificate is not None:
            yield find("SIGNATURE_UNASSIGNED", Step.PERSONS, Weight.UNKNOWN, field=signature.field)


def _role_of(content: Content, person: str) -> Role | None:
    parties = ((role, content.party(role)) for role in Role)
    return next((role for role, party in parties if party is not None and party.person == person), None)


def _failure(code: str, signature: Signature, role: Role | None) -> Finding:
    params = {"revision": signature.revision + 1}
    return Finding.of(code, Step.REVISIONS, Weight.FAIL, params, role=role, sub=Sub.FORMAT_FAILURE)
