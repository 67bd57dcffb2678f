"""One function over many items, each in a process of its own that may die or hang without hiding anything."""

import contextlib
import multiprocessing
import os
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")

MAX_MEMORY_BYTES: Final = 4_000_000_000
"""Address space that one item may take, beyond what is there already."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class _Task(Generic[Item]):
    """An item at work, until ``deadline``; its value comes through ``pipe``."""

    place: int
    item: Item
    process: BaseProcess
    pipe: Connection
    deadline: float


def run_each(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    *,
    jobs: int,
    timeout_s: float,
    lost: Callable[[Item], Value],
) -> Iterator[Value]:
    """Yield ``function(item)`` for each item, in their order.

    ``lost(item)`` stands for one that kills its process, takes longer than ``timeout_s`` or more memory than
    allowed. Values must be picklable. What ``function`` raises is raised here.
    """
    pending = deque(enumerate(items))
    running: list[_Task[Item]] = []
    values: dict[int, Value] = {}
    try:
        for place in range(len(items)):
            while place not in values:
                while pending and len(running) < jobs:
                    running.append(_start(function, *pending.popleft(), timeout_s))
                for task in _finished(running):
                    running.remove(task)
                    values[task.place] = _value(task, lost)
            yield values.pop(place)
    finally:
        for task in running:
            _end(task)


def _start(function: Callable[[Item], Value], place: int, item: Item, timeout_s: float) -> _Task[Item]:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_work, args=(function, item, sender, timeout_s), daemon=True)
    process.start()
    sender.close()
    return _Task(place, item, process, receiver, time.monotonic() + timeout_s)


def _work(function: Callable[[Item], Value], item: Item, sender: Connection, timeout_s: float) -> None:
    _limit(resource.RLIMIT_AS, _address_space() + MAX_MEMORY_BYTES)
    # should nobody be left to end it
    _limit(resource.RLIMIT_CPU, int(time.process_time() + timeout_s) + 2)
    outcome: tuple[Any, BaseException | None]
    try:
        outcome = function(item), None
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001  # raised again where the values are awaited
        outcome = None, error
    with contextlib.suppress(BrokenPipeError):
        sender.send(outcome)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (allowed, hard))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no need for a Path here
        return int(file.read().split()[0]) * resource.getpagesize()


def _finished(running: Sequence[_Task[Item]]) -> list[_Task[Item]]:
    """Return the tasks that have a value, are dead, or late; wait until there is one."""
    first = min(task.deadline for task in running)
    ready = set(wait([task.pipe for task in running], timeout=max(0.0, first - time.monotonic())))
    now = time.monotonic()
    return [task for task in running if task.pipe in ready or task.deadline <= now]


def _value(task: _Task[Item], lost: Callable[[Item], Value]) -> Value:
    outcome: tuple[Value, BaseException | None] | None = None
    # a process that dies closes its end; a late one has sent nothing
    with contextlib.suppress(EOFError, OSError):
        outcome = task.pipe.recv() if task.pipe.poll() else None
    _end(task)
    if outcome is None:
        return lost(task.item)
    value, error = outcome
    if error is not None:
        raise error
    return value


def _end(task: _Task[Any]) -> None:
    task.process.kill()
    task.process.join()
    task.pipe.close()
