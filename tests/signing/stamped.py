"""Signed agreements at level T, for what comes after: each signature with a timestamp of its own."""

from datetime import datetime
from functools import cache

from pkdocs.content import Content, Role
from pkdocs.outcome import demand
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.signing import FileSigner, Keyed, make_task, read_form
from tests.issued import issued
from tests.signed import AT, signer_of
from tests.signing.stamping import MemoryService, timestamper


def sign_stamped(
    pdf: bytes, role: Role, signer: FileSigner, *, kind: KeyKind = KeyKind.P256, at: datetime = AT
) -> bytes:
    """Return ``pdf`` with a signature of ``role`` at level T, stamped ``at`` by an authority of that ``kind``."""
    content = read_form(pdf).content
    party = content.party(role)
    assert party is not None
    task = make_task(pdf, content, role, party, at=at, zone=Zone.WIB, training=True)
    (outcome,) = Keyed(signer, timestamper(MemoryService(kind=kind, at=at))).sign([task])
    return demand(outcome)


@cache
def stamped(content: Content, roles: tuple[Role, ...] = tuple(Role), kind: KeyKind = KeyKind.P256) -> bytes:
    """Return the issued file of ``content``, signed at level T by its parties in the order of ``roles``."""
    if not roles:
        return issued(content)
    before, party = stamped(content, roles[:-1], kind), content.party(roles[-1])
    return sign_stamped(before, roles[-1], signer_of(party, kind), kind=kind) if party else before
