"""The last steps of an agreement's file, in processes beside LibreOffice: issued, judged, written whole."""

import ctypes
import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pkdocs.content import Content
from pkdocs.errors import DocumentError, PkdocsError
from pkdocs.files import digest, replace_unchanged, write_atomic
from pkdocs.index import Entry
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.outcome import Outcome
from pkdocs.pipeline.fonts import Faces, demand_fonts
from pkdocs.verification import Weight, examine_pdf

_AHEAD: Final = 32
"""Files that may wait for each process: more would only take memory."""
_COLLECT_AFTER: Final = 50_000
_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG, linux/prctl.h


@dataclass(frozen=True, slots=True)
class Piece:
    """What one file is made of, and where it goes; ``expected`` is the digest of what lay there (empty: nothing).

    ``faces`` are those in which its letters may be set, and ``pdf`` is what LibreOffice made of it.
    """

    folder: Path
    entry: Entry
    content: Content
    template_digest: str
    toolchain: Toolchain
    expected: str
    docx: bytes = field(repr=False)
    faces: Faces
    pdf: bytes = field(repr=False)


Finished = Outcome[str, tuple[Entry, bool]]
"""An agreement that is on disk now with whether it was made anew, or the error in its place."""


def finish(piece: Piece) -> Finished:
    """Issue, judge and write one agreement."""
    entry = piece.entry
    try:
        demand_fonts(piece.pdf, piece.faces, entry.id)
        issued = issue_pdf(piece.pdf, piece.content, template_digest=piece.template_digest, toolchain=piece.toolchain)
        demand_fit(issued, entry.id)
        write_changed(piece.folder, entry.docx, piece.docx)
        if entry.pdf:
            replace_unchanged(piece.folder / entry.pdf, issued, expected=piece.expected)
    except PkdocsError as error:
        return Outcome(entry.id, error=error)
    return Outcome(entry.id, (replace(entry, issue_digest=digest(issued)), True))


def demand_fit(issued: bytes, identity: str, *, apart_from: Collection[str] = ()) -> None:
    """Pass an issued file in which judging finds nothing wrong, so that nobody signs what would fail later.

    Codes ``apart_from`` which it judges are not minded.

    Raises:
        DocumentError: says what judging finds, such as a printed value that the page does not show in its place.
    """
    for finding in examine_pdf(issued).findings:
        if finding.weight is Weight.FAIL and finding.code not in apart_from:
            raise DocumentError("ISSUED_UNFIT", {"id": identity, "code": finding.code, "finding": finding})


def write_changed(folder: Path, place: str | None, data: bytes) -> None:
    """Write a file of the output ``folder`` whole, where there is a ``place`` for it and it is not there already."""
    if place:
        path = folder / place
        if not path.is_file() or path.read_bytes() != data:
            write_atomic(path, data)


class Finishers:
    """Processes that finish pieces while others are converted; start with ``with``."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._executor = self._start()
        self._pending: deque[tuple[Piece, Future[Finished]]] = deque()

    def _start(self) -> ProcessPoolExecutor:
        # forked, for a fresh interpreter takes longer to import than most runs take
        context = multiprocessing.get_context("fork")
        return ProcessPoolExecutor(self._processes, context, _begin, (os.getpid(),))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(cancel_futures=True)

    def give(self, piece: Piece) -> Iterator[Finished]:
        """Take one more piece, and yield what is finished by now; waits where too many are under way."""
        self._pending.append((piece, self._submit(piece)))
        while self._pending and (self._pending[0][1].done() or len(self._pending) > _AHEAD * self._processes):
            yield self._settle(*self._pending.popleft())

    def _submit(self, piece: Piece) -> Future[Finished]:
        try:
            return self._executor.submit(finish, piece)
        except BrokenProcessPool:
            self._executor.shutdown()
            self._executor = self._start()
            return self._executor.submit(finish, piece)

    def rest(self) -> Iterator[Finished]:
        """Yield what is still under way."""
        while self._pending:
            yield self._settle(*self._pending.popleft())

    def _settle(self, piece: Piece, future: Future[Finished]) -> Finished:
        try:
            return future.result()
        except BrokenProcessPool:
            return self._alone(piece)

    def _alone(self, piece: Piece) -> Finished:
        """Finish what was under way when a process died: nobody knows whose fault it was."""
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork"), _begin, (os.getpid(),)) as executor:
            try:
                return executor.submit(finish, piece).result()
            except BrokenProcessPool:
                return Outcome(piece.entry.id, error=DocumentError("ISSUE_LOST", id=piece.entry.id))


def _begin(parent: int) -> None:
    """Leave Ctrl-C to the parent, do not outlive it, and look for circles of references seldom: pages have few."""
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
