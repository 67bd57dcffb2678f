"""Whole sets judged as a chain with their register: time, processor time and memory by size, with one process and two.

Usage: python benchmarks/chain.py [AGREEMENTS]... [--folder DIR] [--level b|t|lt|lta]

Sets are made by ``city.py`` in DIR (build/bench/chain), where they stay. Each judging is a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from city import JUDGED, City

from pkdocs.pipeline.audit import Means, verify
from pkdocs.signing import Level
from pkdocs.verification import Result

JOBS = (1, 2)
_MEASURE = "--measure"


@dataclass(frozen=True, slots=True)
class Measured:
    """One judging: seconds until the first file, of examining, of judging; processor seconds and peak memory in MB."""

    agreements: int
    passed: int
    begun: float
    examined: float
    judged: float
    parent_cpu: float
    workers_cpu: float
    parent_mb: float
    worker_mb: float

    @property
    def wall(self) -> float:
        """Seconds in all."""
        return self.begun + self.examined + self.judged

    def row(self, jobs: int) -> str:
        """Return a line for people."""
        rates = f"{self.agreements / self.wall:.0f} files/s, examining alone {self.agreements / self.examined:.0f}"
        parts = f"register {self.begun:.1f}, examining {self.examined:.1f}, judging {self.judged:.1f}"
        spent = f"processor {self.parent_cpu:.1f} + {self.workers_cpu:.1f} s"
        memory = f"memory {self.parent_mb:.0f} MB, the largest worker {self.worker_mb:.0f} MB"
        return f"{self.agreements} agreements, {jobs} jobs: {self.wall:.1f} s ({parts}), {rates}; {spent}; {memory}"


def measure(folder: Path, jobs: int) -> Measured:
    """Judge the set in ``folder`` in this process."""
    marks = [time.perf_counter()]

    def progress(done: int, total: int) -> None:
        if done in {1, total}:
            marks.append(time.perf_counter())

    means = Means(register=folder / "pk" / "register.pdf", jobs=jobs)
    verdict = verify([folder / "pk"], folder / "trust.toml", at=JUDGED, means=means, progress=progress)
    marks.append(time.perf_counter())
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Measured(
        len(verdict.agreements),
        verdict.summary[Result.PASSED],
        marks[1] - marks[0],
        marks[2] - marks[1],
        marks[3] - marks[2],
        own.ru_utime + own.ru_stime,
        workers.ru_utime + workers.ru_stime,
        own.ru_maxrss / 1024,
        workers.ru_maxrss / 1024,
    )


def measured_apart(folder: Path, jobs: int) -> Measured:
    """Judge it in a process of its own, whose memory is nobody else's."""
    command = [sys.executable, __file__, _MEASURE, str(folder), str(jobs)]
    return Measured(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def main() -> None:
    """Print a line for each size and number of jobs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agreements", type=int, nargs="*", default=[300, 1000])
    parser.add_argument("--folder", type=Path, default=Path("build/bench/chain"))
    parser.add_argument("--level", type=Level, default=Level.B, choices=list(Level))
    given = parser.parse_args()
    for count in given.agreements:
        folder = given.folder / f"{given.level}-{count}"
        if not (folder / "pk" / "register.pdf").exists():
            folder.mkdir(parents=True, exist_ok=True)
            City(folder, count, given.level).build(max(JOBS))
        for jobs in JOBS:
            found = measured_apart(folder, jobs)
            assert found.passed == found.agreements == count, found  # noqa: S101  # else it measures something else
            print(found.row(jobs), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == [_MEASURE]:
        print(json.dumps(asdict(measure(Path(sys.argv[2]), int(sys.argv[3])))))
    else:
        main()
