"""Text and tables flowing over A4 sheets, with places to sign: wrapped, tagged, broken where a sheet ends."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, NamedTuple, TypeAlias

from pkdocs.drawing.pdf import Objects, ref, refs
from pkdocs.drawing.slots import Box, Slot, fill_field
from pkdocs.drawing.tags import Element, Tree
from pkdocs.signing.font import BOLD, Face, show_text

_WIDTH, _HEIGHT = 595, 842
LEFT: Final = 56
RIGHT: Final = 539
_TOP, _BOTTOM, _FOOT = 786, 64, 36
_LEADING: Final = 1.3
_PADDING: Final = 3.0
_FOOT_SIZE: Final = 7.5
_SLOT_HEIGHT: Final = 72
_EDGE: Final = "0.5 w 0.6 G"


class Side(Enum):
    """Where in its column a text stands."""

    LEFT = auto()
    CENTRE = auto()
    RIGHT = auto()


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, its size in points, and whether it is bold; ``ink`` are red, green and blue, none for black."""

    words: str
    size: float = 9
    bold: bool = False
    ink: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column from ``left`` to ``right``, in points from the edge of the sheet."""

    left: float
    right: float
    side: Side = Side.LEFT


Row: TypeAlias = Sequence[Sequence[Text] | Slot]
"""What stands in each column: texts one below the other, or a place to sign."""
Header: TypeAlias = Sequence[Sequence[Text]]
"""A row that says what the columns are."""


class Made(NamedTuple):
    """Numbers of objects: the page tree, the structure tree, and the fields in their order."""

    pages: int
    tree: int
    fields: list[int]


class _Place(NamedTuple):
    """A height on one of the sheets, which are counted from 0; what is further on is larger."""

    sheet: int
    depth: float


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page: its number as an object, its key in the structure tree, and what goes on it."""

    number: int
    key: int
    marked: list[int]
    drawn: list[str]
    fields: list[int]


class Sheets:
    """Sheets under construction: what is added goes below what is there, and on the next sheet where it must."""

    def __init__(self, objects: Objects, face: Face, font: int) -> None:
        self._objects = objects
        self._face = face
        self._font = font
        self._tree = Tree(objects)
        self._above = objects.reserve()
        self._sheets: list[_Sheet] = []
        self._fields: list[int] = []
        self._next = self._turn()

    def keep(self, height: float) -> bool:
        """Turn to a new sheet, and say so, unless ``height`` is left on this one, or this one is empty."""
        if self._next.depth == 0 or self._next.depth + height <= _TOP - _BOTTOM:
            return False
        self._next = self._turn()
        return True

    def add_space(self, height: float) -> None:
        """Leave ``height`` points free."""
        self._next = self._next._replace(depth=self._next.depth + height)

    def add_paragraph(self, tag: str, *texts: Text, side: Side = Side.LEFT) -> None:
        """Add texts of one element over the whole width."""
        column = Column(LEFT, RIGHT, side)
        lines = self._wrap(column, texts)
        self.keep(_height(lines))
        self._next = self._write(column, lines, self._next, self._tree.document.add(tag))

    def add_table(self, columns: Sequence[Column], rows: Iterable[Row], header: Header | None = None) -> None:
        """Add a table; its header stands again on each sheet. Without one the first column says what a row is."""
        table = self._tree.document.add("Table")
        if header is not None:
            header = [self._wrap(column, texts) for column, texts in zip(columns, header, strict=True)]
            self._add_row(columns, header, table.add("TR"), headings=len(columns))
        for row in rows:
            cells = [
                cell if isinstance(cell, Slot) else self._wrap(column, cell)
                for column, cell in zip(columns, row, strict=True)
            ]
            if self.keep(_row_height(cells)) and header is not None:
                self._repeat(columns, header)
            self._add_row(columns, cells, table.add("TR"), headings=0 if header else 1)

    def close(self, footer: Callable[[int, int], str]) -> Made:
        """Write all that is there, each sheet with its ``footer``, which is told its number and how many there are."""
        for number, sheet in enumerate(self._sheets, 1):
            foot = Text(footer(number, len(self._sheets)), _FOOT_SIZE)
            (line,) = self._wrap(Column(LEFT, RIGHT), (foot,))[:1]
            self._draw(sheet, None, self._show(line, LEFT, _FOOT))
            self._fill(sheet)
        kids = refs([sheet.number for sheet in self._sheets])
        self._objects.fill(self._above, f"<< /Type /Pages /Kids {kids} /Count {len(self._sheets)} >>")
        self._tree.fill()
        return Made(self._above, self._tree.number, self._fields)

    def _turn(self) -> _Place:
        """Return the top of a new sheet."""
        key, marked = self._tree.enter_page()
        self._sheets.append(_Sheet(self._objects.reserve(), key, marked, [], []))
        return _Place(len(self._sheets) - 1, 0)

    def _add_row(self, columns: Sequence[Column], row: Row, element: Element, *, headings: int) -> None:
        """Write a row of wrapped texts from here on, its cells side by side; the first ones are headings."""
        start = self._next._replace(depth=self._next.depth + _PADDING)
        scope = "Column" if headings == len(columns) else "Row"
        ends = []
        for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
            below = _add_cell(element, scope if index < headings else "")
            if isinstance(cell, Slot):
                ends.append(self._place(cell, column, start, below))
            else:
                ends.append(self._write(column, cell, start, below))
        self._rule(max(ends))

    def _repeat(self, columns: Sequence[Column], header: Header) -> None:
        """Write a header once more, as no part of the content."""
        start = self._next._replace(depth=self._next.depth + _PADDING)
        cells = zip(columns, header, strict=True)
        self._rule(max(self._write(column, lines, start, None) for column, lines in cells))

    def _rule(self, end: _Place) -> None:
        """End a row with a line, and go on below it."""
        self._next = end._replace(depth=end.depth + _PADDING)
        height = _TOP - self._next.depth
        self._draw(self._sheets[end.sheet], None, f"{_EDGE} {LEFT} {height:.2f} m {RIGHT} {height:.2f} l S")

    def _wrap(self, column: Column, texts: Iterable[Text]) -> tuple[Text, ...]:
        width = column.right - column.left
        return tuple(
            replace(text, words=line) for text in texts for line in self._face.wrap(text.words, text.size, width)
        )

    def _write(self, column: Column, lines: Iterable[Text], start: _Place, element: Element | None) -> _Place:
        """Write ``lines`` from ``start`` on, over as many sheets as they take, and return where they end."""
        place = start
        for line in lines:
            depth = place.depth + line.size * _LEADING
            if depth > _TOP - _BOTTOM:
                # another column may have been here before
                place = _Place(place.sheet + 1, 0) if place.sheet + 1 < len(self._sheets) else self._turn()
                depth = line.size * _LEADING
            place = _Place(place.sheet, depth)
            base = _TOP - depth - self._face.descent * line.size / 1000
            shown = self._show(line, self._across(column, line), base)
            self._draw(self._sheets[place.sheet], element, shown)
        return place

    def _across(self, column: Column, line: Text) -> float:
        left = column.right - column.left - self._face.width(line.words, line.size)
        return column.left + {Side.LEFT: 0.0, Side.CENTRE: left / 2, Side.RIGHT: left}[column.side]

    def _show(self, line: Text, left: float, base: float) -> str:
        weight = f"2 Tr {line.size * BOLD:.2f} w" if line.bold else "0 Tr"
        shown = show_text(line.words, self._face.glyphs)
        written = f"{weight} /F1 {line.size:.2f} Tf 1 0 0 1 {left:.2f} {base:.2f} Tm {shown} ET"
        if line.ink is None:
            return f"BT 0 G {written}"
        ink = " ".join(f"{part:.2f}" for part in line.ink)
        return f"q {ink} rg {ink} RG BT {written} Q"

    def _draw(self, sheet: _Sheet, element: Element | None, drawn: str) -> None:
        if element is None:
            sheet.drawn.append(f"/Artifact BMC {drawn} EMC")
            return
        mark = len(sheet.marked)
        element.mark(sheet.number, mark)
        sheet.marked.append(element.number)
        sheet.drawn.append(f"/{element.tag} << /MCID {mark} >> BDC {drawn} EMC")

    def _place(self, slot: Slot, column: Column, start: _Place, element: Element) -> _Place:
        """Put an empty field into the column, with a frame that shows where, and return where it ends."""
        sheet, top = self._sheets[start.sheet], _TOP - start.depth
        box = Box(column.left, top - _SLOT_HEIGHT, column.right, top)
        edges = f"{box.left:.2f} {box.bottom:.2f} {box.right - box.left:.2f} {_SLOT_HEIGHT}"
        self._draw(sheet, None, f"{_EDGE} {edges} re S")
        field = self._objects.reserve()
        key = self._tree.enter_field(field, slot.label, sheet.number, element)
        fill_field(self._objects, field, slot, box, page=sheet.number, key=key)
        sheet.fields.append(field)
        self._fields.append(field)
        return _Place(start.sheet, start.depth + _SLOT_HEIGHT)

    def _fill(self, sheet: _Sheet) -> None:
        contents = self._objects.add_stream("\n".join(sheet.drawn).encode("ascii"))
        fields = f" /Annots {refs(sheet.fields)}" if sheet.fields else ""
        self._objects.fill(
            sheet.number,
            f"<< /Type /Page /Parent {ref(self._above)} /MediaBox [0 0 {_WIDTH} {_HEIGHT}]"
            f" /Resources << /Font << /F1 {ref(self._font)} >> >> /Contents {ref(contents)}"
            f" /StructParents {sheet.key} /Tabs /S{fields} >>",
        )


def _height(lines: Iterable[Text]) -> float:
    # sizes are halves of points, whose sums are exact: how Python rounds others changed with 3.12
    return sum(line.size for line in lines) * _LEADING


def _row_height(cells: Row) -> float:
    return max(_SLOT_HEIGHT if isinstance(cell, Slot) else _height(cell) for cell in cells) + 2 * _PADDING


def _add_cell(row: Element, scope: str) -> Element:
    return row.add("TH", f" /A << /O /Table /Scope /{scope} >>") if scope else row.add("TD")
