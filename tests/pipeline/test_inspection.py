"""Inspecting on disk: every file alone, whoever made it; and taking out what was signed."""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pkdocs.content import Role
from pkdocs.errors import ConflictError
from pkdocs.files import MAX_READ_BYTES, digest
from pkdocs.pipeline import inspection as module
from pkdocs.pipeline.extraction import Extract, extract
from pkdocs.pipeline.inspection import Basis, inspect, inspect_file
from pkdocs.pipeline.sources import Source
from pkdocs.pki.authority import KeyKind
from pkdocs.verification import Result
from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.foreign import judge_identities
from pkdocs.verification.inspection import Coverage, InspectedSignature, Inspection, Integrity, Level
from tests.city import ignore
from tests.factory import head_content, root_content
from tests.foreign import page, sign
from tests.signed import AT, signed, training_trust

SECOND = Role.SECOND
CONTENT = head_content()


def look(pdf: bytes, folder: Path, basis: Basis | None = None, *, name: str = "surat.pdf") -> Inspection:
    (folder / name).write_bytes(pdf)
    return inspect_file(Source.of(folder / name), basis)


def codes(inspection: Inspection) -> list[str]:
    return [finding.code for finding in inspection.reasons]


# --- our own


def test_an_agreement_is_judged_by_its_own_form(tmp_path: Path) -> None:
    found = look(signed(CONTENT), tmp_path, Basis(training_trust(), AT))
    assert (found.integrity, found.result) == (Integrity.INTACT, Result.PASSED)
    assert set(codes(found)) == {"TRAINING", "OTHER_TEXT_NOT_JUDGED"}
    assert [(one.field, one.signer, one.level, one.covers, one.signed_at) for one in found.signatures] == [
        ("pihak-pertama", "Dra. Citra Maheswari, M.M.", Level.B, Coverage.REVISION, AT),
        ("pihak-kedua", "Arum Pradnyawati", Level.B, Coverage.FILE, AT),
    ]


def test_integrity_alone_leaves_trust_and_dates_aside(tmp_path: Path) -> None:
    found = look(signed(CONTENT), tmp_path)
    assert (found.integrity, found.result, codes(found)) == (Integrity.INTACT, Result.PASSED, [])


def test_without_trust_it_is_said_that_nobody_was_judged(tmp_path: Path) -> None:
    for pdf in (signed(CONTENT), sign(page())):
        found = look(pdf, tmp_path, Basis(None, AT))
        assert (found.integrity, found.result) == (Integrity.INTACT, Result.INDETERMINATE)
        assert codes(found) == ["IDENTITY_NOT_JUDGED"]
        assert {one.result for one in found.signatures} == {Result.INDETERMINATE}


def test_a_changed_agreement_is_not_intact_whoever_is_trusted(tmp_path: Path) -> None:
    pdf = signed(CONTENT).replace(b"/Location (W", b"/Location (B")
    for basis in (None, Basis(None, AT), Basis(training_trust(), AT)):
        found = look(pdf, tmp_path, basis)
        assert (found.integrity, found.result) == (Integrity.NOT_INTACT, Result.FAILED)
        assert found.signatures[0].result is Result.FAILED
        assert "SIGNATURE_DIGEST" in codes(found)


def test_a_byte_range_that_is_not_exact_covers_a_part(tmp_path: Path) -> None:
    pdf = signed(CONTENT, (Role.FIRST,))
    place = pdf.rindex(b"/ByteRange [0 ") + len(b"/ByteRange [0 ")
    found = look(pdf[:place] + b"1" + pdf[place + 1 :], tmp_path)
    assert (found.integrity, found.signatures[0].covers) == (Integrity.NOT_INTACT, Coverage.PART)
    assert (found.signatures[0].level, found.signatures[0].certificate) == (Level.NONE, None)


def test_an_unsigned_agreement_cannot_be_judged(tmp_path: Path) -> None:
    found = look(signed(CONTENT, ()), tmp_path, Basis(training_trust(), AT))
    assert (found.integrity, found.result) == (Integrity.CANNOT_SAY, Result.INDETERMINATE)
    assert codes(found).count("SIGNATURE_MISSING") == 2
    assert "INSPECT_NO_SIGNATURE" in codes(found)


def test_a_missing_signature_is_missing_and_the_rest_intact(tmp_path: Path) -> None:
    found = look(signed(CONTENT, (Role.FIRST,)), tmp_path, Basis(training_trust(), AT))
    assert (found.integrity, found.result) == (Integrity.INTACT, Result.INCOMPLETE)
    assert [one.result for one in found.signatures] == [Result.PASSED]


def test_a_lapsed_certificate_is_the_matter_of_its_signature(tmp_path: Path) -> None:
    found = look(signed(CONTENT), tmp_path, Basis(training_trust(), AT + timedelta(days=1500)))
    assert (found.integrity, found.result) == (Integrity.INTACT, Result.INDETERMINATE)
    assert {one.result for one in found.signatures} == {Result.INDETERMINATE}
    assert {"CERTIFICATE_EXPIRED", "TRAINING"} & set(codes(found))


def test_neither_chain_nor_set_is_looked_at(tmp_path: Path) -> None:
    alone = look(signed(CONTENT), tmp_path, Basis(replace(training_trust(), organisation="Kota Lain"), AT))
    assert alone.result is Result.PASSED
    root = look(signed(root_content()), tmp_path, Basis(training_trust(), AT))
    assert root.result is Result.PASSED


# --- others


def test_a_strangers_certificate_of_a_known_authority_passes_and_training_is_said(tmp_path: Path) -> None:
    found = look(sign(page()), tmp_path, Basis(training_trust(), AT))
    assert (found.result, codes(found)) == (Result.PASSED, ["TRAINING"])


@pytest.mark.parametrize(
    ("kind", "days", "code"),
    [
        (KeyKind.RSA2048, 0, "CERTIFICATE_ALGORITHM"),
        (KeyKind.P256, 1500, "CERTIFICATE_EXPIRED"),
        (KeyKind.P256, -30, "CERTIFICATE_NOT_YET_VALID"),
        (KeyKind.P256, 4000, "ALGORITHM_LAPSED"),
    ],
)
def test_a_stranger_whom_nobody_vouches_for_is_unknown(tmp_path: Path, kind: KeyKind, days: int, code: str) -> None:
    found = look(sign(page(), kind=kind), tmp_path, Basis(training_trust(), AT + timedelta(days=days)))
    assert (found.integrity, found.result) == (Integrity.INTACT, Result.INDETERMINATE)
    assert code in codes(found)
    assert [finding.message(language) for finding in found.reasons for language in ("id", "en")]


def test_an_algorithm_that_is_not_believed_makes_its_signer_unknown(tmp_path: Path) -> None:
    pdf = sign(page(), md_algorithm="sha1")
    found = look(pdf, tmp_path, Basis(training_trust(), AT))
    assert (found.integrity, found.result) == (Integrity.INTACT, Result.INDETERMINATE)
    assert {"INSPECT_DIGEST_WEAK", "INSPECT_ALGORITHM"} <= set(codes(found))


def test_a_certificate_that_cannot_be_read_is_nobodys() -> None:
    named = InspectedSignature("Sig1", "", Coverage.FILE, digest="sha256", certificate=b"nothing")
    (judged,) = judge_identities(Inspection("", signatures=(named,)), training_trust(), AT).signatures
    assert {finding.code for finding in judged.identity} == {"CERTIFICATE_NOT_JUDGED", "INSPECT_ALGORITHM"}
    assert name_of_subject(b"nothing") == ""


def test_a_broken_signature_has_no_identity(tmp_path: Path) -> None:
    pdf = sign(page(compress_streams=False)).replace(b"nomor 7", b"nomor 8")
    found = look(pdf, tmp_path, Basis(training_trust(), AT))
    assert (found.result, codes(found)) == (Result.FAILED, ["INSPECT_DIGEST"])


# --- files and processes


def deadly(file: Source, basis: Basis | None) -> Inspection:
    if "mati" in file.name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "lama" in file.name:
        time.sleep(60)
    return inspect_file(file, basis)


def test_a_file_that_kills_its_process_or_never_ends_cannot_be_judged_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [Source.of(tmp_path / name) for name in ("mati.pdf", "baik.pdf", "lama.pdf")]
    for file in files:
        file.path.write_bytes(sign(page()))
    monkeypatch.setattr(module, "TIMEOUT_S", 3.0)
    monkeypatch.setattr(module, "inspect_file", deadly)
    found = list(inspect(files, None, jobs=3, progress=ignore))
    assert [one.integrity for one in found] == [Integrity.CANNOT_SAY, Integrity.INTACT, Integrity.CANNOT_SAY]
    assert codes(found[0]) == codes(found[2]) == ["INSPECT_LOST"]


def test_a_file_that_is_gone_or_too_large_cannot_be_judged(tmp_path: Path) -> None:
    (tmp_path / "besar.pdf").write_bytes(b"")
    os.truncate(tmp_path / "besar.pdf", MAX_READ_BYTES + 1)
    for name in ("hilang.pdf", "besar.pdf"):
        assert codes(inspect_file(Source.of(tmp_path / name), None)) == ["INSPECT_NOT_READ"]


def test_progress_reaches_every_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    files = [Source.of(tmp_path / name) for name in ("a.pdf", "absent.pdf")]
    files[0].path.write_bytes(b"")
    found = list(inspect(files, None, jobs=0, progress=lambda done, total: seen.append((done, total))))
    assert seen == [(1, 2), (2, 2)]
    assert [codes(one) for one in found] == [["INSPECT_NOT_PDF"], ["INSPECT_NOT_READ"]]


# --- extraction


def extracted(pdf: bytes, folder: Path, *, name: str = "surat.pdf") -> tuple[Extract, ...]:
    return extract([(Source.of(folder / name), look(pdf, folder, name=name))], folder / "hasil")


def test_what_each_person_signed_is_taken_out(tmp_path: Path) -> None:
    one = sign(page())
    both = sign(one, "Sig2", SECOND)
    written = extracted(both, tmp_path)
    assert [(entry.path.name, entry.path.read_bytes()) for entry in written] == [
        ("surat-1-Sig1.pdf", one),
        ("surat-2-Sig2.pdf", both),
    ]


def test_an_agreement_gives_its_content_as_well(tmp_path: Path) -> None:
    written = extracted(signed(CONTENT), tmp_path)
    names = ["surat-1-pihak-pertama.pdf", "surat-2-pihak-kedua.pdf", "surat-agreement.json"]
    assert [entry.path.name for entry in written] == names
    assert written[0].path.read_bytes() == signed(CONTENT, (Role.FIRST,), KeyKind.P256)
    assert written[2].path.read_bytes() == CONTENT.canonical


def test_names_of_fields_make_no_paths(tmp_path: Path) -> None:
    names = ["/..//etc\\passwd\n", "签名", "Nama " + "x" * 100]
    pdf = page()
    for name in names:
        pdf = sign(pdf, name)
    written = extracted(pdf, tmp_path)
    assert [entry.path.name for entry in written] == [
        "surat-1-etc-passwd.pdf",
        "surat-2-tanda-tangan.pdf",
        f"surat-3-Nama-{'x' * 35}.pdf",
    ]
    assert {path.parent for path in (tmp_path / "hasil").iterdir()} == {tmp_path / "hasil"}


def test_what_was_added_later_does_not_hide_what_was_signed(tmp_path: Path) -> None:
    one = sign(page())
    (entry,) = extracted(one + b"\ngarbage", tmp_path)
    assert entry.path.read_bytes() == one


def test_a_signature_that_does_not_hold_gives_nothing(tmp_path: Path) -> None:
    assert extracted(sign(page(compress_streams=False)).replace(b"nomor 7", b"nomor 8"), tmp_path) == ()
    assert not (tmp_path / "hasil").exists()


def test_what_is_there_already_stays_and_nothing_else_is_overwritten(tmp_path: Path) -> None:
    both = sign(sign(page()), "Sig2", SECOND)
    first, second = (entry.path for entry in extracted(both, tmp_path))
    before = first.stat().st_ino
    assert extracted(both, tmp_path)
    assert first.stat().st_ino == before
    first.unlink()
    second.write_bytes(b"mine")
    with pytest.raises(ConflictError, match="EXTRACT_IN_THE_WAY"):
        extracted(both, tmp_path)
    assert (first.exists(), second.read_bytes()) == (False, b"mine")


def test_two_sources_of_one_name_are_in_each_others_way(tmp_path: Path) -> None:
    inspected = []
    for folder, pdf in ((tmp_path / "a", sign(page())), (tmp_path / "b", sign(page(text="Lain")))):
        folder.mkdir()
        inspected.append((Source.of(folder / "surat.pdf"), look(pdf, folder)))
    with pytest.raises(ConflictError, match="EXTRACT_IN_THE_WAY"):
        extract(inspected, tmp_path / "hasil")


def test_a_source_that_changed_meanwhile_gives_nothing(tmp_path: Path) -> None:
    found = look(sign(page()), tmp_path)
    (tmp_path / "surat.pdf").write_bytes(sign(page(text="Lain")))
    assert found.sha256 != digest((tmp_path / "surat.pdf").read_bytes())
    with pytest.raises(ConflictError, match="FILE_CHANGED"):
        extract([(Source.of(tmp_path / "surat.pdf"), found)], tmp_path / "hasil")
