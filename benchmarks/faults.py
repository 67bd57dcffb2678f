"""Faults of all levels, each planted once in a set: a valid thing and one change (``planted.py``)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from city import BEGUN, Made, listed
from cryptography import x509
from plot import Expected, Fault, Plant, Plot, is_of, stretch

from pkdocs.content import Amendment, Content, Parties, Reference, Role
from pkdocs.issue import issue_pdf
from pkdocs.pki.authority import KeyKind, Reason, Revocation, make_issuing, make_root
from pkdocs.profile import Ground
from pkdocs.register import (
    AssignmentLine,
    PositionLine,
    State,
    next_head,
)
from tests import issued as pages
from tests.verification.forge import Hand, last_size, object_bytes, revision

FAULTS: list[Fault] = []


def fault(number: int, level: str) -> Callable[[Plant], Plant]:
    """Register a way to plant something."""

    def register(plant: Plant) -> Plant:
        FAULTS.append(Fault(number, level, plant))
        return plant

    return register


def simple(number: int, code: str, what: str, change: Callable[[bytes], bytes]) -> None:
    """Register a fault of the bytes of one genuine file."""

    def plant(plot: Plot) -> Expected:
        leaf = plot.leaf()
        return {plot.write(leaf, change(plot.read(leaf))): code}

    plant.__doc__ = what
    fault(number, "document")(plant)


def handmade(number: int, code: str, what: str, **errs: Any) -> None:
    """Register a fault of one signature."""

    def plant(plot: Plot) -> Expected:
        leaf = plot.leaf()
        return {plot.write(leaf, plot.by_hand(leaf, **errs)): code}

    plant.__doc__ = what
    fault(number, "document")(plant)


def _encapsulate(info: Any) -> None:
    info["content"]["encap_content_info"] = {"content_type": "data", "content": b"lain"}


def _spoil_value(info: Any) -> None:
    info["content"]["signer_infos"][0]["signature"] = bytes.fromhex("3006020101020101")


def overlaid(pdf: bytes) -> bytes:
    """Return the file with a white bar over the first page."""
    drawn, spare = b"q 1 1 1 rg 40 600 400 40 re f Q", last_size(pdf)
    found = re.search(
        rb"\n(\d+) 0 obj\n(<<(?:(?!endobj).)*?/Contents (\d+) 0 R(?:(?!endobj).)*?)\nendobj", pdf, re.DOTALL
    )
    assert found  # noqa: S101  # each file has a page
    page = found[2].replace(b"/Contents %s 0 R" % found[3], b"/Contents [%s 0 R %d 0 R]" % (found[3], spare))
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    return revision(pdf, {int(found[1]): page, spare: stream})


def redefined(pdf: bytes) -> bytes:
    """Return the file with the reason of its last signature written anew."""
    number = int(re.findall(rb"(?:^|\n)(\d+) 0 obj\n<<(?:(?!endobj).)*?/ByteRange", pdf, re.DOTALL)[-1])
    return revision(pdf, {number: re.sub(rb"/Reason \([^)]*\)", b"/Reason (lain)", object_bytes(pdf, number))})


_PAGE: Final = re.compile(
    rb"\n(\d+) 0 obj\n(<<(?:(?!endobj).)*?/Contents (\d+) 0 R(?:(?!endobj).)*?)\nendobj", re.DOTALL
)
_MORE: Final = {9999: b"<< >>"}
_CROSSED: Final = b"xref\n0 1\n0000000000 65535 f \n5 1\n0000000100 00000 n \n"

simple(1, "SIGNATURE_DIGEST", "signed bytes changed", lambda pdf: pdf.replace(b"/Location (W", b"/Location (B"))
simple(7, "FILE_TRAILING_BYTES", "bytes after the end", lambda pdf: pdf + b"% catatan tambahan\n")
simple(
    12,
    "FILE_CROSS_REFERENCE",
    "a cross reference to nothing",
    lambda pdf: revision(pdf, {9999: b"<< >>"}, xref=_CROSSED),
)
simple(13, "REVISION_PAGE_CHANGED", "a bar over the page", overlaid)
simple(
    16,
    "FILE_STRUCTURE",
    "a hybrid cross reference",
    lambda pdf: revision(pdf, {9999: b"<< >>"}, trailer=b"/XRefStm 15"),
)
simple(17, "REVISION_SIGNATURE_CHANGED", "the reason of a signature written anew", redefined)
simple(29, "REVISION_NOT_SIGNED", "a revision without signature", lambda pdf: revision(pdf, _MORE))
simple(38, "FILE_NOT_PDF", "bytes before the header", lambda pdf: b"\xef\xbb\xbf" + pdf)
simple(38, "FILE_ENCRYPTED", "encrypted", lambda pdf: revision(pdf, _MORE, trailer=b"/Encrypt << /V 1 >>"))
simple(39, "FILE_STRUCTURE", "nested without end", lambda pdf: revision(pdf, {last_size(pdf): b"[" * 5000}))
simple(76, "FILE_NOT_PDF", "an empty file", lambda _pdf: b"")
handmade(2, "SIGNATURE_INVALID", "another signature value", content_info=_spoil_value)
handmade(3, "SIGNATURE_ENCAPSULATES", "content of its own inside the signature", content_info=_encapsulate)
handmade(5, "SIGNATURE_BYTE_RANGE", "first bytes uncovered", byte_range=lambda exact: [10, exact[1] - 10, *exact[2:]])
handmade(8, "SIGNATURE_CONTENTS", "an empty container", contents=lambda digits: b"0" * len(digits))
handmade(36, "SIGNATURE_ALGORITHM", "signed with SHA-1", digest="sha1")
handmade(37, "SIGNATURE_CERTIFICATE_ABSENT", "no signer's certificate", certificates=())


@fault(32, "document")
def other_page(plot: Plot) -> Expected:
    """Page and attachment differ."""
    leaf, other = plot.leaf(), plot.leaf()
    softer = replace(leaf, goals=other.goals)
    pdf = issue_pdf(plot.maker.source(softer), leaf, template_digest=pages.TEMPLATE_DIGEST, toolchain=pages.TOOLCHAIN)
    return {plot.write(leaf, plot.maker.signed(leaf, pdf)): "PAGE_TEXT_MISSING"}


@fault(40, "document")
def unsigned(plot: Plot) -> Expected:
    """Nobody has signed."""
    leaf = plot.leaf()
    return {plot.write(leaf, plot.maker.issued(leaf)): "SIGNATURE_MISSING FILE_CUT_BACK"}


@fault(87, "document")
def other_host(plot: Plot) -> Expected:
    """The QR code leads to another host."""
    leaf = plot.leaf()
    pdf = plot.maker.issued(leaf, "https://jahat.invalid/")
    return {plot.write(leaf, plot.maker.signed(leaf, pdf)): "QR_ADDRESS"}


@fault(88, "document")
def cut_back(plot: Plot) -> Expected:
    """Cut back to the first signature."""
    leaf = plot.leaf()
    pdf = plot.read(leaf)
    return {plot.write(leaf, pdf[: pdf.index(b"%%EOF\n", plot.made[leaf.id].issued.length) + 6]): "FILE_CUT_BACK"}


@fault(43, "identity")
def look_alike(plot: Plot) -> Expected:
    """A certificate of a look-alike authority."""
    leaf = plot.leaf()
    stranger = make_issuing(make_root(KeyKind.P256, at=BEGUN), KeyKind.P256, at=BEGUN)
    return {
        plot.write(
            leaf, plot.signed_with(leaf, plot.certified(leaf, authority=stranger))
        ): "CERTIFICATE_NO_CHAIN SIGNED_OTHER"
    }


@fault(44, "identity")
def revoked(plot: Plot) -> Expected:
    """Revoked before it signed."""
    leaf = plot.leaf()
    serial = x509.load_der_x509_certificate(plot.signer(leaf).certificate).serial_number
    plot.revoked.append(Revocation(serial, BEGUN + timedelta(days=3), Reason.KEY_COMPROMISE))
    return {str(plot.file(leaf)): "CERTIFICATE_REVOKED"}


@fault(44, "identity")
def expired(plot: Plot) -> Expected:
    """Signed with a certificate that had expired."""
    leaf = plot.leaf()
    old = plot.certified(leaf, at=BEGUN - timedelta(days=900))
    plot.enrol(old.person, old.certificate)
    signed = plot.signed_with(leaf, old)
    plot.relist(lambda one: is_of(one, leaf), signed=stretch(signed))
    return {plot.write(leaf, signed): "CERTIFICATE_EXPIRED"}


@fault(47, "identity")
def somebody_else(plot: Plot) -> Expected:
    """Signed by another person of the city."""
    leaf, other = plot.leaf(), plot.leaf()
    return {plot.write(leaf, plot.signed_with(leaf, plot.signer(other))): "PERSON_OTHER"}


@fault(48, "identity")
def ended_mandate(plot: Plot) -> Expected:
    """Signed after the mandate had ended."""
    leaf = plot.leaf()
    holds = leaf.parties.first.person, leaf.position.key
    plot.relist(
        lambda one: isinstance(one, AssignmentLine) and (one.person, one.position) == holds,
        begins=None,
        ends=date(2026, 1, 10),
    )
    return {str(plot.file(leaf)): "OFFICE_NOT_HELD"}


@fault(49, "identity")
def not_begun(plot: Plot) -> Expected:
    """Signed before the mandate began."""
    leaf = plot.leaf()
    holds = leaf.parties.first.person, leaf.position.key
    plot.relist(
        lambda one: isinstance(one, AssignmentLine) and (one.person, one.position) == holds,
        begins=date(2026, 3, 1),
        ends=None,
    )
    return {str(plot.file(leaf)): "OFFICE_NOT_HELD"}


@fault(50, "identity")
def one_key(plot: Plot) -> Expected:
    """One key on both sides."""
    leaf = plot.leaf()
    return {plot.write(leaf, plot.signed_with(leaf, plot.signer(leaf, Role.SECOND))): "ONE_PERSON"}


@fault(51, "identity")
def swapped(plot: Plot) -> Expected:
    """Each signed in the other's field."""
    leaf = plot.leaf()
    pdf = Hand(plot.signer(leaf, Role.SECOND)).sign(plot.maker.issued(leaf), Role.FIRST)
    return {plot.write(leaf, Hand(plot.signer(leaf)).sign(pdf, Role.SECOND)): "PERSON_OTHER"}


@fault(52, "identity")
def superior_first(plot: Plot) -> Expected:
    """The superior signed first."""
    leaf = plot.leaf()
    issued = plot.maker.issued(leaf)
    signed = plot.maker.signed(leaf, issued, (Role.SECOND, Role.FIRST))
    plot.relist(lambda one: is_of(one, leaf), signed=stretch(signed))
    return {plot.write(leaf, signed): "SIGNED_OUT_OF_ORDER"}


@fault(53, "identity")
def backdated(plot: Plot) -> Expected:
    """Claims a time before the certificate began."""
    leaf = plot.leaf()
    first = Hand(plot.signer(leaf), dictionary_change=lambda one: one.replace(b"D:20260122", b"D:20251231"))
    pdf = first.sign(plot.maker.issued(leaf), Role.FIRST)
    pdf = plot.maker.signed(leaf, pdf, (Role.SECOND,))
    plot.relist(lambda one: is_of(one, leaf), signed=stretch(pdf))
    return {plot.write(leaf, pdf): "CLAIMED_TIME"}


@fault(97, "identity")
def shared_key(plot: Plot) -> Expected:
    """One key has certificates of two persons."""
    leaf, other = plot.leaf(), plot.leaf()
    shared = plot.certified(leaf, person=other.parties.first.person)
    plot.enrol(shared.person, shared.certificate)
    signed = plot.signed_with(other, shared)
    plot.relist(lambda one: is_of(one, other), signed=stretch(signed))
    return {plot.write(other, signed): "KEY_OF_SEVERAL", str(plot.file(leaf)): "KEY_OF_SEVERAL"}


@fault(54, "chain")
def absent_parent(plot: Plot) -> Expected:
    """The agreement above is not there."""
    parent, below = plot.parent()
    plot.file(parent).unlink()
    absent = {str(plot.file(one)): "PARENT_ABSENT" for one in below}
    return {**absent, "": "SET_MISSING SET_PARENTS_ABSENT"}


@fault(55, "chain")
def other_parent_digest(plot: Plot) -> Expected:
    """The parent's digest is another."""
    leaf = plot.leaf()
    other = replace(leaf, parent=Reference(plot.parent_of(leaf).id, "a" * 64))
    return {plot.instead(leaf, other): "PARENT_ABSENT"}


@fault(55, "chain")
def other_parent_id(plot: Plot) -> Expected:
    """The parent's id is another's."""
    leaf = plot.leaf()
    other = replace(leaf, parent=Reference(plot.leaf().id, plot.parent_of(leaf).digest))
    return {plot.instead(leaf, other): "PARENT_ID"}


@fault(58, "chain")
def other_superior(plot: Plot) -> Expected:
    """The superior who signs is not the one whose agreement is above."""
    leaf, other = plot.leaf(), plot.leaf()
    second = leaf.parties.second
    assert second is not None  # noqa: S101  # leaves have two
    parties = Parties(leaf.parties.first, replace(second, person=other.parties.first.person))
    return {plot.instead(leaf, replace(leaf, parties=parties)): "OFFICE_NOT_HELD"}


@fault(59, "chain")
def other_agency(plot: Plot) -> Expected:
    """Another government's agreement."""
    leaf = plot.leaf()
    organisation = replace(leaf.organisation, name="Pemerintah Kota Lain", code="35.98")
    return {plot.instead(leaf, replace(leaf, organisation=organisation)): "ORGANISATION_OTHER"}


@fault(80, "chain")
def other_year(plot: Plot) -> Expected:
    """An agreement of another year."""
    leaf = plot.leaf()
    days = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
    other = replace(leaf, year=2025, id=leaf.id.replace("2026", "2025", 1), **days)
    return {plot.instead(leaf, other): "PARENT_YEAR"}


@fault(60, "chain")
def level_skipped(plot: Plot) -> Expected:
    """Signs with the superior's superior."""
    leaf = plot.leaf(lambda one: plot.parent_of(one).parent is not None)
    above = plot.parent_of(plot.parent_of(leaf))
    second = replace(above.parties.first, label="PIHAK KEDUA")
    parties = Parties(leaf.parties.first, second)
    other = replace(leaf, parties=parties, parent=Reference(above.id, above.digest))
    return {plot.instead(leaf, other): "SUPERIOR_OTHER"}


@fault(61, "chain")
def out_of_nothing(plot: Plot) -> Expected:
    """An indicator that answers to what is nowhere above."""
    leaf = plot.leaf()
    return {plot.instead(leaf, _promising(leaf, answers_to=("TIDAK-ADA",))): "INDICATOR_PARENT_ABSENT"}


@fault(62, "chain")
def other_unit(plot: Plot) -> Expected:
    """An indicator of the same name in another unit."""
    leaf = plot.leaf(lambda one: bool(plot.parent_of(one).indicators))
    above = plot.parent_of(leaf).indicators[0]
    other = _promising(leaf, text=above.text, answers_to=(above.code,), unit="kodi", polarity=above.polarity)
    return {plot.instead(leaf, other): "INDICATOR_UNIT_CHANGED"}


def _promising(content: Content, **changes: Any) -> Content:
    first, *goals = content.goals
    promise, *more = first.indicators
    return replace(content, goals=(replace(first, indicators=(replace(promise, **changes), *more)), *goals))


@fault(64, "chain")
def two_contents(plot: Plot) -> Expected:
    """A second agreement of the same position with softer targets."""
    leaf = plot.leaf()
    softer = _promising(leaf, text="Jumlah rapat yang diikuti")
    pdf = plot.maker.signed(softer, plot.maker.issued(softer))
    return {plot.write(leaf, pdf, f"{leaf.id}-salinan.pdf"): "CONTENT_OTHER"}


@fault(65, "chain")
def wrong_base(plot: Plot) -> Expected:
    """An amendment of a version that is another."""
    leaf = plot.leaf()
    amendment = Amendment(Ground.STRATEGY, Reference(leaf.id, "b" * 64))
    version = f"{leaf.id.rpartition('-')[0]}-2"
    other = replace(leaf, id=version, version=2, amendment=amendment)
    pdf = plot.maker.issued(other)
    signed = plot.maker.signed(other, pdf)
    plot.lines.append(listed(other, Made(stretch(pdf), stretch(signed))))
    return {plot.write(leaf, signed, f"{version}.pdf"): "AMENDMENT_BASE"}


@fault(82, "chain")
def own_root(plot: Plot) -> Expected:
    """Declares itself the root."""
    leaf = plot.leaf()
    return {plot.instead(leaf, replace(leaf, parent=None, parties=Parties(leaf.parties.first))): "NOT_THE_ROOT"}


@fault(67, "chain")
def other_structure(plot: Plot) -> Expected:
    """The register has another superior."""
    leaf = plot.leaf()
    plot.relist(
        lambda one: isinstance(one, PositionLine) and one.key == leaf.position.key,
        superior="BKPSDM",
        signs_with="BKPSDM",
    )
    return {str(plot.file(leaf)): "SUPERIOR_OTHER"}


@fault(68, "set")
def missing(plot: Plot) -> Expected:
    """An agreement is missing."""
    plot.file(plot.leaf()).unlink()
    return {"": "SET_MISSING"}


@fault(69, "set")
def unlisted(plot: Plot) -> Expected:
    """An agreement that the register does not have."""
    leaf = plot.leaf()
    plot.lines = [one for one in plot.lines if not is_of(one, leaf)]
    return {str(plot.file(leaf)): "UNLISTED", "": "SET_UNLISTED"}


@fault(69, "set")
def twice(plot: Plot) -> Expected:
    """A file twice."""
    leaf = plot.leaf()
    return {plot.write(leaf, plot.read(leaf), "salinan.pdf"): "FILE_TWICE", str(plot.file(leaf)): "FILE_TWICE"}


@fault(70, "set")
def other_signatures(plot: Plot) -> Expected:
    """Other signed bytes than the listed ones."""
    leaf = plot.leaf()
    return {plot.write(leaf, plot.maker.signed(leaf, plot.maker.issued(leaf))): "SIGNED_OTHER"}


@fault(84, "set")
def other_template(plot: Plot) -> Expected:
    """A template that is not listed."""
    leaf = plot.leaf()
    pdf = issue_pdf(plot.maker.source(leaf), leaf, template_digest="8" * 64, toolchain=pages.TOOLCHAIN)
    signed = plot.maker.signed(leaf, pdf)
    plot.relist(lambda one: is_of(one, leaf), issued=stretch(pdf), signed=stretch(signed))
    return {plot.write(leaf, signed): "TEMPLATE_UNLISTED"}


@fault(89, "set")
def issued_again(plot: Plot) -> Expected:
    """Other issued bytes of the same content."""
    leaf = plot.leaf()
    toolchain = replace(pages.TOOLCHAIN, office="LibreOffice lain")
    pdf = issue_pdf(plot.maker.source(leaf), leaf, template_digest=pages.TEMPLATE_DIGEST, toolchain=toolchain)
    return {plot.write(leaf, plot.maker.signed(leaf, pdf)): "ISSUE_OTHER"}


@fault(90, "set")
def draft_signed(plot: Plot) -> Expected:
    """A draft that was replaced, signed."""
    leaf = plot.leaf()
    draft = _promising(leaf, text="Rancangan yang ditarik")
    pdf = plot.maker.issued(draft)
    line = replace(listed(draft, Made(stretch(pdf), stretch(pdf + b"-"))), state=State.ISSUED, signed=None)
    plot.lines += [line, replace(line, void=True)]
    return {plot.write(leaf, plot.maker.signed(draft, pdf), f"{leaf.id}-rancangan-lama.pdf"): "DRAFT_REPLACED"}


@fault(91, "set")
def two_halves(plot: Plot) -> Expected:
    """Two copies, each with another signature."""
    leaf = plot.leaf()
    issued = plot.maker.issued(leaf)
    one = plot.write(leaf, plot.maker.signed(leaf, issued, (Role.FIRST,)))
    other = plot.write(leaf, plot.maker.signed(leaf, issued, (Role.SECOND,)), "separuh.pdf")
    return dict.fromkeys((one, other), "SIGNATURE_MISSING FILE_CUT_BACK")


@fault(93, "set")
def withdrawn_alone(plot: Plot) -> Expected:
    """Withdrawn by the registrars alone."""
    leaf = plot.leaf()
    plot.relist(lambda one: is_of(one, leaf), state=State.WITHDRAWN, signed=None)
    return {str(plot.file(leaf)): "ENDED_AFTER_ALL_SIGNED"}


@fault(73, "set")
def two_heads(plot: Plot) -> Expected:
    """Another signed head of the same version."""
    lines = plot.lines[:-1]
    head = next_head(None, lines, plot.city.terms)
    (plot.out / "register-lain.pdf").write_bytes(plot.city.signed_head(head))
    return {"": "HEAD_TWICE"}
