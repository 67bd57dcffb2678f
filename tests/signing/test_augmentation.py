"""Levels later: what is added to a signed file, what other programs say of it, and what is refused."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise, permutations
from pathlib import Path
from subprocess import run

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.content import Content, Role
from pkdocs.errors import ServiceError, SigningError, UsageError
from pkdocs.pki import KeyKind
from pkdocs.pki.authority import make_crl
from pkdocs.signing import read_form
from pkdocs.signing.archive import draft_stamp
from pkdocs.signing.augmentation import RENEWED, Lack, augment_pdf, check_level, draft, fill_all, find_lack
from pkdocs.signing.container import take_apart
from pkdocs.signing.evidence import Evidence
from pkdocs.signing.gathering import Gatherer
from pkdocs.signing.known import read_known
from pkdocs.signing.level import Level
from pkdocs.signing.preserved import preserve_known, read_preserved
from pkdocs.transport import Reply
from pkdocs.verification.layout import read_layout
from tests.factory import HEAD, head_content
from tests.issued import issued
from tests.pdfa import violations
from tests.signed import AT, authorities, signed, signer_of, training_trust
from tests.signing.ades import PASSED, ades_lta, ades_with_time
from tests.signing.stamped import sign_stamped, stamped
from tests.signing.stamping import MemoryService, timestamper

NOW = AT + timedelta(minutes=3)
LATER = AT + timedelta(days=2)
FIRST, SECOND = Role.FIRST, Role.SECOND
BOTH = (FIRST, SECOND)
ORDERS = [(FIRST,), *permutations(BOTH)]
LONG = [Level.LT, Level.LTA]


def gatherer(kind: KeyKind = KeyKind.P256) -> Gatherer:
    """Return who has the lists of the trust file and fetches nothing."""

    def unreachable(address: str, _body: bytes | None, _limit: int) -> bytes:
        raise AssertionError(address)

    return Gatherer(training_trust(kind), fetch=unreachable)


def augment(
    pdf: bytes, level: Level, *, at: datetime = NOW, kind: KeyKind = KeyKind.P256, renew: bool = False
) -> bytes:
    return augment_pdf(pdf, level, gatherer(kind), timestamper(MemoryService(kind=kind, at=at)), at=at, renew=renew)


def reached(pdf: bytes) -> str:
    """Return the level as ``inspect`` says it (``lt`` for B-LT), and whether no signature has its own timestamp."""
    preserved = read_preserved(pdf)
    level = preserved.level.value.removeprefix("B-").lower()
    return level if preserved.is_stamped else f"{level} by the document"


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("roles", ORDERS, ids=str)
@pytest.mark.parametrize("level", LONG)
def test_every_level_and_order_passes_the_validation_of_ades(
    level: Level, roles: tuple[Role, ...], kind: KeyKind
) -> None:
    before = stamped(head_content(), roles, kind)
    after = augment(before, level, kind=kind)
    assert after.startswith(before)
    assert reached(after) == level
    validate = ades_lta if level is Level.LTA else ades_with_time
    assert validate(after, at=LATER, kind=kind) == [PASSED] * len(roles)
    assert violations(after) == []


@pytest.mark.parametrize("levels", [(one, other) for one in LONG for other in LONG], ids=str)
@pytest.mark.parametrize("roles", list(permutations(BOTH)), ids=str)
def test_a_level_between_two_signatures_keeps_both(roles: tuple[Role, Role], levels: tuple[Level, Level]) -> None:
    pdf = issued(head_content())
    for role, level in zip(roles, levels, strict=True):
        party = head_content().party(role)
        assert party is not None
        pdf = augment(sign_stamped(pdf, role, signer_of(party)), level)
        assert reached(pdf) == level
    validate = ades_lta if levels[1] is Level.LTA else ades_with_time
    assert validate(pdf, at=LATER) == [PASSED, PASSED]


@pytest.mark.parametrize("level", LONG)
def test_poppler_finds_every_signature_valid(level: Level, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(augment(stamped(head_content()), level))
    said = run(["pdfsig", "a.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == 2
    assert said.count("Signature #") == 2 + (level is Level.LTA)


@pytest.mark.parametrize("level", LONG)
def test_mutool_finds_nothing_changed_in_what_was_signed(level: Level, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(augment(stamped(head_content()), level))
    said = run(["mutool", "sign", "a.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert said.count("Distinguished name") == 2
    assert "digest was invalid" not in said.lower()


def test_revision_writes_the_catalog_and_what_is_new() -> None:
    before = stamped(head_content())
    layout = read_layout(augment(before, Level.LTA))
    catalog = layout.issued.trailer["Root"].number
    added = layout.revisions[-1].objects
    size = layout.revisions[-2].trailer["Size"]
    assert sorted(added) == [catalog, *range(size, size + len(added) - 1)]
    written = {key: value for key, value in added[catalog].items() if key not in {"DSS", "AcroForm"}}
    assert written == {key: value for key, value in layout.issued.objects[catalog].items() if key != "AcroForm"}


def test_field_of_the_timestamp_has_no_size_and_stands_on_no_page() -> None:
    with pikepdf.open(BytesIO(augment(stamped(head_content()), Level.LTA))) as opened:
        field = opened.Root.AcroForm.Fields[-1]
        assert str(field.T) == "waktu-1"
        assert [float(edge) for edge in field.Rect] == [0, 0, 0, 0]
        assert all(field.objgen != entry.objgen for page in opened.pages for entry in page.get("/Annots", []))
        assert set(field.V.keys()) == {"/Type", "/Filter", "/SubFilter", "/Contents", "/ByteRange"}


def test_root_and_lists_of_the_whole_way_are_in_the_file() -> None:
    evidence = read_preserved(augment(stamped(head_content()), Level.LT)).evidence
    assert training_trust().anchors[0].certificate in evidence.certificates
    assert len(evidence.crls) == 2
    assert len(evidence.certificates) == len(set(evidence.certificates)) == 5


@pytest.mark.parametrize("level", LONG)
def test_file_that_is_there_already_stays_as_it_is(level: Level) -> None:
    once = augment(stamped(head_content()), level)
    assert augment(once, level) == once
    assert augment(once, Level.LT) == once
    assert augment(once, Level.T) == once


def test_archive_timestamp_goes_over_what_was_there() -> None:
    long = augment(stamped(head_content()), Level.LT)
    archived = augment(long, Level.LTA, at=NOW + timedelta(hours=1))
    assert archived.startswith(long)
    assert reached(archived) == Level.LTA
    assert ades_lta(archived, at=LATER) == [PASSED, PASSED]


def test_archive_timestamp_is_renewed_once() -> None:
    first = augment(stamped(head_content()), Level.LTA)
    later = NOW + RENEWED + timedelta(hours=1)
    assert augment(first, Level.LTA, at=later) == first
    assert augment(first, Level.LTA, at=NOW + timedelta(hours=1), renew=True) == first
    second = augment(first, Level.LTA, at=later, renew=True)
    assert second.startswith(first)
    assert [stamp.token and stamp.token.time for stamp in read_preserved(second).stamps] == [NOW, later]
    assert augment(second, Level.LTA, at=later, renew=True) == second
    assert ades_lta(second, at=later + timedelta(days=1)) == [PASSED, PASSED]
    assert violations(second) == []
    assert reached(second) == Level.LTA


def test_validation_data_grow_and_name_what_was_there() -> None:
    party = head_content().party(SECOND)
    assert party is not None
    first = augment(stamped(head_content(), (FIRST,)), Level.LT)
    second = augment(sign_stamped(first, SECOND, signer_of(party)), Level.LT)
    before, after = read_preserved(first).evidence, read_preserved(second).evidence
    assert not before - after
    assert (after - before).certificates == (signer_of(party).certificate,)


@pytest.mark.parametrize("level", [Level.T, *LONG])
def test_signature_without_a_timestamp_gets_one_over_the_document(level: Level) -> None:
    before = signed(head_content())
    after = augment(before, level)
    preserved = read_preserved(after)
    assert after.startswith(before)
    assert preserved.is_proven
    assert not read_preserved(before).is_proven
    assert reached(after) == ("t by the document" if level is Level.T else "lta by the document")
    assert PASSED not in ades_lta(after, at=LATER)
    assert augment(after, level) == after
    assert violations(after) == []


def test_timestamp_over_the_document_alone_brings_no_validation_data() -> None:
    assert not read_preserved(augment(signed(head_content()), Level.T)).evidence
    assert read_preserved(augment(signed(head_content()), Level.LT)).evidence


def test_signatures_are_read_as_before() -> None:
    before = stamped(head_content())
    assert read_form(augment(before, Level.LTA)).signatures == read_form(before).signatures


def test_level_b_is_nothing_to_add() -> None:
    with pytest.raises(UsageError, match="AUGMENT_LEVEL"):
        augment(stamped(head_content()), Level.B)


def test_unsigned_file_is_refused() -> None:
    with pytest.raises(SigningError, match="AUGMENT_UNSIGNED"):
        augment(issued(head_content()), Level.LT)


@pytest.mark.parametrize("bad", [b"", b"%PDF-1.7\n", b"startxref\n9\n%%EOF\n"], ids=["empty", "head", "end"])
def test_something_else_is_refused(bad: bytes) -> None:
    with pytest.raises(SigningError, match="SIGN_DAMAGED"):
        augment(bad, Level.LT)


def test_file_that_somebody_saved_with_a_stream_of_references_is_refused() -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(stamped(head_content()))) as opened:
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pytest.raises(SigningError, match="SIGN_"):
        augment(output.getvalue(), Level.LT)


def test_changed_bytes_are_refused() -> None:
    pdf = stamped(head_content())
    for place in (pdf.index(b"/Lang"), pdf.rindex(b"/Contents <") + 2000):
        changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
        with pytest.raises(SigningError, match="SIGN_"):
            augment(changed, Level.LT)


def test_changed_bytes_under_a_document_timestamp_are_refused() -> None:
    pdf = augment(stamped(head_content()), Level.LTA)
    place = pdf.rindex(b"/Rect [0 0 0 0]") + 7
    with pytest.raises(SigningError, match="SIGN_ALTERED"):
        augment(pdf[:place] + b"1" + pdf[place + 1 :], Level.LTA)


def test_timestamp_larger_than_its_place_is_an_error() -> None:
    prepared = draft_stamp(read_preserved(signed(head_content())), Evidence(), size=100)
    with pytest.raises(SigningError, match="AUGMENT_TOKEN_LARGE"):
        prepared.fill(bytes(101))


@pytest.mark.parametrize("level", [Level.T, *LONG])
@pytest.mark.parametrize("made", [signed, stamped], ids=["b", "t"])
def test_what_is_said_of_a_file_is_what_is_read_from_it(level: Level, made: Callable[[Content], bytes]) -> None:
    asking, at = timestamper(MemoryService(at=NOW)), NOW
    known = read_preserved(made(head_content()))
    for renew in (False, True):
        lack = find_lack(known, level, gatherer(), at=at, renew=renew)
        if lack:
            (known,) = fill_all([draft(known, lack, gatherer(), asking, at=at)], asking)
        assert known == read_preserved(known.pdf)
        at = NOW + timedelta(days=3)


@pytest.mark.parametrize("roles", ORDERS, ids=str)
@pytest.mark.parametrize("made", [signed, stamped], ids=["b", "t"])
def test_what_is_known_of_a_file_at_once_is_what_is_read_from_it(
    roles: tuple[Role, ...], made: Callable[..., bytes]
) -> None:
    pdf = made(head_content(), roles)
    known = read_known(pdf, read_form(pdf).issue_digest)
    assert known is not None
    quick, read = preserve_known(pdf, known.form), read_preserved(pdf)
    assert quick is not None
    assert (quick.used, quick.level, quick.id) == (read.used, read.level, read.id)
    asking = gatherer()
    drafts = [draft(one, Lack(evidence=True, stamp=False), asking, None, at=NOW) for one in (quick, read)]
    assert len({result.pdf for result in fill_all(drafts, None)}) == 1


def test_recognised_file_with_a_timestamp_of_something_else_is_read_slowly() -> None:
    pdf = stamped(head_content())
    known = read_known(pdf, read_form(pdf).issue_digest)
    assert known is not None
    begins = pdf.rindex(b"<< /Contents <") + len(b"<< /Contents <")
    own = take_apart(bytes.fromhex(pdf[begins : pdf.index(b">", begins)].decode("ascii")))
    assert own is not None
    imprint = hashlib.sha256(own.signature).hexdigest().encode()
    assert pdf.count(imprint) == 1
    assert preserve_known(pdf.replace(imprint, imprint[::-1]), known.form) is None


def test_archive_renewed_years_later_is_good_when_everything_else_has_lapsed() -> None:
    late = AT + timedelta(days=1500)
    root, issuing = authorities()
    lists = tuple(make_crl(one, (), number=9, at=late).public_bytes(Encoding.DER) for one in (root, issuing))
    later = Gatherer(replace(training_trust(), crls=lists))
    before = augment(stamped(head_content()), Level.LTA)
    asking = timestamper(MemoryService(at=late))
    after = augment_pdf(before, Level.LTA, later, asking, at=late, renew=True)
    assert ades_lta(after, at=late + timedelta(days=100)) == [PASSED, PASSED]
    # a signature that nobody brought up in time
    with pytest.raises(SigningError, match="EVIDENCE_EXPIRED"):
        augment_pdf(stamped(head_content()), Level.LT, later, asking, at=late)


def test_timestamp_needs_an_authority() -> None:
    with pytest.raises(UsageError, match="LEVEL_NEEDS_TSA"):
        augment_pdf(stamped(head_content()), Level.LTA, gatherer(), None, at=NOW)
    assert reached(augment_pdf(stamped(head_content()), Level.LT, gatherer(), None, at=NOW)) == Level.LT


def test_silent_authority_leaves_nothing_half_done() -> None:
    service = MemoryService(lambda _reply: Reply(503, {}, b""))
    with pytest.raises(ServiceError, match="TIMESTAMP_FAILED"):
        augment_pdf(stamped(head_content()), Level.LTA, gatherer(), timestamper(service), at=NOW)


def test_preflight_asks_for_what_the_level_needs() -> None:
    service = MemoryService(at=NOW)
    signers = [(signer_of(HEAD).certificate, signer_of(HEAD).chain)]
    check_level(Level.B, signers, None, None, at=NOW)
    check_level(Level.T, signers, None, timestamper(service), at=NOW)
    check_level(Level.LTA, signers, gatherer(), timestamper(service), at=NOW)
    assert len(service.asked) == 2


def test_preflight_refuses_what_cannot_be_given() -> None:
    signers = [(signer_of(HEAD).certificate, signer_of(HEAD).chain)]
    silent = timestamper(MemoryService(lambda _reply: Reply(503, {}, b"")))
    with pytest.raises(UsageError, match="LEVEL_NEEDS_TSA"):
        check_level(Level.T, signers, None, None, at=NOW)
    with pytest.raises(UsageError, match="LEVEL_NEEDS_TRUST"):
        check_level(Level.LT, signers, None, timestamper(), at=NOW)
    with pytest.raises(ServiceError, match="TIMESTAMP_FAILED"):
        check_level(Level.T, signers, None, silent, at=NOW)
    with pytest.raises(SigningError, match="EVIDENCE_PATH"):
        check_level(Level.LT, signers, gatherer(KeyKind.RSA2048), timestamper(), at=NOW)


def test_revisions_end_where_timestamps_say() -> None:
    pdf = augment(augment(stamped(head_content()), Level.LTA), Level.LTA, at=NOW + timedelta(days=3), renew=True)
    form = read_preserved(pdf)
    ends = [one.end for one in (*form.signatures, *form.stamps)]
    assert all(one < other for one, other in pairwise(ends))
    assert ends[-1] == len(pdf)
