"""Evidence records (RFC 4998): the form, and the few rules by which each part follows from the others.

A record without encryption, attributes and further information is all that is known here, in DER. What it proves is
read in ``attestation``, it is made in ``preservation``.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pkdocs import der
from pkdocs.verification.algorithms import DIGESTS

RECORD_SUFFIX: Final = ".ers"
"""After the whole name of a file: its evidence record."""

MAX_RECORD_BYTES: Final = 1_000_000
MAX_TIMESTAMPS: Final = 64
"""In one record; renewed each year it would be done with in our great-grandchildren's time."""
MAX_LISTS: Final = 64
"""In one reduced hash tree: it is as deep as that of more files than there can be."""

_VERSION: Final = der.integer(1)
_ALGORITHM: Final = 0x80 | 0x20
_TREE: Final = 0x80 | 0x20 | 2
_OIDS: Final = {
    "sha256": der.identifier("2.16.840.1.101.3.4.2.1"),
    "sha384": der.identifier("2.16.840.1.101.3.4.2.2"),
    "sha512": der.identifier("2.16.840.1.101.3.4.2.3"),
}
ALGORITHMS: Final = {name: der.encode(der.SEQUENCE, oid) for name, oid in _OIDS.items()}
"""Identifiers of digests as they are written, without parameters (RFC 5754, 2)."""
_NAMES: Final = {
    **{encoded: name for name, encoded in ALGORITHMS.items()},
    **{der.encode(der.SEQUENCE, oid, der.NULL): name for name, oid in _OIDS.items()},
}


class ErsError(Exception):
    """It is no evidence record in the form that is known; ``is_known`` tells that it contradicts that form itself."""

    def __init__(self, what: str, *, is_known: bool = True) -> None:
        super().__init__(what)
        self.what, self.is_known = what, is_known


@dataclass(frozen=True, slots=True)
class ArchiveTimestamp:
    """One ArchiveTimeStamp (4.1): a ``token`` over the root of a tree, which is reduced to some ``lists`` of hashes.

    Without lists the token is over the one hash itself. ``algorithm`` is that of the tree as it is encoded; b'': that
    of the token.
    """

    token: bytes = field(repr=False)
    lists: tuple[tuple[bytes, ...], ...] = ()
    algorithm: bytes = b""

    @property
    def named(self) -> str | None:
        """The digest algorithm that it names; None where it names none."""
        return _NAMES[self.algorithm] if self.algorithm else None

    @property
    def encoded(self) -> bytes:
        """The value in DER."""
        algorithm = der.retag(_ALGORITHM, self.algorithm) if self.algorithm else b""
        lists = (der.encode(der.SEQUENCE, *(der.encode(der.OCTETS, one) for one in entry)) for entry in self.lists)
        tree = der.encode(_TREE, *lists) if self.lists else b""
        return der.encode(der.SEQUENCE, algorithm, tree, self.token)


Chain = tuple[ArchiveTimestamp, ...]
"""An ArchiveTimeStampChain (5.1): each timestamp but the first renews the one before, all by one digest algorithm."""


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """An EvidenceRecord (3.1): chains, of which each but the first renews all before by another digest algorithm.

    ``algorithms`` are at least those of all chains, as they are encoded.
    """

    chains: tuple[Chain, ...]
    algorithms: tuple[bytes, ...]

    @property
    def encoded(self) -> bytes:
        """The record in DER."""
        algorithms = der.encode(der.SEQUENCE, *self.algorithms)
        return der.encode(der.SEQUENCE, _VERSION, algorithms, encode_chains(self.chains))

    @property
    def named(self) -> frozenset[str]:
        """The digest algorithms that it names."""
        return frozenset(_NAMES[one] for one in self.algorithms)

    @property
    def last(self) -> ArchiveTimestamp:
        """The timestamp that renews all others, or the only one."""
        return self.chains[-1][-1]


def encode_chains(chains: Iterable[Chain]) -> bytes:
    """Return an ArchiveTimeStampSequence (DER)."""
    return der.encode(der.SEQUENCE, *(der.encode(der.SEQUENCE, *(one.encoded for one in chain)) for chain in chains))


def parse_record(data: bytes) -> EvidenceRecord:
    """Return the record in ``data``, which is its encoding, byte for byte: nothing is left over or spelled otherwise.

    Raises:
        ErsError: it is none, or too large; or of a form that is not known here.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise ErsError(f"> {MAX_RECORD_BYTES} B")
    try:
        record = _parse(data)
    except ValueError as fault:
        raise ErsError("DER") from fault
    if record.encoded != data:
        raise ErsError("DER")
    return record


def _parse(data: bytes) -> EvidenceRecord:
    if data[:1] != bytes((der.SEQUENCE,)):
        raise ErsError("EvidenceRecord")
    version, algorithms, *optional, sequence = _several(der.values(data), 3, "EvidenceRecord")
    if version != _VERSION:
        raise ErsError("version", is_known=False)
    if optional:
        raise ErsError("cryptoInfos, encryptionInfo", is_known=False)
    named = tuple(der.values(algorithms))
    if unknown := [one for one in named if one not in _NAMES]:
        raise ErsError(f"digestAlgorithms {unknown[0].hex()}", is_known=False)
    chains = tuple(tuple(map(_timestamp, der.values(chain))) for chain in der.values(sequence))
    if not chains or not all(chains) or sum(map(len, chains)) > MAX_TIMESTAMPS:
        raise ErsError("archiveTimeStampSequence")
    return EvidenceRecord(chains, named)


def _timestamp(encoded: bytes) -> ArchiveTimestamp:
    *optional, token = _several(der.values(encoded), 1, "ArchiveTimeStamp")
    fields = {one[0]: one for one in optional}
    algorithm = fields.pop(_ALGORITHM, b"")
    tree = fields.pop(_TREE, b"")
    if fields:
        raise ErsError("attributes", is_known=False)
    algorithm = der.retag(der.SEQUENCE, algorithm) if algorithm else b""
    if algorithm and algorithm not in _NAMES:
        raise ErsError(f"digestAlgorithm {algorithm.hex()}", is_known=False)
    lists = tuple(tuple(map(der.contents, der.values(one))) for one in der.values(tree)) if tree else ()
    if len(lists) > MAX_LISTS or not all(lists) or any(list(one) != sorted(set(one)) for one in lists):
        # in binary ascending order, each once (4.2)
        raise ErsError("reducedHashtree")
    return ArchiveTimestamp(token, lists, algorithm)


def _several(values: list[bytes], least: int, what: str) -> list[bytes]:
    if len(values) < least:
        raise ErsError(what)
    return values


def hashed(algorithm: str, data: bytes) -> bytes:
    """Return the digest of ``data``; ``algorithm`` is one of those that are believed at any time."""
    if algorithm not in DIGESTS:
        raise ErsError(algorithm, is_known=False)
    return hashlib.new(algorithm, data).digest()


def node(algorithm: str, values: Iterable[bytes]) -> bytes:
    """Return the node above ``values``: the hash of them one after the other in binary ascending order (4.2).

    A group of one is not hashed again.
    """
    group = sorted(values)
    return group[0] if len(group) == 1 else hashed(algorithm, b"".join(group))


def root_over(algorithm: str, leaf: bytes, lists: tuple[tuple[bytes, ...], ...]) -> bytes | None:
    """Return the root that the reduced hash tree ``lists`` leads to from ``leaf``; None if it is not in it (4.3)."""
    if not lists:
        return leaf
    first, *others = lists
    if leaf not in first:
        return None
    root = node(algorithm, first)
    for one in others:
        root = node(algorithm, (root, *one))
    return root


def hash_of_timestamp(algorithm: str, before: ArchiveTimestamp) -> bytes:
    """Return what a renewed timestamp is over: the hash of the ``timeStamp`` before, with its tag and length (5.2)."""
    return hashed(algorithm, before.token)


def hash_of_renewal(algorithm: str, digest: bytes, older: Iterable[Chain]) -> bytes:
    """Return what a renewed hash tree is over (5.2, step 4): h(i)' of the data's ``digest`` and all ``older`` chains.

    The two hashes stand in this order, as the step says and others do, though figure 4 of the RFC sorts them.
    """
    return hashed(algorithm, digest + hashed(algorithm, encode_chains(older)))
