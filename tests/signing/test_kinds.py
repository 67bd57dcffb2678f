"""Every kind of signature that we write, by other programs: AdES validation, poppler, mutool, and pyHanko's own."""

import asyncio
from datetime import timedelta
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from subprocess import run
from typing import Any

import pikepdf
import pytest
from asn1crypto import keys
from asn1crypto.crl import CertificateList
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation.ades import ades_basic_validation, ades_with_time_validation
from pyhanko.sign.validation.policy_decl import LocalKnowledge, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleCertificateStore, SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from pkdocs.content import Party, Role
from pkdocs.outcome import demand
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import Keyed, Level, make_task
from tests.factory import head_content
from tests.issued import issued
from tests.signed import AT, authorities, credential, signer_of, training_trust
from tests.stamper import Stamper

CONTENT = head_content()
ROLES = (Role.FIRST, Role.SECOND)
KINDS = list(product(KeyKind, (Level.B, Level.T), (False, True)))
NAMES = [f"{kind.value}-{level.value}-{'rewritten' if foreign else 'issued'}" for kind, level, foreign in KINDS]


@cache
def base(foreign: bool) -> bytes:
    """Return the issued file; ``foreign``: with object streams, as another program would have written it."""
    if not foreign:
        return issued(CONTENT)
    output = BytesIO()
    with pikepdf.open(BytesIO(issued(CONTENT))) as opened:
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
    return output.getvalue()


@cache
def made(kind: KeyKind, level: Level, foreign: bool, count: int = 2) -> bytes:
    pdf = base(foreign)
    for role in ROLES[:count]:
        party = CONTENT.party(role)
        assert party is not None
        holder = Keyed(signer_of(party, kind), Stamper(kind) if level is Level.T else None)
        task = make_task(pdf, CONTENT, role, party, at=AT, zone=Zone.WIB, training=True)
        (outcome,) = holder.sign([task])
        pdf = demand(outcome)
    return pdf


def party(role: Role) -> Party:
    found = CONTENT.party(role)
    assert found is not None
    return found


def specification(kind: KeyKind) -> SignatureValidationSpec:
    trust = training_trust(kind)
    roots = [Certificate.load(anchor.certificate) for anchor in trust.anchors]
    policy = CertValidationPolicySpec(SimpleTrustManager.build(trust_roots=roots), CertRevTrustPolicy(REQUIRE_REVINFO))
    lists = [CRLContainer(CertificateList.load(encoded)) for encoded in trust.crls]
    return SignatureValidationSpec(policy, local_knowledge=LocalKnowledge(known_crls=lists))


@pytest.mark.parametrize(("kind", "level", "foreign"), KINDS, ids=NAMES)
def test_pyhankos_ades_validation_passes(kind: KeyKind, level: Level, foreign: bool) -> None:
    later = AT + timedelta(minutes=5)
    timing = ValidationTimingInfo(later, later, point_in_time_validation=False)
    validate: Any = ades_with_time_validation if level is Level.T else ades_basic_validation
    embedded = PdfFileReader(BytesIO(made(kind, level, foreign))).embedded_regular_signatures
    assert len(embedded) == 2
    for signature in embedded:
        digest = signature.compute_digest()
        result = asyncio.run(
            validate(signature.signed_data, specification(kind), timing_info=timing, raw_digest=digest)
        )
        assert result.ades_subindic is AdESPassed.OK, result.failure_msg
        if level is Level.T:
            assert result.best_signature_time == AT


@pytest.mark.parametrize(("kind", "level", "foreign"), KINDS, ids=NAMES)
def test_poppler_and_mutool_find_both_valid(kind: KeyKind, level: Level, foreign: bool, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(made(kind, level, foreign))
    seen = run(["pdfsig", "signed.pdf"], cwd=tmp_path, env={"HOME": "."}, capture_output=True, text=True, check=False)
    assert seen.stdout.count("Signature is Valid.") == 2
    assert seen.stdout.count("Signature Type: ETSI.CAdES.detached") == 2
    checked = run(["mutool", "sign", "-v", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.stdout.count("Verifying signature") == 2
    assert checked.stdout.count("The signature is valid but there have been edits since signing.") == 1
    assert checked.stdout.count("The document is unchanged since signing.") == 1


def signer_infos(pdf: bytes) -> list[Any]:
    return [one.signer_info for one in PdfFileReader(BytesIO(pdf)).embedded_regular_signatures]


def attributes(info: Any) -> dict[str, bytes]:
    return {attribute["type"].native: attribute["values"].dump() for attribute in info["signed_attrs"]}


@cache
def by_pyhanko(kind: KeyKind) -> Any:
    """Return the SignerInfo of pyHanko's own signer with the same key."""
    key, certificate = credential(party(Role.FIRST), kind)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    held = [Certificate.load(one.certificate.public_bytes(Encoding.DER)) for one in authorities(kind)]
    store = SimpleCertificateStore.from_certs(held)
    signer = SimpleSigner(
        signing_cert=Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(der),
        cert_registry=store,
    )
    metadata = PdfSignatureMetadata(
        field_name=Role.FIRST.value, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    output = BytesIO()
    PdfSigner(metadata, signer).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(issued(CONTENT))), existing_fields_only=True, output=output
    )
    (info,) = signer_infos(output.getvalue())
    return info


@pytest.mark.parametrize(("kind", "level", "foreign"), KINDS, ids=NAMES)
def test_the_signed_attributes_are_those_of_pyhankos_own_signer(kind: KeyKind, level: Level, foreign: bool) -> None:
    theirs, ours = by_pyhanko(kind), signer_infos(made(kind, level, foreign))[0]
    expected, found = attributes(theirs), attributes(ours)
    assert found.keys() == expected.keys()
    for name in found.keys() - {"message_digest"}:
        assert found[name] == expected[name], name
    assert len(found["message_digest"]) == len(expected["message_digest"])
    for algorithm in ("digest_algorithm", "signature_algorithm"):
        assert ours[algorithm]["algorithm"].native == theirs[algorithm]["algorithm"].native


@pytest.mark.parametrize(("kind", "level", "foreign"), KINDS, ids=NAMES)
def test_a_timestamp_is_the_only_unsigned_attribute(kind: KeyKind, level: Level, foreign: bool) -> None:
    for info in signer_infos(made(kind, level, foreign)):
        names = [attribute["type"].native for attribute in info["unsigned_attrs"]]
        assert names == (["signature_time_stamp_token"] if level is Level.T else [])


@pytest.mark.parametrize("kind", KeyKind)
def test_what_is_signed_is_said_alike_in_both_ways(kind: KeyKind) -> None:
    said = []
    for foreign in (False, True):
        with pikepdf.open(BytesIO(made(kind, Level.B, foreign))) as opened:
            values = [field.V for field in opened.Root.AcroForm.Fields]
            drawn = [field.AP.N.read_bytes() for field in opened.Root.AcroForm.Fields]
            entries = [
                {name: value.unparse() for name, value in one.items() if name not in {"/Contents", "/ByteRange"}}
                for one in values
            ]
            for one in entries:
                # the catalog's number is the file's own
                one["/Reference"] = one["/Reference"].replace(b"/Data 1 0 R", b"")
            said.append((entries, drawn))
    assert said[0][1] == said[1][1]
    assert [sorted(one) for one in said[0][0]] == [sorted(one) for one in said[1][0]]
