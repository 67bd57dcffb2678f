"""What a signature says, as strict readers and others read it."""

from datetime import datetime, timedelta, timezone
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.signing.dictionary import MOMENT, moment, signature_entries, text_string
from pkdocs.signing.objects import value_of
from pkdocs.verification.syntax import Ref

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS)
def test_a_text_is_read_as_it_was_given(text: str) -> None:
    value = value_of(text_string(text))
    written = value[2:].decode("utf-16-be") if value.startswith(b"\xfe\xff") else value.decode("ascii")
    assert written == text


@pytest.mark.parametrize("text", ["Dra. (Citra) \\ M.M.", "Siti Nurbayañ", "😀", "", ")("])
def test_pikepdf_reads_the_same(text: str) -> None:
    body = b"<< /Size 1 /T %s >>" % text_string(text)
    with pikepdf.new() as document:
        parsed = pikepdf.Object.parse(body)
        document.Root.Uji = parsed
        output = BytesIO()
        document.save(output)
    with pikepdf.open(BytesIO(output.getvalue())) as opened:
        assert str(opened.Root.Uji.T) == text


@pytest.mark.parametrize(
    ("hours", "minutes", "expected"), [(7, 0, b"+07'00'"), (0, 0, b"+00'00'"), (-3, -30, b"-03'30'")]
)
def test_a_moment_has_the_offset_of_its_zone(hours: int, minutes: int, expected: bytes) -> None:
    zone = timezone(timedelta(hours=hours, minutes=minutes))
    written = moment(datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=zone))
    assert written == b"(D:20260102030405%s)" % expected
    assert MOMENT.fullmatch(written)


@given(TEXTS, TEXTS, st.none() | TEXTS)
def test_the_entries_are_one_dictionary_whatever_the_texts_are(name: str, reason: str, location: str | None) -> None:
    at = b"(D:20260102030405+07'00')"
    entries = signature_entries(5, "pihak-pertama", at, name=name, location=location, reason=reason)
    value = value_of(b"<< " + entries + b" >>")
    assert value.keys() - {"Location"} == {"Type", "Filter", "SubFilter", "M", "Name", "Reason", "Reference"}
    assert ("Location" in value) == (location is not None)
    (lock,) = value["Reference"]
    assert lock["Data"] == Ref(5)
    assert lock["TransformParams"]["Fields"] == [b"pihak-pertama"]
