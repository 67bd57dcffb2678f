"""What a revocation list (RFC 5280) or an OCSP answer (RFC 6960) says of one certificate, after checking it.

Nothing is fetched here, and nothing is said about time: whether what it says is recent enough is for the caller to ask.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from asn1crypto.keys import PublicKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from pkdocs.signing.container import HASHES, ContainerError, demand, in_date, is_intact, load

MAX_LIST_BYTES: Final = 32_000_000
MAX_ANSWER_BYTES: Final = 64_000


@dataclass(frozen=True, slots=True)
class Status:
    """What ``encoded``, an intact answer, says: as of ``issued``, good until ``due``, revoked when (None: not).

    ``responder`` is the certificate (DER) that somebody must ask about too: of a delegated OCSP responder whose own
    certificate does not free it from that (RFC 6960, 4.2.2.2.1).
    """

    encoded: bytes = field(repr=False)
    issued: datetime
    due: datetime
    revoked: datetime | None
    is_list: bool
    responder: bytes | None = None


def read_list(encoded: bytes, certificate: bytes, issuer: bytes) -> Status:
    """Return what a revocation list of ``issuer`` says of ``certificate``.

    Lists for others (indirect), parts by reason and differences (delta) are not taken.

    Raises:
        ContainerError: it is not a list of that issuer for such certificates, not intact, or does not say until when.
    """
    crl = _load_list(encoded)
    above = load(issuer)
    demand(crl.issuer == above.subject == load(certificate).issuer, "STATUS_OTHER")
    demand(_covers(crl, load(certificate)), "STATUS_OTHER")
    demand(_is_intact_list(encoded, issuer), "STATUS_SIGNATURE")
    if crl.next_update_utc is None:
        raise ContainerError("STATUS_STALE")
    entry = crl.get_revoked_certificate_by_serial_number(load(certificate).serial_number)
    revoked = entry.revocation_date_utc if entry else None
    return Status(encoded, crl.last_update_utc, crl.next_update_utc, revoked, is_list=True)


@lru_cache(maxsize=64)
def _load_list(encoded: bytes) -> x509.CertificateRevocationList:
    demand(len(encoded) <= MAX_LIST_BYTES, "STATUS_FORM")
    try:
        return x509.load_der_x509_crl(encoded)
    except ValueError as fault:
        raise ContainerError("STATUS_FORM") from fault


@lru_cache(maxsize=64)
def _is_intact_list(encoded: bytes, issuer: bytes) -> bool:
    crl, above = _load_list(encoded), load(issuer)
    algorithm = crl.signature_hash_algorithm
    if algorithm is None or algorithm.name not in HASHES or not _may_sign_lists(above):
        return False
    try:
        return crl.is_signature_valid(above.public_key())  # type: ignore[arg-type]  # other keys raise TypeError
    except TypeError:
        return False


def _may_sign_lists(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Tell whether the list's scope takes in the certificate (RFC 5280, 5.2.4 and 5.2.5)."""
    try:
        extensions = list(crl.extensions)
    except (ValueError, x509.DuplicateExtension):
        return False
    critical = {entry.oid for entry in extensions if entry.critical}
    if critical - {ExtensionOID.ISSUING_DISTRIBUTION_POINT}:
        return False
    points = [entry.value for entry in extensions if isinstance(entry.value, x509.IssuingDistributionPoint)]
    return all(_is_in_scope(point, certificate) for point in points)


def _is_in_scope(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    partial = point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs
    wrong_kind = point.only_contains_user_certs if is_authority(certificate) else point.only_contains_ca_certs
    names = {str(name.value) for name in point.full_name or ()}
    elsewhere = point.relative_name is not None or (bool(names) and not names & set(list_addresses(certificate)))
    return not (partial or wrong_kind or elsewhere)


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether the certificate may issue others (RFC 5280, 4.2.1.9)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def list_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where the certificate says its revocation list is (RFC 5280, 4.2.1.13), by URI."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return ()
    names = (name for point in points for name in point.full_name or ())
    return tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))


def answer_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where the certificate says it can be asked about (RFC 5280, 4.2.2.1, id-ad-ocsp), by URI."""
    try:
        accesses = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ()
    places = (entry.access_location for entry in accesses if entry.access_method.dotted_string == "1.3.6.1.5.5.7.48.1")
    return tuple(place.value for place in places if isinstance(place, x509.UniformResourceIdentifier))


def build_question(certificate: bytes, issuer: bytes) -> bytes:
    """Return an OCSP request about one certificate, without nonce: the answer's own times are what counts."""
    # SHA-1 only names the certificate, nothing rests on it; many responders know no other (RFC 5019, 2.1.1)
    named = ocsp.OCSPRequestBuilder().add_certificate(load(certificate), load(issuer), hashes.SHA1())  # noqa: S303
    return named.build().public_bytes(Encoding.DER)


def read_answer(encoded: bytes, certificate: bytes, issuer: bytes) -> Status:
    """Return what an OCSP response says of ``certificate``, which ``issuer`` issued.

    It is signed by the issuer, or by whom the issuer has certified for that and who is inside (RFC 6960, 4.2.2.2).

    Raises:
        ContainerError: no answer, not about this certificate, not intact, or it does not know the certificate.
    """
    demand(len(encoded) <= MAX_ANSWER_BYTES, "STATUS_FORM")
    try:
        response = ocsp.load_der_ocsp_response(encoded)
        demand(response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL, "STATUS_NONE")
        entry = next((one for one in response.responses if _is_about(one, certificate, issuer)), None)
        signer = _find_responder(response, issuer)
        intact = _is_intact_answer(response, signer)
    except ContainerError:
        raise
    except Exception as fault:
        # the library raises whatever damaged bytes lead it to
        raise ContainerError("STATUS_FORM") from fault
    if entry is None:
        raise ContainerError("STATUS_OTHER")
    demand(intact, "STATUS_SIGNATURE")
    demand(entry.certificate_status is not ocsp.OCSPCertStatus.UNKNOWN, "STATUS_UNKNOWN")
    issued = entry.this_update_utc
    # without the next one there is always something newer: it counts for its own moment
    due = entry.next_update_utc or issued
    responder = signer if signer != issuer and not _is_free_of_asking(signer) else None
    return Status(encoded, issued, due, entry.revocation_time_utc, is_list=False, responder=responder)


def _is_about(entry: ocsp.OCSPSingleResponse, certificate: bytes, issuer: bytes) -> bool:
    algorithm = entry.hash_algorithm.name
    expected = (
        load(certificate).serial_number,
        hashlib.new(algorithm, load(issuer).subject.public_bytes(), usedforsecurity=False).digest(),
        hashlib.new(algorithm, _key_bits(load(issuer)), usedforsecurity=False).digest(),
    )
    return (entry.serial_number, entry.issuer_name_hash, entry.issuer_key_hash) == expected


def _key_bits(certificate: x509.Certificate) -> bytes:
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # without the count of unused bits before it
    bits: bytes = PublicKeyInfo.load(key)["public_key"].contents[1:]
    return bits


def _find_responder(response: ocsp.OCSPResponse, issuer: bytes) -> bytes:
    """Return the certificate of who has answered: the issuer, or one of those in the answer that may."""
    inside = (certificate.public_bytes(Encoding.DER) for certificate in response.certificates)
    for candidate in (issuer, *inside):
        if _is_named(response, load(candidate)) and (candidate == issuer or _may_answer(candidate, issuer, response)):
            return candidate
    raise ContainerError("STATUS_SIGNATURE")


def _is_named(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    return response.responder_key_hash == hashlib.sha1(_key_bits(certificate), usedforsecurity=False).digest()


def _may_answer(candidate: bytes, issuer: bytes, response: ocsp.OCSPResponse) -> bool:
    certificate = load(candidate)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    is_delegated = ExtendedKeyUsageOID.OCSP_SIGNING in usage and is_issued_by(candidate, issuer)
    return is_delegated and in_date(candidate, response.produced_at_utc)


def _is_intact_answer(response: ocsp.OCSPResponse, signer: bytes) -> bool:
    algorithm = response.signature_hash_algorithm
    if algorithm is None or algorithm.name not in HASHES:
        return False
    return is_intact(load(signer).public_key(), response.signature, response.tbs_response_bytes, algorithm)


def _is_free_of_asking(responder: bytes) -> bool:
    return any(isinstance(entry.value, x509.OCSPNoCheck) for entry in load(responder).extensions)


@lru_cache(maxsize=256)
def is_issued_by(certificate: bytes, issuer: bytes) -> bool:
    """Tell whether ``issuer`` bears the name and has the key with which ``certificate`` was signed."""
    try:
        load(certificate).verify_directly_issued_by(load(issuer))
    except Exception:  # noqa: BLE001  # the library has many ways to say no
        return False
    return True
