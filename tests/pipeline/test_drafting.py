"""Drafts for proof-reading, beside the agreements and never among them."""

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from pkdocs.errors import ConflictError, OfficeError, TemplateError, UsageError, WorkbookError
from pkdocs.index import FILE_NAME
from pkdocs.issue import is_draft
from pkdocs.office import INSTALL
from pkdocs.outcome import Outcome
from pkdocs.pipeline import drafting
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.ceremony import Wishes, plan_signing
from pkdocs.pipeline.drafting import FOLDER, SUFFIX, make_drafts
from pkdocs.pipeline.generation import Generated
from pkdocs.pipeline.standing import read_standing
from pkdocs.settings import default_templates
from pkdocs.signing import Keyed
from pkdocs.temporary import new_file
from pkdocs.verification import Result
from tests.city import (
    AT,
    KEYS,
    Town,
    WarmPool,
    change,
    failing,
    ignore,
    made,
    sheets,
    snapshot,
    touched,
    wishes,
    without,
    write,
)
from tests.document.word import edited

IDS = [f"PK-2026-{key}-1" for key in KEYS]
IRBAN, AUDITOR = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1.AUDITOR-1"


def place(identity: str, unit: str = "inspektorat-daerah") -> str:
    return f"{FOLDER}/{unit}/{identity}{SUFFIX}"


def draft(town: Town, out: Path | None = None, **changes: object) -> Generated:
    return make_drafts(town.workbook, out or town.out, wishes(**changes), ignore)


def text_of(file: Path) -> str:
    with pdfium.PdfDocument(file) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


@cache
def all_drafts(base: Path) -> Generated:
    """Make the drafts of the city once."""
    return make_drafts(made(base).workbook, base / "rancangan-kota", wishes(), ignore)


@pytest.fixture
def drafted(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A copy of the city, drafts and all; nobody has signed."""
    shutil.copytree(all_drafts(tmp_path_factory.getbasetemp()).folder, town.out / FOLDER)
    return town


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_templates(), tmp_path / "templat"))


def test_every_agreement_has_a_draft_and_nothing_else_is_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    done = all_drafts(tmp_path_factory.getbasetemp())
    files = set(snapshot(done.folder.parent))
    assert sorted(entry.id for entry in done.agreements) == sorted(IDS)
    assert files == {f"{FOLDER}/{entry.pdf}" for entry in done.agreements}
    assert place(IRBAN) in files
    assert (done.folder.name, done.made, done.failed) == (FOLDER, len(KEYS), ())
    for file in files:
        data = (done.folder.parent / file).read_bytes()
        assert is_draft(data)
        assert b"/Sig" not in data


def test_a_draft_says_what_the_agreement_says(drafted: Town) -> None:
    agreement = "".join(text_of(drafted.pdf("INSP.IRBAN1")).split())
    draft_of_it = "".join(text_of(drafted.out / place(IRBAN)).split())
    assert "RANCANGAN" in draft_of_it
    assert draft_of_it.replace("RANCANGAN", "") == agreement


def test_signed_files_and_the_index_are_not_touched(signed_town: Town) -> None:
    before = snapshot(signed_town.out)
    signed_town.write(change(sheets(), "Indikator", "INSP-SPIP", "Target", "4"))
    assert draft(signed_town, only=("INSP", "INSP.IRBAN1")).made == 2
    assert {name.split("/")[0] for name in touched(before, signed_town.out)} == {FOLDER}


def test_drafts_do_not_wait_for_the_review(town: Town) -> None:
    town.write(change(sheets(), "Profil", "Wajib Paparan", "Nilai", "Ya") | {"Paparan": []})
    done = draft(town, only=("INSP", "INSP.IRBAN1"))
    assert (done.made, done.failed) == (2, ())


def test_nothing_is_made_again_where_nothing_changed(drafted: Town) -> None:
    before = snapshot(drafted.out)
    done = draft(drafted)
    assert (done.made, len(done.agreements)) == (0, len(KEYS))
    assert touched(before, drafted.out) == set()


def test_what_changed_is_made_again(drafted: Town) -> None:
    before = snapshot(drafted.out)
    drafted.write(change(sheets(), "Indikator", "IRBAN1-2", "Target", "30"))
    assert draft(drafted).made == 2
    assert touched(before, drafted.out) == {place(IRBAN), place(AUDITOR)}


@pytest.mark.parametrize("data", [None, b"", b"%PDF-1.7 something else"])
def test_a_draft_that_is_gone_or_changed_is_made_again_as_it_was(drafted: Town, data: bytes | None) -> None:
    file = drafted.out / place(IRBAN)
    before = file.read_bytes()
    file.unlink()
    if data is not None:
        file.write_bytes(data)
    assert draft(drafted, only=("INSP.IRBAN1",)).made == 1
    assert file.read_bytes() == before


def test_killed_in_between_the_same_call_makes_what_is_missing(town: Town) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_drafts(town.workbook, town.out, wishes(), stop)
    handle, left = new_file(next((town.out / FOLDER).iterdir()))
    os.close(handle)
    assert draft(town).made == len(KEYS) - 3
    assert not left.exists()


def test_progress_ends_at_the_number_of_agreements(town: Town) -> None:
    seen: list[tuple[int, int]] = []
    make_drafts(town.workbook, town.out, wishes(), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, len(KEYS))
    assert seen[-1] == (len(KEYS), len(KEYS))


class TestOnly:
    """Some agreements alone."""

    def test_what_was_asked_for_is_drafted_alone(self, town: Town) -> None:
        before = snapshot(town.out)
        assert [entry.id for entry in draft(town, only=("insp.irban1", AUDITOR)).agreements] == [IRBAN, AUDITOR]
        assert touched(before, town.out) == {place(IRBAN), place(AUDITOR)}

    def test_what_an_error_touches_is_refused_and_what_none_touches_is_made(self, town: Town) -> None:
        town.write(change(sheets(), "Pejabat", "BKPSDM", "NIP", "123"))
        before = snapshot(town.out)
        with pytest.raises(WorkbookError, match="ONLY_TOUCHED"):
            draft(town, only=("BKPSDM.PKP",))
        with pytest.raises(WorkbookError, match="WORKBOOK_HAS_ERRORS"):
            draft(town)
        with pytest.raises(UsageError, match="ONLY_UNKNOWN"):
            draft(town, only=("ANTARIKSA",))
        assert touched(before, town.out) == set()
        assert draft(town, only=("INSP",)).made == 1


class TestLeftover:
    """Drafts of what the workbook no longer makes."""

    @pytest.fixture
    def older(self, drafted: Town) -> Town:
        drafted.write(without(sheets(), "INSP.IRBAN1.AUDITOR"))
        return drafted

    def test_they_are_listed_and_stay(self, older: Town) -> None:
        done = draft(older, only=("INSP.IRBAN1",))
        assert (done.leftover, done.pruned) == ((older.out / place(AUDITOR),), ())
        assert (older.out / place(AUDITOR)).is_file()

    def test_they_are_removed_if_wished(self, older: Town) -> None:
        foreign = older.out / place(AUDITOR).replace(AUDITOR, "PK-lain")
        foreign.write_bytes(b"%PDF-1.7 mine")
        done = draft(older, only=("INSP.IRBAN1",), prune=True)
        assert (done.leftover, done.pruned) == ((), (older.out / place(AUDITOR),))
        assert not (older.out / place(AUDITOR)).exists()
        assert foreign.is_file()

    def test_while_there_are_errors_nobody_can_tell(self, older: Town) -> None:
        older.write(change(without(sheets(), "INSP.IRBAN1.AUDITOR"), "Pejabat", "BKPSDM", "NIP", "123"))
        assert draft(older, only=("INSP.IRBAN1",), prune=True).pruned == ()
        assert (older.out / place(AUDITOR)).is_file()


class TestFailures:
    """What cannot be drafted, and what would fail as an agreement."""

    def test_an_agreement_that_would_fail_has_a_draft_and_is_told(self, town: Town, templates: Path) -> None:
        """Its template prints the target in white: nobody could read it, so it would never be issued."""
        white = edited(
            '<w:t xml:space="preserve">{{ i.target }}', '<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{{ i.target }}'
        )
        (templates / "administrator.docx").write_bytes(white)
        for _ in range(2):
            done = draft(town, only=("INSP.IRBAN1", "INSP"), templates=templates)
            assert [(failure.id, failure.error.code) for failure in done.failed] == [(IRBAN, "ISSUED_UNFIT")]
            assert [entry.id for entry in done.agreements] == ["PK-2026-INSP-1", IRBAN]
            assert (town.out / place(IRBAN)).is_file()
        assert done.made == 1

    def test_what_a_template_does_not_print_is_told_and_the_others_are_made(self, town: Town, templates: Path) -> None:
        (templates / "administrator.docx").write_bytes(edited("{{ d.nilai }}", "-"))
        done = draft(town, templates=templates)
        assert {failure.id: failure.error.code for failure in done.failed} == {
            IRBAN: "TEMPLATE_VALUE_ABSENT",
            "PK-2026-BKPSDM.PKP-1": "TEMPLATE_VALUE_ABSENT",
        }
        assert len(done.agreements) == len(KEYS) - 2
        assert not (town.out / place(IRBAN)).exists()

    def test_a_damaged_template_stops_all(self, town: Town, templates: Path) -> None:
        (templates / "administrator.docx").write_bytes(b"nothing")
        before = snapshot(town.out)
        with pytest.raises(TemplateError):
            draft(town, templates=templates)
        assert touched(before, town.out) == set()

    def test_an_amendment_whose_predecessor_is_unknown_is_told(self, town: Town, tmp_path: Path) -> None:
        city = change(sheets(), "Pejabat", "BKPSDM.PKP.ANALIS", "Versi", "2")
        town.write(change(city, "Pejabat", "BKPSDM.PKP.ANALIS", "Alasan", "Perubahan Strategi"))
        only = ("BKPSDM.PKP.ANALIS",)
        failed = draft(town, tmp_path / "baru", only=only).failed
        assert [failure.error.code for failure in failed] == ["PREDECESSOR_UNKNOWN"]
        assert draft(town, only=only).failed == ()

    def test_one_that_libreoffice_dies_of_does_not_stop_the_others(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(drafting, "Pool", failing({IRBAN: "OFFICE_DIED"}))
        done = draft(town)
        assert [(failure.id, failure.error.code) for failure in done.failed] == [(IRBAN, "OFFICE_DIED")]
        assert len(done.agreements) == len(KEYS) - 1

    def test_nothing_converted_stops(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(drafting, "Pool", failing(dict.fromkeys(IDS, "OFFICE_DIED")))
        with pytest.raises(OfficeError, match="NOTHING_CONVERTED"):
            draft(town)

    def test_what_libreoffice_gives_must_be_its_own_pdf(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        class Strange(WarmPool):
            def convert(self, documents: Iterable[tuple[str, bytes]]) -> Iterator[Outcome[str, bytes]]:
                yield from (Outcome(key, b"%PDF-1.7") for key, _ in documents)

        monkeypatch.setattr(drafting, "Pool", Strange)
        done = draft(town, only=("INSP",))
        assert ([failure.error.code for failure in done.failed], done.agreements) == (["ISSUE_UNREADABLE"], ())

    def test_libreoffice_is_needed(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OfficeError("OFFICE_MISSING", command=INSTALL)

        monkeypatch.setattr(drafting, "find_office", refuse)
        with pytest.raises(OfficeError):
            draft(town)

    def test_a_folder_with_a_damaged_index_is_not_touched(self, town: Town) -> None:
        (town.out / FILE_NAME).write_bytes(b"{")
        with pytest.raises(ConflictError, match="INDEX_DAMAGED"):
            draft(town)
        assert not (town.out / FOLDER).exists()


class TestNoAgreement:
    """Nobody takes a draft for an agreement."""

    def test_drafts_of_a_folder_are_not_signed(self, drafted: Town) -> None:
        before = snapshot(drafted.out / FOLDER)
        result = drafted.sign("INSP.IRBAN1")
        assert ([signed.id for signed in result.signed], result.refused) == ([IRBAN], ())
        assert touched(before, drafted.out / FOLDER) == set()

    def test_a_draft_that_is_named_is_refused(self, drafted: Town) -> None:
        file = drafted.out / place(IRBAN)
        plan = plan_signing([file], Keyed(drafted.signer("INSP.IRBAN1")), Wishes(), at=AT)
        assert (plan.candidates, [refused.error.code for refused in plan.refused]) == ((), ["SIGN_NOT_ISSUED"])

    @pytest.fixture
    def signed_town(self, signed_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
        shutil.copytree(all_drafts(tmp_path_factory.getbasetemp()).folder, signed_town.out / FOLDER)
        return signed_town

    def test_drafts_of_a_folder_are_not_judged(self, signed_town: Town) -> None:
        verdict = verify([signed_town.out], signed_town.trust, at=AT, means=Means(jobs=1), progress=ignore)
        assert verdict.summary[Result.PASSED] == len(verdict.agreements) == len(KEYS)

    def test_a_draft_that_is_named_fails(self, signed_town: Town) -> None:
        file = signed_town.out / place(IRBAN)
        (verdict,) = verify([file], signed_town.trust, at=AT, means=Means(jobs=1), progress=ignore).agreements
        assert (verdict.id, verdict.own) == (None, Result.FAILED)

    def test_a_signed_agreement_called_a_draft_is_judged(self, signed_town: Town) -> None:
        file = signed_town.pdf("INSP.IRBAN1")
        file.rename(file.with_name(f"{IRBAN}{SUFFIX}"))
        verdict = verify([signed_town.out], signed_town.trust, at=AT, means=Means(jobs=1), progress=ignore)
        assert len(verdict.agreements) == len(KEYS)

    def test_a_pdf_that_is_no_draft_is_judged_whatever_its_name(self, signed_town: Town) -> None:
        (signed_town.out / f"x{SUFFIX}").write_bytes(b"%PDF-1.7 nothing")
        verdict = verify([signed_town.out], signed_town.trust, at=AT, means=Means(jobs=1), progress=ignore)
        assert verdict.summary[Result.FAILED] == 1

    def test_a_draft_that_cannot_be_read_is_judged(self, tmp_path: Path) -> None:
        assert not drafting.is_draft_at(tmp_path / f"x{SUFFIX}")

    def test_generating_and_asking_for_the_standing_know_nothing_of_drafts(self, drafted: Town) -> None:
        before = snapshot(drafted.out)
        done = drafted.generate(prune=True)
        assert (done.made, done.leftover, done.pruned) == (0, (), ())
        assert touched(before, drafted.out) <= {FILE_NAME}
        assert len(list(read_standing(drafted.out))) == len(KEYS)


def test_two_units_of_one_name_have_two_folders(town: Town, tmp_path: Path) -> None:
    city = sheets()
    for row in city["Pejabat"]:
        if row["Kode Jabatan"].startswith("BKPSDM"):
            row["Unit"] = "INSPEKTORAT, DAERAH"
    city["Unit"] = []
    town = Town(write(tmp_path / "buku2", city), town.out, town.pki)
    folders = {str(entry.pdf).partition("/")[0] for entry in draft(town, tmp_path / "lain").agreements}
    assert folders == {"pemerintah-kota-wanasari", "inspektorat-daerah", "inspektorat-daerah-2"}
