"""Word documents to PDF, several at a time where that changes nothing, and alone where it would."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pkdocs.document import Template, is_usual, join_batch
from pkdocs.issue import IrregularError, part_batch
from pkdocs.office import Pool
from pkdocs.outcome import Outcome

BATCH: Final = 24
"""Agreements that are laid out together: more saves little, and a killed run loses what was under way."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A Word document rendered from ``template``, to be converted; ``key`` is its id or its file."""

    key: str
    template: Template
    docx: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Lot:
    """Sheets of one template that are laid out together; ``plain`` is one as it is, without prelude."""

    sheets: tuple[Sheet, ...]
    plain: bool = False

    def __str__(self) -> str:
        return ", ".join(sheet.key for sheet in self.sheets)

    def document(self) -> bytes:
        binding = self.sheets[0].template.binding
        if self.plain or binding is None:
            return self.sheets[0].docx
        return join_batch([sheet.docx for sheet in self.sheets], binding)

    def parts(self, pdf: bytes) -> list[bytes]:
        return [pdf] if self.plain else part_batch(pdf, len(self.sheets))

    def smaller(self) -> list["_Lot"]:
        """What to try next: each alone; one that was alone as it is."""
        if len(self.sheets) > 1:
            return [_Lot((sheet,)) for sheet in self.sheets]
        return [] if self.plain else [_Lot(self.sheets, plain=True)]


def convert_sheets(pool: Pool, sheets: Iterable[Sheet]) -> Iterator[Outcome[str, bytes]]:
    """Yield the PDF of each sheet, or the error in its place, in the order in which they are done.

    The bytes of a page do not depend on what was laid out beside it. A sheet fails only alone. ``sheets`` are read
    as workers become free.

    Raises:
        OfficeError: LibreOffice does not start.
    """
    lots: Iterable[_Lot] = _lots(sheets)
    while lots:
        again: list[_Lot] = []
        for converted in pool.convert((lot, lot.document()) for lot in lots):
            yield from _taken_apart(converted, again)
        lots = again


def _lots(sheets: Iterable[Sheet]) -> Iterator[_Lot]:
    waiting: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        binding = sheet.template.binding
        if binding is None:
            yield _Lot((sheet,), plain=True)
        elif not is_usual(sheet.docx, binding):
            yield _Lot((sheet,))
        else:
            waiting[sheet.template.digest].append(sheet)
            if len(waiting[sheet.template.digest]) == BATCH:
                yield _Lot(tuple(waiting.pop(sheet.template.digest)))
    yield from (_Lot(tuple(rest)) for rest in waiting.values())


def _taken_apart(converted: Outcome[_Lot, bytes], again: list[_Lot]) -> Iterator[Outcome[str, bytes]]:
    """Yield what a lot gave; what must be tried in smaller ones goes to ``again``."""
    lot = converted.key
    try:
        if converted.value is not None:
            parts = lot.parts(converted.value)
            yield from (Outcome(sheet.key, part) for sheet, part in zip(lot.sheets, parts, strict=True))
            return
    except IrregularError:
        again += lot.smaller()
        return
    if len(lot.sheets) > 1:
        again += lot.smaller()
    else:
        yield Outcome(lot.sheets[0].key, error=converted.error)
