"""The templates that come with pkdocs: what an office worker must not lose."""

import hashlib
import re

import pytest
from lxml import etree

from pkdocs.content import Role
from pkdocs.document import load_template
from tests.document.word import DOCUMENT, RELATIONS, parts, template

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = ["umum.docx", "kepala-daerah.docx"]


def root(name: str, part: str = DOCUMENT) -> etree._Element:
    return etree.fromstring(parts(template(name))[part])


def style_ids(name: str) -> set[str]:
    return {style.get(f"{W}styleId", "") for style in root(name, "word/styles.xml").iter(f"{W}style")}


def printed_names(name: str) -> set[str]:
    files = parts(template(name))
    text = "".join(re.sub("<[^>]+>", "", files[part].decode()) for part in (DOCUMENT, "word/footer1.xml"))
    return set(re.findall(r"{{ ([a-z_.]+)", text))


BOTH = {
    "id", "judul", "nomor", "nama_jabatan", "organisasi", "jabatan", "unit", "peran", "tempat_tanggal",
    "pihak_pertama.nama", "pihak_pertama.jabatan", "pihak_pertama.pangkat", "pihak_pertama.nomor",
    "s.nomor", "s.teks", "i.nomor", "i.kode", "i.teks", "i.target", "d.nama", "d.nilai",
    "anggaran.judul", "anggaran.jumlah", "b.nomor", "b.kode", "b.tingkat", "b.uraian", "b.jumlah", "b.keterangan",
    "b.sasaran", "b.indikator", "b.satuan", "b.target", "b.target_akhir", "b.arah",
}  # fmt: skip
GENERAL = {f"pihak_kedua.{field}" for field in ("sebutan", "nama", "jabatan", "pangkat", "nomor")}


def test_the_general_template_prints_these_names() -> None:
    assert printed_names("umum.docx") == BOTH - {"nama_jabatan"} | GENERAL | {"pihak_pertama.sebutan"}


def test_the_head_of_regions_template_prints_these_names() -> None:
    assert printed_names("kepala-daerah.docx") == BOTH - {"organisasi"}


@pytest.mark.parametrize(("name", "roles"), [("umum.docx", list(Role)), ("kepala-daerah.docx", [Role.FIRST])])
def test_each_signer_has_one_anchor(name: str, roles: list[Role]) -> None:
    targets = re.findall(rb'Target="https://anchor\.pkdocs\.invalid/([^"]+)"', parts(template(name))[RELATIONS])
    assert sorted(target.decode() for target in targets) == sorted(roles)
    assert set(load_template(template(name), name).links.values()) == set(roles)
    assert parts(template(name))[DOCUMENT].count(b"<a:hlinkClick") == len(roles)


@pytest.mark.parametrize("name", NAMES)
def test_the_qr_code_has_a_place_of_24_millimetres(name: str) -> None:
    document = parts(template(name))[DOCUMENT].decode()
    place = re.search(r'<wp:extent cx="(\d+)" cy="(\d+)"/>(?:(?!</wp:inline>).)*descr="pkdocs:qr"', document)
    assert place is not None
    extents = re.findall(r'<wp:extent cx="(\d+)" cy="(\d+)"/>', document)
    assert extents.count((str(24 * 36000),) * 2) == 1
    assert set(extents) == {(str(24 * 36000),) * 2, (str(55 * 36000), str(22 * 36000))}


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
    assert len(ruled) >= 4
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in ruled)


@pytest.mark.parametrize("name", NAMES)
def test_there_are_headings_for_the_structure(name: str) -> None:
    styles = [style.get(f"{W}val") for style in root(name).iter(f"{W}pStyle")]
    assert styles.count("Heading1") == 2
    assert styles.count("Heading2") >= 4


@pytest.mark.parametrize("name", NAMES)
def test_nothing_claims_a_certificate_authority(name: str) -> None:
    assert b"BSrE" not in b"".join(parts(template(name)).values())
