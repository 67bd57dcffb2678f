"""Sheets of an .xlsx file, every cell as it shows (ECMA-376 part 1, 18.3).

Hidden rows, columns and sheets are read like all others; formulas are never computed.
"""

from typing import Final

from pkdocs.errors import WorkbookError
from pkdocs.workbook.cells import Fault, clean
from pkdocs.workbook.package import Attributes, Package, one_border
from pkdocs.workbook.sheets import RawSheet
from pkdocs.workbook.shown import BUILT_IN, GENERAL
from pkdocs.workbook.stored import MAIN, PHONETIC, TEXT, TRUE, Stored, unescape
from pkdocs.workbook.worksheet import read_rows

_REFERENCE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHEET, _PROPERTIES, _ROOT, _ITEM = (f"{MAIN}{name}" for name in ("sheet", "workbookPr", "workbook", "si"))
_FORMAT, _STYLES, _STYLE = (f"{MAIN}{name}" for name in ("numFmt", "cellXfs", "xf"))


def read_xlsx(data: bytes, file: str, *, place_file: str | None = None) -> list[RawSheet]:
    """Return the sheets of a workbook in its order; ``place_file`` is what places shall name.

    Raises:
        WorkbookError: not an .xlsx workbook, encrypted, damaged or too large.
    """
    package = Package(data, file)
    with one_border(file):
        book = _main_part(package, file)
        related = package.related(book)
        names, epoch_1904 = _book(package, book, file)
        parts = {kind: part for kind, part in related.values() if kind in {"sharedStrings", "styles"}}
        strings = _shared_strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else []
        formats = _formats(package, parts["styles"]) if "styles" in parts else [GENERAL]
        stored = Stored(strings, formats, epoch_1904)
        sheets = []
        for name, reference in names:
            kind, part = related[reference]
            if kind == "worksheet":
                sheets.append(RawSheet(name, read_rows(package, part, stored, file), place_file))
        return sheets


def _main_part(package: Package, file: str) -> str:
    for kind, part in package.related("").values():
        if kind == "officeDocument" and package.has(part):
            if part.endswith(".bin"):
                raise WorkbookError("FILE_FOREIGN", file=file)
            return part
    raise WorkbookError("FILE_FOREIGN", file=file)


def _book(package: Package, part: str, file: str) -> tuple[list[tuple[str, str]], bool]:
    names: list[tuple[str, str]] = []
    epochs: list[str] = []
    roots: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        if not roots:
            roots.append(element)
        if element == _SHEET:
            names.append((attributes["name"], attributes[_REFERENCE]))
        elif element == _PROPERTIES:
            epochs.append(attributes.get("date1904", ""))

    package.parse(part, start)
    if roots != [_ROOT]:
        strict = roots[0].startswith("http://purl.oclc.org/ooxml/spreadsheetml")
        raise WorkbookError("FILE_STRICT" if strict else "FILE_FOREIGN", file=file)
    return names, any(epoch in TRUE for epoch in epochs)


def _shared_strings(package: Package, part: str) -> list[str | Fault]:
    strings: list[str | Fault] = []
    pieces: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(element: str, _attributes: Attributes) -> None:
        if element == TEXT:
            state["text"] = not state["phonetic"]
        elif element == PHONETIC:
            state["phonetic"] = True

    def end(element: str) -> None:
        if element == TEXT:
            state["text"] = False
        elif element == PHONETIC:
            state["phonetic"] = False
        elif element == _ITEM:
            strings.append(clean(unescape("".join(pieces))))
            pieces.clear()

    def text(data: str) -> None:
        if state["text"]:
            pieces.append(data)

    package.parse(part, start, end, text)
    return strings


def _formats(package: Package, part: str) -> list[str]:
    """Return the number format of each cell style."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside: list[bool] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == _FORMAT:
            own[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif element == _STYLES:
            inside.append(True)
        elif element == _STYLE and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(element: str) -> None:
        if element == _STYLES:
            inside.clear()

    package.parse(part, start, end)
    return [own.get(number) or BUILT_IN.get(number, GENERAL) for number in styles] or [GENERAL]
