"""A complete agreement ends by a version that the same positions sign and that promises nothing."""

from dataclasses import replace

import pytest

from pkdocs.chain import AgreementVerdict
from pkdocs.content import REASONED_SCHEMA, Content, Type, parse_content
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.checking import check
from pkdocs.profile import Ground
from pkdocs.register import State, standing
from pkdocs.schema import SchemaError
from pkdocs.signing import read_form
from pkdocs.verification import Result
from tests.city import AT, Sheets, Town, change, ignore, sheets
from tests.pipeline.test_midyear import entry, with_newcomer

KEY = "INSP.IRBAN1"
OLD, NEW, CHILD = "PK-2026-INSP.IRBAN1-1", "PK-2026-INSP.IRBAN1-2", "PK-2026-INSP.IRBAN1.AUDITOR-1"
REASON = "Tugas pengawasan wilayah ini dialihkan ke Irban II menurut Peraturan Wali Kota Nomor 12 Tahun 2026"


def withdrawn(city: Sheets, key: str = KEY, **cells: str) -> Sheets:
    """Let the holder of ``key`` and the superior withdraw in July what they agreed in January."""
    row = next(row for row in city["Pejabat"] if row["Kode Jabatan"] == key)
    said = {"Versi": "2", "Alasan": "Pencabutan", "Uraian Alasan": REASON, "Tanggal Perjanjian": "2026-07-01"}
    city["Pejabat"].append({**row, **said, **cells})
    return city


@pytest.fixture
def ended(signed_town: Town) -> Town:
    """The city with a withdrawal made, which nobody has signed."""
    signed_town.write(withdrawn(sheets()))
    done = signed_town.generate()
    assert [(one.id, str(one.error)) for one in done.failed] == []
    assert done.made == 1
    return signed_town


def made(town: Town, identity: str = NEW) -> Content:
    return read_form((town.out / str(entry(town, identity).pdf)).read_bytes()).content


def judged(town: Town, **means: object) -> dict[str | None, AgreementVerdict]:
    given = Means(**means)  # type: ignore[arg-type]  # what varies
    return {one.id: one for one in verify([town.out], town.trust, at=AT, means=given, progress=ignore).agreements}


def codes(one: AgreementVerdict) -> set[str]:
    return {finding.code for finding in one.findings}


def sign(town: Town) -> None:
    town.sign(KEY)
    town.sign("INSP")


def test_it_is_the_next_version_and_promises_nothing(ended: Town) -> None:
    content = made(ended)
    assert (content.type, content.schema, content.goals, content.budget) == (
        Type.WITHDRAWAL,
        REASONED_SCHEMA,
        (),
        None,
    )
    assert content.amendment is not None
    assert (content.amendment.supersedes.id, content.amendment.reason) == (OLD, REASON)
    assert content.first_day.isoformat() == "2026-07-01"
    assert parse_content(content.canonical) == content


def test_signed_by_both_it_ends_the_version_before(ended: Town) -> None:
    sign(ended)
    found = judged(ended)
    assert {one.result for one in found.values()} == {Result.PASSED}
    assert "WITHDRAWN" in codes(found[OLD])
    assert "PARENT_WITHDRAWN" in codes(found[CHILD])


def test_half_signed_it_ends_nothing(ended: Town) -> None:
    ended.sign(KEY)
    found = judged(ended)
    assert found[NEW].result is Result.INCOMPLETE
    assert "WITHDRAWN" not in codes(found[OLD])
    assert "PARENT_WITHDRAWN" not in codes(found[CHILD])


def test_register_lists_what_it_superseded(ended: Town) -> None:
    sign(ended)
    ended.build_register()
    ended.sign_register()
    from pkdocs.pipeline.keeping import read_kept

    states = {line.id: line.state for line in standing(read_kept(ended.head).lines)}
    assert (states[OLD], states[NEW]) == (State.SUPERSEDED, State.COMPLETE)
    assert {one.result for one in judged(ended, register=ended.head).values()} == {Result.PASSED}


def test_page_made_again_is_the_same(ended: Town) -> None:
    from pkdocs.settings import default_templates

    sign(ended)
    found = judged(ended, templates=default_templates(), workbook=ended.workbook)
    assert not {"PAGE_DIFFERS", "PAGE_NOT_COMPARABLE"} & codes(found[NEW])
    assert found[NEW].result is Result.PASSED


def test_root_withdraws_alone(signed_town: Town) -> None:
    signed_town.write(withdrawn(sheets(), "WALIKOTA"))
    assert signed_town.generate().failed == ()
    signed_town.sign("WALIKOTA")
    assert "WITHDRAWN" in codes(judged(signed_town)["PK-2026-WALIKOTA-1"])


def test_who_comes_after_it_cannot_hang_on_what_was_withdrawn(town: Town) -> None:
    town.write(with_newcomer(withdrawn(sheets())))
    problems = {problem.code for problem in check(town.workbook).problems}
    assert "PARENT_WITHDRAWN_ROW" in problems


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Uraian Alasan": ""}, "WITHDRAWAL_REASON"),
        ({"Versi": "2", "Alasan": "Perubahan Strategi"}, None),
    ],
)
def test_row_says_what_it_must(cells: dict[str, str], code: str | None, town: Town) -> None:
    town.write(withdrawn(sheets(), **cells))
    found = {problem.code for problem in check(town.workbook).problems}
    assert found & {"WITHDRAWAL_REASON", "REASON_UNUSED"} == ({code} if code else set())


def test_first_version_withdraws_nothing(town: Town) -> None:
    town.write(withdrawn(sheets(), Versi="1"))
    assert "WITHDRAWAL_FIRST" in {problem.code for problem in check(town.workbook).problems}


def test_reason_of_a_first_version_is_not_used(town: Town) -> None:
    for row in (city := sheets())["Pejabat"]:
        row["Uraian Alasan"] = "x"
    town.write(city)
    assert "REASON_UNUSED" in {problem.code for problem in check(town.workbook).problems}


def test_not_everything_is_withdrawn_at_once(town: Town) -> None:
    city = sheets()
    city["Profil"].append({"Kunci": "Alasan", "Nilai": "Pencabutan"})
    town.write(change(city, "Profil", "Jenis Dokumen", "Nilai", "Perubahan"))
    assert "CELL_CHOICE" in {problem.code for problem in check(town.workbook).problems}


def test_reason_of_any_later_version_is_printed_and_signed_for(signed_town: Town) -> None:
    signed_town.write(withdrawn(sheets(), Alasan="Perubahan Strategi"))
    assert signed_town.generate().failed == ()
    content = made(signed_town)
    assert (content.type, content.schema) == (Type.AGREEMENT, REASONED_SCHEMA)
    assert content.amendment is not None
    assert content.amendment.reason == REASON


def test_content_that_contradicts_itself_cannot_be_made(ended: Town) -> None:
    content, before = made(ended), made(ended, OLD)
    amendment = content.amendment
    assert amendment is not None
    for wrong in (
        {"goals": before.goals},
        {"type": Type.AGREEMENT},
        {"schema": "pkdocs-content/1"},
        {"amendment": replace(amendment, reason=None), "schema": "pkdocs-content/1"},
        {"amendment": replace(amendment, ground=Ground.STRATEGY)},
    ):
        with pytest.raises(SchemaError):
            replace(content, **wrong)
    with pytest.raises(SchemaError):
        replace(before, type=Type.WITHDRAWAL)
