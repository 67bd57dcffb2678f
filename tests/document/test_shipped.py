"""The templates that come with pkdocs: what an office worker must not lose."""

import hashlib
import re

import pytest
from lxml import etree

from pkdocs.content import Role
from pkdocs.document import load_template
from tests.document.word import DOCUMENT, RELATIONS, TEMPLATES, parts, template

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROOT = "kepala-daerah.docx"
STAFF = ("fungsional.docx", "pelaksana.docx")
OF_A_UNIT = ("administrator.docx", "pengawas.docx", *STAFF)
FOR_TWO = ("jpt-pratama.docx", "umum.docx", *OF_A_UNIT)
WITHDRAWAL = "pencabutan.docx"
NAMES = (ROOT, *FOR_TWO, WITHDRAWAL)


def root(name: str, part: str = DOCUMENT) -> etree._Element:
    return etree.fromstring(parts(template(name))[part])


def text_of(name: str) -> str:
    files = parts(template(name))
    return "\n".join(re.sub("<[^>]+>", "", files[part].decode()) for part in (DOCUMENT, "word/footer1.xml"))


def style_ids(name: str) -> set[str]:
    return {style.get(f"{W}styleId", "") for style in root(name, "word/styles.xml").iter(f"{W}style")}


ALL = {
    "id", "judul", "nomor", "jabatan", "unit", "peran", "tempat_tanggal",
    "pihak_pertama.nama", "pihak_pertama.jabatan", "pihak_pertama.pangkat", "pihak_pertama.nomor",
    "s.nomor", "s.teks", "i.nomor", "i.kode", "i.teks", "i.target", "d.nama", "d.nilai",
    "anggaran.judul", "anggaran.jumlah", "b.nomor", "b.kode", "b.tingkat", "b.uraian", "b.jumlah", "b.keterangan",
    "b.sasaran", "b.indikator", "b.satuan", "b.target", "b.target_akhir", "b.arah",
}  # fmt: skip
LETTERHEAD = {f"kop.{field}" for field in ("induk", "nama", "alamat", "telepon", "laman", "surel")}
TWO = {f"pihak_kedua.{field}" for field in ("sebutan", "nama", "jabatan", "pangkat", "nomor")} | {
    "pihak_pertama.sebutan"
}


def test_these_templates_are_shipped() -> None:
    assert {file.name for file in TEMPLATES.glob("*.docx")} == set(NAMES)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (ROOT, {"nama_jabatan"}),
        *((name, LETTERHEAD | TWO) for name in ("jpt-pratama.docx", "umum.docx")),
        *((name, LETTERHEAD | TWO | {"unit_kerja"}) for name in OF_A_UNIT),
    ],
)
def test_a_template_prints_these_names(name: str, more: set[str]) -> None:
    assert set(re.findall(r"{{ ([a-z_.]+)", text_of(name))) == ALL | more


@pytest.mark.parametrize(
    ("name", "goal", "indicator"),
    [
        (ROOT, "Sasaran Strategis", "Indikator Kinerja"),
        ("jpt-pratama.docx", "Sasaran Strategis", "Indikator Kinerja"),
        ("administrator.docx", "Sasaran Program", "Indikator Kinerja"),
        ("pengawas.docx", "Sasaran Kegiatan", "Indikator Kinerja"),
        ("fungsional.docx", "Sasaran Kinerja", "Indikator Kinerja Individu"),
        ("pelaksana.docx", "Sasaran Kinerja", "Indikator Kinerja Individu"),
    ],
)
def test_the_headings_are_the_levels(name: str, goal: str, indicator: str) -> None:
    table = next(table for table in root(name).iter(f"{W}tbl") if table.find(f".//{W}tblHeader") is not None)
    heads = ["".join(text.text or "" for text in cell.iter(f"{W}t")) for cell in next(table.iter(f"{W}tr"))]
    assert [head for head in heads if head] == ["No.", goal, indicator, "Target"]


@pytest.mark.parametrize("name", FOR_TWO)
def test_the_superior_promises_supervision_except_to_staff(name: str) -> None:
    assert ("akan melakukan supervisi" in text_of(name)) == (name != "pelaksana.docx")


def test_the_head_of_the_region_promises_alone() -> None:
    assert "pihak_kedua" not in text_of(ROOT)


@pytest.mark.parametrize("name", NAMES)
def test_each_signer_has_one_anchor(name: str) -> None:
    roles = [Role.FIRST] if name == ROOT else sorted(Role)
    targets = re.findall(rb'Target="https://anchor\.pkdocs\.invalid/([^"]+)"', parts(template(name))[RELATIONS])
    assert sorted(target.decode() for target in targets) == sorted(roles)
    assert set(load_template(template(name), name).links.values()) == set(roles)
    assert parts(template(name))[DOCUMENT].count(b"<a:hlinkClick") == len(roles)


def extent(name: str, described: str) -> tuple[int, int]:
    """Return width and height in tenths of a millimetre of the one picture that is described so."""
    pattern = rf'<wp:extent cx="(\d+)" cy="(\d+)"/>(?:(?!</wp:inline>).)*descr="{described}'
    ((width, height),) = re.findall(pattern, parts(template(name))[DOCUMENT].decode())
    return int(width) // 3600, int(height) // 3600


@pytest.mark.parametrize("name", NAMES)
def test_the_qr_code_has_24_millimetres_and_a_signature_55_by_22(name: str) -> None:
    assert extent(name, "pkdocs:qr") == (240, 240)
    assert extent(name, "Tempat tanda tangan elektronik pihak-pertama") == (550, 220)
    if name != ROOT:
        assert extent(name, "Tempat tanda tangan elektronik pihak-kedua") == (550, 220)


@pytest.mark.parametrize("name", NAMES)
def test_an_emblem_can_be_put_in_the_place_of_a_neutral_one(name: str) -> None:
    width, height = extent(name, "Lambang negara" if name == ROOT else "Lambang daerah")
    assert (width, height) == ((220, 220) if name == ROOT else (190, 218))
    emblem = "word/media/lambang-negara.png" if name == ROOT else "word/media/lambang-daerah.png"
    assert parts(template(name))[emblem].startswith(b"\x89PNG")


@pytest.mark.parametrize("name", NAMES)
def test_the_digest_is_that_of_the_file(name: str) -> None:
    assert load_template(template(name), name).digest == hashlib.sha256(template(name)).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_indonesian_and_every_style_is_used(name: str) -> None:
    styles = parts(template(name))["word/styles.xml"].decode()
    assert '<w:lang w:val="id-ID"' in styles
    used = set(re.findall(r'<w:(?:pStyle|tblStyle|basedOn|next) w:val="([^"]+)"', styles))
    for part in (DOCUMENT, "word/footer1.xml"):
        used |= set(re.findall(r'<w:(?:pStyle|tblStyle) w:val="([^"]+)"', parts(template(name))[part].decode()))
    assert style_ids(name) == used | {"Normal", "DefaultParagraphFont"}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_a4_with_official_margins(name: str) -> None:
    section = root(name).find(f".//{W}sectPr")
    assert section is not None
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert size is not None
    assert margins is not None
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    assert [margins.get(f"{W}{side}") for side in ("left", "right", "top", "bottom")] == [
        "1701",
        "1134",
        "1134",
        "1417",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_rows_never_break_and_headers_repeat(name: str) -> None:
    tables = root(name).findall(f".//{W}tbl")
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in root(name).iter(f"{W}tr"))
    ruled = [table for table in tables if table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") == "TabelGaris"]  # type: ignore[union-attr]  # else it fails
    assert len(ruled) == (1 if name == WITHDRAWAL else 5)
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in ruled)


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_as_wide_as_the_text(name: str) -> None:
    for table in root(name).iter(f"{W}tbl"):
        widths = [int(column.get(f"{W}w", "0")) for column in table.iter(f"{W}gridCol")]
        assert sum(widths) == 11906 - 1701 - 1134


@pytest.mark.parametrize("name", NAMES)
def test_there_are_headings_for_the_structure(name: str) -> None:
    styles = [style.get(f"{W}val") for style in root(name).iter(f"{W}pStyle")]
    assert (styles.count("Heading1"), styles.count("Heading2")) == ((1, 1) if name == WITHDRAWAL else (2, 5))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_claims_a_certificate_authority(name: str) -> None:
    assert b"BSrE" not in b"".join(parts(template(name)).values())


def test_a_withdrawal_says_what_it_ends_and_promises_nothing() -> None:
    named = set(re.findall(r"{{ ([a-z_.]+)", text_of(WITHDRAWAL)))
    assert {"pencabutan.id", "pencabutan.mulai", "pencabutan.alasan"} <= named
    assert not {name for name in named if name.startswith(("s.", "i.", "b.", "anggaran"))}
    assert "berjanji" not in text_of(WITHDRAWAL)
