"""One signature appended to an issued file."""

from datetime import datetime

from cryptography import x509

from pkdocs.content import Party, Role
from pkdocs.errors import SigningError
from pkdocs.profile import Zone
from pkdocs.signing.appearance import Stamp
from pkdocs.signing.form import SignedForm, read_form
from pkdocs.signing.keyed import append_signature
from pkdocs.signing.signer import Signer, check_certificate


def sign_pdf(pdf: bytes, role: Role, signer: Signer, *, at: datetime, zone: Zone, training: bool) -> bytes:
    """Return ``pdf`` with the signature of ``role`` appended (PAdES B-B, ETSI EN 319 142-1).

    The bytes of ``pdf`` are a prefix of the result, so earlier signatures stay valid. The revision holds the
    role's field, its appearance with font, and the signature; nothing else of the file changes. ``at`` is
    claimed, not proven, and shown in ``zone``; ``training`` adds the mark *uji*. That the issued bytes are
    those of the index is not checked here: ``read_form`` gives their digest.

    Raises:
        CredentialError: the certificate is not in date.
        SigningError: not an issued file, changed since it was issued, no open field for the role, another person's
            turn, or this signer has signed in the other role.
    """
    check_certificate(signer, at)
    form = read_form(pdf)
    party = demand_turn(form, role, signer)
    content = form.content
    stamp = Stamp(party.name, party.office, at.astimezone(zone.info), zone, training)
    reason = f"{content.id} sebagai {party.label}"
    return append_signature(pdf, role.value, signer, stamp, location=content.place, reason=reason)


def demand_turn(form: SignedForm, role: Role, signer: Signer) -> Party:
    """Return the party that signs in ``role``, if it is this signer and has not signed yet.

    Raises:
        SigningError: no such role, no field (paper), signed already, another person, or the same on both sides.
    """
    content = form.content
    party = content.party(role)
    if role in form.signed:
        raise SigningError("SIGN_ALREADY", id=content.id, role=role.value)
    if party is None or role not in form.open:
        raise SigningError("SIGN_NO_FIELD", id=content.id, role=role.value)
    if party.person != signer.person:
        raise SigningError("SIGN_WRONG_PERSON", id=content.id, role=role.value, name=party.name)
    key = x509.load_der_x509_certificate(signer.certificate).public_key()
    for signature in form.signatures:
        other = x509.load_der_x509_certificate(signature.certificate).public_key()
        if signature.person == signer.person or other == key:
            raise SigningError("SIGN_BOTH_SIDES", id=content.id)
    return party
