"""Whether a file that comes back from outside is what was asked for: the bytes sent, and one signature more."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pkdocs.content import Role
from pkdocs.errors import SigningError
from pkdocs.signing.form import Signature, SignedForm, read_form
from pkdocs.trust import Trust
from pkdocs.verification import Finding, Weight
from pkdocs.verification.belief import SignatureJudge

_NOBODY: Final[Mapping[bytes, str]] = MappingProxyType({})
_LATER: Final = frozenset({"CERTIFICATE_STATUS_UNKNOWN"})
"""What may be shown later: revocation answers are added by ``augment``, or are in the auditor's trust file."""


def accept(
    before: bytes,
    after: bytes,
    role: Role,
    *,
    owner: str,
    trust: Trust | None,
    at: datetime,
    owners: Mapping[bytes, str] = _NOBODY,
) -> bytes:
    """Return ``after``, which a service or another program made of ``before``, if it may be kept.

    It begins with ``before``, and adds exactly one signature, by ``owner`` (the person's id) in ``role``, in our field
    or in one of its own as docs/chain.md, section 2, allows; with it may come validation data and document timestamps.
    ``owners`` says whose certificates (DER) are. With a ``trust`` file the certificate must be believed ``at`` that
    moment too; only an absent answer about its revocation may still come.

    Raises:
        SigningError: ``SIGN_NOT_EXTENDED`` where it is another file than the one sent, else ``SIGN_NOT_ACCEPTED`` with
            the code of what was found as ``cause``. ``before`` itself may raise what ``read_form`` raises.
    """
    sent = read_form(before, owners=owners)
    identity = sent.content.id
    if not after.startswith(before):
        raise SigningError("SIGN_NOT_EXTENDED", id=identity)
    try:
        form = read_form(after, owners=owners)
    except SigningError as fault:
        raise _refusal(identity, str(fault.params.get("cause", fault.code))) from fault
    signature = _added(sent, form, role, owner)
    for finding in (*form.unknown, *_judged(form, signature, trust, at)):
        if finding.weight in {Weight.FAIL, Weight.UNKNOWN} and finding not in sent.unknown:
            raise _refusal(identity, finding.code)
    return after


def _refusal(identity: str, cause: str) -> SigningError:
    return SigningError("SIGN_NOT_ACCEPTED", id=identity, cause=cause)


def _added(sent: SignedForm, form: SignedForm, role: Role, owner: str) -> Signature:
    """Return the one signature that was added, if it is that of ``owner`` in ``role`` and the seal is as it was."""
    identity = form.content.id
    added = form.signatures[len(sent.signatures) :]
    if not added:
        raise _refusal(identity, "SIGNATURE_MISSING")
    if len(added) > 1 or form.seal != sent.seal:
        raise _refusal(identity, "REVISION_FIELDS")
    if added[0].role is not role or added[0].person != owner:
        raise _refusal(identity, "PERSON_OTHER")
    return added[0]


def _judged(form: SignedForm, signature: Signature, trust: Trust | None, at: datetime) -> Iterator[Finding]:
    """Yield what ``trust`` finds wrong with the certificate of ``signature``."""
    if trust is None:
        return
    judge = SignatureJudge(trust, at)
    timeline = judge.timeline(form.read, form.stamps, form.evidence)
    read = form.read[form.signatures.index(signature)]
    signing = judge.signing(read, signature.certificate, timeline)
    yield from (finding for finding in judge.findings(signing) if finding.code not in _LATER)
