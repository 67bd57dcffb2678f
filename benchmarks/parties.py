"""Who signs in the benchmarks, what they sign, and what is at hand: a training PKI, timestamps, lists, tokens."""

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import tsp
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from judge import converted, documents
from pkcs11 import Attribute, CertificateType, ObjectClass

from pkdocs.content import Content, Parties
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.office import find_office
from pkdocs.pki.authority import (
    Authority,
    KeyKind,
    PrivateKey,
    Subject,
    certify,
    make_crl,
    make_issuing,
    make_root,
    make_timestamping,
)
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.profile import Zone
from pkdocs.roster import Means
from pkdocs.signing import FileSigner, load_pkcs12
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.pkcs11 import TokenSigner, open_token
from pkdocs.signing.timestamp import build_request, read_stamped
from pkdocs.trust import Anchor, Purpose, Trust

AT = datetime(2026, 1, 22, 2, 15, tzinfo=UTC)
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "271828"
PERSONS = ("A" * 16, "B" * 16)
"""Who signs all agreements, as a content names people."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An issued file, its content and the digest that the index has of it."""

    content: Content
    file: Path
    issue_digest: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs: a key in memory and the certificates above it, nearest first."""

    key: PrivateKey
    certificates: tuple[bytes, ...]
    signer: FileSigner


class AtHand:
    """Timestamps that are at hand: the authority answers in this process, and its time is told apart.

    ``spent`` are the seconds of processor time that it took to make and check them.
    """

    def __init__(self, authority: TimestampAuthority) -> None:
        self._authority = authority
        self.spent = 0.0
        digest = bytes(32)
        self.token = self._token(digest)
        self.sample = read_stamped(self.token, digest)
        self.reserved_bytes = len(self.token) + 64

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return a token for each digest, checked as those of a service are."""
        started = time.process_time()
        tokens = [self._token(digest) for digest in digests]
        for token, digest in zip(tokens, digests, strict=True):
            read_stamped(token, digest)
        self.spent += time.process_time() - started
        return tokens

    def _token(self, digest: bytes) -> bytes:
        answer = self._authority.answer(build_request(digest, 1 << 62), at=AT)
        given: bytes = tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()
        return given


class Place:
    """A training PKI: its authorities and their lists, a timestamp authority, and two persons with a key each."""

    def __init__(self, kind: KeyKind) -> None:
        root = make_root(kind, at=AT)
        issuing = make_issuing(root, kind, at=AT)
        timestamping = make_timestamping(issuing, kind, at=AT)
        self.above = (_der(issuing), _der(root))
        self.lists = tuple(make_crl(one, (), number=1, at=AT).public_bytes(Encoding.DER) for one in (root, issuing))
        self.timestamping = _der(timestamping)
        self.stamper = AtHand(TimestampAuthority(timestamping, self.above[:1]))
        anchor = Anchor(self.above[1], frozenset(Purpose), training=True)
        self.trust = Trust("", "", "", (anchor,), self.lists, (), 1, None, "", Zone.WIB)
        self.gatherer = Gatherer(self.trust)
        self._kind, self._root, self._issuing = kind, root, issuing
        self.persons = [self.enrol(serial) for serial in PERSONS]

    def enrol(self, serial: str) -> Person:
        """Return somebody with a key and a certificate."""
        key = self._kind.make_key()
        subject = Subject(serial, "Dra. Citra Maheswari", "Dinas", "Pemerintah Kota Wanasari")
        own = certify(self._issuing, subject, key.public_key(), at=AT)
        chain = [self._issuing.certificate, self._root.certificate]
        held = pkcs12.serialize_key_and_certificates(b"uji", key, own, chain, BestAvailableEncryption(b"uji"))
        return Person(key, (own.public_bytes(Encoding.DER), *self.above), load_pkcs12(held, "uji"))


def _der(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(Encoding.DER)


def agreements(count: int, folder: Path, firsts: Sequence[str] = PERSONS[:1]) -> list[Agreement]:
    """Return issued agreements of two parties of a sample, converted by LibreOffice.

    The first parties are ``firsts``, in turn; the second is the same in all.
    """
    office = find_office()
    toolchain = Toolchain("benchmark", office.build, office.fonts)
    contents, words = documents(max(60, count), folder)
    two = [one for one in words if is_of_two(contents[one])][:count]
    pdfs, _ = converted(office, [(one, words[one]) for one in two])
    found = []
    for (one, pdf), first in zip(pdfs.items(), cycle(firsts), strict=False):
        content = signed_by((first, PERSONS[1]), contents[one])
        issued = issue_pdf(pdf, content, template_digest="0" * 64, toolchain=toolchain)
        file = folder / f"{one}.pdf"
        file.write_bytes(issued)
        found.append(Agreement(content, file, hashlib.sha256(issued).hexdigest()))
    return found


def is_of_two(content: Content) -> bool:
    """Tell whether two parties sign, both electronically."""
    parties = [party for role in content.roles if (party := content.party(role))]
    return len(parties) == 2 and all(party.means is Means.ELECTRONIC for party in parties)


def signed_by(persons: Sequence[str], content: Content) -> Content:
    """Return a content of two parties with these persons in place of its own."""
    first, second = content.parties.first, content.parties.second
    assert second is not None  # noqa: S101  # only such are taken
    return replace(content, parties=Parties(replace(first, person=persons[0]), replace(second, person=persons[1])))


@contextmanager
def soft_tokens(persons: Sequence[Person], folder: Path) -> Iterator[list[str]]:
    """Give the labels of tokens of SoftHSM2 with the keys of ``persons``."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    labels = [f"token {number}" for number in range(len(persons))]
    for label, person in zip(labels, persons, strict=True):
        fill_token(label, person, folder / "key.pem")
    library = pkcs11.lib(str(MODULE.resolve()))
    library.reinitialize()
    for label, person in zip(labels, persons, strict=True):
        with library.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
            session.create_object(certificate_object(person))
    try:
        yield labels
    finally:
        library.finalize()


def unlocked(label: str, person: Person) -> TokenSigner:
    """Return the signer in a token."""
    return open_token(MODULE, PIN, token=label, authorities=person.certificates[1:])


def fill_token(label: str, person: Person, file: Path) -> None:
    """Make a token with the key of ``person``."""
    file.write_bytes(person.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pins = ("--pin", PIN, "--so-pin", PIN)
    tool = ("softhsm2-util", "--label")
    subprocess.run([*tool, label, "--init-token", "--free", *pins], check=True, capture_output=True)
    imported = ("--token", label, "--import", str(file), "--id", "01", "--pin", PIN)
    subprocess.run([*tool, "kunci", *imported], check=True, capture_output=True)


def certificate_object(person: Person) -> dict[Attribute, Any]:
    """Return a certificate as a token holds it."""
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.ID: b"\x01",
        Attribute.LABEL: "kunci",
        Attribute.SUBJECT: Certificate.load(person.certificates[0]).subject.dump(),
        Attribute.VALUE: person.certificates[0],
    }
