"""Print the number (NIP) of each holder of a position in a sample workbook, one a line, as the rows stand.

Usage: python samples/holders.py WORKBOOK KEY
"""

import sys
from pathlib import Path

from pkdocs.workbook import read_workbook


def main(workbook: Path, key: str) -> None:
    """Print the numbers; a position that nobody holds is a fault of the caller."""
    rows = read_workbook(workbook).roster.assignments
    numbers = [row.person.number for row in rows if row.key == key and row.person]
    if not numbers:
        raise SystemExit(f"{key}: nobody holds it")
    sys.stdout.writelines(f"{number}\n" for number in numbers)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
