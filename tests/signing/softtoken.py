"""A real PKCS #11 token for tests: SoftHSM2 with a folder of its own, filled with the keys of invented people."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, CertificateType, ObjectClass
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key

from pkdocs.pki.authority import PrivateKey

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, ADMIN_PIN = "271828", "31415926"
LABEL = "Token uji"


class SoftToken:
    """Tokens in a folder; the module is loaded once for the process, and reads the folder when it is begun anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, label: str = LABEL) -> None:
        """Make one token more."""
        numbers = ("--pin", PIN, "--so-pin", ADMIN_PIN)
        subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", label, *numbers], check=True)
        restart()

    def put(
        self,
        key: PrivateKey,
        *certificates: x509.Certificate | bytes,
        label: str = "kunci",
        identity: bytes = b"\x01",
        token: str = LABEL,
        **more: bool,
    ) -> None:
        """Put a key and certificates with the same identity into a token."""
        with opened(token) as session:
            stored = {Attribute.TOKEN: True, Attribute.ID: identity, Attribute.LABEL: label}
            flags = {Attribute.PRIVATE: True, Attribute.SENSITIVE: True, Attribute.SIGN: True}
            flags |= {Attribute[name]: value for name, value in more.items()}
            session.create_object({**_attributes(key), **stored, **flags})
            for certificate in certificates:
                session.create_object(_certificate(certificate) | stored)

    def put_certificates(self, *certificates: x509.Certificate | bytes) -> None:
        """Put certificates without keys into the token."""
        with opened(LABEL) as session:
            for number, certificate in enumerate(certificates):
                stored = {Attribute.TOKEN: True, Attribute.ID: bytes((200 + number,)), Attribute.LABEL: "otoritas"}
                session.create_object(_certificate(certificate) | stored)


@contextmanager
def soft_tokens(folder: Path) -> Iterator[SoftToken]:
    """Give a folder for tokens while the block runs."""
    tokens = folder / "tokens"
    tokens.mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    try:
        yield SoftToken(folder)
    finally:
        library().finalize()
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def library() -> Any:
    """Return the module, begun."""
    return pkcs11.lib(str(MODULE.resolve()))


def restart() -> None:
    """Begin the module anew: sessions and logins end, folders are read again."""
    library().reinitialize()


@contextmanager
def opened(label: str) -> Iterator[Any]:
    """Give a session that may write."""
    with library().get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        yield session


def _attributes(key: PrivateKey) -> dict[Attribute, Any]:
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    decode = decode_rsa_private_key if isinstance(key, rsa.RSAPrivateKey) else decode_ec_private_key
    attributes: dict[Attribute, Any] = decode(encoded)
    return attributes


def _certificate(certificate: x509.Certificate | bytes) -> dict[Attribute, Any]:
    value = certificate if isinstance(certificate, bytes) else certificate.public_bytes(Encoding.DER)
    subject = b"" if isinstance(certificate, bytes) else certificate.subject.public_bytes()
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.SUBJECT: subject,
        Attribute.VALUE: value,
    }
