"""The CSC API, version 1, against certomancer's server."""

from collections import Counter
from pathlib import Path
from subprocess import run

import pytest

from pkdocs.content import Role
from pkdocs.errors import CredentialError, ServiceError, SigningError
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import check_certificate, read_form, sign_pdf
from pkdocs.signing.csc import Version, open_csc
from pkdocs.signing.signer import BatchSigner, is_signature_by
from pkdocs.transport import Service
from tests.csc.certomancer import CREDENTIAL, serving
from tests.factory import MAYOR, root_content
from tests.issued import issued
from tests.signed import AT

MANY = tuple(b"atribut %d" % number for number in range(25))


def kept(address: str) -> Service:
    return Service(address, timeout_s=20)


@pytest.mark.parametrize("kind", KeyKind)
def test_agreement_signed_by_a_service_is_accepted(kind: KeyKind, tmp_path: Path) -> None:
    with serving(tmp_path, MAYOR, kind, multisign=10, binds=True) as (address, _):
        signer = open_csc(kept(address), credential=CREDENTIAL)
        check_certificate(signer, AT)
        pdf = sign_pdf(issued(root_content()), Role.FIRST, signer, at=AT, zone=Zone.WIB, training=False)
    assert read_form(pdf).signed == (Role.FIRST,)
    (tmp_path / "a.pdf").write_bytes(pdf)
    said = run(["pdfsig", "-nocert", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said
    assert (signer.person, signer.friendly_name, signer.origin) == (
        MAYOR.person,
        "",
        "CSC v1 (127.0.0.1, http tanpa penyandian)",
    )
    assert len(signer.chain) == 1


@pytest.mark.parametrize(("multisign", "groups"), [(1, 25), (10, 3), (25, 1), (100, 1)])
@pytest.mark.parametrize("binds", [False, True])
def test_batch_is_authorised_as_seldom_as_the_service_allows_and_before_anything_is_signed(
    multisign: int, groups: int, *, binds: bool, tmp_path: Path
) -> None:
    with serving(tmp_path, MAYOR, KeyKind.P256, multisign=multisign, binds=binds) as (address, asked):
        signer = open_csc(kept(address), version=Version.V1, credential=CREDENTIAL)
        signatures = signer.sign_raw(MANY)
    assert all(is_signature_by(signer.certificate, value, data) for data, value in zip(MANY, signatures, strict=True))
    assert asked[1:] == ["v1/credentials/authorize"] * groups + ["v1/signatures/signHash"] * groups


def test_version_is_found_out(tmp_path: Path) -> None:
    with serving(tmp_path, MAYOR, KeyKind.P256, multisign=1, binds=True) as (address, asked):
        signer = open_csc(kept(address), credential=CREDENTIAL)
        with pytest.raises(ServiceError, match="CSC_REFUSED"):
            open_csc(kept(address), version=Version.V2, credential=CREDENTIAL)
    assert Counter(asked)["v2/info"] == 1
    assert isinstance(signer, BatchSigner)


def test_several_credentials_are_listed_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, MAYOR, KeyKind.P256, multisign=1, binds=True) as (address, _):
        with pytest.raises(CredentialError, match="CSC_CREDENTIALS") as caught:
            open_csc(kept(address))
        assert CREDENTIAL in caught.value.message("id")
        with pytest.raises(ServiceError, match="CSC_REFUSED"):
            open_csc(kept(address), credential="uji/lain")


def test_certificate_of_an_authority_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with (
        serving(tmp_path, MAYOR, KeyKind.P256, multisign=1, binds=True) as (address, asked),
        pytest.raises(CredentialError, match="KEY_USAGE"),
    ):
        open_csc(kept(address), version=Version.V1, credential="uji/root")
    assert asked == ["v1/credentials/info"]


def test_service_that_is_gone_signs_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, MAYOR, KeyKind.P256, multisign=1, binds=True) as (address, _):
        signer = open_csc(kept(address), credential=CREDENTIAL)
    first, second = signer.sign_each(MANY[:2])
    assert isinstance(first.error, ServiceError)
    assert isinstance(second.error, SigningError)
    with pytest.raises(ServiceError):
        signer.sign_raw(MANY)
