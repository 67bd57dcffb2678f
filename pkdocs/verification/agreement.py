"""An agreement of ours as one signed PDF among others: the facts of its closed form as an inspection."""

from collections.abc import Sequence

from pkdocs.content import Content
from pkdocs.issue import ATTACHMENT
from pkdocs.verification.certificates import name_of_subject
from pkdocs.verification.facts import Facts
from pkdocs.verification.finding import Finding, Step, Weight, find
from pkdocs.verification.inspection import Coverage, InspectedSignature, Inspection, Level, shown
from pkdocs.verification.level import reached_level
from pkdocs.verification.signature import Signature


def inspect_agreement(facts: Facts, content: Content, *, size: int) -> Inspection:
    """Return what ``facts`` say of an agreement of ``size`` bytes, as far as they need neither trust nor clock."""
    borne = (*((facts.seal,) if facts.seal else ()), *facts.signatures)
    roles = {signature.role for signature in borne} - {None}
    general = [finding for finding in facts.findings if finding.role not in roles]
    if not borne:
        general.append(find("INSPECT_NO_SIGNATURE", Step.SIGNATURES, Weight.UNKNOWN))
    return Inspection(
        sha256=facts.sha256,
        findings=tuple(general),
        signatures=tuple(
            inspected_signature(
                one,
                [finding for finding in facts.findings if finding.role in roles and finding.role is one.role],
                reached_level(one, facts.stamps, facts.evidence),
                size=size,
            )
            for one in borne
        ),
        attachments={ATTACHMENT: content.canonical},
    )


def inspected_signature(signature: Signature, own: Sequence[Finding], level: Level, *, size: int) -> InspectedSignature:
    """Return a signature of a closed form; ``own`` are the findings about it, ``size`` is that of the file in bytes."""
    covers = Coverage.FILE if signature.end == size else Coverage.REVISION
    if any(finding.code == "SIGNATURE_BYTE_RANGE" for finding in own):
        covers = Coverage.PART
    return InspectedSignature(
        field=signature.field,
        signer=shown(name_of_subject(signature.certificate) if signature.certificate else signature.name),
        covers=covers,
        level=level,
        signed_at=signature.timestamp.time if signature.timestamp else signature.claimed,
        is_timed=signature.timestamp is not None,
        end=signature.end,
        findings=tuple(own),
        digest=signature.digest or "",
        certificate=signature.certificate,
        chain=signature.chain,
    )
