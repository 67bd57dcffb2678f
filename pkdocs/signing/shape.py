"""The shape of objects that we make: all but the letters, numbers and data that differ from one to the next."""

import re
from collections.abc import Sequence
from typing import Final

_STREAM: Final = rb"/Length (?P<length>\d{1,8}) >>\nstream\n"
_STREAM_END: Final = b"\nendstream"


class Shape:
    """An object that ``pattern`` describes, of a stream its dictionary up to ``/Length``.

    Its groups are the numbers of objects that it refers to, ``places`` which these are among those made with it.
    """

    def __init__(self, pattern: bytes, *places: int, is_stream: bool = False) -> None:
        self._pattern = re.compile(pattern + _STREAM if is_stream else pattern)
        self._places = places
        self._is_stream = is_stream

    def fits(self, body: bytes, first: int) -> bool:
        """Tell whether ``body`` has this shape, where the objects made with it have the numbers from ``first`` on."""
        matched = self._pattern.match(body)
        if matched is None or [int(matched[group]) for group in range(1, len(self._places) + 1)] != [
            first + place for place in self._places
        ]:
            return False
        if not self._is_stream:
            return matched.end() == len(body)
        return body.endswith(_STREAM_END) and len(body) == matched.end() + int(matched["length"]) + len(_STREAM_END)


def have_shapes(bodies: Sequence[bytes], shapes: Sequence[Shape], first: int) -> bool:
    """Tell whether ``bodies``, which have the numbers from ``first`` on, have these ``shapes``."""
    return len(bodies) == len(shapes) and all(
        shape.fits(body, first) for shape, body in zip(shapes, bodies, strict=True)
    )
