"""A file that a revision is joined to: how it ends, and its objects in their latest form, streams too."""

import re
from dataclasses import dataclass, field
from typing import Final

from pkdocs.signing.increment import Tail, read_tail
from pkdocs.signing.objects import IrregularError, Objects
from pkdocs.verification.syntax import Ref, Stream, Value

_STREAM: Final = re.compile(rb"[\r\n ]{0,2}stream\r?\n")


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file of the closed form, its tail, and its objects."""

    pdf: bytes = field(repr=False)
    tail: Tail
    objects: Objects = field(repr=False, compare=False)

    def get(self, value: Value) -> Value:
        """Return the object that ``value`` refers to, or ``value`` itself.

        Raises:
            IrregularError: there is no such object, or it is not strictly written.
        """
        if not isinstance(value, Ref):
            return value
        read, end = self.objects.value(value.number)
        opened = _STREAM.match(self.pdf, end)
        if opened is None or not isinstance(read, dict):
            return read
        length = read.get("Length")
        if type(length) is not int or not 0 <= length <= len(self.pdf) - opened.end():
            raise IrregularError(f"stream {value.number}")
        return Stream(read, self.pdf[opened.end() : opened.end() + length])

    def span(self, number: int) -> tuple[int, int]:
        """Return where the value of an object that is no stream begins and ends.

        Raises:
            IrregularError: there is no such object, or it is not strictly written.
        """
        return self.objects.place(number), self.objects.value(number)[1]

    @property
    def catalog(self) -> Ref:
        """The document catalog."""
        return Ref(self.tail.root)


def read_source(pdf: bytes) -> Source:
    """Return what a revision that is joined to ``pdf`` must know.

    Raises:
        IrregularError: it does not end as a file of the closed form does.
    """
    tail = read_tail(pdf)
    return Source(pdf, tail, Objects(pdf, tail.section))
