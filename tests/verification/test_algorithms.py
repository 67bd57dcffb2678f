"""The table of algorithms: its name, its days, and what a trust file may change."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives import hashes

from pkdocs.pki.authority import KeyKind
from pkdocs.trust import ALGORITHMS, AlgorithmDates, Purpose
from pkdocs.verification import Result, Sub, Weight
from pkdocs.verification.algorithms import KEYS, PLAIN, Key, policy_of
from pkdocs.verification.certificates import CertificateJudge
from tests.chain.kit import LATER, ROOT, codes, judge, verdict
from tests.factory import HEAD
from tests.signed import signer_of, training_trust
from tests.verification.test_certificates import made, standing

P256, RSA = Key("secp256r1", 256), Key("rsa", 2048)


def dated(**dates: tuple[tuple[str, date], ...]) -> object:
    return replace(training_trust(), algorithms=AlgorithmDates(**dates))


def test_the_table_has_a_day_for_whatever_a_trust_file_may_name():
    assert set(PLAIN.lasts) == set(ALGORITHMS)
    assert [int(name.partition("-")[2]) for name in KEYS if name.startswith("rsa")] == [3000, 2048]


def test_without_other_days_it_is_the_plain_table():
    assert policy_of(training_trust()) is PLAIN
    assert PLAIN.title == "pkdocs 2026.1"


def test_what_ends_sooner_is_believed_no_longer():
    policy = policy_of(dated(sooner=(("rsa-2048", date(2028, 12, 31)), ("sha512", date(2040, 1, 1)))))
    assert policy.until("sha256", RSA) == datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC)
    # sooner than what is sooner anyway it cannot be, and later it cannot make anything
    assert policy.until("sha512", P256) == PLAIN.until("sha512", P256)
    assert (policy.later, policy.title) == ((), "pkdocs 2026.1 + rsa-2048 2028-12-31")
    assert policy.digest_until("sha512") == datetime(2035, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert policy.digest_until("rsa-2048") is None


def test_what_is_believed_for_longer_is_named():
    policy = policy_of(dated(later=(("rsa-2048", date(2033, 12, 31)), ("sha256", date(2030, 1, 1)))))
    assert policy.until("sha256", RSA) == datetime(2033, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert policy.until("sha256", P256) == PLAIN.until("sha256", P256)
    assert (policy.later, policy.title) == (("rsa-2048",), "pkdocs 2026.1 + rsa-2048 2033-12-31")


@pytest.mark.parametrize(
    ("digest", "key"),
    [("sha1", P256), ("sha256", Key("rsa", 2047)), ("sha256", Key("secp224r1", 224)), ("rsa-2048", RSA)],
    ids=["a broken digest", "a short key", "another curve", "no digest"],
)
def test_what_the_table_lacks_is_believed_at_no_time(digest, key):  # 36
    assert policy_of(dated(later=(("rsa-2048", date(2099, 1, 1)),))).until(digest, key) is None


def test_verdicts_name_the_table_and_say_where_it_was_extended():  # 79
    assert judge(ROOT).policy == PLAIN.title
    sooner = judge(ROOT, trust=dated(sooner=(("sha512", date(2027, 1, 1)),)))
    assert (codes(verdict(sooner, ROOT)), sooner.policy) == (set(), f"{PLAIN.title} + sha512 2027-01-01")
    later = judge(ROOT, trust=dated(later=(("secp256r1", date(2050, 1, 1)),)))
    assert codes(verdict(later, ROOT)) == {"ALGORITHMS_EXTENDED"}
    assert verdict(later, ROOT).result is Result.PASSED
    assert ("ALGORITHMS_EXTENDED", Weight.WARNING) in {(one.code, one.weight) for one in later.findings}


def test_a_path_by_an_algorithm_that_has_lapsed_is_unknown():  # 36
    ended = dated(sooner=(("secp256r1", date(2026, 1, 1)),))
    (finding,) = standing(trust=ended).findings
    assert (finding.code, finding.weight, finding.sub) == (
        "CERTIFICATE_ALGORITHM",
        Weight.UNKNOWN,
        Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    )
    assert standing(trust=ended).anchor is None


def test_a_certificate_signed_by_a_digest_that_is_not_believed_is_unknown(monkeypatch):  # 36
    with monkeypatch.context() as patched:
        patched.setattr(hashes, "SHA256", hashes.SHA224)
        weak = made()
    judged = CertificateJudge(training_trust(KeyKind.P256), Purpose.PERSONS, LATER).judge(weak, signer_of(HEAD).chain)
    assert [finding.code for finding in judged.findings] == ["CERTIFICATE_ALGORITHM"]
    assert judged.anchor is None
