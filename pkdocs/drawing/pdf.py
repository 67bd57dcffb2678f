"""A PDF of one revision, written by hand: no library's version can change a byte of it (ISO 32000-2, 7.5).

Bodies of objects are given as they stand in the file; streams stay uncompressed unless that is asked for.
"""

import re
import zlib
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z0-9 ,.]*")
HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class Objects:
    """The objects of a file under construction, numbered from 1 as they are reserved or added.

    With ``compressed`` streams are deflated (7.4.4), by a library that may do so otherwise in another release.
    """

    def __init__(self, *, compressed: bool = False) -> None:
        self._bodies: list[bytes] = []
        self._compressed = compressed

    def reserve(self) -> int:
        """Return the number of an object whose body comes later, by ``fill``."""
        self._bodies.append(b"")
        return len(self._bodies)

    def fill(self, number: int, body: str) -> None:
        """Give a reserved object its body."""
        self._bodies[number - 1] = body.encode("ascii")

    def add(self, body: str) -> int:
        """Return the number of a new object of that body."""
        number = self.reserve()
        self.fill(number, body)
        return number

    def add_stream(self, data: bytes, entries: str = "") -> int:
        """Return the number of a new stream of ``data``, with ``entries`` in its dictionary."""
        number = self.reserve()
        # metadata is read by programs that know no PDF (ISO 19005-3, 6.6.2.1)
        if self._compressed and "/Type /Metadata" not in entries:
            data, entries = zlib.compress(data, 9), f"{entries} /Filter /FlateDecode"
        head = f"<< {entries} /Length {len(data)} >>\nstream\n".encode("ascii")
        self._bodies[number - 1] = head + data + b"\nendstream"
        return number

    def render(self, *, catalog: int, information: int, identity: bytes) -> bytes:
        """Return the file; ``identity`` are 16 bytes that name it."""
        output = bytearray(HEADER)
        offsets = []
        for number, body in enumerate(self._bodies, 1):
            offsets.append(len(output))
            output += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        start = len(output)
        output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        output += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        written = f"<{identity.hex()}>"
        trailer = (
            f"<< /Size {len(offsets) + 1} /Root {ref(catalog)} /Info {ref(information)} /ID [{written} {written}] >>"
        )
        output += f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode("ascii")
        return bytes(output)


def ref(number: int) -> str:
    """Return a reference to the object of that number."""
    return f"{number} 0 R"


def refs(numbers: list[int]) -> str:
    """Return an array of references."""
    return f"[{' '.join(map(ref, numbers))}]"


def text_string(text: str) -> str:
    """Return ``text`` as a string object, in UTF-16 (7.9.2.2) unless it is of plain letters, digits and spaces."""
    # in a signed field a string must be written as pyHanko writes it again
    if _PLAIN.fullmatch(text):
        return f"({text})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
