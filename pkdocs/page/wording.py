"""What a page takes from the workbook beside its content: it is printed, but nobody signs for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pkdocs.page.view import Letterhead
from pkdocs.roster import Level


@dataclass(frozen=True, slots=True)
class Wording:
    """The wording of one page.

    ``extra`` are the local government's own keys, ``form`` the level whose headings the page takes, if not its own
    (column ``Templat``), ``letterhead`` that of its unit; without one the unit's name serves.
    """

    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    form: Level | None = None
    letterhead: Letterhead | None = None


PLAIN: Final = Wording()
"""Nothing beside the content."""
