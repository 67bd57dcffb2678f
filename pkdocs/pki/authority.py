"""Authorities, certificates and revocation lists of the training PKI, as values (RFC 5280)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from pkdocs import der

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

TRAINING_MARK: Final = "(BUKAN UNTUK DIPAKAI RESMI)"
"""Stands in the issuer of every certificate made here."""

_ROOT_NAME: Final = f"Otoritas Induk Uji pkdocs {TRAINING_MARK}"
_ISSUING_NAME: Final = f"Otoritas Uji pkdocs {TRAINING_MARK}"
_TIMESTAMPS_NAME: Final = f"Otoritas Waktu Uji pkdocs {TRAINING_MARK}"
_STATUS_NAME: Final = f"Penjawab Status Uji pkdocs {TRAINING_MARK}"

_ROOT_DAYS: Final = 7300
_ISSUING_DAYS: Final = 3650
# BSrE gives two years as well
_PERSON_DAYS: Final = 730
# long enough for practice without a server; `pkdocs pki refresh` makes new lists at any time
_CRL_DAYS: Final = 366

_NAME_BYTES: Final = 64

ROOT_LIST: Final = "/root.crl"
ISSUING_LIST: Final = "/issuing.crl"
STATUS: Final = "/ocsp"
"""Paths below the address of the services, as certificates name them."""


class KeyKind(StrEnum):
    """Kinds of keys: ECDSA on P-256, or RSA of 2048 bits."""

    P256 = "p256"
    RSA2048 = "rsa2048"

    def make_key(self) -> PrivateKey:
        """Return a new private key."""
        if self is KeyKind.P256:
            return ec.generate_private_key(ec.SECP256R1())
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Reason(StrEnum):
    """Why a certificate is revoked (RFC 5280, 5.3.1)."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION = "cessationOfOperation"


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate of the PKI itself, with its key: it issues others, or answers for one that does."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> bytes:
        """What ``sign`` signs with (``AlgorithmIdentifier``, DER)."""
        return der.RSA_SHA256 if isinstance(self.key, rsa.RSAPrivateKey) else der.ECDSA_SHA256

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of ``data``, with SHA-256."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate names: ``name`` without degrees, ``person`` as the contents write them."""

    person: str
    name: str
    unit: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """One entry of a revocation list."""

    serial: int
    at: datetime
    reason: Reason


def make_root(kind: KeyKind, *, at: datetime) -> Authority:
    """Return a new root, valid for twenty years from ``at``."""
    key = kind.make_key()
    name = _authority_name(_ROOT_NAME)
    builder = _authority_builder(name, key.public_key(), at, _ROOT_DAYS, path_length=1).issuer_name(name)
    return Authority(builder.sign(key, hashes.SHA256()), key)


def make_issuing(root: Authority, kind: KeyKind, *, at: datetime, address: str = "") -> Authority:
    """Return a new authority under ``root`` that certifies persons, valid for ten years from ``at``.

    Where ``address`` is given, its certificate names the root's revocation list below it.
    """
    key = kind.make_key()
    builder = _authority_builder(_authority_name(_ISSUING_NAME), key.public_key(), at, _ISSUING_DAYS, path_length=0)
    if address:
        builder = builder.add_extension(_list_address(address, ROOT_LIST), critical=False)
    return Authority(_issue(builder, root), key)


def make_timestamping(issuing: Authority, kind: KeyKind, *, at: datetime, address: str = "") -> Authority:
    """Return a new timestamp authority under ``issuing``, valid as long as that (RFC 3161, 2.3)."""
    key = kind.make_key()
    builder = _service_builder(issuing, _TIMESTAMPS_NAME, key.public_key(), at)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Authority(_issue(_addressed(builder, address), issuing), key)


def make_responder(issuing: Authority, kind: KeyKind, *, at: datetime) -> Authority:
    """Return a new OCSP responder for ``issuing``, valid as long as that; nobody asks about it (RFC 6960, 4.2.2.2)."""
    key = kind.make_key()
    builder = (
        _service_builder(issuing, _STATUS_NAME, key.public_key(), at)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
    )
    return Authority(_issue(builder, issuing), key)


def certify(
    authority: Authority, subject: Subject, key: PublicKey, *, at: datetime, address: str = ""
) -> x509.Certificate:
    """Return a certificate for signing documents, valid for two years from ``at``.

    The person stands as subject ``serialNumber``; parts of the name are cut to what X.509 allows (64 bytes).
    There is no extended key usage, since readers disagree on the one for documents. Where ``address`` is given, OCSP
    responder and revocation list are named below it; judging is offline and needs neither.
    """
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(subject.organisation)),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _cut(subject.unit)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(subject.name)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.person),
        ]
    )
    builder = (
        _builder(name, key, at, at + timedelta(days=_PERSON_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True, content_commitment=True), critical=True)
    )
    return _issue(_addressed(builder, address), authority)


def make_crl(
    authority: Authority, revoked: Iterable[Revocation], *, number: int, at: datetime
) -> x509.CertificateRevocationList:
    """Return the list of what ``authority`` has revoked, as of ``at``; good for a year."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(_whole_second(at))
        .next_update(_whole_second(at) + timedelta(days=_CRL_DAYS))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key(authority), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(_crl_entry(entry))
    return builder.sign(authority.key, hashes.SHA256())


def person_of(certificate: x509.Certificate) -> str:
    """Return whom the certificate names: the one subject ``serialNumber``; empty where there is none."""
    named = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(named[0].value) if len(named) == 1 else ""


def is_training(certificate: bytes) -> bool:
    """Tell whether the certificate (DER) says that its issuer is for training.

    For the mark on the page and for messages only: what a verdict rests on stands in the trust file.
    """
    issuer = x509.load_der_x509_certificate(certificate).issuer
    return any(TRAINING_MARK in str(entry.value) for entry in issuer.get_attributes_for_oid(NameOID.COMMON_NAME))


def _authority_name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "pkdocs (uji)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _authority_builder(
    name: x509.Name, key: PublicKey, at: datetime, days: int, *, path_length: int
) -> x509.CertificateBuilder:
    return (
        _builder(name, key, at, at + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
    )


def _service_builder(issuing: Authority, name: str, key: PublicKey, at: datetime) -> x509.CertificateBuilder:
    return (
        _builder(_authority_name(name), key, at, issuing.certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
    )


def _addressed(builder: x509.CertificateBuilder, address: str) -> x509.CertificateBuilder:
    if not address:
        return builder
    responder = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(address + STATUS)
    )
    return builder.add_extension(x509.AuthorityInformationAccess([responder]), critical=False).add_extension(
        _list_address(address, ISSUING_LIST), critical=False
    )


def _list_address(address: str, path: str) -> x509.CRLDistributionPoints:
    name = x509.UniformResourceIdentifier(address + path)
    return x509.CRLDistributionPoints([x509.DistributionPoint([name], None, None, None)])


def _builder(name: x509.Name, key: PublicKey, at: datetime, ends: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_whole_second(at))
        .not_valid_after(_whole_second(ends))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issue(builder: x509.CertificateBuilder, authority: Authority) -> x509.Certificate:
    builder = builder.issuer_name(authority.certificate.subject)
    return builder.add_extension(_authority_key(authority), critical=False).sign(authority.key, hashes.SHA256())


def _authority_key(authority: Authority) -> x509.AuthorityKeyIdentifier:
    identifier = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _crl_entry(entry: Revocation) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(_whole_second(entry.at))
    if entry.reason is not Reason.UNSPECIFIED:
        builder = builder.add_extension(x509.CRLReason(x509.ReasonFlags(entry.reason.value)), critical=False)
    return builder.build()


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _cut(text: str) -> str:
    return text.encode()[:_NAME_BYTES].decode(errors="ignore").strip()
