"""What an evidence record proves of one file by itself, before anybody is trusted (RFC 4998, 4.3 and 5.3)."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from asn1crypto import cms, tsp

from pkdocs.der import UNREADABLE
from pkdocs.verification.algorithms import DIGESTS
from pkdocs.verification.ers import (
    ArchiveTimestamp,
    Chain,
    ErsError,
    EvidenceRecord,
    hash_of_renewal,
    hash_of_timestamp,
    parse_record,
    root_over,
)
from pkdocs.verification.finding import Finding, Step, Weight
from pkdocs.verification.layout import FileError, read_layout
from pkdocs.verification.token import Token, TokenError, read_token

_CLOCKS_APART: Final = timedelta(minutes=1)
"""As ``proof.ORDER_SLACK``: how far the clocks of two authorities may be apart."""
_KEPT: Final = 64
_KNOWN: Final = "sha256"
"""What the beginnings of a file are known by when it has been examined."""


@dataclass(frozen=True, slots=True)
class Renewals:
    """The tokens of one chain, the oldest first; what they cover they cover by the digest algorithm ``hashing``."""

    hashing: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """A record that holds in itself: that the file up to ``end`` was there when the first of its tokens was made.

    ``name`` is the record's file, ``chains`` are in the order of time. Nobody has been asked yet whether any of the
    authorities is believed.
    """

    name: str
    end: int
    chains: tuple[Renewals, ...] = dataclasses.field(repr=False)


class RecordError(Exception):
    """The record proves nothing; carries code and parameters of the finding."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def finding(self, name: str) -> Finding:
        """Return the finding about the record in the file ``name``.

        Always a warning: anybody can lay a record beside a file, so it may add a proof and take nothing away.
        """
        params = {**self.params, "record": name}
        return Finding.of(self.code, Step.CERTIFICATES, Weight.WARNING, params)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The beginnings of a file that a record may be of: up to the end of each revision; the longest is all of it.

    ``known`` are length and SHA-256 (in hexadecimal) of each, ``read`` gives the file for other algorithms.
    """

    known: tuple[tuple[int, str], ...]
    read: Callable[[], bytes]

    @classmethod
    def of(cls, data: bytes) -> "Beginnings":
        """Return all of ``data`` as the only beginning."""
        return cls(((len(data), hashlib.sha256(data).hexdigest()),), lambda: data)

    @classmethod
    def by_revision(cls, data: bytes) -> "Beginnings":
        """Return the beginnings of ``data`` by the revisions of a PDF file; of anything else it is all of it."""
        try:
            ends = [revision.end for revision in read_layout(data).revisions]
        except FileError:
            return cls.of(data)
        return cls(tuple((end, hashlib.sha256(data[:end]).hexdigest()) for end in ends), lambda: data)

    def digest(self, algorithm: str, length: int) -> bytes:
        """Return the digest of the beginning of that length."""
        if algorithm == _KNOWN:
            return bytes.fromhex(dict(self.known)[length])
        return hashlib.new(algorithm, memoryview(self.read())[:length]).digest()


def read_record(encoded: bytes, name: str, beginnings: Beginnings) -> Attestation:
    """Return what the record ``encoded`` proves of a file by its ``beginnings``.

    Raises:
        RecordError: no record in a form that is known, of other bytes, altered, or with a renewal that does not
            follow from what it renews.
    """
    try:
        return _read(parse_record(encoded), name, beginnings)
    except ErsError as fault:
        raise RecordError("RECORD_MALFORMED" if fault.is_known else "RECORD_NOT_JUDGED", what=fault.what) from fault


def _read(record: EvidenceRecord, name: str, beginnings: Beginnings) -> Attestation:
    end = _end_of(record.chains[0][0], beginnings)
    chains: list[Renewals] = []
    for place, chain in enumerate(record.chains):
        hashing = hashing_of(chain[0])
        if any(hashing_of(one) != hashing for one in chain):
            raise RecordError("RECORD_BROKEN_CHAIN", what="digestAlgorithm")
        digest = beginnings.digest(hashing, end)
        leaf = hash_of_renewal(hashing, digest, record.chains[:place]) if place else digest
        chains.append(Renewals(hashing, tuple(_tokens(chain, hashing, leaf))))
    if unnamed := {chain.hashing for chain in chains} - record.named:
        raise RecordError("RECORD_MALFORMED", what=f"digestAlgorithms: {', '.join(sorted(unnamed))}")
    _demand_order([token for chain in chains for token in chain.tokens])
    return Attestation(name, end, tuple(chains))


def _end_of(first: ArchiveTimestamp, beginnings: Beginnings) -> int:
    """Return the length of the beginning that the initial timestamp covers."""
    hashing = hashing_of(first)
    members = first.lists[0] if first.lists else (_imprint(first.token)[1],)
    for length, _ in reversed(beginnings.known):
        if beginnings.digest(hashing, length) in members:
            return length
    raise RecordError("RECORD_OTHER")


def _tokens(chain: Chain, hashing: str, leaf: bytes) -> Iterator[Token]:
    """Yield the tokens of ``chain``, each over what the one before leads to; the first over ``leaf``."""
    for one in chain:
        root = root_over(hashing, leaf, one.lists)
        if root is None:
            raise RecordError("RECORD_BROKEN_CHAIN", what="reducedHashtree")
        yield _token(one.token, hashing, root, is_whole=not one.lists)
        leaf = hash_of_timestamp(hashing, one)


@lru_cache(maxsize=_KEPT)
def _token(token: bytes, hashing: str, root: bytes, *, is_whole: bool) -> Token:
    """Return what ``token`` says of ``root``; ``is_whole``: nothing stands between it and what it renews.

    The records of a ceremony share their tokens.
    """
    try:
        return read_token(token, lambda algorithm: root if algorithm == hashing else b"")
    except TokenError as fault:
        if fault.code == "TIMESTAMP_IMPRINT" and is_whole:
            raise RecordError("RECORD_BROKEN_CHAIN", what="messageImprint") from fault
        if fault.code == "TIMESTAMP_NOT_JUDGED":
            raise RecordError("RECORD_NOT_JUDGED", what=str(fault.params["what"])) from fault
        raise RecordError("RECORD_ALTERED", cause=fault.code) from fault


def _demand_order(tokens: Sequence[Token]) -> None:
    for before, after in pairwise(tokens):
        if after.latest + _CLOCKS_APART < before.time - before.accuracy:
            raise RecordError("RECORD_BROKEN_CHAIN", what="genTime")


def hashing_of(one: ArchiveTimestamp) -> str:
    """Return the digest algorithm of an archive timestamp: that of its token, which must not name another (4.2, 4.3).

    Raises:
        RecordError: the token cannot be read, it is none that is judged, or the two are not the same.
    """
    hashing = _imprint(one.token)[0]
    if hashing not in DIGESTS:
        raise RecordError("RECORD_NOT_JUDGED", what=hashing)
    if one.named not in {None, hashing}:
        raise RecordError("RECORD_ALTERED", cause="digestAlgorithm")
    return hashing


@lru_cache(maxsize=_KEPT)
def _imprint(token: bytes) -> tuple[str, bytes]:
    """Return algorithm and digest that the token is over; whether it holds says ``read_token``."""
    try:
        content = cms.ContentInfo.load(token, strict=True)["content"]["encap_content_info"]["content"]
        imprint = tsp.TSTInfo.load(bytes(content), strict=True)["message_imprint"]
        return str(imprint["hash_algorithm"]["algorithm"].native), bytes(imprint["hashed_message"].native)
    except UNREADABLE as fault:
        raise RecordError("RECORD_ALTERED", cause="TIMESTAMP_MALFORMED") from fault
