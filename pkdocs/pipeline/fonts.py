"""Whether pages are set in the fonts that their template names, or in those that docs/fonts.md lists instead."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from pkdocs.document import Template
from pkdocs.errors import DocumentError, TemplateError
from pkdocs.issue import fonts_in
from pkdocs.messages import Language, Said, text
from pkdocs.office import Face, Installed, face_key, family_key, twins
from pkdocs.outcome import Outcome, demand
from pkdocs.pipeline.conversion import Sheet

Entry = TypeVar("Entry")
Convert = Callable[[Iterable[Sheet]], Iterator[Outcome[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces in which a template's pages may be set, by key; ``families`` are those that its text names."""

    template: str
    families: tuple[str, ...]
    allowed: Mapping[str, Face] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Letters that were not set as their text asks, and the fonts that LibreOffice took for them."""

    letters: frozenset[str]
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lacking:
    """A family that is not there, nor what stands in for it; the places that name it."""

    family: str
    places: tuple[Said, ...]

    def message(self, language: Language = "id") -> str:
        places = ", ".join(dict.fromkeys(place.message(language) for place in self.places))
        package = next((twin.package for twin in twins(self.family)), "")
        code = "FONT_LACKING" if package else "FONT_LACKING_UNKNOWN"
        return text(code, language, {"font": self.family, "places": places, "package": package})


@dataclass(frozen=True, slots=True)
class _Several:
    """Parts of a sentence, one after the other."""

    parts: tuple[_Lacking, ...]

    def message(self, language: Language = "id") -> str:
        return "; ".join(part.message(language) for part in self.parts)


def by_template(entries: Iterable[Entry], template: Callable[[Entry], Template]) -> list[Entry]:
    """Return ``entries`` in their order, but the first that takes each template before all others."""
    known: set[str] = set()
    first: list[Entry] = []
    others: list[Entry] = []
    for entry in entries:
        name = template(entry).name
        (others if name in known else first).append(entry)
        known.add(name)
    return first + others


@dataclass(slots=True)
class Fonts:
    """The fonts of this machine, and the faces of each template that was asked for."""

    installed: Installed
    _known: dict[str, Faces] = field(default_factory=dict)

    def of(self, template: Template) -> Faces:
        """Return the faces of ``template``; plain values, for other processes too."""
        if template.name not in self._known:
            self._known[template.name] = _faces(template, self.installed)
        return self._known[template.name]

    def tried(self, convert: Convert, sheets: Iterable[Sheet]) -> Iterator[Outcome[str, bytes]]:
        """Yield what ``convert`` makes of ``sheets``, once every template at their beginning has stood its trial.

        That is the conversion of the first sheets, up to a second one of some template.

        Raises:
            TemplateError: a template's page is not set in the fonts that the template names; nothing was yielded.
        """
        trials: dict[str, Sheet] = {}
        others = iter(sheets)
        for sheet in others:
            if sheet.template.name in trials:
                others = chain([sheet], others)
                break
            trials[sheet.template.name] = sheet
        templates = {sheet.key: sheet.template for sheet in trials.values()}
        tried = list(convert(trials.values()))
        for outcome in tried:
            # what was not converted, or cannot be read, fails by itself
            with suppress(DocumentError):
                self.demand(demand(outcome), templates[outcome.key], outcome.key)
        yield from tried
        yield from convert(others)

    def demand(self, pdf: bytes, template: Template, identity: str) -> None:
        """Pass a template whose first PDF, that of the agreement ``identity``, is set in the fonts that it names.

        Letters that only this agreement brings are not the template's fault: :func:`demand_fonts` finds them.

        Raises:
            TemplateError: a font is not there, nor the listed one in its place, or has not the template's own
                letters; says which, where it is named, what LibreOffice took, and which package to install.
            DocumentError: the PDF cannot be read.
        """
        faces = self.of(template)
        strangers = _strangers(pdf, faces, identity)
        if lacking := tuple(_lacking(template, self.installed)):
            families = dict.fromkeys(map(self.installed.family_of, strangers.taken if strangers else ()))
            taken = ", ".join(families) or Said("FONT_OTHER")
            raise TemplateError("TEMPLATE_FONTS", template=template.name, taken=taken, lacking=_Several(lacking))
        if strangers and strangers.letters <= template.typography.letters:
            raise TemplateError("TEMPLATE_LETTERS", template=template.name, **_told(faces, strangers))


def demand_fonts(pdf: bytes, faces: Faces, identity: str) -> None:
    """Pass the PDF of the agreement ``identity`` all of whose letters are set in ``faces``.

    Raises:
        DocumentError: some are not: names them, and the font that LibreOffice took; or the PDF cannot be read.
    """
    if strangers := _strangers(pdf, faces, identity):
        raise DocumentError("DOCUMENT_LETTERS", {"id": identity, "template": faces.template, **_told(faces, strangers)})


def _strangers(pdf: bytes, faces: Faces, identity: str) -> _Strangers | None:
    letters: set[str] = set()
    taken: list[str] = []
    for font, set_in_it in fonts_in(pdf, identity).items():
        face = faces.allowed.get(face_key(font))
        if face is None:
            letters |= set_in_it
            taken.append(font)
        else:
            letters.update(letter for letter in set_in_it if not face.has(letter))
    return _Strangers(frozenset(letters), tuple(taken)) if letters or taken else None


def _told(faces: Faces, strangers: _Strangers) -> dict[str, object]:
    return {
        "fonts": ", ".join(faces.families),
        "letters": " ".join(map(_shown, sorted(strangers.letters))) or "-",
        "taken": ", ".join(strangers.taken) or Said("FONT_NO_GLYPH"),
    }


def _shown(letter: str) -> str:
    return letter if letter.isprintable() and not letter.isspace() else f"U+{ord(letter):04X}"


def _lacking(template: Template, installed: Installed) -> Iterator[_Lacking]:
    places: dict[str, list[Said]] = {}
    for use in template.typography.fonts:
        if use.is_certain and not installed.faces_for(use.family):
            places.setdefault(use.family, []).append(use.place)
    yield from (_Lacking(family, tuple(found)) for family, found in places.items())


def _faces(template: Template, installed: Installed) -> Faces:
    named = {family_key(use.family): use.family for use in template.typography.fonts}
    certain = dict.fromkeys(use.family for use in template.typography.fonts if use.is_certain)
    allowed = {key: face for family in named.values() for key, face in installed.faces_for(family).items()}
    return Faces(template.name, tuple(certain), allowed)
