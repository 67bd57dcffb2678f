"""Keys and signed agreements for tests: a training PKI in memory, with a key for each invented party."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from pkdocs.content import Content, Party, Role
from pkdocs.pki.authority import (
    Authority,
    KeyKind,
    PrivateKey,
    Revocation,
    Subject,
    certify,
    make_crl,
    make_issuing,
    make_responder,
    make_root,
    make_timestamping,
)
from pkdocs.pki.ledger import Ledger
from pkdocs.pki.records import Records, Revoked
from pkdocs.pki.services import Services
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, load_pkcs12, sign_pdf
from pkdocs.trust import Anchor, Purpose, Trust
from tests.issued import issued

BEGUN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""When the authorities and certificates began."""
AT = datetime(2026, 1, 22, 2, 15, tzinfo=UTC)
"""When everybody signs: 09.15 WIB."""
PASSPHRASE = "frasa sandi uji"
NUMBER = "197111021996032992"


def authorities(kind: KeyKind = KeyKind.P256) -> tuple[Authority, Authority]:
    """Return the root and the authority that certifies persons."""
    return _authorities(kind)


@cache
def _authorities(kind: KeyKind) -> tuple[Authority, Authority]:
    root = make_root(kind, at=BEGUN)
    return root, make_issuing(root, kind, at=BEGUN)


def credential(party: Party, kind: KeyKind = KeyKind.P256, at: datetime = BEGUN) -> tuple[PrivateKey, x509.Certificate]:
    """Return the key and the certificate of ``party``."""
    return _credential(party, kind, at)


@cache
def _credential(party: Party, kind: KeyKind, at: datetime) -> tuple[PrivateKey, x509.Certificate]:
    key = kind.make_key()
    subject = Subject(party.person, party.name, "Dinas Komunikasi dan Informatika", "Pemerintah Kota Wanasari")
    return key, certify(authorities(kind)[1], subject, key.public_key(), at=at)


def container(key: PrivateKey | None, certificate: x509.Certificate | None, kind: KeyKind = KeyKind.P256) -> bytes:
    """Return a PKCS #12 file with the whole chain."""
    chain = [authority.certificate for authority in authorities(kind)]
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(NUMBER.encode(), key, certificate, chain, encryption)


@cache
def signer_of(party: Party, kind: KeyKind = KeyKind.P256) -> FileSigner:
    """Return who signs for ``party``."""
    return load_pkcs12(container(*credential(party, kind), kind), PASSPHRASE)


@cache
def signed(content: Content, roles: tuple[Role, ...] = tuple(Role), kind: KeyKind = KeyKind.P256) -> bytes:
    """Return the issued file of ``content``, signed by its parties in the order of ``roles``."""
    if not roles:
        return issued(content)
    before, party = signed(content, roles[:-1], kind), content.party(roles[-1])
    if party is None:
        return before
    return sign_pdf(before, roles[-1], signer_of(party, kind), at=AT, zone=Zone.WIB, training=True)


def training_trust(kind: KeyKind = KeyKind.P256, revoked: tuple[Revocation, ...] = ()) -> Trust:
    """Return what an auditor pins to judge ``signed`` files; its lists were made when the parties signed."""
    root, issuing = authorities(kind)
    lists = (make_crl(root, (), number=1, at=AT), make_crl(issuing, revoked, number=1, at=AT - timedelta(days=1)))
    return Trust(
        organisation="Pemerintah Kota Wanasari",
        organisation_code="35.99",
        root_position="WALIKOTA",
        anchors=(Anchor(root.certificate.public_bytes(Encoding.DER), frozenset(Purpose), training=True),),
        crls=tuple(entry.public_bytes(Encoding.DER) for entry in lists),
        registrars=(),
        threshold=1,
        lowest_head=None,
        qr_address="",
        zone=Zone.WIB,
    )


def answering(kind: KeyKind = KeyKind.P256) -> tuple[Authority, Authority]:
    """Return the timestamp authority and the OCSP responder."""
    return _answering(kind)


@cache
def _answering(kind: KeyKind) -> tuple[Authority, Authority]:
    issuing = authorities(kind)[1]
    return make_timestamping(issuing, kind, at=BEGUN), make_responder(issuing, kind, at=BEGUN)


def services(*parties: Party, kind: KeyKind = KeyKind.P256, revoked: tuple[Revocation, ...] = ()) -> Services:
    """Return what answers for the authorities: it knows the certificates of ``parties``, and which are revoked."""
    own = [authority.certificate for authority in answering(kind)]
    known = [credential(party, kind)[1] for party in parties]
    by_serial = {entry.serial: entry for entry in revoked}
    standings = {entry.serial_number: by_serial.get(entry.serial_number) for entry in (*own, *known)}
    records = Records(revoked=tuple(Revoked(f"{one.serial:x}", one.at.isoformat(), one.reason) for one in revoked))
    ledger = Ledger(records, standings)
    return Services(*authorities(kind), *answering(kind), lambda: ledger)
