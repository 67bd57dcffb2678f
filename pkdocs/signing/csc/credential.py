"""A credential of a CSC service: a key that it keeps, with certificates, limits and what unlocks it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from pkdocs.errors import CredentialError
from pkdocs.pki import person_of
from pkdocs.signing.csc.answer import Answer, decode, plain
from pkdocs.signing.signer import check_usage
from pkdocs.verification.container import certificates_above

SHA256: Final = "2.16.840.1.101.3.4.2.1"


class Kind(StrEnum):
    """What somebody types to authorise signatures."""

    PIN = "PIN"
    CODE = "OTP"


@dataclass(frozen=True, slots=True)
class Factor:
    """Something to be typed; ``id`` is the service's name for it, ``is_sent`` says that the service sends it first."""

    kind: Kind
    id: str
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How the key signs: OID of the signature algorithm, and of the digest where that does not say it."""

    signature: str
    digest: str | None = None


_RSA: Final = (Algorithm("1.2.840.113549.1.1.11"), Algorithm("1.2.840.113549.1.1.1", SHA256))
_ECDSA: Final = (Algorithm("1.2.840.10045.4.3.2"), Algorithm("1.2.840.10045.2.1", SHA256))
"""For each kind of key, what is taken if the credential offers it, the first first."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that may sign; ``multisign`` signatures for one authorisation at most.

    ``binds_digests`` (SCAL 2) demands that the digests are named when it is authorised.
    """

    id: str = field(repr=False)
    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    person: str
    algorithm: Algorithm
    multisign: int
    binds_digests: bool
    factors: tuple[Factor, ...]


def read_credential(identity: str, answer: Answer, factors: tuple[Factor, ...]) -> Credential:
    """Return what ``credentials/info`` says (1.0.4.0 and 2.0.0.2, 11.5) of a credential that can be used.

    Whether its certificate is in date is ``check_certificate``'s matter: a service may say so, but the certificate
    itself says when.

    Raises:
        CredentialError: disabled, its certificate not valid by what the service says or not for signing documents, or
            no algorithm of ours.
        ServiceError: the answer is not as specified.
    """
    _demand_usable(answer)
    listed = answer.texts("cert/certificates")
    try:
        own, *others = map(decode, listed)
        leaf = x509.load_der_x509_certificate(own)
        check_usage(leaf)
        chain = tuple(certificates_above(own, others))
        person = person_of(leaf)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise answer.unusable("cert/certificates") from fault
    return Credential(
        id=identity,
        certificate=own,
        chain=chain,
        person=person,
        algorithm=_choose(answer, _RSA if isinstance(leaf.public_key(), rsa.RSAPublicKey) else _ECDSA),
        multisign=answer.number("multisign"),
        binds_digests=_binds(answer),
        factors=factors,
    )


def _demand_usable(answer: Answer) -> None:
    if answer.text("key/status") != "enabled":
        raise CredentialError("CSC_KEY_DISABLED", host=answer.host)
    status = answer.text("cert/status")
    if status not in {None, "valid"}:
        raise CredentialError("CSC_CERTIFICATE_STATUS", host=answer.host, status=plain(status or ""))


def _choose(answer: Answer, known: tuple[Algorithm, ...]) -> Algorithm:
    offered = answer.texts("key/algo")
    for algorithm in known:
        if algorithm.signature in offered:
            return algorithm
    raise CredentialError("CSC_ALGORITHM", host=answer.host)


def _binds(answer: Answer) -> bool:
    level = answer.text("SCAL")
    if level not in {None, "1", "2"}:
        raise answer.unusable("SCAL")
    return level == "2"
