"""Verification on disk: everything is looked at, nothing is skipped."""

import os
import signal
from pathlib import Path

import pytest

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.errors import TrustError, UsageError
from pkdocs.executor import run_each
from pkdocs.files import MAX_READ_BYTES
from pkdocs.pipeline import audit
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.looking import NOTHING_VOUCHED, Look, examine_file
from pkdocs.pipeline.sources import Source
from pkdocs.verification import Issue, Result, Vouched
from pkdocs.verification.parcel import Unpacker, pack
from tests.city import AT, KEYS, Town, ignore, tamper

IRBAN, AUDITOR = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"


def judged(town: Town, *paths: Path, jobs: int = 2) -> SetVerdict:
    return verify(paths or [town.out], town.trust, at=AT, means=Means(jobs=jobs), progress=ignore)


def by_id(verdict: SetVerdict) -> dict[str | None, AgreementVerdict]:
    return {agreement.id: agreement for agreement in verdict.agreements}


def test_a_freshly_signed_set_passes_as_training(signed_town: Town) -> None:
    verdict = judged(signed_town)
    assert verdict.summary == {
        Result.PASSED: len(KEYS),
        Result.FAILED: 0,
        Result.INDETERMINATE: 0,
        Result.INCOMPLETE: 0,
    }
    assert (verdict.training, verdict.result) == (True, Result.NOT_JUDGED)


def test_an_unsigned_set_is_incomplete(town: Town) -> None:
    assert {agreement.result for agreement in judged(town).agreements} == {Result.INCOMPLETE}


def test_one_signature_less_is_inherited_by_those_below(town: Town) -> None:
    for key in reversed(KEYS):
        if key != "INSP.IRBAN1":
            town.sign(key, any_order=True)
    found = by_id(judged(town))
    assert (found[IRBAN].own, found[AUDITOR].own) == (Result.INCOMPLETE, Result.INCOMPLETE)
    assert {agreement.result for identity, agreement in found.items() if "INSP.IRBAN1" not in str(identity)} == {
        Result.PASSED
    }


def test_a_tampered_file_fails_and_those_below_with_it(signed_town: Town) -> None:
    tamper(signed_town.pdf("INSP.IRBAN1"), lambda data: data.replace(b"/Location (W", b"/Location (B"))
    found = by_id(judged(signed_town))
    assert found[IRBAN].own is Result.FAILED
    assert (found[AUDITOR].own, found[AUDITOR].result) == (Result.PASSED, Result.FAILED)
    assert [finding.code for finding in found[AUDITOR].findings if finding.inherited] == ["ABOVE"]
    others = {agreement.result for identity, agreement in found.items() if identity not in {IRBAN, AUDITOR}}
    assert others == {Result.PASSED}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nnothing", b"\x00" * 1000])
def test_an_unreadable_file_counts(signed_town: Town, data: bytes) -> None:
    strange = signed_town.out / "lain.pdf"
    strange.write_bytes(data)
    verdict = judged(signed_town)
    assert len(verdict.agreements) == len(KEYS) + 1
    unread = by_id(verdict)[None]
    assert (unread.file, unread.result) == (str(strange), Result.FAILED)
    assert "SET_UNREADABLE" in {finding.code for finding in verdict.findings}


def test_a_file_that_is_gone_in_the_meantime_counts(tmp_path: Path) -> None:
    assert examine_file(Source.of(tmp_path / "gone.pdf")).content is None


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    os.truncate(tmp_path / "a.pdf", MAX_READ_BYTES + 1)
    assert [finding.code for finding in examine_file(Source.of(tmp_path / "a.pdf")).findings] == ["FILE_NOT_READ"]


def deadly(file: Source) -> bytes:
    if "AUDITOR" in file.name:
        os.kill(os.getpid(), signal.SIGKILL)
    return pack(examine_file(file))


def test_a_file_that_kills_its_process_counts(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "run_each", lambda _look, files, **more: run_each(deadly, files, **more))
    verdict = judged(signed_town)
    assert verdict.summary[Result.PASSED] == len(KEYS) - 1
    assert [agreement.result for agreement in verdict.agreements if agreement.content is None] == [Result.FAILED]


def test_an_absent_parent_makes_the_rest_unknown(signed_town: Town) -> None:
    signed_town.pdf("INSP.IRBAN1").unlink()
    found = by_id(judged(signed_town))
    assert found[AUDITOR].result is Result.INDETERMINATE


def test_one_file_alone_is_judged_by_its_path_as_given(signed_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(signed_town.out)
    place = signed_town.pdf("INSP.IRBAN1").relative_to(signed_town.out)
    verdict = judged(signed_town, place)
    assert [(agreement.file, agreement.id) for agreement in verdict.agreements] == [(str(place), IRBAN)]


def test_the_head_of_the_register_is_no_agreement(signed_town: Town) -> None:
    signed_town.build_register()
    assert len(judged(signed_town).agreements) == len(KEYS)
    with pytest.raises(UsageError):
        judged(signed_town, signed_town.head)


def test_the_register_that_was_named_is_none_of_the_files_even_if_it_cannot_be_read(signed_town: Town) -> None:
    signed_town.build_register()
    signed_town.head.write_bytes(b"%PDF-1.7 head")
    means = Means(register=signed_town.head, jobs=2)
    verdict = verify([signed_town.out], signed_town.trust, at=AT, means=means, progress=ignore)
    assert len(verdict.agreements) == len(KEYS)
    assert "HEAD_FILE" in {finding.code for finding in verdict.findings}


def test_what_is_only_called_a_head_counts_as_a_file(signed_town: Town) -> None:
    signed_town.head.write_bytes(b"%PDF-1.7 head")
    verdict = judged(signed_town)
    assert len(verdict.agreements) == len(KEYS) + 1
    assert "SET_UNREADABLE" in {finding.code for finding in verdict.findings}


def test_progress_reaches_every_file(signed_town: Town) -> None:
    seen: list[tuple[int, int]] = []
    verify(
        [signed_town.out],
        signed_town.trust,
        at=AT,
        means=Means(jobs=1),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(done, len(KEYS)) for done in range(1, len(KEYS) + 1)]


def test_one_process_for_each_core_comes_to_the_same(signed_town: Town) -> None:
    assert judged(signed_town, jobs=0) == judged(signed_town, jobs=1)


def test_no_file_at_all_is_a_mistake_of_the_call(town: Town, tmp_path: Path) -> None:
    (tmp_path / "kosong").mkdir()
    with pytest.raises(UsageError, match="NOTHING_TO_VERIFY"):
        judged(town, tmp_path / "kosong")


@pytest.mark.parametrize("data", [b"", b"\xff", b'schema = "pkdocs-trust/2"'])
def test_a_trust_file_that_cannot_be_used_judges_nothing(town: Town, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "trust.toml").write_bytes(data)
    with pytest.raises(TrustError):
        verify([town.out], tmp_path / "trust.toml", at=AT, means=Means(), progress=ignore)


def test_a_trust_file_that_cannot_be_read_judges_nothing(town: Town, tmp_path: Path) -> None:
    with pytest.raises(TrustError):
        verify([town.out], tmp_path / "absent.toml", at=AT, means=Means(), progress=ignore)


def test_a_thorough_look_comes_to_the_same_and_says_who_drew_the_pages(
    signed_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "find_renderers", lambda: ())
    found = verify(
        [signed_town.pdf("INSP.IRBAN1"), signed_town.pdf("INSP")],
        signed_town.trust,
        at=AT,
        means=Means(jobs=2, thorough=True),
        progress=ignore,
    )
    plain = judged(signed_town, signed_town.pdf("INSP.IRBAN1"), signed_town.pdf("INSP"))
    drawn = [[one for one in verdict.findings if one.code == "RENDERED"] for verdict in found.agreements]
    assert [dict(one.params) for (one,) in drawn] == [{"renderers": "pdfium"}] * 2
    assert [verdict.result for verdict in found.agreements] == [verdict.result for verdict in plain.agreements]


def test_a_file_that_is_gone_counts_however_it_is_looked_at(tmp_path: Path) -> None:
    look, gone = Look(NOTHING_VOUCHED), Source.of(tmp_path / "gone.pdf")
    assert look.quickly(gone) is None
    for packed in (look.strictly(gone), look.thoroughly(gone)):
        assert [finding.code for finding in Unpacker().unpack(packed).findings] == ["FILE_NOT_READ"]


def test_listed_files_are_looked_at_quickly_and_others_are_not(signed_town: Town) -> None:
    file = Source.of(signed_town.pdf("INSP.IRBAN1"))
    facts = examine_file(file)
    vouched = Vouched({str(facts.issue_digest): Issue(str(facts.content_digest), facts.issue_length)})
    packed = Look(vouched).quickly(file)
    assert packed is not None
    assert Unpacker().unpack(packed) == examine_file(file, vouched)
    assert Look(NOTHING_VOUCHED).quickly(file) is None
