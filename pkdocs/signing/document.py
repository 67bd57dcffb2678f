"""One signature appended to an issued file."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from pkdocs.content import Content, Party, Role
from pkdocs.errors import SigningError
from pkdocs.outcome import demand
from pkdocs.profile import Zone
from pkdocs.signing.appearance import INTRODUCTION, Stamp
from pkdocs.signing.dictionary import reason_of
from pkdocs.signing.emblem import Emblem
from pkdocs.signing.form import SignedForm, read_form
from pkdocs.signing.holder import Hash, Task
from pkdocs.signing.keyed import Keyed
from pkdocs.signing.known import read_known
from pkdocs.signing.signer import Signer, check_certificate


def sign_pdf(
    pdf: bytes,
    role: Role,
    signer: Signer,
    *,
    at: datetime,
    zone: Zone,
    training: bool,
    issue_digest: str | None = None,
) -> bytes:
    """Return ``pdf`` with the signature of ``role`` appended (PAdES B-B, ETSI EN 319 142-1).

    The bytes of ``pdf`` are a prefix of the result, so earlier signatures stay valid. The revision holds the
    role's field, its appearance with font, and the signature; nothing else of the file changes. ``at`` is
    claimed, not proven, and shown in ``zone``; ``training`` adds the mark *uji*. Where the index's
    ``issue_digest`` is that of the file, much need not be read again; that it is that one is not demanded here:
    ``read_form`` gives the file's own.

    Raises:
        CredentialError: the certificate is not in date.
        SigningError: not an issued file, changed since it was issued, no open field for the role, another person's
            turn, or this signer has signed in the other role.
    """
    check_certificate(signer, at)
    known = read_known(pdf, issue_digest) if issue_digest else None
    form = known.form if known else read_form(pdf)
    party = demand_turn(form, role, Signatory(signer.person, signer.certificate))
    hashed = known.hashed if known else None
    task = make_task(pdf, form.content, role, party, at=at, zone=zone, training=training, hashed=hashed)
    (outcome,) = Keyed(signer).sign([task])
    return demand(outcome)


def make_task(
    pdf: bytes,
    content: Content,
    role: Role,
    party: Party,
    *,
    at: datetime,
    zone: Zone,
    training: bool,
    hashed: Hash | None = None,
    words: str = "",
    emblem: Emblem | None = None,
) -> Task:
    """Return what a key holder is asked for: the signature of ``party`` in ``role``, claimed to be made ``at``.

    That ``pdf`` holds ``content`` and that it is this party's turn has been asked; ``hashed`` is its SHA-256, if taken.
    ``words`` stand above the name instead of the usual ones, ``emblem`` beside it.
    """
    local = at.astimezone(zone.info)
    stamp = Stamp(party.name, party.office, local, zone, training, words or INTRODUCTION, emblem)
    return Task(content.id, pdf, role.value, stamp, content.place, reason_of(content, party), hashed)


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: the content's person, and the certificate (DER) to do it with; None where it is not known yet."""

    person: str
    certificate: bytes | None = field(default=None, repr=False)


def demand_turn(form: SignedForm, role: Role, signatory: Signatory) -> Party:
    """Return the party that signs in ``role``, if it is this person and has not signed yet.

    Raises:
        SigningError: no such role, no field (paper), signed already, another person, or the same on both sides.
    """
    content = form.content
    party = content.party(role)
    if role in form.signed:
        raise SigningError("SIGN_ALREADY", id=content.id, role=role.value)
    if party is None or role not in form.open:
        raise SigningError("SIGN_NO_FIELD", id=content.id, role=role.value)
    if party.person != signatory.person:
        raise SigningError("SIGN_WRONG_PERSON", id=content.id, role=role.value, name=party.name)
    key = _public_key(signatory.certificate)
    for signature in form.signatures:
        if signature.person == signatory.person or _public_key(signature.certificate) == key:
            raise SigningError("SIGN_BOTH_SIDES", id=content.id)
    return party


def _public_key(certificate: bytes | None) -> object:
    return x509.load_der_x509_certificate(certificate).public_key() if certificate else None
