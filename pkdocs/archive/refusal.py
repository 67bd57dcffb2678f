"""Why an archive, or one entry of it, is not read."""

from dataclasses import dataclass

from pkdocs.messages import Said


@dataclass(frozen=True, slots=True)
class Refusal:
    """The code of the finding, and the reason in words."""

    code: str
    reason: Said | str


class ArchiveError(Exception):
    """The archive or the entry is not read; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def unsound(reason: str) -> ArchiveError:
    """Return what stops an archive whose structure is not sound, or can be read in several ways."""
    return ArchiveError(Refusal("ARCHIVE_UNSOUND", Said(reason)))


def badly_named(reason: str, name: str) -> ArchiveError:
    """Return what stops an archive with a name that unpackers take differently."""
    return ArchiveError(Refusal("ARCHIVE_NAMES", Said(reason, (("name", ascii(name[:120])),))))


def beyond(reason: str, limit: int) -> ArchiveError:
    """Return what stops an archive that is beyond a limit."""
    return ArchiveError(Refusal("ARCHIVE_LIMIT", Said(reason, (("limit", limit),))))


def unread(reason: str) -> Refusal:
    """Return why one entry is not read."""
    return Refusal("ARCHIVE_ENTRY", Said(reason))
