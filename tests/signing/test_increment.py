"""A revision as bytes: it ends as the file before it ended, and other readers find its objects where they are."""

import hashlib
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.signing.increment import IrregularError, read_tail, render_revision
from pkdocs.signing.reserved import reserve, signature_body
from pkdocs.verification.layout import read_layout
from tests.factory import head_content
from tests.issued import issued
from tests.signed import signed

FILES = [issued(head_content()), signed(head_content())]


def joined(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    return pdf + render_revision(read_tail(pdf), objects).data


@pytest.mark.parametrize("pdf", FILES)
def test_the_tail_is_what_the_strict_reader_finds(pdf: bytes) -> None:
    tail, revisions = read_tail(pdf), read_layout(pdf).revisions
    trailer = revisions[-1].trailer
    assert (tail.length, tail.section.start, tail.size) == (len(pdf), revisions[-1].xref, trailer["Size"])
    assert ((tail.root,), (tail.info,)) == (trailer["Root"], trailer["Info"])
    assert list(tail.identifiers) == trailer["ID"]


@given(st.dictionaries(st.integers(0, 40), st.binary(max_size=20), min_size=1), st.booleans())
def test_objects_new_and_old_are_read_again_as_they_were_written(texts: dict[int, bytes], new: bool) -> None:
    tail = read_tail(FILES[0])
    first = tail.size if new else tail.size - 41
    numbered = {first + place: text for place, text in enumerate(texts.values())}
    pdf = joined(FILES[0], {number: b"<" + text.hex().encode() + b">" for number, text in numbered.items()})
    last = read_layout(pdf).revisions[-1]
    assert last.objects == numbered
    assert read_tail(pdf).size == max(tail.size, *(number + 1 for number in numbered))


def test_a_catalog_written_again_is_the_catalog() -> None:
    tail = read_tail(FILES[0])
    with pikepdf.open(BytesIO(FILES[0])) as opened:
        opened.Root.Uji = 7
        catalog = opened.Root.unparse(resolved=True)
    pdf = joined(FILES[0], {tail.root: catalog, tail.size: b"(baru)"})
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.Uji == 7
        assert opened.get_object(tail.size, 0) == "baru"
        assert not opened.get_warnings()


def test_equal_revisions_are_equal_bytes_and_other_ones_have_another_identifier() -> None:
    number = read_tail(FILES[0]).size
    one, same, other = (joined(FILES[0], {number: text}) for text in (b"(satu)", b"(satu)", b"(dua)"))
    assert one == same
    identifiers = [read_tail(pdf).identifiers for pdf in (FILES[0], one, other)]
    assert len({first for first, _ in identifiers}) == 1
    assert len({second for _, second in identifiers}) == 3


def test_a_file_without_line_end_gets_one_before_what_follows() -> None:
    pdf = FILES[0].removesuffix(b"\n")
    tail = read_tail(pdf)
    assert read_layout(joined(pdf, {tail.size: b"7"})).revisions[1].objects == {tail.size: 7}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"%%EOF\n", b"%%EOF\n%"),
        (b"startxref\n", b"startxref\n9"),
        (b"trailer", b"Trailer"),
        (b"/Size ", b"/Size -0."),
        (b"/Root 1 0 R", b"/Root (1 0)"),
        (b"/Info 2 0 R", b"/Info (2 0)"),
        (b"/ID [", b"/ID [ 7 "),
        (b"/ID [", b"/ID [ ["),
        (b"/ID [", b"/XRefStm 7 /ID ["),
        (b" >>\nstartxref", b" >> 7\nstartxref"),
    ],
)
def test_a_file_with_another_end_is_not_joined_to(old: bytes, new: bytes) -> None:
    before, found, after = FILES[0].rpartition(old)
    assert found
    with pytest.raises(IrregularError):
        read_tail(before + new + after)


def test_what_a_signature_covers_is_all_but_its_place() -> None:
    pdf = FILES[0]
    tail = read_tail(pdf)
    objects = {tail.size: b"7", tail.size + 1: signature_body(b"/Type /Sig", 30)}
    reserved = reserve(hashlib.sha256(pdf), tail, objects, tail.size + 1, 30)
    whole = pdf + reserved.fill(bytes(range(1, 21)))
    last = read_layout(whole).revisions[-1]
    signature = last.objects[tail.size + 1]
    _, opening, closing, rest = signature["ByteRange"]
    assert signature["Contents"] == bytes(range(1, 21)) + bytes(10)
    assert whole[opening:closing] == b"<" + signature["Contents"].hex().encode() + b">"
    assert closing + rest == len(whole)
    assert reserved.digest == hashlib.sha256(whole[:opening] + whole[closing:]).digest()
    with pytest.raises(ValueError, match="larger than its place"):
        reserved.fill(bytes(31))
