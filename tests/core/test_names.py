"""Names of files and folders survive Windows, ZIP archives and file systems that ignore case."""

import re
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkdocs.content import Reference, agreement_id
from pkdocs.errors import CredentialError
from pkdocs.files import folder_name, folder_names, is_device_name
from pkdocs.index import Entry
from pkdocs.nip import NumberFault, check_number
from pkdocs.pki import Enrollee
from pkdocs.roster import Employment

DEVICES = ["CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))]

CODES = st.from_regex(r"[A-Za-z0-9._-]{1,40}", fullmatch=True) | st.sampled_from(
    ["CON", "con", "nul.", "...", ".", "-", "aux.pdf", "a.", "A.", "COM1", "_", "A" * 40, "a" * 40]
)
KEYS = CODES | st.builds("{}.{}".format, CODES, st.integers(1, 9999))
VERSIONS = st.integers(1, 9999)
UNITS = st.text(max_size=90) | st.sampled_from(["CON", "Aux", "nul.", "COM¹", "LPT 1", "Dinas É", "Dinas E\u0301"])
LOCAL_IDS = st.from_regex(r"[A-Za-z0-9-]{1,40}", fullmatch=True) | st.sampled_from([*DEVICES, "con", "-a", "THL-1"])


def entry(folder: str, key: str, version: int) -> Entry:
    """Return what the index has of an agreement; making it checks its paths."""
    identity = agreement_id(2026, key, version)
    stem = f"{folder}/{identity}"
    return Entry(identity, key, "u", "p", "0" * 64, "t", "", {}, docx=f"{stem}.docx", pdf=f"{stem}.pdf")


def demand_portable(name: str) -> None:
    """Check one name by the rules of Windows, the strictest."""
    assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
    assert name.isascii()
    assert not name.startswith((".", "-"))
    assert not name.endswith((".", " "))
    assert name.partition(".")[0].upper() not in DEVICES
    assert len(name) <= 80


@given(UNITS, KEYS, VERSIONS)
def test_every_path_of_an_agreement_is_portable(unit: str, key: str, version: int) -> None:
    made = entry(folder_names([unit])[unit], key, version)
    for place in (made.pdf, made.docx):
        assert place is not None
        for part in PurePosixPath(place).parts:
            demand_portable(part)
        # Windows has 260 characters, and the folder that holds them all needs some
        assert len(place) <= 130
    Reference(made.id, "0" * 64)


@given(st.lists(st.tuples(KEYS, VERSIONS), max_size=8))
def test_ids_that_differ_without_case_have_files_that_do_too(rows: list[tuple[str, int]]) -> None:
    distinct = {(key.casefold(), version): agreement_id(2026, key, version) for key, version in rows}
    assert len({identity.casefold() for identity in distinct.values()}) == len(distinct)


@given(st.lists(UNITS, max_size=12))
def test_no_two_units_share_a_folder_whatever_compares_the_names(units: list[str]) -> None:
    folders = list(folder_names(units).values())
    for folder in folders:
        demand_portable(folder)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert len({unicodedata.normalize(form, folder).casefold() for folder in folders}) == len(folders)


@pytest.mark.parametrize("name", DEVICES)
def test_a_unit_named_like_a_device_has_a_folder_all_the_same(name: str) -> None:
    assert folder_name(name) == f"unit-{name.lower()}"
    assert folder_names([name, f"Unit {name}"]) == {
        name: f"unit-{name.lower()}",
        f"Unit {name}": f"unit-{name.lower()}-2",
    }


@pytest.mark.parametrize("name", ["CON", "con", "Aux.p12", "NUL.a.b", "lpt9.pass"])
def test_a_device_is_known_in_any_case_and_with_any_ending(name: str) -> None:
    assert is_device_name(name)


@pytest.mark.parametrize("name", ["CONTOH", "COM", "COM10", "A.CON", "-CON", "CON-1", "", "PK-2026-CON.1-1"])
def test_other_names_are_no_devices(name: str) -> None:
    assert not is_device_name(name)


@given(LOCAL_IDS)
def test_what_the_workbook_takes_as_a_local_id_names_a_key_file(number: str) -> None:
    fault = check_number(number, Employment.NON_ASN, 2026)
    if fault is NumberFault.NIK:
        return
    if fault is None:
        made = Enrollee(number, "A" * 16, "Joko Samudra", "Dinas")
        assert made.number.partition(".")[0].upper() not in DEVICES
    else:
        with pytest.raises(CredentialError, match="PKI_NUMBER"):
            Enrollee(number, "A" * 16, "Joko Samudra", "Dinas")
