"""How signatures look in a folder: ``generate`` takes it from profile and templates, ``sign`` finds it there."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkdocs.errors import ConflictError, TemplateError
from pkdocs.files import digest, read_regular, write_atomic
from pkdocs.index import PICTURE_NAME, Index, Look
from pkdocs.profile import Profile
from pkdocs.signing import Emblem, load_emblem


@dataclass(frozen=True, slots=True)
class Dress:
    """What stands in each signature beside what is usual: words above the name, a picture beside it."""

    words: str = ""
    emblem: Emblem | None = None


PLAIN_DRESS: Final = Dress()
"""Nothing but what is usual."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the profile chooses, for the index, with the picture's bytes."""

    look: Look | None
    picture: bytes | None = field(default=None, repr=False)

    def put(self, folder: Path) -> None:
        """Lay the picture down where ``sign`` finds it."""
        if self.picture is not None:
            write_atomic(folder / PICTURE_NAME, self.picture)


def choose_look(profile: Profile, templates: Path) -> Chosen:
    """Return what ``profile`` says of signatures; its picture lies among the ``templates``.

    Raises:
        TemplateError: the picture is absent, or cannot be used.
    """
    name = profile.signature_picture
    picture = _read_picture(templates / name) if name else None
    if not profile.signature_words and picture is None:
        return Chosen(None)
    return Chosen(Look(profile.signature_words or None, None if picture is None else digest(picture)), picture)


def _read_picture(file: Path) -> bytes:
    try:
        data = read_regular(file)
    except OSError as fault:
        raise TemplateError("SIGNATURE_PICTURE_ABSENT", file=file.name) from fault
    load_emblem(data, file.name)
    return data


def dress_of(folder: Path, index: Index | None) -> Dress:
    """Return how signatures look in ``folder``, whose index it is; as usual where that says nothing.

    Raises:
        ConflictError: the picture is not the one that ``generate`` laid down.
    """
    look = index.look if index else None
    if look is None:
        return Dress()
    if look.picture is None:
        return Dress(look.words or "")
    try:
        data = read_regular(folder / PICTURE_NAME)
    except OSError:
        data = b""
    if digest(data) != look.picture:
        raise ConflictError("SIGNATURE_PICTURE_CHANGED", file=PICTURE_NAME)
    return Dress(look.words or "", load_emblem(data, PICTURE_NAME))
