"""Who has signed and who is awaited."""

from dataclasses import replace
from pathlib import Path

import pytest

from pkdocs.content import PersonScheme, Role
from pkdocs.errors import ConflictError, UsageError
from pkdocs.index import write_index
from pkdocs.persons import TRIAL_KEY, pseudonym
from pkdocs.pipeline.generation import Format
from pkdocs.pipeline.standing import Standing, find_person, read_standing
from tests.city import KEYS, Town

AUDITOR = "PK-2026-INSP.IRBAN1.AUDITOR-1"


def standing_of(town: Town, identity: str) -> Standing:
    return next(entry for entry in read_standing(town.out) if entry.id == identity)


def test_before_the_ceremony_each_agreement_awaits_who_promises(town: Town) -> None:
    found = list(read_standing(town.out))
    assert [entry.id for entry in found] == [entry.id for entry in town.index.agreements]
    assert {(entry.signed, entry.awaits[0], entry.error) for entry in found if entry.awaits} == {((), Role.FIRST, None)}


def test_then_the_superior_is_awaited(town: Town) -> None:
    town.sign("INSP.IRBAN1.AUDITOR")
    found = standing_of(town, AUDITOR)
    assert found.signed == (Role.FIRST,)
    assert found.awaits is not None
    assert (found.awaits[0], found.awaits[1].name) == (Role.SECOND, "Rosmaida Hutaginting, S.E., Ak.")


def test_after_the_ceremony_nobody_is_awaited(signed_town: Town) -> None:
    found = list(read_standing(signed_town.out))
    assert {entry.awaits for entry in found} == {None}
    assert sorted(len(entry.signed) for entry in found) == [1] + [2] * (len(KEYS) - 1)


@pytest.mark.parametrize("unit", ["Inspektorat Daerah", "inspektorat-daerah", "INSPEKTORAT DAERAH"])
def test_one_unit_alone(town: Town, unit: str) -> None:
    assert {entry.unit for entry in read_standing(town.out, unit=unit)} == {"Inspektorat Daerah"}


def test_of_two_units_with_like_names_the_folder_tells(town: Town) -> None:
    index = town.index
    numbered = tuple(
        replace(entry, unit="INSPEKTORAT Daerah", pdf=str(entry.pdf).replace("daerah/", "daerah-2/"))
        for entry in index.agreements
        if entry.unit == "Inspektorat Daerah"
    )
    write_index(town.out, replace(index, agreements=index.agreements + numbered))
    assert {entry.unit for entry in read_standing(town.out, unit="inspektorat-daerah-2")} == {"INSPEKTORAT Daerah"}
    assert len(list(read_standing(town.out, unit="Inspektorat Daerah"))) == 2 * len(numbered)


def test_a_unit_that_does_not_exist_has_nothing(town: Town) -> None:
    assert list(read_standing(town.out, unit="Dinas Antariksa")) == []


def test_one_person_alone(town: Town) -> None:
    person = town.signer("INSP.IRBAN1").person
    assert [entry.id for entry in read_standing(town.out, person=person)] == ["PK-2026-INSP.IRBAN1-1"]
    town.sign("INSP.IRBAN1.AUDITOR")
    town.sign("INSP.IRBAN1")
    assert list(read_standing(town.out, person=person)) == []


def test_a_damaged_file_is_told_and_the_others_too(town: Town) -> None:
    town.pdf("INSP.IRBAN1.AUDITOR").write_bytes(b"%PDF-1.7 nothing")
    found = list(read_standing(town.out))
    assert [(entry.id, entry.error.code) for entry in found if entry.error] == [(AUDITOR, "SIGN_NOT_ISSUED")]
    assert len(found) == len(KEYS)


def test_a_file_that_is_gone_is_told(town: Town) -> None:
    town.pdf("INSP.IRBAN1.AUDITOR").unlink()
    found = standing_of(town, AUDITOR)
    assert found.error is not None
    assert found.error.code == "STATUS_NO_PDF"


def test_word_documents_alone_leave_the_standing_as_it_was(town: Town) -> None:
    before = list(read_standing(town.out))
    town.generate(format=Format.DOCX)
    assert list(read_standing(town.out)) == before


def test_word_documents_alone_have_no_standing(town: Town, tmp_path: Path) -> None:
    town = Town(town.workbook, tmp_path / "baru", town.pki)
    town.generate(format=Format.DOCX)
    assert {entry.error.code for entry in read_standing(town.out) if entry.error} == {"STATUS_NO_PDF"}


def test_a_folder_in_place_of_a_file_is_told(town: Town) -> None:
    index = town.index
    (town.out / "inspektorat-daerah" / "map.pdf").mkdir()
    changed = tuple(replace(entry, pdf="inspektorat-daerah/map.pdf") for entry in index.agreements)
    write_index(town.out, replace(index, agreements=changed))
    assert {entry.error.code for entry in read_standing(town.out) if entry.error} == {"STATUS_NO_PDF"}


def test_a_folder_without_index_is_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="INDEX_MISSING"):
        list(read_standing(tmp_path))


NUMBER = "197111021996032992"


def test_a_pseudonym_names_a_person_by_itself(tmp_path: Path) -> None:
    assert find_person(tmp_path, "ABCDEFGHIJKLMN27", None) == "ABCDEFGHIJKLMN27"


def test_a_number_names_a_person_under_the_key(town: Town) -> None:
    assert find_person(town.out, NUMBER, b"k" * 32) == pseudonym(b"k" * 32, NUMBER)
    write_index(town.out, replace(town.index, person_scheme=PersonScheme.TRIAL))
    assert find_person(town.out, NUMBER, None) == pseudonym(TRIAL_KEY, NUMBER)


def test_a_number_tells_nothing_without_the_folders_key(town: Town) -> None:
    write_index(town.out, replace(town.index, person_scheme=PersonScheme.KEYED))
    with pytest.raises(UsageError, match="STATUS_NEEDS_KEY"):
        find_person(town.out, NUMBER, None)
