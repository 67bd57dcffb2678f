"""Temporary files and folders: held ones stay, abandoned ones go."""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pkdocs.files import write_atomic
from pkdocs.temporary import new_file, new_folder, remove_abandoned, sweep, sweep_folders

PREFIX = "pkdocs-uji-"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's place for temporary files, for this test alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@contextmanager
def held_file(folder: Path) -> Iterator[Path]:
    handle, path = new_file(folder)
    yield path
    os.close(handle)


@contextmanager
def held_folder() -> Iterator[Path]:
    handle, path = new_folder(PREFIX)
    (path / "dalam").write_bytes(b"something")
    yield path
    os.close(handle)


def test_a_file_stays_while_it_is_held(place: Path) -> None:
    with held_file(place) as file:
        sweep(place)
        assert file.is_file()
        assert file.stat().st_mode & 0o777 == 0o600
    sweep(place)
    assert not file.exists()


def test_a_folder_stays_while_it_is_held() -> None:
    with held_folder() as folder:
        sweep_folders(PREFIX)
        assert (folder / "dalam").is_file()
    sweep_folders(PREFIX)
    assert not folder.exists()


def test_what_a_killed_process_held_is_abandoned(place: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from pkdocs.temporary import new_file\n"
        "new_file(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", program, place], env=environment, check=False)
    assert len(list(place.iterdir())) == 1
    sweep(place)
    assert list(place.iterdir()) == []


def test_folders_below_are_swept_too_and_no_further(place: Path) -> None:
    for folder in (place / "unit", place / "unit" / "lebih-dalam"):
        folder.mkdir()
        with held_file(folder):
            pass
    sweep(place)
    assert [file.parent.name for file in place.rglob("*.tmp")] == ["lebih-dalam"]


def test_nothing_else_is_swept(place: Path) -> None:
    names = {".pkdocs-journal.jsonl", "pkdocs.tmp", ".tmp", f"{PREFIX}x"}
    for name in names:
        (place / name).touch()
    sweep(place)
    sweep(place / "tidak-ada")
    assert {file.name for file in place.iterdir()} == names


def test_what_is_somebody_elses_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with held_file(place) as file, held_folder() as folder:
        pass
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    remove_abandoned([file, folder])
    assert file.exists()
    assert folder.exists()


def test_links_are_not_followed_and_pipes_not_waited_for(place: Path) -> None:
    with held_folder() as folder:
        pass
    (place / "tautan").symlink_to(folder)
    os.mkfifo(place / "pipa")
    remove_abandoned([place / "tautan", place / "tidak-ada", place / "pipa"])
    assert {entry.name for entry in place.iterdir()} == {"tautan", folder.name}
    assert (folder / "dalam").exists()


@pytest.mark.parametrize("make", ["mkstemp", "mkdtemp"])
@pytest.mark.parametrize("is_removed", [True, False])
def test_one_that_is_swept_before_it_is_held_is_made_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, make: str, is_removed: bool
) -> None:
    original, first = getattr(tempfile, make), []

    def swept(**options: str) -> object:
        made = original(**options)
        if not first:
            path = Path(made if make == "mkdtemp" else made[1])
            first.append((path, os.open(path, os.O_RDONLY)))
            fcntl.flock(first[0][1], fcntl.LOCK_SH)
            if is_removed:
                remove_abandoned([path])
        return made

    monkeypatch.setattr(tempfile, make, swept)
    handle, path = new_file(place) if make == "mkstemp" else new_folder(PREFIX)
    ((gone, sweeper),) = first
    assert path != gone
    assert gone.exists() is not is_removed
    os.close(handle)
    os.close(sweeper)


def test_a_file_that_is_being_written_is_never_swept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def swept_before(step: Callable[..., None]) -> Callable[..., None]:
        def swept(*given: object, **more: object) -> None:
            sweep(place)
            step(*given, **more)

        return swept

    for name in ("fsync", "chmod", "replace"):
        monkeypatch.setattr(os, name, swept_before(getattr(os, name)))
    write_atomic(place / "a.pdf", b"whole")
    assert {file.name: file.read_bytes() for file in place.iterdir()} == {"a.pdf": b"whole"}
