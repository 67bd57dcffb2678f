"""What a signed file holds so that its signatures can be shown to be good later: timestamps and validation data."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pkdocs.errors import SigningError
from pkdocs.signing.container import take_apart
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.form import Signature as Recognised
from pkdocs.signing.form import SignedForm, read_form
from pkdocs.signing.gathering import Gatherer, Used
from pkdocs.signing.timestamp import read_stamped
from pkdocs.trust import Purpose
from pkdocs.verification.container import certificates_above
from pkdocs.verification.evidence import Evidence as Brought
from pkdocs.verification.inspection import Level
from pkdocs.verification.level import reached_level
from pkdocs.verification.signature import Signature
from pkdocs.verification.stamp import Stamp
from pkdocs.verification.token import Token, TokenError

_CONTENTS: Final = b"<< /Contents <"
_NOBODY: Final[Mapping[bytes, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Preserved:
    """A signed file: the agreement's ``id``, its signatures and document timestamps, and what each revision brought.

    Raises:
        SigningError: nobody has signed yet.
    """

    pdf: bytes = field(repr=False)
    id: str
    signatures: tuple[Signature, ...]
    stamps: tuple[Stamp, ...] = ()
    brought: tuple[Brought, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.signatures:
            raise SigningError("AUGMENT_UNSIGNED", id=self.id)

    @property
    def evidence(self) -> Evidence:
        """The validation data of all revisions."""
        return _joined(self.brought)

    @property
    def archived(self) -> Evidence:
        """The validation data that the last document timestamp covers."""
        end = max((stamp.end for stamp in self._held), default=0)
        return _joined(one for one in self.brought if one.end <= end)

    @property
    def archived_at(self) -> datetime | None:
        """When the last document timestamp was made."""
        return max((stamp.token.time for stamp in self._held if stamp.token), default=None)

    @property
    def _held(self) -> tuple[Stamp, ...]:
        """The document timestamps that hold."""
        return tuple(stamp for stamp in self.stamps if stamp.token)

    @property
    def is_stamped(self) -> bool:
        """Whether each signature has a timestamp of its own, as validators of AdES demand from level T on."""
        return all(signature.timestamp for signature in self.signatures)

    @property
    def is_proven(self) -> bool:
        """Whether the time of every signature is proven: by its own timestamp, or by one over the document."""
        return all(signature.timestamp or self._stamped(signature.end) for signature in self.signatures)

    @property
    def is_stamped_over(self) -> bool:
        """Whether a document timestamp stands after the last signature."""
        return self._stamped(self.signatures[-1].end) is not None

    @property
    def level(self) -> Level:
        """The level of which all signatures hold the parts, as ``pkdocs inspect`` says it."""
        levels = (reached_level(signature, self.stamps, self.brought) for signature in self.signatures)
        return min(levels, key=list(Level).index)

    @property
    def used(self) -> tuple[Used, ...]:
        """The certificates of which more than their bytes must be known: signers', and those of all timestamps."""
        return tuple(self._used(self.evidence.certificates))

    def _used(self, known: tuple[bytes, ...]) -> Iterator[Used]:
        for signature in self.signatures:
            over, token = self._stamped(signature.end), signature.timestamp
            moments = [moment for moment in (over, token and token.time) if moment]
            proven = min(moments, default=None)
            yield Used(signature.certificate or b"", signature.chain + known, Purpose.PERSONS, None, proven)
            if token:
                yield _authority(token, known, over)
        for stamp in self._held:
            if stamp.token:
                yield _authority(stamp.token, known, self._stamped(stamp.end))

    def _stamped(self, end: int) -> datetime | None:
        """Return when the first document timestamp after ``end`` was made."""
        return min((stamp.token.time for stamp in self.stamps if stamp.token and stamp.end > end), default=None)

    def grown(self, pdf: bytes, evidence: Evidence, stamp: Stamp | None = None) -> "Preserved":
        """Return the file as it is read after a revision that brings ``evidence``, or ``stamp``, or both."""
        brought, stamps = self.brought, self.stamps
        if evidence:
            there = self.evidence | evidence
            brought = (*brought, Brought(len(pdf), there.certificates, there.ocsps, there.crls))
        if stamp:
            stamps = (*stamps, stamp)
        return replace(self, pdf=pdf, stamps=stamps, brought=brought)

    def is_shown(self, evidence: Evidence, gatherer: Gatherer) -> bool:
        """Tell whether ``evidence`` shows signers' and timestamps' certificates good, under the gatherer's trust.

        Not that of the last document timestamp after all signatures, whose turn comes with the next one.
        """
        wanted = self.used[:-1] if self.is_stamped_over else self.used
        return all(gatherer.covers(evidence, used) for used in wanted)


def read_preserved(pdf: bytes, owners: Mapping[bytes, str] = _NOBODY) -> Preserved:
    """Return what a signed file holds; ``owners`` as for ``read_form``.

    Raises:
        SigningError: not issued, changed since, or nobody has signed it.
    """
    form = read_form(pdf, owners=owners)
    return Preserved(pdf, form.content.id, form.read, form.stamps, form.evidence)


def preserve_known(pdf: bytes, form: SignedForm) -> Preserved | None:
    """Return what ``read_preserved`` gives of a file that ``read_known`` has recognised as ``form``; None if it cannot.

    Nothing but our own signatures is in such a file. Of claimed times, names and reasons nothing is said.

    Raises:
        SigningError: nobody has signed it.
    """
    try:
        signatures = tuple(_signature(pdf, index, one) for index, one in enumerate(form.signatures, 1))
    except (ValueError, TokenError):
        return None
    return Preserved(pdf, form.content.id, signatures)


def _signature(pdf: bytes, revision: int, signature: Recognised) -> Signature:
    begins = pdf.rindex(_CONTENTS, 0, signature.end) + len(_CONTENTS)
    own = take_apart(bytes.fromhex(pdf[begins : pdf.index(b">", begins)].decode("ascii")))
    if own is None:
        raise ValueError("not a container of ours")
    token = read_stamped(own.token, hashlib.sha256(own.signature).digest()) if own.token else None
    return Signature(
        field=signature.role.value,
        revision=revision,
        end=signature.end,
        role=signature.role,
        certificate=own.certificate,
        chain=_line(own.certificate, own.chain),
        timestamp=token,
    )


@lru_cache(maxsize=1024)
def _line(certificate: bytes, others: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return those of ``others`` that vouch for ``certificate``, in order; of a batch they are mostly the same."""
    return tuple(certificates_above(certificate, list(others)))


def _authority(token: Token, known: tuple[bytes, ...], proven: datetime | None) -> Used:
    return Used(token.certificate, token.chain + known, Purpose.TIMESTAMPS, token.time, proven)


def _joined(brought: Iterable[Brought]) -> Evidence:
    evidence = Evidence()
    for one in brought:
        evidence |= Evidence(one.certificates, one.answers, one.lists)
    return evidence
