"""One function over many items, in processes that may die without hiding anything."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def run_each(
    function: Callable[[Item], Value], items: Sequence[Item], *, jobs: int, died: Callable[[Item], Value]
) -> Iterator[Value]:
    """Yield ``function(item)`` for each item, in their order; ``died(item)`` for one that kills its process.

    ``function`` and items must be picklable.
    """
    done = 0
    while done < len(items):
        try:
            with ProcessPoolExecutor(max_workers=min(jobs, len(items) - done)) as pool:
                for value in pool.map(function, items[done:], chunksize=1):
                    done += 1
                    yield value
        except BrokenProcessPool:
            # whichever item it was, the next one in turn goes first, and alone
            yield _alone(function, items[done], died)
            done += 1


def _alone(function: Callable[[Item], Value], item: Item, died: Callable[[Item], Value]) -> Value:
    try:
        with ProcessPoolExecutor(max_workers=1) as pool:
            return pool.submit(function, item).result()
    except BrokenProcessPool:
        return died(item)
