"""Two signatures with validation data and an archive timestamp, against pyHanko, processor time, in one run.

Usage: python benchmarks/levels.py [AGREEMENTS [ROUNDS]]

Ours reads a file, signs it twice with timestamps, brings it up and writes it; it pays for the timestamp authority too,
which answers in the same process. ``recognised`` also asks before it brings it up what the file holds, by the digest
in the index; ``strict`` reads it as verification does. pyHanko does the same tuned, with a token at hand, and does not
look at what it has signed. Validation data are at hand for all.
"""

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from asn1crypto import crl, tsp
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from sign import AT, Agreement, Person, Reference, StamperAtHand, Way, agreements, appended, measured

from pkdocs.content import Role
from pkdocs.pki.authority import (
    Authority,
    KeyKind,
    Subject,
    certify,
    make_crl,
    make_issuing,
    make_root,
    make_timestamping,
)
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.profile import Zone
from pkdocs.signing import Keyed, Level, Signature, SignedForm, load_pkcs12
from pkdocs.signing.augmentation import draft, fill_all, find_lack
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.known import read_known
from pkdocs.signing.preserved import Preserved, preserve_known, read_preserved
from pkdocs.signing.timestamp import build_request
from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification.token import Token, read_token

Reading = Callable[[bytes, Agreement, Mapping[bytes, str], Sequence[int]], "Preserved"]


class Stamper:
    """A timestamp authority in the same process."""

    def __init__(self, authority: TimestampAuthority) -> None:
        self._authority = authority
        (token,) = self.stamp([bytes(32)])
        self.sample: Token = read_token(token, lambda _algorithm: bytes(32))
        self.reserved_bytes = len(token) + 64

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return a token for each digest."""
        return [self._token(digest) for digest in digests]

    def _token(self, digest: bytes) -> bytes:
        answer = self._authority.answer(build_request(digest, 1 << 62), at=AT)
        given: bytes = tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
        return given


class Place:
    """A training PKI: its authorities and their lists, a timestamp authority, and a key for each of two persons."""

    def __init__(self, kind: KeyKind) -> None:
        root = make_root(kind, at=AT)
        issuing = make_issuing(root, kind, at=AT)
        self.above = tuple(_der(one) for one in (issuing, root))
        self.lists = tuple(make_crl(one, (), number=1, at=AT).public_bytes(Encoding.DER) for one in (root, issuing))
        timestamping = make_timestamping(issuing, kind, at=AT)
        self.timestamping = _der(timestamping)
        self.stamper = Stamper(TimestampAuthority(timestamping, self.above[:1]))
        self.gatherer = Gatherer(self.trust())
        self._chain = [one.certificate for one in (issuing, root)]
        self._kind, self._issuing = kind, issuing

    def person(self, serial: str) -> Person:
        """Return somebody with that subject serial number and a new key."""
        key = self._kind.make_key()
        subject = Subject(serial, "Dra. Citra Maheswari", "Dinas", "Pemerintah Kota Wanasari")
        own = certify(self._issuing, subject, key.public_key(), at=AT)
        held = pkcs12.serialize_key_and_certificates(b"uji", key, own, self._chain, BestAvailableEncryption(b"uji"))
        return Person(key, (own.public_bytes(Encoding.DER), *self.above), load_pkcs12(held, "uji"))

    def trust(self) -> Trust:
        """Return what pins the root, with current lists."""
        anchor = Anchor(self.above[1], frozenset(Purpose), training=True)
        return Trust("", "", "", (anchor,), self.lists, (), 1, None, "", Zone.WIB)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is the same for all: the level, where timestamps and lists come from, who signs."""

    level: Level
    place: Place
    holders: Sequence[Keyed]


def _der(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(Encoding.DER)


def ours(batch: Batch, reading: Reading, agreement: Agreement, out: Path) -> None:
    """Read, sign as both parties, bring up, write."""
    data = agreement.file.read_bytes()
    hashed = hashlib.sha256(data)
    parties = [party for role in Role if (party := agreement.content.party(role))]
    owners = {holder.certificate: party.person for holder, party in zip(batch.holders, parties, strict=True)}
    ends = []
    for role, holder in zip(Role, batch.holders, strict=True):
        data = appended(data, hashed, agreement.content, role, holder)
        ends.append(len(data))
    preserved = reading(data, agreement, owners, ends)
    gatherer, stamper = batch.place.gatherer, batch.place.stamper
    lack = find_lack(preserved, batch.level, gatherer, at=AT)
    (result,) = fill_all([draft(preserved, lack, gatherer, stamper, at=AT)], stamper)
    out.write_bytes(result.pdf)


def told(data: bytes, agreement: Agreement, owners: Mapping[bytes, str], ends: Sequence[int]) -> Preserved:
    """Return what is known by who has just signed."""
    known = zip(Role, owners.items(), ends, strict=True)
    signatures = tuple(Signature(role, person, certificate, end) for role, (certificate, person), end in known)
    return found(preserve_known(data, SignedForm(agreement.content, signatures, agreement.issue_digest)))


def recognised(data: bytes, agreement: Agreement, owners: Mapping[bytes, str], _ends: Sequence[int]) -> Preserved:
    """Return what the file holds, if it is as the index has it."""
    known = read_known(data, agreement.issue_digest, owners=owners)
    return found(known and preserve_known(data, known.form))


def strict(data: bytes, _agreement: Agreement, owners: Mapping[bytes, str], _ends: Sequence[int]) -> Preserved:
    """Return what verification reads."""
    return read_preserved(data, owners)


def found(preserved: Preserved | None) -> Preserved:
    """Return what is there, or stop: else it would measure something else."""
    if preserved is None:
        raise ValueError("not recognised")
    return preserved


class ReferenceLevels:
    """pyHanko's signatures, then its document security store and, for LTA, its document timestamp."""

    def __init__(self, place: Place, persons: Sequence[Person], holders: Sequence[Keyed], level: Level) -> None:
        token = place.stamper.stamp([bytes(32)])[0]
        self._sign = Reference(persons, token, [holder.size + 512 for holder in holders])
        self._loop = asyncio.new_event_loop()
        self._stamper = PdfTimeStamper(StamperAtHand(token)) if level is Level.LTA else None
        self._size = 2 * (len(token) + 64)
        known = (*(person.certificates[0] for person in persons), place.timestamping, *place.above)
        self._certificates = [Certificate.load(one) for one in known]
        self._lists = [crl.CertificateList.load(one) for one in place.lists]

    def __call__(self, agreement: Agreement, out: Path) -> None:
        """Read, sign as both parties, bring up, write."""
        self._sign(agreement, out)
        output = BytesIO(out.read_bytes())
        writer = IncrementalPdfFileWriter(output)
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=self._certificates, crls=self._lists)
        if self._stamper:
            work = self._stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=self._size, in_place=True)
            self._loop.run_until_complete(work)
        else:
            writer.write_in_place()
        out.write_bytes(output.getbuffer())


def compare(kind: KeyKind, given: Sequence[Agreement], rounds: int, folder: Path) -> None:
    """Print what a pair of signatures takes with keys of that kind, at each long level."""
    place = Place(kind)
    persons = [place.person(f"ORANG{number}") for number in range(2)]
    holders = [Keyed(person.signer, place.stamper) for person in persons]
    for level in (Level.LT, Level.LTA):
        batch = Batch(level, place, holders)
        ways: dict[str, Way] = {
            "ours": partial(ours, batch, told),
            "recognised": partial(ours, batch, recognised),
            "strict": partial(ours, batch, strict),
            "pyHanko": ReferenceLevels(place, persons, holders, level),
        }
        took = measured(ways, given, rounds, folder / "out.pdf")
        print(f"{kind} {level}: " + ", ".join(f"{name} {one:.2f}" for name, one in took.items()), end="; ")
        print(f"pyHanko / ours {took['pyHanko'] / took['ours']:.1f}")


def main(count: int = 12, rounds: int = 9) -> None:
    """Print the processor time of two signatures and what follows, of each way, in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = agreements(count, folder)
        print(f"{len(given)} agreements, two signatures brought up, milliseconds of processor time for each")
        for kind in KeyKind:
            compare(kind, given, rounds, folder)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
