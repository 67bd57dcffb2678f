"""The package of an .xlsx file (ECMA-376 part 2), opened with care: limits, no entities, nothing executed."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Final
from xml.parsers import expat

from pkdocs.errors import WorkbookError
from pkdocs.workbook.sheets import damaged

MAX_ENTRIES: Final = 5_000
MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024

_OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_CHUNK: Final = 1 << 20
_FAULTS: Final = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError,
    LookupError, ValueError, ArithmeticError, RuntimeError, EOFError, OSError,
)  # fmt: skip

Attributes = Mapping[str, str]


@contextmanager
def one_border(file: str) -> Iterator[None]:
    """Turn whatever a damaged package makes the libraries raise into a WorkbookError that names the file."""
    try:
        yield
    except _FAULTS as fault:
        raise damaged(file) from fault


class Package:
    """Parts of one file by name; read once, streamed through a parser that refuses every DOCTYPE.

    Sizes are those of the directory, which ``zipfile`` never reads beyond.

    Raises:
        WorkbookError: not an .xlsx package, encrypted, or too large.
    """

    def __init__(self, data: bytes, file: str) -> None:
        if data.startswith(_OLE_MAGIC):
            raise WorkbookError("WORKBOOK_ENCRYPTED" if _ENCRYPTED in data else "FILE_OLD_FORMAT", file=file)
        if not data.startswith(b"PK"):
            raise WorkbookError("FILE_FOREIGN", file=file)
        with one_border(file):
            self._zip = zipfile.ZipFile(BytesIO(data))
        self._check(file)

    def _check(self, file: str) -> None:
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise WorkbookError("FILE_TOO_LARGE", file=file, limit=MAX_UNPACKED_BYTES // 2**20)
        if any(entry.flag_bits & 1 for entry in entries):
            raise WorkbookError("WORKBOOK_ENCRYPTED", file=file)
        if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
            raise damaged(file)
        names = [entry.filename for entry in entries]
        if "_rels/.rels" not in names or "[Content_Types].xml" not in names or len(set(names)) != len(names):
            raise WorkbookError("FILE_FOREIGN", file=file)

    def has(self, part: str) -> bool:
        """Tell whether there is such a part."""
        return part in self._zip.namelist()

    def parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Stream a part through the handlers of a ``new_parser``."""
        parser = new_parser(start, end, text)
        for piece in self.pieces(part):
            parser.Parse(piece, False)  # noqa: FBT003 - expat takes it by position only
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only

    def pieces(self, part: str) -> Iterator[bytes]:
        """Return the bytes of a part as they are unpacked, some at a time."""
        with self._zip.open(part) as stream:
            while piece := stream.read(_CHUNK):
                yield piece

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to inside the package: by id, the kind (last word of its type) and the part."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if element.endswith("}Relationship") and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                found[attributes["Id"]] = posixpath.basename(attributes["Type"]), target.lstrip("/")

        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.has(relations):
            self.parse(relations, start)
        return found


def new_parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """Return a parser that refuses every DOCTYPE; names come to the handlers as ``namespace}local``."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def _refuse_doctype(*_declared: object) -> None:
    raise ValueError("DOCTYPE")
