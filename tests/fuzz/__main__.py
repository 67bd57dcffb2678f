"""Feed every reader with spoilt input for some time: ``python -m tests.fuzz --minutes 60``.

One process works, another watches it. What raises, takes too long or too much memory, dies, or passes and must not,
is kept in ``build/fuzz/found``; ``python -m tests.fuzz --again FILE`` runs it once more and makes it smaller.
"""

# ruff: noqa: T201  # a program that prints
import argparse
import collections
import contextlib
import faulthandler
import hashlib
import json
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Hashable
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from tests.fuzz.seeds import all_seeds
from tests.fuzz.targets import TARGETS, Target

PLACE = Path("build/fuzz")
BOUND_S = 4.0
"""Processor time for one input; a library that does not come back is ended from outside."""
HANGS_S = 20.0
MEMORY_BYTES = 3_000_000_000
GROWTH_KB = 700_000
_LARGEST = 4_000_000
_KEPT = 400


class TooSlow(BaseException):
    """Not an Exception: no border catches it."""


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow


def attempt(target: Target, data: bytes) -> tuple[Hashable, str, str, float]:
    """Return what the input showed, the mark and the story of what went wrong, and the seconds of processor time."""
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shown: Hashable = None
    mark = story = ""
    signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, BOUND_S)
    try:
        shown = target.run(data)
    except BaseException as fault:  # that is what is looked for
        signal.setitimer(signal.ITIMER_PROF, 0)
        if isinstance(fault, KeyboardInterrupt | SystemExit):
            raise
        mark, story = _mark(fault), traceback.format_exc(limit=-40)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if not mark and grown > GROWTH_KB:
        mark, story = f"memory {target.name}", f"{grown} kB more"
    return shown, mark, story, time.process_time() - started


def _mark(fault: BaseException) -> str:
    """Return what is the same for what has one cause: the kind and the last places of ours."""
    ours = [frame for frame in traceback.extract_tb(fault.__traceback__) if "/pkdocs/" in frame.filename]
    places = [f"{Path(frame.filename).stem}.{frame.name}" for frame in ours[-2:]]
    what = f" {fault}"[:60] if type(fault).__name__ == "Violation" else ""
    return f"{type(fault).__name__}{what} in {' < '.join(reversed(places))}"


def smaller(target: Target, data: bytes, mark: str, *, tries: int = 150) -> bytes:
    """Return ``data`` with as much left out as goes while it still shows the same ``mark``."""
    step = len(data) // 2
    while step > 0 and tries > 0:
        place = 0
        while place < len(data) and tries > 0:
            less = data[:place] + data[place + step :]
            tries -= 1
            if less and attempt(target, less)[1] == mark:
                data = less
            else:
                place += step
        step //= 2
    return data


class Worker:
    """The process that works, until the time is over or an input ends it."""

    def __init__(self, seed: int, names: list[str]) -> None:
        self.chance = Random(seed)  # noqa: S311  # no secrets
        self.targets = [target for target in TARGETS if not names or target.name in names]
        self.corpus = {kind: list(seeds) for kind, seeds in all_seeds().items()}
        self.shown: dict[str, set[Hashable]] = collections.defaultdict(set)

    def run(self, until: float, tell: Callable[[dict[str, object]], None]) -> None:
        """Work, and tell of every input that took long or went wrong, and now and then how many there were."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES + _address_space(),) * 2)
        counts: collections.Counter[str] = collections.Counter()
        told = time.monotonic()
        while time.time() < until:
            (target,) = self.chance.choices(self.targets, [one.share for one in self.targets])
            data = self._spoilt(target)
            (PLACE / "current").write_bytes(pickle.dumps((target.name, data)))
            shown, mark, story, seconds = attempt(target, data)
            counts[target.name] += 1
            if mark:
                tell({"target": target.name, "mark": mark, "story": story, "data": data, "seconds": seconds})
            elif shown not in self.shown[target.name]:
                self.shown[target.name].add(shown)
                self._keep(target.kind, data)
            tell({"target": target.name, "seconds": seconds, "size": len(data)})
            if time.monotonic() - told > 5:
                tell({"counts": dict(counts), "shown": {name: len(kinds) for name, kinds in self.shown.items()}})
                counts.clear()
                told = time.monotonic()

    def _spoilt(self, target: Target) -> bytes:
        seeds = self.corpus[target.kind]
        # newer ones half of the time
        data = self.chance.choice(seeds if self.chance.random() < 0.5 else seeds[-40:])
        for _ in range(self.chance.choice([1, 1, 1, 2, 3, 6])):
            # values nested in themselves, certificates that were spoilt before
            with contextlib.suppress(RecursionError, ValueError):
                data = self.chance.choice(target.spoilers)(data, self.chance, seeds[:12])[:_LARGEST]
        return data

    def _keep(self, kind: str, data: bytes) -> None:
        kept = self.corpus[kind]
        kept.append(data)
        if len(kept) > _KEPT:
            del kept[12 + self.chance.randrange(_KEPT // 2)]


def _processor_s(process: int) -> float:
    """Return the processor time that a process has had."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


class Watch:
    """The process that starts workers, keeps what they find, and counts."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.found: dict[str, int] = {}
        self.shown: dict[str, int] = {}
        self.slowest: dict[str, tuple[float, int]] = {}
        self.started = time.time()

    def run(self, minutes: float, seed: int, names: list[str]) -> None:
        """Work for that long."""
        until = time.time() + minutes * 60
        while time.time() < until:
            receiver, sender = multiprocessing.Pipe(duplex=False)
            worker = multiprocessing.Process(target=_work, args=(seed, names, until, sender))
            worker.start()
            sender.close()
            self._follow(receiver, worker.pid or 0, until)
            worker.kill()
            worker.join()
            if time.time() < until and worker.exitcode != 1:
                self._lost(worker.exitcode)
            seed += 1
            self.write()

    def _follow(self, receiver: "multiprocessing.connection.Connection", worker: int, until: float) -> None:
        noted, worked = time.time(), _processor_s(worker)
        while time.time() < until + 5:
            if not receiver.poll(5):
                # by processor time: others may have the machine
                if _processor_s(worker) - worked > HANGS_S:
                    return
                continue
            try:
                told = receiver.recv()
            except EOFError:
                return
            worked = _processor_s(worker)
            self._note(told)
            if time.time() - noted > 30:
                self.write()
                noted = time.time()

    def _note(self, told: dict[str, Any]) -> None:
        if "mark" in told:
            self._keep(told["target"], told["mark"], told["story"], told["data"])
        elif "counts" in told:
            self.counts.update(told["counts"])
            self.shown.update(told["shown"])
        elif told["seconds"] > self.slowest.get(told["target"], (0.0, 0))[0]:
            self.slowest[told["target"]] = told["seconds"], told["size"]

    def _lost(self, code: int | None) -> None:
        name, data = pickle.loads((PLACE / "current").read_bytes())  # noqa: S301  # our own
        self._keep(name, f"lost, ended with {code}, {name}", "", data)

    def _keep(self, name: str, mark: str, story: str, data: bytes) -> None:
        self.found[mark] = self.found.get(mark, 0) + 1
        if self.found[mark] > 3:
            return
        stem = hashlib.sha256(data).hexdigest()[:12]
        folder = PLACE / "found"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stem}.bin").write_bytes(data)
        (folder / f"{stem}.json").write_text(json.dumps({"target": name, "mark": mark, "story": story}, indent=1))
        print(f"{name}: {mark} ({stem}, {len(data)} B)", flush=True)

    def write(self) -> None:
        """Write what there was so far."""
        report = {
            "minutes": round((time.time() - self.started) / 60, 1),
            "inputs": self.counts.total(),
            "each": dict(self.counts),
            "kinds": self.shown,
            "found": self.found,
            "slowest": {name: {"s": round(s, 2), "size": size} for name, (s, size) in self.slowest.items()},
        }
        PLACE.mkdir(parents=True, exist_ok=True)
        (PLACE / f"report-{int(self.started)}.json").write_text(json.dumps(report, indent=1))


def _work(seed: int, names: list[str], until: float, sender: "multiprocessing.connection.Connection") -> None:
    faulthandler.enable()
    logging.disable()
    sys.setrecursionlimit(1000)
    Worker(seed, names).run(until, sender.send)


def again(file: Path) -> None:
    """Run what was found once more, make it smaller, and say what happens."""
    told = json.loads(file.with_suffix(".json").read_text())
    target = next(one for one in TARGETS if one.name == told["target"])
    data = file.with_suffix(".bin").read_bytes()
    _, mark, story, seconds = attempt(target, data)
    print(f"{len(data)} B, {seconds:.2f} s: {mark or 'nothing is wrong'}\n{story}")
    if mark:
        less = smaller(target, data, mark)
        file.with_suffix(".small").write_bytes(less)
        print(f"smaller: {len(less)} B in {file.with_suffix('.small')}")


def main() -> None:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--target", action="append", default=[], choices=[one.name for one in TARGETS])
    parser.add_argument("--again", type=Path)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    PLACE.mkdir(parents=True, exist_ok=True)
    if asked.again:
        again(asked.again)
        return
    print(f"seed {asked.seed}, {os.getpid()}", flush=True)
    watch = Watch()
    watch.run(asked.minutes, asked.seed, asked.target)
    watch.write()
    print(f"{watch.counts.total()} inputs, {len(watch.found)} kinds of fault")
    sys.exit(bool(watch.found))


if __name__ == "__main__":
    main()
