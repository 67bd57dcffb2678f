"""Evidence records for tests: a few files sealed together and renewed, with authorities of any days."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pkdocs.preservation import HashTree, first_record, renewal_of
from pkdocs.verification.attestation import Attestation, Beginnings, read_record
from pkdocs.verification.ers import Chain, EvidenceRecord
from tests.stamping import STAMPED, Clock


@dataclass
class Authority:
    """Stamps roots by ``clock``; ``over`` are those that it was asked for."""

    clock: Clock = field(default_factory=Clock)
    over: list[tuple[str, bytes]] = field(default_factory=list)

    def stamp_root(self, digest: bytes, hashing: str) -> bytes:
        self.over.append((hashing, digest))

        def imprint(info: dict) -> None:
            info["message_imprint"] = {"hash_algorithm": {"algorithm": hashing}, "hashed_message": digest}

        return replace(self.clock, info=imprint).stamp(b"")


def sealed(
    *files: bytes, clock: Clock | None = None, hashing: str = "sha256", among: Sequence[bytes] = (b"1", b"2", b"3")
) -> list[EvidenceRecord]:
    """Return a record of each of ``files``, which were sealed together with those ``among`` them."""
    leaves = [hashlib.new(hashing, data).digest() for data in files]
    tree = HashTree(hashing, [*leaves, *(hashlib.new(hashing, data).digest() for data in among)])
    token = Authority(clock or Clock()).stamp_root(tree.root, hashing)
    return [first_record(tree, leaf, token) for leaf in leaves]


def renewed(
    records: Sequence[EvidenceRecord], files: Sequence[bytes], clock: Clock, hashing: str | None = None
) -> list[EvidenceRecord]:
    """Return ``records`` of ``files`` renewed together."""
    renewals = [renewal_of(record, data, hashing) for record, data in zip(records, files, strict=True)]
    tree = HashTree(renewals[0].hashing, [one.leaf for one in renewals])
    token = Authority(clock).stamp_root(tree.root, tree.hashing)
    return [one.done(tree, token) for one in renewals]


def read(record: EvidenceRecord | bytes, data: bytes) -> Attestation:
    """Return what ``record`` proves of ``data``."""
    encoded = record if isinstance(record, bytes) else record.encoded
    return read_record(encoded, "PK-2026-SETDA-1.pdf.ers", Beginnings.of(data))


def with_first(record: EvidenceRecord, change: Callable[[Chain], Chain]) -> EvidenceRecord:
    """Return ``record`` with its first chain changed."""
    return replace(record, chains=(change(record.chains[0]), *record.chains[1:]))


def times(attested: Attestation) -> list[datetime]:
    """Return the times of its tokens."""
    return [token.time for chain in attested.chains for token in chain.tokens]


__all__ = ["STAMPED", "Authority", "Clock", "read", "renewed", "sealed", "times", "with_first"]
