"""Signed agreements at level T, for what comes after: each signature with a timestamp of its own."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from unittest.mock import patch

from asn1crypto import cms

from pkdocs.content import Content, Role
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, Signer, cms as own, revision, sign_pdf
from tests.issued import issued
from tests.signed import AT, signer_of
from tests.signing.stamping import MemoryService, timestamper
import hashlib


def sign_stamped(
    pdf: bytes, role: Role, signer: FileSigner, *, at: datetime = AT, kind: KeyKind = KeyKind.P256
) -> bytes:
    asking = timestamper(MemoryService(kind=kind, at=at))

    def build(signer: Signer, digest: bytes) -> bytes:
        info = cms.ContentInfo.load(own.build_cms(signer, digest))
        signed = info["content"]["signer_infos"][0]
        (token,) = asking.stamp([hashlib.sha256(signed["signature"].native).digest()])
        signed["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]})]
        )
        return info.dump(force=True)

    with (
        patch.object(revision, "build_cms", build),
        patch.object(revision, "cms_size", lambda signer: own.cms_size(signer) + asking.reserved_bytes + 64),
    ):
        return sign_pdf(pdf, role, signer, at=at, zone=Zone.WIB, training=True)


@cache
def stamped(content: Content, roles: tuple[Role, ...] = tuple(Role), kind: KeyKind = KeyKind.P256) -> bytes:
    """Return the issued file of ``content``, signed at level T by its parties in the order of ``roles``."""
    if not roles:
        return issued(content)
    before, party = stamped(content, roles[:-1], kind), content.party(roles[-1])
    return sign_stamped(before, roles[-1], signer_of(party, kind), kind=kind) if party else before
