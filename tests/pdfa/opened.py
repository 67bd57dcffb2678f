"""A PDF opened for checking: its bytes, its objects, and what its content streams do."""

import contextlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

_PAINTING: Final = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "EI", "Tj", "TJ", "'", '"'})
_SHOWING: Final = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE: Final = 3


@dataclass(frozen=True)
class Done:
    """One operator of a content stream, with its resources; ``mark`` is the innermost tag around it and its MCID."""

    operator: str
    operands: list[Any]
    resources: Object
    mark: tuple[str, int | None] | None
    nested: int

    @property
    def paints(self) -> bool:
        return self.operator in _PAINTING


@dataclass
class Shown:
    """A font, and the codes that are shown in it."""

    font: Object
    codes: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _State:
    font: Object | None = None
    mode: int = 0


class Opened:
    """What the rules ask."""

    def __init__(self, data: bytes, document: Pdf) -> None:
        self.data = data
        self.document = document

    @cached_property
    def objects(self) -> list[Any]:
        """Every dictionary, array, stream, string, name and number, wherever it is; keys as bytes."""
        found: list[Any] = []
        for root in [*self.document.objects, self.document.trailer]:
            _gather(root, found, 0)
        return found

    @property
    def names(self) -> Iterator[bytes]:
        """Every name, as a key too, with its slash."""
        return (bytes(found) for found in self.objects if isinstance(found, Name | bytes))

    @property
    def dictionaries(self) -> Iterator[Object]:
        """Every dictionary and every stream."""
        return (found for found in self.objects if isinstance(found, Dictionary | Stream))

    @cached_property
    def annotations(self) -> list[Object]:
        return [annotation for page in self.document.pages for annotation in page.obj.get("/Annots", Array())]

    @cached_property
    def pages(self) -> list[list[Done]]:
        """What each page does, forms that it calls not included."""
        return [list(_run(page, page.obj.get("/Resources", Dictionary()))) for page in self.document.pages]

    @cached_property
    def forms(self) -> list[list[Done]]:
        """What each form does, those of appearances too."""
        found = [stream for stream in self.document.objects if isinstance(stream, Stream) and _is_form(stream)]
        return [list(_run(form, form.get("/Resources", Dictionary()))) for form in found]

    @property
    def done(self) -> Iterator[Done]:
        return (step for stream in (*self.pages, *self.forms) for step in stream)

    @cached_property
    def shown(self) -> Mapping[tuple[int, int], Shown]:
        """The fonts in which something is shown, by their object numbers."""
        fonts: dict[tuple[int, int], Shown] = {}
        for stream in (*self.pages, *self.forms):
            _note_shown(stream, fonts)
        return fonts


@contextlib.contextmanager
def opened(pdf: bytes) -> Iterator[Opened]:
    """Open ``pdf`` for as long as it is checked."""
    with pikepdf.open(io.BytesIO(pdf), suppress_warnings=True) as document:
        yield Opened(pdf, document)


def _gather(found: Any, into: list[Any], depth: int) -> None:
    into.append(found)
    if isinstance(found, Dictionary | Stream):
        for key in found.keys():  # noqa: SIM118  pikepdf's objects are not mappings
            into.append(key.encode(errors="surrogateescape") if isinstance(key, str) else bytes(key))
            _gather_direct(found[key], into, depth)
    elif isinstance(found, Array):
        for entry in found:
            _gather_direct(entry, into, depth)


def _gather_direct(value: Any, into: list[Any], depth: int) -> None:
    # what is indirect comes by itself
    if depth < 50 and not (isinstance(value, Object) and value.is_indirect):
        _gather(value, into, depth + 1)


def _is_form(stream: Stream) -> bool:
    return stream.get("/Type") == Name.XObject and stream.get("/Subtype") == Name.Form


def _run(stream: Page | Object, resources: Object) -> Iterator[Done]:
    marks: list[tuple[str, int | None]] = []
    nested = 0
    for instruction in pikepdf.parse_content_stream(stream):
        operator = "EI" if isinstance(instruction, pikepdf.ContentStreamInlineImage) else str(instruction.operator)
        operands = list(instruction.operands)
        if operator == "q":
            nested += 1
        elif operator == "Q":
            nested -= 1
        elif operator in {"BMC", "BDC"}:
            marks.append((str(operands[0]), _mcid(operands[1:], resources)))
        yield Done(operator, operands, resources, marks[-1] if marks else None, nested)
        if operator == "EMC":
            marks.pop()


def _mcid(properties: list[Any], resources: Object) -> int | None:
    for entry in properties:
        found = resources.Properties[entry] if isinstance(entry, Name) else entry
        if "/MCID" in found:
            return int(found.MCID)
    return None


def _note_shown(stream: list[Done], fonts: dict[tuple[int, int], Shown]) -> None:
    state, kept = _State(), []
    for step in stream:
        if step.operator == "q":
            kept.append(state)
        elif step.operator == "Q":
            state = kept.pop() if kept else _State()
        elif step.operator == "Tf":
            state = _State(step.resources.Font[step.operands[0]], state.mode)
        elif step.operator == "Tr":
            state = _State(state.font, int(step.operands[0]))
        elif step.operator in _SHOWING and state.font is not None and state.mode != _INVISIBLE:
            shown = fonts.setdefault(state.font.objgen, Shown(state.font))
            shown.codes.update(_codes(step.operands[-1], state.font))


def _codes(shown: Any, font: Object) -> Iterator[int]:
    size = 2 if font.Subtype == Name.Type0 else 1
    for text in shown if isinstance(shown, Array) else [shown]:
        if isinstance(text, pikepdf.String):
            data = bytes(text)
            yield from (int.from_bytes(data[start : start + size], "big") for start in range(0, len(data), size))
