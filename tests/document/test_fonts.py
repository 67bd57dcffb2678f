"""Which fonts the text of a template names, and where."""

import pytest

from pkdocs.document import load_template
from pkdocs.document.fonts import Typography
from pkdocs.messages import LANGUAGES
from tests.document.word import OFFICE, RELATIONS, edited, parts, template, with_part, with_text, with_xml, word_file

STYLES = "word/styles.xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
THEME = """<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>
<a:majorFont><a:latin typeface="Cambria"/><a:ea typeface=""/><a:cs typeface="Amiri"/></a:majorFont>
<a:minorFont><a:latin typeface="Aptos"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>"""
NUMBERING = """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/>
<w:rPr><w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/></w:rPr></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""

TEGAS = '<w:rPr><w:rStyle w:val="C"/></w:rPr>'
RIGHT_TO_LEFT = '<w:rPr><w:rFonts w:ascii="Tahoma" w:cs="Amiri"/><w:rtl/></w:rPr>'


def typography(data: bytes) -> Typography:
    return load_template(data, "uji.docx").typography


def certain(data: bytes) -> dict[str, str]:
    """Return the families in which letters will be set, but that of the shipped templates, and where each is named."""
    uses = [use for use in typography(data).fonts if use.is_certain and use.family != "Arial"]
    return {use.family: use.place.message("en") for use in uses}


def other(data: bytes) -> set[str]:
    return {use.family for use in typography(data).fonts if not use.is_certain} - {"Arial"}


def fonts(family: str, slot: str = "ascii") -> str:
    return f'<w:rPr><w:rFonts w:{slot}="{family}"/></w:rPr>'


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def with_style(xml: str, data: bytes | None = None) -> bytes:
    return edited("</w:styles>", f"{xml}</w:styles>", STYLES, data)


def with_relative(kind: str, xml: str, content_type: str, data: bytes) -> bytes:
    """Return ``data`` with a part to which the document relates as ``kind``."""
    added = parts(with_part(f"word/{kind}.xml", xml.encode(), content_type))
    related = edited(
        "</Relationships>",
        f'<Relationship Id="rId98" Type="{OFFICE}/{kind}" Target="{kind}.xml"/></Relationships>',
        RELATIONS,
        data,
    )
    listed = {name: added[name] for name in ("[Content_Types].xml", f"word/{kind}.xml")}
    return word_file({**parts(related), **listed})


def test_a_shipped_template_names_one_font_in_its_defaults() -> None:
    uses = typography(template()).fonts
    assert {(use.family, use.place.message("id")) for use in uses} == {("Arial", "bawaan dokumen")}


def test_a_font_on_the_text_itself_is_named_with_the_text_and_its_part() -> None:
    data = with_xml(f"<w:p>{run('Sila baca', fonts('Tahoma'))}</w:p>")
    assert certain(data) == {"Tahoma": 'directly on the text "Sila baca" in word/document.xml'}


def test_a_style_is_named_that_a_paragraphs_style_is_based_on() -> None:
    data = with_style(
        f'<w:style w:type="paragraph" w:styleId="A"><w:name w:val="Dasar"/>{fonts("Tahoma")}</w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="Turunan"/><w:basedOn w:val="A"/></w:style>',
        with_xml(f'<w:p><w:pPr><w:pStyle w:val="B"/></w:pPr>{run("a")}</w:p>'),
    )
    assert certain(data) == {"Tahoma": "style Dasar"}


def test_styles_in_a_circle_end() -> None:
    data = with_style(
        '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="A"/></w:style>',
        with_xml(f'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>{run("a")}</w:p>'),
    )
    assert certain(data) == {}


def test_a_character_style_goes_before_the_paragraphs() -> None:
    data = with_style(
        f'<w:style w:type="character" w:styleId="C"><w:name w:val="Tegas"/>{fonts("Verdana")}</w:style>'
        f'<w:style w:type="paragraph" w:styleId="P"><w:name w:val="P"/>{fonts("Tahoma")}</w:style>',
        with_xml(f'<w:p><w:pPr><w:pStyle w:val="P"/></w:pPr>{run("a", TEGAS)}</w:p>'),
    )
    assert certain(data) == {"Verdana": "style Tegas"}


def test_a_table_style_goes_before_the_defaults() -> None:
    data = with_style(
        f'<w:style w:type="table" w:styleId="T"><w:name w:val="Tabel Biru"/>{fonts("Tahoma")}</w:style>',
        with_xml(
            '<w:tbl><w:tblPr><w:tblStyle w:val="T"/></w:tblPr><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>'
            f"<w:tr><w:tc><w:p>{run('a')}</w:p></w:tc></w:tr></w:tbl><w:p/>"
        ),
    )
    assert certain(data) == {"Tahoma": "style Tabel Biru"}


def test_a_style_that_no_text_has_names_nothing() -> None:
    data = with_style(f'<w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/>{fonts("Tahoma")}</w:style>')
    assert certain(data) == {}
    assert other(data) == set()


def test_a_font_of_the_theme_goes_before_one_by_name() -> None:
    themed = '<w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:ascii="Tahoma" w:cstheme="majorBidi"/></w:rPr>'
    data = with_xml(f"<w:p>{run('a', themed)}</w:p>")
    kind = "application/vnd.openxmlformats-officedocument.theme+xml"
    made = with_relative("theme", THEME, kind, data)
    assert certain(made).keys() == {"Aptos"}
    assert other(made) == {"Amiri"}
    # a theme that is not there names nothing
    assert certain(data) == {}


def test_fonts_of_other_scripts_are_not_certain() -> None:
    data = with_xml(f"<w:p>{run('a', fonts('MS Mincho', 'eastAsia'))}{run('b', fonts('Amiri', 'cs'))}</w:p>")
    assert certain(data) == {}
    assert other(data) == {"MS Mincho", "Amiri"}


def test_text_from_right_to_left_is_set_in_the_font_of_its_script() -> None:
    data = with_xml(f"<w:p>{run('كراجأن', RIGHT_TO_LEFT)}</w:p>")
    assert certain(data).keys() == {"Amiri"}


def test_of_a_tab_nothing_is_certain() -> None:
    data = with_xml(f"<w:p><w:r>{fonts('Tahoma')}<w:tab/></w:r></w:p>")
    assert (certain(data), other(data)) == ({}, {"Tahoma"})


def test_a_symbol_names_its_font() -> None:
    data = with_xml('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>')
    assert certain(data).keys() == {"Wingdings"}


def test_the_label_of_a_list_names_the_font_of_its_numbering() -> None:
    item = f'<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>{fonts("Tahoma")}</w:pPr>{run("a")}</w:p>'
    data = with_relative("numbering", NUMBERING, f"{WORD}.numbering+xml", with_xml(item))
    assert other(data) == {"Courier New", "Tahoma"}
    assert certain(data) == {}
    assert other(with_relative("numbering", NUMBERING, f"{WORD}.numbering+xml", template())) == set()


def test_a_list_by_its_style_is_one_too() -> None:
    style = '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="L"/><w:pPr><w:numPr/></w:pPr></w:style>'
    item = with_xml(f'<w:p><w:pPr><w:pStyle w:val="L"/></w:pPr>{run("a")}</w:p>')
    data = with_relative("numbering", NUMBERING, f"{WORD}.numbering+xml", with_style(style, item))
    assert other(data) == {"Courier New"}


def test_headers_and_footers_name_fonts_too() -> None:
    data = edited("</w:ftr>", f"<w:p>{run('a', fonts('Tahoma'))}</w:p></w:ftr>", "word/footer1.xml")
    assert certain(data) == {"Tahoma": 'directly on the text "a" in word/footer1.xml'}


def test_footnotes_are_printed_as_they_are() -> None:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraph = f"<w:p>{run('a', fonts('Tahoma'))}</w:p>"
    note = f'<w:footnotes xmlns:w="{namespace}"><w:footnote>{paragraph}</w:footnote></w:footnotes>'
    data = with_relative("footnotes", note, f"{WORD}.footnotes+xml", template())
    assert certain(data) == {"Tahoma": 'directly on the text "a" in word/footnotes.xml'}


def test_where_nothing_names_a_font_it_is_words_own() -> None:
    named = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'
    assert certain(edited(named, "", STYLES)) == {"Times New Roman": "the document's defaults"}


@pytest.mark.parametrize(
    "text",
    [
        (run("{%p if nomor %}", fonts("Tahoma")), run("x"), run("{%p endif %}", fonts("Tahoma"))),
        (run("{%", fonts("Tahoma")) + run("p if nomor %}", fonts("Tahoma")), run("x"), run("{%p endif %}")),
        (run("{{ no") + run("mor }}", fonts("Tahoma")),),
        (run("{{ nomor") + run(" }}", fonts("Tahoma")) + run("x"),),
    ],
    ids=["tag", "divided tag", "divided value", "end of a value"],
)
def test_what_is_not_printed_names_nothing(text: tuple[str, ...]) -> None:
    data = with_xml("".join(f"<w:p>{paragraph}</w:p>" for paragraph in text))
    assert certain(data) == {}


def test_a_value_is_set_in_the_font_of_its_beginning() -> None:
    data = with_xml(f"<w:p>{run('{{ no', fonts('Tahoma'))}{run('mor }}')}</w:p>")
    assert certain(data).keys() == {"Tahoma"}


def test_the_number_of_a_field_is_text() -> None:
    field = '<w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText><w:fldChar w:fldCharType="end"/>'
    data = with_xml(f"<w:p><w:r>{fonts('Tahoma')}{field}</w:r></w:p>")
    assert certain(data).keys() == {"Tahoma"}


def test_the_letters_of_a_template_are_those_that_it_prints_itself() -> None:
    assert "☺" in typography(with_text("a ☺")).letters
    assert "☺" not in typography(template()).letters


def test_every_place_is_said_in_both_languages() -> None:
    for use in typography(with_xml(f"<w:p>{run('a', fonts('Tahoma'))}</w:p>")).fonts:
        assert all(use.place.message(language) for language in LANGUAGES)
