"""A template that could fetch, run or embed something is refused, by the code that says why."""

import io
import zipfile
from collections.abc import Callable

import pytest

from pkdocs.document import load_template, render_document
from pkdocs.errors import TemplateError
from tests.document.word import (
    DOCUMENT,
    OFFICE,
    RELATIONS,
    edited,
    parts,
    template,
    with_part,
    with_relation,
    with_text,
    with_xml,
    word_file,
)
from tests.factory import head_content

WORD_XML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def refusal(data: bytes) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        load_template(data, "umum.docx")
    assert "umum.docx" in caught.value.message("id")
    assert "umum.docx" in caught.value.message("en")
    return caught.value


def field(instruction: str) -> str:
    return (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def in_footer(xml: str) -> bytes:
    return edited("</w:ftr>", f"{xml}</w:ftr>", "word/footer1.xml")


def flagged_as_encrypted() -> bytes:
    data = bytearray(template())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def with_many_parts() -> bytes:
    return word_file({**parts(template()), **{f"word/media/{n}.png": b"" for n in range(300)}})


def with_extra_entry(name: str) -> bytes:
    return word_file({**parts(template()), name: b"<x/>"})


DAMAGED: list[Callable[[], bytes]] = [
    lambda: b"",
    lambda: b"PK\x03\x04 but no zip",
    lambda: template()[: len(template()) // 2],
    lambda: template().replace(b"word/styles.xml", b"word/stylez.xml", 1),
    flagged_as_encrypted,
    lambda: with_extra_entry("../outside.xml"),
    lambda: with_extra_entry("/absolute.xml"),
    lambda: with_extra_entry("word\\styles.xml"),
    lambda: with_extra_entry("WORD/document.xml"),
    lambda: edited("</w:body>", ""),
    lambda: word_file({**parts(template()), DOCUMENT: b"<x/>"}),
    lambda: word_file({**parts(template()), DOCUMENT: f'<w:document xmlns:w="{WORD_XML}"/>'.encode()}),
    lambda: edited('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
    lambda: edited('Id="rId13"', 'Id="rId14"', RELATIONS),
]


@pytest.mark.parametrize("make", DAMAGED)
def test_a_damaged_file_is_refused(make: Callable[[], bytes]) -> None:
    assert refusal(make()).code == "TEMPLATE_DAMAGED"


@pytest.mark.parametrize(
    "data",
    [
        word_file({"a.txt": b"x"}),
        word_file({name: data for name, data in parts(template()).items() if name != "[Content_Types].xml"}),
        edited('Target="word/document.xml"', 'Target="word/styles.xml"', "_rels/.rels"),
        edited("relationships/metadata/core-properties", "relationships/metadata/thumbnail", "_rels/.rels"),
    ],
)
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    assert refusal(data).code == "TEMPLATE_NOT_WORD"


@pytest.mark.parametrize(
    "data",
    [
        with_many_parts(),
        with_text("x" * 2_100_000),
        bytes(5_100_000),
        word_file({**parts(template()), **{f"word/media/{n}.png": bytes(1_900_000) for n in range(12)}}),
        with_text("{{ id }}" * 20_001),
    ],
)
def test_a_file_beyond_the_limits_is_refused(data: bytes) -> None:
    assert refusal(data).code == "TEMPLATE_TOO_LARGE"


@pytest.mark.parametrize(
    "data",
    [
        with_part("word/vbaProject.bin", b"x", "application/vnd.ms-office.vbaProject"),
        with_part("word/embeddings/ole.bin", b"x", "application/vnd.openxmlformats-officedocument.oleObject"),
        with_part("word/embeddings/a.docx", template(), "application/vnd.openxmlformats-officedocument.package"),
        with_part("word/chunk.html", b"<html/>", "text/html"),
        with_part("word/media/a.svg", b"<svg/>", "image/svg+xml"),
        with_part("word/media/a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        with_part("word/second.xml", b"<x/>", f"{WORD}.document.main+xml"),
        edited("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml", "[Content_Types].xml"),
        edited(f"{WORD}.document.main", "application/vnd.ms-word.document.macroEnabled.main", "[Content_Types].xml"),
    ],
)
def test_a_part_that_is_not_on_the_list_is_refused(data: bytes) -> None:
    assert refusal(data).code == "TEMPLATE_PART"


@pytest.mark.parametrize(
    "data",
    [
        with_relation("aFChunk", "media/kode-qr.png"),
        with_relation("oleObject", "media/kode-qr.png"),
        with_relation("attachedTemplate", "settings.xml"),
        with_relation("image", "media/absent.png"),
        with_relation("image", "file:///etc/passwd"),
        with_relation("image", "../../../etc/passwd"),
        with_relation("frame", "settings.xml"),
    ],
)
def test_a_relationship_that_is_not_on_the_list_is_refused(data: bytes) -> None:
    assert refusal(data).code == "TEMPLATE_RELATION"


@pytest.mark.parametrize(
    "data",
    [
        with_relation("image", "https://example.org/a.png", external=True),
        with_relation("image", "file:///etc/passwd", external=True),
        with_relation("hyperlink", "https://example.org/", external=True),
        with_relation("hyperlink", "https://anchor.pkdocs.invalid.example.org/", external=True),
        with_relation("subDocument", "other.docx", external=True),
        with_relation("attachedTemplate", "https://anchor.pkdocs.invalid/pihak-pertama", external=True),
        with_relation("hyperlink", "https://anchor.pkdocs.invalid/pihak-pertama", external=True, part="_rels/.rels"),
        edited('TargetMode="External"', 'TargetMode="external"', RELATIONS, with_relation("image", "x", external=True)),
    ],
)
def test_a_relationship_to_the_outside_is_refused(data: bytes) -> None:
    error = refusal(data)
    assert error.code == "TEMPLATE_EXTERNAL"
    assert str(error.params["target"]) in error.message("id")


@pytest.mark.parametrize("part", [DOCUMENT, "word/styles.xml", RELATIONS])
@pytest.mark.parametrize(
    "doctype", ["<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///x">']
)
def test_a_doctype_is_refused(part: str, doctype: str) -> None:
    assert refusal(edited("?>", f"?>{doctype}", part)).code == "TEMPLATE_DOCTYPE"


FETCHING = [
    "INCLUDEPICTURE http://x/a.png",
    "INCLUDETEXT file:///etc/passwd",
    "LINK Excel.Sheet a",
    "DDE x y",
    "DDEAUTO x y",
    "IMPORT a.png",
    "DATABASE \\d x",
    "HYPERLINK http://x",
    "DATE",
    "FILLIN x",
    "MACROBUTTON x",
    " ",
    "includepicture x",
    "= 1 + 1",
    "QUOTE 73",
]


@pytest.mark.parametrize("instruction", FETCHING)
def test_a_field_that_is_not_on_the_list_is_refused(instruction: str) -> None:
    simple = f'<w:p><w:fldSimple w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
    split = field("</w:instrText></w:r><w:r><w:instrText>".join(instruction))
    for data in (with_xml(field(instruction)), with_xml(simple), with_xml(split), in_footer(field(instruction))):
        assert refusal(data).code == "TEMPLATE_FIELD"


@pytest.mark.parametrize(
    "xml",
    [
        "<w:p><w:r><w:instrText>DDE x</w:instrText></w:r></w:p>",
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDE x</w:instrText></w:r></w:p>',
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>' + field("PAGE") + field("PAGE")[:-6] + "</w:p>",
        "<w:p><w:r><w:delInstrText>DDE x</w:delInstrText></w:r></w:p>",
    ],
)
def test_a_field_out_of_order_is_refused(xml: str) -> None:
    assert refusal(with_xml(xml)).code == "TEMPLATE_FIELD"


def test_a_field_for_page_numbers_is_accepted() -> None:
    load_template(with_xml(field(" NUMPAGES  \\* MERGEFORMAT ")), "umum.docx")


def test_a_field_that_only_rendering_makes_is_refused() -> None:
    # docxtpl drops the whole paragraph of a {%p tag: here with the harmless first word of a field
    cut = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>'
        "<w:p><w:r><w:instrText>PAGE </w:instrText></w:r><w:r><w:t>{%p if judul %}</w:t></w:r></w:p>"
        "<w:p><w:r><w:instrText>INCLUDETEXT x</w:instrText></w:r></w:p>"
        "<w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p>"
        '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    loaded = load_template(with_xml(cut), "umum.docx")
    with pytest.raises(TemplateError) as caught:
        render_document(head_content(), loaded, qr="x")
    assert (caught.value.code, caught.value.params["field"]) == ("TEMPLATE_FIELD", "INCLUDETEXT x")


@pytest.mark.parametrize(
    "xml",
    [
        '<w:altChunk r:id="rId10"/>',
        "<w:p><w:r><w:object/></w:r></w:p>",
        '<w:subDoc r:id="rId10"/>',
        '<w:p><w:r><w:control r:id="rId10"/></w:r></w:p>',
        '<w:p><w:r><w:pict><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/></w:pict></w:r></w:p>',
        '<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://x"/></w:pict></w:r></w:p>',
        '<w:p><w:r><w:drawing><a:blip r:link="rId10"/></w:drawing></w:r></w:p>',
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/x"/></w:sdtPr><w:sdtContent/></w:sdt>',
        '<w:p><w:r><w:drawing><a:hlinkHover r:id="rId11"/></w:drawing></w:r></w:p>',
    ],
)
def test_an_element_that_fetches_or_embeds_is_refused(xml: str) -> None:
    assert refusal(with_xml(xml)).code == "TEMPLATE_ELEMENT"


def test_an_attached_template_or_mail_merge_in_the_settings_is_refused() -> None:
    for element in ('<w:attachedTemplate r:id="rId1"/>', "<w:mailMerge/>"):
        assert refusal(edited("<w:zoom", f"{element}<w:zoom", "word/settings.xml")).code == "TEMPLATE_ELEMENT"


@pytest.mark.parametrize(
    "data",
    [
        with_xml(field("PAGE {{ judul }}")),
        with_xml('<w:p><w:r><w:t xml:space="{{ judul }}">x</w:t></w:r></w:p>'),
        with_xml("<w:p>{{ judul }}</w:p>"),
        with_xml("<w:p><w:r>{<w:t>{ judul }}</w:t></w:r></w:p>"),
        edited('w:val="24"', 'w:val="{{ judul }}"', data=with_xml('<w:p><w:pPr><w:ind w:val="24"/></w:pPr></w:p>')),
        in_footer("<w:p>{% if judul %}</w:p>"),
    ],
)
def test_jinja_outside_the_text_is_refused(data: bytes) -> None:
    assert refusal(data).code in {"TEMPLATE_PLACE", "TEMPLATE_FIELD"}


def test_jinja_in_a_part_that_is_only_copied_is_refused() -> None:
    notes = f'<w:footnotes xmlns:w="{WORD_XML}"><w:p><w:r><w:t>{{{{ id }}}}</w:t></w:r></w:p></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = f'<Relationship Id="rId98" Type="{OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>'
    content = parts(with_part("word/footnotes.xml", notes.encode(), kind))
    content[RELATIONS] = content[RELATIONS].replace(b"</Relationships>", relation.encode())
    assert refusal(word_file(content)).code == "TEMPLATE_PLACE"


CONSTRUCTS = [
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% macro x() %}{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% set x = id %}",
    "{% filter upper %}{% endfilter %}",
    "{% autoescape false %}{% endautoescape %}",
    "{% block x %}{% endblock %}",
    "{% with %}{% endwith %}",
    "{{ range(9) }}",
    "{{ judul() }}",
    "{{ judul * 9 }}",
    "{{ 9 ** 9 }}",
    "{{ 'a' + 'b' }}",
    "{{ -1 }}",
    "{{ {'a': 1} }}",
    "{{ judul is callable }}",
    "{% for x in sasaran recursive %}{% endfor %}",
    "{% for a, b in sasaran %}{% endfor %}",
    "{{ 'a' " + "~ 'b' " * 60 + "}}",
]


@pytest.mark.parametrize("text", CONSTRUCTS)
def test_a_construct_that_is_not_on_the_list_is_refused(text: str) -> None:
    assert refusal(with_text(text)).code == "TEMPLATE_CONSTRUCT"


@pytest.mark.parametrize(
    "text",
    [
        "{{ judul | safe }}",
        "{{ judul | replace('a', 'b') }}",
        "{{ judul | attr('x') }}",
        "{{ judul | default(x=1) }}",
        "{{ sasaran | map('x') }}",
    ],
)
def test_a_filter_that_is_not_on_the_list_is_refused(text: str) -> None:
    error = refusal(with_text(text))
    assert error.code == "TEMPLATE_FILTER"
    assert "upper" in error.message("id")


@pytest.mark.parametrize(
    "text", ["{{ judul | join('xx') }}", "{{ sasaran | upper }}", "{{ sasaran | join('x') }}", "{{ judul | first }}"]
)
def test_a_filter_on_the_wrong_kind_is_refused(text: str) -> None:
    assert refusal(with_text(text)).code == "TEMPLATE_FILTER_KIND"


NAMES = [
    ("{{ judull }}", "judull", "judul"),
    ("{{ pihak_pertama.nmaa }}", "pihak_pertama.nmaa", "nama"),
    ("{{ kop.alamt }}", "kop.alamt", "alamat"),
    ("{% for s in sasaran %}{% for i in s.indikator %}{{ i.taget }}{% endfor %}{% endfor %}", "i.taget", "target"),
    ("{% if anggaran.jumla %}x{% endif %}", "anggaran.jumla", "jumlah"),
    ("{{ judul.__class__ }}", "judul.__class__", "-"),
    ("{{ sasaran[0] }}", "sasaran[0]", "-"),
    ("{{ pihak_pertama['nama'] }}", "pihak_pertama['nama']", "nama"),
    ("{{ profil[judul] }}", "getitem", "-"),
    ("{{ judul[0:2] }}", "getitem", "-"),
    ("{{ loop.index }}", "loop", "id"),
    ("{% for s in sasaran %}{{ loop.nextitem }}{% endfor %}", "loop.nextitem", "index"),
    ("{{ cycler }}", "cycler", "peran"),
    ("{{ _budget }}", "_budget", "unit"),
    ("{% for s in sasaran %}{% endfor %}{{ s.teks }}", "s", "id"),
    ("{{ (sasaran | first).tks }}", "sasaran | first.tks", "teks"),
]


@pytest.mark.parametrize(("text", "name", "nearest"), NAMES)
def test_a_wrong_name_is_named_with_the_nearest_and_what_exists(text: str, name: str, nearest: str) -> None:
    error = refusal(with_text(text))
    assert error.code == "TEMPLATE_NAME"
    assert error.params["name"] == name
    assert error.params["part"] == DOCUMENT
    assert nearest == "-" or nearest in str(error.params["known"])


def test_a_wrong_name_in_the_footer_says_where() -> None:
    error = refusal(in_footer("<w:p><w:r><w:t>{{ nomer }}</w:t></w:r></w:p>"))
    assert (error.params["part"], error.params["nearest"]) == ("word/footer1.xml", "nomor")


def test_a_name_divided_by_words_own_runs_is_found() -> None:
    runs = "".join(f"<w:r><w:t>{piece}</w:t></w:r>" for piece in ("{", "{ judu", "ll }", "}"))
    split = f"<w:p>{runs}</w:p>"
    assert refusal(with_xml(split)).params["name"] == "judull"


@pytest.mark.parametrize(
    "expression",
    [
        "sasaran",
        "kop",
        "pihak_pertama",
        "pihak_kedua",
        "pihak_pertama.elektronik",
        "none",
        "id ~ sasaran",
        "sasaran if id else id",
    ],
)
def test_what_is_no_text_is_not_printed(expression: str) -> None:
    assert refusal(with_text(f"{{{{ {expression} }}}}")).code == "TEMPLATE_NOT_TEXT"


@pytest.mark.parametrize(
    "text",
    ["{% for x in judul %}{% endfor %}", "{% for x in profil %}{% endfor %}", "{% for x in anggaran %}{% endfor %}"],
)
def test_what_is_no_list_is_not_gone_through(text: str) -> None:
    assert refusal(with_text(text)).code == "TEMPLATE_NOT_A_LIST"


@pytest.mark.parametrize(
    "text",
    ['{% if bentuk == "Administator" %}{% endif %}', '{% if pihak_pertama.status in ["Plt", "Plh."] %}{% endif %}'],
)
def test_a_condition_that_can_never_hold_is_refused(text: str) -> None:
    error = refusal(with_text(text))
    assert error.code == "TEMPLATE_VALUE"
    assert str(error.params["value"]) in {"Administator", "Plt"}


@pytest.mark.parametrize(
    "text", ["{{ judul", "{% if judul %}", "{% endfor %}", "{{ judul | }}", "{% unknown %}", "{{ 'a }}"]
)
def test_what_jinja_cannot_read_is_refused_with_the_text_around_it(text: str) -> None:
    assert refusal(with_text(text)).code == "TEMPLATE_SYNTAX"


@pytest.mark.parametrize(
    "text",
    [
        "{{ judul | upper }} {{ judul | title | trim }} {{ nomor | default('-', true) }}",
        "{% for s in sasaran if s.nomor != '1' %}{{ loop.index }}/{{ loop.length }}{% else %}-{% endfor %}",
        "{{ sasaran | length }} {{ (sasaran | first).teks }} {{ ['a', 'b'] | join(', ') }}",
        "{% if pihak_kedua is none or not nomor and judul is defined %}x{% elif peran %}{{ peran ~ '!' }}{% endif %}",
        "{{ 'Plt' if pihak_pertama.status == 'Plt.' else bentuk }} {{ profil.Provinsi }} {{ profil['Nama Kantor'] }}",
        "{% raw %}{{ judull }}{% endraw %} {# a note #}",
    ],
)
def test_what_an_office_worker_needs_is_accepted(text: str) -> None:
    load_template(with_text(text), "umum.docx")


LINK = '<a:hlinkClick r:id="rId11"/>'


@pytest.mark.parametrize(
    ("data", "code", "role"),
    [
        (edited(LINK, ""), "TEMPLATE_ANCHOR_MISSING", "pihak-pertama"),
        (edited(LINK, '<a:hlinkClick r:id="rId12"/>'), "TEMPLATE_ANCHOR_MISSING", "pihak-pertama"),
        (edited('<a:hlinkClick r:id="rId12"/>', ""), "TEMPLATE_ANCHOR_MISSING", "pihak-kedua"),
        (edited('descr="pkdocs:qr">', f'descr="pkdocs:qr">{LINK}'), "TEMPLATE_ANCHOR_DOUBLED", "pihak-pertama"),
        (edited("invalid/pihak-kedua", "invalid/saksi", RELATIONS), "TEMPLATE_ANCHOR_UNKNOWN", "saksi"),
    ],
)
def test_an_anchor_missing_doubled_or_unknown_is_named(data: bytes, code: str, role: str) -> None:
    error = refusal(data)
    assert error.code == code
    assert str(error.params["target"]).endswith(role)


def test_a_template_for_one_signer_has_no_second_anchor() -> None:
    data = edited(LINK, LINK.replace("11", "12"), data=template("kepala-daerah.docx"))
    content = parts(data)
    content[RELATIONS] = content[RELATIONS].replace(b'"rId11"', b'"rId12"').replace(b"pihak-pertama", b"pihak-kedua")
    assert refusal(word_file(content)).code == "TEMPLATE_ANCHOR_MISSING"


@pytest.mark.parametrize("text", ['descr="x"', 'descr="pkdocs"'])
def test_without_the_qr_codes_place_a_template_is_refused(text: str) -> None:
    assert refusal(edited('descr="pkdocs:qr"', text)).code == "TEMPLATE_QR_COUNT"


def test_two_places_for_the_qr_code_are_refused() -> None:
    assert (
        refusal(edited('descr="Tempat tanda tangan elektronik pihak-pertama"', 'descr="pkdocs:qr"')).code
        == "TEMPLATE_QR_COUNT"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [('r:embed="rId13"', 'r:embed="rId10"'), ('r:embed="rId10"', 'r:embed="rId13"'), ('r:embed="rId13"', "")],
)
def test_the_qr_codes_picture_is_its_own(old: str, new: str) -> None:
    assert refusal(edited(old, new)).code == "TEMPLATE_QR_PICTURE"


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in sasaran %}" * 9 + "{{ id }}" + "{% endfor %}" * 9,
        "{% if id %}" * 9 + "x" + "{% endif %}" * 9,
        "{% if id %}x" + "{% elif id %}x" * 21 + "{% endif %}",
    ],
)
def test_tags_nested_too_deeply_are_refused(text: str) -> None:
    assert refusal(with_text(text)).code == "TEMPLATE_DEPTH"


@pytest.mark.parametrize(
    "text",
    [
        "{% if id %}" * 1500 + "{% endif %}" * 1500,
        "{{ " + "not " * 3000 + "id }}",
        "{{ " + "(" * 3000 + "id" + ")" * 3000 + " }}",
        "{{ " + "9" * 10_000 + " }}",
    ],
)
def test_what_would_exhaust_jinja_itself_is_refused(text: str) -> None:
    assert refusal(with_text(text)).code == "TEMPLATE_TOO_LARGE"


@pytest.mark.parametrize("text", ["{{", "{{r ", "{%p ", "{%tr ", "}}", "{# ", "{% vm ", "{{ id }}{%"])
def test_a_hundred_thousand_open_tags_are_refused_at_once(text: str) -> None:
    assert refusal(with_text(text * 100_000)).code in {"TEMPLATE_SYNTAX", "TEMPLATE_ALONE"}


def test_a_zip_bomb_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts(template()).items():
            archive.writestr(name, data)
        archive.writestr("word/media/bomb.png", bytes(60_000_000))
    assert refusal(file.getvalue()).code == "TEMPLATE_TOO_LARGE"


@pytest.mark.parametrize(
    "beside",
    [
        "<w:r><w:t>{%p if nomor %} tambahan</w:t></w:r>",
        "<w:r><w:t>{{ judul }}</w:t></w:r><w:r><w:t>{%p endif %}</w:t></w:r>",
    ],
)
def test_text_that_would_vanish_with_its_paragraph_is_refused(beside: str) -> None:
    with pytest.raises(TemplateError) as stop:
        load_template(with_xml(f"<w:p>{beside}</w:p>"), "umum.docx")
    assert stop.value.code == "TEMPLATE_ALONE"
