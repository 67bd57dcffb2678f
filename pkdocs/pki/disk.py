"""Files of the training PKI: written whole, secrets for their owner alone; keys and certificates read in pairs."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from pkdocs.errors import ConflictError, CredentialError
from pkdocs.files import PRIVATE, PUBLIC, write_atomic
from pkdocs.pki.authority import Authority, PrivateKey

_FOLDER = "ca"


def has_authority(directory: Path, name: str) -> bool:
    """Tell whether the PKI in ``directory`` has a certificate of that name."""
    return _certificate_file(directory, name).exists()


def read_authority(directory: Path, name: str) -> Authority:
    """Return a certificate of the PKI in ``directory``, with its key.

    Raises:
        CredentialError: absent, damaged, or the key belongs to another certificate.
    """
    key_data = read(_key_file(directory, name))
    certificate_data = read(_certificate_file(directory, name))
    try:
        key = load_pem_private_key(key_data, password=None)
        certificate = x509.load_pem_x509_certificate(certificate_data)
    except (ValueError, TypeError) as fault:
        raise CredentialError("PKI_DAMAGED", file=f"{name}.pem") from fault
    if not isinstance(key, PrivateKey) or key.public_key() != certificate.public_key():
        raise CredentialError("PKI_DAMAGED", file=f"{name}.key.pem")
    return Authority(certificate, key)


def write_authority(directory: Path, name: str, authority: Authority) -> None:
    """Write a certificate and, before it, its key.

    Raises:
        ConflictError: the directory cannot be written.
    """
    key = authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(_key_file(directory, name), key)
    write_public(_certificate_file(directory, name), authority.certificate.public_bytes(Encoding.PEM))


def read(path: Path) -> bytes:
    """Return a file of the PKI.

    Raises:
        CredentialError: it is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as fault:
        raise CredentialError("PKI_ABSENT", file=path.name) from fault


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read.

    Raises:
        ConflictError: the directory cannot be written.
    """
    _write(path, data, PRIVATE)


def write_public(path: Path, data: bytes) -> None:
    """Write a file that anybody may read.

    Raises:
        ConflictError: the directory cannot be written.
    """
    _write(path, data, PUBLIC)


def _key_file(directory: Path, name: str) -> Path:
    return directory / _FOLDER / f"{name}.key.pem"


def _certificate_file(directory: Path, name: str) -> Path:
    return directory / _FOLDER / f"{name}.pem"


def _write(path: Path, data: bytes, mode: int) -> None:
    try:
        write_atomic(path, data, mode=mode)
    except OSError as fault:
        raise ConflictError("PKI_UNWRITABLE", directory=path.parent.name) from fault
