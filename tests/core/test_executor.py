"""One function over many items, each in a process that may die or hang."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs import executor
from pkdocs.executor import MAX_MEMORY_BYTES, cores, run_each

DEADLY = frozenset({3, 6})


def square(item: int) -> int:
    return item * item


def process(_item: int) -> int:
    return os.getpid()


def deadly(item: int) -> int:
    if item in DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def own_process(item: int) -> int | None:
    return None if item % 3 == 0 else os.getpid()


def deadly_first(item: int) -> int | None:
    return None if item == 1 else deadly(item)


def die_when_done(item: int) -> int:
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return item


def refuse(item: int) -> int:
    if item == 5:
        raise ValueError("five")
    return item


def lost(item: int) -> int:
    return -item


def test_results_come_in_the_order_of_their_items() -> None:
    assert list(run_each(square, range(20), jobs=2, timeout_s=60, lost=lost)) == [item * item for item in range(20)]


def test_what_kills_its_process_hides_nothing_else() -> None:
    wanted = [-item if item in DEADLY else item * item for item in range(9)]
    assert list(run_each(deadly, range(9), jobs=2, timeout_s=60, lost=lost)) == wanted


@pytest.mark.parametrize("items", [[3, 0, 1, 2, 4], [0, 1, 2, 4, 6]])
def test_the_first_and_the_last_may_die_too(items: list[int]) -> None:
    assert list(run_each(deadly, items, jobs=2, timeout_s=60, lost=lost)) == [
        -item if item in DEADLY else item * item for item in items
    ]


def test_many_items_are_worked_on_in_other_processes() -> None:
    assert os.getpid() not in set(run_each(process, range(6), jobs=2, timeout_s=60, lost=lost))


@pytest.mark.parametrize(("count", "jobs"), [(1, 2), (4, 2), (9, 1)])
def test_no_item_is_worked_on_in_this_process(count: int, jobs: int) -> None:
    assert set(run_each(process, range(count), jobs=jobs, timeout_s=60, lost=lost)).isdisjoint({os.getpid()})


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(), max_size=4))
def test_every_item_has_its_result(items: list[int]) -> None:
    assert list(run_each(square, items, jobs=2, timeout_s=60, lost=lost)) == [item * item for item in items]


def hang(item: int) -> int:
    while item == 2:
        time.sleep(60)
    return item * item


def swell(item: int) -> int:
    return len(bytearray(MAX_MEMORY_BYTES * 2)) if item == 1 else item * item


def test_what_takes_too_long_hides_nothing_else() -> None:
    assert list(run_each(hang, range(4), jobs=2, timeout_s=1, lost=lost)) == [0, 1, -2, 9]


def test_what_wants_too_much_memory_hides_nothing_else() -> None:
    assert list(run_each(swell, range(3), jobs=2, timeout_s=60, lost=lost)) == [0, -1, 4]


def test_a_large_value_arrives_whole() -> None:
    assert [len(value) for value in run_each(bytes, [5_000_000, 1], jobs=2, timeout_s=60, lost=bytes)] == [5_000_000, 1]


def test_who_stops_reading_leaves_nobody_at_work() -> None:
    results = run_each(hang, [0, 2, 2], jobs=3, timeout_s=60, lost=lost)
    assert next(results) == 0
    results.close()
    assert multiprocessing.active_children() == []


def test_an_error_of_the_function_is_not_swallowed() -> None:
    results = run_each(refuse, range(9), jobs=2, timeout_s=60, lost=lost)
    with pytest.raises(ValueError, match="five"):
        list(results)


def test_there_is_a_core() -> None:
    assert cores() >= 1


def test_what_is_asked_first_shares_lasting_processes() -> None:
    processes = list(run_each(process, range(12), jobs=2, timeout_s=60, lost=lost, first=own_process))
    apart, lasting = set(processes[::3]), {one for place, one in enumerate(processes) if place % 3}
    assert (len(apart), apart & lasting, os.getpid() in apart | lasting) == (4, set(), False)
    assert len(lasting) <= 2


def test_what_kills_a_lasting_process_hides_nothing_else() -> None:
    wanted = [-item if item in DEADLY else item * item for item in range(9)]
    assert list(run_each(square, range(9), jobs=2, timeout_s=60, lost=lost, first=deadly_first)) == wanted


def test_what_takes_a_lasting_process_too_long_hides_nothing_else() -> None:
    assert list(run_each(square, range(4), jobs=2, timeout_s=1, lost=lost, first=hang)) == [0, 1, -2, 9]


def test_what_wants_too_much_memory_of_a_lasting_process_hides_nothing_else() -> None:
    assert list(run_each(square, range(3), jobs=1, timeout_s=60, lost=lost, first=swell)) == [0, -1, 4]


def test_a_lasting_process_that_dies_while_it_waits_costs_nothing() -> None:
    results = run_each(square, range(2), jobs=1, timeout_s=60, lost=lost, first=die_when_done)
    assert next(results) == 0
    while multiprocessing.active_children():
        time.sleep(0.01)
    assert list(results) == [1]


KEPT: list[bytearray] = []


def keep(_item: int) -> int:
    KEPT.append(bytearray(400_000_000))
    return os.getpid()


def test_a_lasting_process_that_keeps_what_its_items_hold_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "_MOST_KEPT_BYTES", 600_000_000)
    processes = list(run_each(process, range(6), jobs=1, timeout_s=60, lost=lost, first=keep))
    assert [processes.count(one) for one in dict.fromkeys(processes)] == [2, 2, 2]


def test_an_error_of_what_is_asked_first_is_not_swallowed() -> None:
    with pytest.raises(ValueError, match="five"):
        list(run_each(square, range(9), jobs=2, timeout_s=60, lost=lost, first=refuse))


def test_no_more_waits_in_memory_than_some_for_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    monkeypatch.setattr(executor._Crew, "begin", _noting(begun, executor._Crew.begin))
    results = run_each(square, range(1000), jobs=1, timeout_s=60, lost=lost, first=hang_at_first)
    assert next(results) == 0
    assert max(begun) <= executor._AHEAD
    results.close()
    assert multiprocessing.active_children() == []


def hang_at_first(item: int) -> int | None:
    return None if item == 0 else square(item)


def _noting(begun: list[int], begin: Callable[[Any, int], None]) -> Callable[[Any, int], None]:
    def noting(crew: Any, place: int) -> None:
        begun.append(place)
        begin(crew, place)

    return noting


def test_a_process_ends_when_nobody_is_left_to_ask() -> None:
    own, given_end = multiprocessing.Pipe()
    process = multiprocessing.Process(target=executor._serve, args=(square, [3], given_end, [own], 60.0))
    process.start()
    given_end.close()
    own.send(0)
    assert own.recv().value == 9
    own.close()
    process.join(timeout=60)
    assert process.exitcode == 0


def test_what_answers_in_this_process_is_the_same() -> None:
    assert executor._answer(square, 3).value == 9
    assert isinstance(executor._answer(refuse, 5).error, ValueError)
