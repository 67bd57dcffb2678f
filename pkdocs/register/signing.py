"""A registrar's signature appended to a head, and what keeps it verifiable."""

import hashlib
from datetime import datetime

from pkdocs.errors import CredentialError, SigningError
from pkdocs.profile import Zone
from pkdocs.register.examine import HeadFacts, examine_head
from pkdocs.register.head import Head
from pkdocs.register.wording import places_of, title_of
from pkdocs.signing import Signer, Stamp, append_signature, check_certificate
from pkdocs.signing.preserved import Preserved
from pkdocs.signing.timestamp import Timestamper


def sign_head(
    pdf: bytes,
    signer: Signer,
    *,
    at: datetime,
    zone: Zone,
    training: bool,
    stamper: Timestamper | None = None,
) -> bytes:
    """Return ``pdf`` with the signature of the registrar whose certificate is the signer's (PAdES B-B).

    With ``stamper`` it has a timestamp of its own (B-T).

    The bytes of ``pdf`` are a prefix of the result, so earlier signatures stay valid. ``at`` is claimed, not proven,
    and shown in ``zone``; ``training`` adds the mark *uji*. Whether the list is what the head says, and whether this
    head may follow the one before, is not asked here.

    Raises:
        CredentialError: the certificate is not in date, or none of the head's registrars'.
        SigningError: not a head, changed since it was made, or this registrar has signed it.
        ServiceError: the timestamp authority does not answer.
    """
    check_certificate(signer, at)
    facts, head = _sound(pdf)
    title, places = title_of(head), places_of(head)
    certificate = hashlib.sha256(signer.certificate).hexdigest()
    place = next((name for name, registrar in places.items() if registrar.certificate == certificate), None)
    if place is None:
        raise CredentialError("HEAD_NOT_REGISTRAR", head=title)
    registrar = places[place]
    if place in {signature.field for signature in facts.signatures}:
        raise SigningError("HEAD_SIGNED_ALREADY", head=title, name=registrar.name)
    office = f"Petugas Registrasi, {registrar.unit}"
    stamp = Stamp(registrar.name, office, at.astimezone(zone.info), zone, training)
    reason = f"{title} sebagai petugas registrasi"
    return append_signature(pdf, place, signer, stamp, location=None, reason=reason, stamper=stamper)


def preserve_head(pdf: bytes) -> Preserved:
    """Return what a signed head holds, so that it can be brought up to a level as agreements are.

    Raises:
        SigningError: not a head, changed since it was made, or nobody has signed it.
    """
    facts, head = _sound(pdf)
    return Preserved(pdf, title_of(head), facts.signatures, facts.stamps, facts.evidence)


def _sound(pdf: bytes) -> tuple[HeadFacts, Head]:
    facts = examine_head(pdf)
    if facts.head is None or facts.findings:
        raise SigningError("HEAD_NOT_SIGNABLE", cause=facts.findings[0].code)
    return facts, facts.head
