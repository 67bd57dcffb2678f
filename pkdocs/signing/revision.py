"""One revision appended to a PDF: a signature in a field that is there and empty, and nothing else."""

from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import DictionaryObject, NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from pkdocs.errors import SigningError
from pkdocs.signing.appearance import Stamp, add_appearance
from pkdocs.signing.cms import build_cms, cms_size
from pkdocs.signing.signer import Signer

_DIGEST: Final = "sha256"


class _Revision(IncrementalPdfFileWriter):
    """pyHanko's writer without its habit of writing date and producer into Info and XMP."""

    def _update_meta(self) -> None:
        pass


def append_signature(
    pdf: bytes, field: str, signer: Signer, stamp: Stamp, *, location: str | None, reason: str
) -> bytes:
    """Return ``pdf`` with a signature in its ``field`` appended (PAdES B-B, ETSI EN 319 142-1).

    The field has the issued form. Whether this signer may sign there is for the caller to ask.

    Raises:
        SigningError: the file is damaged, or has no such field that is empty.
    """
    try:
        return _append(pdf, field, signer, stamp, _value(signer, stamp, location, reason))
    except Exception as fault:
        # the writer raises whatever a damaged file leads it to
        raise SigningError("SIGN_DAMAGED") from fault


def _append(pdf: bytes, name: str, signer: Signer, stamp: Stamp, value: SignatureObject) -> bytes:
    writer = _Revision(BytesIO(pdf), strict=True)
    embedding = PdfCMSEmbedder().write_cms(name, writer, existing_fields_only=True)
    field = next(embedding).get_object()
    left, bottom, right, top = (float(edge) for edge in field["/Rect"])
    appearance = add_appearance(writer, stamp, width=right - left, height=top - bottom)
    field["/AP"] = DictionaryObject({NameObject("/N"): appearance})
    lock = SigMDPSetup(_DIGEST, field_lock=FieldMDPSpec.from_pdf_object(field["/Lock"]))
    embedding.send(SigObjSetup(value, mdp_setup=lock))
    prepared, output = embedding.send(SigIOSetup(_DIGEST, in_place=True))
    embedding.send(build_cms(signer, prepared.document_digest))
    signed: bytes = output.getvalue()
    return signed


def _value(signer: Signer, stamp: Stamp, location: str | None, reason: str) -> SignatureObject:
    return SignatureObject(
        timestamp=stamp.at,
        subfilter=SigSeedSubFilter.PADES,
        name=stamp.name,
        location=location,
        reason=reason,
        # hexadecimal: two characters a byte
        bytes_reserved=2 * cms_size(signer),
    )
