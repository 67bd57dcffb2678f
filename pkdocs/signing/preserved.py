"""What a signed file holds so that its signatures can be shown to be good later: timestamps and validation data."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pkdocs.errors import SigningError
from pkdocs.signing.container import DATA, Container, demand, open_container
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.gathering import Gatherer, Used
from pkdocs.signing.level import Level
from pkdocs.signing.objects import IrregularError
from pkdocs.signing.source import Source, read_source
from pkdocs.signing.token import Token, read_token
from pkdocs.trust import Purpose
from pkdocs.verification.syntax import Ref, Stream, inflate

MAX_FIELDS: Final = 64
MAX_EVIDENCE_BYTES: Final = 64_000_000
DSS_LISTS: Final = ("Certs", "OCSPs", "CRLs")


@dataclass(frozen=True, slots=True)
class SignatureHeld:
    """One signature: where its revision ends, its container, its own timestamp (None: none)."""

    end: int
    container: Container
    token: Token | None


@dataclass(frozen=True, slots=True)
class StampHeld:
    """One document timestamp: where its revision ends, what it says."""

    end: int
    token: Token


@dataclass(frozen=True, slots=True)
class Preserved:
    """A signed file: its signatures and document timestamps in the order of their revisions, its validation data.

    ``archived`` is the validation data that the last document timestamp covers.
    """

    source: Source = field(repr=False)
    signatures: tuple[SignatureHeld, ...]
    stamps: tuple[StampHeld, ...]
    evidence: Evidence
    archived: Evidence

    @property
    def is_proven(self) -> bool:
        """Whether the time of every signature is proven: by its own timestamp, or by one over the document."""
        last = max((stamp.end for stamp in self.stamps), default=0)
        return all(signature.token or signature.end < last for signature in self.signatures)

    @property
    def is_stamped_over(self) -> bool:
        """Whether a document timestamp stands after the last signature."""
        return bool(self.stamps) and self.stamps[-1].end > self.signatures[-1].end

    @property
    def used(self) -> tuple[Used, ...]:
        """The certificates of which more than their bytes must be known: signers', and those of all timestamps."""
        return tuple(self._used())

    def _used(self) -> Iterator[Used]:
        for signature in self.signatures:
            over = self._stamped(signature.end)
            own = signature.token.at if signature.token else None
            yield self._of(signature.container, Purpose.PERSONS, None, min(filter(None, (own, over)), default=None))
            if signature.token:
                yield self._of(signature.token, Purpose.TIMESTAMPS, own, over)
        for stamp in self.stamps:
            yield self._of(stamp.token, Purpose.TIMESTAMPS, stamp.token.at, self._stamped(stamp.end))

    def _of(self, signer: Container | Token, purpose: Purpose, made: datetime | None, proven: datetime | None) -> Used:
        return Used(signer.certificate, signer.others + self.evidence.certificates, purpose, made, proven)

    def _stamped(self, end: int) -> datetime | None:
        """Return when the first document timestamp after ``end`` was made."""
        return min((stamp.token.at for stamp in self.stamps if stamp.end > end), default=None)


def read_preserved(pdf: bytes) -> Preserved:
    """Return what a signed file holds.

    Each signature and timestamp covers all of the file up to its end but itself, and fits it. That the file is one
    that was issued, and that nothing else was changed, is ``read_form``'s matter; who may have signed, the trust's.

    Raises:
        SigningError: no signature, one that does not fit, or a file that does not end as our revisions do.
    """
    try:
        source = read_source(pdf)
    except IrregularError as fault:
        raise SigningError("AUGMENT_FORM") from fault
    try:
        signatures, stamps = _read_fields(source)
        if not signatures:
            raise SigningError("AUGMENT_UNSIGNED")
        archived = _read_evidence(read_source(pdf[: stamps[-1].end])) if stamps else Evidence()
        return Preserved(source, signatures, stamps, _read_evidence(source), archived)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        # what is read is whatever somebody wrote there
        raise SigningError("SIGN_ALTERED", detail=str(fault)) from fault


def _read_fields(source: Source) -> tuple[tuple[SignatureHeld, ...], tuple[StampHeld, ...]]:
    signatures: list[SignatureHeld] = []
    stamps: list[StampHeld] = []
    form = source.get(source.get(source.catalog)["AcroForm"])
    references = source.get(form["Fields"])
    demand(len(references) <= MAX_FIELDS, "TOKEN_FORM")
    for reference in references:
        value = source.get(source.get(reference).get("V"))
        if value is None:
            continue
        if value.get("Type") == "DocTimeStamp":
            stamps.append(_read_stamp(source.pdf, value))
        else:
            signatures.append(_read_signature(source.pdf, value))
    return tuple(sorted(signatures, key=lambda one: one.end)), tuple(sorted(stamps, key=lambda one: one.end))


def _read_signature(pdf: bytes, value: dict[str, Any]) -> SignatureHeld:
    before, after, end = _covered(pdf, value)
    container = open_container(value["Contents"], DATA, (before, after))
    token = read_token(container.token) if container.token else None
    if token:
        demand(token.digest == hashlib.sha256(container.signature).digest(), "TOKEN_IMPRINT")
    return SignatureHeld(end, container, token)


def _read_stamp(pdf: bytes, value: dict[str, Any]) -> StampHeld:
    before, after, end = _covered(pdf, value)
    token = read_token(value["Contents"])
    hashed = hashlib.sha256(before)
    hashed.update(after)
    demand(token.digest == hashed.digest(), "TOKEN_IMPRINT")
    return StampHeld(end, token)


def _covered(pdf: bytes, value: dict[str, Any]) -> tuple[bytes, bytes, int]:
    """Return the bytes before and after ``/Contents``, and where they end; they are all but it."""
    start, gap, after, length = value["ByteRange"]
    end = after + length
    written = pdf[gap:after]
    demand(start == 0 < gap < after < end <= len(pdf), "TOKEN_FORM")
    demand(written[:1] == b"<" and written[-1:] == b">", "TOKEN_FORM")
    demand(bytes.fromhex(written[1:-1].decode("ascii")) == value["Contents"], "TOKEN_FORM")
    return pdf[:gap], pdf[after:end], end


def _read_evidence(source: Source) -> Evidence:
    return Evidence(*(tuple(_streams(source, reference_lists(source)[name])) for name in DSS_LISTS))


def reference_lists(source: Source) -> dict[str, list[Ref]]:
    """Return what the document security store names, by list; empty lists where there is none.

    Raises:
        IrregularError, TypeError, AttributeError: it has another form.
    """
    store = source.get(source.get(source.catalog).get("DSS")) or {}
    lists = {name: source.get(store.get(name, [])) for name in DSS_LISTS}
    if any(not isinstance(entry, Ref) for references in lists.values() for entry in references):
        raise IrregularError("/DSS")
    return lists


def _streams(source: Source, references: list[Ref]) -> Iterator[bytes]:
    left = MAX_EVIDENCE_BYTES
    for reference in references:
        stream = source.get(reference)
        if not isinstance(stream, Stream):
            raise IrregularError("/DSS")
        data = inflate(stream, left)
        left -= len(data)
        yield data


def reached_level(preserved: Preserved, gatherer: Gatherer) -> Level:
    """Return the baseline level that all signatures have reached (ETSI EN 319 142-1, 6), shown under the trust.

    From T on each signature has a timestamp of its own, as validators of AdES demand: one over the document alone
    proves the time, but does not raise the level (``is_proven`` tells that).
    """
    if not all(signature.token for signature in preserved.signatures):
        return Level.B
    if not is_shown(preserved, preserved.evidence, gatherer):
        return Level.T
    is_archived = preserved.is_stamped_over and is_shown(preserved, preserved.archived, gatherer)
    return Level.LTA if is_archived else Level.LT


def is_shown(preserved: Preserved, evidence: Evidence, gatherer: Gatherer) -> bool:
    """Tell whether ``evidence`` shows signers' and timestamps' certificates good.

    Not that of the last document timestamp after all signatures, whose turn comes with the next one.
    """
    wanted = preserved.used[:-1] if preserved.is_stamped_over else preserved.used
    return all(gatherer.covers(evidence, used) for used in wanted)
