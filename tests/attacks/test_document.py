"""Attacks on one file (docs/verification.md, 1-42): a valid agreement with one change, and what names it."""

import re
from collections.abc import Callable

import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from pkdocs.content import Role
from pkdocs.plan import Mode, Polarity
from pkdocs.verification import examine_pdf
from tests.attacks.kit import base, both, first, found, number_of, page_number
from tests.factory import DIVISION_HEAD, HEAD, division_content
from tests.issued import issued, source_pdf
from tests.signed import signer_of
from tests.verification.forge import Hand, altered, last_size, object_bytes, revision

Change = Callable[[bytes], bytes]


def test_what_the_attacks_start_from_is_valid():
    assert [found(pdf) for pdf in (base(), first(), both())] == [set(), set(), set()]


# 4-11: where the signature's bytes are


PLACES = b"[0 0000000000 0000000000 0000000000]"


def hollow(contents: bytes, written: bytes = b"/ByteRange " + PLACES) -> bytes:
    """Return the issued file with the first party's field filled by what has such contents.

    The byte range is exact, if it is not ``written`` otherwise.
    """
    field, value = number_of(base(), b"(pihak-pertama)"), last_size(base())
    filled = object_bytes(base(), field).replace(b"/Subtype /Widget", b"/Subtype /Widget /V %d 0 R" % value)
    start = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260122091500+07'00') "
    pdf = revision(base(), {field: filled, value: start + written + b" " + contents + b" >>"})
    opening = pdf.rindex(b"/Contents ") + 10 if b"/Contents " in contents else 100
    closing = opening + len(contents) - 10
    exact = b"[0 %d %d %d" % (opening, closing, len(pdf) - closing)
    return pdf.replace(PLACES, exact.ljust(len(PLACES) - 1) + b"]")


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"", "SIGNATURE_DICTIONARY"),
        (b"/Contents null", "FILE_STRUCTURE"),
        (b"/Contents <>", "SIGNATURE_CONTENTS"),
        (b"/Contents <00>", "SIGNATURE_CONTENTS"),
        (b"/Contents <3000>", "SIGNATURE_CMS"),
        (b"/Contents ()", "SIGNATURE_BYTE_RANGE"),
        (b"/Contents 1 0 R", "SIGNATURE_BYTE_RANGE"),
        (b"/Contents 7", "SIGNATURE_BYTE_RANGE"),
    ],
    ids=["missing", "null", "empty", "a zero byte", "an empty sequence", "no digits", "elsewhere", "a number"],
)
def test_a_signature_without_contents_is_named(contents, code):  # 8, 9
    assert code in found(hollow(contents))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (b"", "SIGNATURE_DICTIONARY"),
        (b"/ByteRange null", "FILE_STRUCTURE"),
        (b"/ByteRange [0 0 0 0]", "SIGNATURE_BYTE_RANGE"),
        (b"/ByteRange [0 100 200]", "SIGNATURE_BYTE_RANGE"),
        (b"/ByteRange [0 100 200 300 400]", "SIGNATURE_BYTE_RANGE"),
        (b"/ByteRange [-1 100 200 300]", "SIGNATURE_BYTE_RANGE"),
        (b"/ByteRange [0 100 200 99999999]", "SIGNATURE_BYTE_RANGE"),
        (b"/ByteRange [0.5 100 200 300]", "SIGNATURE_BYTE_RANGE"),
        (b"/ByteRange (0 100 200 300)", "SIGNATURE_BYTE_RANGE"),
    ],
    ids=["missing", "null", "of nothing", "three", "five", "negative", "past the end", "no whole number", "text"],
)
def test_a_byte_range_of_another_form_is_named(written, code):  # 4
    assert code in found(hollow(b"/Contents <3000>", written))


def test_two_signatures_over_overlapping_parts_are_named():  # 10
    ranges = [int(number) for number in re.findall(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", first())[-1]]
    hand = Hand(signer_of(HEAD), byte_range=lambda _: ranges)
    assert found(hand.sign(first(), Role.SECOND)) == {"SIGNATURE_BYTE_RANGE"}


def test_forged_entries_in_the_padding_of_the_signature_are_named():  # 6, 11
    more = b"> /Reason (palsu) /Padding <"
    forged = Hand(signer_of(DIVISION_HEAD), contents=lambda digits: digits[: -len(more) - 2] + more + b"00")
    assert found(forged.sign(base(), Role.FIRST)) == {"SIGNATURE_DICTIONARY", "SIGNATURE_BYTE_RANGE"}


def test_the_signed_part_moved_behind_forged_objects_is_named():  # 11
    start = both().rindex(b"%d 0 obj" % number_of(first(), b"/Type /Sig"))
    wrapped = both()[:start] + b"99 0 obj\n(palsu)\nendobj\n" + both()[start:]
    assert found(wrapped) == {"FILE_CROSS_REFERENCE"}


# 13-23: what comes after a signature, or was prepared before


def test_a_signature_copied_beside_a_changed_page_is_named():  # 13, 14
    page, spare = page_number(), last_size(both())
    softer = object_bytes(base(), page).replace(b"/Type /Page", b"/Type /Page /Rotate 90", 1)
    copied = object_bytes(both(), number_of(both(), b"/Type /Sig\n"))
    codes = found(revision(both(), {page: softer, spare: copied}))
    assert codes >= {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


def test_an_overlay_that_was_prepared_is_no_issued_form():  # 19, 21
    def prepared(document):
        cover = Stream(document, b"q 1 1 1 rg 40 600 400 40 re f Q")
        cover.Type, cover.Subtype, cover.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 800])
        cover.OC = Dictionary(Type=Name.OCG, Name=String("lapisan"))
        document.pages[0].Resources.XObject["/Cover"] = cover
        document.pages[0].contents_add(Stream(document, b"/Cover Do"))

    codes = found(Hand(signer_of(DIVISION_HEAD)).sign(altered(base(), prepared), Role.FIRST))
    assert codes == {"ISSUED_ACTIVE"}


def test_an_overlay_removed_after_signing_is_named():  # 19
    def covered(document):
        document.pages[0].contents_add(Stream(document, b"q 1 1 1 rg 40 600 400 40 re f Q"))

    pdf = Hand(signer_of(DIVISION_HEAD)).sign(altered(base(), covered), Role.FIRST)
    drawn = int(re.findall(rb"/Contents \[[^\]]*?(\d+) 0 R \]", pdf)[0])
    bare = b"<< /Length 0 >>\nstream\n\nendstream"
    assert found(revision(pdf, {drawn: bare})) >= {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED"}


NOTE = b"<< /Type /Annot /Subtype /FreeText /Rect [40 600 440 640] /DA (/F1 9 Tf) /Contents (100) >>"


def with_annotation(body: bytes) -> bytes:
    return re.sub(rb"(/Annots \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % last_size(both()), body)


def test_an_annotation_added_after_signing_is_named():  # 22, 27
    page = page_number()
    added = revision(both(), {page: with_annotation(object_bytes(both(), page)), last_size(both()): NOTE})
    assert found(added) == {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


def test_an_annotation_added_with_a_signature_is_named():  # 22, 23, 27
    page = page_number()
    body = re.sub(rb"(/Annots \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % (last_size(first()) + 1), object_bytes(first(), page))
    hand = Hand(signer_of(HEAD), objects={page: body, -1: NOTE})
    assert found(hand.sign(first(), Role.SECOND)) == {"REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


# 26: pages


@pytest.mark.parametrize(
    "change",
    [
        lambda body: re.sub(rb"/Count (\d+)", b"/Count 9", body),
        lambda body: re.sub(rb"/Kids \[ ?(\d+ 0 R)", rb"/Kids [ \1 \1", body),
        lambda body: re.sub(rb"/Kids \[ ?\d+ 0 R", rb"/Kids [", body),
        lambda body: re.sub(rb"/Kids \[ ?(\d+ 0 R) (\d+ 0 R)", rb"/Kids [ \2 \1", body),
    ],
    ids=["counted", "added", "removed", "reordered"],
)
def test_pages_rearranged_after_signing_are_named(change: Change):  # 26
    tree = number_of(base(), b"/Type /Pages")
    body = object_bytes(base(), tree)
    assert change(body) != body
    assert found(revision(both(), {tree: change(body)})) == {"REVISION_NOT_SIGNED", "REVISION_OBJECT_CHANGED"}


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"/MediaBox [ 0 0", b"/MediaBox [ 0 400"), (b"/Type /Page", b"/Type /Page /CropBox [0 0 9 9]")],
    ids=["resized", "cropped"],
)
def test_a_page_resized_after_signing_is_named(old, new):  # 26
    page = page_number()
    body = object_bytes(base(), page)
    assert old in body
    codes = found(revision(both(), {page: body.replace(old, new, 1)}))
    assert codes == {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED"}


def test_a_page_reached_by_another_path_is_named():  # 26
    def twice(document):
        document.Root.Pages.Kids.append(document.pages[0].obj)

    assert "ISSUED_SHAPE" in found(altered(base(), twice))


# 24, 30, 31: what acts, and what is attached


@pytest.mark.parametrize(
    "entry",
    [
        b"/OpenAction << /S /JavaScript /JS (1) >>",
        b"/AA << /WP << /S /Launch /F (x.exe) >> >>",
        b"/Perms << /DocMDP 4 0 R >>",
        b"/Collection << >>",
    ],
    ids=["an open action", "a launch action", "a certification", "a portfolio"],
)
def test_a_catalog_that_does_more_after_signing_is_named(entry):  # 24, 30
    catalog = number_of(base(), b"/Type /Catalog")
    body = object_bytes(both(), catalog).rstrip()[:-2] + entry + b" >>"
    assert found(revision(both(), {catalog: body})) >= {"REVISION_NOT_SIGNED"}
    hand = Hand(signer_of(HEAD), objects={catalog: body})
    assert "REVISION_CATALOG" in found(hand.sign(first(), Role.SECOND))


def test_an_attachment_replaced_after_signing_is_named():  # 31
    number = number_of(base(), b"/Type /EmbeddedFile")
    softer = division_content().canonical.replace(b'"number":"75"', b'"number":"10"')
    body = b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(softer), softer)
    assert found(revision(both(), {number: body})) >= {"REVISION_NOT_SIGNED", "REVISION_OBJECT_CHANGED"}


# 32, 81: the page against the attachment


@pytest.mark.parametrize(
    "change",
    [
        {"polarity": Polarity.DOWN},
        {"mode": Mode.CUMULATIVE},
        {"unit": "layanan"},
        {"definition": "Menurut perangkat daerah sendiri"},
    ],
    ids=["direction", "mode", "unit", "definition"],
)
def test_what_decides_success_changed_beside_the_same_target_is_named(change):  # 32, 81
    from dataclasses import replace

    from pkdocs.issue import issue_pdf
    from tests.issued import TEMPLATE_DIGEST, TOOLCHAIN

    content = division_content()
    goal = content.goals[0]
    other = replace(content, goals=(replace(goal, indicators=(replace(goal.indicators[0], **change),)),))
    pdf = issue_pdf(source_pdf(content), other, template_digest=TEMPLATE_DIGEST, toolchain=TOOLCHAIN)
    assert found(pdf) >= {"PAGE_TEXT_MISSING", "QR_OTHER"}


# 17, 40: what only looks signed


def test_a_slot_drawn_to_look_signed_is_named():  # 40
    def drawn(document):
        document.Root.AcroForm.Fields[0].AP.N.write(b"BT /F1 9 Tf (Ditandatangani secara elektronik) Tj ET")

    assert "ISSUED_FIELD" in found(altered(base(), drawn))


def test_a_signature_redefined_to_name_another_is_named():  # 17
    number = number_of(both(), b"/Type /Sig\n")
    spoofed = object_bytes(both(), number).replace(b"/M (D:2026", b"/M (D:2025", 1)
    assert found(revision(both(), {number: spoofed})) == {"REVISION_NOT_SIGNED", "REVISION_SIGNATURE_CHANGED"}


# 29: filled in after the first party signed


def test_any_other_field_added_after_the_first_signature_is_named():  # 25, 29
    form = number_of(base(), b"/SigFlags")
    number = last_size(first())
    text = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (catatan) /V (setuju) /Rect [0 0 0 0] >>"
    body = re.sub(rb"(/Fields \[[^\]]*?) ?\]", rb"\1 %d 0 R ]" % number, object_bytes(first(), form))
    assert found(revision(first(), {form: body, number: text})) == {"REVISION_OWN_FIELD", "REVISION_FOREIGN_OBJECT"}


# 38, 39: containers of something else


@pytest.mark.parametrize(
    "before", [b"PK\x03\x04" + bytes(26), b"MZ" + bytes(62), b"<html>"], ids=["archive", "program", "page"]
)
def test_a_polyglot_is_named(before):  # 38
    assert found(before + both()) == {"FILE_NOT_PDF"}


def test_a_file_that_is_half_encrypted_is_named():  # 38
    crypt = b"<< /Type /EmbeddedFile /Filter /Crypt /Length 0 >>\nstream\n\nendstream"
    number = number_of(base(), b"/Type /EmbeddedFile")
    codes = found(revision(both(), {number: crypt}, trailer=b"/Encrypt << /Filter /Standard /V 4 >>"))
    assert codes == {"FILE_ENCRYPTED"}


# 88: cut back


def test_a_file_cut_back_lacks_what_was_signed_last():  # 88
    facts = examine_pdf(both()[: len(first())])
    assert (facts.findings, facts.signature(Role.SECOND)) == ((), None)
    assert issued(division_content()) == both()[: facts.issue_length]
