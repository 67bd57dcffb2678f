"""DER as pkdocs writes it is what asn1crypto reads."""

from datetime import UTC, datetime, timedelta, timezone

from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from pkdocs import der


@given(st.lists(st.binary(max_size=300), max_size=300))
def test_contents_of_any_length_come_back(parts: list[bytes]) -> None:
    written = der.encode(der.SEQUENCE, *(der.encode(der.OCTETS, part) for part in parts))
    read = core.SequenceOf.load(written, spec=core.OctetString, strict=True)
    assert [entry.native for entry in read] == parts
    assert read.dump(force=True) == written


@given(st.integers(), st.binary(max_size=40))
def test_numbers_and_bits_come_back(number: int, data: bytes) -> None:
    assert core.Integer.load(der.integer(number), strict=True).native == number
    assert core.OctetBitString.load(der.bits(data), strict=True).native == data


def test_a_moment_is_written_in_utc_and_whole_seconds() -> None:
    at = datetime(2026, 1, 22, 9, 15, 59, 999_999, tzinfo=timezone(timedelta(hours=7)))
    written = core.GeneralizedTime.load(der.moment(at), strict=True)
    assert written.native == datetime(2026, 1, 22, 2, 15, 59, tzinfo=UTC)


def test_another_tag_leaves_the_contents() -> None:
    assert der.retag(der.SET, der.encode(der.SEQUENCE, b"ab")) == der.encode(der.SET, b"ab")
    assert der.context(2, b"ab") == b"\xa2\x02ab"
    assert der.context(0, constructed=False) == b"\x80\x00"


def test_an_arc_may_be_as_large_as_a_uuid() -> None:
    dotted = f"2.25.{2**128 - 1}"
    assert core.ObjectIdentifier.load(der.identifier(dotted)).native == dotted
