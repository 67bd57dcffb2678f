"""Taking out of signed PDFs what each person signed: the file as it was then."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from pkdocs.errors import ConflictError
from pkdocs.files import digest, write_atomic
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.verification.inspection import InspectedSignature, Inspection

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")
_MOST_LETTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Extract:
    """A file that was written: what ``signature`` covers of ``source``, or without it an attachment."""

    path: Path
    source: Source
    data: bytes
    signature: InspectedSignature | None = None


def extract(inspected: Iterable[tuple[Source, Inspection]], folder: Path) -> tuple[Extract, ...]:
    """Write the file that each person signed into ``folder``, and what our own files carry; return what was written.

    Only signatures that hold are taken out, whatever was added behind them. Names of fields become parts of file
    names, letters and digits alone. A file that is there already with the same bytes stays.

    Raises:
        ConflictError: another file of that name is there, or a source was changed meanwhile; nothing is written.
    """
    extracts = tuple(entry for file, inspection in inspected for entry in _extracts(file, inspection, folder))
    planned: dict[Path, bytes] = {}
    for entry in extracts:
        if planned.setdefault(entry.path, entry.data) != entry.data or not _is_free(entry.path, entry.data):
            raise ConflictError("EXTRACT_IN_THE_WAY", file=entry.path)
    for path, data in planned.items():
        if not path.exists():
            write_atomic(path, data)
    return extracts


def _extracts(file: Source, inspection: Inspection, folder: Path) -> Iterator[Extract]:
    signatures = [(number, one) for number, one in enumerate(inspection.signatures, 1) if one.is_sealed]
    if not signatures and not inspection.attachments:
        return
    try:
        pdf = file.read()
    except SourceError:
        pdf = b""
    if digest(pdf) != inspection.sha256:
        raise ConflictError("FILE_CHANGED", file=file.name)
    stem = PurePosixPath(file.name).stem
    for number, signature in signatures:
        name = f"{stem}-{number}-{_safe(signature.field)}.pdf"
        yield Extract(folder / name, file, pdf[: signature.end], signature)
    for name, data in inspection.attachments.items():
        yield Extract(folder / f"{stem}-{name}", file, data)


def _safe(name: str) -> str:
    return _UNSAFE.sub("-", name)[:_MOST_LETTERS].strip("-") or "tanda-tangan"


def _is_free(path: Path, data: bytes) -> bool:
    return not path.exists() or (path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data)
