"""``generate``, killed at random moments: is anything lost, torn, or made twice?

Usage: python benchmarks/kills.py [KILLS] [PEOPLE] [SEED]

A run is killed with SIGKILL: the parent alone, its process group, or all processes at once; sometimes one LibreOffice
worker dies instead, and the run must go on. After each kill every file under a final name must be that of a run that
nobody disturbed, byte for byte. The same command is then given again until it ends by itself; then the whole folder
must be that of the undisturbed run, and nothing else may lie there. Now and then the workbook is corrected instead
of beginning anew: what the correction does not touch must not be written again.
"""

import contextlib
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NoReturn

import openpyxl

from pkdocs.index import FILE_NAME, read_index, read_journal
from pkdocs.sample import build_sample

DAY = date(2026, 1, 22)
PROGRAM = (sys.executable, "-c", "from pkdocs.cli import main; main()")
CORRECTION = {"Target": "76,60", "TW4": "76,60"}
CORRECTED = "SETDA-SAKIP"
VICTIMS = ("parent", "group", "all", "worker")
JOBS = 2
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Book:
    """A workbook, and the files that an undisturbed run makes of it, by their places."""

    file: Path
    files: dict[str, bytes] = field(repr=False)


@dataclass
class Tally:
    """What happened so far."""

    kills: Counter[str] = field(default_factory=Counter)
    ends: int = 0
    corrections: int = 0
    files: int = 0

    def __str__(self) -> str:
        killed = ", ".join(f"{victim} {times}" for victim, times in sorted(self.kills.items()))
        ends = f"{self.ends} runs ended by themselves, {self.corrections} corrections, {self.files} files compared"
        return f"{self.kills.total()} kills ({killed}), {ends}"


def fail(reason: str) -> NoReturn:
    """End the benchmark: something was lost or torn."""
    raise SystemExit(f"FAILED: {reason}")


def corrected(workbook: bytes) -> bytes:
    """Return the workbook with another target of one position: its agreement and those below change."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    header, *rows = book["Indikator"].iter_rows()
    columns = {cell.value: place for place, cell in enumerate(header)}
    row = next(row for row in rows if row[columns["Kode"]].value == CORRECTED)
    for column, value in CORRECTION.items():
        row[columns[column]].value = value
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def start(book: Path, out: Path, temporary: Path) -> subprocess.Popen[bytes]:
    """Start ``generate`` in a session of its own."""
    command = [*PROGRAM, "generate", str(book), "--out", str(out), "--jobs", str(JOBS)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, start_new_session=True
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait until a run has ended by itself, as it should."""
    _, said = process.communicate()
    if process.returncode != 0:
        fail(f"exit {process.returncode}: {said.decode(errors='replace')}")


def workers(temporary: Path) -> list[int]:
    """Return the LibreOffice workers whose files are in ``temporary``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        # some end while we look
        with contextlib.suppress(OSError):
            if f"\0{temporary}/".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def kill(process: subprocess.Popen[bytes], victim: str, there: list[int], chance: random.Random) -> bool:
    """Kill ``victim``, whose workers are ``there``; tell whether the run has ended by it."""
    match victim:
        case "parent":
            process.kill()
        case "group":
            os.killpg(process.pid, signal.SIGKILL)
        case "all":
            os.killpg(process.pid, signal.SIGKILL)
            end(there)
        case _:
            end([chance.choice(there)])
            return False
    process.communicate()
    return True


def end(processes: list[int]) -> None:
    """Kill processes, some of which may be gone already."""
    for number in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder``, hidden ones too, by its place; one that goes meanwhile is not there."""
    files = {}
    for file in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            files[file.relative_to(folder).as_posix()] = file.read_bytes()
    return files


def demand_whole(out: Path, allowed: list[Book]) -> int:
    """Return how many files lie there under final names; each must be whole, index and journal readable."""
    read_index(out)
    read_journal(out)
    whole = 0
    for place, data in snapshot(out).items():
        name = Path(place).name
        if name == FILE_NAME or name.startswith(".pkdocs-"):
            continue
        if data not in {book.files.get(place) for book in allowed}:
            fail(f"{place} is no file of an undisturbed run")
        whole += 1
    return whole


def finished(out: Path, book: Book) -> dict[str, tuple[int, int]]:
    """Return inode and time of the files which the journal calls finished and which are those of ``book``."""
    places = {place for entry in read_journal(out).values() for place in (entry.docx, entry.pdf) if place}
    return marks(out, [place for place in places if _is(out / place, book.files.get(place))])


def _is(file: Path, data: bytes | None) -> bool:
    return file.is_file() and file.read_bytes() == data


def marks(out: Path, places: list[str]) -> dict[str, tuple[int, int]]:
    """Return inode and time of files: another one shows that somebody wrote them again."""
    found = {place: (out / place).stat() for place in places}
    return {place: (stat.st_ino, stat.st_mtime_ns) for place, stat in found.items()}


def demand_kept(out: Path, before: dict[str, tuple[int, int]]) -> None:
    """Pass where none of the files was written again."""
    if again := [place for place, mark in marks(out, list(before)).items() if mark != before[place]]:
        fail(f"made again without need: {again[:3]}")


def demand_complete(out: Path, book: Book, temporary: Path) -> None:
    """Pass where the folder is that of an undisturbed run, and nothing is left elsewhere."""
    files = snapshot(out)
    places = files.keys() | book.files.keys()
    if wrong := sorted(place for place in places if files.get(place) != book.files.get(place)):
        fail(f"not as in an undisturbed run: {wrong[:3]}")
    until = time.monotonic() + PATIENCE_S
    # workers of killed runs end by themselves
    while left := [entry.name for entry in temporary.iterdir()]:
        if time.monotonic() > until:
            fail(f"temporary files stay: {left[:3]}")
        time.sleep(0.05)


def undisturbed(workbook: Path, base: Path) -> tuple[Book, float]:
    """Return the workbook with its files, and the seconds that a run takes."""
    out, started = base / f"reference-{workbook.stem}", time.monotonic()
    finish(start(workbook, out, base / "temporary"))
    return Book(workbook, snapshot(out)), time.monotonic() - started


class Trial:
    """A folder in which runs are killed."""

    def __init__(self, base: Path, books: list[Book], longest: float, chance: random.Random) -> None:
        self.tally = Tally()
        self._out, self._temporary = base / "out", base / "temporary"
        self._books, self._longest, self._chance = books, longest, chance
        self._allowed = books[:1]

    def disturb(self) -> None:
        """Start one run, and kill it or one of its workers after a while, unless it ends before."""
        self._run(self._chance.uniform(0, self._longest))

    def settle(self) -> None:
        """Start one run that nobody disturbs."""
        self._run(None)

    def _run(self, seconds: float | None) -> None:
        book = self._allowed[-1]
        kept = finished(self._out, book)
        if len(self._allowed) > 1:
            same = [place for place, data in book.files.items() if data == self._allowed[0].files.get(place)]
            kept |= marks(self._out, same)
        process = start(book.file, self._out, self._temporary)
        ended = False
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            there = workers(self._temporary)
            victim = self._chance.choice(VICTIMS if there else VICTIMS[:-1])
            ended = kill(process, victim, there, self._chance)
            self.tally.kills[victim] += 1
        if not ended:
            finish(process)
        demand_kept(self._out, kept)
        self.tally.files += demand_whole(self._out, self._allowed)
        if not ended:
            self._complete(book)

    def _complete(self, book: Book) -> None:
        demand_complete(self._out, book, self._temporary)
        self.tally.ends += 1
        if len(self._allowed) == 1 and self._chance.random() < 0.5:
            self._allowed = [book, next(other for other in self._books if other is not book)]
            self.tally.corrections += 1
        else:
            shutil.rmtree(self._out)
            self._allowed = [self._chance.choice(self._books)]


def main(kills: int, people: int, seed: int) -> None:
    """Kill ``kills`` times, then let the last run end, and print what was seen."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        base = Path(folder)
        (base / "temporary").mkdir()
        first = build_sample(people, DAY)
        (base / "first.xlsx").write_bytes(first)
        (base / "second.xlsx").write_bytes(corrected(first))
        runs = [undisturbed(base / name, base) for name in ("first.xlsx", "second.xlsx")]
        books = [book for book, _ in runs]
        changed = sum(data != books[1].files[place] for place, data in books[0].files.items())
        print(f"seed {seed}; {people} people, {len(books[0].files)} files, a correction changes {changed}", flush=True)
        trial = Trial(base, books, max(seconds for _, seconds in runs), random.Random(seed))  # noqa: S311  no secret
        while trial.tally.kills.total() < kills:
            trial.disturb()
            print(trial.tally, flush=True)
        trial.settle()
    print(f"{trial.tally}: nothing was lost, torn or made twice")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(200, 40, random.randrange(10**6))[len(given) :])  # noqa: S311  no secret
