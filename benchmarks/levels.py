"""Two signatures with validation data and an archive timestamp, against pyHanko, processor time, in one run.

Usage: python benchmarks/levels.py [AGREEMENTS [ROUNDS]]

Ours reads a file, signs it twice with timestamps, reads it strictly, brings it up and writes it; it pays for the
timestamp authority too, which answers in the same process. pyHanko does the same tuned, with a token at hand: it does
not look at what it has signed. Validation data are at hand for both.
"""

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import Sequence
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
from pkdocs.signing import Keyed, Level, load_pkcs12
from pkdocs.signing.augmentation import augment_pdf
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.timestamp import build_request
from pkdocs.trust import Anchor, Purpose, Trust
from pkdocs.verification.token import Token, read_token


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


def _der(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(Encoding.DER)


def ours(level: Level, place: Place, holders: Sequence[Keyed], agreement: Agreement, out: Path) -> None:
    """Read, sign as both parties, bring up, write."""
    data = agreement.file.read_bytes()
    hashed = hashlib.sha256(data)
    parties = [party for role in Role if (party := agreement.content.party(role))]
    owners = {holder.certificate: party.person for holder, party in zip(holders, parties, strict=True)}
    for role, holder in zip(Role, holders, strict=True):
        data = appended(data, hashed, agreement.content, role, holder)
    out.write_bytes(augment_pdf(data, level, place.gatherer, place.stamper, at=AT, owners=owners))


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
        ways: dict[str, Way] = {
            "ours": partial(ours, level, place, holders),
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
