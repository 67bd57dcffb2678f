"""Pages issued again before they are listed: the register vouches for what was compared, and for nothing else."""

from functools import cache
from pathlib import Path

import pytest

from pkdocs.errors import OfficeError, SigningError
from pkdocs.pipeline import comparing, reissue
from pkdocs.pipeline.audit import Means, verify
from pkdocs.pipeline.keeping import read_kept
from pkdocs.register import standing
from pkdocs.settings import default_templates
from tests.city import AT, KEYS, Town, ignore, sheets, signed, snapshot, touched


@cache
def _compared(base: Path) -> Town:
    town = signed(base).copy(base / "dibandingkan")
    assert town.build_register(templates=default_templates()).compared == len(KEYS)
    town.sign_register()
    return town


@pytest.fixture
def compared(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The signed city with a register whose keepers have issued its pages again."""
    return _compared(tmp_path_factory.getbasetemp()).copy(tmp_path)


def notes(town: Town) -> set[str]:
    judged = verify([town.out], town.trust, at=AT, means=Means(register=town.head), progress=ignore)
    return {finding.code for one in judged.agreements for finding in one.findings}


def test_pages_that_come_out_the_same_are_vouched_for(compared: Town) -> None:
    kept = read_kept(compared.head)
    assert kept.head.in_force is not None
    assert kept.head.in_force.compared == len(KEYS)
    assert {line.compared for line in standing(kept.lines)} == {True}
    assert "OTHER_TEXT_NOT_JUDGED" not in notes(compared)


def test_what_is_listed_is_not_made_again(compared: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "reissue", pytest.fail)
    built = compared.build_register(templates=default_templates(), closed=True)
    assert (built.compared, built.added, built.head.version) == (len(KEYS), 0, 2)


def test_without_templates_the_list_says_that_nothing_was_compared(signed_town: Town) -> None:
    built = signed_town.build_register()
    assert built.compared == 0
    signed_town.sign_register()
    assert {line.schema for line in standing(read_kept(signed_town.head).lines)} == {"pkdocs-agreement/1"}
    assert "OTHER_TEXT_NOT_JUDGED" in notes(signed_town)
    # and they stay so: that they were listed is no reason to make them again
    assert signed_town.build_register(templates=default_templates(), closed=True).compared == 0


def test_a_page_that_says_something_else_than_the_workbook_stops_all(town: Town) -> None:
    city, before = sheets(), snapshot(town.out)
    for unit in city["Unit"]:
        unit["Alamat"] = "Jalan Lain Nomor 9"
    town.write(city)
    with pytest.raises(SigningError) as stop:
        town.build_register(templates=default_templates())
    assert stop.value.code == "REGISTER_PAGES_DIFFER"
    assert "PK-2026-INSP.IRBAN1-1" in str(stop.value.params)
    assert touched(before, town.out) == set()


def test_pages_that_cannot_be_made_here_stop_all(town: Town, tmp_path: Path) -> None:
    (tmp_path / "kosong").mkdir()
    with pytest.raises(SigningError) as stop:
        town.build_register(templates=tmp_path / "kosong")
    assert stop.value.code == "REGISTER_PAGES_NOT_COMPARABLE"
    assert not town.head.exists()


def test_without_libreoffice_the_operator_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise OfficeError("OFFICE_MISSING", install="-")

    monkeypatch.setattr(reissue, "find_office", missing)
    with pytest.raises(OfficeError):
        town.build_register(templates=default_templates())
    assert not town.head.exists()
