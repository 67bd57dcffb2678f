"""The head's file: the same bytes for ever, everything printed, nothing else in it."""

import io
import re
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Dictionary, Name

from pkdocs.content import Organisation, PersonScheme
from pkdocs.numerals import format_date, format_number
from pkdocs.register import examine_head, is_head, render_head
from pkdocs.register.head import (
    EARLIER_SCHEMA,
    MOST_UNITS,
    SCHEMA,
    Head,
    InForce,
    Keepers,
    Registrar,
    UnitCount,
    parse_head,
)
from pkdocs.schema import SchemaError, is_plain_text
from pkdocs.signing.font import load_face
from pkdocs.verification.layout import read_layout
from pkdocs.verification.passive import FormReader, check_passive
from tests.factory import root_content
from tests.issued import issued
from tests.register.heads import earlier_head, plain_head, sha256

QUICK = settings(max_examples=25, deadline=None)


def test_a_head_of_more_units_than_any_region_has_is_none() -> None:
    head = replace(plain_head(), units=tuple(UnitCount(f"Dinas {n}", 1, 0) for n in range(MOST_UNITS)))
    one_more = head.canonical.replace(b'"units":[', b'"units":[{"agreements":1,"complete":0,"unit":"Lain"},')
    assert parse_head(head.canonical) == head
    with pytest.raises(SchemaError, match="too many units"):
        parse_head(one_more)


def names() -> st.SearchStrategy[str]:
    """Names as they come: of the font's letters and of others, short and longer than a line."""
    letters = st.sampled_from(sorted(load_face().advances.keys() | set("漢字Жẞﬀ़́")))
    return st.text(letters | st.sampled_from(" ."), min_size=1, max_size=90).filter(is_plain_text)


def digests() -> st.SearchStrategy[str]:
    return st.binary(min_size=32, max_size=32).map(bytes.hex)


def keepers() -> st.SearchStrategy[Keepers]:
    persons = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=16, max_size=16)
    registrar = st.builds(Registrar, persons, names(), names(), digests())
    unique = st.lists(registrar, min_size=1, max_size=8, unique_by=(lambda r: r.person, lambda r: r.certificate))
    return unique.flatmap(lambda found: st.builds(Keepers, st.just(tuple(found)), st.integers(1, len(found))))


@st.composite
def heads(draw: st.DrawFn) -> Head:
    version, dated = draw(st.integers(1, 99)), draw(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    counts = st.tuples(st.integers(0, 50_000), st.integers(0, 50_000)).map(sorted)
    unit = st.builds(lambda name, count: UnitCount(name, count[1], count[0]), names(), counts)
    size = draw(st.integers(1, 10**6))
    in_force = draw(st.none() | st.builds(InForce, st.integers(1, size), digests(), st.just(1)))
    return Head(
        schema=SCHEMA if in_force else EARLIER_SCHEMA,
        organisation=Organisation(draw(names()), draw(st.none() | names())),
        year=dated.year,
        version=version,
        person_scheme=draw(st.sampled_from(PersonScheme)),
        root_position=draw(names()),
        dated=dated,
        next_by=draw(st.dates(dated, date(2100, 12, 31))),
        size=size,
        root_hash=draw(digests()),
        keepers=draw(keepers()),
        units=tuple(draw(st.lists(unit, min_size=1, max_size=20))),
        previous=draw(digests()) if version > 1 else None,
        following=draw(st.none() | keepers()),
        closed=draw(st.sampled_from((None, True))),
        in_force=in_force,
    )


def bare(text: str) -> str:
    """Return ``text`` without white space, and with one kind of hyphen: lines break where they must."""
    return "".join(re.sub("[\ufffe\x02\u2010]", "-", text).split())


def pages(pdf: bytes) -> list[str]:
    with pdfium.PdfDocument(pdf) as document:
        return [bare(page.get_textpage().get_text_range()) for page in document]


def printed(value: object, name: str = "") -> Iterator[str]:
    """Yield how each value in ``value``, a field of that name, is to be found on paper."""
    if is_dataclass(value):
        yield from chain.from_iterable(printed(getattr(value, field.name), field.name) for field in fields(value))
    elif isinstance(value, tuple):
        yield from chain.from_iterable(map(printed, value))
    elif isinstance(value, date):
        yield format_date(value)
    elif isinstance(value, bool):
        yield "ya, ini versi terakhir"
    elif isinstance(value, int):
        yield str(value) if name == "year" else format_number(Decimal(value))
    elif value is not None:
        yield load_face().printable(str(value))


def in_order(wanted: list[str], text: str) -> list[str]:
    """Return those of ``wanted`` that do not follow one another in ``text``."""
    lost, place = [], 0
    for value in wanted:
        found = text.find(bare(value), place)
        if found < 0:
            lost.append(value)
        else:
            place = found + len(bare(value))
    return lost


def test_the_bytes_of_a_head_stay_what_they_are():
    # heads that are signed are compared with what this gives: another page needs another number of the schema
    digest = "160bd02cb0710fb00c6209aadf03a7e11f3a15c37e7945a404154bd3d2040690"
    assert (EARLIER_SCHEMA, sha256(render_head(earlier_head()))) == ("pkdocs-head/1", digest)
    digest = "62b4c4bfc164e7685b10c4ab7b1d7c234adaec1236cf8002ffa46d8e570a5232"
    assert (SCHEMA, sha256(render_head(plain_head()))) == ("pkdocs-head/2", digest)


@QUICK
@given(heads())
def test_a_head_gives_one_file_which_says_nothing_else(head):
    pdf = render_head(head)
    assert render_head(parse_head(head.canonical)) == pdf
    facts = examine_head(pdf)
    assert (facts.findings, facts.head, facts.digest, facts.signatures) == ((), head, head.digest, ())


@QUICK
@given(heads())
def test_everything_in_a_head_is_printed(head):
    text = "".join(pages(render_head(head)))
    assert [value for value in printed(head) if bare(value) not in text] == []
    assert head.digest in text
    for unit in head.units:
        assert in_order(list(printed(unit)), text) == []
    for registrar in head.keepers.registrars:
        assert in_order(list(printed(registrar))[1::-1], text) == []


def test_what_is_absent_is_said():
    first = replace(plain_head(), version=1, previous=None, organisation=Organisation("Kota"), following=None)
    text = "".join(pages(render_head(first)))
    assert bare("Kode instansi tidak ada") in text
    assert bare("tidak ada: ini versi pertama") in text
    assert bare("Daftar ditutup belum") in text
    assert bare("Petugas registrasi berikutnya") not in text
    assert bare("uji, tanpa kunci rahasia") in text


def test_each_threshold_is_said():
    text = "".join(pages(render_head(plain_head())))
    assert bare("Versi ini berlaku bila ditandatangani paling sedikit 2 dari 3 petugas registrasi ini") in text
    assert bare("Versi berikutnya berlaku bila ditandatangani paling sedikit 1 dari 2 petugas registrasi ini") in text


def test_many_units_flow_over_sheets_that_say_where_they_belong():
    units = tuple(UnitCount(f"Unit Pelaksana Teknis Daerah Pengelolaan Pasar {n}", n, n // 2) for n in range(400))
    read = pages(render_head(replace(plain_head(), units=units)))
    assert len(read) > 8
    for number, text in enumerate(read, 1):
        assert text.endswith(bare(f"Daftar Perjanjian Kinerja Tahun 2026, versi 3 · halaman {number} dari {len(read)}"))
    header = bare("No. Perangkat daerah Perjanjian Lengkap")
    assert [header in text for text in read[:8]] == [True] * 8
    assert in_order([unit.unit for unit in units], "".join(read)) == []
    assert bare(f"Jumlah {format_number(Decimal(sum(range(400))))}") in "".join(read)


def test_a_text_longer_than_a_sheet_goes_on_over_the_next_ones():
    words = " ".join(f"kata{n}" for n in range(3000))
    registrars = (replace(plain_head().keepers.registrars[0], unit=words), *plain_head().keepers.registrars[1:])
    head = replace(plain_head(), keepers=Keepers(registrars, 1), organisation=Organisation(words, words))
    pdf = render_head(head)
    text = "".join(pages(pdf))
    footers = re.compile("DaftarPerjanjianKinerjaTahun2026,versi3·halaman[0-9]+dari[0-9]+")
    assert footers.sub("", text).count(bare(words)) == 5
    assert examine_head(pdf).findings == ()


def test_a_place_to_sign_is_whole_and_empty_beside_its_registrar():
    head = replace(plain_head(), units=tuple(UnitCount(f"Unit {n}", 1, 1) for n in range(14)))
    with pikepdf.open(io.BytesIO(render_head(head))) as document, pdfium.PdfDocument(render_head(head)) as seen:
        fields = list(document.Root.AcroForm.Fields)
        assert [str(field.T) for field in fields] == ["registrar-1", "registrar-2", "registrar-3"]
        for field, registrar in zip(fields, head.keepers.registrars, strict=True):
            left, bottom, right, top = (float(edge) for edge in field.Rect)
            assert 64 <= bottom < top <= 786
            page = next(n for n, page in enumerate(document.pages) if page.objgen == field.P.objgen)
            text = seen[page].get_textpage()
            assert text.get_text_bounded(left, bottom, right, top) == ""
            assert registrar.name in text.get_text_bounded(0, bottom, left, top)


def test_nothing_in_the_file_acts_fetches_or_hides():
    reader = FormReader(read_layout(render_head(plain_head())))
    check_passive(reader)
    assert reader.findings == []


def test_the_file_has_the_issued_form():
    files = (render_head(plain_head()), issued(root_content()))
    head, other = (pikepdf.open(io.BytesIO(pdf)) for pdf in files)
    with head, other:
        assert head.Root.keys() == other.Root.keys()
        assert head.trailer.keys() == other.trailer.keys()
        for key in ("/Lang", "/MarkInfo", "/Extensions", "/ViewerPreferences"):
            assert head.Root[key] == other.Root[key]
        field, issued_field = (document.Root.AcroForm.Fields[0] for document in (head, other))
        assert field.keys() == issued_field.keys()
        assert (field.F, field.FT, field.Lock.Action) == (132, Name.Sig, Name.Include)
        assert list(field.Lock.Fields) == [field.T]
        assert list(head.attachments) == ["register.json"]
        assert head.attachments["register.json"].get_file().read_bytes() == plain_head().canonical
        assert head.attachments["register.json"].relationship == Name.Data


def test_other_programs_find_nothing_wrong(tmp_path):
    file = tmp_path / "head.pdf"
    file.write_bytes(render_head(plain_head()))
    run = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=True)
    assert "No syntax or stream encoding errors found" in run.stdout
    with pikepdf.open(file) as document:
        assert document.check_pdf_syntax() == []


def test_every_piece_of_text_has_its_place_in_the_structure():
    with pikepdf.open(io.BytesIO(render_head(plain_head()))) as document:
        elements = list(tagged(document.Root.StructTreeRoot.K[0]))
        assert {str(element.S) for element in elements} == {
            *("/Document", "/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD", "/Form"),
        }
        parents = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
        for page in document.pages:
            marks = re.findall(rb"/MCID (\d+) >> BDC", page.Contents.read_bytes())
            owners = parents[int(page.StructParents)]
            assert [int(mark) for mark in marks] == list(range(len(owners)))
            for mark, owner in enumerate(owners):
                assert any(kid.get("/MCID") == mark and kid.Pg.objgen == page.objgen for kid in owner.K)
        for field in document.Root.AcroForm.Fields:
            assert parents[int(field.StructParent)].K.Obj.objgen == field.objgen


def tagged(element: Dictionary) -> Iterator[Dictionary]:
    yield element
    kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
    for kid in kids:
        if "/S" in kid:
            assert kid.P.objgen == element.objgen
            yield from tagged(kid)


def test_information_and_metadata_say_the_same():
    head = replace(plain_head(), organisation=Organisation("Pemerintah Kota <Wanasari> & Sekitarnya é"))
    with pikepdf.open(io.BytesIO(render_head(head))) as document, document.open_metadata() as metadata:
        assert metadata["dc:title"] == document.docinfo.Title == "Daftar Perjanjian Kinerja Tahun 2026, versi 3"
        assert metadata["dc:creator"] == [document.docinfo.Author] == [head.organisation.name]
        assert metadata["pdf:Producer"] == document.docinfo.Producer == "pkdocs"
        assert metadata["xmp:CreateDate"] == "2026-01-22T00:00:00Z"
        assert document.docinfo.CreationDate == "D:20260122000000Z"
        assert metadata.pdfa_status == "3B"


def test_the_colours_are_a_profile_for_monitors():
    with pikepdf.open(io.BytesIO(render_head(plain_head()))) as document:
        profile = document.Root.OutputIntents[0].DestOutputProfile.read_bytes()
    length, count = struct.unpack(">I", profile[:4])[0], struct.unpack(">I", profile[128:132])[0]
    assert (length, profile[12:24], profile[36:40]) == (len(profile), b"mntrRGB XYZ ", b"acsp")
    for index in range(count):
        start, size = struct.unpack(">II", profile[136 + 12 * index : 144 + 12 * index])
        assert start % 4 == 0
        assert start + size <= length


def test_a_head_is_known_by_its_beginning_and_an_agreement_is_none():
    pdf = render_head(plain_head())
    assert is_head(pdf)
    assert is_head(pdf[:200])
    assert not any(map(is_head, (b"", b"%PDF-1.7\n", issued(root_content()), b" " + pdf, pdf[:40])))


def test_the_font_is_the_one_that_is_shipped():
    font = Path("pkdocs/signing/fonts/PkdocsSans.ttf").read_bytes()
    with pikepdf.open(io.BytesIO(render_head(plain_head()))) as document:
        (descendant,) = document.pages[0].Resources.Font.F1.DescendantFonts
        assert descendant.FontDescriptor.FontFile2.read_raw_bytes() == font
