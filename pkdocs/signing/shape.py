"""The shape of objects that we make: all but the letters, numbers and data that differ from one to the next."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pkdocs.verification.syntax import Name, PdfSyntaxError, Stream, inflate

_STREAM: Final = rb"/Length (?P<length>\d{1,7}) >>\nstream\n"
_STREAM_END: Final = b"\nendstream"
_MAX_BYTES: Final = 1_000_000
"""For one stream, unpacked: all of an appearance stay below what verification allows."""


class Shape:
    """An object that ``pattern`` describes, of a stream its dictionary up to ``/Length``.

    Its groups are the numbers of objects that it refers to, ``places`` which these are among those made with it.
    """

    def __init__(self, pattern: bytes, *places: int, is_stream: bool = False) -> None:
        self._pattern = re.compile(pattern + _STREAM if is_stream else pattern)
        self._places = places
        self._is_stream = is_stream
        self._is_packed = b"/FlateDecode" in pattern

    def fits(self, body: bytes, first: int) -> bool:
        """Tell whether ``body`` has this shape, where the objects made with it have the numbers from ``first`` on."""
        matched = self._pattern.match(body)
        # as they are written, for verification reads no number with zeros before it as one of an object
        named = [b"%d" % (first + place) for place in self._places]
        if matched is None or list(matched.groups()[: len(named)]) != named:
            return False
        if not self._is_stream:
            return matched.end() == len(body)
        begins, ends = matched.end(), len(body) - len(_STREAM_END)
        if not body.endswith(_STREAM_END) or ends != begins + int(matched["length"]):
            return False
        return not self._is_packed or _is_whole(body[begins:ends])


# a signer's font is the same in all that he signs
@lru_cache(maxsize=256)
def _is_whole(packed: bytes) -> bool:
    """Tell whether compressed data can be unpacked, to their end, as whoever draws them will."""
    try:
        inflate(Stream({"Filter": Name("FlateDecode")}, packed), _MAX_BYTES)
    except PdfSyntaxError:
        return False
    return True


def have_shapes(bodies: Sequence[bytes], shapes: Sequence[Shape], first: int) -> bool:
    """Tell whether ``bodies``, which have the numbers from ``first`` on, have these ``shapes``."""
    return len(bodies) == len(shapes) and all(
        shape.fits(body, first) for shape, body in zip(shapes, bodies, strict=True)
    )
