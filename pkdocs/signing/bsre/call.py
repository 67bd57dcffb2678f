"""One document as it is handed over, and what can be told of a file that comes back before it is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pkdocs.signing.bsre.slot import Place
from pkdocs.signing.holder import Task

_BEGIN: Final = b"%PDF-"
_END: Final = b"%%EOF"
_LINE_ENDS: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the service draws: a picture (PNG), and where."""

    place: Place
    picture: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A document to be signed; without ``shown`` the signature is invisible."""

    task: Task
    shown: Shown | None


def is_whole(pdf: bytes) -> bool:
    """Tell whether ``pdf`` begins and ends as a PDF; that says nothing of what is between."""
    return pdf.startswith(_BEGIN) and pdf.rstrip(_LINE_ENDS).endswith(_END)


def match(sent: Sequence[bytes], returned: Sequence[bytes]) -> list[bytes | None]:
    """Return for each file of ``sent`` the one of ``returned`` that begins with it and goes on, by nothing but bytes.

    None where there is none, or more than one: nothing is guessed. Where files begin with each other, a returned one
    belongs to the longest.
    """
    found: list[list[bytes]] = [[] for _ in sent]
    for file in returned:
        origins = [number for number, before in enumerate(sent) if continues(file, before)]
        longest = max((len(sent[number]) for number in origins), default=0)
        for number in origins:
            if len(sent[number]) == longest:
                found[number].append(file)
    return [files[0] if len(files) == 1 else None for files in found]


def continues(after: bytes, before: bytes) -> bool:
    """Tell whether ``after`` is ``before`` with something appended."""
    return len(after) > len(before) and after.startswith(before)
