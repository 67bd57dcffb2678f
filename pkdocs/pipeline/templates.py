"""Which template an agreement takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkdocs.document import Template, load_template
from pkdocs.errors import TemplateError
from pkdocs.files import folder_name
from pkdocs.profile import Paper
from pkdocs.roster import Assignment, Level

GENERAL: Final = "umum"
WITHDRAWAL: Final = "pencabutan"
_LIKE: Final = {
    Level.JPT_MADYA: Level.JPT_PRATAMA,
    Level.BUMD: Level.JPT_PRATAMA,
    Level.NON_ASN: Level.EXECUTIVE,
}
"""Levels whose form is another level's where they have no template of their own."""


@dataclass(slots=True)
class Templates:
    """The Word templates of a folder, loaded when first asked for.

    A level's own template is named after it (``jpt-pratama.docx``); where there is none, that of the level with
    the same form serves, else ``umum.docx``. The head of the region signs alone, so nothing else serves there.
    Withdrawals of all levels take ``pencabutan.docx``.
    """

    folder: Path
    paper: Paper
    _loaded: dict[str, Template] = field(default_factory=dict)

    def of(self, row: Assignment) -> Template:
        """Return the template of ``row``.

        Raises:
            TemplateError: there is no such template, or it cannot be used.
        """
        if row.is_withdrawal:
            return self._load(WITHDRAWAL, wanted=WITHDRAWAL)
        form = level_named(row.template)
        if row.template and form is None:
            return self._load(folder_name(row.template), wanted=row.template)
        names = [folder_name(level) for level in _forms(form or row.level)]
        last = names[0] if row.level is Level.HEAD_OF_REGION else GENERAL
        chosen = next((name for name in names if self._file(name).is_file()), last)
        return self._load(chosen, wanted=chosen)

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of the templates in use, by name."""
        return {name: self._loaded[name].digest for name in sorted(self._loaded)}

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.docx"

    def _load(self, name: str, *, wanted: str) -> Template:
        if name not in self._loaded:
            try:
                data = self._file(name).read_bytes()
            except FileNotFoundError as fault:
                known = ", ".join(sorted(file.stem for file in self.folder.glob("*.docx"))) or "-"
                raise TemplateError("TEMPLATE_ABSENT", name=wanted, folder=str(self.folder), known=known) from fault
            self._loaded[name] = load_template(data, f"{name}.docx", paper=self.paper)
        return self._loaded[name]


def _forms(level: Level) -> Iterator[Level]:
    yield level
    if level in _LIKE:
        yield _LIKE[level]


def level_named(written: str) -> Level | None:
    """Return the level that column ``Templat`` names; None where it names a template or nothing."""
    return next((level for level in Level if level.casefold() == written.casefold()), None)
