"""The issued PDF is a closed form: what it holds, and what it refuses."""

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pikepdf import Array, Dictionary, Name, NumberTree, Pdf, Stream, String
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1, ISO32002

from pkdocs.content import ANCHOR_ADDRESS, Content, Parties, Role
from pkdocs.errors import DocumentError
from pkdocs.issue import NAMESPACE, PROPERTIES, Toolchain, electronic_roles, issue_pdf
from pkdocs.roster import Means
from tests.factory import division_content, head_content, root_content
from tests.issued import SLOTS, TEMPLATE_DIGEST, TOOLCHAIN, issued, source_pdf

CONTENT = head_content()
Change = Callable[[Pdf], object]


def changed(change: Change, pdf: bytes = b"", **options: object) -> bytes:
    """Return the source PDF (or ``pdf``) with one change."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf or source_pdf(CONTENT))) as document:
        change(document)
        document.save(output, **options)
    return output.getvalue()


def issue(pdf: bytes, content: Content = CONTENT) -> bytes:
    return issue_pdf(pdf, content, template_digest=TEMPLATE_DIGEST, toolchain=TOOLCHAIN)


def opened(pdf: bytes) -> Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def on_paper(content: Content, role: Role) -> Content:
    parties = content.parties
    if role is Role.FIRST:
        return replace(content, parties=replace(parties, first=replace(parties.first, means=Means.PAPER)))
    assert parties.second is not None
    return replace(content, parties=Parties(parties.first, replace(parties.second, means=Means.PAPER)))


def links_as_newer_offices_tag_them(document: Pdf) -> None:
    """Newer LibreOffice gives each link annotation an element of its own in the structure tree."""
    root = document.Root.StructTreeRoot
    tree = NumberTree(root.ParentTree)
    for key, link in enumerate(document.pages[0].Annots, len(document.pages)):
        element = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Link, P=root.K[0]))
        element.K = Array([Dictionary(Type=Name.OBJR, Obj=link, Pg=document.pages[0].obj)])
        root.K[0].K.append(element)
        link.StructParent = key
        tree[key] = element


# What it holds


@pytest.mark.parametrize(
    "content", [root_content(), head_content(), division_content()], ids=lambda content: content.id
)
def test_each_electronic_role_has_one_empty_field_where_its_anchor_was(content: Content) -> None:
    with opened(issued(content)) as document:
        fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
        assert list(fields) == [role.value for role in content.roles]
        for role, field in fields.items():
            assert [float(edge) for edge in field.Rect] == list(SLOTS[role])
            assert document.pages[0].obj == field.P
            assert set(field.keys()) == {
                "/Type", "/Subtype", "/FT", "/T", "/TU", "/F", "/Rect", "/P", "/Lock", "/AP", "/StructParent",
            }  # fmt: skip
            assert (field.Type, field.Subtype, field.FT, field.F) == (Name.Annot, Name.Widget, Name.Sig, 132)
            assert set(field.Lock.keys()) == {"/Type", "/Action", "/Fields"}
            assert (field.Lock.Action, [str(name) for name in field.Lock.Fields]) == (Name.Include, [role])
            assert set(field.AP.keys()) == {"/N"}
            assert field.AP.N.read_bytes() == b""


def test_fields_are_empty_to_a_signer() -> None:
    with io.BytesIO(issued(CONTENT)) as stream:
        found = [(name, value) for name, value, _ in enumerate_sig_fields(PdfFileReader(stream, strict=True))]
    assert found == [(role.value, None) for role in CONTENT.roles]


def test_catalog_holds_nothing_else() -> None:
    with opened(issued(CONTENT)) as document:
        assert set(document.Root.keys()) == {
            "/Type", "/Pages", "/MarkInfo", "/StructTreeRoot", "/OutputIntents", "/ViewerPreferences", "/Lang",
            "/Metadata", "/Names", "/AF", "/AcroForm", "/Extensions",
        }  # fmt: skip
        assert str(document.Root.Lang) == "id-ID"
        assert set(document.Root.Names.keys()) == {"/EmbeddedFiles"}
        assert set(document.Root.AcroForm.keys()) == {"/Fields", "/SigFlags"}
        assert document.Root.AcroForm.SigFlags == 3


def test_the_only_attachment_is_the_canonical_content() -> None:
    with opened(issued(CONTENT)) as document:
        assert list(document.attachments) == ["agreement.json"]
        assert document.attachments["agreement.json"].get_file().read_bytes() == CONTENT.canonical
        (listed,) = document.Root.AF
        assert (listed.AFRelationship, listed.EF.F.Subtype) == (Name.Data, Name("/application/json"))
        assert listed.objgen == document.Root.Names.EmbeddedFiles.Names[1].objgen


def test_file_is_one_classic_revision() -> None:
    pdf = issued(CONTENT)
    assert pdf.startswith(b"%PDF-1.7\n")
    assert (pdf.count(b"startxref"), pdf.count(b"%%EOF")) == (1, 1)
    assert b"/ObjStm" not in pdf
    assert b"/XRef" not in pdf
    with opened(pdf) as document:
        assert document.check_pdf_syntax() == []
        assert bytes(document.trailer.ID[0]) == bytes.fromhex(CONTENT.digest)[:16]
        assert set(document.trailer.keys()) == {"/Root", "/Info", "/Size", "/ID"}


def test_extensions_are_those_that_a_signature_would_register() -> None:
    def shape(extension: object) -> dict[str, str]:
        return {key: str(value) for key, value in extension.as_pdf_object().items()}

    with opened(issued(CONTENT)) as document:
        extensions = document.Root.Extensions
        found = [extensions.ESIC, *extensions["/ISO_"]]
        assert set(extensions.keys()) == {"/ESIC", "/ISO_"}
        assert [{key: str(value) for key, value in entry.items()} for entry in found] == [
            shape(ESIC_EXTENSION_1),
            shape(ISO32002),
        ]


def test_metadata_names_content_template_and_toolchain_and_declares_what_it_uses() -> None:
    with opened(issued(CONTENT)) as document:
        packet = document.Root.Metadata.read_bytes()
        assert document.docinfo.Title == f"{CONTENT.title} - {CONTENT.parties.first.office}"
        assert {str(document.docinfo[key]) for key in ("/CreationDate", "/ModDate")} == {"D:20260122000000Z"}
    tree = etree.fromstring(packet.split(b"?>", 1)[1].rsplit(b"<?", 1)[0])
    ours = {etree.QName(entry).localname: entry.text for entry in tree.iter(f"{{{NAMESPACE}}}*")}
    assert ours == {
        "id": CONTENT.id,
        "contentDigest": CONTENT.digest,
        "templateDigest": TEMPLATE_DIGEST,
        "program": TOOLCHAIN.program,
        "office": TOOLCHAIN.office,
        "fonts": TOOLCHAIN.fonts,
    }
    declared = [entry.text for entry in tree.iter("{http://www.aiim.org/pdfa/ns/property#}name")]
    assert declared == list(ours) == list(PROPERTIES)
    assert tree.findtext(".//{http://www.aiim.org/pdfa/ns/id/}part") == "3"
    assert tree.findtext(".//{http://www.aiim.org/pdfa/ns/id/}conformance") == "B"


def test_metadata_takes_any_text_as_text() -> None:
    organisation = replace(CONTENT.organisation, name="Kota <Wanasari> & {Sekitarnya}")
    content = replace(CONTENT, organisation=organisation)
    with opened(issued(content)) as document:
        etree.fromstring(document.Root.Metadata.read_bytes().split(b"?>", 1)[1].rsplit(b"<?", 1)[0])
        assert str(document.docinfo.Author) == organisation.name


@pytest.mark.parametrize("change", [lambda _: None, links_as_newer_offices_tag_them], ids=["pictures", "links"])
def test_fields_stand_in_the_structure_tree(change: Change) -> None:
    with opened(issue(changed(change))) as document:
        tree = NumberTree(document.Root.StructTreeRoot.ParentTree)
        for field in document.Root.AcroForm.Fields:
            element = tree[int(field.StructParent)]
            assert Name.Form == element.S
            assert element.K.Obj.objgen == field.objgen
            assert element.objgen in [kid.objgen for kid in element.P.K]
        assert document.Root.StructTreeRoot.ParentTreeNextKey == max(tree) + 1


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("change", [lambda _: None, links_as_newer_offices_tag_them], ids=["pictures", "links"])
def test_a_party_on_paper_has_no_field(change: Change, role: Role) -> None:
    content = on_paper(CONTENT, role)
    (other,) = electronic_roles(content)
    pdf = issue(changed(change), content)
    with opened(pdf) as document:
        assert [str(field.T) for field in document.Root.AcroForm.Fields] == [other.value]
        assert len(document.pages[0].Annots) == 1
    assert ANCHOR_ADDRESS.encode() not in pdf


@pytest.mark.parametrize("role", Role)
def test_the_template_may_leave_out_the_anchor_of_a_party_on_paper(role: Role) -> None:
    def leave_out(document: Pdf) -> None:
        del document.pages[0].Annots[list(Role).index(role)]

    content = on_paper(CONTENT, role)
    with opened(issue(changed(leave_out), content)) as document:
        assert [str(field.T) for field in document.Root.AcroForm.Fields] == [electronic_roles(content)[0].value]


# The same arguments, the same bytes


def test_what_the_clock_left_in_the_source_does_not_show() -> None:
    def later(document: Pdf) -> None:
        document.docinfo["/CreationDate"] = String("D:20301231235959Z")
        document.trailer["/DocChecksum"] = Name("/0123456789ABCDEF0123456789ABCDEF")
        document.Root.Metadata.write(document.Root.Metadata.read_bytes() + b" <!-- 2030 -->")
        profile = document.Root.OutputIntents[0].DestOutputProfile
        profile.write(profile.read_bytes()[:24] + b"\x07\xee\0\x0c\0\x1f\0\x17\0\x3b\0\x3b" + profile.read_bytes()[36:])

    assert issue(changed(later)) == issue(changed(lambda _: None)) == issued(CONTENT)


@pytest.mark.parametrize(
    ("template_digest", "toolchain"),
    [("8" * 64, TOOLCHAIN), (TEMPLATE_DIGEST, replace(TOOLCHAIN, office="LibreOffice 8"))],
    ids=["template", "toolchain"],
)
def test_another_template_or_toolchain_shows(template_digest: str, toolchain: Toolchain) -> None:
    pdf = issue_pdf(source_pdf(CONTENT), CONTENT, template_digest=template_digest, toolchain=toolchain)
    assert pdf != issued(CONTENT)


def test_pages_stay_as_they_were() -> None:
    with opened(source_pdf(CONTENT)) as source, opened(issued(CONTENT)) as document:
        pairs = zip(source.pages, document.pages, strict=True)
        assert all(before.Contents.read_bytes() == after.Contents.read_bytes() for before, after in pairs)


# What it refuses


def first_link(document: Pdf) -> pikepdf.Object:
    return document.pages[0].Annots[0]


def link_to(address: str) -> Change:
    def change(document: Pdf) -> None:
        first_link(document).A.URI = String(address)

    return change


def add_link(document: Pdf) -> None:
    document.pages[1].Annots = Array([document.make_indirect(first_link(document))])


def into_catalog(key: str, value: object) -> Change:
    return lambda document: document.Root.__setitem__(key, value)


def into_page(key: str, value: object) -> Change:
    return lambda document: document.pages[1].__setitem__(key, value)


def without(key: str) -> Change:
    return lambda document: document.Root.__delitem__(key)


def into_drawing(key: str, value: object) -> Change:
    return lambda document: document.pages[0].Resources.XObject.QR.__setitem__(key, value)


def untag_pictures(document: Pdf) -> None:
    for element in document.Root.StructTreeRoot.K[0].K:
        if Name.Figure == element.S:
            element.S = Name.P


def without_boxes(document: Pdf) -> None:
    for element in document.Root.StructTreeRoot.K[0].K:
        if Name.Figure == element.S:
            del element["/A"]


SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("ISSUE_ANCHOR_MISSING", lambda document: document.pages[0].__delitem__("/Annots")),
        ("ISSUE_ANCHOR_DOUBLED", add_link),
        ("ISSUE_ANCHOR_MISSING", link_to(ANCHOR_ADDRESS + Role.SECOND.value)),
        ("ISSUE_ANNOTATION", link_to(ANCHOR_ADDRESS + "saksi")),
        ("ISSUE_ANNOTATION", link_to("https://contoh.invalid/")),
        ("ISSUE_ANNOTATION", lambda document: first_link(document).__setitem__("/Subtype", Name.Text)),
        ("ISSUE_ANNOTATION", lambda document: first_link(document).__setitem__("/A", SCRIPT)),
        ("ISSUE_ANNOTATION", lambda document: first_link(document).__delitem__("/A")),
        ("ISSUE_FOREIGN", into_catalog("/OpenAction", SCRIPT)),
        ("ISSUE_FOREIGN", into_catalog("/AA", Dictionary(WC=SCRIPT))),
        ("ISSUE_FOREIGN", into_catalog("/Names", Dictionary(JavaScript=Dictionary(Names=Array())))),
        ("ISSUE_FOREIGN", into_catalog("/AcroForm", Dictionary(Fields=Array()))),
        ("ISSUE_FOREIGN", into_catalog("/OCProperties", Dictionary(OCGs=Array()))),
        ("ISSUE_FOREIGN", into_catalog("/Outlines", Dictionary(Count=0))),
        ("ISSUE_FOREIGN", into_page("/AA", Dictionary(O=SCRIPT))),
        ("ISSUE_FOREIGN", into_page("/Resources", Dictionary(Properties=Dictionary(L=Dictionary())))),
        ("ISSUE_FOREIGN", into_drawing("/OC", Dictionary(Type=Name.OCG))),
        ("ISSUE_FOREIGN", into_drawing("/Subtype", Name.PS)),
        ("ISSUE_FOREIGN", into_drawing("/Resources", Dictionary(Properties=Dictionary()))),
        ("ISSUE_FOREIGN", lambda document: document.Root.Pages.__setitem__("/AA", SCRIPT)),
        ("ISSUE_NOT_ARCHIVAL", without("/StructTreeRoot")),
        ("ISSUE_NOT_ARCHIVAL", without("/OutputIntents")),
        ("ISSUE_NOT_ARCHIVAL", without("/Metadata")),
        ("ISSUE_NOT_ARCHIVAL", lambda document: document.Root.Metadata.write(b"<pdfaid:part>2</pdfaid:part>")),
        ("ISSUE_NOT_ARCHIVAL", untag_pictures),
        ("ISSUE_NOT_ARCHIVAL", without_boxes),
    ],
)  # fmt: skip
def test_one_change_that_is_refused(code: str, change: Change) -> None:
    with pytest.raises(DocumentError) as stop:
        issue(changed(change))
    assert stop.value.code == code
    assert CONTENT.id in stop.value.message("id")
    assert CONTENT.id in stop.value.message("en")


def test_anchor_of_a_role_that_nobody_has_is_refused() -> None:
    with pytest.raises(DocumentError, match="ISSUE_ANCHOR_UNEXPECTED"):
        issue(source_pdf(CONTENT), root_content())


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"not a PDF",
        source_pdf(CONTENT)[:-600],
        changed(lambda _: None, encryption=pikepdf.Encryption(owner="x", user="")),
        changed(lambda _: None, encryption=pikepdf.Encryption(owner="x", user="y")),
    ],
    ids=["empty", "other", "cut", "encrypted", "locked"],
)
def test_what_is_no_readable_pdf_is_refused(pdf: bytes) -> None:
    with pytest.raises(DocumentError, match="ISSUE_UNREADABLE"):
        issue(pdf)


def test_a_file_of_two_revisions_is_refused() -> None:
    with pytest.raises(DocumentError, match="ISSUE_REVISIONS"):
        issue(source_pdf(CONTENT) + source_pdf(CONTENT))


def test_an_issued_file_is_not_issued_again() -> None:
    with pytest.raises(DocumentError, match="ISSUE_FOREIGN"):
        issue(issued(CONTENT))


@given(st.data())
def test_damage_ends_in_an_error_or_in_a_whole_issued_file(data: st.DataObject) -> None:
    pdf = bytearray(source_pdf(CONTENT))
    for _ in range(data.draw(st.integers(1, 4))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DocumentError), opened(issue(bytes(pdf))) as document:
        assert document.attachments["agreement.json"].get_file().read_bytes() == CONTENT.canonical


def test_a_result_that_is_not_what_was_meant_is_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkdocs.issue.place_fields", lambda *_: [])
    with pytest.raises(DocumentError, match="ISSUE_SELF_CHECK"):
        issue(source_pdf(CONTENT))


def test_streams_of_the_source_are_copied_as_they_are() -> None:
    def compress(document: Pdf) -> None:
        document.pages[0].Contents = Stream(document, document.pages[0].Contents.read_bytes())

    with opened(issue(changed(compress, compress_streams=True))) as document:
        assert document.pages[0].Contents.Filter == Name.FlateDecode
