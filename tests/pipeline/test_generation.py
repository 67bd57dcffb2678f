"""From a workbook to issued agreements on disk: what is made, kept, refused, left over."""

import hashlib
import json
import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import pkdocs
from pkdocs.content import Content, Role
from pkdocs.errors import (
    ConflictError,
    DocumentError,
    OfficeError,
    PkdocsError,
    TemplateError,
    UsageError,
    WorkbookError,
)
from pkdocs.index import FILE_NAME, JOURNAL_NAME, read_index, read_journal, write_index
from pkdocs.office import INSTALL
from pkdocs.pipeline import finishing, generation, making
from pkdocs.pipeline.generation import Format, generate
from pkdocs.settings import default_templates
from pkdocs.signing import read_form
from pkdocs.temporary import new_file
from tests.city import KEYS, Town, WarmPool, change, failing, ignore, sheets, snapshot, touched, wishes, without, write

IDS = [f"PK-2026-{key}-1" for key in KEYS]
IRBAN, AUDITOR, ANALIS = (f"PK-2026-{key}-1" for key in ("INSP.IRBAN1", "INSP.IRBAN1.AUDITOR", "BKPSDM.PKP.ANALIS"))
INSPECTORATE = "inspektorat-daerah"


def in_inspectorate(*identities: str) -> set[str]:
    return {f"{INSPECTORATE}/{identity}{suffix}" for identity in identities for suffix in (".pdf", ".docx")}


def refuse_office() -> None:
    raise OfficeError("OFFICE_MISSING", command=INSTALL)


class StopError(Exception):
    """Somebody pulled the plug."""


def test_a_run_makes_both_files_of_each_agreement_and_an_index(town: Town) -> None:
    assert sorted(entry.id for entry in town.index.agreements) == sorted(IDS)
    files = {str(name) for entry in town.index.agreements for name in (entry.docx, entry.pdf)}
    assert set(snapshot(town.out)) == files | {FILE_NAME}
    assert len(files) == 2 * len(KEYS)


def test_parents_stand_before_their_children_in_the_index(town: Town) -> None:
    keys = [entry.key for entry in town.index.agreements]
    assert keys[0] == "WALIKOTA"
    assert all(keys.index(key.rpartition(".")[0]) < keys.index(key) for key in keys if "." in key)


def test_the_index_says_what_the_files_are(town: Town) -> None:
    for entry in town.index.agreements:
        data = town.pdf(entry.key).read_bytes()
        form = read_form(data)
        assert entry.issue_digest == hashlib.sha256(data).hexdigest() == form.issue_digest
        assert (entry.id, entry.content_digest) == (form.content.id, form.content.digest)
        assert list(entry.persons) == list(form.content.roles)
    root, *others = town.index.agreements
    used = {"jpt-pratama.docx", "administrator.docx", "fungsional.docx"}
    assert (root.template, {entry.template for entry in others}) == ("kepala-daerah.docx", used)
    assert {f"{name}.docx" for name in town.index.templates} == {root.template, *used}
    assert list(root.persons) == [Role.FIRST]


def test_the_index_names_what_shaped_the_files(town: Town) -> None:
    tools = town.index.toolchain
    assert tools["program"] == pkdocs.__version__
    assert tools["office"].startswith("LibreOffice ")
    assert len(tools["fonts"]) == len(hashlib.sha256().hexdigest())
    named = dict(library.split(" ") for library in tools["libraries"].split(", "))
    assert named["zlib"] == zlib.ZLIB_RUNTIME_VERSION
    assert {"python", "docxtpl", "lxml", "pikepdf"} < named.keys()
    assert "pytest" not in named


def test_a_unit_has_its_folder(town: Town) -> None:
    assert town.pdf("INSP.IRBAN1") == town.out / INSPECTORATE / f"{IRBAN}.pdf"


def test_nothing_is_written_again_where_nothing_changed(town: Town) -> None:
    before = snapshot(town.out)
    done = town.generate()
    assert (done.made, done.failed, done.leftover) == (0, (), ())
    assert len(done.agreements) == len(KEYS)
    assert touched(before, town.out) <= {FILE_NAME}
    assert snapshot(town.out)[FILE_NAME][2] == before[FILE_NAME][2]


def test_progress_ends_at_the_number_of_agreements(town: Town) -> None:
    city = change(sheets(), "Pejabat", "INSP.IRBAN1", "Alasan", "Perubahan Strategi")
    town.write(change(city, "Pejabat", "INSP.IRBAN1", "Versi", "3"))
    seen: list[tuple[int, int]] = []
    done = generate(town.workbook, town.out, wishes(), lambda so_far, total: seen.append((so_far, total)))
    assert len(done.failed) == 2
    assert seen[-1] == (len(KEYS), len(KEYS))
    assert all(so_far <= total for so_far, total in seen)


@pytest.mark.parametrize("file", [f"{INSPECTORATE}/{IRBAN}.pdf", f"{INSPECTORATE}/{IRBAN}.docx"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"%PDF-1.7 something else")])
def test_a_file_that_is_gone_or_changed_is_made_again_as_it_was(
    town: Town, file: str, damage: Callable[[Path], None]
) -> None:
    before = snapshot(town.out)
    damage(town.out / file)
    town.generate()
    assert touched(before, town.out) <= {FILE_NAME, file}
    assert {name: found[2] for name, found in snapshot(town.out).items()} == {
        name: found[2] for name, found in before.items()
    }


def test_a_changed_indicator_changes_its_agreement_and_those_below_alone(town: Town) -> None:
    before = snapshot(town.out)
    town.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "30"))
    done = town.generate()
    assert done.made == 2
    assert touched(before, town.out) == in_inspectorate(IRBAN, AUDITOR) | {FILE_NAME}


def test_a_changed_name_above_changes_who_signs_below(town: Town) -> None:
    before = snapshot(town.out)
    town.write(change(sheets(), "Pejabat", "BKPSDM.PKP.ANALIS", "Gelar Belakang", "S.I.P., M.Si."))
    town.generate()
    assert {Path(name).stem for name in touched(before, town.out)} == {ANALIS, "index"}


class TestInterrupted:
    """A run that was stopped goes on where it was."""

    @pytest.fixture
    def stopped(self, town: Town) -> Town:
        """A folder in which three agreements were finished when the run was killed."""
        fresh = Town(town.workbook, town.out.with_name("baru"), town.pki)

        def stop(done: int, _total: int) -> None:
            if done == 3:
                raise StopError

        with pytest.raises(StopError):
            generate(fresh.workbook, fresh.out, wishes(), stop)
        return fresh

    def test_what_was_finished_is_whole_and_noted(self, stopped: Town) -> None:
        index, journal = read_index(stopped.out), read_journal(stopped.out)
        assert index is not None
        assert {entry.issue_digest for entry in index.agreements} == {None}
        assert len(journal) == 3
        for entry in journal.values():
            assert hashlib.sha256((stopped.out / str(entry.pdf)).read_bytes()).hexdigest() == entry.issue_digest
        assert not [name for name in snapshot(stopped.out) if name.endswith(".tmp")]

    def test_the_same_call_makes_what_is_missing(self, stopped: Town, town: Town) -> None:
        before = snapshot(stopped.out)
        finished = {str(name) for entry in read_journal(stopped.out).values() for name in (entry.pdf, entry.docx)}
        done = stopped.generate()
        assert done.made == len(KEYS) - 3
        assert not finished & touched(before, stopped.out)
        assert stopped.index == town.index
        assert JOURNAL_NAME not in snapshot(stopped.out)

    def test_what_a_killed_run_was_writing_is_swept_up(self, stopped: Town) -> None:
        for folder in (stopped.out, stopped.out / INSPECTORATE):
            handle, _ = new_file(folder)
            os.close(handle)
        stopped.generate()
        assert not [name for name in snapshot(stopped.out) if name.endswith(".tmp")]

    def test_a_last_line_that_was_cut_off_costs_one_agreement(self, stopped: Town) -> None:
        journal = stopped.out / JOURNAL_NAME
        journal.write_bytes(journal.read_bytes()[:-30])
        assert stopped.generate().made == len(KEYS) - 2

    def test_what_was_signed_meanwhile_is_kept(self, stopped: Town) -> None:
        entry = next(iter(read_journal(stopped.out).values()))
        result = stopped.sign(entry.key, stopped.out / str(entry.pdf))
        assert [signed.id for signed in result.signed] == [entry.id]
        signed = (stopped.out / str(entry.pdf)).read_bytes()
        stopped.generate()
        assert (stopped.out / str(entry.pdf)).read_bytes() == signed
        assert next(again for again in stopped.index.agreements if again.id == entry.id) == entry


class TestOnly:
    """Some agreements alone."""

    @pytest.mark.parametrize("name", ["INSP.IRBAN1", "insp.irban1", IRBAN, IRBAN.lower()])
    def test_what_was_asked_for_is_made_alone(self, town: Town, tmp_path: Path, name: str) -> None:
        done = generate(town.workbook, tmp_path / "satu", wishes(only=(name,)), ignore)
        assert [entry.id for entry in done.agreements] == [IRBAN]
        assert set(snapshot(tmp_path / "satu")) == in_inspectorate(IRBAN) | {FILE_NAME}

    def test_it_is_the_same_file_as_in_a_full_run(self, town: Town, tmp_path: Path) -> None:
        generate(town.workbook, tmp_path / "satu", wishes(only=(AUDITOR,)), ignore)
        relative = town.pdf("INSP.IRBAN1.AUDITOR").relative_to(town.out)
        assert (tmp_path / "satu" / relative).read_bytes() == (town.out / relative).read_bytes()

    def test_the_index_keeps_what_was_made_before(self, town: Town) -> None:
        before = town.index
        done = town.generate(only=("INSP",))
        assert [entry.id for entry in done.agreements] == ["PK-2026-INSP-1"]
        assert town.index == before
        assert done.leftover == ()

    def test_a_name_that_does_not_exist_is_named(self, town: Town) -> None:
        before = snapshot(town.out)
        with pytest.raises(UsageError, match=r"ONLY_UNKNOWN.*INSP\.IRBAN9"):
            town.generate(only=("INSP", "INSP.IRBAN9"))
        assert touched(before, town.out) == set()

    @pytest.mark.parametrize("name", ["BKPSDM", "BKPSDM.PKP", "bkpsdm.pkp.analis", ANALIS])
    def test_what_an_error_touches_is_refused(self, town: Town, name: str) -> None:
        before = snapshot(town.out)
        town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
        with pytest.raises(WorkbookError, match="ONLY_TOUCHED"):
            town.generate(only=("INSP", name))
        assert touched(before, town.out) == set()

    def test_what_no_error_touches_is_made(self, town: Town, tmp_path: Path) -> None:
        town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
        done = generate(town.workbook, tmp_path / "lain", wishes(only=("INSP", "INSP.IRBAN1")), ignore)
        assert [entry.key for entry in done.agreements] == ["INSP", "INSP.IRBAN1"]

    @pytest.mark.parametrize("column", ["NIP", "Pihak Kedua"])
    def test_the_index_keeps_what_an_error_stops(self, town: Town, column: str) -> None:
        before = {entry.id: entry for entry in town.index.agreements}
        town.write(change(sheets(), "Pejabat", "BKPSDM", column, "123"))
        town.generate(only=("INSP",))
        assert {entry.id: entry for entry in town.index.agreements} == before
        assert [signed.id for signed in town.sign("BKPSDM.PKP").signed] == ["PK-2026-BKPSDM.PKP-1"]

    def test_an_error_in_the_profile_touches_all(self, town: Town) -> None:
        town.write(change(sheets(), "Profil", "Tahun", "Nilai", "dua ribu"))
        with pytest.raises(WorkbookError):
            town.generate(only=("INSP",))


def test_errors_stop_a_run_before_anything_is_written(town: Town, tmp_path: Path) -> None:
    town.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "0.332"))
    with pytest.raises(WorkbookError, match="WORKBOOK_HAS_ERRORS"):
        generate(town.workbook, tmp_path / "lain", wishes(), ignore)
    assert not (tmp_path / "lain").exists()


class TestSigned:
    """What bears a signature is nobody's to overwrite."""

    def test_a_signed_file_with_the_same_content_stays(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        before, index = snapshot(town.out), town.index
        assert town.generate().made == 0
        assert touched(before, town.out) <= {FILE_NAME}
        assert town.index == index

    def test_it_stays_where_the_template_is_another_one(self, town: Town, tmp_path: Path) -> None:
        town.sign("INSP.IRBAN1")
        signed = town.pdf("INSP.IRBAN1").read_bytes()
        issued = next(entry.issue_digest for entry in town.index.agreements if entry.id == IRBAN)
        templates = tmp_path / "templat"
        templates.mkdir()
        for file in default_templates().glob("*.docx"):
            (templates / file.name).write_bytes(file.read_bytes())
        (templates / "administrator.docx").write_bytes((templates / "umum.docx").read_bytes() + b"")
        assert town.generate(templates=templates, only=("INSP.IRBAN1",)).made == 0
        assert town.pdf("INSP.IRBAN1").read_bytes() == signed
        assert next(entry.issue_digest for entry in town.index.agreements if entry.id == IRBAN) == issued

    def test_an_id_that_differs_in_case_alone_is_the_same_id(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        before = snapshot(town.out)
        town.write(change(sheets(), "Pejabat", "INSP.IRBAN1.AUDITOR", "Kode Jabatan", "insp.irban1.auditor"))
        with pytest.raises(ConflictError, match=r"SIGNED_WOULD_CHANGE.*PK-2026-insp\.irban1\.auditor-1"):
            town.generate()
        assert touched(before, town.out) == set()

    @pytest.mark.parametrize("changed", ["IRBAN1-2", "INSP-SPIP"])
    def test_a_changed_content_of_a_signed_file_stops_all(self, town: Town, changed: str) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        before = snapshot(town.out)
        town.write(change(sheets(), "Indikator", changed, "Target", "4"))
        with pytest.raises(ConflictError, match=rf"SIGNED_WOULD_CHANGE.*{AUDITOR}"):
            town.generate()
        assert touched(before, town.out) == set()

    def test_a_change_beside_the_signed_file_is_made(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        town.write(change(sheets(), "Indikator", "PKP-1", "Target", "86,00"))
        assert town.generate().made == 2

    @pytest.mark.parametrize(
        "tampered",
        [lambda data: data + b"\n% more", lambda data: data.replace(b"/ByteRange", b"/ByteRang3") + b"/ByteRange"],
    )
    def test_a_file_that_somebody_changed_after_signing_is_not_overwritten(
        self, town: Town, tampered: Callable[[bytes], bytes]
    ) -> None:
        town.sign("INSP.IRBAN1")
        town.pdf("INSP.IRBAN1").write_bytes(tampered(town.pdf("INSP.IRBAN1").read_bytes()))
        before = snapshot(town.out)
        with pytest.raises(ConflictError, match="SIGNED_WOULD_CHANGE"):
            town.generate()
        assert touched(before, town.out) == set()

    def test_word_documents_alone_leave_the_signed_file_in_the_index(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        town.generate(format=Format.DOCX)
        assert len(town.index.entries) == len(KEYS)
        assert f"{INSPECTORATE}/{IRBAN}.pdf" in town.index.entries

    def test_a_later_version_of_a_signed_agreement_stands_beside_it(self, town: Town) -> None:
        town.sign("BKPSDM.PKP.ANALIS")
        signed = town.pdf("BKPSDM.PKP.ANALIS").read_bytes()
        first = next(entry for entry in town.index.agreements if entry.id == ANALIS)
        city = change(sheets(), "Pejabat", "BKPSDM.PKP.ANALIS", "Versi", "2")
        town.write(change(city, "Pejabat", "BKPSDM.PKP.ANALIS", "Alasan", "Perubahan Strategi"))
        done = town.generate(prune=True)
        assert done.made == 1
        assert (town.out / str(first.pdf)).read_bytes() == signed
        assert town.index.digests[ANALIS] == first.content_digest
        amended = read_form(town.pdf("BKPSDM.PKP.ANALIS").read_bytes()).content
        assert amended.amendment is not None
        assert (amended.version, amended.amendment.supersedes.digest) == (2, first.content_digest)


class TestLeftover:
    """Files that the workbook no longer makes."""

    @pytest.fixture
    def smaller(self, town: Town) -> Town:
        town.write(without(sheets(), "INSP.IRBAN1.AUDITOR"))
        return town

    def test_they_are_listed_and_kept(self, smaller: Town) -> None:
        done = smaller.generate()
        assert {file.relative_to(smaller.out).as_posix() for file in done.leftover} == in_inspectorate(AUDITOR)
        assert (done.pruned, all(file.is_file() for file in done.leftover)) == ((), True)

    def test_they_are_removed_if_wished(self, smaller: Town) -> None:
        done = smaller.generate(prune=True)
        assert {file.relative_to(smaller.out).as_posix() for file in done.pruned} == in_inspectorate(AUDITOR)
        assert not set(snapshot(smaller.out)) & in_inspectorate(AUDITOR)
        assert done.leftover == ()

    def test_a_signed_one_is_never_removed(self, town: Town) -> None:
        town.sign("INSP.IRBAN1.AUDITOR")
        town.write(without(sheets(), "INSP.IRBAN1.AUDITOR"))
        done = town.generate(prune=True)
        assert [file.name for file in done.leftover] == [f"{AUDITOR}.pdf"]
        assert [file.name for file in done.pruned] == [f"{AUDITOR}.docx"]

    def test_the_index_remembers_their_digests(self, smaller: Town) -> None:
        digest = next(entry.content_digest for entry in smaller.index.agreements if entry.id == AUDITOR)
        smaller.generate()
        assert smaller.index.earlier == {AUDITOR: digest}
        assert AUDITOR not in {entry.id for entry in smaller.index.agreements}

    @pytest.mark.parametrize("wanted", [Format.DOCX, Format.PDF])
    def test_what_was_not_asked_for_this_time_is_not_left_over(self, town: Town, wanted: Format) -> None:
        before = set(snapshot(town.out))
        assert town.generate(format=wanted, prune=True).leftover == ()
        assert set(snapshot(town.out)) == before
        assert town.generate().made in {0, len(KEYS)}

    def test_copies_elsewhere_are_left_over_and_other_files_nobodys_business(self, town: Town) -> None:
        copy = town.out / "lain" / f"{IRBAN}.pdf"
        copy.parent.mkdir()
        copy.write_bytes(town.pdf("INSP.IRBAN1").read_bytes())
        (town.out / "lain" / "catatan.pdf").write_bytes(b"notes")
        (town.out / "lain" / f"{IRBAN}.txt").write_bytes(b"notes")
        assert town.generate().leftover == (copy,)

    def test_a_unit_that_was_renamed_gets_a_new_folder(self, town: Town) -> None:
        city = sheets()
        for row in city["Pejabat"] + city["Unit"]:
            if row["Unit"] == "Inspektorat Daerah":
                row["Unit"] = "Inspektorat Kota"
        town.write(city)
        done = town.generate(prune=True)
        assert town.pdf("INSP").parent.name == "inspektorat-kota"
        assert {file.parent.name for file in done.pruned} == {INSPECTORATE}

    @pytest.mark.parametrize("column", ["NIP", "Nama", "Atasan"])
    def test_what_an_error_stops_is_not_left_over(self, town: Town, column: str) -> None:
        town.write(change(sheets(), "Pejabat", "BKPSDM", column, ""))
        assert town.generate(only=("INSP",), prune=True).leftover == ()

    def test_nothing_is_removed_while_the_workbook_has_errors(self, town: Town) -> None:
        town.write(change(sheets(), "Pejabat", "BKPSDM", "Kode Jabatan", "BKPSDM?"))
        done = town.generate(only=("INSP",), prune=True)
        assert (len(done.leftover) > 0, done.pruned) == (True, ())


class TestFormats:
    """PDF, Word, or both."""

    def test_word_documents_are_made_without_libreoffice(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(generation, "find_office", refuse_office)
        done = generate(town.workbook, tmp_path / "word", wishes(format=Format.DOCX), ignore)
        assert done.made == len(KEYS)
        assert {Path(name).suffix for name in snapshot(tmp_path / "word")} == {".docx", ".json"}
        assert {(entry.pdf, entry.issue_digest) for entry in done.agreements} == {(None, None)}
        some = str(done.agreements[1].docx)
        assert (tmp_path / "word" / some).read_bytes() == (town.out / some).read_bytes()

    @pytest.mark.parametrize("wanted", [Format.PDF, Format.BOTH])
    def test_pdf_files_need_libreoffice(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Format
    ) -> None:
        monkeypatch.setattr(generation, "find_office", refuse_office)
        with pytest.raises(OfficeError, match="OFFICE_MISSING"):
            generate(town.workbook, tmp_path / "pdf", wishes(format=wanted), ignore)
        assert not (tmp_path / "pdf").exists()

    def test_pdf_files_alone_are_those_of_a_full_run(self, town: Town, tmp_path: Path) -> None:
        done = generate(town.workbook, tmp_path / "pdf", wishes(format=Format.PDF), ignore)
        assert {Path(name).suffix for name in snapshot(tmp_path / "pdf")} == {".pdf", ".json"}
        assert [entry.issue_digest for entry in done.agreements] == [
            entry.issue_digest for entry in town.index.agreements
        ]


class TestFailures:
    """One agreement that fails does not stop the others."""

    def test_it_is_listed_with_its_reason_and_the_rest_is_made(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "Pool", failing({IRBAN: "OFFICE_DIED"}))
        out = tmp_path / "lain"
        done = generate(town.workbook, out, wishes(), ignore)
        assert [(failure.id, failure.error.code) for failure in done.failed] == [(IRBAN, "OFFICE_DIED")]
        assert sorted(entry.id for entry in done.agreements) == sorted(set(IDS) - {IRBAN})
        assert not set(snapshot(out)) & in_inspectorate(IRBAN)
        monkeypatch.setattr(making, "Pool", WarmPool)
        assert generate(town.workbook, out, wishes(), ignore).made == 1

    def test_a_pdf_that_cannot_be_issued_is_listed_too(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_pdf: bytes, content: Content, **_more: object) -> bytes:
            raise DocumentError("ISSUE_ANNOTATION", id=content.id, page=1, kind="/Text")

        monkeypatch.setattr(finishing, "issue_pdf", refuse)
        done = generate(town.workbook, tmp_path / "lain", wishes(), ignore)
        assert {failure.error.code for failure in done.failed} == {"ISSUE_ANNOTATION"}
        assert set(snapshot(tmp_path / "lain")) == {FILE_NAME}

    def test_a_document_that_cannot_be_rendered_is_listed_too(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(content: object, *_more: object, **_named: object) -> bytes:
            raise TemplateError("TEMPLATE_LIMIT", template="umum.docx", part="word/document.xml")

        monkeypatch.setattr(making, "render_document", refuse)
        done = generate(town.workbook, tmp_path / "lain", wishes(), ignore)
        assert sorted(failure.id for failure in done.failed) == sorted(IDS)
        assert set(snapshot(tmp_path / "lain")) == {FILE_NAME}

    def test_nothing_converted_is_libreoffices_fault(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "Pool", failing(dict.fromkeys(IDS, "OFFICE_DIED")))
        with pytest.raises(OfficeError, match="NOTHING_CONVERTED"):
            generate(town.workbook, tmp_path / "lain", wishes(), ignore)
        assert set(snapshot(tmp_path / "lain")) == {FILE_NAME}

    def test_an_amendment_of_what_nobody_knows_fails_with_what_hangs_on_it(self, town: Town, tmp_path: Path) -> None:
        city = change(sheets(), "Pejabat", "INSP.IRBAN1", "Versi", "2")
        town.write(change(city, "Pejabat", "INSP.IRBAN1", "Alasan", "Perubahan Strategi"))
        done = generate(town.workbook, tmp_path / "lain", wishes(), ignore)
        assert [(failure.id, failure.error.code) for failure in done.failed] == [
            ("PK-2026-INSP.IRBAN1-2", "PREDECESSOR_UNKNOWN"),
            (AUDITOR, "PARENT_NOT_MADE"),
        ]
        assert len(done.agreements) == len(KEYS) - 2

    def test_a_full_disk_leaves_nothing_half_written(
        self, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(path: Path, data: bytes) -> None:
            raise OSError(28, "No space left on device", str(path))

        monkeypatch.setattr(finishing, "write_atomic", full)
        with pytest.raises(OSError, match="No space left"):
            generate(town.workbook, tmp_path / "lain", wishes(), ignore)
        assert set(snapshot(tmp_path / "lain")) == {FILE_NAME}


class TestTemplates:
    """Templates that are absent or cannot be used."""

    def test_an_absent_template_stops_all(self, town: Town, tmp_path: Path) -> None:
        (tmp_path / "kosong").mkdir()
        with pytest.raises(TemplateError, match="TEMPLATE_ABSENT"):
            generate(town.workbook, tmp_path / "lain", wishes(templates=tmp_path / "kosong"), ignore)
        assert not (tmp_path / "lain").exists()

    def test_a_damaged_template_stops_all(self, town: Town, tmp_path: Path) -> None:
        for name in ("umum.docx", "kepala-daerah.docx"):
            (tmp_path / name).write_bytes(b"PK\x03\x04 nothing")
        with pytest.raises(TemplateError):
            generate(town.workbook, tmp_path / "lain", wishes(templates=tmp_path), ignore)
        assert not (tmp_path / "lain").exists()

    def test_a_template_that_the_workbook_names_but_nobody_made_stops_all(self, town: Town, tmp_path: Path) -> None:
        town.write(change(sheets(), "Pejabat", "INSP", "Templat", "Camat Khusus"))
        with pytest.raises(PkdocsError, match="Camat Khusus"):
            generate(town.workbook, tmp_path / "lain", wishes(), ignore)
        assert not (tmp_path / "lain").exists()


class TestReviewed:
    """Only what the review accepted may be signed."""

    @pytest.fixture
    def reviewed(self, town: Town) -> Town:
        city = change(sheets(), "Profil", "Wajib Paparan", "Nilai", "Ya")
        row = {"Tanggal": "2026-01-15", "Penelaah": "Tim Sekda", "Hasil": "Diterima", "Catatan": ""}
        returned = row | {"Tanggal": "2026-01-10", "Hasil": "Dikembalikan"}
        late = row | {"Tanggal": "", "Hasil": "Dikembalikan"}
        city["Paparan"] = [
            {"Kode Jabatan": "INSP"} | row,
            {"Kode Jabatan": "INSP"} | returned,
            {"Kode Jabatan": "INSP"} | late,
            {"Kode Jabatan": "BKPSDM"} | returned,
        ]
        town.write(city)
        return town

    def test_the_index_holds_back_what_was_not_accepted(self, reviewed: Town) -> None:
        before = snapshot(reviewed.out)
        assert reviewed.generate().made == 0
        assert touched(before, reviewed.out) == {FILE_NAME}
        assert {entry.key for entry in reviewed.index.agreements if not entry.held} == {"INSP"}

    def test_what_is_held_back_is_not_signed(self, reviewed: Town) -> None:
        reviewed.generate()
        assert [signed.id for signed in reviewed.sign("INSP").signed] == ["PK-2026-INSP-1"]
        refused = reviewed.sign("BKPSDM").refused
        assert {(entry.id, entry.error.code) for entry in refused} >= {("PK-2026-BKPSDM-1", "SIGN_HELD")}


def test_another_person_key_names_all_persons_anew(town: Town) -> None:
    before = town.index
    done = town.generate(person_key=bytes(range(32)))
    assert done.made == len(KEYS)
    assert (before.person_scheme.value, town.index.person_scheme.value) == ("uji", "hmac-sha256")
    assert not set(before.agreements[0].persons.values()) & set(town.index.agreements[0].persons.values())


def test_the_person_key_is_not_shown() -> None:
    assert "person_key" not in repr(wishes(person_key=bytes(range(32))))


@pytest.mark.parametrize(("data", "code"), [(b"{", "INDEX_DAMAGED"), (b'{"schema": "pkdocs-index/2"}', "SCHEMA_NEWER")])
def test_a_folder_with_a_strange_index_is_not_touched(town: Town, data: bytes, code: str) -> None:
    (town.out / FILE_NAME).write_bytes(data)
    before = snapshot(town.out)
    with pytest.raises(ConflictError, match=code):
        town.generate()
    assert touched(before, town.out) == set()


def test_no_number_of_a_person_is_in_what_a_run_leaves(town: Town) -> None:
    numbers = [row["NIP"] for row in sheets()["Pejabat"]]
    index = json.dumps(json.loads((town.out / FILE_NAME).read_text(encoding="utf-8")))
    assert not [number for number in numbers if number in index or number in " ".join(snapshot(town.out))]


def test_two_units_of_one_name_have_two_folders(town: Town, tmp_path: Path) -> None:
    city = sheets()
    for row in city["Pejabat"]:
        if row["Kode Jabatan"].startswith("BKPSDM"):
            row["Unit"] = "INSPEKTORAT, DAERAH"
    city["Unit"] = []
    write(tmp_path / "buku2", city)
    done = generate(tmp_path / "buku2", tmp_path / "lain", wishes(format=Format.DOCX), ignore)
    folders = {entry.key.partition(".")[0]: str(entry.docx).partition("/")[0] for entry in done.agreements}
    assert folders == {
        "WALIKOTA": "pemerintah-kota-wanasari",
        "INSP": INSPECTORATE,
        "BKPSDM": f"{INSPECTORATE}-2",
    }
    assert replace(done, folder=tmp_path) != done


class TestSignedMeanwhile:
    """What somebody signs while documents are made."""

    def test_a_signature_that_came_in_between_is_not_overwritten(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        city = sheets()
        for row in city["Profil"]:
            if row["Kunci"] == "Alamat Verifikasi":
                row["Nilai"] = "https://lain.example/v/"
        town.write(city)
        issue, file = finishing.issue_pdf, town.pdf("INSP.IRBAN1")

        def sign_first(pdf: bytes, content: Content, **rest: Any) -> bytes:
            if content.id == IRBAN:
                town.sign("INSP.IRBAN1", file)
            return issue(pdf, content, **rest)

        monkeypatch.setattr(finishing, "issue_pdf", sign_first)
        done = town.generate()
        assert [(failure.id, failure.error.code) for failure in done.failed] == [(IRBAN, "FILE_CHANGED")]
        assert read_form(file.read_bytes()).signed == (Role.FIRST,)
        monkeypatch.setattr(finishing, "issue_pdf", issue)
        assert town.generate().failed == ()
        assert read_form(file.read_bytes()).signed == (Role.FIRST,)

    def test_an_index_that_names_another_place_does_not_hide_a_signed_file(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        signed = town.pdf("INSP.IRBAN1").read_bytes()
        other = town.index.agreements[0].pdf
        entries = tuple(replace(entry, pdf=other) if entry.id == IRBAN else entry for entry in town.index.agreements)
        write_index(town.out, replace(town.index, agreements=entries))
        town.generate()
        assert town.pdf("INSP.IRBAN1").read_bytes() == signed

    def test_an_index_that_calls_a_signed_file_issued_does_not_make_it_so(self, town: Town) -> None:
        town.sign("INSP.IRBAN1")
        signed = town.pdf("INSP.IRBAN1").read_bytes()
        claimed = hashlib.sha256(signed).hexdigest()
        entries = tuple(
            replace(entry, issue_digest=claimed, source="x") if entry.id == IRBAN else entry
            for entry in town.index.agreements
        )
        write_index(town.out, replace(town.index, agreements=entries))
        town.generate()
        assert town.pdf("INSP.IRBAN1").read_bytes() == signed

    def test_an_older_file_of_an_agreement_that_failed_cannot_be_signed(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "30"))
        monkeypatch.setattr(making, "Pool", failing({IRBAN: "OFFICE_DIED"}))
        assert [failure.id for failure in town.generate().failed] == [IRBAN]
        result = town.sign("INSP.IRBAN1")
        assert result.signed == ()
        assert IRBAN in {refused.id for refused in result.refused}
