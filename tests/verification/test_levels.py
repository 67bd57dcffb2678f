"""Real files of each PAdES level: what is read of them, what each attack on a proof is called, what pyHanko says."""

import asyncio
import io
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from asn1crypto.x509 import Certificate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleTrustManager

from pkdocs.chain import judge_alone
from pkdocs.trust import Trust
from pkdocs.verification import Facts, Result, Weight, examine_pdf
from pkdocs.verification.agreement import inspect_agreement
from pkdocs.verification.evidence import Evidence
from pkdocs.verification.inspection import InspectedSignature, Level
from pkdocs.verification.level import reached_level
from tests.factory import root_content
from tests.signed import AT, signed, training_trust
from tests.stamping import Clock, signed_in_time
from tests.verification.extend import Extension, certificates, lists, token
from tests.verification.test_proof import EXPIRED, trust

DAY = timedelta(days=1)


@cache
def in_time() -> bytes:
    return signed_in_time(root_content(), Clock(at=AT))


@cache
def stored() -> bytes:
    return Extension(certificates(), lists()).append(in_time())


@cache
def archived() -> bytes:
    return Extension(stamped=True).append(stored())


@cache
def at_once() -> bytes:
    """Return a file whose validation data and document timestamp share a revision."""
    return Extension(certificates(), lists(), stamped=True).append(in_time())


def facts_of(pdf: bytes) -> Facts:
    facts = examine_pdf(pdf)
    assert [finding.message("en") for finding in facts.findings] == []
    return facts


def inspected(pdf: bytes) -> InspectedSignature:
    facts = facts_of(pdf)
    assert facts.content is not None
    (signature,) = inspect_agreement(facts, facts.content, size=len(pdf)).signatures
    return signature


@pytest.mark.parametrize(
    ("make", "level"),
    [
        (lambda: signed(root_content()), Level.B),
        (in_time, Level.T),
        (stored, Level.LT),
        (archived, Level.LTA),
        (at_once, Level.LTA),
        (lambda: Extension(stamped=True).append(signed(root_content())), Level.T),
        (lambda: Extension(certificates(), lists()).append(signed(root_content())), Level.B),
        (lambda: Extension(certificates(), lists()[:1]).append(in_time()), Level.T),
        (lambda: Extension(certificates(), lists()).append(Extension(stamped=True).append(in_time())), Level.LT),
    ],
    ids=["B", "T", "LT", "LTA", "LTA at once", "stamped", "no time", "a list lacks", "data after the stamp"],
)
def test_each_level_is_told(make, level):
    assert inspected(make()).level is level


def test_a_timestamp_says_when_it_was_signed():
    assert (inspected(in_time()).signed_at, inspected(in_time()).is_timed) == (AT, True)
    plain = inspected(signed(root_content()))
    assert (plain.signed_at, plain.is_timed) == (AT, False)


def test_a_broken_signature_has_no_level():
    (signature,) = facts_of(archived()).signatures
    assert reached_level(replace(signature, certificate=None), (), ()) is Level.NONE


def test_without_issuers_nothing_is_complete():
    (signature,) = facts_of(in_time()).signatures
    alone = replace(signature, chain=())
    assert reached_level(alone, (), (Evidence(len(in_time()), lists=lists()),)) is Level.T


def judged(pdf: bytes, by: Trust, at: datetime) -> tuple[Result, set[str]]:
    """Return the verdict on the file alone, and what weighs in it."""
    facts = examine_pdf(pdf)
    assert facts.content is not None
    inspection = judge_alone(inspect_agreement(facts, facts.content, size=len(pdf)), facts, by, at=at)
    heavy = {one.code for one in inspection.reasons if one.weight in {Weight.FAIL, Weight.UNKNOWN}}
    return inspection.result, heavy


def test_what_was_archived_is_judged_by_the_file_itself():
    now = replace(trust(EXPIRED - DAY), crls=trust(EXPIRED - DAY).crls)
    for make, expected in ((in_time, Result.INDETERMINATE), (stored, Result.PASSED), (archived, Result.PASSED)):
        assert judged(make(), now, EXPIRED)[0] is expected
    assert judged(signed(root_content()), now, EXPIRED)[1] == {"CERTIFICATE_EXPIRED"}
    # of the signer's certificate the lists of today say nothing: it has ended
    assert judged(in_time(), now, EXPIRED)[1] == {"CERTIFICATE_STATUS_UNKNOWN"}


def stamped_with(encoded: bytes) -> bytes:
    """Return the archived file with another token in its document timestamp."""
    pdf = Extension(stamped=True).append(stored())
    opening = pdf.index(b"/Contents <", len(stored())) + len(b"/Contents <")
    closing = pdf.index(b">", opening)
    return pdf[:opening] + encoded.hex().encode().ljust(closing - opening, b"0") + pdf[closing:]


def test_a_document_timestamp_of_another_file_is_named():  # 34
    assert {one.code for one in examine_pdf(stamped_with(token(b"another file"))).findings} == {"TIMESTAMP_IMPRINT"}


def test_a_document_timestamp_that_is_none_is_named():
    found = examine_pdf(stamped_with(b"0\x03\x02\x01\x01"))
    assert {one.code for one in found.findings} == {"TIMESTAMP_MALFORMED"}
    assert "waktu-1" in found.findings[0].message()
    assert [stamp.token for stamp in found.stamps] == [None]


def test_a_container_that_is_none_is_named():
    assert {one.code for one in examine_pdf(stamped_with(b"\x01\x02")).findings} == {"TIMESTAMP_DICTIONARY"}


def test_a_document_timestamp_that_covers_less_is_named():  # 7
    changed = bytearray(archived())
    place = changed.rindex(b"/ByteRange [0 ") + len(b"/ByteRange [0 ")
    changed[place] = ord("1") if changed[place] != ord("1") else ord("2")
    assert "TIMESTAMP_DICTIONARY" in {one.code for one in examine_pdf(bytes(changed)).findings}


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"/Filter /Adobe.PPKLite", b"/Filter /Lain"),
        lambda body: body.replace(b"/Type /DocTimeStamp", b"/Type /DocTimeStamp /V 1"),
        lambda body: body.replace(b"/Type /DocTimeStamp", b"/Type /DocTimeStamp /Name (Siapa)"),
    ],
    ids=["filter", "version", "name"],
)
def test_entries_that_no_document_timestamp_has_are_named(change):
    pdf = Extension(stamped=True, value_change=change).append(stored())
    assert {one.code for one in examine_pdf(pdf).findings} == {"TIMESTAMP_DICTIONARY"}


def test_the_entries_that_one_may_have_are_read():
    versioned = Extension(
        stamped=True, value_change=lambda body: body.replace(b"/Type /DocTimeStamp", b"/Type /DocTimeStamp /V 0")
    )
    assert facts_of(versioned.append(stored())).stamps[0].token is not None


QUICK = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(st.data())
def test_a_flipped_bit_in_an_archived_file_gains_nothing(data):
    """What no signature covers may lose its worth as a proof, and nothing else: never is it another time or verdict."""
    place = data.draw(st.integers(archived().index(b"/Contents <"), len(archived()) - 1))
    changed = bytearray(archived())
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    facts = examine_pdf(bytes(changed))
    if any(one.weight in {Weight.FAIL, Weight.UNKNOWN} for one in facts.findings):
        return
    assert [signature.timestamp.time for signature in facts.signatures if signature.timestamp] == [AT]
    assert [stamp.token.time for stamp in facts.stamps if stamp.token] == [AT]


@pytest.mark.parametrize("make", [archived, at_once], ids=["archived", "at once"])
def test_pyhanko_says_the_same(make):
    """Validation with archival data by ETSI EN 319 102-1, 5.6.3, as another program understands it."""
    signature = PdfFileReader(io.BytesIO(make()), strict=True).embedded_regular_signatures[0]
    rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[Certificate.load(certificates()[0])]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
    )
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy))
    at = AT + 10 * DAY
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
    result = asyncio.run(ades_lta_validation(signature, spec, timing_info=timing))
    assert result.ades_subindic.name == "OK"
    assert judged(make(), training_trust(), at)[0] is Result.PASSED
