"""Documents: what docxtpl would make, with every text as it is, the same bytes each time."""

import contextlib
import dataclasses
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import jinja2
import pytest
import zxingcpp
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from pkdocs.content import (
    Amendment,
    Budget,
    Content,
    Expense,
    Goal,
    Organisation,
    Parties,
    Party,
    Promise,
    Quarter,
    Reference,
    Role,
    Value,
    qr_text,
)
from pkdocs.document import Template, load_template, render_document, sandbox
from pkdocs.errors import TemplateError
from pkdocs.page import Letterhead, Wording, build_page
from pkdocs.plan import Mode, Polarity, Tier
from pkdocs.profile import Ground, Paper
from pkdocs.roster import Level, Means
from tests.document.word import DOCUMENT, edited, parts, template, with_text, with_xml, word_file
from tests.factory import division_content, head_content, root_content

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
GENERAL = load_template(template(), "umum.docx")
HEAD_OF_REGION = load_template(template("kepala-daerah.docx"), "kepala-daerah.docx")
QR = "pkdocs:PK-2026-X-1/ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def rendered(content: Content, by: Template = GENERAL, **more: Any) -> bytes:
    return render_document(content, by, qr=QR, **more)


def text_of(data: bytes, part: str = DOCUMENT) -> str:
    """Return a part's text, a line for each paragraph."""
    paragraphs = etree.fromstring(parts(data)[part]).iter(f"{W}p")
    return "\n".join("".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in paragraphs)


def by_docxtpl(content: Content, name: str, environment: jinja2.Environment) -> dict[str, bytes]:
    """Render as docxtpl's documentation says."""
    word = DocxTemplate(io.BytesIO(template(name)))
    page = build_page(content)
    context = {field.name: getattr(page, field.name) for field in dataclasses.fields(page)}
    word.render(context, environment, autoescape=True)
    file = io.BytesIO()
    word.save(file)
    return parts(file.getvalue())


def refusal(content: Content, by: Template, **more: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        rendered(content, by, **more)
    assert caught.value.message("id")
    return caught.value


hostile = st.text(
    st.sampled_from("&<>{}%#\"'\\_ abjiö“”‘’…-0"),
    min_size=1,
    max_size=40,
).map(str.strip).filter(bool)  # fmt: skip
tags = st.sampled_from(
    ["{{ id }}", "{% if x %}", "{_{ id }_}", "{_% raw %_}", "{#", "</w:t>", "&amp;", "]]>", "Rp#", "w" * 200]
)
texts = st.one_of(hostile, tags)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    content = division_content()
    first = replace(content.parties.first, name=draw(texts), office=draw(texts), rank=draw(st.none() | texts))
    promise = replace(
        content.indicators[0],
        text=draw(texts),
        unit=draw(texts),
        definition=draw(texts),
        source=draw(st.none() | texts),
    )
    codes = draw(st.lists(texts, min_size=3, max_size=9, unique_by=str.casefold))
    goals = tuple(
        Goal(draw(texts), tuple(replace(promise, code=code) for code in group))
        for group in (codes[:1], codes[1:2], codes[2:])
    )
    lines = (Expense("1", Tier.PROGRAMME, draw(texts), "1000", draw(st.none() | texts)),)
    return replace(
        content,
        title=draw(texts),
        organisation=Organisation(draw(texts)),
        parties=Parties(first, content.parties.second),
        goals=goals,
        budget=draw(st.none() | st.just(Budget(lines, "1000"))),
    )


@settings(max_examples=60, deadline=None)
@given(contents())
def test_the_document_is_byte_for_byte_docxtpls_own(content: Content) -> None:
    ours = parts(rendered(content))
    theirs = by_docxtpl(content, "umum.docx", sandbox.sandbox())
    assert ours[DOCUMENT] == theirs[DOCUMENT]
    assert ours["word/footer1.xml"] == theirs["word/footer1.xml"]


@pytest.mark.parametrize(
    ("content", "name", "by"),
    [
        (root_content(), "kepala-daerah.docx", HEAD_OF_REGION),
        (head_content(), "umum.docx", GENERAL),
        (division_content(), "umum.docx", GENERAL),
    ],
)
def test_ordinary_documents_are_those_of_a_plain_environment(content: Content, name: str, by: Template) -> None:
    plain = jinja2.Environment(autoescape=True)
    assert parts(rendered(content, by))[DOCUMENT] == by_docxtpl(content, name, plain)[DOCUMENT]


@settings(max_examples=60, deadline=None)
@given(texts)
def test_hostile_text_prints_as_it_is(text: str) -> None:
    content = head_content()
    promise = replace(content.indicators[0], text=text)
    lines = text_of(rendered(replace(content, goals=(Goal(text, (promise,)),)))).splitlines()
    assert lines.count(text) == 3


def test_the_same_arguments_give_the_same_bytes() -> None:
    again = load_template(template(), "umum.docx")
    assert rendered(division_content()) == rendered(division_content(), again)


def test_only_what_differs_is_written_anew() -> None:
    before, after = parts(template()), parts(rendered(division_content()))
    assert {name for name in before if before[name] != after[name]} == {
        DOCUMENT,
        "word/footer1.xml",
        "word/media/kode-qr.png",
        "docProps/core.xml",
    }
    assert list(after) != list(before)
    assert set(after) == set(before)


def test_the_qr_code_says_what_it_was_given() -> None:
    content = division_content()
    text = qr_text("https://pk.wanasari.example/v/", content.id, content.digest)
    image = Image.open(io.BytesIO(parts(render_document(content, GENERAL, qr=text))["word/media/kode-qr.png"]))
    assert image.mode == "1"
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [text]


def test_the_title_is_the_id_and_the_time_that_of_the_agreement() -> None:
    core = parts(rendered(division_content()))["docProps/core.xml"].decode()
    assert "<dc:title>PK-2026-KOMINFO.APTIKA-1</dc:title>" in core
    assert set(re.findall(r">(\d{4}-[^<]+)<", core)) == {"2026-01-22T00:00:00Z"}


def test_a_sasaran_with_several_indicators_is_one_merged_cell() -> None:
    document = etree.fromstring(parts(rendered(root_content(), HEAD_OF_REGION))[DOCUMENT])
    merges = [merge.get(f"{W}val") for merge in document.iter(f"{W}vMerge")]
    assert merges == ["restart", "restart", "restart", "restart", "continue", "continue"]


def test_superior_left_subordinate_right_with_place_and_date() -> None:
    document = etree.fromstring(parts(rendered(head_content()))[DOCUMENT])
    table = next(table for table in document.iter(f"{W}tbl") if "PIHAK KEDUA" in "".join(table.itertext()))
    rows = [["".join(cell.itertext()) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]
    assert rows[0] == ["", "Wanasari, 22 Januari 2026"]
    assert rows[1] == ["PIHAK KEDUA", "PIHAK PERTAMA"]
    assert rows[2] == ["Wali Kota Wanasari,", "Kepala Dinas Komunikasi dan Informatika,"]
    assert rows[4] == [
        "Arum Pradnyawati",
        "Dra. Citra Maheswari, M.M.Pembina Utama Muda (IV/c)NIP. 197111021996032992",
    ]


WORDING = [
    (
        "Dalam rangka mewujudkan manajemen pemerintahan yang efektif, transparan, dan akuntabel serta berorientasi",
        " pada hasil, kami yang bertanda tangan di bawah ini:",
    ),
    ("selanjutnya disebut PIHAK PERTAMA.", ""),
    ("selaku atasan pihak pertama, selanjutnya disebut PIHAK KEDUA.", ""),
    (
        "Pihak pertama berjanji akan mewujudkan target kinerja yang seharusnya sesuai lampiran perjanjian ini, dalam",
        " rangka mencapai target kinerja jangka menengah seperti yang telah ditetapkan dalam dokumen perencanaan.",
    ),
    ("Keberhasilan dan kegagalan pencapaian target kinerja tersebut menjadi tanggung jawab kami.", ""),
    (
        "Pihak kedua akan melakukan supervisi yang diperlukan serta akan melakukan evaluasi terhadap capaian kinerja",
        " dari perjanjian ini dan mengambil tindakan yang diperlukan dalam rangka pemberian penghargaan dan sanksi.",
    ),
]


def test_the_statement_has_the_official_wording() -> None:
    text = text_of(rendered(head_content()))
    lines = text.splitlines()
    for start, end in WORDING:
        assert start + end in lines


def test_local_words_for_the_parties_are_used_in_the_sentences() -> None:
    content = head_content()
    assert content.parties.second is not None
    first = replace(content.parties.first, label="PIHAK KESATU")
    text = text_of(rendered(replace(content, parties=Parties(first, content.parties.second))))
    assert "Pihak kesatu berjanji" in text
    assert "selaku atasan pihak kesatu" in text
    assert "PERTAMA" not in text.replace("pihak-pertama", "")


def test_the_head_of_region_signs_alone() -> None:
    text = text_of(rendered(root_content(), HEAD_OF_REGION))
    assert "berjanji akan mewujudkan" in text
    assert "supervisi" not in text
    assert "PIHAK KEDUA" not in text
    assert "NIP" not in text


HEADINGS = [
    (Level.JPT_PRATAMA, "Sasaran Strategis", "Indikator Kinerja"),
    (Level.JPT_MADYA, "Sasaran Strategis", "Indikator Kinerja"),
    (Level.BUMD, "Sasaran Strategis", "Indikator Kinerja"),
    (Level.ADMINISTRATOR, "Sasaran Program", "Indikator Kinerja"),
    (Level.SUPERVISOR, "Sasaran Kegiatan", "Indikator Kinerja"),
    (Level.FUNCTIONAL, "Sasaran Kinerja", "Indikator Kinerja Individu"),
    (Level.EXECUTIVE, "Sasaran Kinerja", "Indikator Kinerja Individu"),
    (Level.NON_ASN, "Sasaran Kinerja", "Indikator Kinerja Individu"),
]


@pytest.mark.parametrize(("level", "goal", "indicator"), HEADINGS)
def test_headings_follow_the_level(level: Level, goal: str, indicator: str) -> None:
    lines = text_of(rendered(head_content(), wording=Wording(form=level))).splitlines()
    assert lines.count(goal) == 1
    assert lines.count(indicator) == 1


def test_several_tiers_make_one_combined_table() -> None:
    lines = (
        Expense("2.16.03", Tier.PROGRAMME, "Program Aplikasi", "5000", "APBD"),
        Expense("2.16.03.2.02", Tier.ACTIVITY, "Pengelolaan Aplikasi", "3000"),
    )
    text = text_of(rendered(replace(head_content(), budget=Budget(lines, "5000")))).splitlines()
    assert "Program/Kegiatan" in text
    assert text[text.index("2.16.03.2.02") + 1] == "Kegiatan"
    assert text[text.index("JUMLAH") + 1] == "5.000"


def test_without_a_budget_there_is_no_table() -> None:
    assert "JUMLAH" not in text_of(rendered(division_content()))


def test_nothing_is_left_of_a_rank_or_number_that_is_not_printed() -> None:
    content = head_content()
    bare = replace(content.parties.first, rank=None, number=None)
    assert "NIP" not in text_of(rendered(replace(content, parties=Parties(bare, content.parties.second))))


def on_paper(content: Content, *roles: Role) -> Content:
    def signing(role: Role) -> Party | None:
        party = content.party(role)
        return replace(party, means=Means.PAPER) if party and role in roles else party

    first = signing(Role.FIRST)
    assert first is not None
    return replace(content, parties=Parties(first, signing(Role.SECOND)))


@pytest.mark.parametrize("roles", [(), (Role.FIRST,), (Role.SECOND,), (Role.FIRST, Role.SECOND)])
def test_who_signs_on_paper_has_blank_space_and_no_anchor(roles: tuple[Role, ...]) -> None:
    data = rendered(on_paper(head_content(), *roles))
    document = parts(data)[DOCUMENT]
    assert document.count(b"<a:hlinkClick") == 2 - len(roles)
    assert text_of(data).count("pada halaman Pernyataan") == 2 - len(roles)
    assert document.count(b'w:lineRule="exact"') == 2 * len(roles)


def test_an_amendment_says_its_ground_and_what_it_supersedes() -> None:
    amendment = Amendment(Ground.STRATEGY, Reference("PK-2026-KOMINFO-1", "5a" * 32))
    text = text_of(rendered(replace(head_content(), id="PK-2026-KOMINFO-2", version=2, amendment=amendment)))
    for line in ("Perubahan Strategi", "PK-2026-KOMINFO-1", "5a" * 32):
        assert line in text.splitlines()


def test_f4_pages_are_215_by_330_millimetres() -> None:
    tall = load_template(template(), "umum.docx", paper=Paper.F4)
    data = rendered(head_content(), tall)
    assert b'<w:pgSz w:w="12189" w:h="18709"/>' in parts(data)[DOCUMENT]
    assert tall.digest == GENERAL.digest


def test_a_landscape_section_stays_so_on_f4() -> None:
    wide = edited('<w:pgSz w:w="11906" w:h="16838"/>', '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>')
    data = rendered(head_content(), load_template(wide, "umum.docx", paper=Paper.F4))
    assert b'<w:pgSz w:w="18709" w:h="12189" w:orient="landscape"/>' in parts(data)[DOCUMENT]


@pytest.mark.parametrize(
    ("width", "right", "expected"),
    [("11906", "1134", 1417), ("12189", "1134", 1134), ("12240", "1134", 1083), ("13000", "700", 0), ("x", "", 0)],
)
def test_on_f4_the_text_stays_as_wide_as_it_was(width: str, right: str, expected: int) -> None:
    page = f'<w:pgSz w:w="{width}" w:h="16838"/><w:pgMar w:right="{right}" w:left="1701"/>'
    sized = edited("</w:sectPr>", f"</w:sectPr><w:sectPr>{page}</w:sectPr>")
    margins = re.findall(rb'<w:pgMar w:right="(\d+)" w:left="1701"/>', parts(rendered_on_f4(sized))[DOCUMENT])
    assert [int(found) for found in margins] == [expected]


def rendered_on_f4(data: bytes) -> bytes:
    return rendered(head_content(), load_template(data, "umum.docx", paper=Paper.F4))


def test_the_local_governments_own_keys_reach_the_template() -> None:
    by = load_template(with_text("{{ profil.Provinsi }}/{{ profil['Nama Kantor'] | default('-') }}"), "umum.docx")
    assert "Jawa Timur/-" in text_of(rendered(head_content(), by, wording=Wording({"Provinsi": "Jawa Timur"})))


def test_the_letterhead_is_the_units_own() -> None:
    own = Letterhead("DISKOMINFO", alamat="Jalan Raya 8", telepon="(0399) 1", surel="a@b.example", laman="b.example")
    lines = text_of(rendered(head_content(), wording=Wording(letterhead=own))).splitlines()[:4]
    assert lines == [
        "", "PEMERINTAH KOTA WANASARI", "DISKOMINFO", "Jalan Raya 8, Telepon (0399) 1",
    ]  # fmt: skip
    assert "Laman b.example, Pos-el a@b.example" in text_of(rendered(head_content(), wording=Wording(letterhead=own)))


@settings(max_examples=40, deadline=None)
@given(texts, texts)
def test_a_hostile_letterhead_prints_as_it_is(name: str, address: str) -> None:
    kop = Letterhead(name, alamat=address)
    lines = text_of(rendered(head_content(), wording=Wording(letterhead=kop))).splitlines()
    assert lines[2:4] == [name.upper(), address]


def test_without_a_letterhead_the_units_name_stands_there() -> None:
    lines = text_of(rendered(head_content())).splitlines()
    assert lines[1:4] == ["PEMERINTAH KOTA WANASARI", "DINAS KOMUNIKASI DAN INFORMATIKA", ""]


def test_a_unit_that_is_the_government_is_not_named_twice() -> None:
    content = replace(head_content(), position=replace(head_content().position, unit="PEMERINTAH Kota Wanasari"))
    assert text_of(rendered(content)).splitlines()[1:3] == ["PEMERINTAH KOTA WANASARI", ""]


def test_a_key_that_the_profile_lacks_is_named() -> None:
    error = refusal(head_content(), load_template(with_text("{{ profil.Provinsi }}"), "umum.docx"))
    assert error.code == "TEMPLATE_VALUE_MISSING"
    assert "Provinsi" in error.message("id")


def test_a_method_is_never_printed() -> None:
    by = load_template(with_text("{{ profil.items }}"), "umum.docx")
    assert refusal(head_content(), by).code == "TEMPLATE_VALUE_MISSING"


def test_a_template_for_two_refuses_one_signer() -> None:
    assert refusal(root_content(), GENERAL).code == "TEMPLATE_VALUE_MISSING"


def test_a_template_for_one_refuses_two_signers() -> None:
    error = refusal(head_content(), HEAD_OF_REGION)
    assert (error.code, error.params["target"]) == (
        "TEMPLATE_ANCHOR_MISSING",
        "https://anchor.pkdocs.invalid/pihak-kedua",
    )


def test_a_template_that_keeps_something_to_itself_is_refused() -> None:
    by = load_template(edited("{{ d.nilai }}", "-"), "umum.docx")
    error = refusal(division_content(), by)
    assert (error.code, error.params["id"]) == ("TEMPLATE_VALUE_ABSENT", "PK-2026-KOMINFO.APTIKA-1")


def with_picture_between(number: int, before: str, after: str) -> Template:
    """Return the general template with Jinja around its picture ``number``."""
    pattern = rf'<w:r><w:drawing>(?:(?!</w:r>).)*<wp:docPr id="{number}".*?</w:drawing></w:r>'
    content = parts(template())
    run = "<w:r><w:t>{}</w:t></w:r>"
    wrapped = rf"{run.format(before)}\g<0>{run.format(after)}"
    text, count = re.subn(pattern, wrapped, content[DOCUMENT].decode())
    assert count == 1
    return load_template(word_file({**content, DOCUMENT: text.encode()}), "umum.docx")


def test_an_anchor_that_a_loop_repeats_is_refused() -> None:
    by = with_picture_between(1, '{% for x in ["a", "b"] %}', "{% endfor %}")
    assert refusal(division_content(), by).code == "TEMPLATE_ANCHOR_DOUBLED"


def test_an_anchor_that_a_condition_takes_away_is_refused() -> None:
    error = refusal(division_content(), with_picture_between(1, "{% if peran %}", "{% endif %}"))
    assert (error.code, error.params["target"]) == (
        "TEMPLATE_ANCHOR_MISSING",
        "https://anchor.pkdocs.invalid/pihak-pertama",
    )


def test_a_qr_code_that_a_condition_takes_away_is_refused() -> None:
    by = with_picture_between(3, "{% if peran %}", "{% endif %}")
    assert refusal(division_content(), by).code == "TEMPLATE_QR_COUNT"


def test_too_many_iterations_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_ITERATIONS", 100)
    loops = "{% for a in sasaran %}" * 4 + "{{ id }}" + "{% endfor %}" * 4
    by = load_template(with_text(loops), "umum.docx")
    promise = head_content().indicators[0]
    goals = tuple(Goal("Sasaran", (replace(promise, code=f"K-{number}"),)) for number in range(8))
    assert refusal(replace(head_content(), goals=goals), by).code == "TEMPLATE_LIMIT"


def test_too_much_output_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_OUTPUT_CHARACTERS", 10_000)
    assert refusal(head_content(), GENERAL).code == "TEMPLATE_LIMIT"


def test_too_much_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_RENDER_S", -1.0)
    assert refusal(head_content(), GENERAL).code == "TEMPLATE_LIMIT"


def test_a_tag_out_of_its_row_breaks_the_document_and_says_so() -> None:
    broken = edited("{%tr for d in data_dokumen %}", "{% for d in data_dokumen %}")
    assert refusal(head_content(), load_template(broken, "umum.docx")).code == "TEMPLATE_BROKEN"


def test_a_table_without_a_grid_is_broken() -> None:
    by = load_template(with_xml("<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"), "umum.docx")
    assert refusal(head_content(), by).code == "TEMPLATE_BROKEN"


def test_marks_for_literal_braces_mean_what_docxtpl_says() -> None:
    by = load_template(with_text("{_{ contoh }_}"), "umum.docx")
    assert "{{ contoh }}" in text_of(rendered(head_content(), by)).splitlines()


def test_a_tab_in_a_templates_text_becomes_a_tab_as_docxtpl_does() -> None:
    by = load_template(with_text("a\tb{{ id }}"), "umum.docx")
    assert b"<w:tab/>" in parts(rendered(head_content(), by))[DOCUMENT].rpartition(b">a<")[2][:60]


def test_forty_indicators_with_quarters_are_printed() -> None:
    quarters = tuple(Quarter(n, Value(number=str(n))) for n in (1, 2, 3, 4))
    promise = replace(division_content().indicators[0], quarters=quarters)
    promises = tuple(replace(promise, code=f"APTIKA-{n}", text=f"Indikator ke-{n}") for n in range(40))
    text = text_of(rendered(replace(division_content(), goals=(Goal("Sasaran", promises),))))
    assert text.count("Indikator ke-") == 80


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(template()) - 1), st.integers(1, 255))
def test_a_flipped_byte_ends_in_a_template_or_a_template_error(position: int, difference: int) -> None:
    data = bytearray(template())
    data[position] ^= difference
    with contextlib.suppress(TemplateError):
        rendered(head_content(), load_template(bytes(data), "umum.docx"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_document_with_an_element_gone_or_moved_ends_in_a_template_or_a_template_error(data: st.DataObject) -> None:
    content = parts(template())
    root = etree.fromstring(content[DOCUMENT])
    elements = list(root.iter(etree.Element))[2:]
    chosen, place = data.draw(st.sampled_from(elements)), data.draw(st.none() | st.sampled_from(elements))
    if place is None:
        chosen.getparent().remove(chosen)  # type: ignore[union-attr]  # the root is not among them
    else:
        place.append(etree.fromstring(etree.tostring(chosen, with_tail=False)))
    with contextlib.suppress(TemplateError):
        rendered(head_content(), load_template(word_file({**content, DOCUMENT: etree.tostring(root)}), "umum.docx"))


def test_the_zip_file_is_sound() -> None:
    with zipfile.ZipFile(io.BytesIO(rendered(head_content()))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_page_background_before_the_body_stays_there() -> None:
    by = load_template(edited("<w:body>", '<w:background w:color="FFFFFF"/><w:body>'), "umum.docx")
    root = etree.fromstring(parts(rendered(head_content(), by))[DOCUMENT])
    assert [etree.QName(child).localname for child in root] == ["background", "body"]


def test_a_paragraph_of_words_own_is_kept() -> None:
    by = load_template(with_xml("<w:p><w:r><w:t>Catatan kantor</w:t></w:r></w:p>"), "umum.docx")
    assert "Catatan kantor" in text_of(rendered(head_content(), by)).splitlines()


def test_an_indicator_without_a_unit_is_printed_without() -> None:
    bare = Promise("X-1", "Jumlah", Value(number="3"), Polarity.UP, Mode.LAST)
    assert "3" in text_of(rendered(replace(division_content(), goals=(Goal("S", (bare,)),)))).splitlines()
