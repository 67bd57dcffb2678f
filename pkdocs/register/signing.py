"""A registrar's signature appended to a head."""

import hashlib
from datetime import datetime

from pkdocs.errors import CredentialError, SigningError
from pkdocs.profile import Zone
from pkdocs.register.examine import examine_head
from pkdocs.register.wording import places_of, title_of
from pkdocs.signing import Signer, Stamp, append_signature, check_certificate


def sign_head(pdf: bytes, signer: Signer, *, at: datetime, zone: Zone, training: bool) -> bytes:
    """Return ``pdf`` with the signature of the registrar whose certificate is the signer's (PAdES B-B).

    The bytes of ``pdf`` are a prefix of the result, so earlier signatures stay valid. ``at`` is claimed, not proven,
    and shown in ``zone``; ``training`` adds the mark *uji*. Whether the list is what the head says, and whether this
    head may follow the one before, is not asked here.

    Raises:
        CredentialError: the certificate is not in date, or none of the head's registrars'.
        SigningError: not a head, changed since it was made, or this registrar has signed it.
    """
    check_certificate(signer, at)
    facts = examine_head(pdf)
    if facts.head is None or facts.findings:
        raise SigningError("HEAD_NOT_SIGNABLE", cause=facts.findings[0].code)
    title, places = title_of(facts.head), places_of(facts.head)
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
    return append_signature(pdf, place, signer, stamp, location=None, reason=reason)
