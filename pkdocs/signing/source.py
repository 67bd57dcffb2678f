"""A file that a revision is joined to: how it ends, and its objects in their latest form."""

from dataclasses import dataclass, field

from pkdocs.signing.increment import Tail, read_tail
from pkdocs.signing.objects import Objects, read_section
from pkdocs.verification.syntax import Ref, Value


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file of the closed form, its tail, and its objects."""

    pdf: bytes = field(repr=False)
    tail: Tail
    objects: Objects = field(repr=False, compare=False)

    def get(self, value: Value) -> Value:
        """Return the object that ``value`` refers to (of a stream, its dictionary), or ``value`` itself.

        Raises:
            IrregularError: there is no such object, or it is not strictly written.
        """
        return self.objects.value(value.number)[0] if isinstance(value, Ref) else value

    def body(self, number: int) -> bytes:
        """Return what an object says that is no stream, without what stands around it.

        Raises:
            IrregularError: there is no such object, or it is not strictly written.
        """
        return self.pdf[self.objects.place(number) : self.objects.value(number)[1]]

    @property
    def revisions(self) -> int:
        """How many there are.

        Raises:
            IrregularError: one is not of the closed form.
        """
        section, count = self.tail.section, 1
        while "Prev" in section.trailer:
            section, count = read_section(self.pdf, section.trailer["Prev"]), count + 1
        return count


def read_source(pdf: bytes) -> Source:
    """Return what a revision that is joined to ``pdf`` must know.

    Raises:
        IrregularError: it does not end as a file of the closed form does.
    """
    tail = read_tail(pdf)
    return Source(pdf, tail, Objects(pdf, tail.section))
