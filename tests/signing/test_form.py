"""How far a file has come, and that no file that was changed passes for one to sign."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import pikepdf
import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    pdf_string,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pkdocs.content import Content, Parties, Role
from pkdocs.errors import SigningError
from pkdocs.messages import LANGUAGES
from pkdocs.pki import KeyKind
from pkdocs.profile import Zone
from pkdocs.roster import Means
from pkdocs.signing import Stamp, append_signature, read_form
from tests.factory import DIVISION_HEAD, HEAD, MAYOR, division_content, head_content, root_content, second
from tests.foreign import sign as sign_by_pyhanko
from tests.issued import issued
from tests.signed import AT, signed, signer_of
from tests.verification.extend import Extension, certificates, lists
from tests.verification.forge import Beside, Hand

FIRST, SECOND = Role.FIRST, Role.SECOND
Change = Callable[[bytes], bytes]


def refused(pdf: bytes, *codes: str) -> None:
    with pytest.raises(SigningError) as caught:
        read_form(pdf)
    assert caught.value.code in (codes or {"SIGN_ALTERED"})
    assert caught.value.exit_code == 7
    assert all(caught.value.message(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("content", "roles", "awaited"),
    [
        (root_content(), (), (FIRST,)),
        (root_content(), (FIRST,), ()),
        (head_content(), (), (FIRST, SECOND)),
        (head_content(), (FIRST,), (SECOND,)),
        (head_content(), (SECOND,), (FIRST,)),
        (head_content(), (SECOND, FIRST), ()),
        (division_content(), (FIRST, SECOND), ()),
    ],
)
def test_a_form_says_who_has_signed_and_who_is_awaited(
    content: Content, roles: tuple[Role, ...], awaited: tuple[Role, ...]
) -> None:
    pdf = signed(content, roles)
    form = read_form(pdf)
    assert form.content == content
    assert (form.signed, form.open) == (roles, awaited)
    assert form.issue_digest == hashlib.sha256(issued(content)).hexdigest()
    for signature in form.signatures:
        party = content.party(signature.role)
        assert party is not None
        assert signature.person == party.person
        assert signature.certificate == signer_of(party).certificate
    assert [signature.end for signature in form.signatures] == [
        len(signed(content, roles[: count + 1])) for count in range(len(roles))
    ]


@pytest.mark.parametrize("kind", KeyKind)
def test_both_kinds_of_keys_are_read(kind: KeyKind) -> None:
    assert read_form(signed(head_content(), (FIRST, SECOND), kind)).signed == (FIRST, SECOND)


def test_a_party_who_signs_on_paper_is_not_awaited() -> None:
    paper = replace(HEAD, means=Means.PAPER)
    content = replace(head_content(), parties=Parties(paper, second(MAYOR)))
    assert read_form(issued(content)).open == (SECOND,)


def update(change: Callable[[IncrementalPdfFileWriter], None]) -> Change:
    """Return a well-formed later revision, as any editor may append it."""

    def append(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        change(writer)
        writer.write_in_place()
        data: bytes = writer.prev.stream.getvalue()
        return data

    return append


def draw_over(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    drawn = StreamObject(stream_data=b"1 g 50 600 400 20 re f")
    page["/Contents"] = ArrayObject([page.raw_get("/Contents"), writer.add_object(drawn)])
    writer.update_container(page)


def annotate(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Annots"].append(writer.add_object(DictionaryObject({NameObject("/Subtype"): NameObject("/FreeText")})))
    writer.update_container(page["/Annots"])


def retitle(writer: IncrementalPdfFileWriter) -> None:
    writer.prev.trailer["/Info"]["/Title"] = pdf_string("lain")
    writer.update_container(writer.prev.trailer["/Info"])


def touch_catalog(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = ArrayObject()
    writer.update_root()


def add_nothing_of_use(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(NumberObject(1))


def move_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/Rect"] = ArrayObject(map(NumberObject, (0, 0, 500, 700)))
    writer.update_container(field)


def draw_in_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/V"] = writer.add_object(DictionaryObject())
    writer.update_container(field)


class _Quiet(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        pass


def quiet(change: Callable[[IncrementalPdfFileWriter], None]) -> Change:
    """As ``update``, without new dates in Info and XMP."""

    def append(pdf: bytes) -> bytes:
        writer = _Quiet(BytesIO(pdf))
        change(writer)
        writer.write_in_place()
        data: bytes = writer.prev.stream.getvalue()
        return data

    return append


CHANGES = [draw_over, annotate, retitle, touch_catalog, add_nothing_of_use, move_field, draw_in_field]


@pytest.mark.parametrize("roles", [(), (FIRST,), (FIRST, SECOND)])
@pytest.mark.parametrize("make", [update, quiet])
@pytest.mark.parametrize("change", CHANGES)
def test_a_later_revision_that_is_no_signature_is_refused(
    roles: tuple[Role, ...],
    make: Callable[[Callable[[IncrementalPdfFileWriter], None]], Change],
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    refused(make(change)(signed(head_content(), roles)), "SIGN_ALTERED", "SIGN_DAMAGED")


def test_a_revision_between_two_signatures_is_refused() -> None:
    changed = quiet(draw_over)(signed(head_content(), (FIRST,)))
    stamp = Stamp("Arum Pradnyawati", "Wali Kota", AT, Zone.WIB, training=True)
    refused(append_signature(changed, SECOND.value, signer_of(MAYOR), stamp, location=None, reason="uji"))


def test_a_signature_of_somebody_else_is_named() -> None:
    stamp = Stamp(HEAD.name, HEAD.office, AT, Zone.WIB, training=True)
    signer = signer_of(DIVISION_HEAD)
    foreign = append_signature(issued(head_content()), FIRST.value, signer, stamp, location=None, reason="uji")
    refused(foreign, "SIGN_FOREIGN_SIGNATURE")


def test_a_form_says_what_else_the_file_has() -> None:
    sealed = Beside(signer_of(MAYOR), name=b"segel").append(issued(head_content()))
    pdf = Beside(signer_of(HEAD)).append(sealed)
    form = read_form(Extension(certificates(), lists(), stamped=True).append(pdf))
    assert (form.seal, form.signed) == (signer_of(MAYOR).certificate, (FIRST,))
    assert [stamp.field for stamp in form.stamps] == ["waktu-1"]
    assert [one.certificates for one in form.evidence] == [certificates()]
    assert form.unknown == ()


def test_what_is_not_known_about_a_signature_is_said() -> None:
    def more(attributes: dict[str, object]) -> None:
        attributes["1.2.3.4"] = [core.OctetString(b"x")]

    form = read_form(Hand(signer_of(HEAD), attributes=more).sign(issued(head_content()), FIRST))
    assert [finding.code for finding in form.unknown] == ["SIGNATURE_ATTRIBUTE_UNKNOWN"]


def test_a_certificate_in_earnest_is_whose_enrolment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.verification.attribution.is_training", lambda _: False)
    pdf = Beside(signer_of(HEAD)).append(issued(head_content()))
    refused(pdf, "SIGN_OWNER_UNKNOWN")
    assert read_form(pdf, owners={signer_of(HEAD).certificate: HEAD.person}).signed == (FIRST,)


def rewritten(change: Callable[[pikepdf.Pdf], None]) -> Change:
    def save(pdf: bytes) -> bytes:
        output = BytesIO()
        with pikepdf.open(BytesIO(pdf)) as opened:
            change(opened)
            opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return output.getvalue()

    return save


def without_attachment(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Names


def second_attachment(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.Names.EmbeddedFiles.Names
    names.extend([pikepdf.String("lain"), names[1]])


def renamed_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names.EmbeddedFiles.Names[0] = pikepdf.String("lain.json")


def odd_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names.EmbeddedFiles.Names[1].EF.F = pikepdf.Dictionary()


def other_content(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names.EmbeddedFiles.Names[1].EF.F.write(b'{"schema": "pkdocs-content/1"}')


def one_role_more(pdf: pikepdf.Pdf) -> None:
    field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("saksi"))
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(field))


def renamed_field(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields[0].T = pikepdf.String("saksi")


def direct_field(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields.append(pikepdf.Dictionary(T=pikepdf.String("saksi")))


def without_flags(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.SigFlags = 1


def needs_appearances(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.NeedAppearances = True


def filled(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields[0].V = pikepdf.Dictionary()


@pytest.mark.parametrize(
    "change", [without_attachment, second_attachment, renamed_attachment, odd_attachment, other_content]
)
def test_a_file_without_the_content_was_not_issued(change: Callable[[pikepdf.Pdf], None]) -> None:
    refused(rewritten(change)(issued(head_content())), "SIGN_NOT_ISSUED")


def newer_content(pdf: pikepdf.Pdf) -> None:
    stream = pdf.Root.Names.EmbeddedFiles.Names[1].EF.F
    stream.write(stream.read_bytes().replace(b"pkdocs-content/1", b"pkdocs-content/3"))


def test_a_file_of_a_newer_pkdocs_says_so() -> None:
    refused(rewritten(newer_content)(issued(head_content())), "SCHEMA_NEWER")


@pytest.mark.parametrize(
    "change", [one_role_more, renamed_field, direct_field, without_flags, needs_appearances, filled]
)
def test_a_file_with_another_form_is_refused(change: Callable[[pikepdf.Pdf], None]) -> None:
    refused(rewritten(change)(issued(head_content())))


def test_rewriting_a_signed_file_is_found() -> None:
    refused(rewritten(lambda _: None)(signed(head_content())))


def with_object_streams(pdf: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def flipped(pdf: bytes) -> bytes:
    at = pdf.index(b"/StructTreeRoot")
    return pdf[:at] + b"/StructTreeRo0t" + pdf[at + 15 :]


def widened_gap(pdf: bytes) -> bytes:
    at = pdf.rindex(b"/ByteRange [0 ") + 14
    end = pdf.index(b" ", at)
    return pdf[:at] + str(int(pdf[at:end]) - 1).encode() + pdf[end:]


def changed_signature(pdf: bytes) -> bytes:
    """Change the signature value: it ends where the padding begins."""
    at = len(pdf[: pdf.rindex(b">\n/ByteRange")].rstrip(b"0")) - 20
    return pdf[:at] + (b"0" if pdf[at : at + 1] != b"0" else b"1") + pdf[at + 1 :]


@pytest.mark.parametrize(
    "change",
    [with_object_streams, flipped, widened_gap, changed_signature, lambda pdf: pdf + b"\n", lambda pdf: pdf[:-9]],
)
def test_changed_bytes_are_refused(change: Change) -> None:
    refused(change(signed(head_content())), "SIGN_ALTERED", "SIGN_DAMAGED", "SIGN_FOREIGN_SIGNATURE")


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-1.7\nstartxref\n0\n%%EOF\n"])
def test_what_is_no_pdf_is_refused(pdf: bytes) -> None:
    refused(pdf, "SIGN_DAMAGED")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_changed_byte_of_a_signed_file_passes(data: st.DataObject) -> None:
    pdf = signed(head_content())
    at = data.draw(st.integers(0, len(pdf) - 1))
    changed = pdf[:at] + bytes([pdf[at] ^ (1 << data.draw(st.integers(0, 7)))]) + pdf[at + 1 :]
    try:
        form = read_form(changed)
    except SigningError:
        return
    # no signature covers the container of the last one: the certificates above the signer's, and letters' case
    assert pdf.rindex(b"/Contents <") < at < pdf.rindex(b"/ByteRange")
    assert form == read_form(pdf)


@cache
def timestamped() -> bytes:
    sealed = Beside(signer_of(MAYOR), name=b"segel").append(issued(head_content()))
    return Extension(certificates(), lists(), stamped=True).append(sign_by_pyhanko(sealed, "Tanda", FIRST))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_changed_byte_below_a_document_timestamp_passes(data: st.DataObject) -> None:
    pdf = timestamped()
    at = data.draw(st.integers(0, len(pdf) - 1))
    changed = pdf[:at] + bytes([pdf[at] ^ (1 << data.draw(st.integers(0, 7)))]) + pdf[at + 1 :]
    try:
        read_form(changed)
    except SigningError:
        return
    # it covers everything but its own container
    assert pdf.rindex(b"/Contents <") < at < pdf.rindex(b"/ByteRange")
