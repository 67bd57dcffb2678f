"""Attacks on the file as a whole: one interpretation of its bytes, or none."""

import zlib
from functools import cache

import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from pkdocs.content import Role
from pkdocs.verification import Facts, Result, examine_pdf, layout, result_of
from tests.factory import DIVISION_HEAD, division_content
from tests.issued import issued
from tests.signed import signed, signer_of
from tests.verification.forge import Hand, altered, last_size, object_bytes, revision


def codes(pdf: bytes) -> set[str]:
    return {finding.code for finding in examine_pdf(pdf).findings}


@cache
def base() -> bytes:
    return issued(division_content())


@cache
def both() -> bytes:
    return signed(division_content())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"GIF89a", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"\0" * 1000])
def test_what_is_no_pdf_fails_without_content(data):
    facts = examine_pdf(data)
    assert facts.content is None
    assert result_of(facts.findings) is Result.FAILED


@pytest.mark.parametrize("before", [b"\n", b"MZ", b"%!PS\n", b"%PDF-1.4\n"])
def test_bytes_before_the_header_are_named(before):  # 38
    assert codes(before + both()) == {"FILE_NOT_PDF"}


@pytest.mark.parametrize("after", [b"\0", b"PK\x05\x06" + bytes(18), b"<script>", b"% more\n", b"\n\n\n"])
def test_bytes_after_the_end_are_named(after):  # 7, 38
    assert codes(both() + after) == {"FILE_TRAILING_BYTES"}


def test_an_object_without_cross_reference_is_named():  # 12
    assert codes(both() + b"12 0 obj\n<< /Type /Page >>\nendobj\n") == {"FILE_STRUCTURE"}


@pytest.mark.parametrize("section", [b"", b"xref\n", b"xref\n0 1\n0000000000 65535 f \n", b"xref\n0 0\n"])
def test_an_empty_or_malformed_cross_reference_is_named(section):  # 12
    found = codes(revision(both(), {12: object_bytes(both(), 12)}, xref=section))
    assert found & {"FILE_STRUCTURE", "FILE_CROSS_REFERENCE"}


def test_a_cross_reference_into_earlier_bytes_is_named():  # 15
    offset = both().index(b"\n12 0 obj") + 1
    section = b"xref\n12 1\n%010d 00000 n \n" % offset
    assert codes(revision(both(), {12: object_bytes(both(), 12)}, xref=section)) == {"FILE_CROSS_REFERENCE"}
    assert codes(revision(both(), {}, xref=section)) == {"FILE_CROSS_REFERENCE"}


def test_an_object_freed_later_is_named():
    section = b"xref\n0 1\n0000000000 65535 f \n12 1\n0000000000 00001 f \n"
    assert codes(revision(both(), {}, xref=section)) == {"FILE_CROSS_REFERENCE"}


def test_one_object_twice_in_a_revision_is_named():  # 16
    page = object_bytes(both(), 12)
    second = len(both()) + len(b"12 0 obj\n\nendobj\n") + len(page)
    section = b"12 0 obj\n%s\nendobj\nxref\n12 1\n%010d 00000 n \n" % (page, second)
    assert codes(revision(both(), {12: page}, xref=section)) == {"FILE_OBJECT_TWICE"}


def test_a_cross_reference_stream_is_named():  # 16
    document = b"<< /Type /XRef /Size 200 /W [1 2 1] /Root 1 0 R /Length 0 >>\nstream\n\nendstream"
    assert codes(revision(both(), {last_size(both()): document})) == {"FILE_STREAMS"}


def test_an_object_stream_is_named():  # 16
    packed = zlib.compress(b"12 0 << >>")
    body = b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    assert codes(revision(both(), {last_size(both()): body % (len(packed), packed)})) == {"FILE_STREAMS"}


def test_a_hybrid_file_is_named():  # 16
    assert codes(revision(both(), {}, trailer=b"/XRefStm 100")) == {"FILE_STRUCTURE"}


def test_encryption_is_named():  # 38
    assert codes(revision(both(), {}, trailer=b"/Encrypt 1 0 R")) == {"FILE_ENCRYPTED"}


def test_another_root_is_named():
    moved = revision(both(), {12: object_bytes(both(), 12)}).replace(b"/Root 1 0 R /Info", b"/Root 2 0 R /Info")
    assert codes(moved) == {"FILE_STRUCTURE"}


def test_a_reference_to_what_may_come_later_is_named():  # 21
    size = last_size(base())
    dangling = revision(base(), {size: b"[%d 0 R]" % (size + 1)})
    assert codes(dangling) == {"FILE_DANGLING"}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100 + b"]" * 100,
        b"<< /A " * 60 + b"1" + b">>" * 60,
        b"[9999999999999999999999]",
        b"[1e400]",
        b"[0.00000000000000000000000000000000001]",
        b"<< /A 1 /A 2 >>",
        b"<< /A 1 /#41 2 >>",
        b"<< /A null >>",
        b"[12 1 R]",
        b"[1 %comment\n]",
        b"(unbalanced (",
        b"(\\777)",
        b"<ABC>",
        b"<AB CD>",
        b"[/\xff]",
        b"]",
        b"<< 1 2 >>",
        b"<< /Length 99999999 >>\nstream\n\nendstream",
        b"<< /Length 1 0 R >>\nstream\n\nendstream",
        b"<< /Length -1 >>\nstream\n\nendstream",
        b"<< /Length 5 >>\nstream\n\nendstream",
        b"[1 2]\nstream\n\nendstream",
    ],
)
def test_what_readers_take_differently_is_named(body):  # 16, 39
    assert codes(revision(both(), {last_size(both()): body})) == {"FILE_STRUCTURE"}


def test_limits_end_the_reading(monkeypatch):  # 39
    for name, limit in (("MAX_FILE_BYTES", 1000), ("MAX_OBJECTS", 10), ("MAX_REVISIONS", 1)):
        with monkeypatch.context() as patched:
            patched.setattr(layout, name, limit)
            assert codes(both()) == {"FILE_LIMIT"}


def test_a_bomb_is_named_before_a_library_opens_it():  # 39
    def bomb(document):
        document.pages[0].Contents.write(zlib.compress(b" " * 200_000_000, 9), filter=Name.FlateDecode)

    assert codes(altered(base(), bomb)) == {"ISSUED_TOO_LARGE"}


def test_a_giant_picture_is_named():  # 39
    def giant(document):
        for picture in document.pages[0].Resources.XObject.as_dict().values():
            picture.Width = 100_000_000

    assert codes(altered(base(), giant)) == {"ISSUED_TOO_LARGE"}


def nested_forms(document, depth, width=10):
    """Return forms that call each other ``width`` times, ``depth`` deep."""
    inner = Stream(document, b"0 0 1 1 re f")
    inner.Type, inner.Subtype, inner.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    for _ in range(depth):
        outer = Stream(document, b"/X Do\n" * width)
        outer.Type, outer.Subtype, outer.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        outer.Resources = Dictionary(XObject=Dictionary(X=inner))
        inner = outer
    document.pages[0].Resources.XObject["/Nest"] = inner
    document.pages[0].contents_add(Stream(document, b"/Nest Do"))


@pytest.mark.parametrize(("depth", "width"), [(9, 2), (5, 100), (2, 20_000)])
def test_drawings_that_multiply_are_named_before_they_are_drawn(depth, width):  # 39
    assert codes(altered(base(), lambda document: nested_forms(document, depth, width))) == {"ISSUED_DRAWING"}


def test_a_form_that_calls_itself_ends():  # 39
    def loop(document):
        form = document.make_indirect(Stream(document, b"/X Do"))
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        document.pages[0].Resources.XObject["/X"] = form
        document.pages[0].contents_add(Stream(document, b"/X Do"))

    assert codes(altered(base(), loop)) == {"ISSUED_DRAWING"}


def test_a_call_spelled_in_other_ways_counts():  # 39
    def spelled(document):
        nested_forms(document, 4, 20)
        document.pages[0].contents_add(Stream(document, b"/#4eest%\nDo " * 2000))

    assert codes(altered(base(), spelled)) == {"ISSUED_DRAWING"}


def test_a_loop_in_the_page_tree_ends():  # 39
    def loop(document):
        document.Root.Pages.Kids.append(document.Root.Pages)

    assert "ISSUED_SHAPE" in codes(altered(base(), loop))


def test_damaged_compression_is_named():
    def damage(document):
        document.pages[0].Contents.write(b"xx", filter=Name.FlateDecode)

    assert codes(altered(base(), damage)) == {"ISSUED_TOO_LARGE"}


def test_something_unused_is_named():  # 21
    size = last_size(base())
    # pikepdf drops what is not used, so it is put in by hand
    section = base().rindex(b"xref\n0 ")
    spare = b"%d 0 obj\n(hidden)\nendobj\n" % size
    forged = base()[:section] + spare + base()[section:]
    forged = forged.replace(b"xref\n0 %d\n" % size, b"xref\n0 %d\n" % (size + 1))
    forged = forged.replace(b"/Size %d" % size, b"/Size %d" % (size + 1))
    forged = forged.replace(b"trailer", b"%010d 00000 n \ntrailer" % section)
    forged = forged.replace(b"startxref\n%d\n" % section, b"startxref\n%d\n" % (section + len(spare)))
    assert codes(forged) == {"ISSUED_UNREFERENCED"}


def test_whatever_a_library_raises_becomes_a_finding(monkeypatch):
    def raises(*_):
        raise RuntimeError("from below")

    for step in ("read_layout", "read_form", "read_updates", "read_signature", "read_content", "read_pages"):
        with monkeypatch.context() as patched:
            patched.setattr(f"pkdocs.verification.examine.{step}", raises)
            facts = examine_pdf(both())
        assert "EXAMINATION_FAILED" in {finding.code for finding in facts.findings}, step
        assert result_of(facts.findings) is Result.FAILED
        assert all(finding.message(language) for finding in facts.findings for language in ("id", "en"))


def test_a_signed_file_of_another_issue_is_read_like_ours():
    def retitled(document):
        document.docinfo.Title = String("Lain")

    pdf = Hand(signer_of(DIVISION_HEAD)).sign(altered(base(), retitled), Role.FIRST)
    facts: Facts = examine_pdf(pdf)
    assert facts.findings == ()
    assert facts.issue_length < len(pdf)
