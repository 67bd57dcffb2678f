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
"""Agreements of the reference city; a test counts them."""

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


def makes_agreement(row: Row) -> bool:
    """Tell whether a row of ``Pejabat`` makes an agreement: neither vacant nor standing in for the holder."""
    return not is_vacant(row) and row["Status"] != "Plh."


def top(city: City, people: int) -> City:
    """Return the part of the city with its ``people`` highest officials: each with all superiors.

    A vacant position below a chosen one stays, for others may refer to it; who stands in stays with the holder.
    """
    officials = city["Pejabat"].rows
    depths = _depths(officials)
    ranked = sorted(filter(makes_agreement, officials), key=lambda row: depths[row["Kode Jabatan"]])
    chosen = ranked[:people]
    keys = {key_of(row) for row in chosen}

    def stays(row: Row) -> bool:
        if makes_agreement(row):
            return row in chosen
        return (row["Atasan"] if is_vacant(row) else key_of(row)) in keys

    kept = tuple(filter(stays, officials))
    names = {name for row in kept for name in (key_of(row), row["Kode Jabatan"])}
    others = {name: Sheet(sheet.columns, tuple(_kept(sheet, names))) for name, sheet in city.items()}
    return {**others, "Pejabat": Sheet(city["Pejabat"].columns, kept)}


def _depths(officials: tuple[Row, ...]) -> Mapping[str, int]:
    superiors = {row["Kode Jabatan"]: row.get("Atasan", "") for row in officials}

    def depth(code: str) -> int:
        above = superiors[code]
        return 1 + depth(above) if above else 0

    return {code: depth(code) for code in superiors}


def _kept(sheet: Sheet, names: set[str]) -> Iterator[Row]:
    for row in sheet.rows:
        position = row.get("Kode Jabatan")
        if position is None or position in names:
            yield row
