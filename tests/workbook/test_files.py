"""Files that are no workbook, damaged, hostile or merely odd."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pkdocs.errors import WorkbookError
from pkdocs.problem import EVERYTHING
from pkdocs.workbook import package as package_module
from pkdocs.workbook import read_workbook
from pkdocs.workbook import source as source_module
from pkdocs.workbook import worksheet as worksheet_module
from pkdocs.workbook.cells import Fault
from pkdocs.workbook.csvfile import read_csv
from pkdocs.workbook.xlsx import read_xlsx
from tests.workbook.book import found, serious, valid, write_csv, write_xlsx, xlsx_bytes

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a package with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


def replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    return changed(data, part, lambda content: content.replace(old.encode(), new.encode()))


def with_sheet(xml: str) -> bytes:
    """Return a workbook whose one sheet is this XML."""
    data = xlsx_bytes({"Pejabat": [["x"]]})
    return changed(data, "xl/worksheets/sheet1.xml", lambda _: f"<worksheet {MAIN}>{xml}</worksheet>".encode())


def one_cell(cell: str) -> object:
    """Return what a cell's XML reads as."""
    (sheet,) = read_xlsx(with_sheet(f'<sheetData><row r="1">{cell}</row></sheetData>'), "buku.xlsx")
    return sheet.rows[0][1][0] if sheet.rows else ""


GOOD = xlsx_bytes(valid())


def refusal(path: Path) -> str:
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    assert caught.value.exit_code == 3
    assert path.name in caught.value.message("id")
    return caught.value.code


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ODS = io.BytesIO()
with zipfile.ZipFile(ODS, "w") as _archive:
    _archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "FILE_FOREIGN"),
        (b"Kode Jabatan;Nama", "FILE_FOREIGN"),
        (OLE + b"Workbook", "FILE_OLD_FORMAT"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "WORKBOOK_ENCRYPTED"),
        (ODS.getvalue(), "FILE_FOREIGN"),
        (GOOD[:-30], "FILE_DAMAGED"),
        (GOOD[: len(GOOD) // 2], "FILE_DAMAGED"),
        (changed(GOOD, "xl/workbook.xml", lambda data: data[:-20]), "FILE_DAMAGED"),
        (changed(GOOD, "xl/workbook.xml", lambda _: b""), "FILE_DAMAGED"),
        (replaced(GOOD, "xl/workbook.xml", "spreadsheetml/2006/main", "wordprocessingml/2006/main"), "FILE_FOREIGN"),
        (
            replaced(GOOD, "xl/workbook.xml", "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                     "http://purl.oclc.org/ooxml/spreadsheetml/main"), "FILE_STRICT",
        ),
        (replaced(GOOD, "_rels/.rels", "officeDocument", "anotherDocument"), "FILE_FOREIGN"),
        (replaced(GOOD, "_rels/.rels", "xl/workbook.xml", "xl/nowhere.xml"), "FILE_FOREIGN"),
        (replaced(GOOD, "xl/_rels/workbook.xml.rels", "rId1", "rId99"), "FILE_DAMAGED"),
        (changed(GOOD, "xl/worksheets/sheet2.xml", lambda xml: b"<!DOCTYPE x[<!ENTITY a 'b'>]>" + xml), "FILE_DAMAGED"),
        (
            changed(GOOD, "xl/worksheets/sheet2.xml", lambda data: ("<!DOCTYPE x>" + data.decode()).encode("utf-16")),
            "FILE_DAMAGED",
        ),
        (with_sheet('<sheetData><row r="0"/></sheetData>'), "FILE_DAMAGED"),
        (with_sheet('<sheetData><row r="9999999"><c r="A1"><v>1</v></c></row></sheetData>'), "FILE_DAMAGED"),
        (with_sheet('<sheetData><row><c r="AAAA1"><v>1</v></c></row></sheetData>'), "FILE_DAMAGED"),
        (with_sheet('<sheetData><row><c t="s"><v>99999</v></c></row></sheetData>'), "FILE_DAMAGED"),
        (with_sheet('<sheetData><row><c s="9999"><v>1</v></c></row></sheetData>'), "FILE_DAMAGED"),
        (with_sheet("<sheetData><row><c><v>satu</v></c></row></sheetData>"), "FILE_DAMAGED"),
        (xlsx_bytes({"Rekap": [["a"]]}), "WORKBOOK_NO_SHEETS"),
        (xlsx_bytes({"Pejabat": []}), "WORKBOOK_NO_SHEETS"),
    ],
    ids=range(24),
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "buku.xlsx"
    path.write_bytes(data)
    assert refusal(path) == code


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_read_or_refused_and_never_crashes(position: int, change: int) -> None:
    data = bytearray(GOOD)
    data[position] ^= change
    with contextlib.suppress(WorkbookError):
        read_xlsx(bytes(data), "buku.xlsx")


_XML = st.text('<>/="rcvtsf1A&;x ', max_size=40)


@settings(max_examples=150, deadline=None)
@given(_XML)
def test_any_xml_in_a_sheet_is_read_or_refused(xml: str) -> None:
    with contextlib.suppress(WorkbookError):
        read_xlsx(with_sheet(f"<sheetData>{xml}</sheetData>"), "buku.xlsx")


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "buku.xlsx", valid())
    with monkeypatch.context() as patch:
        patch.setattr(source_module, "MAX_FILE_BYTES", 1000)
        assert refusal(path) == "FILE_TOO_LARGE"
    with monkeypatch.context() as patch:
        patch.setattr(package_module, "MAX_UNPACKED_BYTES", 1000)
        assert refusal(path) == "FILE_TOO_LARGE"
    with monkeypatch.context() as patch:
        patch.setattr(package_module, "MAX_ENTRIES", 3)
        assert refusal(path) == "FILE_TOO_LARGE"
    monkeypatch.setattr(worksheet_module, "MAX_CELLS", 20)
    assert refusal(path) == "FILE_TOO_MANY_CELLS"
    path.write_bytes(with_sheet('<sheetData><row r="500"><c r="A500"><v>1</v></c></row></sheetData>'
                                '<mergeCells><mergeCell ref="B1:B1048576"/></mergeCells>'))  # fmt: skip
    assert refusal(path) == "FILE_TOO_MANY_CELLS"


def test_a_package_of_many_zeros_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bom.xml", "w") as part:
        for _ in range(257):
            part.write(bytes(1 << 20))
    with pytest.raises(WorkbookError, match="FILE_TOO_LARGE"):
        read_xlsx(stream.getvalue(), "bom.xlsx")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_compressions_are_refused(method: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("[Content_Types].xml", "x" * 100)
    with pytest.raises(WorkbookError, match="FILE_DAMAGED"):
        read_xlsx(stream.getvalue(), "buku.xlsx")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1" t="inlineStr"><is><t>Arum</t></is></c>', "Arum"),
        ('<c t="inlineStr"><is><r><t>Arum </t></r><r><t>P.</t></r><rPh><t>x</t></rPh></is></c>', "Arum P."),
        ('<c t="str"><f>A2</f><v>Arum</v></c>', "Arum"),
        ('<c t="str"><f>A2</f><v></v></c>', ""),
        ("<c><f>A2</f></c>", Fault("CELL_FORMULA")),
        ("<c><f>A2</f><v></v></c>", Fault("CELL_FORMULA")),
        ('<c><f t="shared" si="0"/></c>', Fault("CELL_FORMULA")),
        ('<c t="str"><f>A2</f></c>', Fault("CELL_FORMULA")),
        ("<c><f>A2</f><v>3</v></c>", "3"),
        ('<c t="e"><f>A2</f><v>#REF!</v></c>', Fault("CELL_ERROR", "#REF!")),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="inlineStr"><is><t>a_x000D__x000A_b</t></is></c>', "a b"),
        ('<c t="inlineStr"><is><t>a_x0007_b</t></is></c>', Fault("CELL_CONTROL", "U+0007")),
        ("<c/>", ""),
        ('<c t="s"/>', ""),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_what_it_shows(cell: str, expected: object) -> None:
    assert one_cell(cell) == expected


def test_an_iso_date_cell_is_a_date() -> None:
    assert one_cell('<c t="d"><v>2026-01-22T00:00:00</v></c>') == date(2026, 1, 22)


def test_shared_strings_join_their_runs_without_phonetics() -> None:
    items = '<si><r><t>Citra </t></r><r><t>M.</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si><si><t>Elok\n L.</t></si>'
    data = with_sheet('<sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row></sheetData>')
    data = replaced(data, "xl/_rels/workbook.xml.rels", "relationships/theme", "relationships/sharedStrings")
    data = changed(data, "xl/theme/theme1.xml", lambda _: f"<sst {MAIN}>{items}</sst>".encode())
    (sheet,) = read_xlsx(data, "buku.xlsx")
    assert sheet.rows[0][1] == {0: "Citra M.", 1: "Elok L."}


def test_a_workbook_without_styles_and_strings_is_read() -> None:
    data = with_sheet("<sheetData><row><c><v>1.5</v></c></row></sheetData>")
    data = replaced(data, "xl/_rels/workbook.xml.rels", "relationships/styles", "relationships/other")
    (sheet,) = read_xlsx(data, "buku.xlsx")
    assert sheet.rows[0][1][0] == "1,5"


def test_dates_of_the_1904_system_are_shifted() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append([date(2026, 1, 22)])
    stream = io.BytesIO()
    book.save(stream)
    (sheet,) = read_xlsx(stream.getvalue(), "buku.xlsx")
    assert sheet.rows[0][1][0] == date(2026, 1, 22)


def test_a_merged_range_that_is_none_hides_nothing() -> None:
    data = with_sheet('<sheetData><row><c><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="x"/></mergeCells>')
    (sheet,) = read_xlsx(data, "buku.xlsx")
    assert sheet.rows[0][1][0] == "1"


@pytest.mark.parametrize(("name", "code"), [("buku.xlsm", "FILE_FOREIGN"), ("buku.ods", "FILE_FOREIGN")])
def test_other_spreadsheets_are_refused_by_their_names(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).write_bytes(GOOD)
    assert refusal(tmp_path / name) == code


class TestFolders:
    def test_what_is_not_there_is_named(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "tiada.xlsx") == "FILE_MISSING"

    def test_a_file_that_may_not_be_read_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write_xlsx(tmp_path / "buku.xlsx", valid())

        def denied(_: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", denied)
        assert refusal(path) == "FILE_UNREADABLE"

    def test_one_csv_alone_is_not_a_workbook(self, tmp_path: Path) -> None:
        assert refusal(write_csv(tmp_path / "x", valid()) / "Pejabat.csv") == "FILE_SINGLE_CSV"

    def test_an_empty_folder_and_a_mixed_one_are_refused(self, tmp_path: Path) -> None:
        assert refusal(tmp_path) == "FOLDER_EMPTY"
        write_xlsx(write_csv(tmp_path, valid()) / "buku.xlsx", valid())
        assert refusal(tmp_path) == "FOLDER_MIXED"


class TestCsv:
    def test_other_encodings_are_refused_and_stop_everything(self, tmp_path: Path) -> None:
        folder = write_csv(tmp_path, valid())
        (folder / "Pejabat.csv").write_bytes("Kode Jabatan;Nama\nA;Andr\u00e9".encode("cp1252"))
        problems = serious(read_workbook(folder))
        assert ("CSV_NOT_UTF8", "Pejabat.csv", EVERYTHING) in [
            (problem.code, problem.place.file, problem.touches) for problem in problems
        ]
        assert "SHEET_MISSING" not in {problem.code for problem in problems}

    def test_an_open_quote_is_an_error_and_not_the_rest_of_the_file(self, tmp_path: Path) -> None:
        folder = write_csv(tmp_path, valid())
        with (folder / "Anggaran.csv").open("a") as stream:
            stream.write('KOMINFO;2.16.04;Program;"Buka;1;PAD;1\n')
        (problem,) = serious(read_workbook(folder))
        assert (problem.code, problem.params["row"]) == ("CSV_DAMAGED", 5)

    def test_a_byte_order_mark_and_either_separator_are_fine(self) -> None:
        for delimiter in ";,":
            text = f'Kunci{delimiter}Nilai\r\n\r\nTampil PNS{delimiter}"gelar, pangkat; NIP"\r\n'
            sheet = read_csv(b"\xef\xbb\xbf" + text.encode(), "Profil.csv")
            assert sheet.rows == ((1, {0: "Kunci", 1: "Nilai"}), (3, {0: "Tampil PNS", 1: "gelar, pangkat; NIP"}))

    def test_commas_in_values_do_not_make_columns(self) -> None:
        text = "Kunci;Nilai\nTampil PNS;gelar, pangkat, NIP\nTampil PPPK;gelar, NIP, pangkat\n"
        assert read_csv(text.encode(), "Profil.csv").rows[1][1] == {0: "Tampil PNS", 1: "gelar, pangkat, NIP"}

    def test_an_empty_file_is_an_absent_sheet(self, tmp_path: Path) -> None:
        folder = write_csv(tmp_path, valid())
        (folder / "Anggaran.csv").write_bytes(b"")
        assert found(read_workbook(folder)) == []

    def test_a_cell_beyond_all_measure_is_refused(self) -> None:
        with pytest.raises(WorkbookError, match="CSV_DAMAGED"):
            read_csv(b"Kunci;Nilai\nx;" + b"y" * 200_000, "Profil.csv")
