"""Two signatures on an agreement against the least that they can cost and against pyHanko, processor time, in one run.

Usage: python benchmarks/sign.py [AGREEMENTS [ROUNDS]]

The floor reads a file, hashes it, makes two raw signatures and writes it. Ours reads it, signs it twice and writes it.
pyHanko does the same with its writer, tuned: signer, field and container size prepared, no stamp drawn, no dry run.
Timestamps are at hand. With a PKCS #11 module, ours is compared with the raw signatures of the token alone.
"""

import asyncio
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import cms, keys, tsp
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from judge import converted, documents
from pkcs11 import Attribute, CertificateType, ObjectClass
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pkdocs.content import Content, Parties, Role
from pkdocs.issue import Toolchain, issue_pdf
from pkdocs.office import find_office
from pkdocs.outcome import demand
from pkdocs.pki.authority import (
    Authority,
    KeyKind,
    PrivateKey,
    Subject,
    certify,
    make_issuing,
    make_root,
    make_timestamping,
)
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.profile import Zone
from pkdocs.signing import (
    FileSigner,
    Keyed,
    Level,
    Signatory,
    Signer,
    demand_turn,
    load_pkcs12,
    make_task,
    read_known,
)
from pkdocs.signing.holder import Hash
from pkdocs.signing.pkcs11 import TokenSigner, open_token

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
    """A timestamp authority whose token is there already."""

    def __init__(self, token: bytes) -> None:
        self.token = token

    def stamp(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return the token for each digest."""
        return [self.token] * len(digests)


class StamperAtHand(TimeStamper):
    """The same for pyHanko."""

    def __init__(self, token: bytes) -> None:
        super().__init__()
        self.token = token

    async def async_timestamp(self, _digest: bytes, _algorithm: str) -> cms.ContentInfo:
        """Return the token."""
        return cms.ContentInfo.load(self.token)


class HeldKey(SimpleSigner):
    """pyHanko's signer with a key that is loaded once."""

    held: PrivateKey

    async def async_sign_raw(self, data: bytes, _algorithm: str, *_more: bool) -> bytes:
        """Return the raw signature."""
        return raw_signature(self.held, data)


def raw_signature(key: PrivateKey, data: bytes) -> bytes:
    """Return the signature of ``key`` with SHA-256."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def people(kind: KeyKind) -> tuple[list[Person], bytes]:
    """Return two persons of a training PKI, and a token of its timestamp authority."""
    root = make_root(kind, at=AT)
    issuing = make_issuing(root, kind, at=AT)
    above = [authority.certificate for authority in (issuing, root)]
    found = []
    for number in range(len(PERSONS)):
        key = kind.make_key()
        subject = Subject(PERSONS[number], "Dra. Citra Maheswari", "Dinas", "Pemerintah Kota Wanasari")
        own = certify(issuing, subject, key.public_key(), at=AT)
        held = pkcs12.serialize_key_and_certificates(b"uji", key, own, above, BestAvailableEncryption(b"uji"))
        signer = load_pkcs12(held, "uji")
        encoded = tuple(one.public_bytes(Encoding.DER) for one in (own, *above))
        found.append(Person(key, encoded, signer))
    return found, token(make_timestamping(issuing, kind, at=AT), issuing.certificate)


def agreements(count: int, folder: Path) -> list[Agreement]:
    """Return issued agreements of two parties of a sample, converted by LibreOffice."""
    office = find_office()
    toolchain = Toolchain("benchmark", office.build, office.fonts)
    contents, words = documents(max(60, count), folder)
    two = [one for one in words if len(contents[one].roles) == 2][:count]
    pdfs, _ = converted(office, [(one, words[one]) for one in two])
    found = []
    for one, pdf in pdfs.items():
        content = signed_by(PERSONS, contents[one])
        issued = issue_pdf(pdf, content, template_digest="0" * 64, toolchain=toolchain)
        file = folder / f"{one}.pdf"
        file.write_bytes(issued)
        found.append(Agreement(content, file, hashlib.sha256(issued).hexdigest()))
    return found


def signed_by(persons: Sequence[str], content: Content) -> Content:
    """Return a content of two parties with these persons in place of its own."""
    first, second = content.parties.first, content.parties.second
    assert second is not None  # noqa: S101  # only such are taken
    return replace(content, parties=Parties(replace(first, person=persons[0]), replace(second, person=persons[1])))


def token(authority: Authority, issuing: x509.Certificate) -> bytes:
    """Return a token of a timestamp authority, with its certificate and that of its issuer."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
    chain = (issuing.public_bytes(Encoding.DER),)
    response = TimestampAuthority(authority, chain).answer(request.dump(), at=AT)
    given: bytes = tsp.TimeStampResp.load(response)["time_stamp_token"].dump()
    return given


Way = Callable[[Agreement, Path], object]


def floor(sign_raw: Callable[[int, bytes], object], agreement: Agreement, out: Path) -> None:
    """Read, hash, two raw signatures, write."""
    data = agreement.file.read_bytes()
    digest = hashlib.sha256(data).digest()
    for number in range(2):
        sign_raw(number, digest)
    out.write_bytes(data)


def ours(holders: Sequence[Keyed], agreement: Agreement, out: Path) -> None:
    """Read, sign as both parties, write; that it is their turn has been asked before."""
    data = agreement.file.read_bytes()
    hashed = hashlib.sha256(data)
    for role, holder in zip(Role, holders, strict=True):
        data = appended(data, hashed, agreement.content, role, holder)
    out.write_bytes(data)


def appended(data: bytes, hashed: Hash, content: Content, role: Role, holder: Keyed) -> bytes:
    """Return ``data`` with a signature more, which ``hashed`` has then taken in."""
    party = content.party(role)
    assert party is not None  # noqa: S101  # all agreements here have two parties
    task = make_task(data, content, role, party, at=AT, zone=Zone.WIB, training=True, hashed=hashed)
    (outcome,) = holder.sign([task])
    signed = demand(outcome)
    hashed.update(memoryview(signed)[len(data) :])
    return signed


def ours_with_reading(holders: Sequence[Keyed], agreement: Agreement, out: Path) -> None:
    """Do the same, but ask before each signature how far the file has come and whose turn it is."""
    data = agreement.file.read_bytes()
    for role, holder in zip(Role, holders, strict=True):
        known = read_known(data, agreement.issue_digest)
        assert known is not None  # noqa: S101  # else it would measure something else
        demand_turn(known.form, role, Signatory(holder.person, holder.certificate))
        data = appended(data, known.hashed, known.form.content, role, holder)
    out.write_bytes(data)


class Reference:
    """pyHanko's signers, reused from one file to the next."""

    def __init__(self, persons: Sequence[Person], stamp: bytes | None, sizes: Sequence[int]) -> None:
        self._loop = asyncio.new_event_loop()
        self._stamper = StamperAtHand(stamp) if stamp else None
        self._signers = [self._signer(person, role) for person, role in zip(persons, Role, strict=True)]
        self._sizes = sizes

    def _signer(self, person: Person, role: Role) -> PdfSigner:
        encoded = person.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        held = [Certificate.load(one) for one in person.certificates]
        signer = HeldKey(held[0], keys.PrivateKeyInfo.load(encoded), SimpleCertificateStore.from_certs(held[1:]))
        signer.held = person.key
        metadata = PdfSignatureMetadata(
            field_name=role.value, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="uji", location="uji"
        )
        return PdfSigner(metadata, signer, timestamper=self._stamper, stamp_style=NoOpStampStyle())

    def __call__(self, agreement: Agreement, out: Path) -> None:
        """Read, sign as both parties, write."""
        output = BytesIO(agreement.file.read_bytes())
        for signer, size in zip(self._signers, self._sizes, strict=True):
            writer = IncrementalPdfFileWriter(output)
            work = signer.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=2 * size, in_place=True)
            self._loop.run_until_complete(work)
        out.write_bytes(output.getbuffer())


def holders_of(signers: Sequence[Signer], level: Level, stamp: bytes) -> list[Keyed]:
    """Return what makes signatures of ``level``; the levels above T add revisions to what T has."""
    return [Keyed(signer, AtHand(stamp) if level.is_stamped else None) for signer in signers]


@contextmanager
def soft_token(persons: Sequence[Person], folder: Path) -> Iterator[list[TokenSigner]]:
    """Give signers with the keys of ``persons`` in two tokens of SoftHSM2, unlocked."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    for number, person in enumerate(persons):
        fill_token(f"token {number}", person, folder / "key.pem")
    library = pkcs11.lib(str(MODULE.resolve()))
    library.reinitialize()
    for number, person in enumerate(persons):
        with library.get_token(token_label=f"token {number}").open(rw=True, user_pin=PIN) as session:
            session.create_object(certificate_object(person))
    opened_tokens = [
        open_token(MODULE, PIN, token=f"token {number}", authorities=person.certificates[1:])
        for number, person in enumerate(persons)
    ]
    try:
        yield opened_tokens
    finally:
        library.finalize()


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


def measured(ways: Mapping[str, Way], given: Sequence[Agreement], rounds: int, out: Path) -> dict[str, float]:
    """Return for each way the milliseconds of an agreement: the best of all rounds, of these the median.

    In a round each way has all agreements, as in a batch, before it is the next one's turn.
    """
    best: dict[tuple[str, Path], float] = {}
    for _ in range(rounds):
        for (name, way), agreement in product(ways.items(), given):
            started = time.process_time()
            way(agreement, out)
            took = (time.process_time() - started) * 1000
            best[name, agreement.file] = min(took, best.get((name, agreement.file), took))
    return {name: statistics.median(best[name, agreement.file] for agreement in given) for name in ways}


def compare(kind: KeyKind, given: Sequence[Agreement], rounds: int, folder: Path) -> None:
    """Print what a pair of signatures takes with keys of that kind, at each level."""
    persons, stamp = people(kind)
    signers = [person.signer for person in persons]
    least = partial(floor, lambda number, data: signers[number].sign_raw([data]))
    for level in (Level.B, Level.T):
        holders = holders_of(signers, level, stamp)
        reference = Reference(persons, stamp if level.is_stamped else None, [holder.size + 512 for holder in holders])
        ways: dict[str, Way] = {
            "floor": least,
            "ours": partial(ours, holders),
            "pyHanko": reference,
        }
        if level is Level.B:
            # a token that is at hand for everything is of no signature, and would not be read
            ways["with reading"] = partial(ours_with_reading, holders)
        took = measured(ways, given, rounds, folder / "out.pdf")
        print(f"{kind} {level}: " + ", ".join(f"{name} {one:.2f}" for name, one in took.items()), end="; ")
        print(f"ours / floor {took['ours'] / took['floor']:.2f}, pyHanko / ours {took['pyHanko'] / took['ours']:.1f}")
    if MODULE.exists():
        with soft_token(persons, Path(tempfile.mkdtemp(dir=folder))) as tokens:
            compare_token(kind, tokens, given, rounds, folder / "out.pdf")


def compare_token(
    kind: KeyKind, tokens: Sequence[TokenSigner], given: Sequence[Agreement], rounds: int, out: Path
) -> None:
    """Print the same with keys in a token, beside its raw signatures alone."""
    raw = partial(floor, lambda number, data: tokens[number].sign_raw([data]))
    ways: dict[str, Way] = {
        "raw": lambda _agreement, _out: [signer.sign_raw([bytes(32)]) for signer in tokens],
        "floor": raw,
        "ours": partial(ours, holders_of(tokens, Level.B, b"")),
    }
    took = measured(ways, given, rounds, out)
    print(f"{kind} b, PKCS#11: " + ", ".join(f"{name} {one:.2f}" for name, one in took.items()), end="; ")
    print(f"ours / raw {took['ours'] / took['raw']:.2f}, ours / floor {took['ours'] / took['floor']:.2f}")


def main(count: int = 12, rounds: int = 15) -> None:
    """Print the processor time of two signatures, of each way, in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = agreements(count, folder)
        size = statistics.median(agreement.file.stat().st_size for agreement in given)
        print(
            f"{len(given)} agreements of {size / 1000:.0f} kB, two signatures, milliseconds of processor time for each"
        )
        for kind in KeyKind:
            compare(kind, given, rounds, folder)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
