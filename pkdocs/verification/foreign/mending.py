"""Cross-references made again by searching a file for its objects, as readers do with damaged ones."""

import re
from typing import Final

_OBJECT: Final = re.compile(rb"(?<![0-9A-Za-z])(\d{1,8})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj\b")
_TRAILER: Final = re.compile(rb"trailer[\0\t\n\f\r ]*<<(.*?)>>[\0\t\n\f\r ]*startxref", re.DOTALL)
_LEADING_ELSEWHERE: Final = re.compile(rb"/(?:Prev|XRefStm|Size)[\0\t\n\f\r ]+\d+")
_MAX_OBJECTS: Final = 200_000


def found_again(pdf: bytes) -> bytes:
    """Return what to append to ``pdf`` so that its objects can be read: a table of the last of each number.

    Objects within object streams are not found. Empty where no trailer names a catalog.
    """
    trailers = [found[1] for found in _TRAILER.finditer(pdf) if b"/Root" in found[1]]
    if not trailers:
        return b""
    places = {int(found[1]): (found.start(), int(found[2])) for found in _OBJECT.finditer(pdf)}
    if len(places) > _MAX_OBJECTS:
        return b""
    entries = b"".join(
        b"%d 1\n%010d %05d n \n" % (number, place, generation) for number, (place, generation) in sorted(places.items())
    )
    said = _LEADING_ELSEWHERE.sub(b"", trailers[-1])
    size = max(places, default=0) + 1
    table = b"\nxref\n0 1\n0000000000 65535 f \n%strailer\n<< %s /Size %d >>\n" % (entries, said, size)
    return table + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + 1)
