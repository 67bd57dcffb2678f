"""The quick reader of plain collections says what the strict reader says, or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pkdocs.verification import layout
from pkdocs.verification.layout import FileError, read_layout
from pkdocs.verification.plain import read_plain
from pkdocs.verification.syntax import MAX_DEPTH, Parts, PdfSyntaxError, Ref, Stream, Value, parts_of, read_value
from tests.factory import root_content
from tests.issued import issued

PLAIN_WORDS = st.sampled_from(
    [b"/Type", b"/S", b"/A#20B", b"/", b"0", b"-1", b"+2", b"3.50", b"-.5", b"4.", b"12 0 R", b"1 0 R", b"true"]
)
OTHER_WORDS = st.sampled_from(
    rb"null (text) (endobj) (a\(b) <41> <4> /A#ff /stream /endobj R obj % 12345678901 1.2.3 { ) > < --1 1e5".split()
) | st.sampled_from([b"12 1 R", b"0 0 R", b"\x00", b"\x0c", b"/\x80"])
BRACKETS = st.sampled_from([b"<<", b">>", b"[", b"]"])
GAPS = st.sampled_from([b" ", b"\n", b"\r\n", b"", b"\t "])
TAILS = st.sampled_from(
    [b"\nendobj", b"endobj", b" stream\n", b"stream", b"", b" 5 endobj", b">> endobj", b"\x00endobj"]
)


def written(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"<< " + b" ".join(b"/" + key + b" " + written(entry) for key, entry in value.items()) + b" >>"
    return b"[ " + b" ".join(map(written, value)) + b" ]" if isinstance(value, list) else value


KEYS = st.sampled_from([b"A", b"B", b"C#43", b"Type", b"Stream"])
PLAIN = st.recursive(
    PLAIN_WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
).filter(lambda value: isinstance(value, list | dict))


@st.composite
def soups(draw: st.DrawFn) -> bytes:
    words = draw(st.lists(st.one_of(BRACKETS, PLAIN_WORDS, BRACKETS, OTHER_WORDS), max_size=14))
    return b"".join(draw(GAPS) + word for word in words) + draw(TAILS)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(written(draw(PLAIN)) + draw(TAILS))
    place = draw(st.integers(0, len(data) - 1))
    data[place : place + draw(st.integers(0, 2))] = draw(
        st.sampled_from([b"", b"/", b"<<", b">", b"]", b"(", b"0", b"\xff"])
    )
    return bytes(data)


def strictly(data: bytes) -> tuple[Value, int] | None:
    try:
        return read_value(data, 0)
    except PdfSyntaxError:
        return None


def unordered(parts: Parts) -> tuple[list[Ref], list[int]]:
    return sorted(parts.references), sorted(map(id, parts.dictionaries))


@given(soups() | damaged())
@example(b"<< /A /Bendobj >>endobj")
@example(b"<< /A /B >>streamendobj")
@example(b"<< /A 1 /A 2 >> endobj")
@example(b"<< /A 1 /#41 2 >> endobj")
@example(b"<< 1 /A >> endobj")
@example(b"<< [] /A >> endobj")
@example(b"[ << /A ] >> endobj")
@example(b"[ 1 0 Rendobj")
@example(b"5 endobj")
def test_what_is_read_at_one_stroke_is_what_the_strict_reader_reads(data: bytes) -> None:
    read = read_plain(data, 0)
    assert read is None or repr((read[0], read[2])) == repr(strictly(data))
    assert read is None or unordered(read[1]) == unordered(parts_of(read[0]))


@given(PLAIN)
def test_every_plain_collection_is_read_at_one_stroke(value: Any) -> None:
    data = written(value) + b"\nendobj"
    strict = strictly(data)
    # two spellings of one key are refused by both
    assert (read_plain(data, 0) is None) == (strict is None)


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_both_refuse_the_same_depth(depth: int) -> None:
    data = b"[" * depth + b"]" * depth + b" endobj"
    assert (read_plain(data, 0) is None) == (strictly(data) is None) == (depth > MAX_DEPTH)


def test_what_is_long_or_without_end_is_left_to_the_strict_reader() -> None:
    assert read_plain(b"[ 1 2 ]", 0) is None
    assert read_plain(b"[ /" + b"A" * 200 + b" ] endobj", 0) is None
    assert read_plain(b"[" + b" 1" * 100_000 + b" ] endobj", 0) is None


def outcome(data: bytes) -> list[Any]:
    try:
        revisions = read_layout(data).revisions
    except FileError as fault:
        return list(fault.args)
    # in which order the parts come is nobody's concern
    parts = [
        (sorted(one.references), sorted(map(repr, one.dictionaries)))
        for revision in revisions
        for one in revision.parts.values()
    ]
    return [*(replace(revision, parts={}) for revision in revisions), parts]


@given(data=st.data())
def test_a_file_is_read_alike_without_the_quick_reader(data: st.DataObject) -> None:
    pdf = bytearray(issued(root_content()))
    for _ in range(data.draw(st.integers(0, 2))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.sampled_from(b"/<>[]( 0R\n\x00\xff"))
    quick = outcome(bytes(pdf))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "read_plain", lambda *_: None)
        assert repr(outcome(bytes(pdf))) == repr(quick)


def every(value: Value) -> Iterator[Value]:
    yield value
    inner = value.dictionary if isinstance(value, Stream) else value
    for entry in inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ():
        yield from every(entry)


@given(PLAIN)
def test_the_parts_are_all_dictionaries_and_references(value: Any) -> None:
    read, _ = read_value(written(value), 0)
    dictionaries, references = parts_of(Stream({"Whole": read}, b""))
    found = list(every(read))
    assert sorted(references) == sorted(entry for entry in found if isinstance(entry, Ref))
    assert {id(entry) for entry in dictionaries[1:]} == {id(entry) for entry in found if isinstance(entry, dict)}
