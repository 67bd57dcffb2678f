"""The register shown to others: proofs on disk, a head judged by itself, two versions compared."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pkdocs.errors import ConflictError, PkdocsError, UsageError
from pkdocs.pipeline.proving import Judged, diff_registers, judge_register, write_proof
from pkdocs.register import State, list_root, parse_proof, render_head, render_lines
from pkdocs.register.head import EARLIER_SCHEMA
from pkdocs.verification import Result, Weight
from tests.city import AT, KEYS, Town, change, sheets, signed
from tests.register.test_attacks import FIRST, FIRST_LINES, SECOND, SECOND_LINES
from tests.register.test_lines import COMPLETE


@cache
def _grown(base: Path) -> Town:
    town = signed(base).copy(base / "dua-versi")
    town.build_register()
    town.sign_register()
    town.write(change(sheets(), "Pejabat", "INSP.IRBAN1.AUDITOR", "Nomor SK", "821.2/17/2026"))
    town.build_register(closed=True)
    town.sign_register()
    return town


@pytest.fixture
def grown(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A city with two versions of the register, both signed; in the second one an office has its decree."""
    return _grown(tmp_path_factory.getbasetemp()).copy(tmp_path)


def older(town: Town) -> Path:
    return town.out / "register-1.pdf"


def judged(town: Town, *since: Path, proof: Path | None = None) -> Judged:
    return judge_register(town.head, town.trust, since=since, proof=proof, at=AT)


def weights(one: Judged) -> dict[str, Weight]:
    return {finding.code: finding.weight for finding in one.findings if finding.weight is not Weight.NOTE}


def stops(kind: type[PkdocsError], code: str, town: Town, out: Path, **asked: object) -> None:
    with pytest.raises(kind) as stop:
        write_proof(town.head, out, **({"ids": (), "since": None} | asked))  # type: ignore[arg-type]
    assert stop.value.code == code
    assert not out.exists()


def test_a_register_is_judged_without_any_agreement(grown: Town) -> None:
    found = judged(grown, older(grown))
    assert (found.result, weights(found), len(found.verdict.signed_by)) == (Result.PASSED, {}, 2)


def test_an_older_head_that_is_not_continued_or_none_is_named(grown: Town, tmp_path: Path) -> None:
    other = tmp_path / "lain.pdf"
    other.write_bytes(b"%PDF-1.7\n")
    assert weights(judged(grown, other)) == {"HEAD_OLDER_NOT_BELIEVED": Weight.UNKNOWN}
    copied = tmp_path / "sama.pdf"
    copied.write_bytes(grown.head.read_bytes())
    assert weights(judged(grown, copied)) == {"HEAD_OLDER_OTHER": Weight.UNKNOWN}
    file = grown.out / "register.jsonl"
    file.write_bytes(file.read_bytes().replace(b"Inspektur", b"Direktur.", 1))
    found = judged(grown, older(grown))
    assert (found.result, set(weights(found))) == (Result.FAILED, {"LIST_OTHER", "REGISTER_NOT_BELIEVED"})


def test_a_proof_of_growth_stands_for_the_list(grown: Town, tmp_path: Path) -> None:
    out = tmp_path / "bukti.json"
    write_proof(grown.head, out, ids=(), since=older(grown))
    (grown.out / "register.jsonl").unlink()
    found = judged(grown, older(grown), proof=out)
    assert (found.result, weights(found)) == (Result.PASSED, {})
    assert [finding.code for finding in found.findings if finding.code.startswith("SET")] == ["SET_NOT_PROVEN"]
    assert weights(judged(grown)) == {"LIST_ABSENT": Weight.UNKNOWN, "REGISTER_NOT_BELIEVED": Weight.UNKNOWN}
    proof = parse_proof(out.read_bytes())
    assert proof.since is not None
    step = proof.since.path[0]
    out.write_bytes(out.read_bytes().replace(step.encode(), ("0" * 64).encode()))
    assert weights(judged(grown, older(grown), proof=out)) == {"LIST_REWRITTEN": Weight.FAIL}
    out.unlink()
    assert weights(judged(grown, proof=out))["PROOF_UNREADABLE"] is Weight.FAIL


def test_a_proof_without_the_older_head_does_not_show_its_lines(grown: Town, tmp_path: Path) -> None:
    out = tmp_path / "bukti.json"
    write_proof(grown.head, out, ids=[grown.index.agreements[0].id], since=None)
    assert weights(judged(grown, older(grown), proof=out)) == {"HEAD_GROWTH_UNPROVEN": Weight.UNKNOWN}


def test_what_cannot_be_proven_is_not_written(grown: Town, tmp_path: Path) -> None:
    out = tmp_path / "bukti.json"
    stops(UsageError, "PROVE_NOTHING", grown, out)
    stops(ConflictError, "PROVE_ABSENT", grown, out, ids=("PK-2026-LAIN-1",))
    stops(ConflictError, "PROVE_NOT_OLDER", grown, out, since=grown.head)
    stops(ConflictError, "REGISTER_DAMAGED", grown, out, since=grown.pdf("INSP"))


def test_nothing_but_an_earlier_proof_gives_way(grown: Town, tmp_path: Path) -> None:
    identity = grown.index.agreements[0].id
    for file in (grown.out / "index.json", grown.head, grown.pdf("INSP")):
        before = file.read_bytes()
        with pytest.raises(ConflictError) as stop:
            write_proof(grown.head, file, ids=[identity], since=None)
        assert (stop.value.code, file.read_bytes()) == ("PROVE_IN_THE_WAY", before)
    out = tmp_path / "bukti.json"
    for ids in ([identity], []):
        proof = write_proof(grown.head, out, ids=ids, since=older(grown))
        assert parse_proof(out.read_bytes()) == proof


def test_what_changed_between_two_versions_is_told(grown: Town) -> None:
    found = diff_registers(older(grown), grown.head)
    assert found.continues
    assert (found.older.version, found.newer.version) == (1, 2)
    assert (dict(found.by_kind), found.moved, found.came, found.left) == ({"pkdocs-assignment": 1}, (), (), ())
    with pytest.raises(ConflictError) as stop:
        diff_registers(grown.head, older(grown))
    assert stop.value.code in {"DIFF_NOT_OLDER", "REGISTER_DAMAGED"}


def test_agreements_that_were_signed_meanwhile_are_among_the_changes(town: Town) -> None:
    town.build_register()
    town.sign_register()
    town.sign_all()
    town.build_register()
    found = diff_registers(older(town), town.head)
    assert dict(found.by_kind) == {"pkdocs-agreement": len(KEYS)}
    assert {(one.before, one.after) for one in found.moved} == {(State.ISSUED, State.COMPLETE)}


def test_a_head_of_an_earlier_pkdocs_proves_no_agreement_but_its_growth(tmp_path: Path) -> None:
    first, second = (replace(head, schema=EARLIER_SCHEMA, in_force=None) for head in (FIRST, SECOND))
    second = replace(second, previous=first.digest)
    (tmp_path / "register.pdf").write_bytes(render_head(second))
    (tmp_path / "register-1.pdf").write_bytes(render_head(first))
    (tmp_path / "register.jsonl").write_bytes(render_lines(SECOND_LINES))
    named, out = tmp_path / "register.pdf", tmp_path / "bukti.json"
    with pytest.raises(ConflictError) as stop:
        write_proof(named, out, ids=[COMPLETE.id], since=None)
    assert stop.value.code == "PROVE_EARLIER"
    proof = write_proof(named, out, ids=(), since=tmp_path / "register-1.pdf")
    assert parse_proof(out.read_bytes()) == proof


def test_versions_in_two_folders_are_compared_by_both_lists(tmp_path: Path) -> None:
    older, newer = tmp_path / "dulu", tmp_path / "kini"
    for folder, head, lines in ((older, FIRST, FIRST_LINES), (newer, SECOND, SECOND_LINES[1:])):
        folder.mkdir()
        made = replace(head, size=len(lines), root_hash=list_root(lines))
        (folder / "register.pdf").write_bytes(render_head(made))
        (folder / "register.jsonl").write_bytes(render_lines(lines))
    found = diff_registers(older / "register.pdf", newer / "register.pdf")
    assert (found.continues, [one.after for one in found.moved]) == (False, [State.COMPLETE])
