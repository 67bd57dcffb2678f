"""The place that a revision keeps for its own signature, and what that signature covers (ISO 32000-2, 12.8.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pkdocs.signing.holder import Hash
from pkdocs.signing.increment import Tail, render_revision

_CONTENTS: Final = b"<< /Contents <"
_RANGE: Final = b">\n/ByteRange "
_NUMBERS: Final = b"[0 %d %d %d]"
_NUMBERS_BYTES: Final = len(_NUMBERS % ((10**10 - 1,) * 3))


@dataclass(frozen=True, slots=True)
class Reserved:
    """A revision complete but for its signature, and the SHA-256 of all that the signature covers.

    ``before`` ends with ``<``, ``after`` begins with ``>``; between them belong ``size`` bytes in hexadecimal.
    """

    before: bytes
    after: bytes
    size: int
    digest: bytes

    def fill(self, container: bytes, earlier: bytes = b"") -> bytes:
        """Return the revision with its signature, padded with zeros, after the ``earlier`` bytes of the file.

        Raises:
            ValueError: ``container`` is larger than what is kept for it.
        """
        if len(container) > self.size:
            raise ValueError("the signature is larger than its place")
        digits = container.hex().encode("ascii").ljust(2 * self.size, b"0")
        return b"".join((earlier, self.before, digits, self.after))


def signature_body(entries: bytes, size: int) -> bytes:
    """Return a signature dictionary that keeps ``size`` bytes; ``entries`` are all but contents and byte range."""
    return b"".join((_CONTENTS, b"0" * (2 * size), _RANGE, b" " * _NUMBERS_BYTES, b" ", entries, b" >>"))


def reserve(hashed: Hash, tail: Tail, objects: Mapping[int, bytes], number: int, size: int) -> Reserved:
    """Return the revision of ``objects``, of which ``number`` is the ``signature_body`` that keeps ``size`` bytes.

    ``hashed`` has taken in the whole file so far, and stays as it is.
    """
    increment = render_revision(tail, objects)
    opening = increment.places[number] + len(_CONTENTS)
    closing = opening + 2 * size
    # what is left out begins with < and ends with >
    covered = (tail.length + opening - 1, tail.length + closing + 1, len(increment.data) - closing - 1)
    numbers = closing + len(_RANGE)
    written = (_NUMBERS % covered).ljust(_NUMBERS_BYTES)
    before = increment.data[:opening]
    after = increment.data[closing:numbers] + written + increment.data[numbers + _NUMBERS_BYTES :]
    whole = hashed.copy()
    whole.update(before[:-1])
    whole.update(after[1:])
    return Reserved(before, after, size, whole.digest())
