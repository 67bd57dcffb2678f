"""One file whose issued bytes are vouched for, to facts: every later revision is what our writer would write, or none.

A signature, validation data and a document timestamp are taken apart and written again: equal bytes are of the closed
form, which need not be found out by reading them strictly (docs/decisions/0025).
"""

import hashlib
import logging
from typing import Final

from pkdocs.signing.increment import read_tails
from pkdocs.signing.objects import IrregularError, Objects
from pkdocs.signing.source import Source
from pkdocs.signing.written import Written, demand_regular, first_number, read_written
from pkdocs.verification import Facts, Signature, Vouched
from pkdocs.verification.algorithms import key_of
from pkdocs.verification.container import certificate_of
from pkdocs.verification.layout import MAX_FILE_BYTES, MAX_REVISIONS
from pkdocs.verification.signature import claimed_moment
from pkdocs.vouched.issue import read_issued
from pkdocs.vouched.preservation import Shelf

_LOG: Final = logging.getLogger(__name__)


def examine_listed(pdf: bytes, vouched: Vouched) -> Facts | None:
    """Return what ``examine_pdf`` does with the same arguments, of a file in which it finds nothing wrong; else None.

    The issued bytes must be vouched for: those who did so have judged their form. None says nothing about the file,
    only that it has to be read the long way.
    """
    try:
        return _Examination(pdf, vouched).facts()
    except Exception as fault:  # noqa: BLE001 whatever a damaged file leads to, the long way says what is wrong
        _LOG.debug("read the long way: %s", type(fault).__name__)
        return None


class _Examination:
    """Goes through the revisions once, with the digest of all that came before each."""

    def __init__(self, pdf: bytes, vouched: Vouched) -> None:
        demand_regular(len(pdf) <= MAX_FILE_BYTES, "size")
        self._pdf = pdf
        self._tail, *self._later = read_tails(pdf)
        self._hashed = hashlib.sha256(memoryview(pdf)[: self._tail.length])
        self._stretches = [(self._tail.length, self._hashed.hexdigest())]
        self._issued = read_issued(self._source, self._stretches[0][1], vouched)
        self._slots = dict(self._issued.slots)
        self._signatures: list[Signature] = []
        self._shelf = Shelf()

    @property
    def _source(self) -> Source:
        """The file up to the revision that is read."""
        return Source(self._pdf, self._tail, Objects(self._pdf, self._tail.section))

    def facts(self) -> Facts:
        """Return the facts.

        Raises:
            Exception: something is not as we write it.
        """
        demand_regular(len(self._later) < MAX_REVISIONS, "revisions")
        for tail in self._later:
            self._read(self._pdf[self._tail.length : tail.length])
            self._tail = tail
        (length, digest), *_ = self._stretches
        return Facts(
            sha256=self._stretches[-1][1],
            content=self._issued.content,
            content_digest=self._issued.content.digest,
            issue_digest=digest,
            issue_length=length,
            revisions=tuple(self._stretches),
            template_digest=self._issued.metadata.template_digest,
            toolchain=self._issued.metadata.toolchain,
            signatures=tuple(self._signatures),
            stamps=tuple(self._shelf.stamps),
            evidence=tuple(self._shelf.evidence),
        )

    def _read(self, revision: bytes) -> None:
        place, end = len(self._stretches), self._tail.length + len(revision)
        if slot := self._slots.pop(first_number(revision), None):
            written = read_written(revision, self._hashed, self._tail, slot, self._issued.content)
            self._signatures.append(self._signature(written, place, end))
        else:
            self._shelf.read(self._source, revision, self._hashed, place)
        self._hashed.update(revision)
        self._stretches.append((end, self._hashed.hexdigest()))

    def _signature(self, written: Written, place: int, end: int) -> Signature:
        claimed = claimed_moment(written.moment[1:-1])
        party = self._issued.content.party(written.role)
        key = key_of(certificate_of(written.opened.certificate))
        if claimed is None or party is None or key is None:
            raise IrregularError("signature")
        return Signature(
            field=written.role.value,
            revision=place,
            end=end,
            role=written.role,
            claimed=claimed,
            name=party.name,
            reason=written.reason,
            certificate=written.opened.certificate,
            chain=written.opened.chain,
            digest="sha256",
            key=key,
            timestamp=written.opened.timestamp,
        )
