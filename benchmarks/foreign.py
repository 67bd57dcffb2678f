"""How well any signed PDF is judged: a few hundred made ones, good and bad, or those in a folder.

python benchmarks/foreign.py                 the two made corpora
python benchmarks/foreign.py good/ bad/      files of folders instead, the first all good, the second all bad
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pkdocs.verification.foreign import inspect_foreign
from pkdocs.verification.inspection import Inspection, Integrity
from tests.foreign_corpus import Specimen, specimens
from tests.foreign_raw_bad import raw_specimens

_GENERAL = {"INSPECT_UNREADABLE", "INSPECT_SIGNATURE_UNREADABLE", "INSPECT_LATER_UNREADABLE", "INSPECT_NOT_READ"}
_HEAVY = {"fail", "unknown"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One file with what was said of it, and the processor's seconds that took."""

    specimen: Specimen
    inspection: Inspection
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether it was called intact."""
        return self.inspection.integrity is Integrity.INTACT

    @property
    def codes(self) -> list[str]:
        """What speaks against it."""
        return [finding.code for finding in self.inspection.reasons if finding.weight in _HEAVY]

    @property
    def is_specific(self) -> bool:
        """Whether a reason of its own is among them."""
        return bool(set(self.codes) - _GENERAL)


def _judged(corpus: Iterator[Specimen]) -> Iterator[Judged]:
    for specimen in corpus:
        try:
            pdf = specimen.make()
        except Exception as fault:  # noqa: BLE001 not every crossing can be made
            print(f"not made: {specimen.name}: {fault!r}"[:160])
            continue
        began = time.process_time()
        inspection = inspect_foreign(pdf)
        yield Judged(specimen, inspection, time.process_time() - began)


def _in_folders(good: str, bad: str) -> Iterator[Specimen]:
    for folder, is_good in ((good, True), (bad, False)):
        for file in sorted(Path(folder).rglob("*.pdf")):
            yield Specimen(file.name, is_good, file.read_bytes)


def main(arguments: list[str]) -> None:
    """Judge a corpus and print how many of each kind were judged otherwise than they should be."""
    found = list(_judged(_in_folders(*arguments) if arguments else (*specimens(), *raw_specimens())))
    good = [one for one in found if one.specimen.is_good]
    bad = [one for one in found if not one.specimen.is_good]
    refused = [one for one in good if not one.passed]
    passed = [one for one in bad if one.passed]
    turned_away = [one for one in found if not one.passed]
    for title, listed in (("bad that passed", passed), ("good that were refused", refused)):
        for one in listed:
            print(f"{title}: {one.specimen.name}: {one.codes}")
    vague = [one for one in turned_away if not one.is_specific]
    for one in vague:
        print(f"no reason of its own: {one.specimen.name}: {one.codes}")
    print(f"bad passed       {len(passed):4} of {len(bad):4}  {len(passed) / max(len(bad), 1):.1%}")
    print(f"good refused     {len(refused):4} of {len(good):4}  {len(refused) / max(len(good), 1):.1%}")
    share = 1 - len(vague) / max(len(turned_away), 1)
    print(f"specific reasons {len(turned_away) - len(vague):4} of {len(turned_away):4}  {share:.1%}")
    slowest = max(found, key=lambda one: one.seconds)
    print(f"slowest {slowest.seconds:.2f} s: {slowest.specimen.name}")
    for code, count in Counter(code for one in turned_away for code in one.codes).most_common():
        print(f"    {count:4} {code}")


if __name__ == "__main__":
    main(sys.argv[1:])
