"""Of issued bytes that are vouched for, what judging asks for: content, metadata, and the fields that are signed."""

from collections.abc import Mapping
from dataclasses import dataclass

from pkdocs.content import Content, Role, parse_content
from pkdocs.signing.objects import IrregularError
from pkdocs.signing.slot import Slot
from pkdocs.signing.source import Source
from pkdocs.signing.written import attachment, demand_regular, metadata, slots_of
from pkdocs.verification import Vouched
from pkdocs.verification.field import Field
from pkdocs.verification.payload import Metadata, check_agreement, read_metadata
from pkdocs.verification.syntax import Stream


@dataclass(frozen=True, slots=True)
class Issued:
    """What the issued revision says; ``slots`` are the fields by the numbers of their objects."""

    content: Content
    metadata: Metadata
    slots: Mapping[int, Slot]


def read_issued(source: Source, digest: str, vouched: Vouched) -> Issued:
    """Return what the issued revision says, all that there is in ``source``, of the SHA-256 ``digest``.

    Raises:
        IrregularError: it is not vouched for with its content, or contradicts itself.
        SchemaError: its content is none.
    """
    # before anything is read of bytes that nobody has seen
    demand_regular(digest in vouched.issues, "issue")
    objects, root = source.objects, source.tail.root
    content = parse_content(attachment(objects, root))
    demand_regular(vouched.has(digest, source.tail.length, content.digest), "content")
    slots = slots_of(objects, root, content)
    stated = read_metadata(Stream({}, metadata(objects, root)))
    fields = [Field(slot.name, number, Role(slot.name)) for number, slot in slots.items()]
    if stated is None or any(check_agreement(fields, content, stated)):
        raise IrregularError("metadata")
    return Issued(content, stated, slots)
