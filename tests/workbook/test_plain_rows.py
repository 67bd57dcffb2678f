"""Plain rows are read without expat, and mean what expat would have found."""

import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.errors import WorkbookError
from pkdocs.workbook import package as package_module
from pkdocs.workbook import worksheet as worksheet_module
from pkdocs.workbook.sheets import RawSheet
from pkdocs.workbook.xlsx import read_xlsx
from tests.workbook.book import valid, xlsx_bytes
from tests.workbook.test_files import changed, replaced

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NEVER = re.compile(rb"(?!)")


SHARED = f'<sst xmlns="{SPREADSHEET}"><si><t>satu</t></si><si><t>#N/A</t></si></sst>'
STYLED = [[1, (1.5, "0.00"), (46044, "yyyy-mm-dd"), (0.85, "0%"), (7, '0.0,,"jt"')]]
BASE = changed(
    # openpyxl shares no strings: the part of the theme, which nobody reads, becomes theirs
    replaced(xlsx_bytes({"Pejabat": STYLED}), "xl/_rels/workbook.xml.rels", "/relationships/theme", "/x/sharedStrings"),
    "xl/theme/theme1.xml",
    lambda _: SHARED.encode(),
)


def book(sheet: bytes) -> bytes:
    """Return a workbook of two shared strings, of five styles, and this sheet."""
    return changed(BASE, "xl/worksheets/sheet1.xml", lambda _: sheet)


def outcome(data: bytes) -> list[RawSheet] | str:
    try:
        return read_xlsx(data, "buku.xlsx")
    except WorkbookError as refusal:
        return refusal.code


def by_expat(data: bytes) -> list[RawSheet] | str:
    """Return what comes out where no row counts as plain."""
    with patch.object(worksheet_module, "_ROW_TAG", NEVER):
        return outcome(data)


NUMBERS = st.sampled_from(
    ["0", "1", "-2.5", "46044", "0.85", "1e3", "7000000", " 5", "1_0", "inf", "satu", "", "\u0665"]
)
INDICES = st.sampled_from(["0", "1", "01", "2", "-1", "x"])
TEXTS = st.one_of(
    st.text("Ab ,%_x000D_#N/A\u00e9\u0301\u200b\u00a0\x7f\x85\ud7ff\U0001f600\ufeff", max_size=12),
    st.sampled_from(
        ["WTP", "#N/A", "_x0041_", "a&amp;b", "&#65;", "a>b", "]]>", "a\tb", "a\r\nb", "<![CDATA[x]]>", "&b;"]
    ),
    st.sampled_from(["a<!-- b -->c", "a<b/>c", "\x01", "\ufffe", "<t>x</t>", "  tepi  ", "2026-01-22", "true", "1"]),
)
LETTERS = st.sampled_from(["A", "B", "C", "Z", "AB", "XFD", "AAAA", "a", ""])


@st.composite
def attributes(draw: st.DrawFn) -> str:
    style = draw(st.sampled_from(["", ' s="1"', ' s="2"', ' s="3"', ' s="4"', ' s="99"', ' s="-1"', ' s=""']))
    kind = draw(st.sampled_from(["", *(f' t="{kind}"' for kind in ("n", "s", "str", "inlineStr", "b", "e", "d", "x"))]))
    reference = draw(
        st.sampled_from(
            [f' r="{draw(LETTERS)}1"', f" r='{draw(LETTERS)}1'", ' r="B"', ' r=""', ' r="&#66;1"', ' r="A1&amp;"', ""]
        )
    )
    parts = [reference, style, kind]
    extra = draw(st.sampled_from(["", "", "", ' cm="1"', ' x:y="1"', ' r="A1"', ' xmlns="other"', " "]))
    return "".join(draw(st.permutations(parts)) if draw(st.booleans()) else parts) + extra


@st.composite
def odd_cells(draw: st.DrawFn) -> str:
    value = draw(st.one_of(NUMBERS, INDICES, TEXTS))
    forms = [
        f"<v>{value}</v>", f"<is><t>{value}</t></is>", f'<is><t xml:space="preserve">{value}</t></is>', "", "<v/>",
        f"<f>A1</f><v>{value}</v>", "<f>A1</f>", f"<is><r><t>{value}</t></r><r><t>b</t></r></is>",
        f"<is><t>{value}</t><rPh><t>p</t></rPh></is>", f"<v>{value}</v><is><t>{value}</t></is>", f"<v>{value}</t></is>",
        f"<!-- {value} --><v>1</v>", f"<v>{value}</v> ", f"<x:v>{value}</x:v>", "<row><c><v>9</v></c></row>",
    ]  # fmt: skip
    start = draw(attributes())
    content = draw(st.sampled_from(forms))
    return draw(st.sampled_from([f"<c{start}>{content}</c>", f"<c{start}/>", f"<x:c{start}>{content}</x:c>"]))


@st.composite
def plain_cells(draw: st.DrawFn) -> str:
    column = draw(st.sampled_from("ABCDEFGH"))
    style = draw(st.sampled_from(["", ' s="1"', ' s="2"', ' s="3"', ' s="4"']))
    kind, content = draw(
        st.one_of(
            st.tuples(st.sampled_from(["", ' t="n"']), st.sampled_from(["1", "-2.5", "46044", "0.85"])),
            st.tuples(st.just(' t="s"'), st.sampled_from("01")),
            st.tuples(st.just(' t="str"'), st.text("Ab _x000D\u00e9", max_size=6)),
        )
    )
    text = draw(st.text("Ab ,\u00e9\u0301\u200b", max_size=6))
    own = f'<c r="{column}1"{style} t="inlineStr"><is><t>{text}</t></is></c>'
    return draw(
        st.sampled_from([f'<c r="{column}1"{style}{kind}><v>{content}</v></c>', own, f'<c r="{column}1"{style}/>'])
    )


@st.composite
def rows(draw: st.DrawFn) -> str:
    number = draw(st.integers(1, 9))
    tags = [f'<row r="{number}">', f'<row r="{number}" spans="1:9" ht="15">', "<row>", f"<row r='{number}' >"]
    odd_tags = [
        '<row r="0">', '<row r="x">', '<row x:r="1">', '<row y:r="1">', '<row xmlns="other" r="1">', '<row a=">">',
        "<x:row>", '<row r="1" r="2">', "<rows>", '<row r="1"/>', "<row><!-- ", "<row r='1' a='<'>",
    ]  # fmt: skip
    tag = draw(st.sampled_from(tags * 20 + odd_tags))
    cells = "".join(draw(st.lists(draw(st.sampled_from([*[plain_cells()] * 6, odd_cells()])), max_size=4)))
    end = draw(st.sampled_from(["</row>"] * 50 + ["</row >", "</x:row>", ""]))
    between = [*[""] * 60, "\n", "<!-- ", " -->", "<![CDATA[", "]]>", "<?pi ", "?>", "<rPh>", "</rPh>", "<sheetData>"]
    return draw(st.sampled_from(between)) + tag + cells + end + draw(st.sampled_from(between))


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    encoding = draw(st.sampled_from(["utf-8"] * 20 + ["utf-8-sig", "utf-16", "iso-8859-1", "us-ascii", "windows-1252"]))
    declared = draw(st.sampled_from([*[None] * 9, encoding.removesuffix("-sig"), "UTF-8", "iso-8859-1"]))
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    space = draw(st.sampled_from([f'xmlns="{SPREADSHEET}"'] * 12 + [f'xmlns:x="{SPREADSHEET}"', 'xmlns="other"']))
    if "xmlns:x" not in space:
        space += f' xmlns:x="{SPREADSHEET}"'
    data = "".join(draw(st.lists(rows(), min_size=1, max_size=5)))
    head, tail = draw(
        st.sampled_from(
            [("<sheetData>", "</sheetData>")] * 12
            + [("", ""), ("<sheetData><!-- ", " --></sheetData>"), ("<sheetData><rPh>", "</rPh></sheetData>"),
               ("<sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B3"/></mergeCells>')]
        )
    )  # fmt: skip
    root = draw(st.sampled_from(["worksheet"] * 9 + ["x:worksheet"]))
    return f"{declaration}<{root} {space}>{head}{data}{tail}</{root}>".encode(encoding, "replace")


@settings(max_examples=200, deadline=None)
@given(documents(), st.sampled_from([1, 7, 60, 1 << 20]))
def test_the_plain_way_and_expat_find_the_same_in_any_sheet(sheet: bytes, piece: int) -> None:
    data = book(sheet)
    with patch.object(package_module, "_CHUNK", piece):
        assert outcome(data) == by_expat(data)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.lists(st.one_of(plain_cells(), odd_cells()), max_size=4)), max_size=5))
def test_the_plain_way_and_expat_find_the_same_in_rows_of_any_cells(found: list[tuple[int, list[str]]]) -> None:
    content = "".join(f'<row r="{number}">{"".join(cells)}</row>' for number, cells in found)
    sheet = f'<worksheet xmlns="{SPREADSHEET}" xmlns:x="urn:x"><sheetData>{content}</sheetData></worksheet>'
    data = book(sheet.encode())
    assert outcome(data) == by_expat(data)


def test_plain_rows_pass_expat_by(monkeypatch: pytest.MonkeyPatch) -> None:
    excel = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<worksheet xmlns="{SPREADSHEET}" xmlns:x14ac="urn:x"><dimension ref="A1:D2"/><sheetData>'
        '<row r="1" spans="1:4" s="1" customFormat="1" x14ac:dyDescent="0.25"><c r="A1" s="1" t="s"><v>0</v></c>'
        '<c r="B1"><v>2</v></c><c r="C1" s="3"/></row><row r="2"><c r="A2" t="inlineStr"><is><t>dua</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    expected = outcome(book(excel.encode()))
    monkeypatch.setattr(worksheet_module._Grid, "_start_cell", None)
    assert outcome(book(excel.encode())) == expected
    assert isinstance(expected, list)
    assert [dict(cells) for _, cells in expected[0].rows] == [{0: "satu", 1: "2"}, {0: "dua"}]
    assert len(read_xlsx(xlsx_bytes(valid()), "buku.xlsx")) == len(valid())


@pytest.mark.parametrize(
    "sheet",
    [
        '<sheetData><!-- </row><row r="1"><c r="A1"><v>1</v></c></row> --></sheetData>',
        '<sheetData><row r="2"><![CDATA[</row><row r="1"><c r="A1"><v>1</v></c></row>]]></row></sheetData>',
        '<sheetData><row r="2"><!-- <row r="1"><c r="A1"><v>1</v></c></row> --></row></sheetData>',
        '<sheetData><?x <row r="1"><c r="A1"><v>1</v></c></row>?></sheetData>',
        '<sheetData><rPh><row r="1"><c r="A1"><v>1</v></c></row></rPh></sheetData>',
        '<sheetData><row r="1" xmlns="urn:x"><c r="A1"><v>1</v></c></row></sheetData>',
    ],
)
def test_what_only_looks_like_a_row_holds_no_cells(sheet: str) -> None:
    (found,) = read_xlsx(book(f'<worksheet xmlns="{SPREADSHEET}">{sheet}</worksheet>'.encode()), "buku.xlsx")
    assert found.rows == ()


def test_a_row_in_another_encoding_is_read_in_it() -> None:
    text = '<row r="1"><c r="A1" t="str"><v>\u00e9\u00c3\u00a9</v></c></row>'
    sheet = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{text}</sheetData></worksheet>'
    latin = f'<?xml version="1.0" encoding="iso-8859-1"?>{sheet}'.encode("iso-8859-1")
    (found,) = read_xlsx(book(latin), "buku.xlsx")
    assert found.rows[0][1] == {0: "\u00e9\u00c3\u00a9"}


@pytest.mark.parametrize("form", ["<v>{}</v>", "<is><t>{}</t></is>", '<is><t xml:space="preserve">{}</t></is>'])
@pytest.mark.parametrize(
    "text",
    [
        "a&amp;b",
        "&#65;",
        "&b;",
        "a>b",
        "]]>",
        "a\tb",
        "a\nb",
        "a\r\nb",
        "\x01",
        "\ufffe",
        "a<!-- -->b",
        "\x7f",
        "\ufeff",
    ],
)
def test_any_text_is_what_expat_gives(form: str, text: str) -> None:
    cells = f'<c r="A1" t="inlineStr">{form.format(text)}</c>'
    row = f'<sheetData><row r="1">{cells}</row></sheetData>'
    data = book(f'<worksheet xmlns="{SPREADSHEET}">{row}</worksheet>'.encode())
    assert outcome(data) == by_expat(data)


def test_what_cells_mean_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worksheet_module, "_REMEMBERED", 2)
    monkeypatch.setattr(worksheet_module, "_LONGEST_REMEMBERED", 40)
    texts = ["a", "b", "c", "d" * 40, "a", "d" * 40, "b"]
    cells = (f'<c r="{letter}1" t="str"><v>{text}</v></c>' for letter, text in zip("ABCDEFG", texts, strict=True))
    sheet = f'<worksheet xmlns="{SPREADSHEET}"><sheetData><row r="1">{"".join(cells)}</row></sheetData></worksheet>'
    (found,) = read_xlsx(book(sheet.encode()), "buku.xlsx")
    assert list(found.rows[0][1].values()) == texts
