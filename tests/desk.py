"""An output folder for tests in milliseconds, without LibreOffice: invented agreements of two units, really issued."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pkdocs.content import Content, Party, PersonScheme, Role
from pkdocs.files import digest, folder_name, write_atomic
from pkdocs.index import SCHEMA, Entry, Index, demand_index, write_index
from pkdocs.pipeline.shelf import entry_of
from pkdocs.profile import Zone
from pkdocs.roster import Means
from tests.factory import division_content, head_content, root_content
from tests.issued import issued
from tests.signed import signed

ROOT, HEAD, DIVISION = root_content(), head_content(), division_content()
UNIT = DIVISION.position.unit
"""The unit of all but the root."""


def on_paper(content: Content, key: str, *roles: Role) -> Content:
    """Return a like agreement of the position ``key``, in which ``roles`` sign on paper."""

    def party(role: Role) -> Party:
        found = content.party(role)
        assert found is not None
        return replace(found, means=Means.PAPER) if role in roles else found

    return replace(
        content,
        id=f"PK-2026-{key}-1",
        position=replace(content.position, key=key),
        parties=replace(content.parties, first=party(Role.FIRST), second=party(Role.SECOND)),
    )


HALF = on_paper(DIVISION, "KOMINFO.A", Role.FIRST)
"""The first party signs on paper, the second electronically."""
PAPER = on_paper(DIVISION, "KOMINFO.B", *Role)
"""Both sign on paper."""
ALL = (ROOT, HEAD, DIVISION, HALF, PAPER)


@dataclass(frozen=True)
class Desk:
    """A folder as ``generate`` leaves it."""

    folder: Path

    @property
    def index(self) -> Index:
        return demand_index(self.folder)

    def pdf(self, content: Content) -> Path:
        return self.folder / place_of(content)

    def sign(self, content: Content, *roles: Role) -> None:
        """Let the parties of ``roles`` (default: all) sign."""
        self.pdf(content).write_bytes(signed(content, roles or tuple(Role)))

    def change(self, content: Content, **changes: Any) -> None:
        """Change the index's entry of ``content``."""
        index = self.index
        entries = [replace(entry, **changes) if entry.id == content.id else entry for entry in index.agreements]
        write_index(self.folder, replace(index, agreements=tuple(entries)))


def place_of(content: Content) -> str:
    return f"{folder_name(content.position.unit)}/{content.id}.pdf"


def lay(folder: Path, contents: Iterable[Content] = ALL) -> Desk:
    """Write the issued files of ``contents`` and their index; nobody has signed."""
    entries = [_write(folder, content) for content in contents]
    made = {"program": "0.1.0", "office": "-", "fonts": "-"}
    organisation = ROOT.organisation.name
    index = Index(
        SCHEMA, 2026, organisation, "0" * 64, Zone.WIB, PersonScheme.TRIAL, {}, made, agreements=tuple(entries)
    )
    write_index(folder, index)
    return Desk(folder)


def _write(folder: Path, content: Content) -> Entry:
    data = issued(content)
    write_atomic(folder / place_of(content), data)
    return replace(entry_of(content, template="uji.docx"), pdf=place_of(content), issue_digest=digest(data))
