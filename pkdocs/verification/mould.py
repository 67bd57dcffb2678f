"""Timestamp tokens of one frame and one length: they differ in known places, and need not be taken apart."""

import re
from dataclasses import dataclass, field
from typing import Final

from pkdocs import der
from pkdocs.verification.frame import Filling, Frame

_RUN: Final = re.compile(rb"\xff+")


@dataclass(frozen=True, slots=True)
class Mould:
    """Where in the tokens of one frame stands what differs, if it has the same lengths; all else is the same bytes.

    ``fixed`` has a bit for each that is, ``alike`` these bits.
    """

    fixed: int = field(repr=False)
    alike: int = field(repr=False)
    values: tuple[slice, ...]
    has_nonce: bool
    stamped: slice
    attributes: slice

    @classmethod
    def of(cls, encoded: bytes, frame: Frame, filling: Filling) -> "Mould | None":
        """Return the mould of a token, taken apart; None where a value in it is empty.

        Filled with the opposite of each bit, a frame gives other bytes exactly where its filling stands.
        """
        other = filling.opposite()
        stamped, attributes = frame.stamped(other), frame.attributes(other.digest)
        differing = _differing(encoded, frame.join(stamped, attributes, other.signature))
        values = tuple(slice(*one.span()) for one in _RUN.finditer(differing))
        given = (filling.imprint, filling.serial, filling.time, filling.nonce, filling.digest, filling.signature)
        if [encoded[place] for place in values] != [one for one in given if one is not None]:
            return None
        begins = values[0].start - _differing(filling.stamped, stamped).index(b"\xff")
        signed = values[-2].start - _differing(filling.attributes, attributes).index(b"\xff")
        fixed = int.from_bytes(differing) ^ ((1 << 8 * len(encoded)) - 1)
        return cls(
            fixed=fixed,
            alike=int.from_bytes(encoded) & fixed,
            values=values,
            has_nonce=filling.nonce is not None,
            stamped=slice(begins, begins + len(filling.stamped)),
            attributes=slice(signed, signed + len(filling.attributes)),
        )

    def filling(self, encoded: bytes) -> Filling | None:
        """Return what a token of the same length is filled with; None if it differs in anything else."""
        if int.from_bytes(encoded) & self.fixed != self.alike:
            return None
        imprint, serial, time, *nonce, digest, signature = (encoded[place] for place in self.values)
        signed = der.retag(der.SET, encoded[self.attributes])
        number = nonce[0] if self.has_nonce else None
        return Filling(imprint, serial, time, number, digest, signature, encoded[self.stamped], signed)


def _differing(one: bytes, other: bytes) -> bytes:
    """Return where two of one length differ, bit by bit."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
