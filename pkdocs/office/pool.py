"""Many Word documents to PDF, on warm workers that may hang or die."""

import math
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from pkdocs.errors import DocumentError, OfficeError
from pkdocs.messages import Said
from pkdocs.office.locate import INSTALL, Office
from pkdocs.office.process import Process, WorkerLostError, sweep_homes
from pkdocs.office.worker import FAILED, MADE, READY
from pkdocs.outcome import Outcome

Key = TypeVar("Key")

TIMEOUT_S: Final = 120.0
"""For one document; usual are 0.2 s, and 2 s for a worker's first."""
RETIRE_AFTER: Final = 1000
"""Documents after which a worker is replaced. LibreOffice 7.4 grows from 180 to 255 MB in its first 200 agreements,
and no further in 1,500; a start costs as much as six of them."""
RETIRE_BYTES: Final = 700_000_000
"""Resident memory above which a worker is replaced: one with 120 MB of pictures took 450 MB at most."""

_START_S: Final = 120.0
_MAX_FAILED_STARTS: Final = 3
_MAX_TRIES: Final = 2


@dataclass(slots=True)
class _Job:
    key: Any
    document: bytes
    tries: int = 0


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, and what it is doing until ``deadline``: starting, working on ``job``, or waiting (for ever)."""

    process: Process
    deadline: float
    is_ready: bool = False
    job: _Job | None = None
    done: int = 0

    def rest(self) -> None:
        self.job, self.deadline = None, math.inf


@dataclass(slots=True)
class _Queue:
    """Documents to convert: those to be tried again first, then the source, of which one is read ahead."""

    source: Iterator[tuple[Any, bytes]]
    ahead: deque[_Job] = field(default_factory=deque)

    def has_next(self) -> bool:
        if not self.ahead:
            self.ahead.extend(_Job(key, document) for key, document in _first(self.source))
        return bool(self.ahead)

    def take(self) -> _Job:
        return self.ahead.popleft()

    def again(self, job: _Job) -> None:
        self.ahead.appendleft(job)


def _first(source: Iterator[tuple[Any, bytes]]) -> Iterator[tuple[Any, bytes]]:
    for pair in source:
        yield pair
        return


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Pool:
    """Warm LibreOffice workers, each with its own profile; start with ``with``, which also ends them.

    A worker that hangs is killed after ``timeout_s`` and its document fails; of one that dies, for want of memory
    too, the document is tried once more, by a fresh worker. A worker is replaced after ``retire_after`` documents,
    or when it holds more than ``retire_bytes``. One pool serves one ``convert`` at a time.
    """

    def __init__(
        self,
        office: Office,
        *,
        workers: int | None = None,
        timeout_s: float = TIMEOUT_S,
        retire_after: int = RETIRE_AFTER,
        retire_bytes: int = RETIRE_BYTES,
    ) -> None:
        self._office = office
        self._size = workers or cores()
        self._timeout_s = timeout_s
        self._retire_after = retire_after
        self._retire_bytes = retire_bytes
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def __enter__(self) -> Self:
        sweep_homes()
        try:
            self._fill()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers and remove their files."""
        while self._workers:
            self._workers.pop().process.end()

    def convert(self, documents: Iterable[tuple[Key, bytes]]) -> Iterator[Outcome[Key, bytes]]:
        """Yield the PDF of each Word document, or the error in its place, in the order in which they are done.

        ``documents`` is read as workers become free, one document ahead. That a PDF came out does not say that
        the document was a good one: LibreOffice reads almost anything.

        Raises:
            OfficeError: LibreOffice does not start, or has no room for its files.
        """
        self._fill()
        queue = _Queue(iter(documents))
        try:
            while self._feed(queue):
                outcomes = self._listen(queue)
                # the workers go on before the caller does
                self._feed(queue)
                yield from outcomes
        finally:
            for worker in [worker for worker in self._workers if worker.job is not None]:
                self._end(worker)

    def _fill(self) -> None:
        while len(self._workers) < self._size:
            self._workers.append(_Worker(Process(self._office), time.monotonic() + _START_S))

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.end()

    def _replace(self, worker: _Worker) -> None:
        self._end(worker)
        self._fill()

    def _feed(self, queue: _Queue) -> bool:
        """Give documents to whoever waits; tell whether anything is still to come."""
        for worker in self._workers:
            if worker.is_ready and worker.job is None and queue.has_next():
                worker.job = queue.take()
                worker.job.tries += 1
                worker.process.send(worker.job.document)
                worker.deadline = time.monotonic() + self._timeout_s
        return any(worker.job is not None for worker in self._workers) or queue.has_next()

    def _listen(self, queue: _Queue) -> list[Outcome[Any, bytes]]:
        """Wait until some worker answers or is overdue, and return what came of it."""
        soonest = min(worker.deadline for worker in self._workers)
        speakers = {worker.process.fileno(): worker for worker in self._workers}
        heard = wait(speakers, max(0.0, soonest - time.monotonic()))
        now = time.monotonic()
        overdue = [worker for number, worker in speakers.items() if number not in heard and worker.deadline <= now]
        outcomes = [self._hear(worker, queue) for number, worker in speakers.items() if number in heard]
        outcomes += [self._give_up(worker) for worker in overdue]
        return [outcome for outcome in outcomes if outcome is not None]

    def _hear(self, worker: _Worker, queue: _Queue) -> Outcome[Any, bytes] | None:
        try:
            answer = worker.process.answer()
        except WorkerLostError:
            return self._lose(worker, queue)
        if answer is None:
            return None
        if not worker.is_ready:
            self._welcome(worker, answer)
            return None
        word, _, reason = answer.partition(" ")
        if worker.job is None or word not in {MADE, FAILED}:
            return self._lose(worker, queue)
        outcome = _outcome(worker.job.key, worker.process.result() if word == MADE else b"", reason)
        if outcome.error:
            worker.process.demand_room()
        worker.rest()
        worker.done += 1
        if worker.done >= self._retire_after or worker.process.memory_bytes() > self._retire_bytes:
            self._replace(worker)
        return outcome

    def _welcome(self, worker: _Worker, answer: str) -> None:
        if answer != READY:
            self._miss(worker, answer)
        else:
            worker.is_ready = True
            worker.rest()
            self._failed_starts = 0

    def _miss(self, worker: _Worker, reason: str | Said) -> None:
        """A worker did not start; some more try, then it is not the worker's fault."""
        self._failed_starts += 1
        if self._failed_starts >= _MAX_FAILED_STARTS:
            raise OfficeError("OFFICE_NOT_STARTED", reason=reason, command=INSTALL)
        self._replace(worker)

    def _lose(self, worker: _Worker, queue: _Queue) -> Outcome[Any, bytes] | None:
        if not worker.is_ready:
            self._miss(worker, Said("OFFICE_ENDED"))
            return None
        job = worker.job
        worker.process.demand_room()
        self._replace(worker)
        if job is None:
            return None
        if job.tries < _MAX_TRIES:
            queue.again(job)
            return None
        return Outcome(job.key, error=DocumentError("OFFICE_DIED", id=str(job.key), tries=job.tries))

    def _give_up(self, worker: _Worker) -> Outcome[Any, bytes] | None:
        job = worker.job
        if job is None:
            self._miss(worker, Said("OFFICE_SILENT", (("seconds", int(_START_S)),)))
            return None
        self._replace(worker)
        return Outcome(job.key, error=DocumentError("OFFICE_TIMEOUT", id=str(job.key), seconds=f"{self._timeout_s:g}"))


def _outcome(key: Any, pdf: bytes, reason: str) -> Outcome[Any, bytes]:
    """Judge the result by the file alone: LibreOffice claims success on documents that it could not load."""
    if pdf.startswith(b"%PDF-") and b"%%EOF" in pdf[-1024:]:
        return Outcome(key, pdf)
    return Outcome(key, error=DocumentError("OFFICE_NO_PDF", id=str(key), reason=reason or "-"))
