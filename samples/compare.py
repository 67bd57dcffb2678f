"""Compare a verdict with what the cases of Kota Wanasari must give (expected.json).

Usage: python samples/compare.py WORKBOOK VERDICT [--register]

VERDICT holds what ``pkdocs verify --json`` prints; --register: it was judged with a register. Every agreement of the
workbook must be there once, with exactly the result, own result and codes (of what is heavier than a warning) that
are expected of it, and no other may be there. Prints the cases and all that differs; ends with 1 if anything does.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pkdocs.pipeline.checking import check

EXPECTED = Path(__file__).with_name("expected.json")
WITHOUT, WITH = "without_register", "with_register"
_HEAVY = frozenset({"fail", "unknown", "missing"})
_NOTHING = "-"


@dataclass(frozen=True)
class Row:
    """What is expected of one agreement and what was found, as text; ``case`` is its number, 0 for the others."""

    case: int
    id: str
    expected: str
    found: str

    @property
    def differs(self) -> bool:
        """Tell whether anything else was found than expected."""
        return self.expected != self.found


def read_json(file: Path, schema: str) -> dict[str, Any]:
    """Return the object in ``file``, which is of this schema."""
    read = json.loads(file.read_text(encoding="utf-8"))
    if read["schema"] != schema:
        raise SystemExit(f"{file.name}: not {schema}")
    return dict(read)


def compare(
    expected: Mapping[str, Any], verdict: Mapping[str, Any], ids: Iterable[str], *, year: int, column: str
) -> Iterator[Row]:
    """Yield a row for each agreement of ``ids``, of the cases and of the verdict, and one for the set."""
    wanted = {id_: (0, _text(expected["others"])) for id_ in ids}
    for number, case in enumerate(expected["cases"], 1):
        for pattern, columns in case["agreements"].items():
            wanted[pattern.format(year=year)] = (number, _text(columns.get(column, expected["others"])))
    found: dict[str, list[str]] = defaultdict(list)
    for entry in verdict["agreements"]:
        codes = {finding["code"] for finding in entry["findings"] if finding["weight"] in _HEAVY}
        found[entry["id"] or entry["file"]].append(_text({**entry, "findings": codes}))
    for id_ in dict.fromkeys((*wanted, *found)):
        number, text = wanted.get(id_, (0, _NOTHING))
        yield Row(number, id_, text, " + ".join(found[id_]) or _NOTHING)
    yield Row(0, "SET", expected["set"][column], verdict["set"]["result"])


def _text(entry: Mapping[str, Any]) -> str:
    own = "" if entry["own"] == entry["result"] else f" (own: {entry['own']})"
    return " ".join([f"{entry['result']}{own}", *sorted(entry["findings"])])


def table(expected: Mapping[str, Any], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the report: the cases, how many others are as expected, those that are not, the set."""
    by_case: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_case[row.case].append(row)
    for number, case in enumerate(expected["cases"], 1):
        yield f"{number}. {case['case']['id']} / {case['case']['en']}"
        yield from map(_line, by_case[number])
    *others, whole = by_case[0]
    different = [row for row in others if row.differs]
    yield f"Lainnya / others: {len(others) - len(different)} {_text(expected['others'])}"
    yield from map(_line, different)
    yield f"Himpunan / set: {whole.expected}"
    yield from map(_line, [whole] if whole.differs else [])


def _line(row: Row) -> str:
    return f"   {'x' if row.differs else '='} {row.id:<34} {row.expected:<30} {row.found}"


def main() -> None:
    """Read the command line, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workbook", type=Path)
    parser.add_argument("verdict", type=Path)
    parser.add_argument("--register", dest="column", action="store_const", const=WITH, default=WITHOUT)
    given = parser.parse_args()
    expected, verdict = read_json(EXPECTED, "pkdocs-expected/1"), read_json(given.verdict, "pkdocs-verdict/1")
    checked = check(given.workbook)
    ids = [agreement.id for agreement in checked.cascade.agreements]
    rows = list(compare(expected, verdict, ids, year=checked.profile.year, column=given.column))
    sys.stdout.writelines(f"{line}\n" for line in table(expected, rows))
    sys.exit(1 if any(row.differs for row in rows) else 0)


if __name__ == "__main__":
    main()
