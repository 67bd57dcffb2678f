"""Records of a tree whose root has been stamped: the first ones, and those that renew others (RFC 4998, 5.2)."""

from dataclasses import dataclass

from pkdocs.preservation.tree import HashTree
from pkdocs.verification.attestation import hashing_of
from pkdocs.verification.ers import (
    ALGORITHMS,
    ArchiveTimestamp,
    EvidenceRecord,
    hash_of_renewal,
    hash_of_timestamp,
    hashed,
)


def first_record(tree: HashTree, leaf: bytes, token: bytes) -> EvidenceRecord:
    """Return the record of what has the hash ``leaf``; ``token`` is over the root of ``tree``."""
    return EvidenceRecord(((ArchiveTimestamp(token, tree.reduced(leaf)),),), (ALGORITHMS[tree.hashing],))


@dataclass(frozen=True, slots=True)
class Renewal:
    """What it takes to renew ``record``: a token over a tree by ``hashing`` that has ``leaf`` in it.

    By the algorithm that it has the last timestamp is renewed, by another the whole hash tree.
    """

    record: EvidenceRecord
    hashing: str
    leaf: bytes
    is_rehash: bool

    def done(self, tree: HashTree, token: bytes) -> EvidenceRecord:
        """Return the renewed record."""
        added = ArchiveTimestamp(token, tree.reduced(self.leaf, alone=self.is_rehash))
        chains, algorithms = self.record.chains, self.record.algorithms
        if self.is_rehash:
            known = (*algorithms, ALGORITHMS[self.hashing])
            return EvidenceRecord((*chains, (added,)), tuple(dict.fromkeys(known)))
        return EvidenceRecord((*chains[:-1], (*chains[-1], added)), algorithms)


def renewal_of(record: EvidenceRecord, data: bytes, hashing: str | None = None) -> Renewal:
    """Return how ``record``, which is of ``data``, is renewed by ``hashing``; None: by the algorithm that it has.

    Raises:
        RecordError: its last timestamp cannot be read.
    """
    own = hashing_of(record.last)
    if hashing in {None, own}:
        return Renewal(record, own, hash_of_timestamp(own, record.last), is_rehash=False)
    leaf = hash_of_renewal(hashing, hashed(hashing, data), record.chains)
    return Renewal(record, hashing, leaf, is_rehash=True)
