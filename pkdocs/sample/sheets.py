"""The reference city: the sheets of ``samples/kota-wanasari``, and its upper part."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from pathlib import Path
from typing import Final

Row = Mapping[str, str]
"""The cells of a row by their columns; one that is absent or "" is empty."""

BASE_SIZE: Final = 72
"""Officials of the reference city, vacant positions left out; a test counts them."""

_SHEETS: Final = ("Profil", "Unit", "Pejabat", "Indikator", "Anggaran", "RPJMD", "Skala", "Paparan")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its columns, and its rows with only what is filled."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


City = Mapping[str, Sheet]
"""Sheets by name, in the order of the workbook."""


def sample_folder() -> Traversable:
    """Return the folder of the samples: inside the installed package, else the repository's own."""
    installed = files("pkdocs") / "_samples"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "samples"


def base_city() -> City:
    """Return the reference city as its CSV sheets have it."""
    folder = sample_folder() / "kota-wanasari"
    return {name: _read(folder / f"{name}.csv") for name in _SHEETS}


def _read(file: Traversable) -> Sheet:
    header, *lines = csv.reader(StringIO(file.read_text(encoding="utf-8"), newline=""), delimiter=";")
    rows = ({column: cell for column, cell in zip(header, line, strict=True) if cell} for line in lines)
    return Sheet(tuple(header), tuple(rows))


def key_of(row: Row) -> str:
    """Return the key of a row of ``Pejabat``: the code, with the holder's number where it is shared."""
    return f"{row['Kode Jabatan']}.{row['Nomor']}" if "Nomor" in row else row["Kode Jabatan"]


def is_vacant(row: Row) -> bool:
    """Tell whether a row of ``Pejabat`` says that nobody holds the position."""
    return row["Status"] == "Kosong"


def top(city: City, people: int) -> City:
    """Return the part of the city with its ``people`` highest officials: each with all superiors.

    A vacant position below a chosen one stays, for others may refer to it.
    """
    officials = city["Pejabat"].rows
    depths = _depths(officials)
    ranked = sorted((row for row in officials if not is_vacant(row)), key=lambda row: depths[row["Kode Jabatan"]])
    chosen = {key_of(row) for row in ranked[:people]}
    chosen |= {key_of(row) for row in officials if is_vacant(row) and row["Atasan"] in chosen}
    names = chosen | {row["Kode Jabatan"] for row in officials if key_of(row) in chosen}
    return {name: Sheet(sheet.columns, tuple(_kept(name, sheet, chosen, names))) for name, sheet in city.items()}


def _depths(officials: tuple[Row, ...]) -> Mapping[str, int]:
    superiors = {row["Kode Jabatan"]: row.get("Atasan", "") for row in officials}

    def depth(code: str) -> int:
        above = superiors[code]
        return 1 + depth(above) if above else 0

    return {code: depth(code) for code in superiors}


def _kept(name: str, sheet: Sheet, keys: set[str], names: set[str]) -> Iterator[Row]:
    for row in sheet.rows:
        position = key_of(row) if name == "Pejabat" else row.get("Kode Jabatan")
        if position is None or position in (keys if name == "Pejabat" else names):
            yield row
