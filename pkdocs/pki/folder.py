"""The training PKI on disk: made once, added to, never overwritten.

``ca/`` holds keys (0600) and records, ``signers/`` one PKCS#12 file and passphrase for each person (0600),
``trust.toml`` and ``enrolment.json`` are for others to read.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from pkdocs.errors import ConflictError, CredentialError
from pkdocs.files import in_the_way, new_folder
from pkdocs.messages import reason_of
from pkdocs.pki.authority import (
    Authority,
    KeyKind,
    PublicKey,
    Reason,
    Subject,
    certify,
    make_issuing,
    make_responder,
    make_root,
    make_timestamping,
    person_of,
)
from pkdocs.pki.disk import has_authority, read, read_authority, write_authority, write_public, write_secret
from pkdocs.pki.ledger import Ledger, LedgerFile
from pkdocs.pki.records import RECORDS_FILE, Enrollee, Records, read_records, render_enrolment, render_records
from pkdocs.pki.services import Services
from pkdocs.profile import Zone
from pkdocs.trust import FILE_NAME as TRUST_FILE
from pkdocs.trust import Anchor, Purpose, Trust, read_trust, render_trust

_ROOT: Final = "root"
_ISSUING: Final = "issuing"
_TIMESTAMPING: Final = "tsa"
_RESPONDER: Final = "ocsp"
_RECORDS: Final = Path("ca", RECORDS_FILE)
_TRUST: Final = Path(TRUST_FILE)
_ENROLMENT: Final = Path("enrolment.json")
_SIGNERS: Final = Path("signers")
_RETIRED: Final = _SIGNERS / "lama"


@dataclass(frozen=True, slots=True)
class Issuance:
    """What one ``issue`` did: who got a certificate, who had one already."""

    added: tuple[Enrollee, ...]
    kept: tuple[Enrollee, ...]


@dataclass(frozen=True, slots=True)
class _Pki:
    directory: Path
    root: Authority
    issuing: Authority
    kind: KeyKind
    records: Records


def init_pki(
    directory: Path,
    *,
    at: datetime,
    key: KeyKind = KeyKind.P256,
    registrars: Sequence[str] = (),
    address: str = "",
) -> None:
    """Make a training PKI in ``directory``; ``registrars`` are numbers (NIP) of those who will keep the register.

    It appears whole or not at all. Certificates name its services below ``address``, or none if there is none.

    Raises:
        ConflictError: the directory exists and is not empty, or cannot be made.
    """
    if in_the_way(directory):
        raise ConflictError("PKI_EXISTS", directory=directory.name)
    try:
        with new_folder(directory) as building:
            records = Records(registrars=tuple(dict.fromkeys(registrars)), address=address.rstrip("/") or None)
            _fill(building, key, records, at)
    except OSError as fault:
        raise ConflictError("PKI_UNMADE", directory=directory.name, reason=reason_of(fault)) from fault


def issue_certificates(
    directory: Path,
    persons: Iterable[Enrollee],
    *,
    organisation: str,
    organisation_code: str,
    root_position: str,
    qr_address: str,
    zone: Zone,
    at: datetime,
    renew: bool = False,
) -> Issuance:
    """Give everyone who has none a key and a certificate, and complete ``trust.toml``.

    With ``renew`` everyone gets new ones; the earlier files are kept in ``signers/lama``. What an
    interrupted run has left is taken over.

    Raises:
        CredentialError: no PKI there, or damaged.
        ConflictError: a file of another origin stands where a person's key belongs, two numbers differ in case alone,
            or the directory cannot be written; without ``renew`` also: the PKI is another organisation's, or names
            persons under another person key.
    """
    pki, trust = _open_pki(directory), _read_trust(directory)
    enrollees = tuple({entry.number: entry for entry in persons}.values())
    _demand_own_files(pki.records, enrollees)
    if not renew:
        _demand_same_people(pki.records, enrollees)
        _demand_same_organisation(trust, organisation)
    added, kept = [], []
    records = pki.records
    for enrollee in enrollees:
        if enrollee.number in records.numbers and not renew:
            kept.append(enrollee)
            continue
        certificate = _credential(pki, enrollee, organisation, at, known=enrollee.number in records.numbers)
        records = records.with_issued(enrollee, certificate)
        added.append(enrollee)
    completed = replace(
        trust,
        organisation=organisation,
        organisation_code=organisation_code,
        root_position=root_position,
        qr_address=qr_address,
        earlier_qr_addresses=_earlier_addresses(trust, organisation, qr_address),
        zone=zone,
        registrars=records.registrar_certificates,
        threshold=max(1, min(2, len(records.registrar_certificates))),
    )
    _publish(pki, records, completed, at)
    return Issuance(tuple(added), tuple(kept))


def revoke(directory: Path, number: str, reason: Reason, at: datetime) -> int:
    """Take back all certificates of ``number`` as of ``at`` and publish a new list; return how many are new on it.

    Raises:
        CredentialError: no PKI there, damaged, or nobody with that number has a certificate.
    """
    pki = _open_pki(directory)
    if number not in pki.records.numbers:
        raise CredentialError("PKI_UNKNOWN_PERSON")
    records = pki.records.with_revoked(number, reason, at)
    _publish(pki, records, _read_trust(directory), at)
    return len(records.revoked) - len(pki.records.revoked)


def refresh(directory: Path, at: datetime) -> None:
    """Publish new revocation lists as of ``at``; a PKI without services gets them.

    Raises:
        CredentialError: no PKI there, or damaged.
    """
    pki = _open_pki(directory)
    _publish(pki, pki.records, _add_services(pki, at), at)


def open_services(directory: Path, at: datetime) -> Services:
    """Return the services of the PKI, which answer by its records as they are when they are asked.

    A PKI of an earlier pkdocs, which has none, gets them here.

    Raises:
        CredentialError: no PKI there, or damaged.
        ConflictError: it has no services yet, and the directory cannot be written.
    """
    pki = _open_pki(directory)
    _add_services(pki, at)
    timestamping, responder = (read_authority(directory, name) for name in (_TIMESTAMPING, _RESPONDER))
    ledger = LedgerFile(directory / _RECORDS, (timestamping.certificate, responder.certificate))
    return Services(pki.root, pki.issuing, timestamping, responder, ledger)


def _add_services(pki: _Pki, at: datetime) -> Trust:
    """Make the services that are not there yet; return the trust file, with an anchor that vouches for them."""
    trust = _read_trust(pki.directory)
    if not has_authority(pki.directory, _TIMESTAMPING):
        trust = replace(trust, anchors=tuple(_vouching(anchor, pki.root) for anchor in trust.anchors))
        # before the certificate: who finds that one takes the rest as done
        write_public(pki.directory / _TRUST, render_trust(trust))
    _write_services(pki.directory, pki.issuing, pki.kind, pki.records.address or "", at)
    return trust


def _vouching(anchor: Anchor, root: Authority) -> Anchor:
    is_ours = anchor.certificate == root.certificate.public_bytes(Encoding.DER)
    return replace(anchor, purposes=anchor.purposes | {Purpose.TIMESTAMPS}) if is_ours else anchor


def _write_services(directory: Path, issuing: Authority, kind: KeyKind, address: str, at: datetime) -> None:
    if not has_authority(directory, _RESPONDER):
        write_authority(directory, _RESPONDER, make_responder(issuing, kind, at=at))
    if not has_authority(directory, _TIMESTAMPING):
        write_authority(directory, _TIMESTAMPING, make_timestamping(issuing, kind, at=at, address=address))


def _fill(building: Path, kind: KeyKind, records: Records, at: datetime) -> None:
    for folder in (Path("ca"), _SIGNERS):
        (building / folder).mkdir(mode=0o700)
    root = make_root(kind, at=at)
    address = records.address or ""
    issuing = make_issuing(root, kind, at=at, address=address)
    write_authority(building, _ROOT, root)
    write_authority(building, _ISSUING, issuing)
    _write_services(building, issuing, kind, address, at)
    trust = Trust(
        organisation="",
        organisation_code="",
        root_position="",
        anchors=(Anchor(root.certificate.public_bytes(Encoding.DER), frozenset(Purpose), training=True),),
        crls=_crls(root, issuing, records, at),
        registrars=(),
        threshold=1,
        lowest_head=None,
        qr_address="",
        zone=Zone.WIB,
    )
    write_secret(building / _RECORDS, render_records(records))
    write_public(building / _ENROLMENT, render_enrolment(records))
    write_public(building / _TRUST, render_trust(trust))


def _demand_own_files(records: Records, enrollees: Iterable[Enrollee]) -> None:
    """Numbers that differ in case alone would share a file, where names are compared without case."""
    spelled = {number.casefold(): number for number in records.numbers}
    for enrollee in enrollees:
        if spelled.setdefault(enrollee.number.casefold(), enrollee.number) != enrollee.number:
            raise ConflictError("PKI_NUMBER_CASE", name=enrollee.name)


def _demand_same_people(records: Records, enrollees: Iterable[Enrollee]) -> None:
    persons = {entry.number: entry.person for entry in records.issued}
    if any(persons.get(enrollee.number, enrollee.person) != enrollee.person for enrollee in enrollees):
        raise ConflictError("PKI_OTHER_PERSON_KEY")


def _demand_same_organisation(trust: Trust, organisation: str) -> None:
    if trust.organisation not in {"", organisation}:
        raise ConflictError("PKI_OTHER_ORGANISATION", known=trust.organisation, organisation=organisation)


def _earlier_addresses(trust: Trust, organisation: str, address: str) -> tuple[str, ...]:
    """Return the addresses that pages signed by the same organisation may show beside ``address``."""
    known = trust.qr_addresses if trust.organisation == organisation else ()
    return tuple(earlier for earlier in known if earlier != address)


def _publish(pki: _Pki, records: Records, trust: Trust, at: datetime) -> None:
    numbered = replace(records, crl_number=records.crl_number + 1)
    # by key: an earlier generation of this PKI has the same names
    ours = (pki.root.key.public_key(), pki.issuing.key.public_key())
    others = tuple(crl for crl in trust.crls if not any(_is_signed_by(crl, key) for key in ours))
    crls = _crls(pki.root, pki.issuing, numbered, at) + others
    # records first: what they name but the others lack is written by the next run of any command
    write_secret(pki.directory / _RECORDS, render_records(numbered))
    write_public(pki.directory / _ENROLMENT, render_enrolment(numbered))
    write_public(pki.directory / _TRUST, render_trust(replace(trust, crls=crls)))


def _is_signed_by(crl: bytes, key: PublicKey) -> bool:
    return x509.load_der_x509_crl(crl).is_signature_valid(key)


def _crls(root: Authority, issuing: Authority, records: Records, at: datetime) -> tuple[bytes, ...]:
    return tuple(crl.public_bytes(Encoding.DER) for crl in Ledger.of(records).lists(root, issuing, at))


def _open_pki(directory: Path) -> _Pki:
    root = read_authority(directory, _ROOT)
    issuing = read_authority(directory, _ISSUING)
    kind = KeyKind.RSA2048 if isinstance(root.key, rsa.RSAPrivateKey) else KeyKind.P256
    return _Pki(directory, root, issuing, kind, read_records(read(directory / _RECORDS)))


def _read_trust(directory: Path) -> Trust:
    return read_trust(read(directory / _TRUST))


def _credential(pki: _Pki, enrollee: Enrollee, organisation: str, at: datetime, *, known: bool) -> x509.Certificate:
    path = pki.directory / _SIGNERS / f"{enrollee.number}.p12"
    secret = path.with_suffix(".pass")
    if path.exists() and not known:
        return _adopt(pki, enrollee, path, secret)
    if known:
        _retire(pki.directory, path, secret, at)
    key = pki.kind.make_key()
    subject = Subject(enrollee.person, enrollee.name, enrollee.unit, organisation)
    certificate = certify(pki.issuing, subject, key.public_key(), at=at, address=pki.records.address or "")
    passphrase = secrets.token_urlsafe(24).encode("ascii")
    chain = [pki.issuing.certificate, pki.root.certificate]
    data = pkcs12.serialize_key_and_certificates(
        enrollee.number.encode(), key, certificate, chain, BestAvailableEncryption(passphrase)
    )
    # the passphrase first: where a key is, it can be opened
    write_secret(secret, passphrase + b"\n")
    write_secret(path, data)
    return certificate


def _adopt(pki: _Pki, enrollee: Enrollee, path: Path, secret: Path) -> x509.Certificate:
    try:
        loaded = pkcs12.load_pkcs12(path.read_bytes(), secret.read_bytes().strip())
        certificate = loaded.cert.certificate if loaded.cert else None
        if certificate is not None and person_of(certificate) == enrollee.person:
            certificate.verify_directly_issued_by(pki.issuing.certificate)
            return certificate
    except (OSError, ValueError, TypeError, InvalidSignature) as fault:
        raise ConflictError("PKI_FOREIGN_KEY", name=enrollee.name) from fault
    raise ConflictError("PKI_FOREIGN_KEY", name=enrollee.name)


def _retire(directory: Path, path: Path, secret: Path, at: datetime) -> None:
    retired = directory / _RETIRED
    retired.mkdir(mode=0o700, exist_ok=True)
    moment = at.astimezone(UTC)
    for file in (path, secret):
        if file.exists():
            file.replace(retired / f"{file.stem}-{moment:%Y%m%dT%H%M%SZ}{file.suffix}")
