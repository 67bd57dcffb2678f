"""Signed PDFs of others that must not be intact: each a good one with one change, after signing or for it.

What contradicts itself is not intact; what cannot be judged is said to be so. The numbers are those of the list of
attacks in docs/verification.md.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter as Writer
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm
from pypdfium2 import PdfiumError

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind
from pkdocs.verification.foreign import examine, fields, inspect_foreign, looks, sheets
from pkdocs.verification.foreign.changes import Review
from pkdocs.verification.inspection import Coverage, Integrity
from tests import foreign
from tests.foreign import BOX, numbers_of, page, resigned, revise, sign, stamp
from tests.foreign_changes import CHANGES, HARMLESS, annotation, in_place, unsigned_field_signed
from tests.foreign_corpus import FORMS
from tests.verification.forge import altered, object_bytes, revision

SECOND = Role.SECOND


def codes(pdf: bytes, expected: Integrity = Integrity.NOT_INTACT) -> set[str]:
    """Return the reasons, after making sure that they can be said and how heavy they are."""
    inspection = inspect_foreign(pdf)
    assert [finding.message(language) for finding in inspection.reasons for language in ("id", "en")]
    assert inspection.integrity is expected
    return {finding.code for finding in inspection.reasons}


def unclear(pdf: bytes) -> set[str]:
    return codes(pdf, Integrity.CANNOT_SAY)


# --- the signature itself


def test_changed_bytes_are_named() -> None:
    """1"""
    pdf = sign(page(compress_streams=False))
    assert codes(pdf.replace(b"nomor 7", b"nomor 8")) == {"INSPECT_DIGEST"}


def test_a_changed_value_is_named() -> None:
    """2"""

    def flip(info: cms.ContentInfo) -> None:
        (signer,) = info["content"]["signer_infos"]
        signer["signature"] = signer["signature"].native[:-1] + bytes([signer["signature"].native[-1] ^ 1])

    assert codes(resigned(sign(page()), change=flip)) == {"INSPECT_VALUE"}


def test_content_inside_the_container_is_named() -> None:
    """3"""
    assert unclear(resigned(sign(page()), carried=lambda _covered: b"Lain")) == {"INSPECT_ENCAPSULATES"}


@pytest.mark.parametrize(
    "numbers",
    [
        lambda old: [1, old[1] - 1, *old[2:]],
        lambda old: [0, old[1] - 10, *old[2:]],
        lambda old: [0, old[1], old[2] + 10, old[3] - 10],
        lambda old: [0, old[1], old[2] - 10, old[3]],
        lambda old: [0, old[1], old[2], old[3] - 10],
        lambda old: [0, old[1], old[2], 0],
        lambda old: [0, old[1] + 10, *old[2:]],
        lambda old: [0, 0, *old[2:]],
    ],
    ids=[
        "begins later",
        "gap begins before",
        "gap ends behind",
        "overlaps",
        "tail",
        "no end",
        "in the gap",
        "no start",
    ],
)
def test_a_byte_range_that_is_not_exact_is_named(numbers: Callable[[list[int]], list[int]]) -> None:
    """5, 6, 7"""
    found = codes(resigned(sign(page()), byte_range=numbers))
    assert found & {"INSPECT_BYTE_RANGE", "INSPECT_GAP", "INSPECT_PART"}


@pytest.mark.parametrize("written", [b"[]", b"[0 1 2]", b"[-1 1 2 3]", b"(text)", b"[0 1 2 9999999]", b"9 0 R"])
def test_a_byte_range_that_is_none_is_named(written: bytes) -> None:
    """4, 8"""
    pdf = re.sub(rb"(?<=/ByteRange )\[[\d ]+\]", lambda old: written.ljust(len(old[0])), sign(page()))
    assert "INSPECT_BYTE_RANGE" in codes(pdf)


@pytest.mark.parametrize("entry", [b"/ByteRange", b"/Contents"])
def test_an_entry_that_is_absent_or_null_cannot_be_judged(entry: bytes) -> None:
    """4, 8"""
    pdf = sign(page())
    place = pdf.rindex(entry)
    spoilt = pdf[: place + 1] + b"X" + pdf[place + 2 :]
    assert unclear(spoilt) == {"INSPECT_ENTRY"}


def test_a_byte_range_that_is_null_cannot_be_judged() -> None:
    """4, 8"""
    pdf = sign(page())
    nothing = re.sub(rb"(?<=/ByteRange )\[[\d ]+\]", lambda old: b"null".ljust(len(old[0])), pdf)
    assert unclear(nothing) == {"INSPECT_ENTRY"}


def test_a_field_whose_value_is_no_signature_cannot_be_judged() -> None:
    """8"""
    pdf = revise(page(), unsigned_field_signed)
    assert unclear(pdf) == {"INSPECT_ENTRY"}


@pytest.mark.parametrize("written", [b"", b"00", b"0000000000"])
def test_an_empty_container_never_passes(written: bytes) -> None:
    """8"""
    pdf = sign(page())
    opening, closing = foreign.gap_of(pdf)
    empty = (b"<" + written + b">").ljust(closing - opening)
    assert unclear(pdf[:opening] + empty + pdf[closing:]) == {"INSPECT_CONTAINER"}


def test_forged_objects_in_the_gap_are_named() -> None:
    """11"""
    pdf = sign(page())
    _, closing = foreign.gap_of(pdf)
    table = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    rest = pdf[closing : pdf.index(b"endobj", closing) + 7]
    forged = rest + b"\n" * (table - closing - len(rest)) + pdf[table:]
    moved = pdf[:closing] + forged + pdf[closing:]
    wide = resigned(moved, byte_range=lambda old: [*old[:2], old[2] + len(forged), old[3] - len(forged)])
    assert "INSPECT_GAP" in codes(wide)


def test_bytes_behind_the_signature_in_its_container_cannot_be_judged() -> None:
    """8"""
    pdf = bytearray(sign(page()))
    pdf[foreign.gap_of(bytes(pdf))[1] - 3] = ord("7")
    assert unclear(bytes(pdf)) == {"INSPECT_PADDING"}


@pytest.mark.parametrize("entry", [b"/Contents <00>", b"/ByteRange [0 1 2 3]"])
def test_entries_that_stand_twice_cannot_be_judged(entry: bytes) -> None:
    """9"""

    with_room = sign(page(), reason="x" * 80)
    pdf = resigned(with_room.replace(b"(" + b"x" * 80 + b")", (b"(x)" + entry).ljust(82)))
    assert unclear(pdf) <= {"INSPECT_TWO_READINGS", "INSPECT_ENTRY"}


@pytest.mark.parametrize("copies", [1, 2])
def test_one_value_under_several_fields_is_named(copies: int) -> None:
    """18"""

    def copy(writer: Writer) -> None:
        signed = foreign.field_of(writer, "Sig1")
        for number in range(copies):
            entries = {"/FT": pdf_name("/Sig"), "/T": pdf_string(f"Sig1{number}"), "/V": signed.raw_get("/V")}
            field = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
            writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
        writer.update_container(writer.root["/AcroForm"])

    assert "INSPECT_TWICE" in codes(revise(sign(page()), copy))


def several_signers(info: cms.ContentInfo) -> None:
    infos = info["content"]["signer_infos"]
    infos.append(infos[0].copy())


def no_certificate(info: cms.ContentInfo) -> None:
    info["content"]["certificates"] = []


def another_certificate(info: cms.ContentInfo) -> None:
    other = foreign.signer(SECOND).signing_cert
    (signer,) = info["content"]["signer_infos"]
    signer["sid"] = cms.SignerIdentifier(
        {"issuer_and_serial_number": {"issuer": other.issuer, "serial_number": other.serial_number}}
    )
    info["content"]["certificates"] = [other]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (several_signers, "INSPECT_SIGNERS"),
        (no_certificate, "INSPECT_SIGNER_ABSENT"),
        (another_certificate, "INSPECT_CMS"),
    ],
)
def test_a_container_of_other_signers_cannot_be_judged(change: Callable[[cms.ContentInfo], None], code: str) -> None:
    """37"""
    assert unclear(resigned(sign(page()), change=change)) == {code}


def test_broken_digests_cannot_be_judged() -> None:
    """36"""
    pdf = sign(page(), kind=KeyKind.RSA2048)
    assert unclear(resigned(pdf, md="md5", key=KeyKind.RSA2048)) == {"INSPECT_DIGEST_BROKEN"}


def test_unknown_forms_cannot_be_judged() -> None:
    assert unclear(resigned(sign(page()), kind=b"/adbe.x509.rsa_md4")) == {"INSPECT_FORM"}
    assert "INSPECT_CMS" in unclear(resigned(sign(page()), kind=b"/ETSI.RFC3161"))
    assert "INSPECT_FORM" in unclear(stamp(sign(page())).replace(b"/ETSI.RFC3161", b"/ETSI.RFC3162"))


def test_a_signature_of_another_digest_is_named() -> None:
    """3"""
    assert codes(resigned(sign(page()), kind=b"/adbe.pkcs7.sha1", carried=lambda _covered: b"x" * 20)) == {
        "INSPECT_DIGEST"
    }


def test_a_signature_put_into_a_field_afterwards_is_named() -> None:
    """14, 18"""

    def hide(pdf: bytearray) -> None:
        place = re.search(rb"/V (?=\d+ 0 R)", pdf)
        assert place is not None
        pdf[place.start() : place.end()] = b"/W "

    pdf = resigned(sign(page()), prepare=hide)
    assert unclear(pdf) == {"INSPECT_NO_SIGNATURE"}

    def put(writer: Writer) -> None:
        field = foreign.field_of(writer, "Sig1")
        field[pdf_name("/V")] = field.raw_get("/W")

    assert "INSPECT_OUTSIDE" in codes(revise(pdf, put))


def test_more_signatures_than_anybody_makes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """39"""
    monkeypatch.setattr(examine, "MAX_SIGNATURES", 1)
    assert unclear(sign(sign(page()), "Sig2", SECOND)) == {"INSPECT_TOO_MANY"}


def test_a_timestamp_of_another_signature_is_named() -> None:
    """34, 35"""
    other = sign(page(), timed=True)
    opening, closing = foreign.gap_of(other)
    (donor,) = cms.ContentInfo.load(bytes.fromhex(other[opening + 1 : closing - 1].decode()))["content"]["signer_infos"]

    def graft(info: cms.ContentInfo) -> None:
        (signer,) = info["content"]["signer_infos"]
        signer["unsigned_attrs"] = donor["unsigned_attrs"].copy()

    pdf = resigned(other, change=graft)
    assert codes(pdf) == {"INSPECT_TIMESTAMP"}
    assert inspect_foreign(pdf).signatures[0].is_timed is False


def test_a_document_timestamp_of_another_file_is_named() -> None:
    """34"""
    one, other = stamp(sign(page())), stamp(sign(page(text="Lain")))
    opening, closing = foreign.gap_of(one)
    start, end = foreign.gap_of(other)
    assert closing - opening == end - start
    assert "INSPECT_DIGEST" in codes(one[:opening] + other[start:end] + one[closing:])


# --- the file


def test_bytes_behind_the_end_are_named() -> None:
    """7, 38"""
    pdf = sign(page())
    for more in (b"garbage", b"\n9 0 obj\n<< >>\nendobj\n", b"%9 0 obj << >> endobj\n"):
        assert codes(pdf + more) == {"INSPECT_LOOSE_BYTES"}


def test_objects_that_only_repairing_readers_see_are_named() -> None:
    """12"""
    pdf = sign(page())
    _, sheet = numbers_of(pdf)
    place = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    objects = b"%d 0 obj\n<< /Type /Page >>\nendobj\n" % sheet
    tails = (
        objects,
        objects + b"startxref\n%d\n%%%%EOF\n" % place,
        objects + b"trailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % place,
    )
    assert [inspect_foreign(pdf + tail).integrity for tail in tails] == [Integrity.NOT_INTACT] * 3
    assert unclear(pdf + objects + b"xref\nstartxref\n%d\n%%%%EOF\n" % (len(pdf) + len(objects)))


def test_objects_hidden_in_a_later_revision_are_named() -> None:
    """12, 16"""
    pdf = sign(page())
    catalog, sheet = numbers_of(pdf)
    hidden = b"\n%d 0 obj\n<< /Type /Page >>\nendobj\n" % sheet
    with_hidden = revision(pdf + hidden, {catalog: object_bytes(pdf, catalog)})
    assert codes(with_hidden) == {"INSPECT_LOOSE_BYTES"}
    inside = revision(pdf, {catalog: object_bytes(pdf, catalog) + b"\nendobj" + hidden[:-8]})
    assert codes(inside) == {"INSPECT_LOOSE_BYTES"}
    trailing = revision(pdf, {}, trailer=b">>" + hidden + b"<<")
    assert codes(trailing) == {"INSPECT_LOOSE_BYTES"}
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    stream = b"\n%d 0 obj\n<< /Length 1 >>\nstream\n \nendstream" % sheet
    swallowing = revision(pdf, {size: b"<< /Length 9 /A (>>\nstream\n) >>\nendobj" + stream})
    assert codes(swallowing) == {"INSPECT_LOOSE_BYTES"}


def test_a_reference_into_signed_bytes_is_named() -> None:
    """15"""
    pdf = sign(page(text="9 0 obj << /Type /Page >> endobj", compress_streams=False))
    _, sheet = numbers_of(pdf)
    decoy = pdf.index(b"9 0 obj <<")
    table = b"xref\n%d 1\n%010d 00000 n \n" % (sheet, decoy)
    forged = revision(pdf, {}, xref=table)
    assert inspect_foreign(forged).integrity is not Integrity.INTACT


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"", "INSPECT_NOT_PDF"),
        (b"junk\n" * 300 + page(), "INSPECT_NOT_PDF"),
        (b"%PDF-1.7\n" + b"\0" * 2000, "INSPECT_CROSS_REFERENCES"),
        (page()[:-40], "INSPECT_CROSS_REFERENCES"),
        (page(encryption=pikepdf.Encryption(owner="a", user="b")), "INSPECT_ENCRYPTED"),
        (page(), "INSPECT_NO_SIGNATURE"),
    ],
    ids=["empty", "polyglot", "nothing", "cut", "encrypted", "unsigned"],
)
def test_what_is_no_signed_pdf_cannot_be_judged(pdf: bytes, code: str) -> None:
    """38, 40"""
    assert unclear(pdf) == {code}


def test_a_signature_in_another_field_is_none() -> None:
    """18"""
    pdf = sign(page())
    assert unclear(pdf.replace(b"/FT /Sig", b"/FT /Tx ")) == {"INSPECT_NO_SIGNATURE"}


# --- later revisions


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_what_was_changed_later_is_named(change: Callable[[Writer], None], code: str) -> None:
    pdf = revise(sign(page({}, {"V": String("100")})), change)
    assert code in codes(pdf)


HEALED = {
    "17 signature dictionary",  # a signature that was redefined is judged where it stands
    "30 form drawn anew",  # whoever signs takes it back
    "26 page removed",  # nowhere to sign
}


@pytest.mark.parametrize("change", [change for name, (change, _) in CHANGES.items() if name not in HEALED])
def test_signing_the_changed_file_does_not_heal_it(change: Callable[[Writer], None]) -> None:
    """14"""
    before = sign(page({}, {"V": String("100")}))
    inspection = inspect_foreign(sign(revise(before, change), "Sig2", SECOND))
    assert next(iter(inspection.signatures)).integrity is not Integrity.INTACT
    assert inspection.integrity is Integrity.NOT_INTACT


def test_a_removed_signature_leaves_nothing_to_judge_or_breaks_the_other() -> None:
    """18"""

    def strip(name: str) -> Callable[[Writer], None]:
        def change(writer: Writer) -> None:
            listed = writer.root["/AcroForm"]["/Fields"]
            kept = [entry for entry in listed if entry.get_object()["/T"] != name]
            writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject(kept)
            writer.update_container(writer.root["/AcroForm"])

        return change

    assert unclear(revise(sign(page()), strip("Sig1"))) == {"INSPECT_NO_SIGNATURE"}
    both = sign(sign(page()), "Sig2", SECOND)
    assert "LATER_FIELD_REMOVED" in codes(revise(both, strip("Sig1")))


@pytest.mark.parametrize("shown", ["900", "Lain"])
def test_a_blank_field_that_showed_something_may_not_be_filled_in(shown: str) -> None:
    """20"""
    assert codes(revise(sign(page({"shown": shown})), foreign.fill("isian0", "7"))) == {"LATER_VALUE_CHANGED"}
    blank = revise(sign(page({"shown": "  "})), foreign.fill("isian0", "7"))
    assert inspect_foreign(blank).integrity is Integrity.INTACT


@pytest.mark.parametrize("is_null", [False, True])
def test_what_the_signed_file_lacks_may_not_be_supplied(is_null: bool) -> None:
    """12, 21"""

    def refer(document: Pdf) -> None:
        sheet = document.pages[0].obj
        sheet.Contents = Array([sheet.Contents, Stream(document, b"q Q")])

    pdf = altered(page(), refer)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        number = document.pages[0].obj.Contents[1].objgen[0]
    freed = b"xref\n%d 1\n0000000000 00000 f \n" % number
    lacking = revision(pdf, {number: b"null"}) if is_null else revision(pdf, {}, xref=freed)
    signed = sign(lacking, strict=False)
    assert inspect_foreign(signed).integrity is Integrity.INTACT
    supplied = revision(signed, {number: b"<< /Length 3 >>\nstream\nq Q\nendstream"})
    assert codes(supplied) <= {"LATER_OBJECT_SUPPLIED", "LATER_PAGE"}


def test_a_drawing_that_calls_itself_a_cross_reference_is_compared() -> None:
    """13, 16"""

    def disguise(document: Pdf) -> None:
        document.pages[0].obj.Contents.Type = Name.XRef

    assert codes(revise(sign(altered(page(), disguise)), in_place)) == {"LATER_OBJECT"}


@pytest.mark.parametrize("place", ["/Extensions", "/DSS", "/PieceInfo"])
def test_what_shows_nothing_may_not_serve_a_page_too(place: str) -> None:
    """20, 33"""

    def share(document: Pdf) -> None:
        document.Root[place] = Dictionary(Certs=Array([document.pages[0].obj.Contents]))

    pdf = revise(sign(altered(page(), share)), in_place)
    assert "LATER_OBJECT" in codes(pdf)


def test_information_that_serves_a_page_too_may_not_be_renewed() -> None:
    """20"""

    def share(document: Pdf) -> None:
        document.pages[0].obj.Group = document.trailer.Info

    pdf = sign(altered(page(), share))
    number = int(re.findall(rb"/Info (\d+) 0 R", pdf)[-1])
    assert codes(revision(pdf, {number: b"<< /S /Transparency >>"})) == {"LATER_OBJECT"}


def tagged(document: Pdf) -> None:
    root = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    first = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=root, Alt=String("a")))
    root.K = Array([first, document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=root))])
    root.ClassMap = document.make_indirect(Dictionary(Type=Name.Lain))
    document.Root.StructTreeRoot = root


def fewer(writer: Writer) -> None:
    root = writer.root["/StructTreeRoot"]
    root[pdf_name("/K")] = generic.ArrayObject(list(root["/K"])[1:])
    writer.update_container(root)


def other_words(writer: Writer) -> None:
    first = writer.root["/StructTreeRoot"]["/K"][0]
    first[pdf_name("/Alt")] = pdf_string("b")
    writer.update_container(first)


def other_class(writer: Writer) -> None:
    classes = writer.root["/StructTreeRoot"]["/ClassMap"]
    classes[pdf_name("/A")] = pdf_string("b")
    writer.update_container(classes)


@pytest.mark.parametrize("change", [fewer, other_words, other_class])
def test_a_structure_that_says_something_else_is_named(change: Callable[[Writer], None]) -> None:
    """28"""
    changed = revise(sign(altered(page(), tagged)), change)
    assert codes(changed) == codes(sign(changed, "Sig2", SECOND)) == {"LATER_OBJECT"}


def test_damage_in_later_revisions_cannot_be_judged() -> None:
    """12, 16"""
    pdf = sign(page())
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    stream = b"<< /Length 7 >>\nstream\nq Q\nendstream"
    assert unclear(revision(pdf, {size: stream})) == {"INSPECT_TAIL_DAMAGED", "LATER_DAMAGED"}
    table = b"xref\n%d 2\n%010d 00000 n \n%010d 00000 n \n" % (size, len(pdf), len(pdf) + 12)
    inside = revision(pdf, {size: b"(text)"}, xref=table, trailer=b"/Size %d" % (size + 2))
    assert "INSPECT_LOOSE_BYTES" in codes(inside)


def test_what_is_nested_too_deep_to_compare_is_another() -> None:
    """39"""

    def nest(value: generic.PdfObject) -> Callable[[Writer], None]:
        def change(writer: Writer) -> None:
            nested = value
            for _ in range(12):
                nested = generic.ArrayObject([writer.add_object(nested)])
            writer.root[pdf_name("/Threads")] = nested
            writer.update_root()

        return change

    pdf = sign(revise(page(), nest(pdf_string("a"))))
    assert codes(revise(pdf, nest(pdf_string("a")))) == {"LATER_CATALOG"}


def test_a_freed_object_that_is_used_is_named() -> None:
    """13"""
    pdf = sign(page())
    drawn = int(re.findall(rb"/Contents (\d+) 0 R", pdf)[0])
    table = b"xref\n0 1\n%010d 65535 f \n%d 1\n0000000000 00001 f \n" % (drawn, drawn)
    assert codes(revision(pdf, {}, xref=table)) == {"LATER_PAGE"}


# --- certified documents and locks


def certified(permitted: MDPPerm, *values: dict[str, Any]) -> bytes:
    return sign(page(*values), certify=True, docmdp_permissions=permitted)


def test_annotations_on_a_certified_document_never_pass() -> None:
    """22"""
    assert "LATER_ANNOTATION" in codes(revise(certified(MDPPerm.FILL_FORMS), annotation))
    assert "LATER_ANNOTATION_PERMITTED" in unclear(revise(certified(MDPPerm.ANNOTATE), annotation))


@pytest.mark.parametrize("permitted", [MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
def test_a_field_shown_on_a_certified_document_is_named(permitted: MDPPerm) -> None:
    """23"""
    assert "LATER_FIELD_SHOWN" in codes(sign(certified(permitted), "Sig2", SECOND, box=BOX))


def test_what_the_certification_forbids_is_named() -> None:
    """24"""
    assert "LATER_NOT_PERMITTED" in codes(revise(certified(MDPPerm.NO_CHANGES, {}), foreign.fill("isian0", "1")))
    assert "LATER_NOT_PERMITTED" in codes(revise(certified(MDPPerm.NO_CHANGES), unsigned_field_signed))


def test_a_locked_field_that_changes_is_named() -> None:
    """25"""
    one = sign(page({}), spec={"field_mdp_spec": FieldMDPSpec(FieldMDPAction.INCLUDE, ["isian0"])})
    assert "LATER_FIELD_LOCKED" in codes(revise(one, foreign.fill("isian0", "1")))
    all_of_them = sign(page(), spec={"field_mdp_spec": FieldMDPSpec(FieldMDPAction.ALL)})
    assert "LATER_FIELD_LOCKED" in codes(sign(all_of_them, "Sig2", SECOND))
    assert inspect_foreign(stamp(all_of_them)).integrity is Integrity.INTACT


def test_what_covers_the_page_cannot_be_judged() -> None:
    """23"""
    assert unclear(sign(sign(page()), "Sig2", SECOND, box=(0, 0, 595, 700))) == {"LATER_COVERS"}
    together = sign(sign(sign(page()), "Sig2", SECOND, box=(0, 0, 595, 300)), "Sig3", box=(0, 300, 595, 600))
    assert unclear(together) == {"LATER_COVERS"}
    over_all = page({"Rect": Array([0, 0, 595, 842])})
    assert unclear(revise(sign(over_all), foreign.fill("isian0", "Lain"))) == {"LATER_COVERS", "LATER_FILLED"}


# --- hostile files


def endless_pages(document: Pdf) -> None:
    document.Root.Pages.Kids.append(document.Root.Pages)


def endless_fields(document: Pdf) -> None:
    field = document.make_indirect(Dictionary(T=String("a"), FT=Name.Tx))
    field.Kids = Array([field])
    document.Root.AcroForm.Fields.append(field)


def deep_fields(document: Pdf) -> None:
    below = document.make_indirect(Dictionary(T=String("daun"), FT=Name.Tx))
    for number in range(40):
        below = document.make_indirect(Dictionary(T=String(f"cabang{number}"), Kids=Array([below])))
    document.Root.AcroForm.Fields.append(below)


def test_fields_and_pages_without_end_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """39"""
    assert "LATER_DAMAGED" in unclear(stamp(sign(altered(page(), deep_fields))))
    pdf = stamp(sign(page({}, {})))
    monkeypatch.setattr(fields, "_MAX_NODES", 2)
    assert "LATER_DAMAGED" in unclear(pdf)
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "_MAX_PAGES", 0)
    assert "LATER_DAMAGED" in unclear(pdf)


@pytest.mark.parametrize("change", [endless_pages, endless_fields])
def test_loops_end(change: Callable[[Pdf], None]) -> None:
    """39"""
    pdf = sign(page())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        looped = foreign.saved(document)
    assert inspect_foreign(looped).integrity is not Integrity.INTACT


def test_deep_nesting_ends() -> None:
    """39"""
    pdf = sign(page())
    catalog, _ = numbers_of(pdf)
    deep = object_bytes(pdf, catalog)[:-2] + b"/Deep " + b"[" * 5000 + b"]" * 5000 + b">>"
    assert inspect_foreign(revision(pdf, {catalog: deep})).integrity is not Integrity.INTACT


SIGNED = sign(sign(page({}, compress_streams=False), timed=True), "Sig2", SECOND)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(SIGNED) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_never_raise_and_never_pass(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(SIGNED)
    for place, value in changes:
        damaged[place] = value
    inspection = inspect_foreign(bytes(damaged))
    if inspection.integrity is Integrity.INTACT:
        # no signature covers the container of the last one; what it says of others is their certificates' matter
        opening, closing = foreign.gap_of(SIGNED)
        assert (damaged[:opening], damaged[closing:]) == (SIGNED[:opening], SIGNED[closing:])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(SIGNED) - 1), st.binary(min_size=1, max_size=40))
def test_inserted_bytes_never_raise_and_never_pass(place: int, more: bytes) -> None:
    assert inspect_foreign(SIGNED[:place] + more + SIGNED[place:]).integrity is not Integrity.INTACT


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(SIGNED) - 1))
def test_a_file_that_is_cut_never_raises_and_is_at_best_what_was_signed_before(length: int) -> None:
    inspection = inspect_foreign(SIGNED[:length])
    if inspection.integrity is Integrity.INTACT:
        assert [(one.field, one.covers) for one in inspection.signatures] == [("Sig1", Coverage.FILE)]


def test_states_that_cannot_be_drawn_cannot_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """42"""

    def broken(_pdf: bytes) -> Any:
        raise PdfiumError("no")

    pdf = stamp(sign(page()))
    monkeypatch.setattr(examine, "Looks", broken)
    assert unclear(pdf) == {"LATER_NOT_SHOWN"}
    monkeypatch.undo()
    monkeypatch.setattr(looks.Looks, "page", lambda _self, _number: broken(b""))
    assert unclear(pdf) == {"LATER_NOT_SHOWN"}


@pytest.mark.parametrize("turn", [0, 90])
def test_what_only_the_other_reader_sees_is_named(monkeypatch: pytest.MonkeyPatch, turn: int) -> None:
    """42"""
    monkeypatch.setattr(examine, "review_changes", lambda *_: Review(ModificationLevel.NONE))
    pdf = sign(altered(page(), lambda document: document.pages[0].obj.__setitem__("/Rotate", turn)))
    assert codes(revise(pdf, in_place)) == {"LATER_LOOKS"}
    assert codes(revise(pdf, CHANGES["26 page added"][0])) == {"LATER_PAGE"}


def test_more_redrawn_fields_than_can_be_looked_at_cannot_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """39"""
    monkeypatch.setattr(looks, "_LEAST_PAGES", 0)
    monkeypatch.setattr(looks, "_MAX_PAGES", 0)
    monkeypatch.setattr(looks, "_MOST_PAGES", 0)
    assert unclear(revise(sign(page({}, {"V": String("100")})), HARMLESS["field redrawn"])) == {"LATER_NOT_SHOWN"}


def test_a_raw_signature_is_judged_by_its_value_and_certificate() -> None:
    """1, 2, 8"""
    pdf = FORMS["raw"](page(compress_streams=False))
    opening, _ = foreign.gap_of(pdf)
    assert codes(pdf.replace(b"nomor 7", b"nomor 8")) == {"INSPECT_DIGEST"}
    other = b"0" if pdf[opening + 40 : opening + 41] != b"0" else b"1"
    assert codes(pdf[: opening + 40] + other + pdf[opening + 41 :]) == {"INSPECT_VALUE"}
    assert unclear(pdf[: opening + 40] + b"?" + pdf[opening + 41 :]) == {"INSPECT_ENTRY"}
    assert unclear(pdf.replace(b"/Cert <", b"/Xert <")) == {"INSPECT_SIGNER_ABSENT"}
    assert unclear(pdf.replace(b"/Cert <30", b"/Cert <31")) == {"INSPECT_CONTAINER"}


@pytest.mark.parametrize(
    ("action", "names", "is_allowed"),
    [
        (FieldMDPAction.EXCLUDE, ["isian0"], True),
        (FieldMDPAction.EXCLUDE, ["lain"], False),
        (FieldMDPAction.INCLUDE, ["lain"], True),
        (FieldMDPAction.ALL, None, False),
    ],
)
def test_locks_count_as_they_are_written(action: FieldMDPAction, names: list[str] | None, is_allowed: bool) -> None:
    """25"""
    signed = sign(page({}), spec={"field_mdp_spec": FieldMDPSpec(action, names)})
    inspection = inspect_foreign(revise(signed, foreign.fill("isian0", "1")))
    assert (inspection.integrity is Integrity.INTACT) is is_allowed


def test_a_permission_that_is_none_permits_nothing() -> None:
    """24"""
    pdf = certified(MDPPerm.FILL_FORMS, {})
    spoilt = resigned(pdf.replace(b"/P 2", b"/P 7"))
    assert "LATER_NOT_PERMITTED" in codes(revise(spoilt, foreign.fill("isian0", "1")))


def test_a_file_without_a_catalog_is_not_mended() -> None:
    """38"""
    assert unclear(b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< /Size 2 >>\n") == {"INSPECT_CROSS_REFERENCES"}
