"""A set of agreements in which faults are being planted: what ``faults.py`` needs to do that."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from city import AT, BEGUN, DAY, City, Made, Maker, listed
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.content import Content, Role
from pkdocs.pki.authority import Revocation, Subject, certify, make_crl
from pkdocs.pki.disk import read_authority
from pkdocs.register import (
    AgreementLine,
    CertificateLine,
    Line,
    Stretch,
    next_head,
    render_lines,
)
from pkdocs.signing import FileSigner
from pkdocs.trust import Trust, render_trust
from tests.verification.forge import Hand

SEED: Final = 20260122
Expected = Mapping[str, str]
"""The codes at each file, by its path, with a space between; '' stands for the set."""


class Plot:
    """The set with the faults as it comes to be: files, lines of its register, trust."""

    def __init__(self, city: City, out: Path) -> None:
        self.city, self.out, self.maker = city, out, Maker(city)
        self.made = city.made()
        self.trust: Trust = city.trust
        self.lines: list[Line] = list(city.lines(self.made))
        self.revoked: list[Revocation] = []
        self._children = Counter(one.parent.digest for one in city.contents if one.parent)
        self.contents = {one.digest: one for one in city.contents}
        self.leaves = [one for one in city.contents if one.parent and not self._children[one.digest]]
        self.parents = [one for one in city.contents if one.parent and 1 <= self._children[one.digest] <= 3]
        self.kept = {one.parties.first.person for one in city.registrars}
        random.Random(SEED).shuffle(self.leaves)  # noqa: S311  # the same places each time

    def leaf(self, fits: Callable[[Content], bool] = lambda _content: True) -> Content:
        """Return an agreement that nobody answers to, and that no other fault has."""
        chosen = next(one for one in self.leaves if fits(one) and one.parties.first.person not in self.kept)
        self.leaves.remove(chosen)
        return chosen

    def parent(self) -> tuple[Content, list[Content]]:
        """Return an agreement with those below it, none of which another fault has."""
        for one in self.parents:
            below = [leaf for leaf in self.leaves if self.parent_of(leaf) is one]
            if len(below) == self._children[one.digest]:
                self.leaves = [leaf for leaf in self.leaves if leaf not in below]
                return one, below
        raise RuntimeError("too few agreements for all faults")

    def parent_of(self, content: Content) -> Content:
        """Return the agreement above."""
        assert content.parent is not None  # noqa: S101  # leaves have one
        return self.contents[content.parent.digest]

    def file(self, content: Content) -> Path:
        """Return where the file of an agreement lies."""
        return self.out / self.city.file(content).relative_to(self.city.out)

    def read(self, content: Content) -> bytes:
        """Return the file as it is genuine."""
        return self.city.file(content).read_bytes()

    def write(self, content: Content, pdf: bytes, name: str = "") -> str:
        """Put bytes in the place of a file, or beside it."""
        place = self.file(content)
        place = place.with_name(name) if name else place
        place.unlink(missing_ok=True)
        place.write_bytes(pdf)
        return str(place)

    def signer(self, content: Content, role: Role = Role.FIRST) -> FileSigner:
        """Return who signs for a party."""
        party = content.party(role)
        assert party is not None  # noqa: S101  # all have two here
        return self.city.keys.signer(party.person)

    def by_hand(self, content: Content, **errs: Any) -> bytes:
        """Return the file signed by both, the second with errors."""
        pdf = self.maker.signed(content, self.maker.issued(content), (Role.FIRST,))
        return Hand(self.signer(content, Role.SECOND), **errs).sign(pdf, Role.SECOND)

    def instead(self, content: Content, other: Content, **changes: Any) -> str:
        """Put ``other`` in the place of ``content``: signed by all whom it names, and listed."""
        issued = self.maker.issued(other)
        signed = self.maker.signed(other, issued)
        made = Made(stretch(issued), stretch(signed))
        line = replace(listed(other, made), **changes)
        self.lines = [line if is_of(one, content) else one for one in self.lines]
        if other.id != content.id:
            self.file(content).unlink()
            return self.write(content, signed, f"{other.id}.pdf")
        return self.write(content, signed)

    def relist(self, fits: Callable[[Line], bool], **changes: Any) -> None:
        """Change lines of the register."""
        self.lines = [replace(one, **changes) if fits(one) else one for one in self.lines]

    def enrol(self, person: str, certificate: bytes) -> None:
        """Let the register have a certificate more."""
        self.lines.insert(0, CertificateLine(DAY, person, digest(certificate), BEGUN.date(), DAY, "uji"))

    def certified(self, content: Content, *, person: str = "", at: Any = BEGUN, authority: Any = None) -> FileSigner:
        """Return the Pihak Pertama's key with another certificate."""
        own, party = self.signer(content), content.parties.first
        issuing = authority or read_authority(self.city.folder / "pki", "issuing")
        subject = Subject(person or party.person, party.name, "Dinas", content.organisation.name)
        key = own._key.public_key()  # noqa: SLF001  # the same key on purpose
        made = certify(issuing, subject, key, at=at).public_bytes(Encoding.DER)
        chain = own.chain if authority is None else (authority.certificate.public_bytes(Encoding.DER),)
        return replace(own, certificate=made, chain=chain, person=person or party.person)

    def signed_with(self, content: Content, first: FileSigner) -> bytes:
        """Return the file with another signer as Pihak Pertama, whom nobody checks before."""
        pdf = Hand(first).sign(self.maker.issued(content), Role.FIRST)
        return Hand(self.signer(content, Role.SECOND)).sign(pdf, Role.SECOND)

    def finish(self) -> None:
        """Write trust file, list and head."""
        pki = self.city.folder / "pki"
        root, issuing = (read_authority(pki, name) for name in ("root", "issuing"))
        lists = (make_crl(root, (), number=2, at=AT), make_crl(issuing, self.revoked, number=2, at=AT))
        trust = replace(self.trust, crls=tuple(one.public_bytes(Encoding.DER) for one in lists))
        (self.out.parent / "trust.toml").write_bytes(render_trust(trust))
        (self.out / "register.jsonl").unlink()
        (self.out / "register.jsonl").write_bytes(render_lines(self.lines))
        (self.out / "register.pdf").unlink()
        (self.out / "register.pdf").write_bytes(self.city.signed_head(next_head(None, self.lines, self.city.terms)))


def stretch(data: bytes) -> Stretch:
    """Return what the register says of bytes."""
    return Stretch(digest(data), len(data))


def digest(data: bytes) -> str:
    """Return SHA-256 in hexadecimal."""
    return sha256(data).hexdigest()


def is_of(line: Line, content: Content) -> bool:
    """Tell whether a line is about an agreement."""
    return isinstance(line, AgreementLine) and line.content == content.digest


Plant = Callable[[Plot], Expected]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: the attack's number, its level, how it is planted."""

    number: int
    level: str
    plant: Plant

    @property
    def what(self) -> str:
        """What it does."""
        return (self.plant.__doc__ or "").rstrip(".")
