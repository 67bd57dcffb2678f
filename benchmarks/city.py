"""A signed city of any size, quickly: agreements with register, trust file and enrolment, without LibreOffice.

Usage: python benchmarks/city.py FOLDER [AGREEMENTS [--level b|t|lt|lta] [--jobs N]]

Contents are the sample's, pages are those of the tests, issued and signed as always. It goes on where it was
interrupted. Judge with ``pkdocs verify FOLDER/pk --trust FOLDER/trust.toml --register FOLDER/pk/register.pdf
--at 2026-01-23T09:00:00+07:00``.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final
from unittest.mock import patch

from common import DAY, checked_sample, contents_of
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from parties import AtHand

from pkdocs.content import Content, Party, Role
from pkdocs.files import write_atomic
from pkdocs.issue import issue_pdf
from pkdocs.page import printed_values
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.checking import Checked
from pkdocs.pki import init_pki
from pkdocs.pki.authority import Authority, Subject, certify, make_crl
from pkdocs.pki.disk import read_authority
from pkdocs.pki.records import Issued, Records, render_enrolment
from pkdocs.pki.timestamping import TimestampAuthority
from pkdocs.profile import Zone
from pkdocs.register import (
    HEAD_NAME,
    LIST_NAME,
    AgreementLine,
    Head,
    Keepers,
    Line,
    Registrar,
    State,
    Stretch,
    TemplateLine,
    Terms,
    next_head,
    parse_enrolment,
    render_head,
    render_lines,
    sign_head,
    state_assignments,
    state_positions,
)
from pkdocs.register.lines import COMPARED_SCHEMA
from pkdocs.roster import Level as Rank
from pkdocs.roster import Means
from pkdocs.signing import FileSigner, Keyed, Level, make_task
from pkdocs.signing.augmentation import draft, fill_all, find_lack
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.known import read_known
from pkdocs.signing.preserved import preserve_known
from pkdocs.trust import Trust, read_trust, render_trust
from tests import issued as pages

BEGUN: Final = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""When the authorities and all certificates began."""
AT: Final = datetime(2026, 1, 22, 2, 15, tzinfo=UTC)
"""When everybody signs."""
JUDGED: Final = datetime(2026, 1, 23, 2, 0, tzinfo=UTC)
"""When such a city is judged."""

_SPARE: Final = 8
"""How many people the sample has more: some of its agreements are left out."""
_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of one agreement's file: as issued, and as signed by all."""

    issued: Stretch
    signed: Stretch


class Keys:
    """Everybody's key, made of the person's name whenever it is needed, and the certificates that go with them."""

    def __init__(self, folder: Path, certificates: Mapping[str, bytes]) -> None:
        self._above = tuple(_der(read_authority(folder, name)) for name in ("issuing", "root"))
        self._certificates = certificates
        self._signers: dict[str, FileSigner] = {}

    def signer(self, person: str) -> FileSigner:
        """Return who signs for a person."""
        if person not in self._signers:
            self._signers[person] = FileSigner(self._certificates[person], self._above, person, "", _key=_key(person))
        return self._signers[person]

    def certificate(self, person: str) -> bytes:
        """Return the certificate of a person (DER)."""
        return self._certificates[person]


def _key(person: str) -> ec.EllipticCurvePrivateKey:
    drawn = int.from_bytes(hashlib.sha512(b"pkdocs benchmark " + person.encode()).digest())
    return ec.derive_private_key(drawn % (_ORDER - 1) + 1, _CURVE)


def _der(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(Encoding.DER)


class City:
    """Where everything of a city lies, and its contents."""

    def __init__(self, folder: Path, agreements: int, level: Level = Level.B) -> None:
        self.folder, self.level = folder, level
        self.out, self.trust_file = folder / "pk", folder / "trust.toml"
        self.head, self.list = self.out / HEAD_NAME, self.out / LIST_NAME
        self.enrolment, self._pki, self._journal = folder / "enrolment.json", folder / "pki", folder / "made.jsonl"
        with tempfile.TemporaryDirectory() as aside:
            self.checked: Checked = checked_sample(agreements + _SPARE, Path(aside))
        self.contents = [one for one in contents_of(self.checked) if _is_plain(one)][:agreements]

    def file(self, content: Content) -> Path:
        """Return where the file of an agreement lies."""
        return self.out / content.position.key.partition(".")[0].lower() / f"{content.id}.pdf"

    def build(self, jobs: int) -> None:
        """Make what is not there yet."""
        self.out.mkdir(parents=True, exist_ok=True)
        if not self._pki.exists():
            init_pki(self._pki, at=BEGUN)
        if not self.enrolment.exists():
            write_atomic(self.enrolment, render_enrolment(self._records()))
        write_atomic(self.trust_file, render_trust(self.trust))
        made = self._make_all(jobs)
        lines = tuple(self.lines(made))
        write_atomic(self.list, render_lines(lines))
        write_atomic(self.head, self.signed_head(next_head(None, lines, self.terms)))

    @cached_property
    def registrars(self) -> tuple[Content, ...]:
        """The agreements of two heads of different units: these people keep the register."""
        heads = {one.position.unit: one for one in self.contents if one.position.level is Rank.JPT_PRATAMA}
        return tuple(heads.values())[:2]

    @cached_property
    def trust(self) -> Trust:
        """What an auditor pins."""
        root, issuing = (read_authority(self._pki, name) for name in ("root", "issuing"))
        first = self.contents[0]
        return replace(
            read_trust((self._pki / "trust.toml").read_bytes()),
            organisation=first.organisation.name,
            organisation_code=first.organisation.code or "",
            root_position=next(one.position.key for one in self.contents if one.parent is None),
            crls=tuple(make_crl(one, (), number=1, at=AT).public_bytes(Encoding.DER) for one in (root, issuing)),
            registrars=tuple(self.keys.certificate(one.parties.first.person) for one in self.registrars),
            threshold=len(self.registrars),
            qr_address=self.checked.profile.address,
            zone=self.checked.profile.zone,
        )

    @cached_property
    def keys(self) -> Keys:
        """Who signs for whom."""
        enrolled = parse_enrolment(self.enrolment.read_bytes())
        return Keys(self._pki, {one.person: one.certificate for one in enrolled})

    def _records(self) -> Records:
        issuing = read_authority(self._pki, "issuing")
        people = {party.person: (party, content) for content in self.contents for party in _parties(content)}
        registrars = tuple(one.parties.first.person for one in self.registrars)
        return Records(
            issued=tuple(_certified(issuing, party, content) for party, content in people.values()),
            registrars=registrars,
        )

    @cached_property
    def terms(self) -> Terms:
        """What the head says beside its list."""
        keepers = tuple(self._registrar(one) for one in self.registrars)
        first = self.contents[0]
        return Terms(
            first.organisation,
            first.year,
            first.person_scheme,
            self.trust.root_position,
            Keepers(keepers, len(keepers)),
            DAY,
        )

    def _registrar(self, content: Content) -> Registrar:
        party = content.parties.first
        digest = hashlib.sha256(self.keys.certificate(party.person)).hexdigest()
        return Registrar(party.person, party.name, content.position.unit, digest)

    def signed_head(self, head: Head) -> bytes:
        """Return the file of a head that both registrars have signed."""
        pdf = render_head(head)
        for one in self.registrars:
            pdf = sign_head(pdf, self.keys.signer(one.parties.first.person), at=AT, zone=Zone.WIB, training=True)
        return pdf

    def lines(self, made: Mapping[str, Made]) -> Iterator[Line]:
        """Yield what an honest register lists."""
        roster = self.checked.workbook.roster
        yield from state_positions(roster, self.checked.cascade, DAY)
        yield from state_assignments(roster, lambda person: pseudonym(TRIAL_KEY, person.number), DAY)
        yield from (one.line(DAY) for one in parse_enrolment(self.enrolment.read_bytes()))
        yield TemplateLine(DAY, "umum", pages.TEMPLATE_DIGEST)
        yield from (listed(one, made[one.id]) for one in self.contents)

    def made(self) -> dict[str, Made]:
        """Return what earlier runs have made."""
        found: dict[str, Made] = {}
        if self._journal.exists():
            for line in self._journal.read_text().splitlines():
                one = json.loads(line)
                found[one["id"]] = Made(Stretch(**one["issued"]), Stretch(**one["signed"]))
        return found

    def _make_all(self, jobs: int) -> Mapping[str, Made]:
        made = self.made()
        waiting = [one for one in self.contents if one.id not in made or not self.file(one).exists()]
        for parent in {self.file(one).parent for one in waiting}:
            parent.mkdir(exist_ok=True)
        maker = Maker(self)
        global _MAKER  # noqa: PLW0603  # forked workers find what the parent has prepared
        _MAKER = maker
        with self._journal.open("a") as journal, multiprocessing.get_context("fork").Pool(jobs) as pool:
            for content, one in zip(waiting, pool.imap(_make, waiting, chunksize=20), strict=True):
                made[content.id] = one
                print(json.dumps({"id": content.id, **asdict(one)}), file=journal, flush=True)
        return made


_MAKER: "Maker | None" = None


def _make(content: Content) -> Made:
    assert _MAKER is not None  # noqa: S101  # set before the fork
    return _MAKER.make(content)


class Maker:
    """Makes the file of one agreement."""

    def __init__(self, city: City) -> None:
        self._city = city
        texts = dict.fromkeys(chain.from_iterable(values for one in city.contents for values in printed_values(one)))
        self._font = pages._Font.of(list(texts))  # noqa: SLF001  # made once: subsetting takes long
        self._stamper: AtHand | None = None
        self._gatherer = Gatherer(city.trust)
        if city.level.is_stamped:
            issuing = read_authority(city.folder / "pki", "issuing")
            tsa = read_authority(city.folder / "pki", "tsa")
            self._stamper = AtHand(TimestampAuthority(tsa, (_der(issuing),)))

    def make(self, content: Content) -> Made:
        """Issue, sign and write it."""
        issued = self.issued(content)
        pdf = self.signed(content, issued)
        end = Stretch(hashlib.sha256(pdf).hexdigest(), len(pdf))
        whole = self.brought_up(pdf, hashlib.sha256(issued).hexdigest())
        self._city.file(content).write_bytes(whole)
        return Made(Stretch(hashlib.sha256(issued).hexdigest(), len(issued)), end)

    def source(self, content: Content, address: str = "") -> bytes:
        """Return the file as LibreOffice would make it, with one font for all."""
        with patch.object(pages._Font, "of", lambda _lines: self._font):  # noqa: SLF001  # see above
            return pages.source_pdf.__wrapped__(content, address or self._city.checked.profile.address)

    def issued(self, content: Content, address: str = "") -> bytes:
        """Return the issued file."""
        source = self.source(content, address)
        return issue_pdf(source, content, template_digest=pages.TEMPLATE_DIGEST, toolchain=pages.TOOLCHAIN)

    def signed(self, content: Content, pdf: bytes, roles: Sequence[Role] = tuple(Role)) -> bytes:
        """Return the file with the signatures of its parties in ``roles``."""
        hashed = hashlib.sha256(pdf)
        for role in roles:
            party = content.party(role)
            if party is None:
                continue
            holder = Keyed(self._city.keys.signer(party.person), self._stamper)
            task = make_task(pdf, content, role, party, at=AT, zone=Zone.WIB, training=True, hashed=hashed)
            (outcome,) = holder.sign([task])
            if outcome.value is None:
                raise RuntimeError(content.id) from outcome.error
            hashed.update(memoryview(outcome.value)[len(pdf) :])
            pdf = outcome.value
        return pdf

    def brought_up(self, pdf: bytes, issue_digest: str) -> bytes:
        """Return the file with the validation data and timestamp that the level asks for."""
        if not self._city.level.is_long:
            return pdf
        known = read_known(pdf, issue_digest)
        preserved = preserve_known(pdf, known.form) if known else None
        if preserved is None:
            raise RuntimeError("not in the form of our own files")
        lack = find_lack(preserved, self._city.level, self._gatherer, at=AT)
        (result,) = fill_all([draft(preserved, lack, self._gatherer, self._stamper, at=AT)], self._stamper)
        return result.pdf


def listed(content: Content, made: Made) -> AgreementLine:
    """Return what an honest register lists of an agreement."""
    return AgreementLine(
        entered=DAY,
        id=content.id,
        position=content.position.key,
        unit=content.position.unit,
        content=content.digest,
        issued=made.issued,
        state=State.COMPLETE,
        persons=tuple(party.person for party in _parties(content)),
        signed=made.signed,
        compared=True,
        schema=COMPARED_SCHEMA,
    )


def _is_plain(content: Content) -> bool:
    """Tell whether all sign electronically, on the day of the ceremony; others are leaves of the sample."""
    return content.version == 1 and all(party.means is Means.ELECTRONIC for party in _parties(content))


def _parties(content: Content) -> tuple[Party, ...]:
    return tuple(party for role in content.roles if (party := content.party(role)))


def _certified(issuing: Authority, party: Party, content: Content) -> Issued:
    subject = Subject(party.person, party.name, content.position.unit, content.organisation.name)
    certificate = certify(issuing, subject, _key(party.person).public_key(), at=BEGUN)
    return Issued(party.person, party.person, _base64(certificate))


def _base64(certificate: x509.Certificate) -> str:
    return "".join(certificate.public_bytes(Encoding.PEM).decode().splitlines()[1:-1])


def main(arguments: Iterable[str] | None = None) -> None:
    """Make a city."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("agreements", type=int, nargs="?", default=300)
    parser.add_argument("--level", type=Level, default=Level.B, choices=list(Level))
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args(arguments)
    city = City(given.folder, given.agreements, given.level)
    city.build(given.jobs)
    print(f"{len(city.contents)} agreements in {given.folder}")


if __name__ == "__main__":
    main()
