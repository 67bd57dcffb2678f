"""Files written whole or not at all."""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from pkdocs.errors import ConflictError
from pkdocs.temporary import new_file

MAX_READ_BYTES: Final = 64_000_000
PRIVATE: Final = 0o600
PUBLIC: Final = 0o644
_OWNER_ONLY: Final = 0o700

_PDF: Final = ".pdf"
_DEVICE: Final = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)


def write_atomic(path: Path, data: bytes, *, mode: int = PUBLIC) -> None:
    """Write ``data`` under its final name in one step; a reader sees the old file or the new one.

    Raises:
        OSError: the folder cannot be written or the disk is full; the old file stands.
    """
    with naming(path), open_atomic(path, mode=mode) as file:
        file.write(data)


@contextlib.contextmanager
def open_atomic(path: Path, *, mode: int = PUBLIC) -> Iterator[BinaryIO]:
    """Give a file to fill; then it is ``path``, whole, or nothing of it if filling fails: the old file stands.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # for its owner alone from the first moment, and held until it has its name
    handle, temporary = new_file(path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(mode)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let what the system refuses name ``path``: a failed write names nothing, a temporary file says nothing."""
    try:
        yield
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault


def in_the_way(directory: Path) -> tuple[str, ...]:
    """Return the names of what hinders a new folder at ``directory``: what it holds, or itself if it is no folder."""
    if directory.is_dir() and not directory.is_symlink():
        return tuple(sorted(entry.name for entry in directory.iterdir()))
    return (directory.name,) if os.path.lexists(directory) else ()


@contextlib.contextmanager
def new_folder(directory: Path) -> Iterator[Path]:
    """Give a folder to fill, for its owner alone; then it is ``directory``, whole, or nothing of it if filling fails.

    A directory that is there, empty, stays the same one with its permissions, for it may be somebody's current one:
    the entries come into it one after the other.

    Raises:
        OSError: something has come in the way, or the place cannot be written.
    """
    stays = directory.is_dir()
    place = directory if stays else directory.parent
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pkdocs-", dir=place) as building:
        whole = Path(building, "whole")
        whole.mkdir()
        whole.chmod(_OWNER_ONLY)
        yield whole
        if stays:
            _move_all(whole, directory)
        else:
            # onto what somebody else has made meanwhile this fails, unless it is empty
            whole.rename(directory)


def _move_all(source: Path, target: Path) -> None:
    with contextlib.ExitStack() as undo:
        for entry in sorted(source.iterdir()):
            moved = target / entry.name
            if os.path.lexists(moved):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(moved))
            entry.rename(moved)
            undo.callback(moved.rename, entry)
        undo.pop_all()


def read_regular(path: Path, *, limit: int = MAX_READ_BYTES) -> bytes:
    """Return what a regular file holds.

    Raises:
        OSError: absent, no regular file (a device, a pipe), or larger than ``limit``.
    """
    with open_regular(path) as file:
        # it may grow meanwhile
        is_larger = os.fstat(file.fileno()).st_size > limit
        data = b"" if is_larger else file.read(limit + 1)
    if is_larger or len(data) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit} B", str(path))
    return data


@contextlib.contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Give a regular file to read.

    Raises:
        OSError: absent, or no regular file (a device, a pipe).
    """
    # without O_NONBLOCK a pipe would wait for a writer
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield file


def replace_unchanged(path: Path, data: bytes, *, expected: str) -> None:
    """Write ``data`` in place of a file that is still the one of SHA-256 ``expected``; links and permissions stay.

    An empty ``expected`` stands for a file that is not there yet.

    Raises:
        ConflictError: somebody else made, changed or removed the file in between; theirs stands.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.parent):
        found = digest(path.read_bytes()) if path.exists() else ""
        if found != expected:
            raise ConflictError("FILE_CHANGED", file=path.name)
        write_atomic(path, data, mode=stat.S_IMODE(path.stat().st_mode) if found else PUBLIC)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def digest(data: bytes) -> str:
    """Return SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_device_name(name: str) -> bool:
    """Tell whether Windows takes a file of this name for a device, whatever its ending (``CON``, ``aux.p12``)."""
    return _DEVICE.fullmatch(name.partition(".")[0]) is not None


def folder_name(name: str) -> str:
    """Return a unit's name as ``[a-z0-9-]``, at most 60 characters, as every file system and archive takes it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "unit"
    return f"unit-{short}" if is_device_name(short) else short


def folder_names(names: Iterable[str]) -> dict[str, str]:
    """Return a folder for each name, in their order; names that would share one get a number."""
    folders: dict[str, str] = {}
    for name in names:
        if name not in folders:
            folders[name] = _free(folder_name(name), set(folders.values()))
    return folders


def _free(wanted: str, taken: set[str]) -> str:
    candidate, number = wanted, 2
    while candidate in taken:
        candidate = f"{wanted[: 60 - len(str(number)) - 1]}-{number}"
        number += 1
    return candidate


def pdf_files(
    paths: Iterable[Path], *, unread: Callable[[Path, OSError], None] = lambda _folder, _fault: None
) -> list[tuple[Path, bool]]:
    """Return the PDF files at and below ``paths``, each once and sorted, with whether it was named itself.

    Hidden files and links below a folder are left out; a named file counts whatever it is called. ``unread`` is told
    of each folder that cannot be listed, so that nobody takes what it may hold for absent.
    """
    found: dict[str, tuple[Path, bool]] = {}
    for path in paths:
        if not path.is_dir():
            real = os.path.realpath(path)
            found[real] = found.get(real, (path, False))[0], True
            continue
        for file, real in _pdf_files_below(path, unread):
            found.setdefault(real, (file, False))
    return list(found.values())


def _pdf_files_below(top: Path, unread: Callable[[Path, OSError], None]) -> list[tuple[Path, str]]:
    """Return the files with their real paths: those in folders that are no links need not be asked one by one."""
    found: list[tuple[Path, str]] = []
    pending = [(top, os.path.realpath(top))]
    while pending:
        folder, real = pending.pop()
        try:
            with os.scandir(folder) as entries:
                listed = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as fault:
            unread(folder, fault)
            continue
        for entry in listed:
            if entry.is_dir(follow_symlinks=False):
                pending.append((folder / entry.name, os.path.join(real, entry.name)))  # noqa: PTH118  # of strings
            elif entry.name.lower().endswith(_PDF) and entry.is_file(follow_symlinks=False):
                found.append((folder / entry.name, os.path.join(real, entry.name)))  # noqa: PTH118  # of strings
    return sorted(found)
