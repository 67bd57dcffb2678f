"""The CMS that is joined from parts: other implementations read it, and it opens only over its own digest."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto.cms import ContentInfo
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.pki import KeyKind
from pkdocs.signing import Signer
from pkdocs.signing.cms import open_cms, parts_of
from tests.factory import HEAD, MAYOR
from tests.signed import authorities, signer_of

DATA = b"isi dokumen"
DIGEST = hashlib.sha256(DATA).digest()


def build_cms(signer: Signer, digest: bytes, token: bytes | None = None) -> bytes:
    parts = parts_of(signer.certificate, signer.chain)
    covered = parts.covered(digest)
    (signature,) = signer.sign_raw([covered])
    return parts.join(covered, signature, token)


@pytest.mark.parametrize("kind", KeyKind)
def test_openssl_accepts_it_up_to_the_root(kind: KeyKind, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "cms").write_bytes(build_cms(signer_of(HEAD, kind), DIGEST))
    (tmp_path / "root").write_bytes(authorities(kind)[0].certificate.public_bytes(Encoding.PEM))
    files = ["-in", "cms", "-content", "data", "-CAfile", "root", "-out", "out"]
    checks = ["-binary", "-inform", "DER", "-purpose", "any", "-cades", "-attime", "1769048100"]
    checked = subprocess.run(
        ["openssl", "cms", "-verify", *checks, *files], cwd=tmp_path, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("kind", KeyKind)
def test_it_is_der_with_the_attributes_of_pades_and_the_whole_chain(kind: KeyKind) -> None:
    signer = signer_of(HEAD, kind)
    encoded = build_cms(signer, DIGEST)
    info = ContentInfo.load(encoded, strict=True)
    (signer_info,) = info["content"]["signer_infos"]
    kinds = {attribute["type"].native for attribute in signer_info["signed_attrs"]}
    assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}
    (stated,) = (a["values"] for a in signer_info["signed_attrs"] if a["type"].native == "signing_certificate_v2")
    assert stated[0].native["certs"][0]["cert_hash"] == hashlib.sha256(signer.certificate).digest()
    held = {entry.chosen.dump() for entry in info["content"]["certificates"]}
    assert held == {signer.certificate, *signer.chain}
    assert signer_info["unsigned_attrs"].native is None
    assert info.dump(force=True) == encoded


@pytest.mark.parametrize("kind", KeyKind)
def test_the_size_that_is_reserved_is_enough_and_hardly_more(kind: KeyKind) -> None:
    signer = signer_of(HEAD, kind)
    sizes = [len(build_cms(signer, hashlib.sha256(bytes([number])).digest())) for number in range(40)]
    assert parts_of(signer.certificate, signer.chain).size() - 8 <= min(sizes)
    assert max(sizes) <= parts_of(signer.certificate, signer.chain).size()


@pytest.mark.parametrize("kind", KeyKind)
def test_it_opens_over_its_digest_with_zeros_after_it(kind: KeyKind) -> None:
    signer = signer_of(HEAD, kind)
    assert open_cms(build_cms(signer, DIGEST) + bytes(9), DIGEST) == signer.certificate


def test_it_does_not_open_over_another_digest() -> None:
    assert open_cms(build_cms(signer_of(HEAD), DIGEST), hashlib.sha256(b"x").digest()) is None


def test_something_hidden_in_the_padding_does_not_open() -> None:
    assert open_cms(build_cms(signer_of(HEAD), DIGEST) + b"\0x", DIGEST) is None


@pytest.mark.parametrize("kind", KeyKind)
def test_a_changed_signature_or_attribute_does_not_open(kind: KeyKind) -> None:
    encoded = build_cms(signer_of(HEAD, kind), DIGEST)
    info = ContentInfo.load(encoded)
    (signer_info,) = info["content"]["signer_infos"]
    for part in (signer_info["signature"].native[-8:], hashlib.sha256(signer_of(HEAD, kind).certificate).digest()):
        at = encoded.rindex(part) + 3
        changed = encoded[:at] + bytes([encoded[at] ^ 1]) + encoded[at + 1 :]
        assert open_cms(changed, DIGEST) is None


def sha1(encoded: bytes) -> bytes:
    info = ContentInfo.load(encoded)
    info["content"]["signer_infos"][0]["digest_algorithm"]["algorithm"] = "sha384"
    dumped: bytes = info.dump(force=True)
    return dumped


def foreign_key(encoded: bytes) -> bytes:
    own, other = signer_of(HEAD).certificate, signer_of(MAYOR).certificate
    info = ContentInfo.load(encoded)
    for entry in info["content"]["certificates"]:
        if entry.chosen.dump() == own:
            entry.chosen["tbs_certificate"]["subject_public_key_info"] = ContentInfo.load(
                build_cms(signer_of(MAYOR), DIGEST)
            )["content"]["certificates"][0].chosen["tbs_certificate"]["subject_public_key_info"]
    assert other != own
    dumped: bytes = info.dump(force=True)
    return dumped


@pytest.mark.parametrize("change", [sha1, foreign_key])
def test_another_algorithm_or_key_does_not_open(change: Callable[[bytes], bytes]) -> None:
    assert open_cms(change(build_cms(signer_of(HEAD), DIGEST)), DIGEST) is None


@pytest.mark.parametrize("contents", [b"", b"\0" * 40, b"\x30\x03\x02\x01\x01", b"nonsense"])
def test_what_is_no_cms_raises_what_the_reader_of_forms_catches(contents: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        open_cms(contents, DIGEST)
