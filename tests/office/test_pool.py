"""The pool with workers that hang, die and lie; no LibreOffice here."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkdocs.errors import DocumentError, OfficeError
from pkdocs.office import Office, Pool, cores
from pkdocs.office.process import Process
from pkdocs.outcome import Outcome

FAKE = (sys.executable, "-I", str(Path(__file__).with_name("fake_worker.py")))
OFFICE = Office(Path("/nowhere/program"), "palsu", "f" * 64, FAKE)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, which must be empty at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def converted(*orders: str, workers: int = 1, **options: float) -> dict[str, Outcome[str, bytes]]:
    with Pool(OFFICE, workers=workers, **options) as pool:
        return {outcome.key: outcome for outcome in pool.convert((order, order.encode()) for order in orders)}


def code(outcome: Outcome[str, bytes]) -> str:
    assert isinstance(outcome.error, DocumentError)
    assert outcome.key in outcome.error.message("id")
    assert outcome.key in outcome.error.message("en")
    return outcome.error.code


def worker_of(outcome: Outcome[str, bytes]) -> int:
    assert outcome.value is not None
    return int(outcome.value.rpartition(b"\n")[2])


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_each_document_comes_back_once(workers: int) -> None:
    orders = [f"fine {number}" for number in range(20)]
    outcomes = converted(*orders, workers=workers)
    assert sorted(outcomes) == sorted(orders)
    assert all(outcome.value for outcome in outcomes.values())


def test_nothing_to_convert_gives_nothing() -> None:
    assert converted() == {}


def test_a_worker_serves_one_document_after_the_other() -> None:
    outcomes = converted("fine 1", "fine 2", "fine 3")
    assert len({worker_of(outcome) for outcome in outcomes.values()}) == 1


def test_a_worker_retires() -> None:
    outcomes = converted("fine 1", "fine 2", "fine 3", "fine 4", retire_after=2)
    assert len({worker_of(outcome) for outcome in outcomes.values()}) == 2


def test_a_worker_that_holds_too_much_memory_retires() -> None:
    outcomes = converted("fine 1", "fine 2", "fine 3", retire_bytes=1_000)
    assert len({worker_of(outcome) for outcome in outcomes.values()}) == 3


def test_a_worker_that_has_ended_holds_no_memory() -> None:
    process = Process(OFFICE)
    assert process.memory_bytes() > 0
    process.end()
    assert process.memory_bytes() == 0


def test_a_document_that_hangs_fails_alone() -> None:
    outcomes = converted("fine 1", "hang", "fine 2", timeout_s=2)
    assert code(outcomes.pop("hang")) == "OFFICE_TIMEOUT"
    assert all(outcome.value for outcome in outcomes.values())


@pytest.mark.parametrize("order", ["die", "leak", "nonsense", "nonsense hello", "shout", "twice"])
def test_a_document_on_which_workers_die_or_talk_nonsense_fails_alone(order: str) -> None:
    outcomes = converted("fine 1", order, "fine 2")
    assert code(outcomes.pop(order)) == "OFFICE_DIED"
    assert all(outcome.value for outcome in outcomes.values())


def test_a_document_on_which_a_worker_dies_once_is_tried_again(tmp_path: Path) -> None:
    (outcome,) = converted(f"die-once {tmp_path / 'died'}").values()
    assert outcome.value


@pytest.mark.parametrize("order", ["refuse because", "claim", "write hello", "write %PDF-1.7"])
def test_only_a_whole_pdf_counts(order: str) -> None:
    outcomes = converted("fine 1", order, "fine 2")
    assert code(outcomes.pop(order)) == "OFFICE_NO_PDF"
    assert all(outcome.value for outcome in outcomes.values())


def test_an_answer_may_come_in_pieces() -> None:
    (outcome,) = converted("in-pieces").values()
    assert outcome.value


def test_documents_are_read_as_workers_become_free() -> None:
    taken = []

    def source() -> Iterator[tuple[int, bytes]]:
        for number in range(100):
            taken.append(number)
            yield number, b"fine"

    with Pool(OFFICE, workers=2) as pool:
        outcomes = pool.convert(source())
        next(outcomes)
        assert len(taken) <= 2 + 2 + 1
        outcomes.close()
        assert [outcome.key for outcome in pool.convert([("after", b"fine")])] == ["after"]


def test_an_error_in_the_source_stops_and_leaves_nothing() -> None:
    def source() -> Iterator[tuple[int, bytes]]:
        yield 1, b"hang"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Pool(OFFICE, workers=2) as pool:
        list(pool.convert(source()))


@pytest.mark.parametrize("program", ["dead", "broken"])
def test_workers_that_never_start_stop_everything(program: str) -> None:
    office = Office(Path(f"/nowhere/{program}"), "palsu", "f" * 64, FAKE)
    with pytest.raises(OfficeError, match="OFFICE_NOT_STARTED") as stop, Pool(office, workers=2) as pool:
        list(pool.convert([("a", b"fine")]))
    assert "apt-get install" in stop.value.message("id")


def test_workers_that_say_nothing_at_the_start_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.office.pool._START_S", 0.0)
    office = Office(Path("/nowhere"), "palsu", "f" * 64, (sys.executable, "-c", "import os; os.read(0, 1)"))
    with pytest.raises(OfficeError, match="OFFICE_NOT_STARTED"), Pool(office, workers=1) as pool:
        list(pool.convert([("a", b"fine")]))


def test_a_command_that_does_not_exist_stops_at_once() -> None:
    office = Office(Path("/nowhere"), "palsu", "f" * 64, ("/nowhere/python",))
    with pytest.raises(OfficeError, match="OFFICE_NOT_STARTED"), Pool(office, workers=1):
        pass


def test_without_a_temporary_folder_nothing_starts(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "absent"))
    with pytest.raises(OfficeError, match="OFFICE_NOT_STARTED"), Pool(OFFICE, workers=1):
        pass


def test_a_full_disk_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OfficeError, match="OFFICE_NO_ROOM"), Pool(OFFICE, workers=1) as pool:
        list(pool.convert([("a", b"fine")]))


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files of a megabyte at most: whoever writes a larger one gets an error, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("order", ["refuse because", "claim", "write %PDF-1.7", "die"])
def test_without_room_for_a_pdf_it_is_not_the_documents_fault(small_disk: None, temporary: Path, order: str) -> None:
    with pytest.raises(OfficeError, match="OFFICE_NO_ROOM") as stop, Pool(OFFICE, workers=1) as pool:
        list(pool.convert([("a", b"fine"), ("b", order.encode())]))
    assert str(temporary) in stop.value.message("id")
    assert str(temporary) in stop.value.message("en")


def test_a_small_disk_suffices_for_what_is_small(small_disk: None) -> None:
    assert converted("fine 1")["fine 1"].value


PARENT = """
import sys
from pathlib import Path
from pkdocs.office import Office, Pool
with Pool(Office(Path("/nowhere"), "palsu", "f" * 64, tuple(sys.argv[1:])), workers=2) as pool:
    list(pool.convert([("a", b"fine")]))
    print(*(worker.process._process.pid for worker in pool._workers), flush=True)
    sys.stdin.read()
"""


def test_folders_of_workers_that_were_killed_with_their_parent_are_removed_by_the_next_run(temporary: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *FAKE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with parent:
        workers = [int(number) for number in parent.stdout.readline().split()]
        assert converted("fine 1")["fine 1"].value
        assert len(list(temporary.iterdir())) == len(workers)
        for process in (*workers, parent.pid):
            os.kill(process, signal.SIGKILL)
    assert len(list(temporary.iterdir())) == len(workers)
    assert converted("fine 1")["fine 1"].value
    assert list(temporary.iterdir()) == []


def test_the_current_folder_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert converted("fine 1")["fine 1"].value


def test_workers_are_gone_after_an_interruption(temporary: Path) -> None:
    workers = []
    with contextlib.suppress(KeyboardInterrupt), Pool(OFFICE, workers=2) as pool:
        workers.extend(worker_of(outcome) for outcome in pool.convert([("a", b"fine")]))
        raise KeyboardInterrupt
    (worker,) = workers
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_by_default_there_is_a_worker_for_each_core() -> None:
    assert cores() == len(os.sched_getaffinity(0))
    with Pool(OFFICE) as pool:
        assert len(pool._workers) == cores()
