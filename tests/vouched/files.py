"""Agreements at every level, really signed, and a register's word for their issued bytes."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, partial
from itertools import permutations

from cryptography import x509

from pkdocs.content import Content, Role
from pkdocs.pki import KeyKind
from pkdocs.pki.services import STATUS
from pkdocs.signing import Level
from pkdocs.signing.archive import append_evidence
from pkdocs.signing.asking import build_question
from pkdocs.signing.augmentation import augment_pdf
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.preserved import read_preserved
from pkdocs.verification import Issue, Vouched
from tests.factory import HEAD, MAYOR, head_content, root_content
from tests.issued import issued
from tests.signed import AT, credential, services, signed, signer_of, training_trust
from tests.signing.stamped import sign_stamped, stamped
from tests.signing.stamping import MemoryService, timestamper

NOW = AT + timedelta(minutes=3)
FIRST, SECOND = Role.FIRST, Role.SECOND
CONTENT = head_content()
ISSUED = issued(CONTENT)
ORDERS = [(), (FIRST,), *permutations((FIRST, SECOND))]


def vouched(*contents: Content) -> Vouched:
    """Return what an honest register vouches for."""
    files = {content: issued(content) for content in (contents or (CONTENT, root_content()))}
    return Vouched({hashlib.sha256(pdf).hexdigest(): Issue(content.digest, len(pdf)) for content, pdf in files.items()})


def augmented(pdf: bytes, level: Level, kind: KeyKind = KeyKind.P256, *, renew: bool = False) -> bytes:
    """Return ``pdf`` at that level, with the trust file's lists."""

    def unreachable(address: str, _body: bytes | None, _limit: int) -> bytes:
        raise AssertionError(address)

    gatherer = Gatherer(training_trust(kind), fetch=unreachable)
    return augment_pdf(pdf, level, gatherer, timestamper(MemoryService(kind=kind, at=NOW)), at=NOW, renew=renew)


@cache
def at_level(level: Level, kind: KeyKind, roles: tuple[Role, ...] = (FIRST, SECOND)) -> bytes:
    """Return the file signed in the order of ``roles``, at that level."""
    if level is Level.B:
        return signed(CONTENT, roles, kind)
    pdf = stamped(CONTENT, roles, kind)
    return augmented(pdf, level, kind) if level.is_long and roles else pdf


@cache
def level_by_level() -> bytes:
    """Return a file that was brought up after each signature, and whose timestamp was renewed."""
    pdf = ISSUED
    for role, party in ((FIRST, HEAD), (SECOND, MAYOR)):
        pdf = augmented(sign_stamped(pdf, role, signer_of(party)), Level.LTA)
    return augmented(pdf, Level.LTA, renew=True)


@cache
def answered() -> bytes:
    """Return a file whose validation data hold an answer about a certificate."""
    pdf = at_level(Level.LT, KeyKind.P256)
    certificate, issuer = credential(HEAD)[1], x509.load_der_x509_certificate(signer_of(HEAD).chain[0])
    asked = build_question(certificate, issuer)
    answer = services(HEAD, MAYOR).post(STATUS, "application/ocsp-request", asked, at=NOW).body
    return append_evidence(read_preserved(pdf), Evidence(ocsps=(answer,))).pdf


CORPUS: Mapping[str, Callable[[], bytes]] = {
    **{f"{kind} {level}": partial(at_level, level, kind) for kind in KeyKind for level in Level},
    "brought up twice, renewed": level_by_level,
    "with an answer": answered,
}
"""Valid files of every kind."""
