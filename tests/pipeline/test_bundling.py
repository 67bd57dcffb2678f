"""Agreements packed as they are: byte for byte, listed, whole or not at all."""

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pypdfium2 as pdfium
import pytest

from pkdocs.chain import SetVerdict
from pkdocs.content import Role
from pkdocs.errors import ConflictError, UsageError
from pkdocs.files import digest
from pkdocs.index import JOURNAL_NAME
from pkdocs.inventory import Mark
from pkdocs.pipeline import audit
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.bundling import PAGE_NAME, SHEET_NAME, Bundle, bundle
from pkdocs.pipeline.printing import print_unit
from pkdocs.register import render_head
from tests.city import ignore
from tests.desk import ALL, DIVISION, HALF, HEAD, PAPER, ROOT, UNIT, Desk, lay, place_of
from tests.issue.test_draft import draft
from tests.register.heads import plain_head
from tests.signed import AT, training_trust


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return lay(tmp_path / "pk")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "bundel.zip"


def pack(desk: Desk, out: Path, *units: str) -> Bundle:
    return bundle(desk.folder, out, units=units, progress=ignore)


def packed(out: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\r\n", "\n")


def codes(made: Bundle) -> dict[str, str]:
    return {absent.entry.id: absent.error.code for absent in made.left_out}


def test_files_are_packed_byte_for_byte_signed_or_not(desk: Desk, out: Path) -> None:
    desk.sign(ROOT)
    desk.sign(HEAD, Role.FIRST)
    made = pack(desk, out)
    found = packed(out)
    assert list(found) == [*map(place_of, ALL), PAGE_NAME, SHEET_NAME]
    assert all(found[place_of(content)] == desk.pdf(content).read_bytes() for content in ALL)
    assert {item.place: item.digest for item in made.items} == {
        place: digest(data) for place, data in found.items() if "/" in place
    }
    assert (made.is_whole, made.left_out, made.unlisted) == (True, (), ())


def test_evidence_records_go_with_their_files(desk: Desk, out: Path) -> None:
    record = desk.pdf(HEAD).with_name(desk.pdf(HEAD).name + ".ers")
    record.write_bytes(b"catatan bukti")
    pack(desk, out)
    found = packed(out)
    names = list(found)
    assert found[f"{place_of(HEAD)}.ers"] == b"catatan bukti"
    assert names.index(f"{place_of(HEAD)}.ers") == names.index(place_of(HEAD)) + 1
    assert sum(name.endswith(".ers") for name in names) == 1


def test_an_equal_folder_gives_an_equal_bundle(desk: Desk, out: Path, tmp_path: Path) -> None:
    desk.sign(HEAD)
    pack(desk, out)
    again = Desk(shutil.copytree(desk.folder, tmp_path / "lain" / "salinan"))
    pack(again, tmp_path / "lain.zip")
    assert (tmp_path / "lain.zip").read_bytes() == out.read_bytes()
    desk.sign(DIVISION)
    pack(desk, out)
    assert (tmp_path / "lain.zip").read_bytes() != out.read_bytes()


def test_nothing_is_compressed_and_no_clock_is_in_it(desk: Desk, out: Path) -> None:
    pack(desk, out)
    with zipfile.ZipFile(out) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_marks_say_who_has_signed_who_is_awaited_and_who_signs_on_paper(desk: Desk, out: Path) -> None:
    desk.sign(HEAD, Role.FIRST)
    marks = {
        item.id: [item.signatories[role].mark for role in Role if role in item.signatories]
        for item in pack(desk, out).items
    }
    assert marks == {
        ROOT.id: [Mark.AWAITED],
        HEAD.id: [Mark.SIGNED, Mark.AWAITED],
        DIVISION.id: [Mark.AWAITED, Mark.AWAITED],
        HALF.id: [Mark.PAPER, Mark.AWAITED],
        PAPER.id: [Mark.PAPER, Mark.PAPER],
    }


def test_units_alone_by_name_or_folder(desk: Desk, out: Path) -> None:
    assert {item.unit for item in pack(desk, out, UNIT).items} == {UNIT}
    assert {item.unit for item in pack(desk, out, "pemerintah-kota-wanasari").items} == {ROOT.position.unit}
    assert len(pack(desk, out, UNIT, ROOT.position.unit).items) == len(ALL)


def test_agreements_of_one_unit_stand_together(tmp_path: Path, out: Path) -> None:
    desk = lay(tmp_path / "pk", [HEAD, ROOT, DIVISION])
    assert [item.id for item in pack(desk, out).items] == [HEAD.id, DIVISION.id, ROOT.id]


def test_a_unit_that_is_not_there_stops_and_those_that_are_there_are_named(desk: Desk, out: Path) -> None:
    with pytest.raises(UsageError, match="UNIT_ABSENT") as stopped:
        pack(desk, out, UNIT, "Dinas Antariksa")
    assert UNIT in stopped.value.message()
    assert not out.exists()


def alter(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data.replace(b"/Type /Page ", b"/Type /Page\n", 1) + b"\n")


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda desk: desk.pdf(DIVISION).unlink(), "STATUS_NO_PDF"),
        (lambda desk: desk.change(DIVISION, pdf=None), "STATUS_NO_PDF"),
        (lambda desk: alter(desk.pdf(DIVISION)), "LISTED_CHANGED"),
        (lambda desk: desk.pdf(DIVISION).write_bytes(b"%PDF-1.7 nothing"), "LISTED_CHANGED"),
        (lambda desk: desk.pdf(DIVISION).write_bytes(desk.pdf(HEAD).read_bytes()), "LISTED_CHANGED"),
        (lambda desk: desk.change(DIVISION, issue_digest="0" * 64), "LISTED_CHANGED"),
    ],
)
def test_what_is_missing_or_changed_is_named_and_not_packed(
    desk: Desk, out: Path, harm: Callable[[Desk], object], code: str
) -> None:
    harm(desk)
    made = pack(desk, out)
    assert (codes(made), made.is_whole) == ({DIVISION.id: code}, False)
    assert place_of(DIVISION) not in packed(out)
    assert DIVISION.id in text_of(packed(out)[PAGE_NAME]).partition("Tidak ikut dibundel")[2]


def test_a_folder_in_place_of_a_file_is_named(desk: Desk, out: Path) -> None:
    desk.pdf(DIVISION).unlink()
    desk.pdf(DIVISION).mkdir()
    made = pack(desk, out)
    assert (codes(made), made.is_whole) == ({DIVISION.id: "SYSTEM"}, False)


def test_what_the_review_holds_is_named_and_not_packed_and_no_fault(desk: Desk, out: Path) -> None:
    desk.change(DIVISION, held=True)
    made = pack(desk, out)
    assert (codes(made), made.is_whole) == ({DIVISION.id: "SIGN_HELD"}, True)
    assert place_of(DIVISION) not in packed(out)


def test_files_that_the_index_does_not_have_are_named_and_companions_are_none(desk: Desk, out: Path) -> None:
    strange = desk.pdf(DIVISION).with_name("PK-2025-LAMA-1.pdf")
    strange.write_bytes(b"%PDF-1.7 old")
    (desk.folder / "daftar.pdf").write_bytes(packed_page(desk, out))
    (desk.folder / "register.pdf").write_bytes(render_head(plain_head()))
    (desk.folder / "x-rancangan.pdf").write_bytes(draft())
    made = pack(desk, out)
    assert (made.unlisted, made.is_whole, len(made.items)) == ((strange,), True, len(ALL))


def packed_page(desk: Desk, out: Path) -> bytes:
    pack(desk, out)
    return packed(out)[PAGE_NAME]


def test_the_page_lists_every_file_with_its_parties_and_digest(desk: Desk, out: Path) -> None:
    desk.sign(HEAD)
    made = pack(desk, out)
    text = text_of(packed(out)[PAGE_NAME])
    flat = text.replace("\n", " ")
    for item in made.items:
        assert {item.id, item.digest, item.unit} - set(text.split("\n")) == set()
    assert "DAFTAR BUNDEL PERJANJIAN KINERJA TAHUN 2026" in flat
    assert "bukan perjanjian" in flat
    assert flat.count("tanda tangan: sudah") == 2
    assert flat.count("tanda tangan: di atas kertas") == 3


def test_the_spreadsheet_says_the_same_in_a_row_each(desk: Desk, out: Path) -> None:
    desk.sign(HEAD)
    desk.change(DIVISION, held=True)
    made = pack(desk, out)
    book = openpyxl.load_workbook(io.BytesIO(packed(out)[SHEET_NAME]))
    header, *rows = book["Daftar"].iter_rows(values_only=True)
    assert header[:4] == ("No.", "Perangkat Daerah", "Jabatan", "Pihak Pertama")
    assert [(row[0], row[7], row[8], row[9]) for row in rows] == [
        (number, item.id, item.place, item.digest) for number, item in enumerate(made.items, 1)
    ]
    assert rows[0][4:7] == ("belum", None, None)
    assert rows[1][4:7] == ("sudah", "Arum Pradnyawati", "sudah")
    _, absent = book["Tidak Ikut"].iter_rows(values_only=True)
    assert absent[0] == DIVISION.id
    assert "Paparan" in str(absent[3])


def verdicts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SetVerdict:
    monkeypatch.setattr(audit, "read_trust_file", lambda _file: training_trust())
    return verify([folder], Path("trust.toml"), at=AT, means=Means(jobs=2), progress=ignore)


def test_verify_says_the_same_of_the_unpacked_bundle(
    desk: Desk, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sign(ROOT)
    desk.sign(HEAD)
    pack(desk, out)
    shutil.unpack_archive(out, tmp_path / "buka")
    assert (tmp_path / "buka" / PAGE_NAME).is_file()
    there, here = verdicts(desk.folder, monkeypatch), verdicts(tmp_path / "buka", monkeypatch)
    assert len(here.agreements) == len(ALL)
    assert [(one.id, one.sha256, one.result, one.findings) for one in here.agreements] == [
        (one.id, one.sha256, one.result, one.findings) for one in there.agreements
    ]
    assert (here.result, here.findings, here.summary) == (there.result, there.findings, there.summary)


def test_a_list_that_is_named_itself_is_judged_and_is_no_agreement(
    desk: Desk, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.pdf").write_bytes(packed_page(desk, out))
    (found,) = verdicts(tmp_path / "x.pdf", monkeypatch).agreements
    assert (found.id, found.result.value) == (None, "TOTAL-FAILED")


def test_no_agreement_hides_by_saying_that_it_is_a_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sign(ROOT)
    file = desk.pdf(ROOT)
    hidden = file.with_name("lain.pdf")
    hidden.write_bytes(file.read_bytes().replace(b"\n", b"\n% /Private /pkdocs-daftar \n", 1))
    assert len(verdicts(desk.folder, monkeypatch).agreements) == len(ALL)
    (found,) = verdicts(hidden, monkeypatch).agreements
    assert (found.id, found.result.value) == (None, "TOTAL-FAILED")


def test_more_files_than_a_plain_archive_holds_are_packed_too(
    desk: Desk, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(desk, out)
    plain = packed(out)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    pack(desk, out)
    assert b"PK\6\6" in out.read_bytes()[-200:]
    assert {name: data for name, data in packed(out).items() if name != SHEET_NAME} == {
        name: data for name, data in plain.items() if name != SHEET_NAME
    }


def test_an_earlier_bundle_gives_way_and_nothing_else(desk: Desk, out: Path) -> None:
    pack(desk, out)
    pack(desk, out, UNIT)
    assert len(packed(out)) == len(ALL) - 1 + 2
    for foreign in (b"", b"PK nothing", foreign_zip()):
        out.write_bytes(foreign)
        with pytest.raises(ConflictError, match="BUNDLE_IN_THE_WAY"):
            pack(desk, out)
        assert out.read_bytes() == foreign


def foreign_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("skripsi.txt", "penting")
    return target.getvalue()


def test_a_folder_in_the_way_stops(desk: Desk, out: Path) -> None:
    out.mkdir()
    with pytest.raises(ConflictError, match="BUNDLE_IN_THE_WAY"):
        pack(desk, out)


def test_a_bundle_is_called_zip(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="BUNDLE_SUFFIX"):
        pack(desk, tmp_path / "bundel.pdf")


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("before", [True, False])
def test_a_full_disk_leaves_what_was_there_and_nothing_else(
    desk: Desk, out: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, before: bool
) -> None:
    if before:
        pack(desk, out, UNIT)
    old = out.read_bytes() if before else None
    writestr, written = zipfile.ZipFile.writestr, []

    def fill(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> None:
        written.append(entry.filename)
        if len(written) == 3:
            raise fault
        writestr(archive, entry, data)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fill)
    with pytest.raises(type(fault)):
        pack(desk, out)
    assert sorted(file.name for file in out.parent.iterdir()) == (["bundel.zip", "pk"] if before else ["pk"])
    assert old is None or out.read_bytes() == old


def test_one_file_at_a_time_is_in_memory(desk: Desk, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    monkeypatch.setattr(
        "pkdocs.pipeline.listed.read_regular", lambda file: (events.append("read"), file.read_bytes())[1]
    )
    writestr = zipfile.ZipFile.writestr

    def note(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> None:
        events.append("write")
        writestr(archive, entry, data)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", note)
    pack(desk, out)
    assert events[: 2 * len(ALL)] == ["read", "write"] * len(ALL)
    assert "read" not in events[2 * len(ALL) :]


def test_a_run_that_has_not_ended_stops(desk: Desk, out: Path) -> None:
    (desk.folder / JOURNAL_NAME).write_bytes(b"")
    with pytest.raises(ConflictError, match="FOLDER_UNFINISHED"):
        pack(desk, out)
    with pytest.raises(ConflictError, match="FOLDER_UNFINISHED"):
        print_unit(desk.folder, UNIT, out.with_suffix(".pdf"), progress=ignore)


def test_a_folder_without_index_is_none_of_ours(tmp_path: Path, out: Path) -> None:
    with pytest.raises(ConflictError, match="INDEX_MISSING"):
        bundle(tmp_path, out, progress=ignore)


def test_progress_reaches_every_agreement(desk: Desk, out: Path) -> None:
    seen: list[tuple[int, int]] = []
    bundle(desk.folder, out, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, len(ALL)) for done in range(1, len(ALL) + 1)]


def test_packing_leaves_the_folder_as_it_was(desk: Desk, out: Path) -> None:
    before = {file: file.read_bytes() for file in desk.folder.rglob("*") if file.is_file()}
    pack(desk, out)
    assert {file: file.read_bytes() for file in desk.folder.rglob("*") if file.is_file()} == before
