"""Signed PDFs of others that must be intact, however oddly they are made: what readers accept is not refused."""

import asyncio
import re
from collections.abc import Callable
from hashlib import new
from typing import NoReturn

import pikepdf
import pytest
from asn1crypto import cms, keys
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import InvalidVersion
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, String
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter

from pkdocs.content import Role
from pkdocs.pki.authority import KeyKind
from pkdocs.verification.foreign import examine, inspect_foreign
from pkdocs.verification.foreign.keys import fits
from pkdocs.verification.inspection import Coverage, Inspection, Integrity, Level
from tests import foreign
from tests.foreign import BOX, STAMPED, page, revise, sign, stamp
from tests.foreign_changes import HARMLESS
from tests.foreign_corpus import FORMS, GOOD, WRITERS
from tests.verification.forge import altered, object_bytes, revision

SECOND = Role.SECOND


def intact(pdf: bytes) -> Inspection:
    inspection = inspect_foreign(pdf)
    assert [finding.message("en") for finding in inspection.reasons if finding.weight in {"fail", "unknown"}] == []
    assert inspection.integrity is Integrity.INTACT
    return inspection


def levels(pdf: bytes) -> list[Level]:
    return [signature.level for signature in intact(pdf).signatures]


def test_one_signature_covers_the_file() -> None:
    (signature,) = intact(sign(page())).signatures
    assert (signature.field, signature.covers, signature.level) == ("Sig1", Coverage.FILE, Level.B)
    assert (signature.signer, signature.is_timed) == ("Dra. Citra Maheswari, M.M.", False)


def test_of_several_signatures_the_last_covers_the_file() -> None:
    pdf = sign(sign(sign(page()), "Sig2", SECOND, box=BOX), "Sig3", box=(50, 50, 200, 110))
    assert [(one.field, one.covers) for one in intact(pdf).signatures] == [
        ("Sig1", Coverage.REVISION),
        ("Sig2", Coverage.REVISION),
        ("Sig3", Coverage.FILE),
    ]


@pytest.mark.parametrize(
    ("subfilter", "level"),
    [(SigSeedSubFilter.ADOBE_PKCS7_DETACHED, Level.NONE), (SigSeedSubFilter.PADES, Level.B)],
)
@pytest.mark.parametrize("kind", list(KeyKind))
def test_the_level_is_of_pades_alone(subfilter: SigSeedSubFilter, level: Level, kind: KeyKind) -> None:
    assert levels(sign(page(), subfilter=subfilter, kind=kind)) == [level]


def test_a_timestamp_proves_when_it_was_signed() -> None:
    (signature,) = intact(sign(page(), timed=True)).signatures
    assert (signature.level, signature.signed_at, signature.is_timed) == (Level.T, STAMPED, True)


def test_document_timestamps_and_validation_data_make_the_higher_levels() -> None:
    timed = sign(page(), timed=True)
    assert levels(stamp(sign(page()))) == [Level.T]
    assert levels(revise(sign(page()), foreign.store)) == [Level.B]
    assert levels(revise(timed, foreign.store)) == [Level.LT]
    assert levels(stamp(revise(timed, foreign.store))) == [Level.LTA]
    assert levels(revise(stamp(timed), foreign.store)) == [Level.LT]


def test_old_document_timestamps_and_rewritten_validation_data_stay_intact() -> None:
    def rewrite(writer: IncrementalPdfFileWriter) -> None:
        kept = writer.root["/DSS"]
        kept[pdf_name("/Certs")] = generic.ArrayObject([])
        writer.update_container(kept)

    pdf = stamp(revise(stamp(revise(sign(page(), timed=True), foreign.store)), rewrite))
    assert levels(pdf) == [Level.T]


@pytest.mark.parametrize("permitted", [MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
def test_a_certified_document_may_be_signed_in_its_fields(permitted: MDPPerm) -> None:
    def leave_a_field(document: pikepdf.Pdf) -> None:
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Sig2"), F=4, Rect=Array(BOX))
        made = document.make_indirect(field)
        document.Root.AcroForm.Fields.append(made)
        document.pages[0].obj.Annots.append(made)

    prepared = altered(page(), leave_a_field)
    certified = sign(prepared, certify=True, docmdp_permissions=permitted)
    assert len(intact(stamp(sign(certified, "Sig2", SECOND))).signatures) == 2


def test_a_certified_document_without_changes_may_be_stamped() -> None:
    certified = sign(page(), certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    assert levels(stamp(revise(certified, foreign.store))) == [Level.LTA]


def test_what_was_blank_may_be_filled_in_and_is_named() -> None:
    filled = sign(revise(sign(page({}, {"V": String("100")})), foreign.fill("isian0", "7")), "Sig2", SECOND)
    (finding,) = intact(filled).reasons
    assert (finding.code, dict(finding.params)["names"]) == ("LATER_FILLED", "isian0")


def test_a_checkbox_may_be_ticked() -> None:
    def tick(writer: IncrementalPdfFileWriter) -> None:
        field = foreign.field_of(writer, "isian0")
        field[pdf_name("/V")] = field[pdf_name("/AS")] = pdf_name("/Ya")

    box = page({"FT": Name.Btn, "V": Name.Off, "AS": Name.Off})
    assert [finding.code for finding in intact(revise(sign(box), tick)).reasons] == ["LATER_FILLED"]


def test_who_certifies_a_form_may_let_its_values_change() -> None:
    certified = sign(page({"V": String("100")}), certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    intact(revise(certified, foreign.fill("isian0", "200")))


def test_a_field_may_stand_below_a_name_of_its_own_or_one_that_is_there() -> None:
    pdf = sign(sign(page()), "induk.anak", SECOND)
    assert [one.field for one in intact(sign(pdf, "induk.anak2")).signatures] == ["Sig1", "induk.anak", "induk.anak2"]


def test_a_page_may_have_its_size_from_above() -> None:
    def inherit(document: pikepdf.Pdf) -> None:
        document.Root.Pages.MediaBox = document.pages[0].obj.MediaBox
        del document.pages[0].obj.MediaBox

    intact(sign(sign(altered(page(), inherit)), "Sig2", SECOND, box=BOX))


def test_fields_of_one_name_and_widgets_of_one_field_are_told_apart() -> None:
    def widgets(document: pikepdf.Pdf) -> None:
        first, second = document.Root.AcroForm.Fields
        second.T = first.T
        parent = document.make_indirect(Dictionary(FT=Name.Tx, T=String("induk"), Kids=Array([first, second])))
        first.Parent = second.Parent = parent
        del second.T
        named = [document.make_indirect(Dictionary(FT=Name.Tx, T=String("sama"))) for _ in range(3)]
        document.Root.AcroForm.Fields = Array([parent, *named])

    intact(sign(sign(altered(page({}, {}), widgets)), "Sig2", SECOND))


@pytest.mark.parametrize(
    "options",
    [
        {"object_stream_mode": ObjectStreamMode.generate},
        {"linearize": True},
        {"object_stream_mode": ObjectStreamMode.generate, "linearize": True},
        {"force_version": "1.3"},
    ],
    ids=["object streams", "linearized", "both", "version 1.3"],
)
def test_any_layout_of_the_file_is_read(options: dict[str, object]) -> None:
    intact(stamp(sign(sign(page(**options)), "Sig2", SECOND)))


@pytest.mark.parametrize("more", [b"\n", b"\r\n\r\n", b"\0" * 300])
def test_white_space_at_the_end_is_nothing(more: bytes) -> None:
    intact(sign(page()) + more)


def test_comments_between_revisions_are_nothing() -> None:
    pdf = sign(page())
    catalog, _ = foreign.numbers_of(pdf)
    added = revision(pdf + b"%iText-Core-8.0.2 (AGPL-version)\n", {catalog: object_bytes(pdf, catalog)})
    before, end = added.rsplit(b"startxref", 1)
    intact(before + b"%iText-Core-8.0.2\nstartxref" + end)
    intact(added)


def test_an_object_written_anew_is_the_same() -> None:
    pdf = sign(page())
    _, number = foreign.numbers_of(pdf)
    body = object_bytes(pdf, number)
    assert b"[ 0 0 595 842 ]" in body
    intact(revision(pdf, {number: body.replace(b"[ 0 0 595 842 ]", b"[0.0 0 595.00 842]")}))


def test_information_and_metadata_may_be_renewed() -> None:
    def renew(writer: IncrementalPdfFileWriter) -> None:
        packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
        writer.root[pdf_name("/Metadata")] = writer.add_object(generic.StreamObject(stream_data=packet))
        writer.root[pdf_name("/Version")] = pdf_name("/2.0")
        writer.update_root()

    intact(revise(revise(sign(page()), renew), renew))


def test_a_signer_may_add_a_lock_to_the_field_that_is_signed() -> None:
    def leave_a_field(document: pikepdf.Pdf) -> None:
        field = Dictionary(FT=Name.Sig, T=String("Sig2"), Type=Name.Annot, Subtype=Name.Widget, Rect=Array([0] * 4))
        document.Root.AcroForm.Fields.append(document.make_indirect(field))

    def lock(writer: IncrementalPdfFileWriter) -> None:
        field = foreign.field_of(writer, "Sig2")
        spec = FieldMDPSpec(FieldMDPAction.INCLUDE, ["Sig2"])
        field[pdf_name("/Lock")] = spec.as_pdf_object()
        field[pdf_name("/V")] = writer.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")}))

    pdf = revise(sign(altered(page(), leave_a_field)), lock)
    assert [one.integrity for one in inspect_foreign(pdf).signatures] == [Integrity.INTACT, Integrity.CANNOT_SAY]


def test_damage_that_was_signed_is_nobodys_doing() -> None:
    pdf = re.sub(rb"/Length \d\d ", b"/Length 50 ", page())
    assert pdf != page()
    intact(sign(sign(pdf, strict=False), "Sig2", SECOND, strict=False))


def test_freed_objects_and_used_numbers_are_nothing() -> None:
    pdf = sign(page())
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    rubbish = revision(pdf, {size: b"(rubbish)"})
    freed = revision(rubbish, {}, xref=b"xref\n0 1\n0000000000 65535 f \n%d 1\n0000000000 00001 f \n" % size)
    again = revision(freed, {size: b"(rubbish again)"})
    for state in (rubbish, freed, again):
        intact(state)


def test_one_object_may_be_pointed_to_with_the_white_space_before_it() -> None:
    pdf = sign(page())
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    table = b"xref\n%d 1\n%010d 00000 n \n"
    added = revision(pdf + b"\n", {size: b"(rubbish)"}, xref=table % (size, len(pdf)))
    intact(added)
    intact(revision(added, {}, xref=table % (size, len(pdf) + 1)))


@pytest.mark.parametrize("writer", WRITERS)
def test_any_writer_is_read_and_may_be_signed_and_stamped(writer: str) -> None:
    pdf = FORMS["PAdES visible"](WRITERS[writer]())
    intact(GOOD["validation data, timestamp, twice"](sign(pdf, "Sig2", SECOND, strict=False)))


@pytest.mark.parametrize("form", FORMS)
def test_any_form_of_signature_holds(form: str) -> None:
    intact(stamp(FORMS[form](WRITERS["table"]()), strict=False))


@pytest.mark.parametrize("later", HARMLESS)
def test_what_writers_do_later_without_showing_it_is_nothing(later: str) -> None:
    intact(GOOD[later](FORMS["PAdES"](WRITERS["object streams"]())))


def test_a_structure_may_grow_by_what_was_signed() -> None:
    def tag(document: pikepdf.Pdf) -> None:
        root = document.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTreeNextKey=1))
        first = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=root))
        root.K = Array([first])
        root.ParentTree = document.make_indirect(Dictionary(Nums=Array([0, first])))
        document.Root.StructTreeRoot = root

    def grow(writer: IncrementalPdfFileWriter) -> None:
        root = writer.root["/StructTreeRoot"]
        entries = {"/Type": "/StructElem", "/S": "/Form"}
        added = writer.add_object(
            generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in entries.items()})
        )
        root["/K"].append(added)
        root["/ParentTree"]["/Nums"].extend([generic.NumberObject(1), added])
        root[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(2)
        writer.update_container(root)
        writer.update_container(root["/ParentTree"])

    grown = revise(sign(altered(page(), tag)), grow)
    assert inspect_foreign(grown).integrity is Integrity.NOT_INTACT
    intact(sign(grown, "Sig2", SECOND))


def test_a_claimed_time_that_is_none_is_not_said() -> None:
    def spoil(pdf: bytearray) -> None:
        pdf[pdf.rindex(b"(D\\072") + 1] = ord("X")

    (signature,) = intact(foreign.resigned(sign(page()), prepare=spoil)).signatures
    assert signature.signed_at is None


def test_a_timestamp_that_cannot_be_read_does_not_count() -> None:
    def graft(info: cms.ContentInfo) -> None:
        (signer,) = info["content"]["signer_infos"]
        nothing = cms.ContentInfo({"content_type": "data", "content": b"nothing"})
        token = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [nothing]})
        signer["unsigned_attrs"] = cms.CMSAttributes([token])

    pdf = foreign.resigned(sign(page(), timed=True), change=graft)
    assert [finding.code for finding in intact(pdf).reasons] == ["INSPECT_TIMESTAMP_UNREAD"]
    assert levels(pdf) == [Level.B]


def test_certificates_beside_the_signers_may_be_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(_certificate: bytes, _others: list[bytes]) -> NoReturn:
        raise InvalidVersion("version 9", 9)

    monkeypatch.setattr(examine, "certificates_above", raising)
    assert intact(sign(page())).signatures[0].chain == ()


def test_old_digests_hold_and_are_called_weak() -> None:
    pdf = sign(page(), md_algorithm="sha1", subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    assert [finding.code for finding in intact(pdf).reasons] == ["INSPECT_DIGEST_WEAK"]


def test_a_signature_of_a_digest_holds() -> None:
    pdf = foreign.resigned(sign(page()), kind=b"/adbe.pkcs7.sha1", carried=lambda text: new("sha1", text).digest())  # noqa: S324 the form is so old
    assert [finding.code for finding in intact(pdf).reasons] == ["INSPECT_DIGEST_WEAK"]


def test_a_key_that_is_not_in_der_is_taken_by_its_numbers() -> None:
    made = foreign.signer(kind=KeyKind.RSA2048)
    key = made.signing_cert.public_key
    modulus = key["public_key"].parsed["modulus"].contents.lstrip(b"\0")
    written = keys.RSAPublicKey.load(b"\x30\x82\x01\x09\x02\x82\x01\x00" + modulus + b"\x02\x03\x01\x00\x01")
    odd = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": written})
    with pytest.raises(ValueError, match=r"(?i)invalid|parse"):
        load_der_public_key(odd.dump())
    signature = asyncio.run(made.async_sign_raw(b"text", "sha256"))
    method = SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    assert fits(odd, signature, b"text", method, "sha256", is_digest=False)


# --- around the file and the signature


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf[: pdf.rindex(b"%%EOF")].rstrip() + b"\n",
        lambda pdf: pdf.rstrip(),
        lambda pdf: pdf + b"\n%%EOF\n%%EOF\n",
        lambda pdf: pdf + b"\n<html>signed too</html>\n",
        lambda pdf: re.sub(rb"(\d{10} \d{5} [nf]) \n", b"\\1\r\n", pdf),
        lambda pdf: re.sub(rb"startxref\n(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) - 1), pdf),
    ],
    ids=["no end", "no line end", "three ends", "rubbish", "other line ends", "start a byte before"],
)
def test_what_readers_take_is_taken_where_it_was_signed(change: Callable[[bytes], bytes]) -> None:
    def prepare(pdf: bytearray) -> None:
        pdf[:] = change(bytes(pdf))

    intact(foreign.resigned(sign(page()), prepare=prepare))


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: re.sub(rb"(\d{10} \d{5} [nf]) \n", b"\\1\n", pdf),
        lambda pdf: pdf.replace(b"\nxref\n", b"\nxxxx\n"),
        lambda pdf: re.sub(rb"startxref\n\d+", b"startxref\n0", pdf),
    ],
    ids=["short entries", "no table", "no start"],
)
def test_damaged_references_are_mended_where_all_was_signed(change: Callable[[bytes], bytes]) -> None:
    def prepare(pdf: bytearray) -> None:
        pdf[:] = change(bytes(pdf))

    pdf = foreign.resigned(sign(page()), prepare=prepare)
    assert [finding.code for finding in intact(pdf).reasons] == ["INSPECT_MENDED"]
    for more in (b"\n1 0 obj\n<< >>\nendobj\n", b"\n%rubbish"):
        inspection = inspect_foreign(pdf + more)
        assert inspection.integrity is not Integrity.INTACT
        assert "INSPECT_MENDED" not in {finding.code for finding in inspection.reasons}


@pytest.mark.parametrize("more", [b"\x1a", b"\n%%EOF\n", b"%comment\n"])
def test_an_end_behind_the_end_is_nothing(more: bytes) -> None:
    intact(sign(page()) + more)


def test_what_stands_before_the_header_is_said_and_counts_as_signed() -> None:
    before = b"JUNK" * 20
    signed = foreign.resigned(before + sign(page()))
    assert [finding.code for finding in intact(signed).reasons] == ["INSPECT_BEFORE"]


def test_one_signature_may_have_been_in_several_fields_when_it_was_made() -> None:
    def twice(document: pikepdf.Pdf) -> None:
        field = Dictionary(FT=Name.Sig, T=String("Sig1"), Type=Name.Annot, Subtype=Name.Widget, Rect=Array([0] * 4))
        made = document.make_indirect(field)
        document.Root.AcroForm.Fields.extend([made, made])

    pdf = sign(altered(page(), twice), strict=False)
    assert [finding.code for finding in intact(stamp(pdf)).reasons] == ["INSPECT_SHARED"]


def test_a_signature_may_stand_in_its_field_itself() -> None:
    def direct(document: pikepdf.Pdf) -> None:
        value = Dictionary(
            Type=Name.Sig,
            SubFilter=Name("/ETSI.CAdES.detached"),
            ByteRange=Array([0, 9999999, 9999999, 9999999]),
            Contents=String(b"\0" * 6000),
        )
        field = Dictionary(FT=Name.Sig, T=String("Sig1"), V=value)
        document.Root.AcroForm.Fields.append(document.make_indirect(field))

    intact(foreign.resigned(altered(page(), direct)))
