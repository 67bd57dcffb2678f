"""Sheet ``Skala``, and the scales that are built in: which category is better than which."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pkdocs.problem import EVERYTHING, Problem
from pkdocs.workbook.entry import Entry, entries
from pkdocs.workbook.names import bare, plain
from pkdocs.workbook.table import SheetSpec, Table

SPEC: Final = SheetSpec("Skala", ("Skala", "Nilai", "Urutan"))

_SAKIP = ("D", "C", "CC", "B", "BB", "A", "AA")
_BPK = ("TMP", "TW", "WDP", "WTP-DPP", "WTP")
_KLA = ("Pratama", "Madya", "Nindya", "Utama", "Kota Layak Anak")
BUILT_IN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(("predikat SAKIP", "predikat AKIP"), _SAKIP),
        **dict.fromkeys(("opini", "opini BPK"), _BPK),
        **dict.fromkeys(("Kota Layak Anak", "predikat Kota Layak Anak", "predikat KLA"), _KLA),
    }
)
"""Categories, worst first, by the Satuan that names their scale (PermenPANRB 88/2021; UU 15/2004; Perpres 25/2021)."""

_LONG_FORMS: Final = {
    "Tidak Menyatakan Pendapat": "TMP",
    "Tidak Memberikan Pendapat": "TMP",
    "Tidak Wajar": "TW",
    "Wajar Dengan Pengecualian": "WDP",
    "Wajar Tanpa Pengecualian Dengan Paragraf Penjelasan": "WTP-DPP",
    "Wajar Tanpa Pengecualian": "WTP",
    "KLA": "Kota Layak Anak",
    "Kabupaten Layak Anak": "Kota Layak Anak",
}
_SHORT: Final = {bare(long): bare(short) for long, short in _LONG_FORMS.items()}


def scale_of(scales: Mapping[str, tuple[str, ...]], unit: str, categories: Iterable[str]) -> tuple[str, ...] | None:
    """Return the scale, worst first, by which categories under a Satuan are compared; None where there is none.

    The scale that bears the Satuan's name goes before; else a built-in one that has all the categories serves,
    since ``predikat`` alone names several.
    """
    named = named_scale(scales, unit)
    if named is not None:
        return named
    wanted = list(categories)
    fitting = (scale for scale in (_SAKIP, _BPK, _KLA) if all(order_of(scale, entry) is not None for entry in wanted))
    return next(fitting, None)


def named_scale(scales: Mapping[str, tuple[str, ...]], unit: str) -> tuple[str, ...] | None:
    """Return the scale that bears the Satuan's name, whatever its case; None where none does."""
    by_name = {plain(name): scale for name, scale in scales.items()}
    return by_name.get(plain(unit))


def order_of(scale: tuple[str, ...], category: str) -> int | None:
    """Return the place of a category, 0 the worst; None if it is not of the scale.

    Full forms of the built-in categories are known: ``Wajar Tanpa Pengecualian`` is ``WTP``.
    """
    wanted = bare(category)
    names = [bare(entry) for entry in scale]
    for written in (wanted, _SHORT.get(wanted)):
        if written in names:
            return names.index(written)
    return None


def read_scales(tables: Iterable[Table]) -> tuple[Mapping[str, tuple[str, ...]], list[Problem]]:
    """Return all scales by name, the workbook's own in place of built-in ones; their errors stop everything."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries(tables):
        entry.touches = EVERYTHING
        _read_step(entry, found, names)
        problems += entry.problems()
    own = {names[name]: tuple(steps[order] for order in sorted(steps)) for name, steps in found.items()}
    built_in = {name: scale for name, scale in BUILT_IN.items() if plain(name) not in found}
    return MappingProxyType(own | built_in), problems


def _read_step(entry: Entry, found: dict[str, dict[int, str]], names: dict[str, str]) -> None:
    scale = entry.text("Skala", required=True)
    category = entry.text("Nilai", required=True)
    order = entry.integer("Urutan", 0, 1000, required=True)
    if entry.failed or order is None:
        return
    steps = found[plain(scale)]
    names.setdefault(plain(scale), scale)
    if order in steps:
        entry.error("Urutan", "SCALE_ORDER_TWICE", scale=scale[:60], order=order)
    elif bare(category) in map(bare, steps.values()):
        entry.error("Nilai", "SCALE_VALUE_TWICE", scale=scale[:60], value=category[:60])
    else:
        steps[order] = category
