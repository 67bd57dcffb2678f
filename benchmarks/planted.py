"""A signed set with faults of all levels planted in it: all are named where they are, and nothing is said of the rest.

Usage: python benchmarks/planted.py [AGREEMENTS] [--folder DIR] [--jobs N]

The set is that of ``city.py`` in DIR/plain (build/bench/planted), the one with the faults lies in DIR/faults. The
numbers are those of the table of attacks in docs/verification.md.
"""

import argparse
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from city import JUDGED, City
from faults import FAULTS
from plot import Expected, Fault, Plot

from pkdocs.chain import AgreementVerdict, SetVerdict
from pkdocs.pipeline.audit import Means, verify
from pkdocs.verification import Result, Weight, find, result_of
from pkdocs.verification.finding import Step, heaviness

_HEAVY: Final = frozenset({Weight.FAIL, Weight.UNKNOWN, Weight.MISSING})


def planted(city: City, folder: Path) -> tuple[Plot, list[tuple[Fault, Expected]]]:
    """Return the set with all faults in ``folder``, and where each must be named."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(city.out, folder / "pk", copy_function=os.link)
    plot = Plot(city, folder / "pk")
    found = [(one, one.plant(plot)) for one in FAULTS]
    plot.finish()
    return plot, found


def own_codes(verdict: AgreementVerdict) -> Mapping[str, Weight]:
    """Return what is said of a file itself."""
    return {one.code: one.weight for one in verdict.findings if not one.inherited}


def wrong(verdict: SetVerdict, expected: list[tuple[Fault, Expected]]) -> Iterator[str]:
    """Yield each fault that is not named at its file, and each file with more said of it than planted."""
    files = {one.file: one for one in verdict.agreements}
    whole = {one.code: one.weight for one in verdict.findings}
    allowed = dict.fromkeys(files, Result.PASSED)
    for one, places in expected:
        for file, code in ((file, code) for file, codes in places.items() for code in codes.split()):
            said = own_codes(files[file]) if file in files else {} if file else whole
            if code not in said:
                yield f"{one.number} {one.what}: {code} is not said of {file or 'the set'}, but {sorted(said)}"
            elif file:
                made = result_of([find(code, Step.FILE, said[code])])
                allowed[file] = max(allowed[file], made, key=heaviness)
    for file, one in files.items():
        if heaviness(one.own) > heaviness(allowed[file]):
            heavy = sorted(code for code, weight in own_codes(one).items() if weight in _HEAVY)
            yield f"{file}: {one.own} by {heavy}, which nobody planted"
    named = {code for _, places in expected for code in places.get("", "").split()} | {"SET_UNREADABLE"}
    yield from (f"the set: {code}" for code, weight in whole.items() if weight in _HEAVY and code not in named)


def main() -> None:
    """Plant, judge, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agreements", type=int, nargs="?", default=3000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/planted"))
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args()
    city = City(given.folder / "plain", given.agreements)
    city.build(given.jobs)
    plot, expected = planted(city, given.folder / "faults")
    started = time.perf_counter()
    means = Means(register=plot.out / "register.pdf", jobs=given.jobs)
    verdict = verify([plot.out], plot.out.parent / "trust.toml", at=JUDGED, means=means, progress=lambda _d, _t: None)
    took = time.perf_counter() - started
    for one, places in expected:
        named = sorted({f"{code} at {Path(file).name if file else 'the set'}" for file, code in places.items()})
        print(f"{one.number:4d} {one.level:9s} {one.what}: {', '.join(named)}")
    found = list(wrong(verdict, expected))
    print("\n".join(found))
    levels = dict(Counter(one.level for one, _ in expected))
    print(f"{len(verdict.agreements)} files in {took:.1f} s; {len(expected)} faults, each of its own kind: {levels}")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
