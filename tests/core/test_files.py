"""Files written whole or not at all; names of folders; which files there are."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.errors import ConflictError
from pkdocs.files import (
    PRIVATE,
    digest,
    folder_name,
    folder_names,
    in_the_way,
    new_folder,
    pdf_files,
    read_regular,
    replace_unchanged,
    write_atomic,
)

LONG = "Badan Perencanaan Pembangunan, Riset, dan Inovasi Daerah Kota Wanasari "


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "lama.pdf"
    path.write_bytes(b"old")
    return path


def test_a_file_appears_with_its_folders_and_can_be_read_by_all(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.pdf"
    write_atomic(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o644)
    assert [file.name for file in path.parent.iterdir()] == ["c.pdf"]


def test_a_private_file_is_for_its_owner(tmp_path: Path) -> None:
    write_atomic(tmp_path / "kunci", b"secret", mode=PRIVATE)
    assert (tmp_path / "kunci").stat().st_mode & 0o777 == 0o600


def test_a_file_takes_the_place_of_the_old_one(old: Path) -> None:
    write_atomic(old, b"new")
    assert old.read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: BaseException
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise fault

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(fault)):
        write_atomic(old, b"new")
    assert {file.name: file.read_bytes() for file in old.parent.iterdir()} == {"lama.pdf": b"old"}


def test_a_file_that_is_still_the_same_is_replaced(old: Path) -> None:
    replace_unchanged(old, b"new", expected=digest(b"old"))
    assert old.read_bytes() == b"new"


def test_what_somebody_else_wrote_stands(old: Path) -> None:
    old.write_bytes(b"theirs")
    with pytest.raises(ConflictError, match="FILE_CHANGED"):
        replace_unchanged(old, b"new", expected=digest(b"old"))
    assert old.read_bytes() == b"theirs"


def test_what_somebody_else_removed_stays_away(old: Path) -> None:
    old.unlink()
    with pytest.raises(ConflictError, match="FILE_CHANGED"):
        replace_unchanged(old, b"new", expected=digest(b"old"))
    assert list(old.parent.iterdir()) == []


def test_a_link_stays_a_link_to_the_file_that_is_replaced(old: Path) -> None:
    link = old.with_name("tautan.pdf")
    link.symlink_to(old)
    replace_unchanged(link, b"new", expected=digest(b"old"))
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


def test_permissions_stay_as_they_are(old: Path) -> None:
    old.chmod(0o640)
    replace_unchanged(old, b"new", expected=digest(b"old"))
    assert old.stat().st_mode & 0o777 == 0o640


def test_a_lock_is_given_back_after_a_conflict(old: Path) -> None:
    for _ in range(2):
        with pytest.raises(ConflictError):
            replace_unchanged(old, b"new", expected="")
    replace_unchanged(old, b"new", expected=digest(b"old"))


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Dinas Komunikasi dan Informatika", "dinas-komunikasi-dan-informatika"),
        ("  RSUD dr. Sé'tiawan (Kelas B) ", "rsud-dr-se-tiawan-kelas-b"),
        ("../../etc", "etc"),
        ("省", "unit"),
        ("", "unit"),
        (LONG, "badan-perencanaan-pembangunan-riset-dan-inovasi-daerah-kota"),
    ],
)
def test_a_folder_is_named_after_its_unit(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@given(
    st.lists(st.sampled_from(["Dinas A", "dinas-a", "Dinas A 2", "DINAS-A", LONG, LONG + "I", LONG + "II"]) | st.text())
)
def test_folders_are_unique_short_and_plain(names: list[str]) -> None:
    folders = folder_names(names)
    assert set(folders) == set(names)
    assert len(set(folders.values())) == len(folders)
    assert all(re.fullmatch(r"[a-z0-9-]{1,60}", folder) for folder in folders.values())


def test_the_first_of_two_units_keeps_the_plain_folder() -> None:
    assert folder_names(["Dinas A", "dinas a", "Dinas A", "DINAS A"]) == {
        "Dinas A": "dinas-a",
        "dinas a": "dinas-a-2",
        "DINAS A": "dinas-a-3",
    }


def test_units_that_differ_late_keep_their_numbers_within_the_length() -> None:
    folders = list(folder_names([LONG + "I", LONG + "II"]).values())
    assert folders[1] == "badan-perencanaan-pembangunan-riset-dan-inovasi-daerah-kot-2"


def touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_pdf_files_below_a_folder_are_found_once_and_in_order(tmp_path: Path) -> None:
    touch(tmp_path / "b/2.pdf", tmp_path / "a/1.PDF", tmp_path / "a/1.docx", tmp_path / ".x/3.pdf", tmp_path / ".4.pdf")
    (tmp_path / "a/5.pdf").symlink_to(tmp_path / "b/2.pdf")
    (tmp_path / "folder.pdf").mkdir()
    wanted = [(tmp_path / "a/1.PDF", False), (tmp_path / "b/2.pdf", False)]
    assert pdf_files([tmp_path]) == wanted
    assert pdf_files([tmp_path, tmp_path / "a"]) == wanted


def test_a_file_that_is_named_counts_whatever_it_is_called(tmp_path: Path) -> None:
    touch(tmp_path / "surat.txt", tmp_path / "1.pdf")
    assert pdf_files([tmp_path / "surat.txt"]) == [(tmp_path / "surat.txt", True)]
    assert pdf_files([tmp_path, tmp_path / "1.pdf"]) == [(tmp_path / "1.pdf", True)]


def test_a_file_that_is_written_in_two_ways_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "a" / "1.pdf")
    monkeypatch.chdir(tmp_path)
    assert pdf_files([Path("a"), tmp_path / "a", Path("a/../a/1.pdf")]) == [(Path("a/1.pdf"), True)]


def test_a_hidden_folder_that_is_named_is_looked_into(tmp_path: Path) -> None:
    touch(tmp_path / ".demo" / "1.pdf")
    assert pdf_files([tmp_path / ".demo"]) == [(tmp_path / ".demo" / "1.pdf", False)]


@pytest.mark.parametrize("kind", ["device", "pipe", "large", "absent"])
def test_only_regular_files_within_limits_are_read(tmp_path: Path, kind: str) -> None:
    path = Path("/dev/zero") if kind == "device" else tmp_path / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "large":
        path.write_bytes(b"12345")
    with pytest.raises(OSError, match=r"x|/dev/zero"):
        read_regular(path, limit=4)


def test_a_regular_file_is_read_whole(old: Path) -> None:
    assert read_regular(old, limit=3) == b"old"


def test_a_file_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    replace_unchanged(tmp_path / "unit" / "1.pdf", b"new", expected="")
    with pytest.raises(ConflictError):
        replace_unchanged(tmp_path / "unit" / "1.pdf", b"newer", expected="")
    assert (tmp_path / "unit" / "1.pdf").read_bytes() == b"new"


class TestNewFolder:
    """A folder that appears whole or not at all."""

    def fill(self, directory: Path, then: Callable[[], None] = lambda: None) -> None:
        with new_folder(directory) as building:
            write_atomic(building / "a", b"1")
            write_atomic(building / "b" / "c", b"2")
            then()

    def test_it_appears_with_all_that_it_holds_and_for_its_owner_alone(self, tmp_path: Path) -> None:
        self.fill(tmp_path / "x" / "baru")
        made = tmp_path / "x" / "baru"
        assert in_the_way(made) == ("a", "b")
        assert ((made / "b" / "c").read_bytes(), made.stat().st_mode & 0o777) == (b"2", 0o700)
        assert in_the_way(tmp_path / "x") == ("baru",)

    def test_an_empty_folder_stays_the_same_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "ada").mkdir()
        (tmp_path / "ada").chmod(0o750)
        before = (tmp_path / "ada").stat()
        monkeypatch.chdir(tmp_path / "ada")
        self.fill(Path())
        after = Path().stat()
        assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
        assert in_the_way(Path()) == ("a", "b")

    @pytest.mark.parametrize("is_there", [True, False])
    def test_nothing_of_it_is_there_if_filling_fails(self, tmp_path: Path, is_there: bool) -> None:
        directory = tmp_path / "baru"
        if is_there:
            directory.mkdir()

        def stop() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.fill(directory, stop)
        assert in_the_way(directory) == ()
        assert directory.exists() is is_there
        assert in_the_way(tmp_path) == (("baru",) if is_there else ())

    @pytest.mark.parametrize("is_there", [True, False])
    def test_what_somebody_else_made_meanwhile_stands(self, tmp_path: Path, is_there: bool) -> None:
        directory = tmp_path / "baru"
        if is_there:
            directory.mkdir()
        with pytest.raises(OSError, match=r"exists|not empty"):
            self.fill(directory, lambda: write_atomic(directory / "b", b"theirs"))
        assert in_the_way(directory) == ("b",)
        assert (directory / "b").read_bytes() == b"theirs"

    def test_files_and_links_are_in_the_way_themselves(self, tmp_path: Path) -> None:
        write_atomic(tmp_path / "berkas", b"")
        (tmp_path / "kosong").mkdir()
        (tmp_path / "taut").symlink_to(tmp_path / "kosong")
        (tmp_path / "buntu").symlink_to(tmp_path / "tidak-ada")
        found = {name: in_the_way(tmp_path / name) for name in ("berkas", "kosong", "taut", "buntu", "tidak-ada")}
        assert {name: names for name, names in found.items() if names} == {
            name: (name,) for name in ("berkas", "taut", "buntu")
        }
