"""One signature appended to an issued file."""

from datetime import datetime
from io import BytesIO
from typing import Final

from cryptography import x509
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from pkdocs.content import Content, Party, Role
from pkdocs.errors import SigningError
from pkdocs.profile import Zone
from pkdocs.signing.appearance import Stamp, add_appearance
from pkdocs.signing.cms import build_cms, cms_size
from pkdocs.signing.form import SignedForm, read_form
from pkdocs.signing.signer import Signer, check_certificate

_DIGEST: Final = "sha256"


def sign_pdf(pdf: bytes, role: Role, signer: Signer, *, at: datetime, zone: Zone, training: bool) -> bytes:
    """Return ``pdf`` with the signature of ``role`` appended (PAdES B-B, ETSI EN 319 142-1).

    The bytes of ``pdf`` are a prefix of the result, so earlier signatures stay valid. The revision holds the
    role's field, its appearance with font, and the signature; nothing else of the file changes. ``at`` is
    claimed, not proven, and shown in ``zone``; ``training`` adds the mark *uji*. That the issued bytes are
    those of the index is not checked here: ``read_form`` gives their digest.

    Raises:
        CredentialError: the certificate is not in date.
        SigningError: not an issued file, changed since it was issued, no open field for the role, another person's
            turn, or this signer has signed in the other role.
    """
    check_certificate(signer, at)
    form = read_form(pdf)
    party = demand_turn(form, role, signer)
    stamp = Stamp(party.name, party.office, at.astimezone(zone.info), zone, training)
    try:
        return _append(pdf, form.content, role, signer, stamp)
    except Exception as fault:
        # the writer raises whatever a damaged file leads it to
        raise SigningError("SIGN_DAMAGED") from fault


def demand_turn(form: SignedForm, role: Role, signer: Signer) -> Party:
    """Return the party that signs in ``role``, if it is this signer and has not signed yet.

    Raises:
        SigningError: no such role, no field (paper), signed already, another person, or the same on both sides.
    """
    content = form.content
    party = content.party(role)
    if role in form.signed:
        raise SigningError("SIGN_ALREADY", id=content.id, role=role.value)
    if party is None or role not in form.open:
        raise SigningError("SIGN_NO_FIELD", id=content.id, role=role.value)
    if party.person != signer.person:
        raise SigningError("SIGN_WRONG_PERSON", id=content.id, role=role.value, name=party.name)
    key = x509.load_der_x509_certificate(signer.certificate).public_key()
    for signature in form.signatures:
        other = x509.load_der_x509_certificate(signature.certificate).public_key()
        if signature.person == signer.person or other == key:
            raise SigningError("SIGN_BOTH_SIDES", id=content.id)
    return party


class _Revision(IncrementalPdfFileWriter):
    """pyHanko's writer without its habit of writing date and producer into Info and XMP."""

    def _update_meta(self) -> None:
        pass


def _append(pdf: bytes, content: Content, role: Role, signer: Signer, stamp: Stamp) -> bytes:
    writer = _Revision(BytesIO(pdf), strict=True)
    embedding = PdfCMSEmbedder().write_cms(role.value, writer, existing_fields_only=True)
    field = next(embedding).get_object()
    left, bottom, right, top = (float(edge) for edge in field["/Rect"])
    appearance = add_appearance(writer, stamp, width=right - left, height=top - bottom)
    field["/AP"] = DictionaryObject({NameObject("/N"): appearance})
    lock = SigMDPSetup(_DIGEST, field_lock=FieldMDPSpec.from_pdf_object(field["/Lock"]))
    embedding.send(SigObjSetup(_value(content, role, signer, stamp), mdp_setup=lock))
    prepared, output = embedding.send(SigIOSetup(_DIGEST, in_place=True))
    embedding.send(build_cms(signer, prepared.document_digest))
    signed: bytes = output.getvalue()
    return signed


def _value(content: Content, role: Role, signer: Signer, stamp: Stamp) -> SignatureObject:
    party = content.party(role)
    return SignatureObject(
        timestamp=stamp.at,
        subfilter=SigSeedSubFilter.PADES,
        name=stamp.name,
        location=content.place,
        reason=f"{content.id} sebagai {party.label if party else role}",
        # hexadecimal: two characters a byte
        bytes_reserved=2 * cms_size(signer),
    )
