"""One function over many items, in processes that may die or hang without hiding anything."""

import contextlib
import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")

MAX_MEMORY_BYTES: Final = 4_000_000_000
"""Address space that one item may take, beyond what is there already."""

_MOST_KEPT_BYTES: Final = 1_000_000_000
"""Address space that a lasting process may have kept of its items; then it is replaced, lest they fill memory."""

_AHEAD: Final = 32
"""How many items for each process may be done before the one whose turn it is: what is done waits in memory."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def run_each(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    *,
    jobs: int,
    timeout_s: float,
    lost: Callable[[Item], Value],
    first: Callable[[Item], Value | None] | None = None,
) -> Iterator[Value]:
    """Yield ``function(item)`` for each item, in their order; each has a process of its own.

    ``first(item)`` is asked before, by ``jobs`` processes that last; only where it gives None, ``function`` decides.
    So it may be nothing but code that an item cannot make do anything else, such as a library's parser could.

    ``lost(item)`` stands for one that kills its process, takes longer than ``timeout_s`` or more memory than
    allowed; its process is replaced. No more items are begun than ``jobs`` at a time, and none far ahead of the one
    whose turn it is. Values must be picklable. What the functions raise is raised here.
    """
    crew = _Crew(function, first, items, timeout_s)
    values: dict[int, Value] = {}
    # those that are to be asked first, and those that ``first`` left to ``function``
    pending = deque(range(len(items)))
    apart: deque[int] = deque()
    try:
        for place in range(len(items)):
            while place not in values:
                while len(crew.busy) < jobs and (apart or (pending and pending[0] <= place + _AHEAD * jobs)):
                    if apart or first is None:
                        crew.begin_apart((apart or pending).popleft())
                    else:
                        crew.begin(pending.popleft())
                for done, is_first, answer in crew.answers():
                    if answer is None:
                        values[done] = lost(items[done])
                    elif is_first and answer.value is None:
                        apart.append(done)
                    else:
                        values[done] = answer.value
            yield values.pop(place)
    finally:
        crew.end()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of an item, or what was raised; ``is_last`` tells that its process takes no other."""

    value: Any
    error: BaseException | None = None
    is_last: bool = False


@dataclass(slots=True)
class _Worker:
    """A process and its ends of the pipe; ``lasts`` tells that it takes another item after this one."""

    process: BaseProcess
    pipe: Connection
    lasts: bool
    place: int = -1
    deadline: float = 0.0

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew(Generic[Item, Value]):
    """The processes: those at work on an item, and those that wait for one."""

    def __init__(
        self,
        function: Callable[[Item], Value],
        first: Callable[[Item], Value | None] | None,
        items: Sequence[Item],
        timeout_s: float,
    ) -> None:
        self._function, self._first, self._items, self._timeout_s = function, first, items, timeout_s
        self.busy: list[_Worker] = []
        self._idle: list[_Worker] = []

    def begin(self, place: int) -> None:
        """Let a lasting process ask ``first``; one that died while it waited is replaced."""
        while self._idle and not self._idle[-1].process.is_alive():
            self._idle.pop().end()
        self._hand(self._idle.pop() if self._idle else self._start(self._first, lasts=True), place)

    def begin_apart(self, place: int) -> None:
        """Let a process of its own ask ``function``."""
        self._hand(self._start(self._function, lasts=False), place)

    def _start(self, function: Callable[[Item], Value | None] | None, *, lasts: bool) -> _Worker:
        own, given = multiprocessing.Pipe()
        others = [worker.pipe for worker in (*self.busy, *self._idle)]
        process = multiprocessing.Process(
            target=_serve, args=(function, self._items, given, [own, *others], self._timeout_s), daemon=True
        )
        process.start()
        given.close()
        return _Worker(process, own, lasts)

    def _hand(self, worker: _Worker, place: int) -> None:
        worker.place, worker.deadline = place, time.monotonic() + self._timeout_s
        self.busy.append(worker)
        # one that is gone already gives no answer either
        with contextlib.suppress(OSError):
            worker.pipe.send(place)

    def answers(self) -> Iterator[tuple[int, bool, _Answer | None]]:
        """Yield place, whether ``first`` was asked, and the answer (None: lost); wait until there is one."""
        for worker in self._finished():
            self.busy.remove(worker)
            answer = _received(worker)
            if worker.lasts and answer is not None and not answer.is_last:
                self._idle.append(worker)
            else:
                worker.end()
            if answer is not None and answer.error is not None:
                raise answer.error
            yield worker.place, worker.lasts, answer

    def _finished(self) -> list[_Worker]:
        """Return those that have answered, are dead, or late."""
        earliest = min(worker.deadline for worker in self.busy)
        ready = set(wait([worker.pipe for worker in self.busy], timeout=max(0.0, earliest - time.monotonic())))
        now = time.monotonic()
        return [worker for worker in self.busy if worker.pipe in ready or worker.deadline <= now]

    def end(self) -> None:
        """End all processes."""
        for worker in (*self.busy, *self._idle):
            worker.end()


def _received(worker: _Worker) -> _Answer | None:
    # a process that dies closes its end; a late one has sent nothing
    with contextlib.suppress(EOFError, OSError):
        if worker.pipe.poll():
            answer: _Answer = worker.pipe.recv()
            return answer
    return None


def _serve(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    pipe: Connection,
    others: list[Connection],
    timeout_s: float,
) -> None:
    """Answer for each place that comes through ``pipe``, until nobody is left to ask.

    ``others`` are the parent's ends of all pipes, which a forked process has too: held open here, they would keep the
    others waiting for a parent that is gone.
    """
    for other in others:
        other.close()
    # who interrupts the parent shall not hear from all its processes
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    most = _address_space() + _MOST_KEPT_BYTES
    with contextlib.suppress(EOFError, OSError):
        while True:
            place = pipe.recv()
            _limit(resource.RLIMIT_AS, _address_space() + MAX_MEMORY_BYTES)
            # should nobody be left to end it
            _limit(resource.RLIMIT_CPU, int(time.process_time() + timeout_s) + 2)
            answer = _answer(function, items[place])
            pipe.send(replace(answer, is_last=_address_space() > most))


def _answer(function: Callable[[Item], Value], item: Item) -> _Answer:
    try:
        return _Answer(function(item))
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001  # raised again where the values are awaited
        return _Answer(None, error)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (allowed, hard))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no need for a Path here
        return int(file.read().split()[0]) * resource.getpagesize()
