"""Single objects of a file, found by its tables: what the strict reader finds there, or a refusal."""

import re

import pytest

from pkdocs.content import Role
from pkdocs.signing.increment import read_tail, render_revision
from pkdocs.signing.objects import IrregularError, Objects, entry_of, read_section, value_of
from pkdocs.signing.slot import empty_slot, read_slots
from pkdocs.verification.layout import read_layout
from pkdocs.verification.syntax import Ref, Stream
from tests.factory import head_content
from tests.issued import SLOTS, issued
from tests.signed import signed

ISSUED, SIGNED = issued(head_content()), signed(head_content())
FIRST, SECOND = Role.FIRST.value, Role.SECOND.value


def objects_of(pdf: bytes) -> Objects:
    return Objects(pdf, read_tail(pdf).section)


def with_field(old: bytes, new: bytes) -> bytes:
    """Return the file with its first field written again, changed."""
    tail, number = read_tail(ISSUED), slots(ISSUED)[FIRST].number
    body = objects_of(ISSUED).body(number)
    assert body.count(old) >= 1
    return ISSUED + render_revision(tail, {number: body.replace(old, new)}).data


def with_catalog(old: bytes, new: bytes) -> bytes:
    tail = read_tail(ISSUED)
    body = objects_of(ISSUED).body(tail.root)
    assert body.count(old) == 1
    return ISSUED + render_revision(tail, {tail.root: body.replace(old, new)}).data


def slots(pdf: bytes) -> dict[str, object]:
    return dict(read_slots(objects_of(pdf), read_tail(pdf).root))


@pytest.mark.parametrize("pdf", [ISSUED, SIGNED], ids=["issued", "signed"])
def test_every_object_is_the_one_that_the_strict_reader_finds(pdf: bytes) -> None:
    expected = {number: value for one in read_layout(pdf).revisions for number, value in one.objects.items()}
    found = objects_of(pdf)
    for number, value in expected.items():
        if isinstance(value, Stream):
            assert found.value(number)[0] == value.dictionary
        else:
            assert found.value(number)[0] == value_of(found.body(number)) == value


@pytest.mark.parametrize("pdf", [ISSUED, SIGNED], ids=["issued", "signed"])
def test_a_trailer_read_at_one_stroke_is_the_one_that_is_read_word_by_word(pdf: bytes) -> None:
    for revision in read_layout(pdf).revisions:
        assert read_section(pdf, revision.xref).trailer == revision.trailer
    # another spelling goes word by word
    before, word, after = pdf.rpartition(b"/Root ")
    spaced = before + word + b" " + after
    assert read_tail(spaced).section.trailer == read_tail(pdf).section.trailer


@pytest.mark.parametrize("number", [0, 100_000])
def test_a_number_that_no_object_has_is_refused(number: int) -> None:
    with pytest.raises(IrregularError):
        objects_of(ISSUED).place(number)


def test_an_entry_that_points_elsewhere_is_refused() -> None:
    found = re.search(rb"\n(\d{10}) 00000 n ", ISSUED)
    assert found
    moved = ISSUED.replace(found[0], b"\n%010d 00000 n " % (int(found[1]) + 1), 1)
    with pytest.raises(IrregularError):
        objects_of(moved).place(1)


@pytest.mark.parametrize("body", [b"<< /A", b"<< /A 1 >> 7", b"<< /A 1 /A 2 >>"])
def test_what_is_not_one_value_strictly_written_is_refused(body: bytes) -> None:
    with pytest.raises(IrregularError):
        value_of(body)


def test_a_damaged_or_endless_object_is_refused() -> None:
    tail = read_tail(ISSUED)
    pdf = ISSUED + render_revision(tail, {tail.size: b"<< /A"}).data
    with pytest.raises(IrregularError):
        objects_of(pdf).value(tail.size)
    start = pdf.rindex(b"%d 0 obj" % tail.size)
    endless = pdf[:start] + pdf[start:].replace(b"\nendobj\n", b"\nendobi\n")
    with pytest.raises(IrregularError):
        objects_of(endless).body(tail.size)


def test_the_word_for_the_end_of_an_object_may_stand_in_a_string() -> None:
    tail, body = read_tail(ISSUED), b"<< /A (a\nendobj\nb) /B 12 >>"
    pdf = ISSUED + render_revision(tail, {tail.size: body}).data
    value, end = objects_of(pdf).value(tail.size)
    assert value == {"A": b"a\nendobj\nb", "B": 12}
    assert pdf.startswith(b"\nendobj\n", end)


@pytest.mark.parametrize("value", [7, {}, {"B": 1}])
def test_an_entry_that_is_not_there_is_refused(value: object) -> None:
    with pytest.raises(IrregularError):
        entry_of(value, "A")


def test_tables_that_go_round_in_circles_are_refused() -> None:
    tail = read_tail(SIGNED)
    before, word, after = SIGNED.rpartition(b"/Prev ")
    rest = after.partition(b" ")[2]
    place = b"%d" % tail.section.start
    with pytest.raises(IrregularError):
        objects_of(before + word + place + b" " + rest)


def test_fields_are_found_with_number_and_measures_until_they_are_signed() -> None:
    assert list(slots(ISSUED)) == [FIRST, SECOND]
    assert slots(SIGNED) == {FIRST: None, SECOND: None}
    slot = empty_slot(objects_of(ISSUED), read_tail(ISSUED).root, SECOND)
    left, bottom, right, top = SLOTS[SECOND]
    assert (slot.width, slot.height) == (right - left, top - bottom)
    before, after = value_of(objects_of(ISSUED).body(slot.number)), value_of(slot.filled(7, 8))
    assert after == {**before, "AP": {"N": Ref(7)}, "V": Ref(8)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/F 132", b"/F 4"),
        (b"/Action /Include", b"/Action /All"),
        (b"(pihak-pertama) ] /Type", b"(pihak-kedua) ] /Type"),
        (b"/Rect [ 320 ", b"/Rect [ 620 "),
        (b"/Rect [ 320 50 ", b"/Rect [ 320 250 "),
        (b"/Type /Annot", b"/Type /Annot /V 3 0 R"),
        (b"/Type /Annot", b"/Type /Annot /Uji 3"),
        (b"/Lock", b"/Luck"),
    ],
)
def test_a_field_that_is_not_exactly_as_issued_is_not_empty(old: bytes, new: bytes) -> None:
    pdf = with_field(old, new)
    assert slots(pdf)[FIRST] is None
    with pytest.raises(IrregularError):
        empty_slot(objects_of(pdf), read_tail(pdf).root, FIRST)
    assert empty_slot(objects_of(pdf), read_tail(pdf).root, SECOND).name == SECOND


@pytest.mark.parametrize("name", [b"/T 7", b"/Tu (x)", b"/T (pihak-kedua)"])
def test_a_field_without_a_name_of_its_own_is_refused(name: bytes) -> None:
    with pytest.raises(IrregularError):
        slots(with_field(b"/T (pihak-pertama)", name))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/SigFlags 3", b"/SigFlags 1"),
        (b"/SigFlags 3", b"/SigFlags 3 /NeedAppearances true"),
        (b"/AcroForm", b"/AcroFarm"),
        (b"/Fields [ 4 0 R 5 0 R ]", b"/Fields 4 0 R"),
        (b"/Fields [ 4 0 R 5 0 R ]", b"/Fields [ 4 5 ]"),
    ],
)
def test_a_form_that_is_not_the_issued_one_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(IrregularError):
        slots(with_catalog(old, new))
