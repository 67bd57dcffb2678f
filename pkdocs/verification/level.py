"""The PAdES level of which a file holds the parts (ETSI EN 319 142-1, 6), whether anybody trusts them or not."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from cryptography import x509

from pkdocs.verification.container import certificates_above
from pkdocs.verification.evidence import Evidence, Library
from pkdocs.verification.inspection import Level
from pkdocs.verification.signature import Signature
from pkdocs.verification.stamp import Stamp


def reached_level(
    signature: Signature, stamps: Iterable[Stamp], evidence: Sequence[Evidence], library: Library | None = None
) -> Level:
    """Return the level of ``signature`` among the document timestamps and the evidence of its file.

    B-T: a timestamp of its own, or one of the document over it. B-LT: also what is needed to judge its certificate
    and that of its timestamp, up to the highest that is there: each issuer, and a list or an answer about each
    certificate below it. B-LTA: also a document timestamp over that. *none* where the signature does not hold.
    Many files bring the same lists: one ``library`` for all of them reads each once.
    """
    if signature.certificate is None:
        return Level.NONE
    over = [stamp for stamp in stamps if stamp.token is not None and stamp.end > signature.end]
    tokens = [token for token in (signature.timestamp, *(stamp.token for stamp in over)) if token is not None]
    if not tokens:
        return Level.B
    lines = [(signature.certificate, signature.chain), (tokens[0].certificate, tokens[0].chain)]
    library = library or Library()
    if not _is_complete(lines, evidence, library):
        return Level.T
    ends = [stamp.end for stamp in over]
    # what a timestamp covers must be complete without what came later
    is_kept = any(_is_complete(lines, [one for one in evidence if one.end <= end], library) for end in ends)
    return Level.LTA if is_kept else Level.LT


def _is_complete(
    lines: Iterable[tuple[bytes, tuple[bytes, ...]]], evidence: Sequence[Evidence], library: Library
) -> bool:
    return bool(evidence) and all(_is_shown(certificate, chain, evidence, library) for certificate, chain in lines)


def _is_shown(certificate: bytes, chain: tuple[bytes, ...], evidence: Sequence[Evidence], library: Library) -> bool:
    """Tell whether the issuers are there, and something that holds about each certificate but the highest."""
    brought = (entry for one in evidence for entry in one.certificates)
    line = [certificate, *certificates_above(certificate, list(dict.fromkeys((*chain, *brought))))]
    loaded = [x509.load_der_x509_certificate(entry) for entry in line]
    return len(line) > 1 and all(_is_answered(below, above, evidence, library) for below, above in pairwise(loaded))


def _is_answered(
    certificate: x509.Certificate, issuer: x509.Certificate, evidence: Sequence[Evidence], library: Library
) -> bool:
    return any(
        any(library.by_list(entry, certificate, issuer) for entry in one.lists)
        or any(any(library.by_answer(entry, certificate, issuer)) for entry in one.answers)
        for one in evidence
    )
