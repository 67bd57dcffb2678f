"""Temporary files and folders are held by who made them: what nobody holds was left by a process that was killed.

The system lets go of a lock when its process ends, however that ends, so neither ages nor process numbers matter.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PREFIX: Final = ".pkdocs-"
_SUFFIX: Final = ".tmp"


def new_file(folder: Path) -> tuple[int, Path]:
    """Return a new file in ``folder``, for its owner alone: the descriptor to write to holds it until it is closed.

    Raises:
        OSError: the folder cannot be written.
    """
    while True:
        handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        if hold(handle, Path(name), fcntl.LOCK_EX):
            return handle, Path(name)
        os.close(handle)


def new_folder(prefix: str) -> tuple[int, Path]:
    """Return a new folder where the system keeps temporary files; the descriptor holds it until it is closed.

    Raises:
        OSError: there is no such place, or it cannot be written.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        # taken for left over in between, it is gone
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            if hold(handle, folder, fcntl.LOCK_EX):
                return handle, folder
            os.close(handle)


def sweep(folder: Path) -> None:
    """Remove temporary files that nobody holds from ``folder`` and the folders in it."""
    for pattern in (f"{_PREFIX}*{_SUFFIX}", f"*/{_PREFIX}*{_SUFFIX}"):
        remove_abandoned(folder.glob(pattern))


def sweep_folders(prefix: str) -> None:
    """Remove folders of ``new_folder`` that nobody holds."""
    with contextlib.suppress(OSError):
        remove_abandoned(Path(tempfile.gettempdir()).glob(f"{prefix}*"))


def remove_abandoned(paths: Iterable[Path]) -> None:
    """Remove those of ``paths`` that are this user's and held by nobody; what cannot be removed stays."""
    for path in paths:
        with contextlib.suppress(OSError):
            _remove_abandoned(path)


def _remove_abandoned(path: Path) -> None:
    # a link is not followed, and a pipe not waited for
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        # a shared lock is enough against the holder's, and the only one that a file opened for reading has everywhere
        if os.fstat(handle).st_uid == os.getuid() and hold(handle, path, fcntl.LOCK_SH):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    finally:
        os.close(handle)


def hold(handle: int, path: Path, kind: int) -> bool:
    """Lock what is open until it is closed; tell whether nobody else holds it, and it still lies at ``path``."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return False
