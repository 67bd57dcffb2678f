"""What of a ceremony is to be preserved: complete agreements as the register lists them, its list and its heads."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pkdocs.errors import ConflictError, PkdocsError, SigningError
from pkdocs.files import read_regular
from pkdocs.messages import Said
from pkdocs.pipeline.attesting import names_of, record_of
from pkdocs.pipeline.keeping import Kept, read_kept
from pkdocs.pipeline.sources import find_sources
from pkdocs.register import AgreementLine, archive_name, render_lines, valid_lines
from pkdocs.verification.ers import RECORD_SUFFIX


@dataclass(frozen=True, slots=True)
class Object:
    """One thing to be preserved: its ``id``, what reads it, and where its record lies.

    ``read`` raises what speaks against preserving it.
    """

    id: str
    place: Path
    read: Callable[[], bytes]


def objects_of(head: Path, *, earlier: bool = False) -> list[Object]:
    """Return what is to be preserved with the head's file ``head``; ``earlier``: earlier heads that have records too.

    Agreements are found below its folder by their names, ``<id>.pdf``.

    Raises:
        ConflictError: no sound head that its keepers have signed.
    """
    kept = read_kept(head)
    threshold = kept.head.keepers.threshold
    if len(kept.signed) < threshold:
        raise ConflictError("HEAD_AWAITS", version=kept.head.version, signed=len(kept.signed), threshold=threshold)
    versions = [kept, *_earlier(head.parent, kept.head.version)] if earlier else [kept]
    own = [one for version in versions for one in _of_register(version)]
    return [*_agreements(head.parent, kept), *own]


def _earlier(folder: Path, version: int) -> Iterator[Kept]:
    for number in range(version - 1, 0, -1):
        if any((folder / name).exists() for name in names_of(number)):
            yield read_kept(folder / archive_name(number))


def _of_register(kept: Kept) -> Iterator[Object]:
    head, lines = names_of(kept.head.version)
    for name, data in ((head, kept.data), (lines, render_lines(kept.lines))):
        yield Object(name.removesuffix(RECORD_SUFFIX), kept.file.with_name(name), partial(bytes, data))


def _agreements(folder: Path, kept: Kept) -> Iterator[Object]:
    """Yield the agreements of the list and of the folder, but not what was rejected, withdrawn or taken back."""
    lines = [line for line in valid_lines(kept.lines) if isinstance(line, AgreementLine)]
    found = [source for source in find_sources([folder]) if not source.is_head and not source.is_beside]
    files = {source.path.stem.casefold(): source.path for source in found}
    for line in lines:
        file = files.pop(line.id.casefold(), folder / f"{line.id}.pdf")
        if line.state.is_finished and line.signed is not None:
            yield Object(line.id, record_of(file), partial(_read, file, line))
        elif not line.state.is_ended:
            state = Said(f"STATE_{line.state.name}")
            yield _refused(line.id, file, SigningError("PRESERVE_NOT_COMPLETE", id=line.id, state=state))
    for file in files.values():
        yield _refused(file.stem, file, SigningError("PRESERVE_NOT_LISTED", id=file.stem))


def _refused(identity: str, file: Path, error: PkdocsError) -> Object:
    def read() -> bytes:
        raise error

    return Object(identity, record_of(file), read)


def _read(file: Path, line: AgreementLine) -> bytes:
    """Return the file, which begins with what the list says that all have signed."""
    try:
        data = read_regular(file)
    except FileNotFoundError as fault:
        raise SigningError("PRESERVE_NO_FILE", id=line.id) from fault
    signed = line.signed
    if signed is None or hashlib.sha256(data[: signed.length]).hexdigest() != signed.digest:
        raise ConflictError("PRESERVE_CHANGED", id=line.id)
    return data
