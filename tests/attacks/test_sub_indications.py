"""The sub-indications of ETSI EN 319 102-1 (table 5): each where the standard has it, and all that we name are used."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography import x509

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind, Reason, Revocation, make_crl
from pkdocs.trust import AlgorithmDates
from pkdocs.verification import Finding, Sub, examine_pdf
from tests.attacks.kit import base, both
from tests.factory import DIVISION_HEAD, HEAD
from tests.signed import AT, BEGUN, authorities, signer_of, training_trust
from tests.stamping import STAMPED
from tests.verification.forge import Hand
from tests.verification.test_certificates import made, standing, trusting
from tests.verification.test_proof import judged, signature, stamp, token

DAY = timedelta(days=1)


def spoilt(**errs: object) -> tuple[Finding, ...]:
    """Return what is found in a file that Pihak Pertama signs by a hand that errs."""
    return examine_pdf(Hand(signer_of(DIVISION_HEAD), **errs).sign(base(), Role.FIRST)).findings  # type: ignore[arg-type]  # names of fields


def changed() -> tuple[Finding, ...]:
    pdf = bytearray(both())
    pdf[pdf.index(b"/Name (", len(base())) + 8] ^= 1
    return examine_pdf(bytes(pdf)).findings


def flipped(info) -> None:
    value = bytearray(info["content"]["signer_infos"][0]["signature"].native)
    value[-1] ^= 1
    info["content"]["signer_infos"][0]["signature"] = bytes(value)


def renamed(attributes) -> None:
    named = attributes["signing_certificate_v2"][0].copy()
    named["certs"][0]["cert_hash"] = bytes(32)
    attributes["signing_certificate_v2"] = [named]


def revoked(authority: bool = False) -> tuple[Finding, ...]:
    root, issuing = authorities(KeyKind.P256)
    own = x509.load_der_x509_certificate(signer_of(HEAD).certificate)
    entry = Revocation((issuing.certificate if authority else own).serial_number, AT, Reason.KEY_COMPROMISE)
    above, below = ((entry,), ()) if authority else ((), (entry,))
    lists = (make_crl(root, above, number=2, at=AT), make_crl(issuing, below, number=2, at=AT))
    return standing(trust=trusting(*lists)).findings


def disordered() -> tuple[Finding, ...]:
    found = judged(signature(token(STAMPED + DAY)), stamp(STAMPED - timedelta(hours=2)))[1]
    return tuple(found.values())


def early() -> tuple[Finding, ...]:
    return tuple(judged(signature(token(), certificate=late_certificate()))[1].values())


def late_certificate() -> bytes:
    from tests.factory import MAYOR
    from tests.signed import credential
    from tests.stamping import der

    return der(credential(MAYOR, KeyKind.P256, STAMPED + 5 * DAY)[1])


CASES: list[tuple[str, Sub, Callable[[], tuple[Finding, ...]]]] = [
    ("FILE_TRAILING_BYTES", Sub.FORMAT_FAILURE, lambda: examine_pdf(both() + b"x").findings),
    ("SIGNATURE_BYTE_RANGE", Sub.FORMAT_FAILURE, lambda: spoilt(byte_range=lambda exact: [1, *exact[1:]])),
    ("SIGNATURE_DIGEST", Sub.HASH_FAILURE, changed),
    ("SIGNATURE_INVALID", Sub.SIG_CRYPTO_FAILURE, lambda: spoilt(content_info=flipped)),
    ("SIGNATURE_ATTRIBUTE", Sub.SIG_CONSTRAINTS_FAILURE, lambda: spoilt(attributes=lambda a: a.pop("content_type"))),
    (
        "SIGNATURE_CERTIFICATE_ABSENT",
        Sub.NO_SIGNING_CERTIFICATE_FOUND,
        lambda: spoilt(certificates=signer_of(DIVISION_HEAD).chain),
    ),
    ("SIGNATURE_CERTIFICATE_MISMATCH", Sub.NO_SIGNING_CERTIFICATE_FOUND, lambda: spoilt(attributes=renamed)),
    ("SIGNATURE_ALGORITHM", Sub.CRYPTO_CONSTRAINTS_FAILURE, lambda: spoilt(digest="sha1")),
    ("CERTIFICATE_NO_CHAIN", Sub.NO_CERTIFICATE_CHAIN_FOUND, lambda: standing(chain=()).findings),
    ("CERTIFICATE_USE", Sub.CHAIN_CONSTRAINTS_FAILURE, lambda: standing(certificate=made(usage={})).findings),
    ("CERTIFICATE_EXPIRED", Sub.OUT_OF_BOUNDS_NO_POE, lambda: standing(at=BEGUN + 800 * DAY).findings),
    ("CERTIFICATE_REVOKED", Sub.REVOKED_NO_POE, revoked),
    ("CERTIFICATE_REVOKED", Sub.REVOKED_CA_NO_POE, lambda: revoked(authority=True)),
    ("CERTIFICATE_STATUS_UNKNOWN", Sub.TRY_LATER, lambda: standing(trust=trusting()).findings),
    (
        "CERTIFICATE_ALGORITHM",
        Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
        lambda: (
            standing(
                trust=replace(training_trust(), algorithms=AlgorithmDates(sooner=(("sha256", date(2026, 1, 1)),)))
            ).findings
        ),
    ),
    ("CERTIFICATE_AFTER_PROOF", Sub.NOT_YET_VALID, early),
    ("CERTIFICATE_NOT_JUDGED", Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE, lambda: standing(certificate=b"0\x00").findings),
    ("TIMESTAMP_ORDER", Sub.TIMESTAMP_ORDER_FAILURE, disordered),
]


@pytest.mark.parametrize(("code", "sub", "make"), CASES, ids=[f"{code} {sub}" for code, sub, _ in CASES])
def test_each_cause_has_the_sub_indication_of_the_standard(code, sub, make):
    assert (code, sub) in {(finding.code, finding.sub) for finding in make()}


def test_every_sub_indication_occurs():
    assert {sub for _, sub, _ in CASES} == set(Sub)
