"""Produced files are what they claim to be; and every rule that says so refuses a file with one change."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pkdocs.content import Content, qr_text
from pkdocs.document import load_template, render_document
from pkdocs.issue import issue_pdf
from pkdocs.office import find_office
from pkdocs.profile import Zone
from pkdocs.register import render_head
from pkdocs.roster import Level
from pkdocs.signing import sign_pdf
from tests.city import WarmPool, warm_office
from tests.document.levels import TEMPLATES, Size, content_of, wording_of
from tests.document.word import edited, template, with_text
from tests.issued import TEMPLATE_DIGEST, TOOLCHAIN
from tests.pdfa import RULES, violations
from tests.pdfa.opened import opened
from tests.register.heads import KEEPERS, kept_head, plain_head, sign
from tests.signed import AT, signer_of

__all__ = ["warm_office"]

NAMED = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'
FONTS = ("Bookman Old Style", "Calibri")
Change = Callable[[Pdf], object]


@cache
def all_issued() -> dict[str, tuple[Content, bytes]]:
    """Issue a usual agreement of every shipped template, short ones in other fonts and with an odd letter."""
    files = {name: (name, level, Size.USUAL, template(name)) for name, level in TEMPLATES.items()}
    plain = ("umum.docx", Level.FUNCTIONAL, Size.SHORT)
    files |= {font: (*plain, edited(NAMED, NAMED.replace("Arial", font), "word/styles.xml")) for font in FONTS}
    files |= {"short": (*plain, template()), "odd": (*plain, with_text("漢"))}
    contents = {key: content_of(level, size) for key, (_, level, size, _) in files.items()}

    def documents():
        for key, (name, level, size, data) in files.items():
            content, loaded = contents[key], load_template(data, name)
            qr = qr_text("", content.id, content.digest)
            yield key, render_document(content, loaded, qr=qr, wording=wording_of(level, size))

    with WarmPool(find_office()) as pool:
        made = {outcome.key: outcome.value or b"" for outcome in pool.convert(documents())}
    return {
        key: (content, issue_pdf(made[key], content, template_digest=TEMPLATE_DIGEST, toolchain=TOOLCHAIN))
        for key, content in contents.items()
    }


@pytest.mark.parametrize("key", [*TEMPLATES, *FONTS])
def test_an_agreement_is_archival_and_tagged_before_and_after_its_signatures(key: str) -> None:
    content, pdf = all_issued()[key]
    assert violations(pdf) == []
    for role in content.roles:
        party = content.party(role)
        assert party is not None
        pdf = sign_pdf(pdf, role, signer_of(party), at=AT, zone=Zone.WIB, training=True)
    assert violations(pdf) == []


def test_a_head_of_the_register_is_archival_and_tagged_before_and_after_its_signatures() -> None:
    pdf = render_head(kept_head())
    assert violations(pdf) == []
    for party in KEEPERS[:2]:
        pdf = sign(pdf, signer_of(party))
    assert violations(pdf) == []


def test_an_empty_box_in_place_of_a_letter_is_found() -> None:
    assert [entry.partition(":")[0] for entry in violations(all_issued()["odd"][1])] == [
        "clause_6_2_11_8_undefined_glyph"
    ]


def page() -> bytes:
    return all_issued()["short"][1]


def head() -> bytes:
    return render_head(plain_head())


def postscript() -> bytes:
    return all_issued()["Bookman Old Style"][1]


@cache
def signed() -> bytes:
    content, pdf = all_issued()["short"]
    role = content.roles[0]
    return sign_pdf(pdf, role, signer_of(content.parties.first), at=AT, zone=Zone.WIB, training=True)


def put(get: Callable[[Pdf], Any], key: str, value: Any) -> Change:
    """Return the change that sets a key; ``value`` may be made of the file."""

    def change(document: Pdf) -> None:
        get(document)[key] = value(document) if callable(value) else value

    return change


def drop(get: Callable[[Pdf], Any], key: str) -> Change:
    def change(document: Pdf) -> None:
        del get(document)[key]

    return change


def root(document: Pdf) -> Object:
    return document.Root


def first_page(document: Pdf) -> Object:
    return document.pages[0].obj


def of(kind: str, name: str | Name, number: int = 0) -> Callable[[Pdf], Any]:
    """Return what finds an object by an entry."""

    def find(document: Pdf) -> Any:
        found = [
            entry for entry in document.objects if isinstance(entry, Dictionary | Stream) and entry.get(kind) == name
        ]
        return found[number]

    return find


def font(document: Pdf) -> Object:
    return next(iter(document.pages[0].obj.Resources.Font.as_dict().values()))


def descriptor(document: Pdf) -> Object:
    return font(document).FontDescriptor


def descendant(document: Pdf) -> Object:
    return font(document).DescendantFonts[0]


def field(document: Pdf) -> Object:
    return document.Root.AcroForm.Fields[0]


def intent(document: Pdf) -> Object:
    return document.Root.OutputIntents[0]


def attached(document: Pdf) -> Object:
    return document.Root.AF[0]


def attached_stream(document: Pdf) -> Object:
    return attached(document).EF.F


def with_state(**entries: Any) -> Change:
    return put(lambda document: document.pages[0].obj.Resources, "/ExtGState", Dictionary(Uji=Dictionary(**entries)))


def painted(drawn: bytes) -> Change:
    """Return the change that draws more, as an artifact."""
    return lambda document: document.pages[0].contents_add(b"/Artifact BMC " + drawn + b" EMC")


def bare(drawn: bytes) -> Change:
    return lambda document: document.pages[0].contents_add(drawn)


def said(old: str, new: str) -> Change:
    """Return the change of one text of the metadata."""

    def change(document: Pdf) -> None:
        packet = document.Root.Metadata.read_bytes().decode()
        assert old in packet
        document.Root.Metadata.write(packet.replace(old, new, 1).encode())

    return change


def profile(place: int, new: bytes) -> Change:
    """Return the change of some bytes of the colour profile."""

    def change(document: Pdf) -> None:
        stream = intent(document).DestOutputProfile
        data = bytearray(stream.read_bytes())
        data[place : place + len(new)] = new
        stream.write(bytes(data))

    return change


def added(**entries: Any) -> Change:
    """Return the change that adds a stream that nothing reads."""

    def change(document: Pdf) -> None:
        stream = Stream(document, b"uji")
        for key, value in entries.items():
            stream[f"/{key}"] = value
        document.Root.Uji = document.make_indirect(stream)

    return change


def wider(document: Pdf) -> Array:
    return Array([int(width) + 5 for width in font(document).Widths])


def wider_descendant(document: Pdf) -> Array:
    first, widths = descendant(document).W
    return Array([first, Array([int(width) + 5 for width in widths])])


def element(kind: str) -> Callable[[Pdf], Any]:
    return of("/S", Name(kind))


def twice(document: Pdf) -> None:
    marked = element("/H1")(document)
    marked.K = Array([*(marked.K if isinstance(marked.K, Array) else [marked.K]), 0])


def lose_way_back(document: Pdf) -> None:
    tree = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
    tree[int(field(document).StructParent)] = document.Root.StructTreeRoot.K[0]


def lose_page_way_back(document: Pdf) -> None:
    tree = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
    back = tree[int(document.pages[0].obj.StructParents)]
    back[0] = back[len(back) - 1]


def without_field(document: Pdf) -> None:
    document.pages[0].obj.Annots = Array([document.make_indirect(Dictionary(field(document)))])


def without_tabs(document: Pdf) -> None:
    for entry in document.pages:
        if "/Tabs" in entry.obj:
            del entry.obj["/Tabs"]


CASES: list[tuple[str, Callable[[], bytes], Change]] = [
    ("clause_6_1_7_streams", page, put(attached_stream, "/FFilter", Name.FlateDecode)),
    ("clause_6_1_7_streams", page, added(Filter=Name.LZWDecode)),
    ("clause_6_1_7_streams", page, added(Filter=Name.JPXDecode)),
    ("clause_6_1_12_permissions", page, put(root, "/Perms", Dictionary(Uji=1))),
    ("clause_6_1_13_limits", page, put(root, "/Uji", String("a" * 32_768))),
    ("clause_6_1_13_limits", page, put(root, "/Uji", Name("/" + "a" * 128))),
    ("clause_6_1_13_limits", page, put(root, "/Uji", 2_147_483_648)),
    ("clause_6_1_13_limits", page, painted(b"q " * 30 + b"Q " * 30)),
    ("clause_6_1_13_limits", page, put(first_page, "/MediaBox", Array([0, 0, 2, 2]))),
    ("clause_6_6_2_1_packet", page, drop(root, "/Metadata")),
    ("clause_6_6_2_1_packet", page, said('id="W5M0', 'encoding="UTF-8" id="W5M0')),
    ("clause_6_6_2_1_packet", page, lambda document: document.Root.Metadata.write(b"eA==", filter=Name.FlateDecode)),
    ("clause_6_6_2_3_properties", page, said("<pkdocs:id>", "<pkdocs:uji>1</pkdocs:uji><pkdocs:id>")),
    ("clause_6_6_2_3_properties", page, said("<dc:format>", "<dc:uji>1</dc:uji><dc:format>")),
    ("clause_6_6_2_3_properties", page, said("T00:00:00Z</xmp:MetadataDate>", "kemarin</xmp:MetadataDate>")),
    (
        "clause_6_6_2_3_properties",
        page,
        said("<rdf:Bag><rdf:li>id-ID</rdf:li></rdf:Bag>", "<rdf:Seq><rdf:li>id-ID</rdf:li></rdf:Seq>"),
    ),
    ("clause_6_6_2_3_3_extension_schema", page, said("<pdfaProperty:category>internal", "<pdfaProperty:category>uji")),
    ("clause_6_6_2_3_3_extension_schema", page, said("Id of the agreement", "")),
    ("clause_6_6_2_3_3_extension_schema", page, said("<pdfaSchema:schema>pkdocs", "<pdfaSchema:schema>")),
    ("clause_6_6_2_3_3_extension_schema", page, said("prefix>pkdocs", "prefix>dc")),
    *(
        ("clause_6_6_3_information", page, put(lambda document: document.trailer.Info, key, String(value)))
        for key, value in {"/Title": "a", "/Author": "a", "/Creator": "a", "/Producer": "a"}.items()
    ),
    ("clause_6_6_3_information", page, put(lambda document: document.trailer.Info, "/ModDate", "D:20200101000000Z")),
    ("clause_6_6_3_information", page, put(lambda document: document.trailer.Info, "/Keywords", "a")),
    ("clause_6_6_4_identification", page, said("<pdfaid:part>3", "<pdfaid:part>2")),
    ("clause_6_6_4_identification", page, said("conformance>B", "conformance>A")),
    ("clause_6_6_4_identification", page, said('"x-default"', '"id-ID"')),
    ("clause_6_2_2_content", page, painted(b"1 uji")),
    ("clause_6_2_2_content", page, painted(b"q")),
    ("clause_6_2_3_output_intent", page, drop(root, "/OutputIntents")),
    ("clause_6_2_3_output_intent", page, drop(intent, "/OutputConditionIdentifier")),
    ("clause_6_2_3_output_intent", page, drop(intent, "/DestOutputProfile")),
    ("clause_6_2_3_output_intent", page, put(lambda d: intent(d).DestOutputProfile, "/N", 4)),
    ("clause_6_2_3_output_intent", page, profile(8, b"\5")),
    ("clause_6_2_3_output_intent", page, profile(12, b"link")),
    ("clause_6_2_3_output_intent", page, profile(36, b"uji!")),
    ("clause_6_2_3_output_intent", page, profile(136, b"\xff\xff\xff\xff")),
    ("clause_6_2_4_colour_spaces", page, painted(b"0 0 0 1 k")),
    ("clause_6_2_4_colour_spaces", page, painted(b"/DeviceCMYK cs")),
    ("clause_6_2_4_colour_spaces", page, painted(b"BI /W 1 /H 1 /BPC 8 /CS /G ID a EI")),
    ("clause_6_2_4_colour_spaces", page, drop(root, "/OutputIntents")),
    ("clause_6_2_4_colour_spaces", page, put(of("/Subtype", Name.Image), "/ColorSpace", Name.DeviceCMYK)),
    ("clause_6_2_4_colour_spaces", page, put(of("/Subtype", Name.Image), "/ColorSpace", Array([Name.Lab]))),
    (
        "clause_6_2_4_colour_spaces",
        page,
        put(of("/Subtype", Name.Image), "/ColorSpace", Array([Name.Indexed, Name.DeviceCMYK, 0, String("aaaa")])),
    ),
    (
        "clause_6_2_4_colour_spaces",
        page,
        put(of("/Subtype", Name.Image), "/ColorSpace", lambda d: Array([Name.ICCBased, Stream(d, b"uji")])),
    ),
    ("clause_6_2_5_graphics_state", page, with_state(TR=Name.Identity)),
    ("clause_6_2_5_graphics_state", page, with_state(HTP=Array([0, 0]))),
    ("clause_6_2_5_graphics_state", page, with_state(TR2=Name.Identity)),
    ("clause_6_2_5_graphics_state", page, with_state(RI=Name.Uji)),
    ("clause_6_2_5_graphics_state", page, painted(b"/Uji ri")),
    ("clause_6_2_8_images", page, put(of("/Subtype", Name.Image), "/Interpolate", True)),
    ("clause_6_2_8_images", page, put(of("/Subtype", Name.Image), "/Alternates", Array())),
    ("clause_6_2_8_images", page, put(of("/Subtype", Name.Image), "/BitsPerComponent", 3)),
    ("clause_6_2_8_images", page, put(of("/Subtype", Name.Image), "/ImageMask", True)),
    ("clause_6_2_9_forms", page, put(lambda document: field(document).AP.N, "/Ref", Dictionary())),
    ("clause_6_2_9_forms", page, added(Subtype=Name.PS, Type=Name.XObject)),
    ("clause_6_2_10_transparency", page, with_state(BM=Name.Uji)),
    ("clause_6_2_10_transparency", page, with_state(BM=Array([Name.Normal, Name.Uji]))),
    ("clause_6_2_10_transparency", page, put(first_page, "/Group", Dictionary(S=Name.Transparency))),
    (
        "clause_6_2_10_transparency",
        page,
        lambda document: (
            with_state(ca=0.5)(document),
            drop(root, "/OutputIntents")(document),
            painted(b"/Uji gs")(document),
        ),
    ),
    ("clause_6_2_11_2_types", page, put(font, "/Subtype", Name.Type3)),
    ("clause_6_2_11_3_composite", head, put(font, "/Encoding", Name("/UniJIS-UTF16-H"))),
    ("clause_6_2_11_3_composite", head, drop(descendant, "/CIDSystemInfo")),
    ("clause_6_2_11_3_composite", head, drop(descendant, "/CIDToGIDMap")),
    ("clause_6_2_11_4_1_embedded", page, drop(descriptor, "/FontFile2")),
    ("clause_6_2_11_4_1_embedded", page, put(font, "/Subtype", Name.Type1)),
    ("clause_6_2_11_4_1_embedded", page, put(descriptor, "/FontName", Name("/Lain"))),
    ("clause_6_2_11_4_1_embedded", postscript, drop(descriptor, "/FontFile")),
    ("clause_6_2_11_4_1_embedded", page, put(descriptor, "/FontFile3", lambda document: Stream(document, b"uji"))),
    ("clause_6_2_11_8_undefined_glyph", postscript, painted(b"BT /F1 9 Tf <00> Tj ET")),
    ("clause_6_2_11_4_2_subsets", page, put(font, "/BaseFont", Name("/LiberationSans"))),
    ("clause_6_2_11_4_2_subsets", page, put(descriptor, "/CIDSet", lambda document: Stream(document, b"\x80"))),
    ("clause_6_2_11_5_metrics", page, put(font, "/Widths", wider)),
    ("clause_6_2_11_5_metrics", page, put(font, "/FirstChar", 200)),
    ("clause_6_2_11_5_metrics", head, drop(descendant, "/W")),
    ("clause_6_2_11_5_metrics", postscript, put(font, "/Widths", wider)),
    ("clause_6_2_11_6_encodings", page, put(font, "/Encoding", Name.WinAnsiEncoding)),
    ("clause_6_2_11_6_encodings", page, put(descriptor, "/Flags", 32)),
    ("clause_6_2_11_6_encodings", page, put(descriptor, "/Flags", 36)),
    ("clause_6_2_11_7_unicode", page, drop(font, "/ToUnicode")),
    (
        "clause_6_2_11_7_unicode",
        page,
        lambda document: font(document).ToUnicode.write(
            b"1 beginbfchar %s endbfchar" % b"".join(b"<%02x> <fffe>" % code for code in range(256))
        ),
    ),
    ("clause_6_2_11_8_undefined_glyph", page, painted(b"BT /F1 9 Tf <00> Tj ET")),
    ("clause_6_3_annotations", page, put(field, "/Subtype", Name.Link)),
    ("clause_6_3_annotations", page, put(field, "/F", 128)),
    ("clause_6_3_annotations", page, put(field, "/F", 4 | 2)),
    ("clause_6_3_annotations", page, drop(field, "/AP")),
    ("clause_6_3_annotations", page, put(lambda d: field(d).AP, "/D", lambda d: field(d).AP.N)),
    ("clause_6_4_1_forms", page, put(lambda document: document.Root.AcroForm, "/NeedAppearances", True)),
    ("clause_6_4_1_forms", page, put(lambda document: document.Root.AcroForm, "/XFA", Array())),
    ("clause_6_4_1_forms", page, put(lambda document: document.Root.AcroForm, "/Fields", Array())),
    ("clause_6_5_actions", page, put(root, "/OpenAction", Dictionary(S=Name.JavaScript))),
    ("clause_6_5_actions", page, put(first_page, "/AA", Dictionary())),
    ("clause_6_5_actions", page, put(field, "/A", Dictionary(S=Name.URI))),
    ("clause_6_8_embedded_files", page, drop(root, "/AF")),
    ("clause_6_8_embedded_files", page, drop(root, "/Names")),
    ("clause_6_8_embedded_files", page, drop(attached, "/AFRelationship")),
    ("clause_6_8_embedded_files", page, drop(attached, "/UF")),
    ("clause_6_8_embedded_files", page, drop(attached_stream, "/Subtype")),
    ("clause_6_8_embedded_files", page, drop(attached_stream, "/Params")),
    ("clause_6_9_to_6_11_catalog", page, put(root, "/OCProperties", Dictionary())),
    ("clause_6_9_to_6_11_catalog", page, put(lambda d: d.Root.Names, "/AlternatePresentations", Dictionary())),
    ("clause_6_9_to_6_11_catalog", page, put(first_page, "/PresSteps", Dictionary())),
    ("catalog_says_that_it_is_tagged", page, drop(root, "/MarkInfo")),
    ("catalog_says_that_it_is_tagged", page, put(root, "/Lang", String("en"))),
    ("catalog_says_that_it_is_tagged", page, drop(root, "/ViewerPreferences")),
    ("catalog_says_that_it_is_tagged", page, without_tabs),
    ("what_is_painted_is_content_or_artifact", page, bare(b"BT ET 0 0 9 9 re f")),
    ("content_is_in_the_structure_once", page, painted(b"/P <</MCID 0>> BDC EMC")),
    ("content_is_in_the_structure_once", page, painted(b"/P <</MCID 9999>> BDC EMC")),
    ("content_is_in_the_structure_once", page, twice),
    ("the_way_back_leads_to_the_same_element", page, lose_way_back),
    ("the_way_back_leads_to_the_same_element", page, lose_page_way_back),
    ("the_way_back_leads_to_the_same_element", page, without_field),
    ("the_way_back_leads_to_the_same_element", page, put(lambda d: d.Root.StructTreeRoot, "/ParentTreeNextKey", 1)),
    ("elements_are_of_known_kinds_in_their_places", page, put(element("/H1"), "/S", Name("/Uji"))),
    ("elements_are_of_known_kinds_in_their_places", page, put(element("/TR"), "/S", Name("/TD"))),
    ("pictures_and_fields_are_described", page, drop(element("/Figure"), "/Alt")),
    ("pictures_and_fields_are_described", page, put(element("/Form"), "/Alt", String(" "))),
    ("headings_begin_at_the_first_level_and_leave_none_out", page, put(element("/H1"), "/S", Name.H3)),
]


def saved(document: Pdf, **options: Any) -> bytes:
    file = io.BytesIO()
    usual = {
        "fix_metadata_version": False,
        "object_stream_mode": pikepdf.ObjectStreamMode.disable,
        "compress_streams": False,
    }
    document.save(file, **{**usual, "stream_decode_level": pikepdf.StreamDecodeLevel.none, **options})
    return file.getvalue()


def is_refused(rule: str, pdf: bytes) -> bool:
    """Tell whether the rule of that name, asked alone, refuses ``pdf``."""
    asked = next(entry for entry in RULES if entry.__name__ == rule)
    with opened(pdf) as document:
        return any(True for _ in asked(document))


@pytest.mark.filterwarnings("ignore:This document has . form widget")  # one of the changes
@pytest.mark.parametrize(("rule", "base", "change"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_rule_refuses_a_file_with_one_change(rule: str, base: Callable[[], bytes], change: Change) -> None:
    with pikepdf.open(io.BytesIO(base())) as document:
        change(document)
        assert is_refused(rule, saved(document))


def test_without_a_change_nothing_is_refused() -> None:
    for pdf in (page(), head(), postscript()):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert violations(saved(document)) == []


def _encrypted(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        file = io.BytesIO()
        document.save(file, encryption=pikepdf.Encryption(owner="a", user=""))
        return file.getvalue()


def _packed(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _written(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(pdf: bytes) -> bytes:
        assert old in pdf
        return pdf.replace(old, new, 1)

    return change


WRITTEN: list[tuple[str, Callable[[], bytes], Callable[[bytes], bytes]]] = [
    ("clause_6_1_2_header", page, lambda pdf: pdf[:9] + b"%abcd" + pdf[14:]),
    ("clause_6_1_2_header", page, _written(b"%PDF-1.7", b"%PDF-2.0")),
    ("clause_6_1_3_trailer", page, _written(b"/ID [", b"/XD [")),
    ("clause_6_1_3_trailer", page, lambda pdf: pdf + b"\n%"),
    ("clause_6_1_3_trailer", page, _encrypted),
    ("clause_6_1_4_cross_references", page, _packed),
    ("clause_6_1_4_cross_references", page, _written(b"00000 n \n", b"00000 n  ")),
    ("clause_6_1_7_streams", page, _written(b">>\nstream\n", b">>\nstream\r")),
    ("clause_6_1_8_names", page, _written(b"/Garis#20Kop", b"/Garis#ffKop")),
    ("clause_6_1_9_objects", page, _written(b"\n2 0 obj\n", b"\n2 0 obj ")),
    ("clause_6_4_3_signatures", signed, lambda pdf: pdf + b"\n"),
    ("clause_6_4_3_signatures", signed, _written(b"/ByteRange [0 ", b"/ByteRange [1 ")),
    ("clause_6_4_3_signatures", signed, _written(b"/TransformMethod /FieldMDP", b"/DigestMethod /FieldMDP   ")),
]


@pytest.mark.parametrize(("rule", "base", "change"), WRITTEN, ids=[f"{n}-{case[0]}" for n, case in enumerate(WRITTEN)])
def test_a_rule_refuses_bytes_with_one_change(
    rule: str, base: Callable[[], bytes], change: Callable[[bytes], bytes]
) -> None:
    assert is_refused(rule, change(base()))


def test_every_rule_has_refused_something() -> None:
    assert {rule.__name__ for rule in RULES} == {case[0] for case in (*CASES, *WRITTEN)}
