"""Requests to the services of the training PKI as OpenSSL writes them, and its word on the answers."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.pki.authority import KeyKind
from tests.signed import authorities

DATA = b"Perjanjian Kinerja"


def openssl(folder: Path, *arguments: str | Path) -> str:
    """Run OpenSSL in ``folder``; it must succeed."""
    run = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def write_chain(folder: Path, kind: KeyKind) -> None:
    """Write ``root.pem`` and ``issuing.pem``."""
    for name, authority in zip(("root", "issuing"), authorities(kind), strict=True):
        (folder / f"{name}.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))


def query(folder: Path, *options: str) -> bytes:
    """Return a request to stamp ``DATA``, also in ``q.tsq``."""
    (folder / "data").write_bytes(DATA)
    openssl(folder, "ts", "-query", "-data", "data", "-out", "q.tsq", *options)
    return (folder / "q.tsq").read_bytes()
