"""One signature as a field of a PDF holds it: its dictionary, container and byte range, and what it lets others do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    EncryptedObjAccess,
    IndirectObject,
    TextStringObject,
)
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from pkdocs.verification.foreign.fault import InspectionError


@dataclass(frozen=True, slots=True)
class Held:
    """A filled signature field: ``entry`` is the field, ``value`` the signature's dictionary.

    ``place`` is where in the file the object begins in which that stands, -1 where no cross-reference names it, and
    ``revision`` the number of the revision that wrote it.
    """

    reader: PdfFileReader
    entry: Any
    value: Any
    place: int
    revision: int
    numbers: object
    container: bytes

    @classmethod
    def read(cls, reader: PdfFileReader, stored: Any, entry: Any) -> Self:
        """Return what stands in the field ``entry``, whose value is written as ``stored``.

        Raises:
            InspectionError: the field's value is no dictionary, or has no byte range, or its container is empty.
        """
        # a dictionary that is no object of its own stands in its field's
        holder = stored if isinstance(stored, IndirectObject) else entry
        try:
            value, entry = _resolved(stored), _resolved(entry)
        except PdfError as fault:
            raise InspectionError.unclear("INSPECT_ENTRY", what="/V") from fault
        if not isinstance(value, DictionaryObject):
            raise InspectionError.unclear("INSPECT_ENTRY", what="/V")
        numbers = entry_of(value, "/ByteRange")
        if numbers is None:
            raise InspectionError.unclear("INSPECT_ENTRY", what="/ByteRange")
        try:
            # no signature is encrypted (ISO 32000-2, 7.6.2)
            written = value.raw_get("/Contents", decrypt=EncryptedObjAccess.RAW)
        except KeyError:
            written = None
        written = _resolved(written)
        if not isinstance(written, ByteStringObject | TextStringObject):
            raise InspectionError.unclear("INSPECT_ENTRY", what="/Contents")
        if not written.original_bytes.strip(b"\0"):
            raise InspectionError.unclear("INSPECT_CONTAINER")
        place, revision = -1, 0
        if isinstance(holder, IndirectObject):
            place, revision = reader.xrefs[holder.reference], reader.xrefs.get_last_change(holder.reference)
        plain = [_resolved(number) for number in numbers] if isinstance(numbers, ArrayObject) else numbers
        return cls(
            reader, entry, value, place if isinstance(place, int) else -1, revision, plain, written.original_bytes
        )

    @property
    def kind(self) -> str:
        """The form of the signature, as its dictionary calls it."""
        return str(entry_of(self.value, "/SubFilter"))

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document timestamp instead of somebody's signature."""
        return self.kind == "/ETSI.RFC3161" or entry_of(self.value, "/Type") == "/DocTimeStamp"

    @property
    def permitted(self) -> MDPPerm | None:
        """What may be changed later (ISO 32000-2, 12.8.2.2); None if it says nothing. What cannot be read is the least.

        A restriction beside the field, which PDF 2.0 knows, counts where the signature has none.
        """
        parameters = next(self._parameters("/DocMDP"), None)
        if parameters is not None:
            return _permission(entry_of(parameters, "/P"))
        lock = entry_of(self.entry, "/Lock")
        return _permission(lock["/P"]) if isinstance(lock, DictionaryObject) and "/P" in lock else None

    def is_locked(self, name: str) -> bool:
        """Tell whether the signature locks the field of that full name (ISO 32000-2, 12.8.2.4)."""
        return any(_locks(found, name) for found in self._parameters("/FieldMDP"))

    def _parameters(self, method: str) -> Iterator[Any]:
        references = entry_of(self.value, "/Reference")
        for place in range(len(references) if isinstance(references, ArrayObject) else 0):
            reference = references[place]
            if isinstance(reference, DictionaryObject) and entry_of(reference, "/TransformMethod") == method:
                yield entry_of(reference, "/TransformParams") or DictionaryObject()


def entry_of(dictionary: Any, key: str) -> Any:
    """Return an entry, decrypted where the file is encrypted; None if there is none."""
    try:
        return dictionary[key]
    except KeyError:
        return None


def _locks(parameters: Any, name: str) -> bool:
    listed = entry_of(parameters, "/Fields")
    names = [str(listed[place]) for place in range(len(listed))] if isinstance(listed, ArrayObject) else []
    # a name stands for all below it
    is_listed = any(name == one or name.startswith(f"{one}.") for one in names)
    match entry_of(parameters, "/Action"):
        case "/Include":
            return is_listed
        case "/Exclude":
            return not is_listed
    return True


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _permission(value: object) -> MDPPerm:
    try:
        # what is not said is 2 (ISO 32000-2, table 257)
        return MDPPerm.FILL_FORMS if value is None else MDPPerm(value)
    except ValueError:
        return MDPPerm.NO_CHANGES
