"""Objects prepared as bytes, given to a writer of pyHanko."""

from collections.abc import Sequence
from io import BytesIO

from pyhanko.pdf_utils.generic import IndirectObject, Reference, read_object
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from pkdocs.signing.increment import Body, number_objects


def add_objects(writer: BasePdfFileWriter, bodies: Sequence[Body]) -> IndirectObject:
    """Add ``bodies`` under numbers that follow one another, and return the last."""
    references = [writer.allocate_placeholder() for _ in bodies]
    for number, body in number_objects(bodies, references[0].idnum).items():
        writer.add_object(read_object(BytesIO(body), Reference(number, 0, writer)), idnum=number)
    return references[-1]
