"""What is said of a certificate's revocation: by lists (RFC 5280, 5) and answers (RFC 6960), each with a signature.

Whoever brings a list or an answer adds nothing to it: it counts only if the certificate's issuer has signed it, or
let somebody sign it.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from pkdocs.verification.algorithms import DIGESTS
from pkdocs.verification.container import is_issued, verifies

_MOST_LISTS: Final = 256
_MOST_STATEMENTS: Final = 1024


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one revision brings to judge certificates by (DER); ``end`` is where the revision ends."""

    end: int
    certificates: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)
    answers: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)
    lists: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one list or answer says of one certificate: ``made`` when, good ``until``, and ``revoked`` since when."""

    made: datetime
    until: datetime
    revoked: datetime | None

    def speaks_of(self, moment: datetime, ends: datetime) -> bool:
        """Tell whether it says what was so at ``moment`` of a certificate that ends at ``ends``.

        One in date then does, and one that was made later: but not after the certificate's end, for authorities
        drop what has ended.
        """
        return self.made <= moment <= self.until or moment <= self.made <= ends


class Library:
    """Reads lists and answers; a list, of which many files bring the same, once for the certificates of an issuer.

    So it is with what they say of one certificate: authorities' are asked about again and again.
    """

    def __init__(self) -> None:
        self._lists: dict[tuple[bytes, x509.Certificate], _List | None] = {}
        self.by_list = lru_cache(maxsize=_MOST_STATEMENTS)(self._by_list)
        self.by_answer = lru_cache(maxsize=_MOST_STATEMENTS)(self._by_answer)

    def _by_list(self, encoded: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | None:
        """Return what the list ``encoded`` says of ``certificate``; None if nothing that counts."""
        listed = self._list_of(encoded, issuer)
        if listed is None or listed.issuer != certificate.issuer or not listed.is_for(certificate):
            return None
        entry = listed.crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        return Statement(listed.made, listed.until, _revoked_since(entry) if entry else None)

    def _list_of(self, encoded: bytes, issuer: x509.Certificate) -> "_List | None":
        """Return the list if ``issuer`` has signed it; of many the first are forgotten, for a set has no end."""
        key = encoded, issuer
        if key not in self._lists:
            if len(self._lists) >= _MOST_LISTS:
                self._lists.clear()
            crl = _load_list(encoded)
            is_its = crl is not None and _signs_lists(issuer) and _is_list_of(crl, issuer)
            self._lists[key] = _List.of(crl) if crl is not None and is_its else None
        return self._lists[key]

    def _by_answer(
        self, encoded: bytes, certificate: x509.Certificate, issuer: x509.Certificate
    ) -> tuple[Statement, ...]:
        """Return what the answer ``encoded`` says of ``certificate``; nothing if the responder had no right to."""
        answer = _load_answer(encoded)
        about = [one for one in answer.responses if _is_about(one, certificate, issuer)] if answer else []
        if not answer or not about or not _is_answer_of(answer, issuer):
            return ()
        return tuple(_stated(one) for one in about if one.certificate_status is not ocsp.OCSPCertStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _List:
    """A list, and what is asked of it for each certificate; ``points`` are those that it says it is limited to."""

    crl: x509.CertificateRevocationList
    issuer: x509.Name
    made: datetime
    until: datetime
    points: tuple[x509.IssuingDistributionPoint, ...]

    @classmethod
    def of(cls, crl: x509.CertificateRevocationList) -> "_List | None":
        """Return the list; None if it has no end, or is of a kind that is not known, such as what was added only."""
        points = tuple(one.value for one in crl.extensions if isinstance(one.value, x509.IssuingDistributionPoint))
        others = (one for one in crl.extensions if not isinstance(one.value, x509.IssuingDistributionPoint))
        if crl.next_update_utc is None or any(
            one.critical or one.oid == ExtensionOID.DELTA_CRL_INDICATOR for one in others
        ):
            return None
        return cls(crl, crl.issuer, crl.last_update_utc, crl.next_update_utc, points)

    def is_for(self, certificate: x509.Certificate) -> bool:
        """Tell whether the list, as it says itself, has all revocations of such certificates (RFC 5280, 5.2.5)."""
        return all(_covers(point, certificate) for point in self.points)


def _load_list(encoded: bytes) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_der_x509_crl(encoded)
    except (ValueError, x509.InvalidVersion):
        return None


def _is_list_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    algorithm = _believed(crl.signature_hash_algorithm)
    return algorithm is not None and verifies(issuer, algorithm, crl.tbs_certlist_bytes, crl.signature)


def _believed(algorithm: hashes.HashAlgorithm | None) -> hashes.HashAlgorithm | None:
    return algorithm if algorithm is not None and algorithm.name in DIGESTS else None


def _signs_lists(issuer: x509.Certificate) -> bool:
    try:
        return bool(issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign)
    except x509.ExtensionNotFound:
        return True


def _covers(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if point.only_some_reasons or point.indirect_crl or point.only_contains_attribute_certs or point.relative_name:
        return False
    if (point.only_contains_ca_certs and not _is_authority(certificate)) or (
        point.only_contains_user_certs and _is_authority(certificate)
    ):
        return False
    return point.full_name is None or bool(set(point.full_name) & set(_distribution_points(certificate)))


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _distribution_points(certificate: x509.Certificate) -> Iterator[x509.GeneralName]:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.CRLDistributionPoints):
            for point in extension.value:
                yield from point.full_name or ()


def _revoked_since(entry: x509.RevokedCertificate) -> datetime:
    """Return from when on the certificate is not to be believed: from when the key was lost, where that is said."""
    since = [entry.revocation_date_utc]
    since += [one.value.invalidity_date_utc for one in entry.extensions if isinstance(one.value, x509.InvalidityDate)]
    return min(since)


def _load_answer(encoded: bytes) -> ocsp.OCSPResponse | None:
    try:
        answer = ocsp.load_der_ocsp_response(encoded)
        is_answer = answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        return answer if is_answer and not any(one.critical for one in answer.extensions) else None
    except (ValueError, UnsupportedAlgorithm):
        return None


def _is_about(single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    digest = hashes.Hash(single.hash_algorithm)
    digest.update(issuer.subject.public_bytes())
    return (
        single.serial_number == certificate.serial_number
        and single.issuer_name_hash == digest.finalize()
        and single.issuer_key_hash == _key_hash(issuer, single.hash_algorithm)
    )


def _key_hash(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    """Return the digest of the key as it stands in the certificate, without what kind it is of (RFC 6960, 4.1.1)."""
    key = certificate.public_key()
    digest = hashes.Hash(algorithm)
    if isinstance(key, rsa.RSAPublicKey):
        digest.update(key.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    elif isinstance(key, ec.EllipticCurvePublicKey):
        digest.update(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    return digest.finalize()


def _stated(single: ocsp.OCSPSingleResponse) -> Statement:
    made = single.this_update_utc
    # without an end it is of its own moment only (RFC 6960, 4.2.2.1)
    return Statement(made, single.next_update_utc or made, single.revocation_time_utc)


def _is_answer_of(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Tell whether the issuer has signed the answer, or somebody whom it certified for that (RFC 6960, 4.2.2.2)."""
    algorithm = _believed(answer.signature_hash_algorithm)
    if algorithm is None:
        return False
    delegates = (one for one in answer.certificates if _may_answer(one, issuer, answer.produced_at_utc))
    return any(
        verifies(responder, algorithm, answer.tbs_response_bytes, answer.signature)
        for responder in (issuer, *delegates)
    )


def _may_answer(responder: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    """Tell whether the issuer lets ``responder`` answer, at a time of its days, and vouches for it until they end.

    Without *no check* its own revocation would have to be looked at (RFC 6960, 4.2.2.2.1), by answers of its own kind.
    """
    extensions = {extension.oid: extension.value for extension in responder.extensions}
    uses = extensions.get(ExtensionOID.EXTENDED_KEY_USAGE, ())
    return (
        is_issued(responder, issuer)
        and ExtendedKeyUsageOID.OCSP_SIGNING in uses
        and ExtensionOID.OCSP_NO_CHECK in extensions
        and responder.not_valid_before_utc <= at <= responder.not_valid_after_utc
    )
