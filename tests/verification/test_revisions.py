"""Attacks on the issued form and on what comes after it."""

import zlib
from functools import cache

import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from pkdocs.content import Role
from pkdocs.verification import examine_pdf
from tests.factory import DIVISION_HEAD, HEAD, division_content
from tests.issued import issued
from tests.signed import signed, signer_of
from tests.verification.forge import Hand, altered, last_size, object_bytes, revision


def codes(pdf: bytes) -> set[str]:
    return {finding.code for finding in examine_pdf(pdf).findings}


@cache
def base() -> bytes:
    return issued(division_content())


@cache
def both() -> bytes:
    return signed(division_content())


def number_of(pdf: bytes, mark: bytes) -> int:
    """Return the number of the first object that holds ``mark``."""
    start = pdf.rindex(b" 0 obj\n", 0, pdf.index(mark))
    return int(pdf[pdf.rindex(b"\n", 0, start) + 1 : start])


def page_number() -> int:
    return number_of(base(), b"/Type /Page ") if b"/Type /Page " in base() else number_of(base(), b"/Type /Page\n")


def with_hand(**errs) -> set[str]:
    return codes(Hand(signer_of(DIVISION_HEAD), **errs).sign(base(), Role.FIRST))


def overlay(pdf: bytes) -> dict[int, bytes]:
    """Return objects that draw a softer target over the first page."""
    drawn = b"q 1 1 1 rg 40 600 400 40 re f Q"
    page, spare = page_number(), last_size(pdf)
    body = object_bytes(base(), page)
    old = body[body.index(b"/Contents ") + 10 :].split(b" 0 R")[0]
    return {
        page: body.replace(b"/Contents %s 0 R" % old, b"/Contents [%s 0 R %d 0 R]" % (old, spare)),
        spare: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    }


def test_a_softer_target_drawn_over_is_named():  # 13
    found = codes(revision(both(), overlay(both())))
    assert found == {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


def test_an_overlay_before_the_first_signature_is_named():  # 13
    found = codes(revision(base(), overlay(base())))
    assert found == {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


def test_an_overlay_in_a_signed_revision_is_named():  # 13, 23
    drawn = overlay(base())
    page, spare = page_number(), last_size(base())
    moved = drawn[page].replace(b"%d 0 R]" % spare, b"%d 0 R]" % (spare + 1))
    assert with_hand(objects={page: moved, -1: drawn[spare]}) == {"REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


def test_a_second_party_who_changes_the_page_is_named():  # 13, 23
    first = signed(division_content(), (Role.FIRST,))
    page, spare = page_number(), last_size(first)
    drawn = overlay(first)
    moved = drawn[page].replace(b"%d 0 R]" % spare, b"%d 0 R]" % (spare + 1))
    found = codes(Hand(signer_of(HEAD), objects={page: moved, -1: drawn[spare]}).sign(first, Role.SECOND))
    assert found == {"REVISION_PAGE_CHANGED", "REVISION_FOREIGN_OBJECT"}


def test_a_changed_content_stream_is_named():  # 13
    stream = b"<< /Length 0 >>\nstream\n\nendstream"
    body = object_bytes(base(), page_number())
    number = int(body[body.index(b"/Contents ") + 10 :].split(b" 0 R")[0])
    assert codes(revision(both(), {number: stream})) == {"REVISION_NOT_SIGNED", "REVISION_PAGE_CHANGED"}


def test_an_empty_revision_is_named():  # 19
    assert codes(revision(both(), {})) == {"REVISION_NOT_SIGNED"}


def test_a_redefined_signature_dictionary_is_named():  # 17
    number = number_of(both(), b"/Type /Sig\n")
    spoofed = object_bytes(both(), number).replace(b"/Name (", b"/Name (X")
    found = codes(revision(both(), {number: spoofed}))
    assert found == {"REVISION_NOT_SIGNED", "REVISION_SIGNATURE_CHANGED"}


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (b"/Type /StructTreeRoot", "REVISION_OBJECT_CHANGED"),
        (b"/Type /EmbeddedFile", "REVISION_OBJECT_CHANGED"),
        (b"/Type /Filespec", "REVISION_OBJECT_CHANGED"),
        (b"/Type /Pages", "REVISION_OBJECT_CHANGED"),
        (b"/FontFile2", "REVISION_PAGE_CHANGED"),
    ],
)
def test_any_object_changed_later_is_named(mark, code):  # 20, 24, 26, 28, 31
    number = number_of(base(), mark)
    assert code in codes(revision(both(), {number: object_bytes(base(), number)}))
    assert code in with_hand(objects={number: object_bytes(base(), number)})


@pytest.mark.parametrize("mark", [b"/Type /Catalog", b"/Type /Metadata", b"/Producer"])
def test_what_a_signer_may_write_again_says_nothing_alone(mark):  # 24, 28
    number = number_of(base(), mark)
    same = {number: object_bytes(base(), number)}
    assert codes(revision(both(), same)) == {"REVISION_NOT_SIGNED", "REVISION_OBJECT_CHANGED"}
    assert with_hand(objects=same) == set()


def test_an_object_slipped_in_with_a_signature_is_named():  # 11, 21
    assert with_hand(objects={-1: b"(wrapped)"}) == {"REVISION_FOREIGN_OBJECT"}


def test_a_second_field_touched_is_named():  # 29
    other = number_of(base(), b"(pihak-kedua)")
    assert "REVISION_FIELDS" in with_hand(objects={other: object_bytes(base(), other)})


def test_a_field_changed_without_signature_is_named():  # 25, 29
    number = number_of(base(), b"(pihak-pertama)")
    changed = object_bytes(base(), number).replace(b"/F 132", b"/F 2")
    assert codes(revision(both(), {number: changed})) >= {"REVISION_NOT_SIGNED", "REVISION_FIELD_CHANGED"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/F 132", b"/F 2"),
        (b"/T (pihak-pertama)", b"/T (pihak-lain)"),
        (b"/Rect [ 320", b"/Rect [ 0"),
        (b"/Action /Include", b"/Action /All"),
        (b"/TU (", b"/TU (X"),
        (b"/Subtype /Widget", b"/Subtype /Widget /MK << >>"),
        (b"/Subtype /Widget", b"/Subtype /Widget /AA << >>"),
        (b"/AP <<", b"/AS /N /AP <<"),
    ],
)
def test_a_signed_field_moved_or_renamed_is_named(old, new):  # 23, 25
    assert with_hand(field_change=lambda body: body.replace(old, new)) == {"REVISION_FIELD_CHANGED"}


def test_a_field_signed_again_is_named():  # 20
    hand = Hand(signer_of(DIVISION_HEAD))
    once = hand.sign(base(), Role.FIRST)
    number = number_of(base(), b"(pihak-pertama)")
    again = object_bytes(once, number).replace(b"/V %d 0 R " % last_size(base()), b"")
    found = codes(Hand(signer_of(DIVISION_HEAD), field_change=lambda _: _again(again, once)).sign(once, Role.FIRST))
    assert "REVISION_SIGNED_TWICE" in found


def _again(body: bytes, pdf: bytes) -> bytes:
    return body.replace(b"/Subtype /Widget", b"/Subtype /Widget /V %d 0 R" % last_size(pdf))


def appearance(body: bytes, **more: bytes) -> set[str]:
    """Return what is found when the signature's appearance is ``body`` (a stream object)."""

    def drawn(text):
        start = text.index(b"/N ")
        old = text[start:].split(b" R")[0] + b" R"
        return text.replace(old, b"/N %d 0 R" % (last_size(base()) + 1))

    objects = {-1: body, **{-number: value for number, value in enumerate(more.values(), 2)}}
    return with_hand(field_change=drawn, objects=objects)


_FORM = b"<< /Type /XObject /Subtype /Form /BBox [0 0 180 70] %s /Length 0 >>\nstream\n\nendstream"


def test_a_plain_appearance_is_accepted():
    assert appearance(_FORM % b"/Resources << >>") == set()


@pytest.mark.parametrize(
    "more",
    [
        b"/OC << /Type /OCG >>",
        b"/Resources << /Properties << >> >>",
        b"/Ref << >>",
        b"/Resources << /ExtGState << /A << /OC 1 >> >> >>",
        b"/Filter /DCTDecode",
        b"/Resources << /XObject << /X 12 0 R >> >>",
    ],
)
def test_an_appearance_that_does_more_than_draw_is_named(more):  # 20, 21, 23
    assert appearance(_FORM % more) == {"REVISION_APPEARANCE"}


def test_an_appearance_that_is_no_drawing_is_named():  # 20
    assert "REVISION_FIELD_CHANGED" in appearance(b"<< /Type /Annot >>")


def test_an_appearance_that_inflates_too_far_is_named(monkeypatch):  # 39
    packed = zlib.compress(bytes(20_000_000), 9)
    body = b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    assert appearance(body % (len(packed), packed)) == {"REVISION_APPEARANCE"}


def test_a_file_cut_back_lacks_a_signature():  # 88
    facts = examine_pdf(both()[: len(signed(division_content(), (Role.FIRST,)))])
    assert facts.findings == ()
    assert facts.signature(Role.SECOND) is None


# the issued form


def root_entry(name: str, value: object):
    def change(document):
        document.Root[f"/{name}"] = value(document) if callable(value) else value

    return change


ACTION = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (root_entry("OpenAction", lambda _: Dictionary(ACTION)), "ISSUED_ACTIVE"),
        (root_entry("AA", lambda _: Dictionary(WC=Dictionary(ACTION))), "ISSUED_ACTIVE"),
        (root_entry("OCProperties", lambda _: Dictionary(OCGs=Array())), "ISSUED_ACTIVE"),
        (root_entry("Outlines", lambda _: Dictionary()), "ISSUED_FOREIGN"),
        (root_entry("Perms", lambda _: Dictionary()), "ISSUED_FOREIGN"),
        (root_entry("Lang", String("en-US")), "ISSUED_SHAPE"),
        (root_entry("MarkInfo", lambda _: Dictionary(Marked=False)), "ISSUED_SHAPE"),
        (lambda d: d.Root.__delitem__("/OutputIntents"), "ISSUED_LACKS"),
        (lambda d: d.Root.AcroForm.__setitem__("/NeedAppearances", True), "ISSUED_ACTIVE"),
        (lambda d: d.Root.AcroForm.__setitem__("/XFA", Array()), "ISSUED_ACTIVE"),
        (lambda d: d.Root.AcroForm.__setitem__("/DA", String("/Helv 0 Tf")), "ISSUED_FOREIGN"),
        (lambda d: d.Root.AcroForm.__setitem__("/SigFlags", 1), "ISSUED_FIELD"),
        (lambda d: d.Root.Names.__setitem__("/JavaScript", Dictionary(Names=Array())), "ISSUED_ACTIVE"),
        (lambda d: d.Root.Names.__setitem__("/Dests", Dictionary(Names=Array())), "ISSUED_FOREIGN"),
        (lambda d: d.pages[0].obj.__setitem__("/AA", Dictionary(O=Dictionary(ACTION))), "ISSUED_ACTIVE"),
        (lambda d: d.pages[0].obj.__setitem__("/UserUnit", 2), "ISSUED_FOREIGN"),
        (lambda d: d.pages[0].obj.__setitem__("/Rotate", 180), "ISSUED_SHAPE"),
        (lambda d: d.pages[0].obj.__setitem__("/CropBox", Array([0, 0, 100, 100])), "ISSUED_SHAPE"),
        (lambda d: d.pages[0].obj.__setitem__("/MediaBox", Array([0, 0, 9000, 9000])), "ISSUED_SHAPE"),
        (lambda d: d.pages[0].Resources.__setitem__("/Properties", Dictionary()), "ISSUED_FOREIGN"),
        (lambda d: d.pages[0].Contents.__setitem__("/F", String("http://x.invalid")), "ISSUED_ACTIVE"),
    ],
)
def test_what_an_issued_file_never_has_is_named(change, code):  # 21, 26, 28, 30
    pdf = altered(base(), change)
    assert code in codes(pdf)
    assert code in codes(Hand(signer_of(DIVISION_HEAD)).sign(pdf, Role.FIRST))


def test_a_wrong_count_of_pages_is_named():  # 26
    assert codes(base().replace(b"/Count 3", b"/Count 2")) == {"ISSUED_SHAPE"}


def annotate(document):
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String("x"))
    document.pages[0].Annots.append(document.make_indirect(note))


def test_an_annotation_is_named():  # 22, 27
    assert codes(altered(base(), annotate)) == {"ISSUED_ANNOTATION"}


def test_an_inline_annotation_is_named():  # 27
    def inline(document):
        document.pages[0].Annots.append(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9])))

    assert codes(altered(base(), inline)) == {"ISSUED_ANNOTATION"}


def field(change):
    return lambda document: change(document.Root.AcroForm.Fields[0])


@pytest.mark.parametrize(
    "change",
    [
        field(lambda f: f.__setitem__("/T", String("lain"))),
        field(lambda f: f.__setitem__("/F", 4)),
        field(lambda f: f.__setitem__("/FT", Name.Tx)),
        field(lambda f: f.__setitem__("/V", Dictionary())),
        field(lambda f: f.Lock.__setitem__("/P", 1)),
        field(lambda f: f.__delitem__("/Lock")),
        field(lambda f: f.AP.N.write(b"0 0 9 9 re f")),
        field(lambda f: f.AP.__setitem__("/D", f.AP.N)),
        lambda d: d.Root.AcroForm.Fields.append(d.Root.AcroForm.Fields[0]),
        lambda d: d.pages[0].obj.__delitem__("/Annots"),
        lambda d: d.pages[0].Annots.append(d.pages[0].Annots[0]),
        lambda d: d.Root.AcroForm.Fields[0].__setitem__("/P", d.pages[1].obj),
    ],
)
def test_a_field_that_looks_otherwise_than_ours_is_named(change):  # 24, 25, 40
    assert "ISSUED_FIELD" in codes(altered(base(), change))


def test_a_field_of_fewer_parties_than_the_content_is_named():  # 40, 82
    def drop(document):
        del document.Root.AcroForm.Fields[1]
        del document.pages[0].Annots[1]

    assert codes(altered(base(), drop)) >= {"CONTENT_FIELDS"}


def attach(document):
    document.attachments["more.txt"] = b"x"


def attach_again(document):
    names = document.Root.Names.EmbeddedFiles.Names
    names.extend([String("agreement.json"), names[1]])


def attach_elsewhere(document):
    stream = Stream(document, b"{}")
    stream.Type = Name.EmbeddedFile
    document.pages[0].Resources.Font["/X"] = Dictionary(Type=Name.Filespec, EF=Dictionary(F=stream))


@pytest.mark.parametrize(
    "change",
    [
        attach,
        attach_again,
        attach_elsewhere,
        lambda d: d.Root.Names.__delitem__("/EmbeddedFiles"),
        lambda d: d.Root.__setitem__("/AF", Array()),
        lambda d: d.Root.Names.EmbeddedFiles.Names.__setitem__(0, String("lain.json")),
        lambda d: d.Root.Names.EmbeddedFiles.Names[1].__setitem__("/UF", String("lain.json")),
        lambda d: d.Root.Names.EmbeddedFiles.Names[1].EF.__setitem__("/UF", Stream(d, b"{}")),
    ],
)
def test_another_attachment_is_named(change):  # 31
    assert "ISSUED_ATTACHMENTS" in codes(altered(base(), change))


def test_a_font_that_is_not_embedded_is_named():  # 42
    def outside(document):
        font = document.pages[0].Resources.Font["/F1"].DescendantFonts[0]
        del font.FontDescriptor["/FontFile2"]

    assert codes(altered(base(), outside)) == {"ISSUED_FONT"}


def test_a_font_drawn_by_programs_is_named():  # 42
    def drawn(document):
        document.pages[0].Resources.Font["/X"] = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary())

    assert codes(altered(base(), drawn)) == {"ISSUED_FONT"}


def test_a_pattern_of_tiles_is_named():  # 39
    def tiled(document):
        tile = Stream(document, b"0 0 1 1 re f")
        tile.Type, tile.PatternType, tile.PaintType, tile.TilingType = Name.Pattern, 1, 1, 1
        document.pages[0].Resources["/Pattern"] = Dictionary(P=tile)

    assert codes(altered(base(), tiled)) == {"ISSUED_FOREIGN"}


def test_an_xobject_that_is_neither_picture_nor_form_is_named():
    def postscript(document):
        stream = Stream(document, b"")
        stream.Type, stream.Subtype = Name.XObject, Name.PS
        document.pages[0].Resources.XObject["/X"] = stream

    assert codes(altered(base(), postscript)) >= {"ISSUED_FOREIGN", "ISSUED_ACTIVE"}
