"""Which fonts the text of a template names, and which style or place names each.

Found as Word looks for them (ECMA-376 part 1, 17.3.2.26 and 17.7.2): the text's own, its character style's, its
paragraph style's, its table style's, the document's defaults; a font of the theme goes before one by name.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from pkdocs.document.package import DOCUMENT, Package
from pkdocs.document.safety import W
from pkdocs.messages import Said

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RENDERED: Final = ("header", "footer")
_COPIED: Final = ("footnotes", "endnotes")
_LATIN: Final = "ascii"
"""What LibreOffice sets all Latin text in; it leaves ``hAnsi`` aside."""
_RIGHT_TO_LEFT: Final = "cs"
_THEMED: Final[Mapping[str, str]] = {
    "ascii": "asciiTheme",
    "hAnsi": "hAnsiTheme",
    "eastAsia": "eastAsiaTheme",
    "cs": "cstheme",
}
_SCRIPTS: Final[Mapping[str, str]] = {"Ascii": "latin", "HAnsi": "latin", "EastAsia": "ea", "Bidi": "cs"}
_UNSAID: Final = "Times New Roman"
"""Of text whose font nothing names, in Word and LibreOffice alike."""
_MAX_BASES: Final = 20
_MAX_EXCERPT: Final = 30

_TAGS: Final = re.compile(r"\{%.*?%\}|\{#.*?#\}|(?<=\{\{).*?\}\}", re.DOTALL)
"""What is not printed in the font in which it is written: of a value its first brace decides."""


@dataclass(frozen=True, slots=True)
class FontUse:
    """A family that text names, and the place that names it.

    ``is_certain``: letters will be set in it; else it is there for other scripts, labels of lists, or leaders of tabs.
    """

    family: str
    place: Said
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Typography:
    """What is printed of a template itself: its fonts, and the letters that stand in it."""

    fonts: tuple[FontUse, ...]
    letters: frozenset[str]


def read_typography(package: Package) -> Typography:
    """Return fonts and letters of all printed parts, whatever conditions the text stands under."""
    reader = _Reader(package)
    for part in (DOCUMENT, *(part for kind in _RENDERED for part in package.related(kind))):
        for paragraph in package.trees[part].iter(f"{W}p"):
            reader.read(paragraph, part, _printed)
    for part in (part for kind in _COPIED for part in package.related(kind)):
        for paragraph in package.trees[part].iter(f"{W}p"):
            reader.read(paragraph, part, iter)
    return Typography(tuple(reader.fonts), frozenset(reader.letters))


@dataclass(frozen=True, slots=True)
class _Source:
    """Properties that may name fonts, and the place that they are in."""

    fonts: etree._Element
    place: Said


class _Reader:
    """``fonts`` and ``letters`` met so far; the fonts in their order, each once."""

    def __init__(self, package: Package) -> None:
        self.fonts: dict[FontUse, None] = {}
        self.letters: set[str] = set()
        self._theme = _theme(package)
        self._styles = _Styles(package)
        trees = (package.trees[part] for part in package.related("numbering"))
        self._labels = [_Source(fonts, Said("FONT_LIST")) for tree in trees for fonts in tree.iter(f"{W}rFonts")]

    def read(self, paragraph: etree._Element, part: str, printed_of: Callable[[list[str]], Iterator[str]]) -> None:
        """Note what a paragraph names; ``printed_of`` gives what is printed of the texts of its runs."""
        runs = [run for run in paragraph.iter(f"{W}r") if next(run.iterancestors(f"{W}p")) is paragraph]
        printed = list(printed_of([_text(run) for run in runs]))
        styles = self._styles.of_paragraph(paragraph) if runs else ()
        for run, text in zip(runs, printed, strict=True):
            for symbol in run.iterfind(f"{W}sym"):
                self._add(symbol.get(f"{W}font", ""), _direct("", part), is_certain=True)
            self.letters.update(text)
            if text or run.find(f"{W}tab") is not None:
                self._text(run, styles, text, part)
        if any(printed) and self._styles.is_item(paragraph):
            self._label(paragraph, styles, part)

    def _text(self, run: etree._Element, styles: Sequence[_Source], text: str, part: str) -> None:
        """Note what a run names; of a tab alone, which may have leaders or not, nothing is certain."""
        own = (_Source(fonts, _direct(text, part)) for fonts in run.iterfind(f"{W}rPr/{W}rFonts"))
        sources = [*own, *self._styles.of_run(run), *styles]
        certain = _LATIN if run.find(f"{W}rPr/{W}rtl") is None else _RIGHT_TO_LEFT
        if not self._note(sources, certain if text else None) and text:
            self._add(_UNSAID, Said("FONT_DEFAULT"), is_certain=True)

    def _label(self, paragraph: etree._Element, styles: Sequence[_Source], part: str) -> None:
        """Note what the label of a list item may be set in: fonts of any level, those of its paragraph mark."""
        for source in self._labels:
            self._note([source], None)
        self._labels = []
        own = (_Source(fonts, _direct("", part)) for fonts in paragraph.iterfind(f"{W}pPr/{W}rPr/{W}rFonts"))
        self._note([*own, *styles], None)

    def _note(self, sources: list[_Source], certain: str | None) -> bool:
        """Add the first font of each script that ``sources`` name; tell whether there is one of the ``certain``."""
        named = set()
        for script in _THEMED:
            for source in sources:
                if family := self._family(source.fonts, script):
                    self._add(family, source.place, is_certain=script == certain)
                    named.add(script)
                    break
        return certain in named

    def _add(self, family: str, place: Said, *, is_certain: bool) -> None:
        self.fonts[FontUse(family, place, is_certain)] = None

    def _family(self, fonts: etree._Element, script: str) -> str:
        themed = fonts.get(f"{W}{_THEMED[script]}")
        return self._theme.get(themed, "") if themed else fonts.get(f"{W}{script}", "")


class _Styles:
    """The styles of a file by their ids, and the document's defaults."""

    def __init__(self, package: Package) -> None:
        trees = [package.trees[part] for part in package.related("styles")]
        self._styles = {style.get(f"{W}styleId", ""): style for tree in trees for style in tree.iter(f"{W}style")}
        self._usual = {
            style.get(f"{W}type", ""): name
            for name, style in self._styles.items()
            if style.get(f"{W}default") in {"1", "true", "on"}
        }
        place = Said("FONT_DEFAULT")
        path = f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts"
        self._defaults = tuple(_Source(fonts, place) for tree in trees for fonts in tree.iterfind(path))
        # each style and table is looked at once, or a large template would take hours
        self._known: dict[tuple[str | None, str], tuple[_Source, ...]] = {}
        self._tables: dict[etree._Element, str | None] = {}

    def of_run(self, run: etree._Element) -> Sequence[_Source]:
        """Return what a run's character style names, its own first."""
        return self._sources(_value(run, "rPr/rStyle"), "character")

    def of_paragraph(self, paragraph: etree._Element) -> Sequence[_Source]:
        """Return what styles of a paragraph and the table around it name, then the document's defaults."""
        own = self._sources(_value(paragraph, "pPr/pStyle"), "paragraph")
        table = next(paragraph.iterancestors(f"{W}tbl"), None)
        if table is None:
            return own + self._defaults
        if table not in self._tables:
            self._tables[table] = _value(table, "tblPr/tblStyle")
        return own + self._sources(self._tables[table], "table") + self._defaults

    def is_item(self, paragraph: etree._Element) -> bool:
        """Tell whether a paragraph is an item of a list, by itself or by its style."""
        chain = self._chain(_value(paragraph, "pPr/pStyle"), "paragraph")
        return any(holder.find(f"{W}pPr/{W}numPr") is not None for holder in (paragraph, *chain))

    def _sources(self, named: str | None, kind: str) -> tuple[_Source, ...]:
        if (named, kind) not in self._known:
            self._known[named, kind] = tuple(self._read(named, kind))
        return self._known[named, kind]

    def _read(self, named: str | None, kind: str) -> Iterator[_Source]:
        for style in self._chain(named, kind):
            place = Said("FONT_STYLE", (("style", _value(style, "name") or ""),))
            yield from (_Source(fonts, place) for fonts in style.iterfind(f"{W}rPr/{W}rFonts"))

    def _chain(self, name: str | None, kind: str) -> Iterator[etree._Element]:
        style = self._styles.get(name if name in self._styles else self._usual.get(kind, ""))
        # a circle of styles has no end
        for _ in range(_MAX_BASES):
            if style is None:
                return
            yield style
            style = self._styles.get(_value(style, "basedOn") or "")


def _theme(package: Package) -> dict[str, str]:
    """Return the families by the names that ``rFonts`` has for them, such as ``minorHAnsi``."""
    families = {}
    for tree in (package.trees[part] for part in package.related("theme")):
        for kind in ("major", "minor"):
            for suffix, script in _SCRIPTS.items():
                for entry in tree.iterfind(f".//{_A}{kind}Font/{_A}{script}"):
                    families[f"{kind}{suffix}"] = entry.get("typeface", "")
    return families


def _value(element: etree._Element, path: str) -> str | None:
    found = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    return None if found is None else found.get(f"{W}val")


def _text(run: etree._Element) -> str:
    """Return the text of a run, a digit for a field: all that are allowed are numbers."""
    written = "".join(element.text or "" for element in run.iterfind(f"{W}t"))
    return written if run.find(f"{W}instrText") is None else f"{written}0"


def _printed(texts: list[str]) -> Iterator[str]:
    """Yield what is printed in the font of each run of a paragraph: a tag or a value may go through several."""
    whole = "".join(texts)
    left = _TAGS.sub(lambda tag: "\0" * len(tag[0]), whole)
    start = 0
    for text in texts:
        yield left[start : start + len(text)].replace("\0", "")
        start += len(text)


def _direct(text: str, part: str) -> Said:
    return Said("FONT_DIRECT", (("text", text.strip()[:_MAX_EXCERPT]), ("part", part)))
