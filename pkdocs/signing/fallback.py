"""A signature in a file that is not exactly of the issued form: pyHanko reads and writes it, what is signed is ours."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import DictionaryObject, NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from pkdocs.signing.appearance import appearance_objects
from pkdocs.signing.holder import Task
from pkdocs.signing.writer import add_objects

_DIGEST: Final = "sha256"


class _Revision(IncrementalPdfFileWriter):
    """pyHanko's writer without its habit of writing date and producer into Info and XMP."""

    def _update_meta(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file as pyHanko prepared it for a signature of ``size`` bytes."""

    prepared: PreparedByteRangeDigest = field(repr=False)
    output: BytesIO = field(repr=False)
    size: int

    @property
    def digest(self) -> bytes:
        digest: bytes = self.prepared.document_digest
        return digest

    def fill(self, container: bytes) -> bytes:
        if len(container) > self.size:
            raise ValueError("the signature is larger than its place")
        self.prepared.fill_with_cms(self.output, container)
        return self.output.getvalue()


def prepare_foreign(task: Task, *, size: int) -> _Prepared:
    """Return the file of ``task`` with its signature prepared, of ``size`` bytes at most.

    Raises:
        Exception: the file is damaged, or has no such field that is empty and locks itself.
    """
    writer = _Revision(BytesIO(task.pdf), strict=True)
    embedding = PdfCMSEmbedder().write_cms(task.field, writer, existing_fields_only=True)
    widget = next(embedding).get_object()
    left, bottom, right, top = (float(edge) for edge in widget["/Rect"])
    shown = add_objects(writer, appearance_objects(task.stamp, right - left, top - bottom))
    widget["/AP"] = DictionaryObject({NameObject("/N"): shown})
    value = SignatureObject(
        timestamp=task.stamp.at,
        subfilter=SigSeedSubFilter.PADES,
        name=task.stamp.name,
        location=task.location,
        reason=task.reason,
        # hexadecimal: two characters a byte
        bytes_reserved=2 * size,
    )
    lock = SigMDPSetup(_DIGEST, field_lock=FieldMDPSpec.from_pdf_object(widget["/Lock"]))
    embedding.send(SigObjSetup(value, mdp_setup=lock))
    prepared, output = embedding.send(SigIOSetup(_DIGEST, in_place=True))
    return _Prepared(prepared, output, size)
