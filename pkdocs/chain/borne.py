"""The signatures of one agreement as a verdict tells them: whose, of which level, and since when."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256

from pkdocs.chain.tree import Node
from pkdocs.chain.verdict import Borne, Expected
from pkdocs.content import Role
from pkdocs.profile import Zone
from pkdocs.register import AgreementLine, Register
from pkdocs.roster import Level
from pkdocs.verification import Signature
from pkdocs.verification.belief import Signing
from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.evidence import Library
from pkdocs.verification.inspection import shown
from pkdocs.verification.level import reached_level
from pkdocs.verification.proof import Proof, Timeline


class Teller:
    """Tells the signatures of agreements, with times in one zone; lists that many files bring are read once."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._library = Library()

    def borne(self, node: Node, signings: Mapping[Role, Signing], timeline: Timeline) -> Iterator[Borne]:
        """Yield the signatures of ``node``, the seal first; one that is not intact is told as such.

        ``signings`` are the intact ones by role, ``timeline`` is that of the file.
        """
        if node.facts.seal is not None:
            yield self._one(node, node.facts.seal, timeline.proof(node.facts.seal))
        for signature in node.facts.signatures:
            signing = signings.get(signature.role) if isinstance(signature.role, Role) else None
            is_judged = signing is not None and signing.signature is signature
            yield self._one(node, signature, signing.proof if signing is not None and is_judged else None)

    def _one(self, node: Node, signature: Signature, proof: Proof | None) -> Borne:
        certificate, facts = signature.certificate, node.facts
        length, digest = facts.revisions[signature.revision]
        return Borne(
            role=signature.role,
            field=signature.field,
            signer=shown(name_of_subject(certificate)) if certificate else None,
            certificate=sha256(certificate).hexdigest() if certificate else None,
            level=reached_level(signature, facts.stamps, facts.evidence, self._library),
            proven=Proof(self._local(proof.at), proof.source) if proof and certificate else None,
            claimed=self._local(signature.claimed) if signature.claimed else None,
            length=length,
            sha256=digest,
        )

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone.info)


def expected_by(register: Register) -> tuple[Expected, ...]:
    """Return what must be there as the register has it, sorted: all that is listed and has not ended."""
    lines = (line for line in register.agreements.values() if not line.state.is_ended)
    return tuple(sorted((_expected(line, register) for line in lines), key=lambda one: (one.unit, one.id)))


def _expected(line: AgreementLine, register: Register) -> Expected:
    return Expected(line.id, line.unit, _level(register, line.position), line.position)


def _level(register: Register, position: str) -> Level | None:
    return next((line.level for line in reversed(register.positions.get(position, ()))), None)
