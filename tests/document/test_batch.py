"""Word files of several agreements laid out together."""

import io
import zipfile

import pytest
from lxml import etree

from pkdocs.content import first_mark, last_mark
from pkdocs.document import Binding, Template, is_usual, join_batch, load_template, render_document
from pkdocs.document.prelude import LETTERS
from pkdocs.roster import Level
from tests.document.levels import Size, content_of
from tests.document.word import DOCUMENT, RELATIONS, edited, parts, template, with_text, with_xml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RUN = "<w:r><w:t>x</w:t></w:r>"


def loaded(data: bytes | None = None) -> Template:
    return load_template(data or template(), "umum.docx")


def bound(data: bytes | None = None) -> Binding:
    binding = loaded(data).binding
    assert binding is not None
    return binding


def rendered(size: Size = Size.SHORT, by: Template | None = None) -> bytes:
    content = content_of(Level.FUNCTIONAL, size)
    return render_document(content, by or loaded(), qr=f"pkdocs:{content.id}")


def joined(*sizes: Size) -> dict[str, bytes]:
    return parts(join_batch([rendered(size) for size in sizes], bound()))


def tree_of(content: bytes) -> etree._Element:
    return etree.fromstring(content)


class TestJoined:
    def test_each_agreement_is_a_section_that_counts_from_1(self) -> None:
        sections = list(tree_of(joined(Size.SHORT, Size.USUAL)[DOCUMENT]).iter(f"{W}sectPr"))
        starts = [[number.get(f"{W}start") for number in section.iter(f"{W}pgNumType")] for section in sections]
        assert starts == [[], ["1"], ["1"]]

    def test_each_stands_between_its_marks(self) -> None:
        tree = tree_of(joined(Size.SHORT, Size.USUAL)[DOCUMENT])
        names = [mark.get(f"{W}name") for mark in tree.iter(f"{W}bookmarkStart")]
        assert names == [first_mark(0), last_mark(0), first_mark(1), last_mark(1)]

    def test_each_has_its_own_footer_and_code(self) -> None:
        made = joined(Size.SHORT, Size.USUAL)
        targets = {entry.get("Id"): entry.get("Target") for entry in tree_of(made[RELATIONS])}
        tree = tree_of(made[DOCUMENT])
        footers = [targets[entry.get(f"{R}id")] for entry in tree.iter(f"{W}footerReference")]
        assert footers == ["/word/footer1-0.xml", "/word/footer1-1.xml"]
        shown = {targets[str(blip.get(f"{R}embed"))] for blip in tree.iter("{*}blip")}
        assert {"/word/media/kode-qr-0.png", "/word/media/kode-qr-1.png"} <= shown
        single = parts(rendered(Size.USUAL))
        assert made["word/media/kode-qr-1.png"] == single["word/media/kode-qr.png"]
        assert all(
            name.lstrip("/") in made for name in targets.values() if name and "://" not in name and "/" in name[:1]
        )

    def test_every_part_has_a_content_type(self) -> None:
        made = joined(Size.SHORT, Size.USUAL)
        kinds = {entry.get("PartName"): entry.get("ContentType") for entry in tree_of(made["[Content_Types].xml"])}
        assert kinds["/word/footer1-1.xml"] == kinds["/word/footer1.xml"]

    def test_the_number_of_pages_is_the_page_of_the_last_paragraph(self) -> None:
        made = joined(Size.SHORT, Size.USUAL)
        for place in range(2):
            footer = made[f"word/footer1-{place}.xml"].decode()
            assert "NUMPAGES" not in footer
            assert f"PAGEREF {last_mark(place)}" in footer

    def test_the_prelude_shows_every_letter_in_every_format_first(self) -> None:
        body = tree_of(joined(Size.SHORT)[DOCUMENT])[0]
        assert len(body) > len(bound().prelude) > 5
        for specimen in list(body)[: len(bound().prelude)]:
            text = "".join(specimen.itertext())
            assert set(LETTERS) <= set(text)

    def test_what_a_header_links_to_goes_with_it(self) -> None:
        links = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
        content = parts(template()) | {"word/_rels/footer1.xml.rels": links}
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        by = loaded(file.getvalue())
        assert by.binding is not None
        assert "word/_rels/footer1-0.xml.rels" in parts(join_batch([rendered(by=by)], by.binding))

    def test_a_first_section_that_goes_on_begins_a_page_here(self) -> None:
        by = loaded(edited("<w:pgSz", '<w:type w:val="continuous"/><w:pgSz'))
        assert by.binding is not None
        sections = list(tree_of(parts(join_batch([rendered(by=by)], by.binding))[DOCUMENT]).iter(f"{W}sectPr"))
        assert [kind.get(f"{W}val") for kind in sections[-1].iter(f"{W}type")] == []


def test_the_same_agreements_give_the_same_file() -> None:
    """No clock is in it."""
    assert joined(Size.SHORT) == joined(Size.SHORT)
    infos = zipfile.ZipFile(io.BytesIO(join_batch([rendered()], bound()))).infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


class TestBound:
    @pytest.mark.parametrize(
        "data",
        [
            with_xml(f'<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>{RUN}</w:p>'),
            with_xml(f'<w:p><w:bookmarkStart w:id="1" w:name="x"/><w:bookmarkEnd w:id="1"/>{RUN}</w:p>'),
            with_xml(f'<w:p><w:fldSimple w:instr="PAGE">{RUN}</w:fldSimple></w:p>'),
            with_xml("<w:p><w:r><w:instrText>SECTIONPAGES</w:instrText></w:r></w:p>"),
            with_xml(f'<w:p><w:ins w:id="1" w:author="x">{RUN}</w:ins></w:p>'),
            edited("<w:pgSz", '<w:pgNumType w:start="7"/><w:pgSz'),
            edited('<w:name w:val="Isi"/>', '<w:name w:val="Isi"/><w:pPr><w:numPr/></w:pPr>', "word/styles.xml"),
        ],
        ids=["list", "bookmark", "simple field", "other field", "revision", "own numbers", "numbered style"],
    )
    def test_what_counts_through_the_file_is_not_laid_out_with_others(self, data: bytes) -> None:
        assert loaded(data).binding is None

    def test_a_template_that_ends_with_a_table_is_not(self) -> None:
        last = '<w:p><w:pPr><w:pStyle w:val="Jarak"/></w:pPr></w:p><w:sectPr>'
        assert loaded(edited(last, "<w:sectPr>")).binding is None

    def test_a_first_section_without_the_header_of_a_later_one_is_not(self) -> None:
        """It would take that of the agreement before it."""
        section = '<w:p><w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr></w:p><w:tbl>'
        assert loaded(edited("<w:tbl>", section)).binding is None

    def test_a_style_that_nobody_uses_does_not_count(self) -> None:
        unused = '<w:style w:type="paragraph" w:styleId="Daftar"><w:pPr><w:numPr/></w:pPr></w:style></w:styles>'
        assert loaded(edited("</w:styles>", unused, "word/styles.xml")).binding is not None

    def test_letters_of_the_template_are_in_the_prelude(self) -> None:
        assert "é" in bound(with_text("Kafé")).letters
        assert "é" not in bound().letters


class TestUsual:
    def test_the_samples_letters_are_usual(self) -> None:
        assert all(is_usual(rendered(size), bound()) for size in Size)

    def test_a_letter_beyond_the_prelude_is_not(self) -> None:
        by = loaded(with_text("Kafé"))
        assert not is_usual(rendered(by=by), bound())
        assert by.binding is not None
        assert is_usual(rendered(by=by), by.binding)
