"""A full disk leaves nothing half; with room again the same call makes what is missing."""

import errno
import io
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pkdocs.index import FILE_NAME, read_index, read_journal
from pkdocs.pipeline.generation import generate
from tests.city import Town, ignore, snapshot, touched, wishes
from tests.cli.runner import pkdocs

CHOSEN = ("INSP",)


class FullDisk:
    """Counts what is made, written, made durable and named; after ``changes`` of these there is no room any more.

    Of the write that does not fit, half gets in. Processes that are forked count together.
    """

    def __init__(self, changes: int) -> None:
        self._left = multiprocessing.get_context("fork").Value("i", changes)

    def is_full(self) -> bool:
        with self._left.get_lock():
            self._left.value -= 1
            return self.was_full

    @property
    def was_full(self) -> bool:
        return self._left.value < 0

    def refusing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(what: Any, *given: Any, **named: Any) -> Any:
            is_change = call.__name__ != "open" or given[0] & os.O_CREAT
            if is_change and self.is_full():
                # as the system does: a place is named, a descriptor is not
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *([] if isinstance(what, int) else [what]))
            return call(what, *given, **named)

        return refuse

    def opening(self, call: Callable[..., Any]) -> Callable[..., Any]:
        disk = self

        class File(io.FileIO):
            def write(self, data: Any) -> int:
                if disk.is_full():
                    super().write(bytes(data)[: len(data) // 2])
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return super().write(data)

        def open_counted(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
            if mode == "w+b" and isinstance(file, int):
                return io.BufferedRandom(File(file, mode))
            return io.BufferedWriter(File(file, mode)) if mode in {"wb", "ab"} else call(file, mode, *given, **named)

        return open_counted


@contextmanager
def full_after(changes: int) -> Iterator[FullDisk]:
    disk = FullDisk(changes)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("mkdir", "open", "fsync", "replace"):
            patch.setattr(os, name, disk.refusing(getattr(os, name)))
        patch.setattr(io, "open", disk.opening(io.open))
        yield disk


def make(town: Town, out: Path) -> int:
    return generate(town.workbook, out, wishes(only=CHOSEN), ignore).made


def stopped(town: Town, out: Path, changes: int) -> OSError | None:
    """Return what stopped a run on a disk that has room for so many changes; None where they suffice."""
    with full_after(changes) as disk:
        try:
            make(town, out)
        except OSError as fault:
            return fault
        assert not disk.was_full
        return None


def test_a_full_disk_ends_with_1_and_says_where_and_what_to_do(town: Town, tmp_path: Path) -> None:
    with full_after(2):
        run = pkdocs("--lang", "en", "generate", town.workbook, "--out", tmp_path / "penuh", "--json")
    assert run.error == ("SYSTEM", 1)
    for words in (str(tmp_path / "penuh" / FILE_NAME), "no space is left", "disk space", "try again"):
        assert words in run.json["error"]["message"]


def test_wherever_the_disk_is_full_nothing_is_torn_and_the_next_run_finishes(town: Town, tmp_path: Path) -> None:
    whole = tmp_path / "utuh"
    assert make(town, whole) == len(CHOSEN)
    right = {name: data for name, (_, _, data) in snapshot(whole).items()}
    changes = 0
    while fault := stopped(town, out := tmp_path / f"penuh-{changes}", changes):
        before = snapshot(out)
        journal = read_journal(out)
        assert (fault.errno, Path(fault.filename).is_relative_to(tmp_path)) == (errno.ENOSPC, True)
        assert all(right[name] == data for name, (_, _, data) in before.items() if name.endswith((".pdf", ".docx")))
        assert [name for name in before if name.endswith(".tmp")] == []
        assert (FILE_NAME in before) == (read_index(out) is not None)
        assert make(town, out) == len(CHOSEN) - len(journal)
        assert {name: data for name, (_, _, data) in snapshot(out).items()} == right
        assert not touched(before, out) & {str(name) for entry in journal.values() for name in (entry.pdf, entry.docx)}
        changes += 1
    assert changes > 20
