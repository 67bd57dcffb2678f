"""The list of the register: canonical lines, only ever added to."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.register import (
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Line,
    PositionLine,
    State,
    Stretch,
    TemplateLine,
    added_lines,
    list_root,
    merkle_root,
    parse_lines,
    render_lines,
    valid_lines,
)
from pkdocs.roster import Level, Status
from pkdocs.schema import NewerSchemaError, SchemaError

DAY, LATER = date(2026, 1, 22), date(2026, 7, 1)
PERSON, OTHER = "A" * 16, "B" * 16
DIGEST = hashlib.sha256(b"x").hexdigest()
ISSUED, SIGNED = Stretch("1" * 64, 1000), Stretch("2" * 64, 2000)

POSITION = PositionLine(DAY, "KOMINFO", "Kepala Dinas", "Dinas", Level.JPT_PRATAMA, "WALIKOTA")
ASSIGNMENT = AssignmentLine(DAY, PERSON, "KOMINFO", Status.DEFINITIVE)
CERTIFICATE = CertificateLine(DAY, PERSON, DIGEST, DAY, date(2028, 1, 22), "pki-uji")
TEMPLATE = TemplateLine(DAY, "umum", "3" * 64)
AGREEMENT = AgreementLine(DAY, "PK-2026-KOMINFO-1", "KOMINFO", "Dinas", "4" * 64, ISSUED, State.ISSUED, (PERSON, OTHER))
COMPLETE = replace(AGREEMENT, state=State.COMPLETE, signed=SIGNED)
ALL: tuple[Line, ...] = (POSITION, ASSIGNMENT, CERTIFICATE, TEMPLATE, AGREEMENT)

lines = st.sampled_from(
    [
        *ALL,
        COMPLETE,
        replace(AGREEMENT, content="5" * 64),
        replace(ASSIGNMENT, person=OTHER),
        replace(ASSIGNMENT, ends=LATER),
        replace(POSITION, signs_with="SETDA"),
        replace(TEMPLATE, digest="6" * 64),
    ]
)


def test_lines_are_read_as_they_were_written() -> None:
    assert parse_lines(render_lines(ALL)) == ALL


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (render_lines(ALL)[:-1], "cut off"),
        (render_lines(ALL) + b"\n", "line 6: not JSON"),
        (b'{"schema":"pkdocs-wish/1"}\n', "unknown kind"),
        (b"[]\n", "unknown kind"),
        (render_lines(ALL).replace(b'"KOMINFO"', b'"KOMINFO" ', 1), "canonical"),
        (render_lines([replace(POSITION, entered=LATER), ASSIGNMENT]), "line 2: entered before"),
        (b'"' + b"x" * 20_000 + b'"\n', "too long"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(data: bytes, why: str) -> None:
    with pytest.raises(SchemaError, match=why):
        parse_lines(data)


def test_a_line_of_a_newer_pkdocs_is_told_from_damage() -> None:
    with pytest.raises(NewerSchemaError, match="pkdocs-position/2"):
        parse_lines(render_lines([POSITION]).replace(b"position/1", b"position/2"))


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.COMPLETE},
        {"signed": SIGNED},
        {"state": State.COMPLETE, "signed": Stretch("2" * 64, 500)},
        {"state": State.SUPERSEDED, "signed": SIGNED},
        {"successor": "PK-2026-KOMINFO-2"},
        {"content": "x"},
        {"persons": ()},
        {"persons": ("nobody",)},
    ],
)
def test_an_agreement_line_that_contradicts_itself_does_not_exist(change: dict[str, object]) -> None:
    with pytest.raises(SchemaError):
        replace(AGREEMENT, **change)  # type: ignore[arg-type]  # wrong on purpose


def test_a_vacant_position_is_held_by_nobody() -> None:
    with pytest.raises(SchemaError):
        replace(ASSIGNMENT, status=Status.VACANT)
    with pytest.raises(SchemaError):
        replace(ASSIGNMENT, begins=LATER, ends=DAY)


def _without_day(line: Line) -> Line:
    return replace(line, entered=DAY)


@given(st.lists(lines, max_size=6), st.lists(lines, max_size=6))
def test_what_is_added_makes_the_list_say_what_is_stated(before: list[Line], stated: list[Line]) -> None:
    stated = list(valid_lines(stated))
    added = tuple(added_lines(before, stated, LATER))
    after = (*before, *added)
    said = {_without_day(line) for line in valid_lines(after)}
    assert {_without_day(line) for line in stated} <= said
    assert tuple(added_lines(after, stated, LATER)) == ()
    assert all(line.entered == LATER for line in added)
    kept = {_without_day(line) for line in valid_lines(before) if isinstance(line, CertificateLine | TemplateLine)}
    assert kept <= said


def test_what_is_no_longer_stated_is_void_but_a_signed_agreement_stays() -> None:
    added = list(added_lines([*ALL[:4], AGREEMENT], [], LATER))
    assert [(type(line), line.void, line.entered) for line in added] == [
        (PositionLine, True, LATER),
        (AssignmentLine, True, LATER),
        (AgreementLine, True, LATER),
    ]
    assert list(added_lines([COMPLETE], [], LATER)) == []


def test_the_root_is_that_of_the_written_lines() -> None:
    assert list_root(ALL) == merkle_root(render_lines(ALL).splitlines()).hex()
