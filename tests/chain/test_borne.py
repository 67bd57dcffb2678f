"""What a verdict tells of each signature: whose, of which level, since when, and what exactly was signed."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from pkdocs.chain import Borne, Exhibit, SetVerdict
from pkdocs.content import Role
from pkdocs.files import digest
from pkdocs.pipeline import sources
from pkdocs.pipeline.extraction import extract
from pkdocs.register import Account
from pkdocs.roster import Level as Rung
from pkdocs.verification import examine_pdf
from pkdocs.verification.agreement import inspect_agreement
from pkdocs.verification.finding import Keeper
from pkdocs.verification.inspection import Level
from pkdocs.verification.proof import Source as ProofSource
from tests.chain.books import account_of, lines_of
from tests.chain.kit import MIDDLE, ROOT, exhibit, judge
from tests.factory import MAYOR
from tests.signed import AT, signed, signer_of
from tests.signing.test_seal import sealed
from tests.verification.test_levels import archived, in_time, stored


def told(pdf: bytes, account: Account | None = None) -> tuple[Borne, ...]:
    (one,) = judge(Exhibit("a.pdf", examine_pdf(pdf)), account=account).agreements
    return one.borne


def judged_with_register() -> SetVerdict:
    files = [exhibit(ROOT), exhibit(MIDDLE)]
    return judge(*files, account=account_of(lines_of(files)))


@pytest.mark.parametrize(
    ("make", "level", "source"),
    [
        (lambda: signed(ROOT), Level.B, None),
        (in_time, Level.T, ProofSource.TIMESTAMP),
        (stored, Level.LT, ProofSource.TIMESTAMP),
        (archived, Level.LTA, ProofSource.TIMESTAMP),
    ],
    ids=["B", "T", "LT", "LTA"],
)
def test_each_signature_names_its_level_and_what_proves_its_time(make, level, source):
    (one,) = told(make())
    assert (one.role, one.signer, one.level) == (Role.FIRST, MAYOR.name, level)
    assert one.certificate == hashlib.sha256(signer_of(MAYOR).certificate).hexdigest()
    assert (one.proven and (one.proven.at, one.proven.source)) == (source and (AT, source))
    assert one.claimed == AT


def test_times_are_told_in_the_zone_of_the_trust_file():
    (one,) = told(in_time())
    assert one.proven.at.isoformat() == one.claimed.isoformat() == "2026-01-22T09:15:00+07:00"


def test_the_seal_comes_first_and_is_told_as_such():
    seal, *others = told(sealed())
    assert (seal.role, seal.field) == (Keeper.SEAL, "segel")
    assert [one.role for one in others] == []


def test_a_signature_that_is_not_intact_names_nobody():
    facts = examine_pdf(signed(ROOT))
    (signature,) = facts.signatures
    broken = replace(facts, signatures=(replace(signature, certificate=None, chain=()),))
    (verdict,) = judge(Exhibit("a.pdf", broken)).agreements
    (one,) = verdict.borne
    assert (one.signer, one.certificate, one.level, one.proven) == (None, None, Level.NONE, None)
    assert verdict.completed is None


def test_complete_is_since_the_last_required_signature_is_proven():
    (one,) = judge(Exhibit("a.pdf", examine_pdf(in_time()))).agreements
    assert (one.completed, one.is_late) == (AT, False)
    (unproven,) = judge(ROOT).agreements
    assert (unproven.completed, unproven.is_late) == (None, None)


def test_a_register_proves_until_the_end_of_its_day_and_says_what_must_be_there():
    judged = judged_with_register()
    for one in judged.agreements:
        assert {borne.proven.source for borne in one.borne} == {ProofSource.REGISTER}
        assert one.completed.isoformat() == "2026-01-22T23:59:59+07:00"
    assert {one.id: one.level for one in judged.expected} == {
        ROOT.id: Rung.HEAD_OF_REGION,
        MIDDLE.id: Rung.JPT_PRATAMA,
    }


@pytest.mark.parametrize("make", [sealed, archived, lambda: signed(MIDDLE)], ids=["sealed", "LTA", "two parties"])
def test_what_is_told_as_signed_is_what_inspect_takes_out(make, tmp_path: Path):
    pdf = make()
    (tmp_path / "a.pdf").write_bytes(pdf)
    facts = examine_pdf(pdf)
    inspection = inspect_agreement(facts, facts.content, size=len(pdf))
    taken = extract([(sources.Source.of(tmp_path / "a.pdf"), inspection)], tmp_path / "hasil")
    files = [digest(one.path.read_bytes()) for one in taken if one.signature]
    assert files == [one.sha256 for one in told(pdf)]
    assert [len(one.data) for one in taken if one.signature] == [one.length for one in told(pdf)]
