"""Keys from PKCS #12 files: what opens, what is refused and why, and that nothing secret is shown."""

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import pkcs12 as structure
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pkdocs.errors import CredentialError
from pkdocs.messages import LANGUAGES
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import PrivateKey
from pkdocs.signing import check_certificate, load_pkcs12
from tests.factory import HEAD, MAYOR
from tests.signed import AT, BEGUN, NUMBER, PASSPHRASE, authorities, container, credential, signer_of


def refused(data: bytes, code: str, passphrase: str = PASSPHRASE) -> None:
    with pytest.raises(CredentialError) as caught:
        load_pkcs12(data, passphrase)
    assert (caught.value.code, caught.value.exit_code) == (code, 6)
    for language in LANGUAGES:
        shown = caught.value.message(language)
        assert NUMBER not in shown
        assert passphrase not in shown


def own_certificate(key: PrivateKey | ed25519.Ed25519PrivateKey, *extensions: x509.ExtensionType) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Citra Maheswari")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, BEGUN, BEGUN + timedelta(days=9))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def usage(**given: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**(dict.fromkeys(names, False) | given))


@pytest.mark.parametrize("kind", KeyKind)
def test_a_good_file_gives_its_signer(kind: KeyKind) -> None:
    signer = signer_of(HEAD, kind)
    _, certificate = credential(HEAD, kind)
    root, issuing = authorities(kind)
    assert signer.certificate == certificate.public_bytes(Encoding.DER)
    assert signer.chain == tuple(one.certificate.public_bytes(Encoding.DER) for one in (issuing, root))
    assert signer.person == HEAD.person
    assert signer.friendly_name == NUMBER
    [raw] = signer.sign_raw([b"data"])
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(raw, b"data", padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(raw, b"data", ec.ECDSA(hashes.SHA256()))


def test_nothing_secret_is_shown_copied_or_sent_to_another_process() -> None:
    signer = signer_of(HEAD)
    for shown in (repr(signer), str(signer), f"{signer}"):
        assert shown == f"FileSigner({HEAD.person})"
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not handed"):
            attempt(signer)


@pytest.mark.parametrize("passphrase", ["k3l1ru", PASSPHRASE + " "])
def test_a_wrong_passphrase_is_told_apart(passphrase: str) -> None:
    refused(container(*credential(HEAD)), "P12_PASSPHRASE", passphrase)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"%PDF-1.7",
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[:40],
        lambda _: b"\x30\x03\x02\x01\x03",
        lambda data: data.replace(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 1),
        lambda data: data * 1000,
    ],
)
def test_a_damaged_file_is_no_wrong_passphrase(damage: object) -> None:
    assert callable(damage)
    refused(damage(container(*credential(HEAD))), "P12_DAMAGED")


def test_a_changed_byte_inside_is_refused() -> None:
    data = bytearray(container(*credential(HEAD)))
    data[len(data) // 2] ^= 1
    refused(bytes(data), "P12_PASSPHRASE")


def test_a_file_without_key_or_certificate_signs_nothing() -> None:
    key, certificate = credential(HEAD)
    refused(container(None, certificate), "P12_WITHOUT_KEY")
    refused(container(key, None), "P12_WITHOUT_KEY")


def test_a_key_of_another_certificate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = pickle_free_pair(credential(HEAD)[0], credential(MAYOR)[1])
    monkeypatch.setattr("pkdocs.signing.pkcs12.pkcs12.load_pkcs12", lambda *_: loaded)
    refused(container(*credential(HEAD)), "P12_KEY_MISMATCH")


def pickle_free_pair(key: PrivateKey, certificate: x509.Certificate) -> object:
    """Return what the loader gives for a file whose key and certificate are no pair: no writer makes one."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    return pkcs12.PKCS12KeyAndCertificates(key, pkcs12.PKCS12Certificate(certificate, None), [])


@pytest.mark.parametrize(
    "extensions",
    [
        (),
        (usage(key_encipherment=True),),
        (usage(key_cert_sign=True, crl_sign=True), x509.BasicConstraints(ca=True, path_length=None)),
        (usage(digital_signature=True), x509.BasicConstraints(ca=True, path_length=None)),
    ],
)
def test_a_certificate_that_is_not_for_signing_is_refused(extensions: tuple[x509.ExtensionType, ...]) -> None:
    key = KeyKind.P256.make_key()
    refused(container(key, own_certificate(key, *extensions)), "KEY_USAGE")


@pytest.mark.parametrize("extensions", [(usage(digital_signature=True),), (usage(content_commitment=True),)])
def test_either_usage_will_do_and_the_chain_holds_only_issuers(extensions: tuple[x509.ExtensionType, ...]) -> None:
    key = KeyKind.P256.make_key()
    signer = load_pkcs12(container(key, own_certificate(key, *extensions)), PASSPHRASE)
    assert (signer.person, signer.chain) == ("", ())


def weak_keys() -> list[PrivateKey | ed25519.Ed25519PrivateKey]:
    return [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505 - weak, to be refused
        ed25519.Ed25519PrivateKey.generate(),
    ]


@pytest.mark.parametrize("key", weak_keys(), ids=["p384", "rsa1024", "ed25519"])
def test_other_kinds_of_keys_are_refused(key: PrivateKey) -> None:
    refused(container(key, own_certificate(key, usage(digital_signature=True))), "KEY_KIND")


@pytest.mark.parametrize("fault", [ValueError("x"), UnsupportedAlgorithm("x")])
def test_a_certificate_that_cannot_be_read_is_damage(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise fault

    monkeypatch.setattr("pkdocs.signing.pkcs12.check_usage", fail)
    refused(container(*credential(HEAD)), "P12_DAMAGED")


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (BEGUN - timedelta(seconds=1), "SIGNER_NOT_YET_VALID"),
        (BEGUN + timedelta(days=730, seconds=1), "SIGNER_EXPIRED"),
        (datetime(2030, 1, 1, tzinfo=UTC), "SIGNER_EXPIRED"),
    ],
)
def test_a_certificate_out_of_date_says_since_when(at: datetime, code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        check_certificate(signer_of(HEAD), at)
    assert caught.value.code == code
    assert ("2026-01-05 01:00" if code.endswith("VALID") else "2028-01-05 01:00") in caught.value.message("id")


@pytest.mark.parametrize("at", [BEGUN, AT, BEGUN + timedelta(days=730)])
def test_a_certificate_in_date_passes(at: datetime) -> None:
    check_certificate(signer_of(HEAD), at)


def test_a_file_that_asks_for_days_of_work_is_refused_at_once() -> None:
    outer = structure.Pfx.load(container(*credential(HEAD)))
    outer["mac_data"]["iterations"] = 2**31 - 1
    refused(outer.dump(force=True), "P12_DAMAGED")
