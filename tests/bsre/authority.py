"""A test authority such as the one behind the emulator: its certificates name no person of ours."""

import ipaddress
import ssl
import tempfile
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.signed import BEGUN

NAMES = {
    "authority": "OSD UJI EMULATOR",
    "person": "CITRA MAHESWARI",
    "other": "ELOK LARASASIH",
    "organisation": "PEMERINTAH KOTA WANASARI",
}
_DAYS = 3650


@cache
def key_of(who: str) -> rsa.RSAPrivateKey:
    """Return the key of ``who``."""
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate_of(who: str, began: datetime = BEGUN) -> x509.Certificate:
    """Return the certificate of ``who``; the authority's is its own."""
    is_authority = who == "authority"
    builder = _begin(NAMES[who], who, began).add_extension(
        x509.BasicConstraints(ca=is_authority, path_length=None), critical=True
    )
    return builder.add_extension(_usage(is_authority=is_authority), critical=True).sign(
        key_of("authority"), hashes.SHA256()
    )


def tls_context() -> ssl.SSLContext:
    """Return what the emulator listens with; ``der("authority")`` vouches for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(_tls_files())
        file.flush()
        context.load_cert_chain(file.name)
    return context


@cache
def _tls_files() -> bytes:
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    began = datetime.now(BEGUN.tzinfo) - timedelta(days=1)
    certificate = _begin("127.0.0.1", "server", began).add_extension(names, critical=False)
    signed = certificate.sign(key_of("authority"), hashes.SHA256())
    key = key_of("server").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key + signed.public_bytes(Encoding.PEM)


def der(who: str) -> bytes:
    """Return the certificate of ``who``, DER."""
    return certificate_of(who).public_bytes(Encoding.DER)


def _begin(name: str, who: str, began: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(NAMES["authority"]))
        .public_key(key_of(who).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key_of(who).public_key()), critical=False)
    )


def _named(common_name: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "ID"), (NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
