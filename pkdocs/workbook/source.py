"""The files that a workbook consists of."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkdocs.errors import WorkbookError
from pkdocs.messages import reason_of
from pkdocs.problem import EVERYTHING, Place, Problem, error
from pkdocs.workbook.csvfile import read_csv
from pkdocs.workbook.sheets import RawSheet
from pkdocs.workbook.xlsx import read_xlsx

MAX_FILE_BYTES: Final = 64 * 1024 * 1024

_OLD: Final = ".xls"
_OTHER_SPREADSHEETS: Final = frozenset({_OLD, ".xlsm", ".xlsb", ".xltx", ".ods", ".fods", ".tsv"})


@dataclass(frozen=True, slots=True)
class Source:
    """All sheets of all files in the order of the files' names, and what could not be read of them.

    ``digest`` is the SHA-256 of the one file, or over the sorted digests of several, so that names do not count.
    """

    sheets: tuple[RawSheet, ...]
    problems: tuple[Problem, ...]
    digest: str


def read_source(path: Path) -> Source:
    """Return the sheets of an .xlsx file, a folder of .csv files, or a folder of .xlsx files.

    A file of a folder that cannot be read is a problem that stops every agreement, since nobody knows whose
    rows it holds.

    Raises:
        WorkbookError: nothing can be read at all.
    """
    try:
        return _read_folder(path) if path.is_dir() else _read_file(path)
    except OSError as fault:
        code = "FILE_MISSING" if isinstance(fault, FileNotFoundError) else "FILE_UNREADABLE"
        raise WorkbookError(code, file=str(path), reason=reason_of(fault)) from fault


def _load(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise WorkbookError("FILE_TOO_LARGE", file=path.name, limit=MAX_FILE_BYTES // 2**20)
    return path.read_bytes()


def _read_file(path: Path) -> Source:
    if path.suffix.lower() == ".csv":
        raise WorkbookError("FILE_SINGLE_CSV", file=path.name)
    if path.suffix.lower() in _OTHER_SPREADSHEETS - {_OLD}:
        raise WorkbookError("FILE_FOREIGN", file=path.name)
    data = _load(path)
    return Source(tuple(read_xlsx(data, path.name)), (), _digest([data]))


def _read_folder(path: Path) -> Source:
    files = sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith((".", "~$")))
    workbooks = [file for file in files if file.suffix.lower() == ".xlsx"]
    tables = [file for file in files if file.suffix.lower() == ".csv"]
    others = [file for file in files if file.suffix.lower() in _OTHER_SPREADSHEETS]
    if workbooks and tables:
        raise WorkbookError("FOLDER_MIXED", folder=path.name)
    if not workbooks and not tables:
        raise WorkbookError("FOLDER_EMPTY", folder=path.name)
    several = len(workbooks) > 1

    def read(file: Path, data: bytes) -> list[RawSheet]:
        if tables:
            return [read_csv(data, file.name)]
        return read_xlsx(data, file.name, place_file=file.name if several else None)

    refused = tuple(error("FILE_OTHER_FORMAT", Place(file=file.name), EVERYTHING, file=file.name) for file in others)
    source = _read_each(workbooks or tables, read)
    return Source(source.sheets, source.problems + refused, source.digest)


def _read_each(files: list[Path], read: Callable[[Path, bytes], list[RawSheet]]) -> Source:
    sheets: list[RawSheet] = []
    problems: list[Problem] = []
    contents: list[bytes] = []
    for file in files:
        try:
            contents.append(data := _load(file))
            sheets += read(file, data)
        except WorkbookError as fault:
            if len(files) == 1:
                raise
            problems.append(error(fault.code, Place(file=file.name), EVERYTHING, **fault.params))
    return Source(tuple(sheets), tuple(problems), _digest(contents))


def _digest(contents: list[bytes]) -> str:
    digests = sorted(hashlib.sha256(data).digest() for data in contents)
    return digests[0].hex() if len(digests) == 1 else hashlib.sha256(b"".join(digests)).hexdigest()
