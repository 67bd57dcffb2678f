"""What a party with a key of its own could sign that is not ours, and what anybody can add that no signature covers."""

import hashlib
import re
import zlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.content import Role
from pkdocs.outcome import demand
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import make_crl
from pkdocs.profile import Zone
from pkdocs.signing import Keyed, Level, make_task, sign_pdf
from pkdocs.signing.appearance import appearance_objects
from pkdocs.signing.archive import append_evidence
from pkdocs.signing.dictionary import moment, reason_of, signature_entries
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.increment import number_objects, read_tail, render_revision
from pkdocs.signing.objects import Objects
from pkdocs.signing.preserved import read_preserved
from pkdocs.signing.revision import reserve_signature
from pkdocs.signing.slot import empty_slot
from pkdocs.verification import examine_pdf
from pkdocs.vouched import examine_listed
from tests.factory import HEAD, MAYOR
from tests.signed import AT, BEGUN, authorities, signed, signer_of
from tests.vouched.files import CONTENT, ISSUED, at_level, vouched

FIRST = Role.FIRST
VOUCHED = vouched()


def drawn_as(appearance: Callable[[bytes], bytes] = bytes, entries: Callable[[bytes], bytes] = bytes) -> bytes:
    """Return the file signed by its first party, with an appearance or entries that its own program wrote."""
    tail = read_tail(ISSUED)
    slot = empty_slot(Objects(ISSUED, tail.section), tail.root, FIRST.value)
    task = make_task(ISSUED, CONTENT, FIRST, HEAD, at=AT, zone=Zone.WIB, training=True)
    objects = number_objects(appearance_objects(task.stamp, slot.width, slot.height), tail.size)
    stated = signature_entries(
        tail.root, slot.name, moment(AT), name=HEAD.name, location=CONTENT.place, reason=reason_of(CONTENT, HEAD)
    )
    holder = Keyed(signer_of(HEAD))
    reserved = reserve_signature(
        hashlib.sha256(ISSUED),
        tail,
        slot,
        {number: appearance(body) for number, body in objects.items()},
        entries(stated),
        size=holder.size,
    )
    (container,) = holder.containers([reserved.digest])
    return reserved.fill(demand(container), ISSUED)


def left(pdf: bytes) -> set[str]:
    """Return what the long way finds in a file, after demanding that it is left to it."""
    assert examine_listed(pdf, VOUCHED) is None
    return {finding.code for finding in examine_pdf(pdf, VOUCHED).findings}


def same(pdf: bytes) -> bool:
    """Tell whether both ways give the same facts."""
    return examine_listed(pdf, VOUCHED) == examine_pdf(pdf, VOUCHED)


def test_what_our_own_program_writes_is_examined_at_one_stroke() -> None:
    assert len(drawn_as()) == len(signed(CONTENT, (FIRST,)))
    assert examine_listed(drawn_as(), VOUCHED) is not None
    assert same(drawn_as())


def damaged(body: bytes) -> bytes:
    """Return a font program that cannot be unpacked."""
    begins, ends = body.find(b"stream\n") + 7, len(body) - len(b"\nendstream")
    if b"/Length1" not in body:
        return body
    return body[:begins] + b"\0" * (ends - begins) + body[ends:]


def packed(data: bytes) -> Callable[[bytes], bytes]:
    """Return the change of the font program to ``data``."""

    def change(body: bytes) -> bytes:
        if b"/Length1" not in body:
            return body
        written = zlib.compress(data)
        return b"<< /Filter /FlateDecode /Length1 9 /Length %d >>\nstream\n%s\nendstream" % (len(written), written)

    return change


@pytest.mark.parametrize(
    "change",
    [
        damaged,
        packed(bytes(17_000_000)),
        lambda body: re.sub(rb"/BBox \[0 0 [\d.]+", b"/BBox [0 0 1.2.3", body),
        lambda body: re.sub(rb"/W \[\d+ ", b"/W [[ ", body),
        lambda body: re.sub(rb"/FontBBox \[-?\d+", b"/FontBBox [--1", body),
        lambda body: re.sub(rb"/F1 (\d+) 0 R", rb"/F1 0\1 0 R", body),
        lambda body: re.sub(rb"/FontFile2 (\d+) 0 R", rb"/FontFile2 0\1 0 R", body),
        lambda body: body.replace(b"/Subtype /Form", b"/Subtype /PS  "),
        lambda body: body.replace(b"/Type /XObject", b"/OC 1 0 R /Type /XObject"),
        lambda body: body.replace(b"/Flags 4", b"/Flags 4 /Flags 4"),
    ],
    ids=[
        "damaged",
        "a bomb",
        "no number",
        "a bracket",
        "no sign",
        "zeros",
        "zeros below",
        "PostScript",
        "a layer",
        "a key twice",
    ],
)
def test_an_appearance_that_verification_refuses_is_left_to_it(change: Callable[[bytes], bytes]) -> None:
    pdf = drawn_as(appearance=change)
    assert pdf != drawn_as()
    assert left(pdf)


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: re.sub(rb"\(D:\d{8}", b"(D:20260231", entries),
        lambda entries: re.sub(rb"\(D:\d{14}", b"(D:20260122250000", entries),
        lambda entries: entries + b" /Prop_AuthType /PIN",
        lambda entries: entries.replace(b"/Action /Include", b"/Action /Exclude"),
        lambda entries: entries + b" /Name (lain)",
    ],
    ids=["no day", "no hour", "another entry", "another lock", "a name twice"],
)
def test_a_dictionary_that_verification_refuses_is_left_to_it(change: Callable[[bytes], bytes]) -> None:
    assert left(drawn_as(entries=change))


def test_another_drawing_of_our_shape_has_the_same_facts_both_ways() -> None:
    pdf = drawn_as(appearance=packed(b"no font at all"))
    assert examine_listed(pdf, VOUCHED) is not None
    assert same(pdf)


def test_a_strangers_key_gives_the_same_facts_both_ways_for_judging_to_refuse() -> None:
    task = make_task(ISSUED, CONTENT, FIRST, HEAD, at=AT, zone=Zone.WIB, training=True)
    (outcome,) = Keyed(signer_of(MAYOR)).sign([task])
    assert examine_listed(demand(outcome), VOUCHED) is not None
    assert same(demand(outcome))


def test_the_second_party_may_sign_before_the_first() -> None:
    pdf = sign_pdf(ISSUED, Role.SECOND, signer_of(MAYOR), at=AT, zone=Zone.WIB, training=True)
    assert examine_listed(pdf, VOUCHED) is not None
    assert same(pdf)


@pytest.mark.parametrize("kind", KeyKind)
def test_validation_data_that_anybody_adds_have_the_same_facts_both_ways(kind: KeyKind) -> None:
    pdf = at_level(Level.LTA, kind)
    other = make_crl(authorities(kind)[0], (), number=9, at=BEGUN).public_bytes(Encoding.DER)
    own = signer_of(HEAD, kind).certificate
    more = append_evidence(read_preserved(pdf), Evidence(certificates=(own,), crls=(other,))).pdf
    assert examine_listed(more, VOUCHED) is not None
    assert same(more)


def stored(pdf: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return ``pdf`` without its last revision and with it changed: numbers of bytes stay right."""
    tail = read_tail(pdf)
    objects = Objects(pdf, tail.section)
    before = pdf[: pdf.rindex(b"%%EOF\n", 0, tail.length - 1) + len(b"%%EOF\n")]
    numbers = [number for first, count, _ in tail.section.runs for number in range(max(first, 1), first + count)]
    bodies = {}
    for number in numbers:
        place = objects.place(number)
        bodies[number] = change(pdf[place : pdf.index(b"\nendobj\n", place)])
    return before + render_revision(read_tail(before), bodies).data


def repacked(body: bytes) -> bytes:
    """Return a stream packed less well."""
    begins = body.find(b"stream\n") + 7
    if begins < 7:
        return body
    written = zlib.compress(zlib.decompress(body[begins : -len(b"\nendstream")]), 1)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(written), written)


def test_streams_that_are_packed_otherwise_say_the_same() -> None:
    pdf = at_level(Level.LT, KeyKind.P256)
    assert stored(pdf, bytes) == pdf
    assert stored(pdf, repacked) != pdf
    assert same(stored(pdf, repacked))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"/CRLs", b"/OCSPs") if b"/DSS" in body[:30] else body,
        lambda body: damaged(body.replace(b"/Filter", b"/Length1 1 /Filter", 1)),
        lambda body: body.replace(b"/Type /DSS", b"/Type /DSS /VRI << /X 1 0 R >>"),
        lambda body: re.sub(rb"/Certs \[ \d+", b"/Certs [ 1", body),
        lambda body: re.sub(rb"/Lang \(id-ID\)", b"/Lang (en-GB)", body),
    ],
    ids=["another list", "damaged", "a part about one signature", "another object", "another catalog"],
)
def test_validation_data_that_verification_refuses_are_left_to_it(change: Callable[[bytes], bytes]) -> None:
    assert left(stored(at_level(Level.LT, KeyKind.P256), change))
