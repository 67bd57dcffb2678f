"""Attacks on what the file says: page, attachment, metadata and QR code must say the same."""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
import segno
from pikepdf import Array, Dictionary, Name, Stream

from pkdocs.content import Content, Role, Value, qr_text
from pkdocs.issue import issue_pdf
from pkdocs.messages import Said
from pkdocs.roster import Means
from pkdocs.verification import Facts, Weight, examine_pdf
from pkdocs.verification.pages import read_pages
from tests.factory import DIVISION_HEAD, division_content, root_content
from tests.issued import TEMPLATE_DIGEST, TOOLCHAIN, issued, source_pdf
from tests.signed import signer_of
from tests.verification.forge import Hand, altered


def examined(pdf: bytes) -> Facts:
    """Return the facts of ``pdf``, signed: what is printed is wrong from the beginning."""
    return examine_pdf(Hand(signer_of(DIVISION_HEAD)).sign(pdf, Role.FIRST))


def codes(pdf: bytes) -> set[str]:
    return {finding.code for finding in examined(pdf).findings}


@cache
def base() -> bytes:
    return issued(division_content())


def softer(content: Content) -> Content:
    """Return ``content`` with the target 75 as 60."""
    goal = content.goals[0]
    promise = replace(goal.indicators[0], target=Value(number="60"))
    return replace(content, goals=(replace(goal, indicators=(promise,)), *content.goals[1:]))


def issue(printed: bytes, content: Content) -> bytes:
    return issue_pdf(printed, content, template_digest=TEMPLATE_DIGEST, toolchain=TOOLCHAIN)


def changed_source(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """Return what is issued of a source whose pages were changed first."""
    with pikepdf.open(io.BytesIO(source_pdf(division_content()))) as document:
        change(document)
        output = io.BytesIO()
        document.save(output)
    return issue(output.getvalue(), division_content())


def draw(commands: bytes, page: int = 0) -> Callable[[pikepdf.Pdf], None]:
    return lambda document: document.pages[page].contents_add(Stream(document, commands))


def attachment(change: Callable[[bytes], bytes]) -> bytes:
    def write(document):
        stream = document.Root.Names.EmbeddedFiles.Names[1].EF.F
        stream.write(change(stream.read_bytes()))

    return altered(base(), write)


def test_page_and_attachment_agree_in_an_issued_file():
    facts = examine_pdf(base())
    assert facts.findings == ()
    assert facts.content == division_content()
    assert facts.content_digest == division_content().digest
    assert facts.template_digest == TEMPLATE_DIGEST
    assert facts.codes == (qr_text("", facts.content.id, facts.content_digest),)


def test_a_softer_target_on_the_page_is_named():  # 32
    content = division_content()
    facts = examined(issue(source_pdf(softer(content)), content))
    assert {finding.code for finding in facts.findings} == {"PAGE_TEXT_MISSING", "QR_OTHER"}
    missing = {dict(f.params)["value"] for f in facts.findings if f.code == "PAGE_TEXT_MISSING"}
    assert "75%" in missing


def test_a_softer_target_in_the_attachment_is_named():  # 32, 83
    found = codes(attachment(lambda _: softer(division_content()).canonical))
    assert found == {"PAGE_TEXT_MISSING", "QR_OTHER", "CONTENT_METADATA"}


@pytest.mark.parametrize("old", ["contentDigest", "templateDigest", "id"])
def test_metadata_that_say_something_else_are_named(old):  # 32, 84
    def change(document):
        packet = document.Root.Metadata.read_bytes().decode()
        start = packet.index(f"<pkdocs:{old}>") + len(f"<pkdocs:{old}>")
        document.Root.Metadata.write((packet[:start] + "X" + packet[start + 1 :]).encode())

    assert codes(altered(base(), change)) == {"CONTENT_METADATA"}


@pytest.mark.parametrize("packet", [b"", b"\xff\xfe", b"<x/>"])
def test_metadata_that_cannot_be_read_are_named(packet):
    def change(document):
        document.Root.Metadata.write(packet)

    assert codes(altered(base(), change)) == {"CONTENT_METADATA"}


def test_a_property_twice_in_the_metadata_is_named():
    def change(document):
        packet = document.Root.Metadata.read_bytes().decode()
        again = packet.replace("</pkdocs:id>", "</pkdocs:id><pkdocs:id>PK-2026-X-1</pkdocs:id>")
        document.Root.Metadata.write(again.encode())

    assert codes(altered(base(), change)) == {"CONTENT_METADATA"}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b'"year":2026', b'"year":2026,"year":2026'),
        lambda data: data.replace(b'"year":2026', b'"year": 2026'),
        lambda data: data.replace(b'"year":2026', b'"year":2026.0'),
        lambda data: data.replace(b'"year":2026', b'"tahun":2026'),
        lambda data: data.replace(b"Elok", b"E\xcc\x81lok"),
        lambda data: data.replace(b"Elok", "\u202ekolE".encode()),
        lambda data: data.replace(b"Elok", b"Elok\\u0000"),
        lambda data: data + b"\n",
        lambda data: b"\xef\xbb\xbf" + data,
        lambda _: b"{" * 5000,
        lambda _: b"null",
    ],
)
def test_tricks_with_the_canonical_form_are_named(change):  # 85
    facts = examined(attachment(change))
    assert facts.content is None
    assert {finding.code for finding in facts.findings} == {"CONTENT_UNREADABLE"}


def test_a_content_of_a_newer_pkdocs_is_unknown():
    facts = examined(attachment(lambda data: data.replace(b"pkdocs-content/1", b"pkdocs-content/3")))
    (finding,) = facts.findings
    assert (finding.code, finding.weight, facts.content) == ("CONTENT_NEWER", Weight.UNKNOWN, None)
    assert "pkdocs-content/3" in finding.message("id")
    assert "pkdocs-content/2" in finding.message("id")


def test_a_giant_attachment_is_named():  # 39
    assert codes(attachment(lambda data: data + b" " * 5_000_000)) == {"CONTENT_UNREADABLE"}


def test_the_first_partys_field_alone_is_not_enough_for_two():  # 82
    content = replace(root_content(), goals=division_content().goals)
    assert examine_pdf(issued(content)).findings == ()
    found = codes(attachment(lambda _: content.canonical))
    assert "CONTENT_FIELDS" in found


def test_a_party_on_paper_has_no_field():
    second = replace(division_content().parties.second, means=Means.PAPER)
    content = replace(division_content(), parties=replace(division_content().parties, second=second))
    assert examine_pdf(issued(content)).findings == ()


def test_a_hyphen_at_the_end_of_a_line_is_one():
    content = division_content()
    office = "Kepala Bidang Penegakan Peraturan " + "Perundang- undangan " * 12 + "Daerah"
    longer = replace(content, parties=replace(content.parties, first=replace(content.parties.first, office=office)))
    assert examine_pdf(issued(longer)).findings == ()


# what is hidden


def test_white_text_is_named():  # 21, 83
    def white(document):
        page = document.pages[0]
        page.contents_add(Stream(document, b"1 1 1 rg"), prepend=True)

    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(white))


def test_invisible_text_is_named():  # 21, 83
    assert "PAGE_TEXT_HIDDEN" in codes(
        changed_source(lambda d: d.pages[0].contents_add(Stream(d, b"3 Tr"), prepend=True))
    )


def test_text_covered_by_a_box_is_named():  # 21
    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(draw(b"q 1 1 1 rg 40 500 500 40 re f Q")))


def test_text_covered_by_a_grey_box_is_named():  # 21
    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(draw(b"q 0.8 0.9 1 rg 40 500 500 40 re f Q")))


def test_text_printed_over_other_text_is_named():  # 21
    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(draw(b"BT /F1 9 Tf 50.3 690 Td <00010002> Tj ET")))


@pytest.mark.parametrize("place", [b"700 400 Td", b"-40 400 Td", b"50 900 Td"])
def test_text_off_the_page_is_named(place):  # 21, 83
    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(draw(b"BT /F1 9 Tf " + place + b" <000100020003> Tj ET")))


def test_tiny_text_is_named():  # 83
    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(draw(b"BT /F1 1 Tf 300 160 Td <000500060007> Tj ET")))


def test_text_under_a_signature_is_named():  # 23
    assert "PAGE_TEXT_HIDDEN" in codes(changed_source(draw(b"BT /F1 9 Tf 340 90 Td <000100020003> Tj ET")))


@pytest.mark.parametrize(
    "lines",
    [
        b"0.5 w 40 505.5 m 500 505.5 l S",  # between two lines of text, whose letters stand at 495 and 508
        b"0.6 w 50 480.8 m 500 480.8 l S 50 478 400 0.7 re f",  # through what goes below the line
        b"2 w 20 20 555 802 re S",
        b"0.5 w 45 505 480 -13 re S",
        b"1 1 1 rg 200 20 m 200 600 l h n",
    ],
)
def test_borders_and_underlines_hide_nothing(lines):
    assert codes(changed_source(draw(b"q " + lines + b" Q"))) == set()


@pytest.mark.parametrize(
    "shape",
    [
        b"0.5 w 40 498 m 500 498 l S",
        b"1 G 8 w 45 498 m 80 498 l S",
        b"1 G 8 w 45 498 m 80 499 l S",
        b"1 G 6 w 45 498 m 50 500 60 500 80 498 c S",
        b"1 G 1 w 52 490 m 52 520 l S",
        b"1 g 45 500 30 1.2 re f",
        b"1 g " + b" ".join(b"45 %.1f 30 0.4 re" % (494 + 0.4 * row) for row in range(20)) + b" f",
        b"1 g 45 480.3 400 1 re f",
        b"0.6 w 1 G 45 480.8 m 500 480.8 l S",
        b"40 w 60 400 300 300 re S",
        b"1 G 0.5 w " + b"45 500 m 80 500 l " * 2100 + b"S",
    ],
)
def test_a_shape_over_letters_is_named(shape):  # 21: an 8 with a white strip over its middle is a 0
    assert codes(changed_source(draw(b"q " + shape + b" Q"))) == {"PAGE_TEXT_HIDDEN"}


def in_a_form(document):
    """Draw the first page's text within a form, and white and other digits over it."""
    page = document.pages[0].obj
    body = b"/F1 9 Tf " + page.Contents.read_bytes()
    form = Stream(document, body)
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 595, 842])
    form.Resources = page.Resources
    drawn = b"/Fm0 Do 1 g 48 493 20 10 re f 0 g BT /F1 9 Tf 50 495 Td <00010002> Tj ET"
    page.Contents = Stream(document, drawn)
    page.Resources = Dictionary(Font=page.Resources.Font, XObject=Dictionary(Fm0=document.make_indirect(form)))


def test_text_inside_a_form_is_named():  # 21: what is drawn over it would not be seen
    found = examined(changed_source(in_a_form)).findings
    assert Said("HIDDEN_IN_FORM") in {dict(f.params)["what"] for f in found if f.code == "PAGE_TEXT_HIDDEN"}


def inset(start: float, gap: bytes = b"") -> bytes:
    """Return a word with a gap, and another word ``start`` points after its beginning."""
    return b"BT /F1 9 Tf 300 160 Td [<00100011> %s <00100011>] TJ ET BT /F1 9 Tf %.1f 160 Td <0012> Tj ET" % (
        gap,
        300 + start,
    )


def test_a_letter_in_a_gap_of_the_text_around_it_is_not_over_it():
    wide = b"-2000"
    assert codes(changed_source(draw(inset(18, wide)))) == set()
    assert codes(changed_source(draw(inset(1, wide)))) == {"PAGE_TEXT_HIDDEN"}


def test_transparent_text_over_drawn_letters_is_named():  # 21
    def clear(document):
        page = document.pages[0]
        page.Resources.ExtGState = Dictionary(Clear=Dictionary(ca=0))
        drawn = b"q 300 158 9 9 re 302 160 4 4 re f* /Clear gs BT /F1 9 Tf 300 160 Td <00100011> Tj ET Q"
        page.contents_add(Stream(document, drawn))

    found = examined(changed_source(clear)).findings
    assert Said("HIDDEN_TRANSPARENT") in {dict(f.params)["what"] for f in found if f.code == "PAGE_TEXT_HIDDEN"}


def test_a_letter_in_a_gap_is_read_in_its_place():
    def read(commands: bytes) -> str:
        reading, findings = read_pages(changed_source(draw(commands)), ())
        assert findings == ()
        return "".join(reading.text.split())

    straight = read(b"BT /F1 9 Tf 300 160 Td <00100011001200100011> Tj ET")
    assert read(inset(18, b"-2000")) == straight
    assert read(b"BT /F1 9 Tf 300 160 Td <0010001100100011> Tj ET") != straight


def test_a_page_with_letters_in_more_gaps_than_can_be_judged_is_named(monkeypatch):
    monkeypatch.setattr("pkdocs.verification.pages._MAX_INSETS", -1)
    assert codes(changed_source(draw(inset(18, b"-2000")))) == {"PAGE_TEXT_HIDDEN"}


def test_a_page_with_more_shapes_than_can_be_judged_is_named(monkeypatch):
    monkeypatch.setattr("pkdocs.verification.pages._MAX_COMPARED", 5)
    assert codes(changed_source(draw(b"300 20 10 10 re f"))) == {"PAGE_TEXT_HIDDEN"}


def test_a_hyphen_at_which_no_line_breaks_is_a_hyphen():
    content = division_content()
    goal = content.goals[0]
    firm, plain = (
        replace(content, goals=(replace(goal, text=f"Layanan x{hyphen}y"), *content.goals[1:])) for hyphen in "\u2011-"
    )
    facts = examined(issue(source_pdf(plain), firm))
    assert {finding.code for finding in facts.findings} == {"QR_OTHER"}


# the QR code


def picture(text: str) -> Callable[[pikepdf.Pdf], None]:
    def replace_code(document):
        code = segno.make(text, error="m", micro=False)
        rows = [bytes(0 if module else 255 for module in row) for row in code.matrix_iter(border=4)]
        image = next(
            drawn
            for drawn in document.pages[0].Resources.XObject.as_dict().values()
            if drawn.Subtype == Name.Image and int(drawn.Width) > 20
        )
        image.write(b"".join(rows))
        image.Width, image.Height = len(rows[0]), len(rows)
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8

    return replace_code


def test_the_qr_code_of_another_agreement_is_named():  # 32, 86
    other = root_content()
    assert codes(changed_source(picture(qr_text("", other.id, other.digest)))) == {"QR_OTHER"}


def test_a_qr_code_that_says_something_else_is_named():  # 87
    assert codes(changed_source(picture("https://jahat.invalid/"))) == {"QR_OTHER"}


def test_a_shorter_digest_in_the_qr_code_is_named():  # 86
    content = division_content()
    assert codes(changed_source(picture(qr_text("", content.id, content.digest)[:-4]))) == {"QR_OTHER"}


def test_a_page_without_qr_code_is_named():
    def remove(document):
        for drawn in document.pages[0].Resources.XObject.as_dict().values():
            if drawn.Subtype == Name.Image and int(drawn.Width) > 20:
                size = int(drawn.Width) * int(drawn.Height)
                drawn.ColorSpace, drawn.BitsPerComponent = Name.DeviceGray, 8
                drawn.write(b"\xff" * size)

    assert codes(changed_source(remove)) == {"QR_ABSENT"}


def test_a_second_qr_code_that_leads_elsewhere_is_named():  # 87
    code = segno.make("https://jahat.invalid/", error="m", micro=False)

    def add(document):
        squares = b"".join(
            b"%d %d 3 3 re " % (420 + 3 * column, 300 - 3 * row)
            for row, modules in enumerate(code.matrix)
            for column, dark in enumerate(modules)
            if dark
        )
        document.add_blank_page(page_size=(595, 842))
        page = document.pages[-1]
        page.obj.Resources = Dictionary()
        page.obj.StructParents = 99
        page.Contents = Stream(document, squares + b"f")

    assert "QR_OTHER" in codes(changed_source(add))


def test_numbers_of_persons_do_not_reach_the_message():
    content = division_content()
    renumbered = replace(
        content, parties=replace(content.parties, first=replace(content.parties.first, number="NIP. 9"))
    )
    facts = examined(issue(source_pdf(renumbered), content))
    texts = [finding.message(language) for finding in facts.findings for language in ("id", "en")]
    assert any("NIP. …" in text for text in texts)
    assert not any("197801302003012994" in text for text in texts)


def test_pages_are_not_opened_if_the_form_is_wrong(monkeypatch):
    def opened(_):
        raise AssertionError("pdfium must not see this file")

    monkeypatch.setattr("pkdocs.verification.examine.read_pages", opened)
    pdf = altered(base(), lambda d: d.Root.__setitem__("/AA", Array()))
    assert "EXAMINATION_FAILED" not in {finding.code for finding in examine_pdf(pdf).findings}
